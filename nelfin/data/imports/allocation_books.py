"""Import NHS England's allocations workbooks: what each system gets, by stream and year.

Sheets and columns are found by the words of their headings, so that a later round is read where its
headings keep them. What is not found is told with what was looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nelfin.data.imports.headings import Block, blocks_in, plain_words, year_before, years_in
from nelfin.data.imports.icbs import heads_systems, rows_by_system
from nelfin.errors import Problems
from nelfin.store.sheets.files import Rows, read_sheets

Words = frozenset[str]


def words_of(text: str) -> Words:
    """Return words set apart by spaces.

    Parameters
    ----------
    text
        Words in small letters.
    """
    return frozenset(text.split())


@dataclass(frozen=True)
class StreamWords:
    """How a workbook names a stream, and how large it is for one system.

    Parameters
    ----------
    called
        What the source of its figures calls it.
    is_named
        Says whether the words of a sheet's name or title are of the stream.
    low, high
        £m a year that one system may have; a wrong unit is a thousand times off.
    """

    called: str
    is_named: Callable[[Words], bool]
    low: float
    high: float


STREAMS: dict[str, StreamWords] = {
    "core": StreamWords("core", lambda words: "core" in words, 150, 20_000),
    "primary_medical": StreamWords(
        "primary medical",
        lambda words: "pmc" in words or {"primary", "medical"} <= words,
        20,
        3_000,
    ),
    "other_primary_care": StreamWords(
        "pharmacy, ophthalmic and dental",
        lambda words: (
            bool(words & {"pod", "dental", "pharmacy", "ophthalmic"})
            or {"other", "primary"} <= words
        ),
        8,
        2_000,
    ),
    "running_cost": StreamWords(
        "running cost allowance",
        lambda words: {"running", "cost"} <= words,
        1,
        300,
    ),
    "specialised": StreamWords("specialised", lambda words: "specialised" in words, 8, 5_000),
}
"""Streams of the workbooks, in the order of nelfin's table."""

BESIDE = words_of(
    "icb core service primary medical care pmc pod pharmacy ophthalmic dental other and "
    "specialised physical health hcdd high cost drug device of the recurrent adjusted opening inc "
    "including incl covid running"
)
"""Words that may stand beside those that name a figure, and change nothing of it."""

RATES = ("growth", "convergence")
MONEY = ("allocation", "baseline", "opening_target")

_BEFORE = {"baseline", "opening_target"}
"""Figures that are headed by the year before the one they are for."""

_NEEDED: dict[str, Words] = {
    "allocation": words_of("recurrent allocation"),
    "baseline": words_of("recurrent baseline"),
    "opening_target": words_of("fair target"),
    "growth": words_of("base growth"),
    "convergence": words_of("convergence"),
}
"""Words that a heading must have to be of a figure."""

_ALSO: dict[str, Words] = {
    "allocation": frozenset(),
    "baseline": frozenset(),
    "opening_target": words_of("share"),
    "growth": words_of("%"),
    "convergence": words_of("%"),
}
"""Words that it may have beside these and `BESIDE`."""


@dataclass(frozen=True)
class Found:
    """Where the figures of a stream and year stand: a table, and a column for each figure."""

    stream: str
    year: str
    file: str
    block: Block
    columns: Mapping[str, int]


@dataclass(frozen=True)
class AllocationBook:
    """What a workbook of allocations holds.

    Parameters
    ----------
    file
        Its name.
    found
        Where the figures of each stream and year stand.
    notes
        What was left alone.
    """

    file: str
    found: tuple[Found, ...]
    notes: tuple[str, ...] = ()

    @property
    def round(self) -> tuple[str, ...]:
        """The years it is the round of: those of its core allocations, or else of all."""
        years = {f.year for f in self.found if f.stream == "core"} or {f.year for f in self.found}
        return tuple(sorted(years))


def read_allocation_book(path: str | Path) -> AllocationBook:
    """Find the streams and years of an allocations workbook.

    Parameters
    ----------
    path
        A workbook as NHS England issues it, or one of its sheets as CSV.

    Returns
    -------
    AllocationBook
        Where each figure stands.

    Raises
    ------
    InputError
        If it holds no allocations, or a sheet of a stream has no heading that names them.
    """
    return find_allocations(read_sheets(path), Path(path).name)


def find_allocations(read: Iterable[Rows], file: str) -> AllocationBook:
    """Find the streams and years of sheets of allocations.

    Parameters
    ----------
    read
        The sheets.
    file
        Name of the file they are of.

    Returns
    -------
    AllocationBook
        Where each figure stands.
    """
    problems = Problems()
    notes: list[str] = []
    sheets: dict[str, list[Block]] = {}
    for sheet in read:
        blocks = list(blocks_in(sheet, heads_systems))
        stream = _stream_of(blocks[0]) if blocks else ""
        # below the systems stands a table of the regions
        blocks = [block for block in blocks if rows_by_system(block)]
        if stream and blocks:
            sheets.setdefault(stream, []).extend(blocks)
        else:
            notes.append(f"{sheet.place}: not read, as nothing in it names a stream and systems.")
    found: dict[tuple[str, str], Found] = {}
    for stream, blocks in sheets.items():
        columns = [(block, _columns_of(stream, block, problems)) for block in blocks]
        if not any(by_year for _, by_year in columns):
            for block in blocks:
                problems.add(
                    str(block.place),
                    f"has no heading with a year and the words {_looked_for(stream)}.",
                    f"Its headings are {block.listed()}. Name the column so, or read the other "
                    f"sheets alone: {file}#SHEET.",
                )
        for block, by_year in columns:
            block.check_lengths(problems)
            _check_name(block, by_year, problems)
            for year, figures in by_year.items():
                here = Found(stream, year, file, block, figures)
                other = found.setdefault((stream, year), here)
                if other is not here:
                    problems.add(
                        f"{block.place}, row {block.row + 1}",
                        f"has the allocations of {stream}, {year}, and so has "
                        f"{other.block.place}, row {other.block.row + 1}.",
                        "Take one of them out.",
                    )
    if not sheets:
        names = ", ".join(f'"{note.partition(": ")[0]}"' for note in notes[:30])
        problems.add(
            file,
            "has no sheet of allocations: none has a heading such as ICB code, and a name or a "
            "title such as core, primary medical, POD, specialised or running cost.",
            f"Its sheets are {names or 'empty'}. Use NHS England's workbook of ICB allocations.",
        )
    problems.raise_if_any()
    order = list(STREAMS)
    ordered = sorted(found.values(), key=lambda f: (order.index(f.stream), f.year))
    return AllocationBook(file, tuple(ordered), tuple(notes))


def _stream_of(block: Block) -> str:
    """Return the stream of a sheet by its name, or else by the titles above its headings; or ""."""
    titles = " ".join(cell for row in block.sheet.cells[: block.row] for cell in row)
    for text in (block.sheet.name, titles):
        named = [name for name, words in STREAMS.items() if words.is_named(plain_words(text))]
        if len(named) == 1:
            return named[0]
    return ""


def _looked_for(stream: str) -> str:
    also = " (or the year alone)" if stream == "running_cost" else ""
    return f'"recurrent allocation"{also}'


def _columns_of(stream: str, block: Block, problems: Problems) -> dict[str, dict[str, int]]:
    """Return the columns of a sheet's figures by year; none where it has no allocations."""
    by_figure: dict[str, dict[str, list[int]]] = {name: {} for name in _NEEDED}
    for at, heading in enumerate(block.headings):
        figure = _figure_of(stream, heading.words) if heading.year else ""
        if figure in RATES and heading.unit is not None and "%" not in heading.words:
            continue  # growth in £k
        if figure:
            by_figure[figure].setdefault(heading.year, []).append(at)
    found: dict[str, dict[str, int]] = {}
    for year in sorted(by_figure["allocation"]):
        figures: dict[str, int] = {}
        for name, by_year in by_figure.items():
            columns = by_year.get(year_before(year) if name in _BEFORE else year, [])
            columns = _preferred(block, name, columns)
            if len(columns) > 1:
                named = " and ".join(f'"{block.headings[at].text}"' for at in columns)
                problems.add(
                    str(block.place),
                    f"has two columns for the {name.replace('_', ' ')} of {year}: {named}.",
                    "Take one of them out.",
                )
            if columns:
                figures[name] = columns[0]
        found[year] = figures
    return found


def _figure_of(stream: str, words: Words) -> str:
    """Return the figure that a heading names, or ""."""
    allowance = words_of("allowance allocation")
    if stream == "running_cost" and words <= BESIDE | allowance and not words & {"baseline"}:
        return "allocation"
    for name, needed in _NEEDED.items():
        if needed <= words <= needed | _ALSO[name] | BESIDE:
            return name
    return ""


def _preferred(block: Block, name: str, columns: Sequence[int]) -> list[int]:
    """Narrow columns down: with high-cost drugs and devices, and the adjusted baseline."""
    for word in ("hcdd", "drug", *(("adjusted",) if name == "baseline" else ())):
        with_it = [at for at in columns if word in block.headings[at].words]
        columns = with_it or columns
    return list(columns)


def _check_name(block: Block, by_year: Mapping[str, object], problems: Problems) -> None:
    """Refuse a sheet whose name says another year than its headings."""
    named = years_in(block.sheet.name)
    if named and by_year and not set(named) & set(by_year) and block.sheet.is_book:
        problems.add(
            str(block.place),
            f"is named for {' and '.join(named)}, but its headings say {' and '.join(by_year)}.",
            "Correct the one that is wrong.",
        )
