"""Scenario files, TOML or workbooks: what each holds, and the files that it extends."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nelfin.errors import InputError, closest, nearest
from nelfin.scenario.paths import AS_PATH, PACKAGED, SCENARIOS, packaged_scenario
from nelfin.scenario.settings_sheet import Settings, read_settings
from nelfin.store.sheets.books import is_book
from nelfin.store.writing import read_at_most

MOST_BYTES = 2_000_000
"""Bytes that a scenario file may have; the embedded one has 16,000."""

_BACKSLASHED = re.compile(rb'"[^"\n]*\\[^"\n]*"')
"""A backslash in double quotes, as of a path of Windows: TOML takes it for another letter."""


def layers(start: Path) -> Iterator[tuple[Path, dict[str, Any] | Settings]]:
    """Yield a scenario file and those it extends, the most particular first.

    Parameters
    ----------
    start
        The file to begin with.

    Yields
    ------
    file : pathlib.Path
        Absolute, links followed.
    content : dict or Settings
        What it holds: a file as TOML has it, without `extends`; a workbook by its rows.

    Raises
    ------
    InputError
        If a file cannot be read, is neither TOML nor a workbook with a sheet of settings, or files
        extend each other in a loop.
    """
    seen: list[Path] = []
    file: Path | None = start
    while file is not None:
        resolved = _resolved(file)
        if resolved in seen:
            chain = " -> ".join(str(item) for item in [*seen, resolved])
            raise InputError.one(str(start), f"extends itself: {chain}.", "Break the loop.")
        seen.append(resolved)
        content: dict[str, Any] | Settings
        if is_book(file):
            content = read_settings(resolved)
            parent: Any = content.extends
        else:
            content = _read_toml(file)
            parent = content.pop("extends", None)
        yield resolved, content
        if parent is None:
            file = None
        elif isinstance(parent, str) and parent in SCENARIOS:
            file = packaged_scenario(parent)
        elif isinstance(parent, str):
            file = resolved.parent / parent
        else:
            raise InputError.one(
                f"{file}, extends", "is not a text.", f'Give a path or "{PACKAGED}".'
            )


def _resolved(file: Path) -> Path:
    try:
        return file.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a zero byte
        raise InputError.unread(file, error) from None


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        content = read_at_most(file, MOST_BYTES)
        if content is None:
            raise InputError.one(
                str(file),
                f"is larger than {MOST_BYTES // 1_000_000} MB, more than any scenario.",
                "Check that it is the right file.",
            )
        return tomllib.loads(_text(content))
    except UnicodeDecodeError:
        raise InputError.one(str(file), "is not UTF-8 text.", "Save it as UTF-8.") from None
    except RecursionError:
        raise InputError.one(
            str(file), "is not valid TOML: it nests too deep.", "Correct the brackets."
        ) from None
    except ValueError as error:  # TOML's own errors, and a number of thousands of digits
        remedy = "Correct that line."
        if content and _BACKSLASHED.search(content):
            remedy += f" {AS_PATH}"
        raise InputError.one(str(file), f"is not valid TOML: {error}.", remedy) from None
    except IsADirectoryError:
        raise InputError.one(
            str(file), "is a folder.", "Name the scenario file in it, such as scenario.toml."
        ) from None
    except FileNotFoundError as error:
        raise InputError.unread(file, error, _what_instead(file)) from None
    except OSError as error:
        raise InputError.unread(file, error) from None


def _what_instead(file: Path) -> str:
    """Return what to name in place of a file that is not there."""
    if not file.suffix and closest(file.name, SCENARIOS):
        return nearest(file.name, SCENARIOS)
    return 'Check the path, or make one with "nelfin new DIR".'


def _text(content: bytes) -> str:
    """Return a text with the line ends that TOML knows."""
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
