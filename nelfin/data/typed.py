"""Cells of a column as numbers, years, words or yes and no; each that is wrong is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.notes import unit_of
from nelfin.data.specs.columns import Column
from nelfin.data.usual import may_be
from nelfin.errors import Problems, nearest
from nelfin.scenario.kinds import LARGEST
from nelfin.store.sheets.amounts import is_date, no_amount
from nelfin.store.sheets.files import Raw
from nelfin.store.sheets.spots import spot
from nelfin.years import start_of

Refuse = Callable[[int, str, str], None]
"""Notes a problem of the row at a position: what is wrong, and the remedy."""

EXCEL_ERRORS = {"#N/A", "#DIV/0!", "#REF!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!"}
"""What a formula that fails leaves in its cell."""


def typed_column(
    raw: Raw,
    column: Column,
    heading: str,
    texts: Sequence[str],
    index: pd.Index,
    problems: Problems,
) -> pd.Series:
    """Return the cells of a column: numbers as float, years as labels, yes/no as bool.

    Parameters
    ----------
    raw
        The table as texts.
    column
        What the cells may hold.
    heading
        Heading of the column, as errors name it.
    texts
        Its cells.
    index
        Rows of the file.
    problems
        Takes every cell that is wrong; it is blank.
    """

    def refuse(at: int, what: str, remedy: str) -> None:
        problems.add(spot(raw.place, index[at], heading), what, remedy)

    blanks = np.array([text == "" for text in texts], dtype=bool)
    for at, text in enumerate(texts if not EXCEL_ERRORS.isdisjoint(texts) else ()):
        if text in EXCEL_ERRORS:
            refuse(at, f'is "{text}", what a failed formula leaves.', "Correct the formula.")
    if not column.blank:
        for at in _positions(blanks):
            refuse(at, "is empty.", "Fill it in.")
    if column.kind in {"number", "integer"}:
        return _numbers(column, texts, blanks, index, refuse)
    values: list[object] = []
    if column.kind == "text" and not column.choices and not CONTROL.search("".join(texts)):
        plain_words = EXCEL_ERRORS.isdisjoint(texts) and not blanks.any()
        words = texts if plain_words else [_filled(text, column) for text in texts]
        return pd.Series(words, index=index, dtype=object)
    sound: dict[str, object] = {}
    for at, text in enumerate(texts):
        if text not in sound:
            plain = text == "" or text in EXCEL_ERRORS
            before = len(problems.found)
            value = column.default if plain else _word(column, text, at, refuse)
            if len(problems.found) > before:  # each cell with it is told
                values.append(value)
                continue
            sound[text] = value
        values.append(sound[text])
    return pd.Series(values, index=index, dtype=bool if column.kind == "yes_no" else object)


def absent_columns(columns: Iterable[Column], index: pd.Index) -> dict[str, pd.Series]:
    """Return columns that a table has not, as if each of their cells were blank.

    Parameters
    ----------
    columns
        What the cells may hold, and what a blank is.
    index
        Rows of the file.

    Returns
    -------
    dict
        By name; columns that are alike share their cells, and are not to be written to.
    """
    made: dict[tuple[type, object], pd.Series] = {}
    found: dict[str, pd.Series] = {}
    for column in columns:
        kind: type = bool if column.kind == "yes_no" else object
        value = column.default
        if column.kind in {"number", "integer"}:
            kind, value = float, _default_number(column)
        # one NaN is as good as another, though it is not equal to it
        key = (kind, str(value) if kind is float else value)
        if key not in made:
            made[key] = pd.Series([value] * len(index), index=index, dtype=kind)
        found[column.name] = made[key]
    return found


def _default_number(column: Column) -> float:
    return np.nan if column.default is None else float(str(column.default))


def _filled(text: str, column: Column) -> object:
    return column.default if text == "" or text in EXCEL_ERRORS else text


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Letters that no one types; files of results cannot hold some, and terminals obey others."""


def _word(column: Column, text: str, at: int, refuse: Refuse) -> object:
    if CONTROL.search(text):
        refuse(at, f'is "{text}", with a control character.', "Type the text anew.")
    if column.kind == "year":
        try:
            start_of(text)
        except ValueError:
            what, remedy = f'is "{text}".', "Write a financial year such as 2026/27."
            if re.fullmatch(r"(19|20)\d\d(\.0)?", text):
                what = f'is "{text}", a calendar year.'
            elif is_date(text):
                what = f'is "{text}", a date.'
                remedy += " Set the cell to text first, or Excel makes a date of it."
            refuse(at, what, remedy)
            return column.default
    elif column.kind == "yes_no":
        answer = {"yes": True, "y": True, "true": True, "1": True}.get(text.lower())
        if answer is None and text.lower() not in {"no", "n", "false", "0"}:
            refuse(at, f'is "{text}".', "Write yes or no.")
        return bool(answer)
    elif column.choices and text not in column.choices:
        refuse(at, f'is "{text}".', nearest(text, column.choices))
    return text


def _numbers(
    column: Column,
    texts: Sequence[str],
    blanks: npt.NDArray[np.bool_],
    index: pd.Index,
    refuse: Refuse,
) -> pd.Series:
    parsed = pd.to_numeric(np.array(texts, dtype=object), errors="coerce")
    values = np.array(parsed, dtype=float)
    default = _default_number(column)
    failed = np.array([text in EXCEL_ERRORS for text in texts], dtype=bool)
    bad = ~np.isfinite(values) & ~blanks & ~failed
    values[bad | failed] = np.nan
    unit = unit_of(column.name) if bad.any() else ""
    for at in _positions(bad):
        refuse(
            at, f'is "{texts[at][:60]}", not a number.', no_amount(texts[at], unit, column.blank)
        )
    if column.kind == "integer":
        for at in _positions(np.isfinite(values) & (values % 1 != 0)):
            refuse(at, f'is "{texts[at]}".', "Write a whole number.")
    outside = (values < column.low) | (values > column.high)
    for at in _positions(outside):
        refuse(at, f"is {texts[at]}.", may_be(values[at], column))
    for at in _positions(np.abs(values) > LARGEST):
        if not outside[at]:
            refuse(at, f"is {texts[at]}, larger than any figure here.", "Check its unit.")
    values[blanks] = default
    return pd.Series(values, index=index)


def _positions(holds: npt.NDArray[np.bool_]) -> list[int]:
    return [int(at) for at in np.flatnonzero(holds)]
