"""Tell which rows of a table of capital are the bodies of the systems asked for."""

from __future__ import annotations

from collections.abc import Sequence

from nelfin.data.footprints import listed, plain_name
from nelfin.data.imports.capital_books import Columns, is_provider_capital
from nelfin.data.imports.headings import Block, is_total, plain_words
from nelfin.data.imports.icbs import (
    heads_systems,
    hint_for,
    is_code,
    known_system,
    plain_code,
    rows_by_system,
    system_columns,
    taken_for,
)
from nelfin.data.national import trusts_of
from nelfin.data.typed import EXCEL_ERRORS
from nelfin.errors import Problems


def rows_asked(
    block: Block, columns: Columns, asked: Sequence[str], notes: list[str], problems: Problems
) -> list[int]:
    """Return the rows of bodies of the systems asked for, without totals and notes below.

    Parameters
    ----------
    block, columns
        The table, and where it has what.
    asked
        Codes or names of systems; none where the table is of one.
    notes
        Takes what was left out, and how the rows were told.
    problems
        Takes a system that is not there, and rows of none.

    Returns
    -------
    list of int
        Rows, from 0.
    """
    bodies = _bodies(block, columns, notes)
    systems = [at for at, heading in enumerate(block.headings) if heads_systems(heading.words)]
    if not systems:
        return _rows_without_systems(block, columns, bodies, asked, notes, problems)
    _check_systems(block, systems, bodies, problems)
    by_system = rows_by_system(block)
    if not asked:
        codes = sorted(key for key in by_system if key == plain_code(key)) or sorted(by_system)
        if len({tuple(by_system[code]) for code in codes}) > 1:
            what = f"has several systems: {', '.join(codes[:12])}."
            problems.add(str(block.place), what, "Say which, with --icb CODE.")
        return bodies
    found: list[int] = []
    for wanted in asked:
        taken, note = taken_for(by_system, wanted)
        own = [each.row for each in taken if each.row in bodies]
        if any(each.part for each in taken):
            own = _of_trusts(block, columns, bodies, wanted, notes)
        elif note:
            notes.append(note)
        if not own:
            what = f'has no row of the system "{wanted}".'
            problems.add(str(block.place), what, hint_for(wanted, by_system.keys()))
        if set(own) & set(found):
            problems.add(f"--icb {wanted}", "counts a body again.", "Give each system once.")
        found.extend(own)
    notes.append(f"{len(found):,} of {len(bodies):,} rows are of {listed(asked)}.")
    return sorted(found)


def _check_systems(
    block: Block, systems: Sequence[int], bodies: Sequence[int], problems: Problems
) -> None:
    """Refuse rows whose system is blank, failed, or no code in a column of codes."""
    code, _ = system_columns(block)
    for row in bodies:
        texts = [block.text(row, at) for at in systems]
        wrong = next((text for text in texts if text in EXCEL_ERRORS), None)
        if code is not None and not is_code(block.text(row, code)):
            wrong = block.text(row, code)
        if wrong or not any(texts):
            problems.add(
                block.spot(row, systems[0] if code is None else code),
                f'is "{wrong}", which names no system.' if wrong else "is empty.",
                "Name the system that the body is of.",
            )


def _bodies(block: Block, columns: Columns, notes: list[str]) -> list[int]:
    """Return the rows of bodies; those of totals, and of words alone, are left out and told."""
    money = [at for at in (*columns.by_year.values(), columns.amount, columns.total)
             if at is not None]  # fmt: skip
    bodies: list[int] = []
    totals: list[int] = []
    remarks: list[int] = []
    for row in block.rows:
        filled = any(block.text(row, at) for at in money)
        alone = sum(1 for cell in block.sheet.cells[row] if cell.strip()) == 1
        kind = remarks if alone and not filled else bodies
        (totals if _is_total_row(block, columns, row) else kind).append(row)
    for called, left in (("totals", totals), ("words without figures", remarks)):
        if left:
            named = ", ".join(str(row + 1) for row in left[:10])
            notes.append(f"Left out as {called}: row{'s' * (len(left) > 1)} {named}.")
    return bodies


def _of_trusts(
    block: Block, columns: Columns, bodies: Sequence[int], wanted: str, notes: list[str]
) -> list[int]:
    """Return the rows of the trusts that are known to be of a system."""
    system = known_system(wanted)
    if system is None:
        return []
    trusts = trusts_of(system)
    keys = {*trusts["code"], *(plain_name(name) for name in trusts["trust"])}
    of_row = {}
    for row in bodies:
        code, name = block.text(row, columns.code), block.text(row, columns.name)
        of_row[row] = {plain_code(code), plain_code(name), plain_name(name)} - {""}
    seen = {key for found in of_row.values() for key in found}
    without = [
        name
        for code, name in zip(trusts["code"], trusts["trust"], strict=True)
        if code not in seen and plain_name(name) not in seen
    ]
    notes.append(
        f"{wanted}: its providers are the trusts that nelfin knows to report to it (March 2026)."
        + (f" Not in the table: {listed(without)}." if without else "")
    )
    return [row for row, named in of_row.items() if named & keys]


def _rows_without_systems(
    block: Block, columns: Columns, bodies: list[int], asked: Sequence[str],
    notes: list[str], problems: Problems,
) -> list[int]:  # fmt: skip
    """Take the rows of one's own table for one system's; of all England's, those of its trusts."""
    if not is_provider_capital(block.sheet):
        called = listed(asked) if asked else "one system"
        notes.append(f"The table names no systems: all its rows are taken to be of {called}.")
        return bodies
    if not asked:
        problems.add(
            str(block.place), "has the providers of all systems.", "Say which, with --icb CODE."
        )
    found: list[int] = []
    for wanted in asked:
        own = _of_trusts(block, columns, bodies, wanted, notes)
        if not own:
            problems.add(
                str(block.place),
                f'has no column of systems, and no provider that is known to be of "{wanted}".',
                f"Check the code, or add a column ICB code. It has {block.listed()}.",
            )
        found.extend(own)
    return sorted(found)


def _is_total_row(block: Block, columns: Columns, row: int) -> bool:
    code, name = block.text(row, columns.code), block.text(row, columns.name)
    first = next((cell for cell in block.sheet.cells[row] if cell.strip()), "")
    named = plain_words(name or first) & {"total", "subtotal"}
    return is_total(code, name, first) or (not code and bool(named))
