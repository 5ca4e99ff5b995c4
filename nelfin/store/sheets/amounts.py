"""Numbers and years as people type them, read where their meaning is certain.

A number may hold a pound sign, commas between thousands, a per cent sign, or brackets for a minus,
as long as its unit leaves no doubt. `None` is the answer wherever there is any: whether "12,5" is
12.5 or 125 is for the person to say who typed it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from nelfin.years import start_of

FRACTIONS = frozenset({"fraction", "share", "ratio"})
"""Units in which 1 is the whole."""

PLAIN = frozenset("0123456789.-+eE")
"""Characters of numbers that need no reading."""

POUND, COMMAS, PER_CENT, BRACKETS, MINUS, SPACES, UNIT, COMMA = (
    "£", "commas", "%", "brackets for a minus", "a long minus sign", "spaces", "the unit",
    "a decimal comma",
)  # fmt: skip
"""What a number may hold besides its digits, as notes name it."""

_MINUSES = "\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FULLWIDTH HYPHEN-MINUS}"
_AS_HYPHEN = dict.fromkeys(map(ord, _MINUSES), "-")
_BRACKETS = re.compile(r"(£?)\s*\(([^()]+)\)\s*([^()\d]*)")
_PARTS = re.compile(r"(£?)\s*([+-]?)\s*(£?)\s*((?:[0-9][0-9.,\s]*|[.][0-9]+))([^0-9]*)")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_BY_COMMA = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_BY_SPACE = re.compile(r"[1-9][0-9]{0,2}(?:\s[0-9]{3})+(?:\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?")
# with one, two or four digits behind it, behind nought, or behind thousands, a mark is of decimals
_WITH_COMMA = re.compile(
    r"\.[0-9]{3},|(?<![0-9.,])(?:[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|0,[0-9]+)(?![0-9,.])"
)
_WITH_POINT = re.compile(
    r",[0-9]{3}\.|(?<![0-9.,])(?:[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|0\.[0-9]+)(?![0-9,.])"
)
_SUFFIXES = {
    "£m": {"m", "mn", "million", "millions"},
    "years": {"year", "years", "yr", "yrs"},
    "months": {"month", "months"},
    "seconds": {"s", "second", "seconds"},
    "people": {"people"},
}
_OF_HUNDRED = {"%", "per cent", "percent"}

_YEAR = re.compile(r"(?:FY\s*)?((?:19|20)[0-9]{2})\s*[/\-–]\s*((?:[0-9]{2}){1,2})", re.IGNORECASE)


class Amount(NamedTuple):
    """What a text certainly is as a number.

    Parameters
    ----------
    value
        The number, in the unit of its cell.
    marks
        What the text holds besides the digits.
    in_millions
        It says itself that it is in millions.
    """

    value: float
    marks: tuple[str, ...]
    in_millions: bool = False


def read_amount(text: str, unit: str = "", decimal_comma: bool = False) -> Amount | None:
    """Return the number that a text certainly is.

    Parameters
    ----------
    text
        What a cell holds.
    unit
        Unit of its column or setting, such as £m or %; "" where it has none.
    decimal_comma
        The file writes 12,5 for twelve and a half, and 1.000 for a thousand.

    Returns
    -------
    Amount or None
        None where the text is no number, or might be another one.

    Examples
    --------
    >>> read_amount("£1,390", "£m").value, read_amount("(3.4)").value, read_amount("3%", "%").value
    (1390.0, -3.4, 3.0)
    >>> read_amount("80%", "share").value, read_amount("390,5", decimal_comma=True).value
    (0.8, 390.5)
    >>> read_amount("12,5"), read_amount("£1,390k", "£m"), read_amount("tbc"), read_amount("5%")
    (None, None, None, None)
    """
    plain = " ".join(text.translate(_AS_HYPHEN).split())
    marks = [MINUS] if plain != " ".join(text.split()) else []
    negative = False
    if bracketed := _BRACKETS.fullmatch(plain):
        plain, negative = "".join(bracketed.groups()), True
        marks.append(BRACKETS)
    parts = _PARTS.fullmatch(plain)
    if parts is None or (parts[1] and parts[3]) or (negative and parts[2]):
        return None
    digits = _digits(parts[4].strip(), decimal_comma, marks)
    suffix = parts[5].strip().lower()
    size = _size(suffix, unit)
    pound = bool(parts[1] or parts[3])
    if digits is None or size is None or (pound and not unit.startswith("£")):
        return None
    marks += [POUND] * pound + ([PER_CENT] if suffix in _OF_HUNDRED else [UNIT] if suffix else [])
    value = float(Decimal(digits) * size)
    below = negative or parts[2] == "-"
    return Amount(-value if below else value, tuple(marks), bool(suffix) and unit == "£m")


def _digits(text: str, decimal_comma: bool, marks: list[str]) -> str | None:
    """Return digits as Python writes them; None where a comma or a point may mean two things."""
    if decimal_comma:
        marks += [COMMA] * ("," in text)
        return text.replace(".", "").replace(",", ".") if _is_with_comma(text) else None
    if _NUMBER.fullmatch(text):
        return text
    for pattern, mark, between in ((_BY_COMMA, COMMAS, ","), (_BY_SPACE, SPACES, " ")):
        if pattern.fullmatch(text):
            marks.append(mark)
            return text.replace(between, "")
    return None


def _is_with_comma(text: str) -> bool:
    # a point alone would be one of thousands, or one of a decimal that has strayed in
    return bool(_DECIMAL_COMMA.fullmatch(text)) and ("." not in text or "," in text)


def _size(suffix: str, unit: str) -> Decimal | None:
    """Return what a figure with a suffix is to be multiplied by; None for another unit."""
    if suffix in _OF_HUNDRED:
        return Decimal("0.01") if unit in FRACTIONS else Decimal(1) if unit == "%" else None
    return Decimal(1) if not suffix or suffix in _SUFFIXES.get(unit, ()) else None


DIGITS_ONLY = "Write digits only, without commas or a pound sign."

NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "n.a", "nil", "none", "tbc", "tbd", "x", "?"})
"""What people write where they have no figure, or not yet."""

_SIZES = {"k": Decimal("0.001"), "bn": Decimal(1000), "billion": Decimal(1000)}
_SIZED = re.compile(r"£?\s*([0-9]+(?:\.[0-9]+)?)\s*(k|bn|billion)", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")


def no_amount(text: str, unit: str = "", may_be_blank: bool = False) -> str:
    """Return what to do about a text that is not certainly a number.

    Parameters
    ----------
    text
        What a cell holds.
    unit
        Unit of its column or setting; "" where it has none.
    may_be_blank
        The cell may be left blank.

    Examples
    --------
    >>> no_amount("£1,390k", "£m"), no_amount("12,5")
    ('Write 1.39, the figure in £m.', 'Write 12.5 if the comma is one of decimals, or 125.')
    """
    if text.casefold().strip(". ") in NOTHING:
        return f"Put in the figure in digits{' or leave the cell blank' if may_be_blank else ''}."
    if is_date(text):
        return "It is a date: write the figure in digits, in a cell that is not set to dates."
    if sized := _SIZED.fullmatch(text.replace(",", "")):
        in_millions = format((Decimal(sized[1]) * _SIZES[sized[2].lower()]).normalize(), "f")
        return f"Write {in_millions}, the figure in £m." if unit == "£m" else DIGITS_ONLY
    if re.fullmatch(r"[0-9]+,[0-9]+\s*%?", text):
        with_point, without = text.replace(",", "."), text.replace(",", "")
        return f"Write {with_point} if the comma is one of decimals, or {without}."
    if text.endswith("%") and unit:
        return f"Write the figure in digits, in {unit}."
    return DIGITS_ONLY


def is_date(text: str) -> bool:
    """Say whether a text is a date, such as Excel makes of what looks like one.

    Parameters
    ----------
    text
        What a cell holds.
    """
    return bool(_DATE.match(text))


def decimal_mark(texts: list[str]) -> str:
    """Return what stands before the decimals in a file with semicolons, by its numbers.

    Parameters
    ----------
    texts
        Cells of its columns of numbers.

    Returns
    -------
    str
        A comma or a point; "" where the file has both, or none that tells.

    Examples
    --------
    >>> decimal_mark(["390,5", "560"]), decimal_mark(["390.5"]), decimal_mark(["1,390"])
    (',', '.', '')
    """
    comma = any(_WITH_COMMA.search(text) for text in texts)
    point = any(_WITH_POINT.search(text) for text in texts)
    return "" if comma == point else "," if comma else "."


def read_year(text: str) -> str | None:
    """Return the label of the financial year that a text certainly is.

    Parameters
    ----------
    text
        What a cell holds.

    Returns
    -------
    str or None
        Such as 2026/27; None where the text is no year, or might be another one.

    Examples
    --------
    >>> read_year("2026-27"), read_year("2026/2027"), read_year("FY2026/27"), read_year("2026")
    ('2026/27', '2026/27', '2026/27', None)
    """
    found = _YEAR.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    label = f"{found[1]}/{found[2][-2:]}"
    whole = len(found[2]) == 2 or int(found[2]) == int(found[1]) + 1
    try:
        start_of(label)
    except ValueError:
        return None
    return label if whole else None
