"""Rows that are none of a table: totals, told by their label and their figures, and notes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from nelfin.data.reading.units import row_unit
from nelfin.data.specs.columns import Column, Table
from nelfin.errors import Problem
from nelfin.store.sheets.amounts import FRACTIONS, read_amount
from nelfin.store.sheets.files import Raw
from nelfin.store.sheets.spots import spot

_LABEL = re.compile(r"(?:(?:grand|overall|sub)[\s-]?)?(?:totals?|sum)\s*:?", re.IGNORECASE)


@dataclass(frozen=True)
class _Sum:
    heading: str
    said: float
    is_sum: bool
    of_rows: float


def without_totals(raw: Raw, spec: Table, notes: list[str]) -> Raw:
    """Leave out the rows of totals, and refuse those whose figures are no sums.

    A row is one of totals if its first words are "Total", "Grand total", "Sub-total" or "Sum", and
    either every figure of money or number in it is the sum of the rows it stands for, or it names
    nothing else that a row of the table must name.

    Parameters
    ----------
    raw
        The table as texts, with the headings of its specification.
    spec
        What it must look like.
    notes
        Takes a word on each row left out.

    Returns
    -------
    Raw
        Without those rows; the problems tell of a label whose figures are not the sums.
    """
    if not _may_have_totals(raw):
        return raw
    at = {name: position for position, name in enumerate(raw.headings)}
    keys = [at[name] for name in spec.key if name in at]
    totals = [row for row in range(len(raw.rows)) if _label(raw.rows[row], keys) is not None]
    if not totals:
        return raw
    kept = [row for row in range(len(raw.rows)) if row not in set(totals)]
    problems = []
    for order, row in enumerate(totals):
        label = _label(raw.rows[row], keys)
        others = {key: raw.rows[row][key] for key in keys if key != label and raw.rows[row][key]}
        since = range(totals[order - 1] + 1 if order else 0, row)
        groups = [
            [raw.rows[each] for each in group if _shares(raw.rows[each], others)]
            for group in (kept, [each for each in since if each in set(kept)])
        ]
        sums = _sums(raw, spec, raw.rows[row], groups)
        wrong = next((each for each in sums if not each.is_sum), None)
        said = raw.rows[row][label] if label is not None else ""
        if wrong is None or (not others and _must_name_more(spec, raw.headings, label)):
            words = f'looks like a total ("{said}"), and is left out.'
            notes.append(f"{raw.place}, row {raw.numbers[row]}: {words}")
        else:
            problems.append(
                Problem(
                    spot(raw.place, raw.numbers[row], wrong.heading),
                    f'looks like a total ("{said}"), but is {_plain(wrong.said)}, where the rows '
                    f"add up to {_plain(wrong.of_rows)}.",
                    "Delete the row, or correct its figures; if it is no total, name it otherwise.",
                )
            )
    return replace(
        raw,
        rows=[raw.rows[row] for row in kept],
        numbers=[raw.numbers[row] for row in kept],
        problems=(*raw.problems, *problems),
    )


def without_remarks(raw: Raw, spec: Table) -> Raw:
    """Ask once about each row that holds words in its first cell and nothing else.

    Parameters
    ----------
    raw
        The table as texts, with the headings of its specification.
    spec
        What it must look like.

    Returns
    -------
    Raw
        Without those rows; the problems tell of them.
    """
    needed = [column for column in spec.columns if column.required and not column.blank]
    alone = [
        at for at, row in enumerate(raw.rows) if row[0] and len(needed) > 2 and not any(row[1:])
    ]
    if not alone:
        return raw
    problems = [
        Problem(
            spot(raw.place, raw.numbers[at]),
            f'holds only "{raw.rows[at][0][:60]}".',
            "Delete it if it is a note, or fill in the row.",
        )
        for at in alone
    ]
    kept = [at for at in range(len(raw.rows)) if at not in set(alone)]
    return replace(
        raw,
        rows=[raw.rows[at] for at in kept],
        numbers=[raw.numbers[at] for at in kept],
        problems=(*raw.problems, *problems),
    )


def _may_have_totals(raw: Raw) -> bool:
    """Say whether the words of a total stand anywhere in a table: most have none."""
    words = "\t".join(map("\t".join, raw.rows)).casefold()
    return "total" in words or "sum" in words


def _label(row: list[str], keys: list[int]) -> int | None:
    """Return where a row says that it is a total: its first words, or what it is named by."""
    first = next((at for at, cell in enumerate(row) if cell), None)
    for at in dict.fromkeys([*([first] if first is not None else []), *keys]):
        if row[at] and row[at][:1] in "TtGgOoSs" and _LABEL.fullmatch(row[at]):
            return at
    return None


def _shares(row: list[str], others: dict[int, str]) -> bool:
    return all(row[key] == text for key, text in others.items())


def _must_name_more(spec: Table, headings: list[str], label: int | None) -> bool:
    """Say whether a row must be named by more than what the label stands in place of."""
    own = headings[label] if label is not None else ""
    return any(
        column.name in spec.key and not column.blank and column.name != own
        for column in spec.columns
    )


def _sums(raw: Raw, spec: Table, total: list[str], groups: list[list[list[str]]]) -> Iterable[_Sum]:
    """Yield each figure of a row of totals with what the rows add up to; shares do not add up."""
    for at, heading in enumerate(raw.headings):
        column = next((each for each in spec.columns if each.matches(heading)), None)
        if column is None or column.kind not in {"number", "integer"} or column.name in spec.key:
            continue
        unit = row_unit(raw, spec, column, total)
        said = read_amount(total[at], unit)
        if said is None or unit in {"%", *FRACTIONS}:
            continue
        of_rows = [_added(raw, spec, column, rows, at) for rows in groups]
        half_a_digit = 0.5 * 10.0 ** -_decimals(total[at])
        near = [abs(each - said.value) <= half_a_digit + 1e-9 * abs(said.value) for each in of_rows]
        yield _Sum(heading, said.value, any(near), of_rows[0])


def _added(raw: Raw, spec: Table, column: Column, rows: list[list[str]], at: int) -> float:
    found = [read_amount(row[at], row_unit(raw, spec, column, row)) for row in rows]
    return float(sum(Decimal(repr(each.value)) for each in found if each is not None))


def _decimals(text: str) -> int:
    return len(re.sub(r"[^0-9]", "", text.partition(".")[2]))


def _plain(value: float) -> str:
    return f"{value:,.10g}"
