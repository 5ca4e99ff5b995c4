"""Texts of cells as values of settings: what they certainly are by the schema, and no more."""

from __future__ import annotations

import csv
import io
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple, get_args, get_origin

from nelfin.scenario.keys import SchemaKey
from nelfin.store.sheets.amounts import FRACTIONS, no_amount, read_amount, read_year
from nelfin.store.sheets.books import as_text

YES = frozenset({"yes", "y", "true", "1"})
NO = frozenset({"no", "n", "false", "0"})


class Typed(NamedTuple):
    """A cell as the value of a setting.

    Parameters
    ----------
    value
        The value; the text itself where it is not certain what it is.
    read_as
        How it was read where that is not as it is spelt; "" else.
    remedy
        What to do about a text that the schema will refuse; "" where it says so itself.
    """

    value: Any
    read_as: str = ""
    remedy: str = ""


def typed(text: str, here: SchemaKey, per_cent: bool = False) -> Typed:
    """Return a cell as the value of a setting.

    Parameters
    ----------
    text
        What the cell holds, trimmed.
    here
        What the schema has at the key.
    per_cent
        Excel shows the number as per cent: the cell holds a hundredth of what is seen.

    Returns
    -------
    Typed
        The value, how it was read, and what to do if it cannot be one.
    """
    kind = here.type
    if kind is bool:
        return _yes_no(text)
    if kind in {int, float} or get_args(kind) == (1,):
        return number(text, here.unit, kind is float, per_cent)
    if get_origin(kind) is tuple:
        return Typed(names_in(text))
    if get_origin(kind) is Literal:
        alike = [choice for choice in get_args(kind) if choice.casefold() == text.casefold()]
        return Typed(alike[0], "" if text in alike else alike[0]) if alike else Typed(text)
    if here.unit == "year" and text:
        year = read_year(text)
        return Typed(year, "" if year == text else year) if year else Typed(text)
    return Typed(text)


def number(text: str, unit: str, is_float: bool = True, per_cent: bool = False) -> Typed:
    """Return a cell as a number.

    Parameters
    ----------
    text
        What the cell holds, trimmed.
    unit
        Unit of the setting.
    is_float
        It may have decimals.
    per_cent
        Excel shows the number as per cent.
    """
    if per_cent and unit not in FRACTIONS:
        try:
            text = f"{as_text(float(Decimal(text) * 100))}%"
        except InvalidOperation:
            per_cent = False
    try:
        value, read_as = float(text), ""
    except ValueError:
        amount = read_amount(text, unit)
        if amount is None:
            return Typed(text, "", no_amount(text, unit))
        value, read_as = amount.value, as_text(amount.value)
    return Typed(value if is_float or value % 1 else int(value), read_as)


def _yes_no(text: str) -> Typed:
    low = text.casefold()
    if low in YES | NO:
        return Typed(low in YES)
    return Typed(text, "", "Write yes or no.")


def names_in(text: str) -> list[str]:
    """Return the names of a list in a cell: set apart by semicolons, or else by commas.

    Parameters
    ----------
    text
        Such as "core; specialised". A name in double quotes may hold either mark.

    Examples
    --------
    >>> names_in("core; specialised"), names_in("core, other"), names_in('"acute, urgent"')
    (['core', 'specialised'], ['core', 'other'], ['acute, urgent'])
    """
    bare = "".join(text.split('"')[::2])
    mark = ";" if ";" in bare else ","
    cells = next(csv.reader(io.StringIO(text), delimiter=mark, skipinitialspace=True), [])
    return [cell.strip() for cell in cells if cell.strip()]


def as_names(names: list[str] | tuple[str, ...]) -> str:
    """Return a list as it is written in a cell; `names_in` takes it apart again.

    Parameters
    ----------
    names
        Any texts.

    Examples
    --------
    >>> as_names(["core", "acute; urgent"])
    'core; "acute; urgent"'
    """
    quoted = ['"' + name.replace('"', '""') + '"' if set(name) & set(',;"') else name
              for name in names]  # fmt: skip
    return "; ".join(quoted)
