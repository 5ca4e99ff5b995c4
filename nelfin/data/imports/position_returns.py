"""Import positions from a wide table that people fill from a board paper or a finance return."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from nelfin.data.imports.headings import is_total, number_of
from nelfin.data.inputs import ANY_TRUST, SYSTEM
from nelfin.data.specs.columns import SOURCE, STATUS, Column, Table, optional
from nelfin.data.tables import inspect
from nelfin.errors import Problems
from nelfin.store.sheets.files import Raw, read_raw
from nelfin.store.sheets.spots import spot


@dataclass(frozen=True)
class Money:
    """A column of money of the layout.

    Parameters
    ----------
    measure
        What nelfin's table calls it.
    by_month
        A row of a month may have it: what came, or was planned, to the end of that month.
    signed
        It may be below nought: a deficit.
    """

    measure: str
    by_month: bool = False
    signed: bool = False


MONEY: dict[str, Money] = {
    "plan": Money("plan", by_month=True, signed=True),
    "actual": Money("outturn", by_month=True, signed=True),
    "forecast": Money("forecast", signed=True),
    "underlying": Money("underlying", signed=True),
    "support": Money("deficit_support"),
    "one_off": Money("one_off", signed=True),
    "savings_plan": Money("savings_plan", by_month=True),
    "savings_actual": Money("savings_delivered", by_month=True),
}
"""Columns of the layout, by what stands before their unit."""

UNITS = {"gbp_m": 1.0, "gbp_k": 1e-3, "gbp": 1e-6}
"""Endings of a column of money, and how many £m a unit is."""

MOST_OF_A_BODY = 1_000
MOST_OF_ALL = 5_000
"""£m past which a position is asked about: of one body, and of the system or all its trusts."""

MONTHS = ("april", "may", "june", "july", "august", "september", "october", "november", "december",
          "january", "february", "march")  # fmt: skip


def import_positions(path: str | Path) -> tuple[pd.DataFrame, list[str]]:
    """Read positions from the wide layout.

    Parameters
    ----------
    path
        CSV file or workbook with a row a body, year and month, and a column a measure.

    Returns
    -------
    table : pandas.DataFrame
        nelfin's table of positions.
    notes : list of str
        Rows left out, and how names and units were read.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    raw = read_raw(path)
    raw = replace(raw, headings=["_".join(h.lower().split()) for h in raw.headings])
    unit = {heading: _unit(heading) for heading in raw.headings}
    money = [heading for heading, size in unit.items() if size is not None]
    notes: list[str] = []
    months = Problems()
    raw = replace(raw, rows=[_as_typed(raw, row, money) for row in raw.rows])
    raw = _with_months(_without_totals(raw, notes), months)
    table, problems = inspect(raw, _spec(money))
    problems.found.extend(months.found)
    _check_columns(raw, money, problems)
    if {"organisation", "year", "month", "item"} <= set(table.columns):
        table = _one_spelling(table, notes)
        _check_rows(raw, table, unit, money, problems)
    problems.raise_if_any()
    left = [
        heading or "one without a heading"
        for at, heading in enumerate(raw.headings)
        if heading not in table.columns and any(number_of(row[at]) is not None for row in raw.rows)
    ]
    if left:
        notes.append(f"Columns left alone: {', '.join(left)}.")
    if other := {heading for heading in money if unit[heading] != 1.0}:
        notes.append(f"Read in other units than £m: {', '.join(sorted(other))}.")
    rows = pd.DataFrame(list(_long(table, unit, money, Path(path).name)))
    minus = (rows["value_gbp_m"] < 0).sum()
    notes.append(f"Deficits are below nought, as {minus:,} of {len(rows):,} figures are.")
    return rows, notes


def _unit(heading: str) -> float | None:
    """Return how many £m the unit of a column of money is; None for another column."""
    found = re.fullmatch(rf"({'|'.join(MONEY)})_({'|'.join(UNITS)})", heading)
    return UNITS[found[2]] if found else None


def _measure(heading: str) -> Money:
    return MONEY[re.sub(r"_gbp(_[km])?$", "", heading)]


def _spec(money: list[str]) -> Table:
    there = {_measure(heading).measure for heading in money}
    absent = [f"{name}_gbp_m" for name, of in MONEY.items() if of.measure not in there]
    return Table(
        "positions",
        (
            Column("organisation"),
            Column("year", kind="year"),
            optional("month", kind="integer", low=1, high=12, default=0),
            *(optional(name, kind="number") for name in (*dict.fromkeys(money), *absent)),
            optional("item", default=""),
            STATUS,
            SOURCE,
        ),
    )


def _as_typed(raw: Raw, row: list[str], money: list[str]) -> list[str]:
    """Return a row with the brackets, commas and pound signs of its money taken away."""
    cells = list(row)
    for at, heading in enumerate(raw.headings):
        text = cells[at]
        if heading in money and "%" not in text and (value := number_of(text)) is not None:
            cells[at] = repr(value)
    return cells


def _with_months(raw: Raw, problems: Problems) -> Raw:
    """Return months such as M5 as numbers; a month of the calendar is refused."""
    if "month" not in raw.headings:
        return raw
    at = raw.headings.index("month")
    rows = [list(row) for row in raw.rows]
    for number, row in zip(raw.numbers, rows, strict=True):
        text = row[at]
        if match := re.fullmatch(r"(?i:month|m)\s*(\d{1,2})", text):
            row[at] = match[1]
        named = [month for month in MONTHS if month[:3] == text.lower()[:3] and text.isalpha()]
        if named:
            row[at] = str(MONTHS.index(named[0]) + 1)
            problems.add(
                spot(raw.place, number, "month"),
                f'is "{text}".',
                f"Months are counted from April: write {row[at]}.",
            )
    return replace(raw, rows=rows)


def _without_totals(raw: Raw, notes: list[str]) -> Raw:
    """Leave out rows of totals: nelfin adds up by itself."""
    if "organisation" not in raw.headings:
        return raw
    at = raw.headings.index("organisation")
    total = [is_total(row[at]) for row in raw.rows]
    if any(total):
        named = [f"{row[at]} (row {number})" for row, number, out in
                 zip(raw.rows, raw.numbers, total, strict=True) if out]  # fmt: skip
        notes.append(
            f"Left out as totals: {', '.join(named[:10])}{' and others' if len(named) > 10 else ''}"
            f". For the system's own figure write {SYSTEM}."
        )
    kept = [at for at, out in enumerate(total) if not out]
    return replace(
        raw, rows=[raw.rows[at] for at in kept], numbers=[raw.numbers[at] for at in kept]
    )


def _check_columns(raw: Raw, money: list[str], problems: Problems) -> None:
    where = spot(raw.place, 1)
    if not money:
        problems.add(
            where,
            "has no column of money.",
            f"Name one or more of {', '.join(f'{name}_gbp_m' for name in MONEY)}.",
        )
    for of in MONEY.values():
        twice = [heading for heading in dict.fromkeys(money) if _measure(heading) is of]
        if len(twice) > 1:
            problems.add(where, f"has {' and '.join(twice)}.", "Keep one of them.")


def _one_spelling(table: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Write each body as it is written first: in another case it would be another body."""
    first: dict[str, str] = {SYSTEM: SYSTEM, ANY_TRUST: ANY_TRUST}
    changed: dict[str, str] = {}
    names = []
    for name in table["organisation"]:
        if not isinstance(name, str):
            names.append(name)
            continue
        known = first.setdefault(" ".join(name.lower().split()), name)
        if known != name:
            changed[name] = known
        names.append(known)
    notes.extend(f'"{name}" is read as {known}.' for name, known in changed.items())
    return table.assign(organisation=names)


def _check_rows(
    raw: Raw, table: pd.DataFrame, unit: dict[str, float | None], money: list[str],
    problems: Problems,
) -> None:  # fmt: skip
    first: dict[tuple[Any, ...], int] = {}
    lines = table.to_dict("records")
    for row, line, cells in zip(table.index, lines, raw.rows, strict=True):
        key = tuple(line[name] for name in ("organisation", "year", "month", "item"))
        if None not in key and first.setdefault(key, row) != row:
            month = f", month {line['month']:g}" if line["month"] > 0 else ""
            problems.add(
                spot(raw.place, row, "organisation"),
                f"repeats row {first[key]} ({line['organisation']}, {line['year']}{month}).",
                "Keep one of them, or name what differs in a column item.",
            )
        given = [heading for heading in money if not pd.isna(line.get(heading))]
        typed = any(cells[raw.headings.index(heading)] for heading in money)
        if money and not typed:
            problems.add(spot(raw.place, row), "has no figure.", "Fill one in, or take it out.")
        for heading in given:
            _check_figure(raw, row, heading, line, float(unit[heading] or 1), problems)


def _check_figure(
    raw: Raw, row: int, heading: str, line: dict[Any, Any], unit: float, problems: Problems
) -> None:
    """Refuse what cannot be: a month of a yearly figure, a wrong sign, a wrong unit."""
    value, of = float(line[heading]) * unit, _measure(heading)
    where = spot(raw.place, row, heading)
    if line["month"] > 0 and not of.by_month:
        problems.add(
            where,
            f"stands in the row of month {line['month']:g}, and is of the whole year.",
            "Put it in a row of its own, with the month blank.",
        )
    if value < 0 and not of.signed:
        problems.add(where, f"is {value:,.1f}, below nought.", "Savings and support are 0 or more.")
    whole = line["organisation"] in {SYSTEM, ANY_TRUST}
    if abs(value) > (MOST_OF_ALL if whole else MOST_OF_A_BODY):
        problems.add(
            where,
            f"comes to {value:,.1f} in £m for {line['organisation']}, more than any has had.",
            "Is it in £k or £? Then name the column "
            f"{heading.partition('_gbp')[0]}_gbp_k or {heading.partition('_gbp')[0]}_gbp.",
        )


def _long(
    table: pd.DataFrame, unit: dict[str, float | None], money: list[str], file: str
) -> Iterator[dict[str, object]]:
    """Yield a row for each figure."""
    order = [heading for name in MONEY for heading in money if _measure(heading) is MONEY[name]]
    for line in table.to_dict("records"):
        for heading in order:
            if pd.isna(line[heading]):
                continue
            yield {
                "organisation": line["organisation"],
                "year": line["year"],
                "month": f"{line['month']:g}" if line["month"] else "",
                "measure": _measure(heading).measure,
                "value_gbp_m": round(line[heading] * (unit[heading] or 1.0), 9),
                "item": line["item"],
                "status": line["status"],
                "source": line["source"] or f"Read in {file}",
            }
