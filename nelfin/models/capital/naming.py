"""Names in a cell: schemes, options or groups that semicolons separate, whatever they hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

LAG = re.compile(r"(.*\S)\s*\+\s*(\d+)", re.ASCII | re.DOTALL)
QUOTED = re.compile(r'"((?:[^"]|"")+)"\s*(?:\+\s*(\d+))?', re.ASCII | re.DOTALL)


class Named(NamedTuple):
    """A name in a cell, and the years that are added to it."""

    name: str
    lag: int
    text: str
    """As it stands in the cell."""


def names_in(cell: str, known: Collection[str]) -> Iterator[Named]:
    """Yield the names in a cell.

    Of what stands between semicolons the longest that is a name as it stands is taken first, then
    a name in quotes or with years added. So an id may hold a semicolon or a plus.

    Parameters
    ----------
    cell
        Such as `P1; P2+3`.
    known
        The names there are.

    Examples
    --------
    >>> [named[:2] for named in names_in('P1; P2+3; A;B; "C+1"+2', {"P1", "P2", "A;B", "C+1"})]
    [('P1', 0), ('P2', 3), ('A;B', 0), ('C+1', 2)]
    """
    pieces = cell.split(";") if cell else []
    at = 0
    while at < len(pieces):
        for end in range(len(pieces), at, -1):
            text = ";".join(pieces[at:end]).strip()
            found = _read(text)
            if end == at + 1 or any(name in known for name, _ in found):
                named = next((pair for pair in found if pair[0] in known), found[-1])
                if text:
                    yield Named(*named, text)
                at = end
                break


def _read(text: str) -> list[tuple[str, int]]:
    """Return what a text may mean, the likeliest first: itself, then without quotes and years."""
    found = [(text, 0)]
    if quoted := QUOTED.fullmatch(text):
        found.append((quoted[1].replace('""', '"'), int(quoted[2] or 0)))
    elif lagged := LAG.fullmatch(text):
        found.append((lagged[1], int(lagged[2])))
    return found
