"""Import capital limits: NHS England's operational capital of providers, or a table of one's own.

Sheets and columns are found by the words of their headings, as the layout may move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nelfin.data.imports.headings import Block, blocks_in, plain_words, years_in
from nelfin.data.imports.icbs import heads_systems
from nelfin.errors import InputError, Problems
from nelfin.store.sheets.files import Rows, read_sheets

Words = frozenset[str]

_BODY = frozenset({"provider", "trust", "organisation", "org", "body"})
_NAMES = _BODY | {"code", "name", "nhs", "foundation", "ods", "of", "the"}
_AMOUNT = frozenset(
    {"operational", "op", "capital", "cap", "allocation", "provider", "envelope", "total", "limit",
     "amount", "indicative", "firm", "cdel", "of", "the", "and", "to", "for", "year", "four",
     "financial", "system"}
)  # fmt: skip


def _heads_bodies(words: Words) -> bool:
    """Say whether a heading is of the codes or the names of providers."""
    return bool(words) and words <= _NAMES and bool(words & _BODY or words in ({"code"}, {"name"}))


@dataclass(frozen=True)
class Columns:
    """Where a table of capital has what.

    Parameters
    ----------
    code, name
        Columns of the codes and the names of bodies.
    by_year
        Columns of amounts, of a table with a column a year.
    year, amount
        Columns of a table with a row a year.
    total
        Column of the total of all years.
    span
        Years of that total.
    status, source
        Columns of a table of one's own: firm or indicative, and where a figure is from.
    """

    code: int | None
    name: int | None
    by_year: dict[str, int]
    year: int | None = None
    amount: int | None = None
    total: int | None = None
    span: tuple[str, ...] = ()
    status: int | None = None
    source: int | None = None


def table_in(path: str | Path) -> Block:
    """Return the table of capital of a file.

    Parameters
    ----------
    path
        NHS England's workbook, or a table of one's own; a sheet may follow.

    Raises
    ------
    InputError
        If there is none, or several sheets have one.
    """
    sheets = read_sheets(path)
    found: list[Block] = []
    for sheet in sheets:
        blocks = [block for block in blocks_in(sheet, _heads_bodies) if block.rows]
        found.extend(block for block in blocks if _amount_columns(block))
    named = [block for block in found if is_provider_capital(block.sheet)]
    if len(named or found) == 1:
        return (named or found)[0]
    names = ", ".join(f'"{block.sheet.name}"' for block in named or found)
    if len({block.sheet.name for block in named or found}) == 1:
        rows = " and ".join(str(block.row + 1) for block in named or found)
        raise InputError.one(
            str((named or found)[0].place),
            f"has several tables of capital: headings stand in rows {rows}.",
            "Keep one of them, and the rows below it.",
        )
    if found:
        raise InputError.one(
            str(path),
            f"has capital of bodies on several sheets: {names}.",
            f"Name the one that counts, as in {Path(path).name}#{(named or found)[0].sheet.name}.",
        )
    seen = "; ".join(f'"{sheet.name}": {_first_row(sheet)}' for sheet in sheets[:8])
    raise InputError.one(
        str(path),
        "has no table of capital: none has a heading such as provider or organisation, and one "
        "with a year, such as 2026/27, or year and amount_gbp_m.",
        f"Its sheets begin with {seen}. Use the sheet Provider Op Cap of NHS England's workbook, "
        "or the columns code, organisation, year, amount_gbp_m.",
    )


def _first_row(sheet: Rows) -> str:
    """Return the fullest of a sheet's first rows, which may be its headings."""
    rows = [[" ".join(cell.split()) for cell in row if cell.strip()] for row in sheet.cells[:15]]
    return ", ".join(max(rows, key=len, default=[])[:12]) or "nothing"


def is_provider_capital(sheet: Rows) -> bool:
    """Say whether a sheet is NHS England's of providers' capital, by its name.

    Parameters
    ----------
    sheet
        Any sheet.
    """
    words = plain_words(sheet.name)
    return "provider" in words and bool(words & {"cap", "capital"}) and sheet.is_book


def _amount_columns(block: Block) -> list[int]:
    """Return the columns of amounts, and that of the years of a long table."""
    return [
        at
        for at, heading in enumerate(block.headings)
        if heading.text
        and not _heads_bodies(heading.words)
        and not heads_systems(heading.words)
        and heading.words <= _AMOUNT
        and (heading.words or heading.years)
    ]


def columns_of(block: Block, problems: Problems) -> Columns:
    """Return where a table has what.

    Parameters
    ----------
    block
        From `table_in`.
    problems
        Takes what is not there, and what is there twice.
    """
    code, name = _body_columns(block, problems)
    status, source = (_only(block, {word}) for word in ("status", "source"))
    years: dict[str, list[int]] = {}
    totals, amounts, long_year = [], [], []
    for at in _amount_columns(block):
        heading = block.headings[at]
        if not heading.years and heading.words <= {"year", "financial"}:
            long_year.append(at)
        elif heading.year:
            years.setdefault(heading.year, []).append(at)
        elif heading.years or "total" in heading.words:
            totals.append(at)
        else:
            amounts.append(at)
    by_year = {year: _one_of(block, year, columns, problems) for year, columns in years.items()}
    total = _one_of(block, "the total of all years", totals, problems) if totals else None
    if by_year or totals:
        span = () if total is None else block.headings[total].years or _span_above(block)
        if not by_year and total is not None and not span:
            problems.add(
                str(block.place),
                f'has the total "{block.headings[total].text}", and nowhere the years it is for.',
                'Name them in its heading, as in "2026/27 to 2029/30 total (£k)".',
            )
        return Columns(code, name, by_year, None, None, total, span, status, source)
    if not long_year or not amounts:
        problems.add(
            str(block.place),
            "has no amounts by year: no heading has a year such as 2026/27, or the word total; "
            "and it lacks year or amount_gbp_m.",
            f"Its headings are {block.listed()}.",
        )
        return Columns(code, name, {})
    year = _one_of(block, "the year", long_year, problems)
    amount = _one_of(block, "the amount", amounts, problems)
    return Columns(code, name, {}, year, amount, None, (), status, source)


def _body_columns(block: Block, problems: Problems) -> tuple[int | None, int | None]:
    """Return the columns of the codes and the names of bodies."""
    heads = {at: heading.words for at, heading in enumerate(block.headings)
             if heading.text and _heads_bodies(heading.words)}  # fmt: skip
    codes = [at for at, words in heads.items() if "code" in words]
    names = [at for at in heads if at not in codes]
    for columns in (codes, names):
        texts = {tuple(block.text(row, at) for row in block.rows) for at in columns}
        if len(texts) > 1:
            named = " and ".join(f'"{block.headings[at].text}"' for at in columns)
            problems.add(
                str(block.place), f"names its bodies in {named}.", "Keep the column that counts."
            )
    return _first(codes), _first(names)


def _only(block: Block, words: set[str]) -> int | None:
    found = [at for at, heading in enumerate(block.headings) if heading.words == words]
    return _first(found) if not block.headings[found[0] if found else 0].years else None


def _first(columns: Sequence[int]) -> int | None:
    return columns[0] if columns else None


def _one_of(block: Block, label: str, columns: Sequence[int], problems: Problems) -> int:
    """Return the column that has the total of its parts, or the only one."""
    whole = [at for at in columns if "total" in block.headings[at].words] or list(columns)
    if len(whole) > 1:
        named = " and ".join(f'"{block.headings[at].text}"' for at in whole)
        problems.add(
            str(block.place), f"has several columns for {label}: {named}.", "Keep one of them."
        )
    return whole[0]


def _span_above(block: Block) -> tuple[str, ...]:
    """Return the years that the titles above a table, or the name of its sheet, say it is for."""
    texts = [block.sheet.name, *(cell for row in block.sheet.cells[: block.row] for cell in row)]
    spans = {years for text in texts if len(years := years_in(text)) > 1}
    return spans.pop() if len(spans) == 1 else ()
