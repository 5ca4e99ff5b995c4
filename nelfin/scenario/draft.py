"""A scenario in the making: values are put in one by one, then it is checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nelfin.errors import InputError, Problems
from nelfin.evidence import Figure
from nelfin.scenario.figures import check_figure, new_figure
from nelfin.scenario.keys import NAME, Parts, SchemaKey, dotted, schema, split_key, walk
from nelfin.scenario.paths import located_path
from nelfin.scenario.schema import Scenario
from nelfin.scenario.wording import put_into_words, spot_of

DEFAULT = "Default where a scenario is silent"
"""Source of a figure that no file gives: the default of the schema is our assumption."""


@dataclass
class Draft:
    """A scenario in the making.

    Parameters
    ----------
    tree
        Plain values by section, as TOML nests them.
    figures
        The figure of each setting that was given, by dotted key.
    origins
        What each came from, as errors name it: a file or `--set`; "" where errors name the key
        alone. The most particular came last.
    remedies
        What to do about a value that the schema will refuse, by dotted key.
    readings
        What was read as something else than it is spelt.
    """

    tree: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    remedies: dict[str, str] = field(default_factory=dict)
    readings: list[str] = field(default_factory=list)


def put(
    draft: Draft,
    parts: Parts,
    here: SchemaKey | None,
    given: Any,
    origin: str,
    source: str,
    folder: Path,
    problems: Problems,
) -> Any:
    """Put a setting into a draft, with its figure.

    Parameters
    ----------
    draft
        Takes the setting.
    parts
        Its key, name by name.
    here
        What the schema has there.
    given
        A bare value, or the table of a figure.
    origin, source
        What gives it, as errors name it and as its source.
    folder
        Where the path of a table starts.
    problems
        Takes what is wrong with the table of a figure.

    Returns
    -------
    object
        The value as it was put in: the path of a table is absolute.
    """
    key = dotted(parts)
    where = spot_of(origin, key)
    value, written = given, None
    if isinstance(given, dict) and here is not None and here.is_setting:
        if "value" not in given:
            problems.add(
                where,
                "is given a table without a value.",
                "Write the value alone, or { value = ..., unit = ..., source = ... }.",
            )
            return None
        value, written = given["value"], check_figure(given, here, where, problems)
    value = located_path(value, key, folder)
    before = draft.figures.get(key)
    draft.figures[key] = new_figure(value, written, before, here, source)
    draft.remedies.pop(key, None)
    draft.origins.pop(key, None)  # so that what came last stands last
    draft.origins[key] = origin
    section(draft.tree, parts[:-1])[parts[-1]] = value
    return value


def section(tree: dict[str, Any], parts: Parts) -> dict[str, Any]:
    """Return a section of a tree by its key, name by name; made if it is not there.

    Parameters
    ----------
    tree
        Nested dicts.
    parts
        Key of the section, name by name; none of them is the tree itself.

    Returns
    -------
    dict
        The section; what is put into it is in the tree.
    """
    for name in parts:
        if not isinstance(tree.get(name), dict):
            tree[name] = {}
        tree = tree[name]
    return tree


def override(
    draft: Draft, key: str, given: Any, origin: str, source: str, problems: Problems
) -> None:
    """Put a setting into a draft by its dotted key, with its figure.

    Parameters
    ----------
    draft
        Takes the setting.
    key
        Dotted key; a name that holds a dot stands in double quotes. It may be new in a mapping.
    given
        A value, or a table `{value, unit, status, source, low, high, shape}`. A dict at a mapping
        replaces all of it.
    origin, source
        What gives it, as errors name it and as its source.
    problems
        Takes what is wrong: a key that names a section, or goes below a setting.
    """
    here: SchemaKey | None = schema()
    parts = split_key(key)
    for depth, name in enumerate(parts):
        if here is not None and here.is_setting:
            problems.add(spot_of(origin, key), *_too_deep(here, parts, depth))
            return
        here = here.child(name) if here is not None else None
        if here is None:  # checked with everything else
            parts = parts[: depth + 1]
            break
    if here is None or here.is_setting:
        put(draft, parts, here, given, origin, source, Path.cwd(), problems)
        return
    if here.named is None or not isinstance(given, dict):
        names = here.below or section(draft.tree, parts)
        remedy = f"Name a key of it: {', '.join(sorted(names)) or NAME}."
        problems.add(spot_of(origin, key), "names a section, not a value.", remedy)
        return
    section(draft.tree, parts).clear()
    for inner, below, value in walk(given, here, parts):
        if inner != parts:
            put(draft, inner, below, value, origin, source, Path.cwd(), problems)


def _too_deep(here: SchemaKey, parts: Parts, depth: int) -> tuple[str, str]:
    remedy = "Set that key."
    if here.pattern.endswith(NAME):
        whole = dotted((*parts[: depth - 1], ".".join(parts[depth - 1 :])))
        remedy = f"Set that key; a name with a dot in it stands in quotes: {whole}."
    return f'goes below "{parts[depth - 1]}", which holds one value.', remedy


def finish(
    draft: Draft, files: tuple[Path, ...], problems: Problems, otherwise: str = ""
) -> Scenario:
    """Check a draft as a whole, and make it a scenario that knows its figures.

    Parameters
    ----------
    draft
        Every value of the scenario.
    files
        The scenario files that were read.
    problems
        What was found wrong before.
    otherwise
        What errors name where no setting of the draft can be: the most particular file.

    Returns
    -------
    Scenario
        Frozen, with a figure for every setting; what was not given is a default, an assumption.

    Raises
    ------
    InputError
        With every problem.
    """
    try:
        made = Scenario.model_validate(draft.tree)
    except ValidationError as error:
        put_into_words(error, draft.figures, draft.origins, draft.remedies, otherwise, problems)
        raise InputError(problems.found) from None
    problems.raise_if_any()
    evidence = {}
    for parts, here, value in walk(made):
        if here is not None and here.is_setting:
            key = dotted(parts)
            figure = draft.figures.get(key)
            evidence[key] = figure or Figure(value, here.unit, "assumption", DEFAULT)
    made._evidence = evidence
    made._files = files
    made._readings = tuple(draft.readings)
    made._origins = {key: origin for key, origin in draft.origins.items() if key in evidence}
    return made
