"""Names of sheets: of bodies and places by their own names, as far as Excel takes them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

MOST = 31
"""Characters of a name, as Excel counts them: what lies beyond 16 bits counts twice."""

TAKEN = ("history",)
"""Names that Excel keeps for itself."""


def named_sheets(names: Iterable[str], taken: set[str], other: str) -> dict[str, str]:
    """Return a name of a sheet for each of some names, no two alike.

    Letters, digits, spaces and -&.,' stay; the rest of a name means something in a formula, or
    cannot be seen.

    Parameters
    ----------
    names
        Of bodies or places, such as a user gives them; each once.
    taken
        Names of other sheets, in small letters; those returned are added.
    other
        What a name is called of which nothing stays.

    Examples
    --------
    >>> named_sheets(["St. Helens", "System", "=SUM(A1)"], {"system"}, "Body")
    {'St. Helens': 'St. Helens', 'System': 'System 2', '=SUM(A1)': 'SUM A1'}
    """
    found = {}
    for name in names:
        kept = " ".join("".join(map(_kept, str(name))).split()).strip("' ") or other
        short, count = _cut(kept, MOST), 1
        while short.lower() in taken or short.lower() in TAKEN:
            count += 1
            short = f"{_cut(kept, MOST - len(str(count)) - 1)} {count}"
        taken.add(short.lower())
        found[name] = short
    return found


def _kept(letter: str) -> str:
    plain = unicodedata.category(letter)[0] in "LMN" or letter in " -&.,'"
    return letter if plain else " "


def _cut(name: str, most: int) -> str:
    while len(name.encode("utf-16-le")) > 2 * most:
        name = name[:-1]
    return name.rstrip("' ")


def quoted(name: str) -> str:
    """Return the name of a sheet as a formula names it.

    Parameters
    ----------
    name
        From `named_sheets`.

    Examples
    --------
    >>> quoted("King's College")
    "'King''s College'"
    """
    return "'" + name.replace("'", "''") + "'"
