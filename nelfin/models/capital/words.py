"""Amounts, names and rows of a capital plan in words, as its reasons need them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from nelfin import program as lp
from nelfin.models.capital.groups import GroupKey
from nelfin.models.capital.limits import LimitKey
from nelfin.models.capital.resources import ResourceKey


def words_of(row: lp.Row) -> str:
    """Return a row as part of a sentence.

    Parameters
    ----------
    row
        A row of a capital program; its key says what it is where it is not a limit.
    """
    if row.kind == "group":
        group, bound = cast(GroupKey, row.key)
        return f"{bound} {row.bound:g} of the group {group}"
    if row.kind in {"rule", lp.OWN}:
        return f"the row {row.key}" if row.kind == lp.OWN else str(row.key)
    key = row.key
    plain = key if isinstance(key, tuple) and type(key).__str__ is tuple.__str__ else (key,)
    return f"{row.kind} {', '.join(str(part) for part in plain if part not in {None, ''})}"


def amount_of(name: lp.RowName, amount: str, unit: str = "") -> str:
    """Return an amount of a limit, such as `£3.0m of PDC` or `2.0 wte of staff of Barts`.

    Parameters
    ----------
    name
        Kind and key of the limit's row: `limit` or `resource`.
    amount
        In figures.
    unit
        Of a resource.
    """
    kind, key = name
    if kind == "limit":
        money = cast(LimitKey, key).money
        return f"£{amount}m of {money}" if money else f"£{amount}m"
    of = cast(ResourceKey, key)
    what = f"{in_unit(amount, unit)} of {of.resource}" if unit else f"{amount} {of.resource}"
    return f"{what} of {of.organisation}" if of.organisation else what


def in_unit(amount: str, unit: str) -> str:
    """Return an amount with its unit.

    Parameters
    ----------
    amount
        In figures.
    unit
        Such as `wte`; "" for none.

    Examples
    --------
    >>> in_unit("2.0", "£m"), in_unit("2.0", "wte"), in_unit("2.0", "")
    ('£2.0m', '2.0 wte', '2.0')
    """
    if unit == "£m":
        return f"£{amount}m"
    return f"{amount} {unit}".strip()


def year_of(name: lp.RowName) -> str:
    """Return the year of a limit.

    Parameters
    ----------
    name
        Kind and key of its row: `limit` or `resource`.
    """
    return cast("LimitKey | ResourceKey", name[1]).year


def apart(first: float, second: float) -> tuple[str, str]:
    """Return two amounts with as many decimals as it takes to tell them apart, one at least.

    Parameters
    ----------
    first, second
        £m, or another unit.

    Examples
    --------
    >>> apart(1000.04, 1000.0)
    ('1,000.04', '1,000.00')
    """
    for places in range(1, 7):
        texts = f"{first:,.{places}f}", f"{second:,.{places}f}"
        if texts[0] != texts[1]:
            break
    return texts


def at_least(value: float, least: float, unit: str) -> str:
    """Return a figure that never reads as nothing.

    Parameters
    ----------
    value
        The figure.
    least
        Below this it reads as less than this.
    unit
        `£` before it, or "".
    """
    if value < least:
        return f"less than {unit}{least:g}"
    return f"{unit}{value:,.0f}" if not unit else f"{unit}{value:,.{1 if value >= 1 else 2}f}"


def points(value: float) -> str:
    """Return points of benefit in figures, negative ones in brackets.

    One decimal, or three digits where that would read as nothing.

    Parameters
    ----------
    value
        Points, of any size.

    Examples
    --------
    >>> points(1234.56), points(0.0), points(-2.0), points(0.00123456), points(2.5e-7)
    ('1,234.6', '0.0', '(2.0)', '0.00123', '2.5e-07')
    """
    size = abs(value)
    text = f"{size:.3g}" if 0 < size < 0.05 else f"{size:,.1f}"
    return f"({text})" if value < 0 else text


def listed(names: Sequence[str], most: int = 12) -> str:
    """Return names one after another, and how many more there are.

    Parameters
    ----------
    names
        The names.
    most
        How many are named.
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def are(names: Sequence[str]) -> str:
    """Return `is` of one name, `are` of several.

    Parameters
    ----------
    names
        The names.
    """
    return "are" if len(names) > 1 else "is"
