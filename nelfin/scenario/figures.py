"""The figure of a setting that is given a value: one rule for files, `--set` and Python."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nelfin.errors import Problems, nearest
from nelfin.evidence import SHAPES, STATUSES, Figure
from nelfin.scenario.keys import SchemaKey
from nelfin.scenario.kinds import LARGEST

FIELDS = ("value", "unit", "status", "source", "low", "high", "shape")
"""What the table of a figure may hold."""

Ends = tuple[float, float] | tuple[None, None]


def new_figure(
    value: Any,
    written: Mapping[str, Any] | None,
    before: Figure | None,
    here: SchemaKey | None,
    source: str,
) -> Figure:
    """Return the figure of a setting that is given a value.

    The same rule holds for a file that extends another, for `--set` and `overrides`, and for
    `changed`:

    - A bare value equal to the one before changes nothing.
    - The status is `given`, and the source says who gave the value, unless they are written with
      it.
    - The unit is the one written, else that of the figure before, else that of the schema.
    - A range written with the value stands. Else the range of the figure before moves along with
      the value, by the same amount, and is kept within the limits of the schema; the source says
      so.
    - Low and high equal to the value leave no range: so one is taken away.
    - A value that is not a number has no range.

    Parameters
    ----------
    value
        The new value.
    written
        What is written with it: `unit, status, source, low, high, shape`, as `check_figure` lets
        it pass; None for a bare value.
    before
        The figure that it replaces, if there is one.
    here
        What the schema has at the key; None if it does not know it.
    source
        Who gives the value, such as a file.

    Returns
    -------
    Figure
        The new figure, or the one before.
    """
    if written is None and before is not None and _same(value, before.value):
        return before
    written = written or {}
    unit = written.get("unit") or (before.unit if before else "") or (here.unit if here else "")
    source = written.get("source", source)
    shape = written.get("shape", "triangle")
    low, high = written.get("low"), written.get("high")
    if low is None and before is not None and before.low is not None:
        low, high = _moved(value, before, here)
        if low is not None:
            shape = written.get("shape", before.shape)
            source = _noted(source, value, before)
    if low == high:
        low, high, shape = None, None, "triangle"
    return Figure(value, unit, written.get("status", "given"), source, low, high, shape)


def _moved(value: Any, before: Figure, here: SchemaKey | None) -> Ends:
    """Return the range of the figure before, moved along to the new value."""
    if before.low is None or before.high is None:
        return None, None
    if not (_is_number(value) and _is_number(before.value)):
        return None, None
    by = value - before.value
    least, most = (here.least, here.most) if here else (float("-inf"), float("inf"))
    # sums such as 0.3 + 0.2 are written as people would
    low, high = round(max(before.low + by, least), 10), round(min(before.high + by, most), 10)
    return min(low, float(value)), max(high, float(value))


def _noted(source: str, value: float, before: Figure) -> str:
    kept = "as before"
    if value != before.value:
        kept = f"moved along with the value; it was {before.low:g} to {before.high:g}"
    return f"{source.rstrip('. ')}. Range: {kept}".removeprefix(". ")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _same(value: Any, other: Any) -> bool:
    return isinstance(value, bool) == isinstance(other, bool) and _plain(value) == _plain(other)


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def check_figure(
    written: Mapping[str, Any], here: SchemaKey, where: str, problems: Problems
) -> dict[str, Any]:
    """Check what the table of a figure holds.

    Parameters
    ----------
    written
        The table: `value`, and what is said of it.
    here
        What the schema has at its key.
    where
        What to call it in errors.
    problems
        Takes what is wrong with it.

    Returns
    -------
    dict
        What is right of it: `unit, status, source` as texts, `low, high` as numbers, `shape`.
    """
    for unknown in sorted(written.keys() - set(FIELDS)):
        problems.add(where, f'has no field "{unknown}".', nearest(unknown, FIELDS))
    right = {name: written[name] for name in FIELDS if name in written and name != "value"}
    for name, choices in (("status", STATUSES), ("shape", SHAPES)):
        if name in right and right[name] not in choices:
            said = right.pop(name)
            problems.add(where, f'has the {name} "{said}".', f"Use one of {', '.join(choices)}.")
    for name in ("unit", "source"):
        if name in right and not isinstance(right[name], str):
            del right[name]
            problems.add(where, f"has a {name} that is not a text.", "Put it in quotes.")
    if "low" in right or "high" in right:
        right["low"], right["high"] = _range(written, here, where, problems)
    return right


def _range(written: Mapping[str, Any], here: SchemaKey, where: str, problems: Problems) -> Ends:
    """Return the range of a figure: numbers with the value between them."""
    ends = [written.get(name) for name in ("low", "value", "high")]
    if not all(map(_is_number, ends)):
        problems.add(where, "has a range that is not of numbers.", "Give low, value and high.")
        return None, None
    low, middle, high = (float(end) for end in ends)  # type: ignore[arg-type]
    if not low <= middle <= high:
        problems.add(
            where,
            f"has the range {low:g} to {high:g} around {middle:g}.",
            "Give a low no higher than the value, and a high no lower.",
        )
    elif low < here.least or high > here.most:
        problems.add(
            where,
            f"has the range {low:g} to {high:g}, wider than what it may be.",
            f"Keep it between {here.least:g} and {here.most:g}.",
        )
    return low, high
