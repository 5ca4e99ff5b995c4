"""Money as lists have it: with signs and units, dashes for nought, and words for what is open."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nelfin.data.imports.headings import unit_in
from nelfin.data.typed import EXCEL_ERRORS
from nelfin.errors import Problems
from nelfin.problems import named_rows
from nelfin.store.sheets.amounts import PLAIN, read_amount
from nelfin.store.sheets.spots import spot

Array = npt.NDArray[np.float64]

NOUGHT = frozenset({"-", "--", "–", "—", "nil", "none", "n/a", "na", "n.a", "n/a."})
"""What people write where there is no money."""

OPEN = frozenset(
    {"tbc", "tbd", "tba", "?", "x", "to be confirmed", "unknown", "#missing", "pending"}
)
"""What people write where the money is not known yet."""

_SUFFIX = re.compile(r"(.*[\d).])\s*(k|m|mn|bn|thousands?|millions?|billions?)", re.IGNORECASE)
_SIZES = {"k": 1e-3, "t": 1e-3, "m": 1.0, "b": 1e3}
FOREIGN = ("$", "€")
"""Signs of other money, which is taken as it stands, and told."""

_SIGNS = str.maketrans(dict.fromkeys(FOREIGN, "£"))


@dataclass(frozen=True)
class _Money:
    """A cell: its figure, and £m that one of its own unit is; None where the column's holds."""

    value: float
    size: float | None
    said: str = ""
    """`nought` where a word or a dash stands for it."""


def unit_of_heading(heading: str) -> float | None:
    """Return £m that one of the unit is which a heading names; None if it names none.

    Parameters
    ----------
    heading
        Such as 2026/27 (£'000).

    Examples
    --------
    >>> unit_of_heading("2026/27 (£'000)"), unit_of_heading("2026 $m"), unit_of_heading("2026")
    (0.001, 1.0, None)
    """
    text = heading.translate(_SIGNS)
    return 1e-3 if re.search(r"(?<!\d)['‘’`]?000s?\b", text) else unit_in(text)


class Money:
    """Reads the columns of money of one list, and keeps what it read as what, to be told.

    Parameters
    ----------
    place
        What the list is called in errors.
    numbers
        Number of each row.
    unit
        £m that one of the list's unit is; None where none is given.
    comma
        The list writes 12,5 for twelve and a half.
    problems
        Takes every cell that is no certain figure.
    """

    def __init__(
        self,
        place: str,
        numbers: Sequence[object],
        unit: float | None,
        comma: bool,
        problems: Problems,
    ) -> None:
        self.place, self.numbers, self.unit, self.comma = place, numbers, unit, comma
        self.problems = problems
        self.read: dict[str, _Money | None] = {}
        self.noughts: dict[str, set[int]] = {}
        self.foreign: set[str] = set()

    def column(self, heading: str, texts: Sequence[str]) -> Array:
        """Return the money of a column, £m; a blank is nought.

        Parameters
        ----------
        heading
            Of the column; a unit it names counts before that of the list.
        texts
            Its cells.
        """
        named = unit_of_heading(heading)
        if named is not None and self.unit is not None and named != self.unit:
            self.problems.add(
                spot(self.place, None, heading),
                "names a unit in its heading, and another is given for the list.",
                "Leave the unit out: the heading tells it. Or correct the heading.",
            )
        unit = self.unit if named is None else named
        cells = [self._cell(text) for text in texts]
        self.foreign |= {
            sign for sign in FOREIGN if any(sign in text for text in (heading, *texts))
        }
        # what has a unit of its own beside what has none leaves open what the latter is in
        mixed = unit is None and any(cell and cell.size is not None for cell in cells)
        found = np.zeros(len(texts))
        for at, cell in enumerate(cells):
            if cell is None:
                self._refuse(at, heading, texts[at])
            elif mixed and cell.size is None and cell.value:
                self.problems.add(
                    spot(self.place, self.numbers[at], heading),
                    f'is "{texts[at]}", and another cell of the column says its unit.',
                    "Say the unit of the list: £, £k or £m.",
                )
            else:
                size = cell.size if cell.size is not None else 1.0 if unit is None else unit
                # divided, so that 1,200 of £k is 1.2 to the last digit
                found[at] = cell.value / round(1 / size) if size < 1 else cell.value * size
                if cell.said:
                    self.noughts.setdefault(texts[at], set()).add(at)
        return found

    def tell(self, notes: list[str]) -> None:
        """Tell what stood for nought, and what money is not in pounds.

        Parameters
        ----------
        notes
            Takes a sentence.
        """
        for text, rows in self.noughts.items():
            many = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
            where = named_rows(self.numbers[at] for at in sorted(rows))
            notes.append(f'{self.place}: money of "{text}" read as nought in {many} ({where}).')
        for sign in sorted(self.foreign):
            notes.append(
                f"{self.place}: money in {sign} is taken as it stands, as if it were pounds."
            )

    def _cell(self, text: str) -> _Money | None:
        if text not in self.read:
            self.read[text] = _money(text, self.comma)
        return self.read[text]

    def _refuse(self, at: int, heading: str, text: str) -> None:
        remedy = "Put in the figure in digits, or leave the cell blank for nought."
        if text.casefold().strip(". ") in OPEN:
            remedy = "Put in a figure: an open one would count as nought. Or leave the scheme out."
        elif text in EXCEL_ERRORS:
            remedy = "Correct the formula."
        elif re.fullmatch(r"[0-9]+,[0-9]+", text):
            remedy = "Write a point before decimals, and none before thousands."
        where = spot(self.place, self.numbers[at], heading)
        self.problems.add(where, f'is "{text[:60]}", not an amount.', remedy)


def figures(texts: Sequence[str], points: Mapping[str, float], comma: bool = False) -> list[object]:
    """Return plain figures, such as points; a text that is none stays as it is.

    Parameters
    ----------
    texts
        Cells of a column.
    points
        Points by word, in small letters.
    comma
        The list writes 12,5 for twelve and a half.

    Examples
    --------
    >>> figures(["1,200", "High", "£5", "3m"], {"high": 3})
    [1200.0, 3, 5.0, '3m']
    """
    found: list[object] = []
    for text in texts:
        given = points.get(text.casefold())
        cell = _money(text, comma) if given is None and text else None
        plain = cell is not None and cell.size is None and not cell.said
        found.append(given if given is not None else cell.value if cell and plain else text)
    return found


def _money(text: str, comma: bool) -> _Money | None:
    """Return what a cell certainly is as money; None where it is none, or open."""
    if not text:
        return _Money(0.0, None)
    if set(text) <= PLAIN and not comma:
        try:
            value = float(text)
        except ValueError:
            value = np.nan
        if np.isfinite(value):
            return _Money(value, None)
    plain = text.casefold().strip(". £$€")
    if plain in NOUGHT or (text and not plain and set(text) <= set(" £$€-")):
        return _Money(0.0, None, "nought")
    suffix = _SUFFIX.fullmatch(text)
    body = suffix[1] if suffix else text
    if text.startswith("(") and text.endswith(")"):
        inside = _SUFFIX.fullmatch(text[1:-1].strip())
        suffix, body = (inside, f"({inside[1]})") if inside else (None, text)
    amount = read_amount(body.translate(_SIGNS), "£", comma)
    if amount is None:
        return None
    return _Money(amount.value, _SIZES[suffix[2][0].casefold()] if suffix else None)
