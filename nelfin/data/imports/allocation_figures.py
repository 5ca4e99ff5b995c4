"""Read what a system gets from NHS England's allocations workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from nelfin.data.footprints import listed
from nelfin.data.imports.allocation_books import (
    BESIDE,
    MONEY,
    RATES,
    STREAMS,
    AllocationBook,
    Found,
    read_allocation_book,
    words_of,
)
from nelfin.data.imports.headings import Block
from nelfin.data.imports.icbs import Taken, asked_once, called, hint_for, rows_by_system, taken_for
from nelfin.errors import InputError, Problem, Problems
from nelfin.years import start_of

FIT = 0.005
"""Share by which baseline, growth and convergence may miss the allocation before it is told."""


@dataclass
class _Reading:
    """What is gathered while the figures of a system are read."""

    problems: Problems = field(default_factory=Problems)
    notes: list[str] = field(default_factory=list)


def import_allocations(
    files: Sequence[str | Path], icbs: Iterable[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Read the allocations of a system from NHS England's workbooks.

    Parameters
    ----------
    files
        Workbooks. Where two have a stream and year, the later round counts, and that is told.
    icbs
        Codes or names of systems; several are summed.

    Returns
    -------
    table : pandas.DataFrame
        nelfin's table of allocations.
    notes : list of str
        What was left out, left blank, or taken from the later of two files.

    Raises
    ------
    InputError
        With every problem of the files, or a system that is not in them.
    """
    asked = asked_once(icbs)
    problems = Problems()
    books = []
    for file in files:
        try:
            books.append(read_allocation_book(file))
        except InputError as error:
            problems.extend(error)
    problems.raise_if_any()
    return allocations_of(books, asked)


def allocations_of(
    books: Sequence[AllocationBook], asked: Sequence[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Return the allocations of a system from workbooks that were looked through.

    Parameters
    ----------
    books
        From `read_allocation_book`.
    asked
        Codes or names of systems; several are summed.

    Returns
    -------
    table, notes
        As `import_allocations` returns them.
    """
    reading = _Reading(notes=[note for book in books for note in book.notes])
    places = _places(books, asked, reading)
    reading.problems.raise_if_any()
    rows: dict[tuple[str, str], dict[str, object]] = {}
    of_book: dict[tuple[str, str], AllocationBook] = {}
    for book in sorted(books, key=lambda book: book.round):
        for found in book.found:
            row = _row_of(found, book, places[id(found.block)], reading)
            if row is None:
                continue
            key = (found.stream, found.year)
            before = rows.get(key)
            if before is not None and before["allocation_gbp_m"] != row["allocation_gbp_m"]:
                _tell_later(key, of_book[key], before, book, row, reading)
            rows[key], of_book[key] = row, book
    reading.problems.raise_if_any()
    for stream in STREAMS:
        if not any(key[0] == stream for key in rows):
            reading.notes.append(f"{stream}: left out, as no sheet is named for it.")
    order = list(STREAMS)
    table = pd.DataFrame([rows[k] for k in sorted(rows, key=lambda k: (order.index(k[0]), k[1]))])
    reading.notes.extend(_blanks(table))
    return table, reading.notes


def _places(
    books: Sequence[AllocationBook], asked: Sequence[str], reading: _Reading
) -> dict[int, list[Taken]]:
    """Return the rows of the systems in each table; each system must be in all, once."""
    found: dict[int, list[Taken]] = {}
    wrong: dict[Problem, None] = {}
    notes: dict[str, None] = {}
    for book in books:
        blocks = {id(found.block): found.block for found in book.found}
        by_system = {at: rows_by_system(block) for at, block in blocks.items()}
        for wanted in asked:
            taken = {at: taken_for(rows, wanted) for at, rows in by_system.items()}
            if not any(rows for rows, _ in taken.values()):
                hint = hint_for(wanted, {name for rows in by_system.values() for name in rows})
                wrong[Problem(book.file, f'has no system "{wanted}".', hint)] = None
                continue
            for at, block in blocks.items():
                rows, note = taken[at]
                already = found.setdefault(at, [])
                wrong |= dict.fromkeys(_wrong_rows(block, wanted, rows, already))
                notes |= {note: None} if note else {}
                found[at].extend(rows)
    reading.problems.found.extend(wrong)
    reading.notes.extend(notes)
    return found


def _wrong_rows(
    block: Block, wanted: str, rows: Sequence[Taken], already: Sequence[Taken]
) -> Iterator[Problem]:
    """Yield what is wrong with the rows of a system: none, two of one, or counted before."""
    if not rows:
        what = f'has no row for "{wanted}", which other sheets have.'
        yield Problem(str(block.place), what, "Use the file as issued.")
    names: dict[str, int] = {}
    for each in rows:
        name = called(block, each.row)
        if names.setdefault(name, each.row) != each.row:
            what = f"has rows {names[name] + 1} and {each.row + 1} for {name}."
            yield Problem(str(block.place), what, "Keep one of them.")
        if any(each.overlaps(other) for other in already):
            what = f"counts {name} again, which another --icb counts."
            yield Problem(f"--icb {wanted}", what, "Give each system once.")


def _tell_later(
    key: tuple[str, str],
    earlier: AllocationBook,
    before: Mapping[str, object],
    later: AllocationBook,
    row: Mapping[str, object],
    reading: _Reading,
) -> None:
    words = (
        f"{before['allocation_gbp_m']:,.3f} in {earlier.file}, "
        f"{row['allocation_gbp_m']:,.3f} in {later.file}"
    )
    if earlier.round[0] == later.round[0]:
        reading.problems.add(
            f"{key[0]}, {key[1]}", f"differs: £m {words}.", "Give the file that counts alone."
        )
    else:
        reading.notes.append(
            f"{key[0]}, {key[1]}: £m {words}; the later round's is taken, that of {later.file}."
        )


def _row_of(
    found: Found, book: AllocationBook, rows: Sequence[Taken], reading: _Reading
) -> dict[str, object] | None:
    """Return a row of the table, or None where a figure is wrong."""
    problems = reading.problems
    before = len(problems.found)
    parts = [_part(found, each, reading) for each in rows]
    if len(problems.found) > before:
        return None
    derived = len(rows) > 1 or any(each.part for each in rows)
    revised = _revised(found, rows, problems)
    summed = _summed(parts)
    first, last = book.round[0], book.round[-1]
    joined = {1: first, 2: f"{first} and {last}"}.get(len(book.round), f"{first} to {last}")
    source = f"NHS England ICB allocations {joined}, {STREAMS[found.stream].called} (OGL v3)"
    if revised is not None:
        source += f"; recurrent allocation before the in-year revision to {revised:.3f}"
    if derived:
        source += f"; {_made_of(found, rows)}"
    _tell_misfit(found, summed, reading)
    return {
        "stream": found.stream,
        "year": found.year,
        **{f"{name}_gbp_m": _money(summed[name]) for name in MONEY},
        **{name: summed[name] for name in RATES},
        "status": "derived" if derived else "published",
        "source": f"{source}; read in {found.file}",
    }


def _made_of(found: Found, rows: Sequence[Taken]) -> str:
    """Return what the rows of a sum are, with the shares of those that count in part."""
    by = {"core": "core weighted people", "primary_medical": "primary medical weighted people"}
    names = [
        called(found.block, each.row)
        if each.part is None
        else f"{each.share(found.stream):.1%} of {called(found.block, each.row)}"
        for each in rows
    ]
    shared = f", by {by.get(found.stream, 'registered people')} of 2025/26"
    return f"sum of {listed(names)}{shared if any(each.part for each in rows) else ''}"


def _money(value: float | None) -> float | None:
    return None if value is None else round(value, 9)


def _part(found: Found, taken: Taken, reading: _Reading) -> dict[str, float | None]:
    """Return the figures of one system: £m, and fractions."""
    block, row, stream = found.block, taken.row, STREAMS[found.stream]
    figures: dict[str, float | None] = dict.fromkeys((*MONEY, *RATES))
    main = found.columns["allocation"]
    for name, column in found.columns.items():
        needed, rate = name == "allocation", name in RATES
        value = block.number(row, column, reading.problems, needed, rate)
        if value is None:
            continue
        if name in MONEY:
            unit = block.headings[column].unit
            unit = block.headings[main].unit if unit is None else unit
            if unit is None:
                reading.problems.add(
                    block.spot(row, main),
                    "is headed by no unit: neither its heading nor a title names £k or £m.",
                    'Add it to the heading, as in "Recurrent allocation (£k)".',
                )
                return figures
            value *= unit
            if not stream.low <= value <= stream.high:
                reading.problems.add(
                    block.spot(row, column),
                    f'is "{block.text(row, column)}", so £{value:,.3f}m for {stream.called}; one '
                    f"system has £{stream.low:,.0f}m to £{stream.high:,.0f}m.",
                    "Check the unit that its heading names: £k, £m or £.",
                )
        elif abs(value) > 0.3:
            reading.problems.add(
                block.spot(row, column),
                f'is "{block.text(row, column)}", a {name} of {value:.0%}.',
                "Write it as 4.5% or 0.045.",
            )
        figures[name] = value * taken.share(found.stream) if name in MONEY else value
    return figures


def _revised(found: Found, rows: Sequence[Taken], problems: Problems) -> float | None:
    """Return what a recurrent allocation was revised to in its year, £m; None without a column."""
    block = found.block
    needed = words_of("revised recurrent allocation")
    for column, heading in enumerate(block.headings):
        if heading.year == found.year and needed <= heading.words <= needed | BESIDE:
            values = [block.number(each.row, column, problems, needed=False) for each in rows]
            unit = heading.unit or block.headings[found.columns["allocation"]].unit
            shares = [each.share(found.stream) for each in rows]
            if unit is not None and None not in values:
                pairs = zip(values, shares, strict=True)
                return unit * sum(value * share for value, share in pairs if value is not None)
    return None


def _summed(parts: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    """Return figures of systems together: money adds up, and rates weigh what they are applied to.

    Growth is applied to the baseline, and convergence to the baseline grown.
    """
    if len(parts) == 1:
        return dict(parts[0])
    summed = {name: _total(part[name] for part in parts) for name in MONEY}
    base = [part["baseline"] for part in parts]
    growth, closing = ([part[name] for part in parts] for name in RATES)
    grown = [b * (1 + g) if b is not None and g is not None else None
             for b, g in zip(base, growth, strict=True)]  # fmt: skip
    summed["growth"] = _weighed(growth, base)
    summed["convergence"] = _weighed(closing, grown)
    return summed


def _total(values: Iterable[float | None]) -> float | None:
    values = list(values)
    return None if None in values else sum(value for value in values if value is not None)


def _weighed(rates: Sequence[float | None], weights: Sequence[float | None]) -> float | None:
    pairs = [(r, w) for r, w in zip(rates, weights, strict=True) if r is not None and w is not None]
    return (
        sum(r * w for r, w in pairs) / sum(w for _, w in pairs)
        if len(pairs) == len(rates)
        else None
    )


def _tell_misfit(found: Found, row: Mapping[str, float | None], reading: _Reading) -> None:
    """Tell figures of a row that do not lead to its allocation: a column may be another's."""
    base, growth, allocation = row["baseline"], row["growth"], row["allocation"]
    if base is None or growth is None or allocation is None:
        return
    reached = base * (1 + growth) * (1 + (row["convergence"] or 0.0))
    if abs(reached / allocation - 1) > FIT:
        reading.notes.append(
            f"{found.block.place}: in {found.year} baseline, growth and convergence lead to "
            f"£{reached:,.1f}m, and the allocation is £{allocation:,.1f}m. Check its columns."
        )


def _blanks(table: pd.DataFrame) -> list[str]:
    """Tell the figures that are blank, by stream and years."""
    names = ("baseline_gbp_m", "opening_target_gbp_m", *RATES)
    notes: list[str] = []
    for stream, rows in table.groupby("stream", sort=False):
        by_years: dict[str, list[str]] = {}
        for name in names:
            years = list(rows.loc[rows[name].isna(), "year"])
            if years:
                by_years.setdefault(", ".join(sorted(years, key=start_of)), []).append(name)
        notes.extend(
            f"{stream}: no {', '.join(blank)} for {years}; left blank."
            for years, blank in by_years.items()
        )
        if stream == "specialised":
            notes.append(
                f"{stream}: the share that pace of change may move is not read; the setting of the "
                "stream stands for it, or a column restricted_share of your own."
            )
    return notes
