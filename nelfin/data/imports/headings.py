"""Find the tables of a published workbook by the words of their headings, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from nelfin.data.typed import EXCEL_ERRORS
from nelfin.errors import Problems
from nelfin.store.sheets.files import Rows
from nelfin.store.sheets.spots import Sheet, spot
from nelfin.years import label_of, start_of, years_between

MOST_TITLES = 40
"""Rows looked through for headings: above them stand titles and notes."""

SUBHEADS = 3
"""Rows that headings may take."""

_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*[/_–-]\s*(?:20)?(\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"(?<![\d/])(\d\d)/(\d\d)(?![\d/])")
_UNITS = (
    (1e-3, re.compile(r"£\s?(?:k\b|['‘’`]?000s?\b|thousands?\b)|\bgbp k\b")),
    (1.0, re.compile(r"£\s?(?:m\b|mn\b|millions?\b)|\bgbp m\b")),
    (1e-6, re.compile(r"£(?!\s?(?:/|per\b|a head))|\bgbp\b|\bpounds\b")),
)
_WORD = re.compile(r"[a-z]+|\d+|%")
_NAMES_A_YEAR = frozenset({"allocation", "financial", "year", "fy", "for"})
"""Words that may stand beside a year in a title that covers the columns below it."""


@dataclass(frozen=True)
class Heading:
    """What a column is headed by.

    Parameters
    ----------
    text
        Its heading on one line.
    words
        Its words in small letters, without years, numbers and units; "%" and "head" count as words.
    years
        Financial years it names, or the title above it does.
    unit
        £m that one of its units is; None if none is named.
    """

    text: str
    words: frozenset[str]
    years: tuple[str, ...] = ()
    unit: float | None = None

    @property
    def year(self) -> str:
        """The one year it names, or ""."""
        return self.years[0] if len(set(self.years)) == 1 else ""


@dataclass(frozen=True)
class Block:
    """A table inside a sheet: its headings, and the rows below up to the next headings.

    Parameters
    ----------
    place
        What it is called in errors.
    sheet
        The sheet as texts.
    row
        Row of its headings, from 0.
    headings
        By column.
    rows
        Rows of its body that hold something, from 0.
    """

    place: Sheet
    sheet: Rows
    row: int
    headings: tuple[Heading, ...]
    rows: tuple[int, ...]

    def text(self, row: int, column: int | None) -> str:
        """Return what a cell holds; "" where there is none.

        Parameters
        ----------
        row, column
            From 0.
        """
        if column is None:
            return ""
        cells = self.sheet.cells[row]
        text = cells[column].strip() if column < len(cells) else ""
        return text or self.sheet.over.get((row, column), "").strip()

    def spot(self, row: int, column: int) -> str:
        """Return where a cell is, as its reader will look for it.

        Parameters
        ----------
        row, column
            From 0.
        """
        return spot(self.place, row + 1, self.headings[column].text or f"{column + 1}")

    def number(
        self, row: int, column: int, problems: Problems, needed: bool = True, rate: bool = False
    ) -> float | None:
        """Return the number of a cell, or None for a blank one; what is none is a problem.

        Parameters
        ----------
        row, column
            From 0.
        problems
            Takes what is wrong.
        needed
            A blank cell is a problem too.
        rate
            It may be in per cent.
        """
        text = self.text(row, column)
        value = number_of(text) if rate or "%" not in text else None
        if text in EXCEL_ERRORS:
            problems.add(
                self.spot(row, column),
                f'is "{text}", what a failed formula leaves.',
                "Correct the formula.",
            )
        elif value is None and (text not in {"", "-"} or needed):
            what = f'is "{text}", not a number.' if text else "is empty."
            problems.add(
                self.spot(row, column), what, "Give the figure, or use the file as issued."
            )
        return value

    def check_lengths(self, problems: Problems) -> None:
        """Refuse rows of a CSV file that are longer than its headings.

        Parameters
        ----------
        problems
            Takes each of them.
        """
        for row in self.rows if not self.sheet.is_book else ():
            cells = self.sheet.cells[row]
            if any(cell.strip() for cell in cells[len(self.headings) :]):
                problems.add(
                    spot(self.place, row + 1),
                    f"has {len(cells)} cells, but there are {len(self.headings)} headings.",
                    "Put a text that holds a comma in double quotes.",
                )

    def listed(self) -> str:
        """Return its headings, to be told where one is looked for in vain."""
        named = [f'"{heading.text}"' for heading in self.headings if heading.text]
        more = f" and {len(named) - 30} more" if len(named) > 30 else ""
        return ", ".join(named[:30]) + more


def one_line(text: str) -> str:
    """Return a text on one line, with single spaces.

    Parameters
    ----------
    text
        As it stands in a cell.
    """
    return " ".join(text.split())


def plain_words(text: str) -> frozenset[str]:
    """Return the words of a text, small and in the singular, without years, numbers and units.

    Parameters
    ----------
    text
        A heading, a title, or the name of a sheet.

    Examples
    --------
    >>> sorted(plain_words("2025/26 Recurrent allocations (£k)"))
    ['allocation', 'recurrent']
    >>> sorted(plain_words("2025/26 Recurrent allocation £/head"))
    ['allocation', 'head', 'recurrent']
    """
    text = _SHORT_YEAR.sub(" ", _YEAR.sub(" ", text.lower().replace("_", " ")))
    for _, unit in _UNITS:
        text = unit.sub(" ", text)
    words = (word for word in _WORD.findall(text) if not word.isdigit() and word != "per")
    return frozenset(_singular(word) for word in words)


def _singular(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us"))
    return word[:-1] if plural else word


def years_in(text: str) -> tuple[str, ...]:
    """Return the financial years that a text names.

    Parameters
    ----------
    text
        A heading, a title, or the name of a sheet.

    Examples
    --------
    >>> years_in("ICB Core Allocations 2024-25"), years_in("Total 2026-30")
    (('2024/25',), ('2026/27', '2027/28', '2028/29', '2029/30'))
    >>> years_in("Four years, 2026/27 to 2028/29")
    ('2026/27', '2027/28', '2028/29')
    """
    found: list[str] = []
    ends: list[int] = []
    for match in _YEAR.finditer(text):
        start, end = int(match[1]), int(match[1]) // 100 * 100 + int(match[2])
        end += 100 * (end <= start)
        if end - start > 10:
            continue
        if found and re.fullmatch(r"\s*(?:to|-|–)\s*", text[ends[-1] : match.start()]):
            found.extend(years_between(found[-1], label_of(start))[1:])
        else:
            found.extend(label_of(year) for year in range(start, end))
        ends.append(match.end())
    if not found:
        pairs = ((int(match[1]), int(match[2])) for match in _SHORT_YEAR.finditer(text))
        found = [label_of(2000 + first) for first, second in pairs if (first + 1) % 100 == second]
    return tuple(dict.fromkeys(found))


def unit_in(text: str) -> float | None:
    """Return how many £m a unit of money is that a text names; None if it names none.

    Parameters
    ----------
    text
        A heading or a title.

    Examples
    --------
    >>> unit_in("2025/26 (£k)"), unit_in("£'000"), unit_in("plan_gbp_m"), unit_in("£/head")
    (0.001, 0.001, 1.0, None)
    """
    text = text.lower().replace("_", " ")
    return next((size for size, unit in _UNITS if unit.search(text)), None)


def number_of(text: str) -> float | None:
    """Return the number of a text as people write it; None if it is none.

    Parameters
    ----------
    text
        Digits, with commas between thousands, a pound sign, a per cent sign, or brackets around
        what is below nought.

    Examples
    --------
    >>> number_of(" 1,234 "), number_of("(12.5)"), number_of("5.5%"), number_of("n/a")
    (1234.0, -12.5, 0.055, None)
    """
    text = text.strip()
    inside = re.fullmatch(r"\((.*)\)", text)
    match = re.fullmatch(
        r"([+-]?)£?(\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*(?:[eE][+-]?\d{1,3})?|\.\d+)\s*(%?)",
        inside[1].strip() if inside else text,
        flags=re.ASCII,
    )
    if not match or (inside and match[1]):
        return None
    value = float(match[2].replace(",", "")) / (100 if match[3] else 1)
    return -value if inside or match[1] == "-" else value


def is_total(*texts: str) -> bool:
    """Say whether a row is a total of others, by what it is called.

    Parameters
    ----------
    *texts
        What its first cells hold.

    Examples
    --------
    >>> is_total("", "ENGLAND"), is_total("Grand total"), is_total("Total Healthcare Trust")
    (True, True, False)
    """
    names = {"total", "subtotal", "england", "sum"}
    beside = {"grand", "sub", "overall", "all", "of", "the", "for", "system", "nhs", "icb",
              "region", "national", "provider", "trust", "organisation"}  # fmt: skip
    return any(
        words & names and words <= names | beside for words in map(plain_words, texts) if words
    )


def blocks_in(sheet: Rows, is_key: Callable[[frozenset[str]], bool]) -> Iterator[Block]:
    """Yield the tables of a sheet, from top to bottom.

    Parameters
    ----------
    sheet
        The sheet as texts.
    is_key
        Says whether words head a column that names the rows; a row with one holds headings.
    """
    heads = [
        at
        for at, cells in enumerate(sheet.cells)
        if sum(1 for cell in cells if cell.strip()) > 1
        and any(cell.strip() and is_key(plain_words(cell)) for cell in cells)
    ]
    if not heads or heads[0] >= MOST_TITLES:
        return
    for at, row in enumerate(heads):
        end = heads[at + 1] if at + 1 < len(heads) else len(sheet.cells)
        keys = [c for c, cell in enumerate(sheet.cells[row]) if is_key(plain_words(cell))]
        last = row
        while last + 1 < end and last - row + 1 < SUBHEADS and _is_subhead(sheet, last + 1, keys):
            last += 1
        titles = range(heads[at - 1] + 1 if at else 0, row)
        headings = tuple(
            _heading(sheet, range(row, last + 1), titles, column)
            for column in range(max(len(cells) for cells in sheet.cells[row : last + 1]))
        )
        body = tuple(r for r in range(last + 1, end) if any(c.strip() for c in sheet.cells[r]))
        place = Sheet(sheet.place, tuple(heading.text for heading in headings))
        if not sheet.is_book:
            place = Sheet(sheet.place)
        yield Block(place, sheet, row, headings, body)


def _is_subhead(sheet: Rows, row: int, keys: Collection[int]) -> bool:
    """Say whether a row goes on with the headings: words alone, none under what names rows."""
    filled = [(at, cell) for at, cell in enumerate(sheet.cells[row]) if cell.strip()]
    return bool(filled) and all(at not in keys and number_of(cell) is None for at, cell in filled)


def _heading(sheet: Rows, rows: range, titles: range, column: int) -> Heading:
    """Return what heads a column: its own lowest words, and what stands over it."""
    levels = [_over(sheet, row, column, own=row == rows[-1]) for row in reversed(rows)]
    levels = [text for text in levels if text]
    if not levels:
        return Heading("", frozenset())
    above = [_over(sheet, row, column) for row in reversed(titles)]
    above = [text for text in above if plain_words(text) <= _NAMES_A_YEAR]
    years = next((found for found in map(years_in, [*levels, *above]) if found), ())
    words = next((found for found in map(plain_words, levels) if found), frozenset[str]())
    unit = next((found for found in map(unit_in, levels) if found is not None), None)
    if unit is None and not words & {"%", "head"}:
        cells = (cell for row in titles for cell in sheet.cells[row])
        over = {found for found in map(unit_in, cells) if found is not None}
        unit = over.pop() if len(over) == 1 else None
    return Heading(one_line(" ".join(reversed(levels))), words, years, unit)


def _over(sheet: Rows, row: int, column: int, own: bool = False) -> str:
    """Return the text of a cell, or of the one that reaches over it from the left."""
    cells = sheet.cells[row][: column + 1]
    if own:
        return cells[column].strip() if column < len(cells) else ""
    return next((cell.strip() for cell in reversed(cells) if cell.strip()), "")


def year_before(year: str) -> str:
    """Return the financial year before one.

    Parameters
    ----------
    year
        A financial year, such as 2025/26.
    """
    return label_of(start_of(year) - 1)
