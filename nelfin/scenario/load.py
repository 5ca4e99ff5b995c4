"""Read scenario files: `extends`, merging, overrides, and errors that name the key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from nelfin.errors import InputError, Problems, nearest
from nelfin.evidence import SHAPES, STATUSES, Figure
from nelfin.scenario.paths import (
    PACKAGED,
    is_within,
    located_path,
    names_file,
    packaged_folder,
    refuse_outside,
)
from nelfin.scenario.schema import LARGEST, Scenario
from nelfin.store.writing import read_at_most

__all__ = ["load_scenario", "packaged_folder", "resolved_toml"]

MOST_BYTES = 2_000_000
"""Bytes that a scenario file may have; the embedded one has 16,000."""

_FIGURE_KEYS = {"value", "unit", "status", "source", "low", "high", "shape"}

Tree = dict[str, Any]


@dataclass(frozen=True)
class Leaf:
    """A value in a scenario file, with what the file says of its source."""

    value: Any
    figure: Figure | None
    origin: str


def load_scenario(
    path: str | Path | None = None,
    overrides: Mapping[str, Any] | Sequence[str] | None = None,
    allow: Sequence[str | Path] = (),
) -> Scenario:
    """Load a scenario and check it.

    The tables that a scenario file names must stand in its folder or below, in that of a file it
    extends, or come with nelfin. Paths in `overrides` are the caller's own and may lead anywhere.

    Parameters
    ----------
    path
        TOML file; None for the embedded North East London scenario.
    overrides
        Values that win over the file: a mapping from dotted key to value, or texts "KEY=VALUE".
    allow
        Other folders in which the tables of a scenario file may stand.

    Returns
    -------
    Scenario
        Frozen; `scenario.evidence` holds unit, status and source by dotted key.

    Raises
    ------
    InputError
        With every problem found: unreadable file, unknown key, value out of range, a path that
        leaves the folder.
    """
    start = packaged_folder() / "scenario.toml" if path is None else Path(path)
    tree: Tree = {}
    read: list[Path] = []
    folders = [packaged_folder(), *(Path(folder).expanduser() for folder in allow)]
    for file, layer in reversed(list(_layers(start))):
        folders.append(file.parent)
        _merge(tree, _leaves(layer, file, folders))
        read.append(file)
    for key, leaf in _parse_overrides(overrides or {}).items():
        _put(tree, key, leaf)
    return _validated(tree, tuple(read))


def _layers(start: Path) -> Iterator[tuple[Path, Tree]]:
    """Yield the content of the file and of those it extends, the most particular first."""
    seen: list[Path] = []
    file: Path | None = start
    while file is not None:
        resolved = _resolved(file)
        if resolved in seen:
            chain = " -> ".join(str(item) for item in [*seen, resolved])
            raise InputError.one(str(start), f"extends itself: {chain}.", "Break the loop.")
        seen.append(resolved)
        raw = _read_toml(file)
        parent = raw.pop("extends", None)
        yield resolved, raw
        if parent is None:
            file = None
        elif parent == PACKAGED:
            file = packaged_folder() / "scenario.toml"
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
        raise InputError.one(str(file), f"cannot be read: {error}.", "Check the path.") from None


def _read_toml(file: Path) -> Tree:
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
            str(file), "is not valid TOML: it nests too deep.", "Mend the brackets."
        ) from None
    except ValueError as error:  # TOML's own errors, and a number of thousands of digits
        raise InputError.one(str(file), f"is not valid TOML: {error}.", "Mend that line.") from None
    except IsADirectoryError:
        raise InputError.one(
            str(file), "is a folder.", "Name the scenario file in it, such as scenario.toml."
        ) from None
    except FileNotFoundError:
        raise InputError.one(
            str(file), "does not exist.", 'Check the path, or make one with "nelfin new DIR".'
        ) from None
    except OSError as error:
        raise InputError.one(
            str(file), f"cannot be read: {error.strerror}.", "Check its rights."
        ) from None


def _text(content: bytes) -> str:
    """Return a text with the line ends that TOML knows."""
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _leaves(raw: Tree, file: Path, folders: list[Path]) -> Tree:
    """Turn each value of a file into a leaf that knows its figure and its file.

    The tables it names must stand in one of the folders.
    """
    problems = Problems()
    outside: dict[str, Path] = {}

    def located(value: Any, key: str) -> Any:
        path = located_path(value, key, file.parent)
        if names_file(value, key) and path and not is_within(Path(path), folders):
            outside[key] = Path(path)
        return path

    def turn(value: Any, key: str) -> Any:
        if not isinstance(value, dict):
            return Leaf(located(value, key), None, str(file))
        if "value" not in value:
            return {name: turn(item, f"{key}.{name}") for name, item in value.items()}
        where = f"{file}, {key}"
        for unknown in sorted(value.keys() - _FIGURE_KEYS):
            problems.add(where, f'has no field "{unknown}".', nearest(unknown, _FIGURE_KEYS))
        status = value.get("status", "given")
        if status not in STATUSES:
            problems.add(where, f'has the status "{status}".', f"Use one of {', '.join(STATUSES)}.")
            status = "given"
        for name in ("unit", "source"):
            if not isinstance(value.get(name, ""), str):
                problems.add(where, f"has a {name} that is not a text.", "Put it in quotes.")
        low, high = _range(value, where, problems)
        shape = value.get("shape", "triangle")
        if shape not in SHAPES:
            problems.add(where, f'has the shape "{shape}".', f"Use one of {', '.join(SHAPES)}.")
        figure = Figure(
            value["value"], value.get("unit", ""), status, value.get("source", ""), low, high, shape
        )
        return Leaf(located(value["value"], key), figure, str(file))

    tree: Tree = {name: turn(item, name) for name, item in raw.items()}
    refuse_outside(file, outside, problems)
    problems.raise_if_any()
    return tree


def _range(value: Tree, where: str, problems: Problems) -> tuple[float, float] | tuple[None, None]:
    """Return the range of a figure, if it has one: numbers with the value between them."""
    if "low" not in value and "high" not in value:
        return None, None
    ends = [value.get(name) for name in ("low", "value", "high")]
    if not all(
        isinstance(end, int | float) and not isinstance(end, bool) and abs(end) <= LARGEST
        for end in ends
    ):
        problems.add(where, "has a range that is not of numbers.", "Give low, value and high.")
        return None, None
    low, middle, high = (float(end) for end in ends)  # type: ignore[arg-type]
    if not low <= middle <= high:
        problems.add(
            where,
            f"has the range {low:g} to {high:g} around {middle:g}.",
            "Give a low no higher than the value, and a high no lower.",
        )
    return low, high


def _merge(base: Tree, layer: Tree) -> None:
    """Lay one file over another: tables merge, values replace and keep their unit."""
    for key, value in layer.items():
        before = base.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            _merge(before, value)
        elif isinstance(value, Leaf):
            base[key] = _given(value, before)
        else:
            base[key] = value


def _given(leaf: Leaf, before: Any) -> Leaf:
    """Return a leaf with a figure: a bare value is given, in the unit of the one it replaces."""
    unit = before.figure.unit if isinstance(before, Leaf) and before.figure else ""
    if leaf.figure is not None:
        return replace(leaf, figure=replace(leaf.figure, unit=leaf.figure.unit or unit))
    return Leaf(leaf.value, Figure(leaf.value, unit, "given", leaf.origin), leaf.origin)


def _parse_overrides(overrides: Mapping[str, Any] | Sequence[str]) -> dict[str, Leaf]:
    if isinstance(overrides, Mapping):
        pairs = [(str(key), value) for key, value in overrides.items()]
    else:
        pairs = [_parse_pair(text) for text in overrides]
    found: dict[str, Leaf] = {}
    for key, value in pairs:
        if key in found:
            raise InputError.one(f"--set {key}", "is given twice.", "Keep one of them.")
        found[key] = Leaf(located_path(value, key, Path.cwd()), None, "--set")
    return found


def _parse_pair(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise InputError.one(
            f"--set {text}", "is not KEY=VALUE.", "Write, say, --set capital.gap_pct=1."
        )
    try:
        parsed = tomllib.loads(f"value = {value.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value.strip()  # a bare word is a text
    return key.strip(), parsed


def _put(tree: Tree, key: str, leaf: Leaf) -> None:
    *parents, last = key.split(".")
    branch = tree
    for parent in parents:
        deeper = branch.setdefault(parent, {})
        if not isinstance(deeper, dict):
            raise InputError.one(
                f"--set {key}", f'goes below "{parent}", which holds one value.', "Set that key."
            )
        branch = deeper
    if isinstance(leaf.value, dict):
        raise InputError.one(f"--set {key}", "is given a table.", "Set each of its keys by itself.")
    if isinstance(branch.get(last), dict):
        raise InputError.one(
            f"--set {key}",
            "names a section, not a value.",
            f"Name a key of it: {', '.join(sorted(branch[last]))}.",
        )
    branch[last] = _given(leaf, branch.get(last))


def _flat(tree: Tree, prefix: str = "") -> Iterator[tuple[str, Leaf]]:
    for key, value in tree.items():
        path = f"{prefix}{key}"
        if isinstance(value, Leaf):
            yield path, value
        else:
            yield from _flat(value, f"{path}.")


def _plain(tree: Tree) -> Tree:
    return {
        key: value.value if isinstance(value, Leaf) else _plain(value)
        for key, value in tree.items()
    }


def _validated(tree: Tree, read: tuple[Path, ...]) -> Scenario:
    leaves = dict(_flat(tree))
    try:
        scenario = Scenario.model_validate(_plain(tree))
    except ValidationError as error:
        problems = Problems()
        for item in error.errors():
            _explain(item, leaves, str(read[-1]), problems)
        raise InputError(problems.found) from None
    for key, value in _values(scenario.model_dump(by_alias=True)):
        leaf = leaves.get(key)
        known = leaf.figure if leaf and leaf.figure else Figure(value, "", "given", str(read[-1]))
        scenario._evidence[key] = known if leaf else _default(key, value)
    scenario._files = read
    return scenario


def _values(tree: Tree, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _values(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _default(key: str, value: Any) -> Figure:
    """Return the figure of a key that no file names: the schema's default is our assumption."""
    return Figure(value, key.rpartition(".")[2], "assumption", "Default where a scenario is silent")


PLAIN = {
    "float_type": "should be a number",
    "int_type": "should be a whole number",
    "string_type": "should be a text",
    "tuple_type": "should be a list",
    "dict_type": "should be a section with keys of its own",
    "model_type": "should be a section with keys of its own",
    "path_type": "should be a path, written as a text; this table cannot be left out",
    "too_short": "must not be empty",
    "finite_number": "should be a finite number",
}
"""Findings of pydantic in words that name no type of a programming language."""


def _explain(item: Any, leaves: Mapping[str, Leaf], file: str, problems: Problems) -> None:
    """Put one of pydantic's findings into plain words."""
    parts = [str(part) for part in item["loc"]]
    key = ".".join(parts)
    # a finding inside a list, or one that two keys of a section make together
    holder = next((k for k in (key, key.rpartition(".")[0]) if k in leaves), key)
    below = [leaf.origin for k, leaf in leaves.items() if k.startswith(f"{holder}.")]
    origins = [leaves[holder].origin] if holder in leaves else below
    origin = max(origins, key=lambda name: _rank(name, file), default=file)
    where = f"{origin}, {key or 'scenario'}"
    words = in_words(item)
    if item["type"] == "extra_forbidden":
        known = [field.alias or name for name, field in _fields(parts[:-1]).items()]
        problems.add(where, "is not a known key.", nearest(parts[-1], known))
    elif item["type"] == "missing":
        remedy = f'Add it, or start the file with extends = "{PACKAGED}".'
        problems.add(where, "is missing.", remedy)
    elif key in leaves:
        problems.add(where, f'is "{leaves[key].value}": {words}.', "Correct the value.")
    else:
        problems.add(where, f"is wrong: {words}.", "Correct it.")


def _rank(origin: str, file: str) -> int:
    """Order the places a value may come from: the reader's own come last, so they are named."""
    return 2 if origin == "--set" else 1 if origin == file else 0


def in_words(item: Any) -> str:
    """Return one of pydantic's findings in plain words."""
    return PLAIN.get(item["type"], _message(item))


def _message(item: Any) -> str:
    return str(item["msg"]).removeprefix("Value error, ").removeprefix("Input ").rstrip(".")


def _fields(parts: Sequence[str]) -> dict[str, Any]:
    """Return the schema's fields at a key path."""
    model: Any = Scenario
    for part in parts:
        fields = getattr(model, "model_fields", {})
        annotation = fields[part].annotation if part in fields else model
        arguments: tuple[Any, ...] = getattr(annotation, "__args__", ())
        model = arguments[-1] if len(arguments) == 2 else annotation  # dict[str, Section]
    if isinstance(model, type) and issubclass(model, BaseModel):
        return dict(model.model_fields)
    return {}


def resolved_toml(scenario: Scenario) -> str:
    """Return the scenario as one TOML file that needs no other scenario file.

    Tables of the embedded dataset are named `nel:file.csv`, so that the file works elsewhere.
    """
    import tomli_w

    def turn(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: turn(item, f"{key}.{name}".lstrip(".")) for name, item in value.items()}
        figure = scenario.evidence.get(key)
        bare = figure is None or not (figure.unit or figure.low is not None)
        if figure is None or bare or key.startswith("data."):
            return value
        ends: Tree = {}
        if figure.low is not None:
            ends = {"low": figure.low, "high": figure.high, "shape": figure.shape}
        about = {"unit": figure.unit, "status": figure.status, "source": figure.source}
        return {"value": value, **ends, **about}

    plain = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    for table, path in plain["data"].items():
        file = Path(path)
        if file.parent == packaged_folder():
            plain["data"][table] = f"{PACKAGED}:{file.name}"
    return tomli_w.dumps(turn(plain, ""))
