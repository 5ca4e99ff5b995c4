"""Totals in a list: rows and columns that add up others, checked against them and left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from nelfin.data.lists.amounts import Money
from nelfin.errors import Problems
from nelfin.problems import named_rows
from nelfin.store.sheets.files import Raw
from nelfin.store.sheets.spots import spot

Array = npt.NDArray[np.float64]

_WHOLE = re.compile(r"(?:(?:grand|overall|sub)[\s-]?)?(?:totals?|sum)\s*:?", re.IGNORECASE)
_TOTAL = re.compile(r"\b(?:sub)?totals?\b", re.IGNORECASE)
_AT_AN_END = re.compile(
    r"(?:(?:grand|overall|sub)[\s-]?)?(?:totals?|sum)\s*:?|totals?\s*(?:for|of|-|–|:)\b.*|.*\btotals?\s*:?",
    re.IGNORECASE,
)


def rows_of_totals(
    raw: Raw,
    labels: Mapping[str, Sequence[str]],
    money: Array,
    step: float,
    notes: list[str],
    problems: Problems,
) -> npt.NDArray[np.bool_]:
    """Say which rows are totals of others; tell those left out, and those that do not add up.

    Parameters
    ----------
    raw
        The list as texts.
    labels
        Cells of the columns that name a row, by column of nelfin's.
    money
        £m; shape (row, column of money).
    step
        £m that the last digit of its figures is: each may be rounded to it.
    notes
        Takes a word on the rows left out.
    problems
        Takes a row that is called a total of something, and is not the sum of rows.
    """
    found = np.zeros(len(raw.rows), dtype=bool)
    said = _called_totals(raw, labels)
    surely = {row for row, text in said.items() if _AT_AN_END.fullmatch(text)}
    left: list[tuple[int, str]] = []
    # first those that may be schemes, such as Total Northgate: of them only sums are totals
    for row, text in sorted(said.items(), key=lambda item: (item[0] in surely, item[0])):
        others = ~found
        others[[row, *surely]] = False
        ends = sorted({*surely, *np.flatnonzero(found).tolist()})
        groups = [group for group in _groups(row, ends, others, labels) if group.any()]
        own_id = bool(labels.get("project_id", [""] * len(raw.rows))[row])
        if row not in surely:
            groups = [] if own_id else [group for group in groups if group.sum() > 1]
        sums = [money[group].sum(axis=0) for group in groups]
        adds_up = bool(money[row].any()) and any(
            _near(money[row], each, step * rounding(int(group.sum())))
            for each, group in zip(sums, groups, strict=True)
        )
        if adds_up or _WHOLE.fullmatch(text):
            found[row] = True
            left.append((row, "" if adds_up or not sums else _differs(money[row], sums)))
        elif row in surely and not own_id:
            of_rows = f"{sums[0].sum():,.3f}" if sums else "nothing"
            problems.add(
                spot(raw.place, raw.numbers[row]),
                f'looks like a total ("{text[:60]}"), but comes to £{money[row].sum():,.3f}m, '
                f"where the rows add up to £{of_rows}m.",
                "Delete the row, or correct its figures; if it is a scheme, name it otherwise.",
            )
    left.sort()
    right = [raw.numbers[row] for row, told in left if not told]
    if right:
        many = "1 row of totals" if len(right) == 1 else f"{len(right):,} rows of totals"
        notes.append(
            f"{raw.place}: {many} left out, checked against the sum ({named_rows(right)})."
        )
    for row, told in left:
        if told:
            where = f"{raw.place}, row {raw.numbers[row]}"
            notes.append(f'{where}: the total "{said[row][:60]}" is left out, though {told}.')
    return found


def _called_totals(raw: Raw, labels: Mapping[str, Sequence[str]]) -> dict[int, str]:
    """Return the rows that are called a total of something, and what they are called."""
    said: dict[int, str] = {}
    for row, cells in enumerate(raw.rows):
        first = next((cell for cell in cells if cell), "")
        texts = [first, *(each[row] for each in labels.values())]
        words = [text for text in texts if _WHOLE.fullmatch(text)]
        words += [text for text in texts if _TOTAL.search(text)]
        if words:
            said[row] = words[0]
    return said


def _groups(
    row: int,
    ends: Sequence[int],
    others: npt.NDArray[np.bool_],
    labels: Mapping[str, Sequence[str]],
) -> list[npt.NDArray[np.bool_]]:
    """Return the rows that a total may be of: all, those since the last, those of its owner."""
    since = others.copy()
    before = [each for each in ends if each < row]
    since[: before[-1] + 1 if before else 0] = False
    since[row:] = False
    groups = [others, since]
    for cells in labels.values():
        name = _TOTAL.sub("", cells[row]).strip(" -:–").casefold()
        if name:
            of_name = np.array([text.casefold() == name for text in cells], dtype=bool)
            groups.append(others & of_name)
    return groups


def rounding(count: int) -> float:
    """Return the last digits by which a sum of rounded figures may well be off, and its total.

    Parameters
    ----------
    count
        Figures that are summed: their errors fall to either side, and grow as its root.
    """
    return float(np.sqrt(count + 1))


def _near(total: Array, summed: Array, step: float) -> bool:
    most = float(np.abs(total).max(initial=0.0))
    return bool(np.all(np.abs(total - summed) <= 0.5 * step + 1e-9 * most))


def _differs(total: Array, sums: Sequence[Array]) -> str:
    nearest = min(sums, key=lambda each: float(np.abs(each - total).sum()))
    return (
        f"it says £{total.sum():,.3f}m and the rows add up to £{nearest.sum():,.3f}m: "
        "the rows are taken"
    )


def columns_of_totals(
    raw: Raw, headings: Sequence[str], spend: Array, step: float, money: Money, notes: list[str]
) -> list[str]:
    """Return the columns that are totals of the money of each row, and tell if they add up.

    Parameters
    ----------
    raw
        The list as texts.
    headings
        Those that are read as nothing else.
    spend
        £m of each row, all years together.
    step
        £m that rounding may make of difference.
    money
        Reads the columns.
    notes
        Takes a sentence a column.
    """
    found: list[str] = []
    for heading in headings:
        if not _TOTAL.search(heading.replace("_", " ")):
            continue
        texts = [row[raw.headings.index(heading)] for row in raw.rows]
        quiet = Problems()
        reader = Money(raw.place, raw.numbers, money.unit, money.comma, quiet)
        total = reader.column(heading, texts)
        if quiet.found or not total.any():
            continue
        found.append(heading)
        filled = np.array([bool(text) for text in texts], dtype=bool)
        off = np.flatnonzero(filled & (np.abs(total - spend) > 0.5 * step + 1e-9 * np.abs(total)))
        if off.size:
            row = int(off[0])
            rows = "1 row" if off.size == 1 else f"{off.size:,} rows"
            notes.append(
                f'{raw.place}: column "{heading}" is not the sum of the years in {rows}, such as '
                f"row {raw.numbers[row]} (£{total[row]:,.3f}m, and £{spend[row]:,.3f}m by year): "
                "the years are taken."
            )
        else:
            notes.append(f'{raw.place}: column "{heading}" is the sum of the years, and left out.')
    return found
