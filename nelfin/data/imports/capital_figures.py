"""Read the capital limits of a system: of all its bodies together, or of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nelfin.data.footprints import plain_name
from nelfin.data.imports.capital_books import Columns, columns_of, is_provider_capital, table_in
from nelfin.data.imports.capital_rows import rows_asked
from nelfin.data.imports.headings import Block, number_of, plain_words, years_in
from nelfin.data.imports.icbs import asked_once, plain_code
from nelfin.errors import Problems
from nelfin.years import start_of

FIRM_TO = "2029/30"
"""The last year of NHS England's firm capital allocations; those of later years are indicative."""

MOST_OF_A_BODY = 500.0
LEAST_OF_ALL = 0.2
"""£m a year past which the unit is asked about: of one body, and of all together."""

MOST_BETWEEN_YEARS = 50.0
"""Times that one year may be of another: a unit that slips is a hundred or a thousand times off."""


STATUSES = ("firm", "indicative")


@dataclass(frozen=True)
class _Amount:
    """Capital of one body and year."""

    row: int
    body: str
    year: str
    value: float
    status: str
    source: str = ""


def import_capital(
    path: str | Path, icbs: Iterable[str] = (), by_organisation: bool = False
) -> tuple[pd.DataFrame, list[str]]:
    """Read capital limits of a system.

    Parameters
    ----------
    path
        NHS England's workbook of capital allocations, or a table of one's own; a sheet of a
        workbook may follow, as in `capital.xlsx#Provider Op Cap`.
    icbs
        Codes or names of systems. They are needed where the table names systems.
    by_organisation
        A limit for each body instead of one for the system.

    Returns
    -------
    table : pandas.DataFrame
        nelfin's table of capital limits.
    notes : list of str
        What was left out, spread or taken.

    Raises
    ------
    InputError
        With every problem of the file, or a system that is not in it.
    """
    problems = Problems()
    notes: list[str] = []
    asked = asked_once(icbs) if icbs else []
    block = table_in(path)
    columns = columns_of(block, problems)
    block.check_lengths(problems)
    problems.raise_if_any()
    rows = rows_asked(block, columns, asked, notes, problems)
    amounts = _amounts_of(block, columns, rows, problems)
    problems.raise_if_any()
    amounts = _without_board_total(amounts, notes)
    _check_units(block, amounts, problems)
    problems.raise_if_any()
    _tell(block, columns, rows, amounts, notes)
    return _limits(path, block, columns, amounts, by_organisation, notes), notes


def _amounts_of(
    block: Block, columns: Columns, rows: Sequence[int], problems: Problems
) -> list[_Amount]:
    """Return the amounts of the rows, £m; refuse rows that repeat another."""
    first: dict[tuple[str, str], int] = {}
    amounts: list[_Amount] = []
    for row in rows:
        code, name = block.text(row, columns.code), block.text(row, columns.name)
        body = " ".join((name or code).split())
        if not body:
            problems.add(f"{block.place}, row {row + 1}", "names no body.", "Give its name.")
            continue
        parts = _of_row(block, columns, row, body, problems)
        for part in parts:
            key = (plain_code(code) or plain_name(name), part.year)
            if first.setdefault(key, row) != row:
                problems.add(
                    f"{block.place}, row {row + 1}",
                    f"repeats row {first[key] + 1} ({body}, {part.year}).",
                    "Keep one of them.",
                )
        amounts.extend(parts)
    return amounts


def _of_row(
    block: Block, columns: Columns, row: int, body: str, problems: Problems
) -> list[_Amount]:
    """Return the amounts of a row, by year."""
    cells: dict[str, int | None] = {**columns.by_year} or {"": columns.total}
    if columns.year is not None:
        years = years_in(block.text(row, columns.year))
        if len(years) != 1:
            problems.add(
                block.spot(row, columns.year),
                f'is "{block.text(row, columns.year)}".',
                "Write a financial year such as 2026/27.",
            )
        cells = dict.fromkeys(years[:1], columns.amount)
    said = block.text(row, columns.status).lower()
    said = said if said in STATUSES else ""
    source = block.text(row, columns.source)
    found = []
    for year, column in cells.items():
        value = None if column is None else _in_millions(block, row, column, problems)
        if value is None or column is None:
            continue
        headed = block.headings[column].words & {"firm", "indicative"}
        for of in (year,) if year else columns.span:
            late = start_of(of) > start_of(FIRM_TO)
            status = said or "".join(headed) or ("indicative" if late else "firm")
            part = value if year else value / len(columns.span)
            found.append(_Amount(row, body, of, part, status, source))
    return found


def _in_millions(block: Block, row: int, column: int, problems: Problems) -> float | None:
    unit = block.headings[column].unit
    if unit is None and is_provider_capital(block.sheet):
        problems.add(
            block.spot(row, column),
            "has no unit: neither its heading nor a title names £k or £m.",
            'Add it to the heading, as in "2026/27 (£k)".',
        )
        return None
    value = 0.0 if block.text(row, column) == "-" else block.number(row, column, problems)
    if value is not None and value < 0:
        problems.add(block.spot(row, column), f"is {value:g}.", "Give capital as 0 or more.")
        return None
    return None if value is None else value * (1.0 if unit is None else unit)


def _without_board_total(amounts: Sequence[_Amount], notes: list[str]) -> list[_Amount]:
    """Leave out the row of a board that has just what all other bodies have: a total of them."""
    boards = {a.row for a in amounts if plain_words(a.body) & {"icb", "system", "board"}}
    kept = list(amounts)
    for row in sorted(boards):
        own = sum(a.value for a in kept if a.row == row)
        others = [a for a in kept if a.row != row]
        several = len({a.row for a in others}) > 1
        if several and own and abs(own - sum(a.value for a in others)) < 1e-3:
            notes.append(f"Left out as a total: row {row + 1}, which has what all others have.")
            kept = others
    return kept


def _check_units(block: Block, amounts: Sequence[_Amount], problems: Problems) -> None:
    for amount in amounts:
        if amount.value > MOST_OF_A_BODY:
            problems.add(
                f"{block.place}, row {amount.row + 1}",
                f"gives {amount.body} £{amount.value:,.1f}m in {amount.year}, more than any has.",
                "Check the unit that its heading names: £k, £m or £.",
            )
    if problems.found:
        return
    totals: dict[str, float] = {}
    for amount in amounts:
        totals[amount.year] = totals.get(amount.year, 0.0) + amount.value
    most = max(totals.values(), default=0.0)
    for year, total in sorted(totals.items()):
        if total < max(LEAST_OF_ALL, most / MOST_BETWEEN_YEARS):
            problems.add(
                str(block.place),
                f"gives £{total:,.3f}m in {year} for all bodies together, and up to £{most:,.1f}m.",
                "Check the unit that its headings name: £k, £m or £.",
            )


def _tell(
    block: Block, columns: Columns, rows: Sequence[int], amounts: Sequence[_Amount],
    notes: list[str],
) -> None:  # fmt: skip
    """Tell how the columns were read, and what was left alone."""
    used = [at for at in (*columns.by_year.values(), columns.amount, columns.total)
            if at is not None]  # fmt: skip
    if block.sheet.is_book:
        notes.append(f"Read from the sheet {block.sheet.name}.")
    dashes = [str(row + 1) for row in rows if any(block.text(row, at) == "-" for at in used)]
    if dashes:
        notes.append(f"A dash is read as 0: row{'s' * (len(dashes) > 1)} {', '.join(dashes)}.")
    if any(block.headings[at].unit is None for at in used):
        notes.append("The headings name no unit: the amounts are taken to be £m.")
    said = {block.text(row, columns.status).lower() for row in rows} - {"", *STATUSES}
    if said:
        notes.append("The column status says neither firm nor indicative: it is left alone.")
    known = {*used, columns.code, columns.name, columns.year, columns.status, columns.source}
    left = [
        heading.text or "one without a heading"
        for at, heading in enumerate(block.headings)
        if at not in known and any(number_of(block.text(row, at)) is not None for row in rows)
    ]
    if left:
        notes.append(f"Columns left alone: {', '.join(left)}.")
    if columns.total is None:
        return
    if not columns.by_year:
        notes.append(
            f"One total for {columns.span[0]} to {columns.span[-1]}: spread evenly over its "
            f"{len(columns.span)} years, and marked derived."
        )
        return
    printed = [_in_millions(block, row, columns.total, Problems()) or 0.0 for row in rows
               if row in {amount.row for amount in amounts}]  # fmt: skip
    summed = sum(amount.value for amount in amounts)
    if abs(sum(printed) - summed) > 0.05:
        notes.append(
            f"The years add up to £{summed:,.1f}m, and the column "
            f'"{block.headings[columns.total].text}" to £{sum(printed):,.1f}m: the years are taken.'
        )


def _limits(
    path: str | Path, block: Block, columns: Columns, amounts: Sequence[_Amount],
    by_organisation: bool, notes: list[str],
) -> pd.DataFrame:  # fmt: skip
    """Return the table of limits: by body, or their sum."""
    published = is_provider_capital(block.sheet)
    spread = columns.total is not None and not columns.by_year
    bodies = list(dict.fromkeys(amount.body for amount in amounts))
    groups: dict[tuple[int, str], list[_Amount]] = {}
    for amount in amounts:
        at = bodies.index(amount.body) if by_organisation else -1
        groups.setdefault((at, amount.year), []).append(amount)
    for year in sorted({amount.year for amount in amounts}):
        there = {amount.body for amount in amounts if amount.year == year}
        if without := [body for body in bodies if body not in there]:
            notes.append(f"{year}: no amount of {', '.join(without)}.")
    lines = []
    for (at, year), parts in sorted(groups.items()):
        firm = all(part.status == "firm" for part in parts)
        derived = spread or (published and len(parts) > 1)
        lines.append({
            "year": year,
            "limit_gbp_m": round(sum(part.value for part in parts), 9),
            "organisation": bodies[at] if at >= 0 else "",
            "status": "firm" if firm else "indicative",
            "figure_status": "derived" if derived else "published" if published else "given",
            "source": _source(path, block, spread, parts),
        })  # fmt: skip
    return pd.DataFrame(lines)


def _source(path: str | Path, block: Block, spread: bool, parts: Sequence[_Amount]) -> str:
    named = {part.source for part in parts}
    words = [text for text in named if text and len(named) == 1]
    if is_provider_capital(block.sheet):
        words.append(f"NHS England capital allocations, {block.sheet.name} (OGL v3)")
    if len(parts) > 1:
        words.append(f"sum of {len(parts)} bodies")
    if spread:
        words.append("total of all years, spread evenly")
    return "; ".join([*words, f"read in {Path(path).name.partition('#')[0]}"])
