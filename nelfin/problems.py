"""One thing wrong in what the user gave us, and many of one kind told in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong in what the user gave us.

    Parameters
    ----------
    where
        File, sheet, row as a spreadsheet shows it, column, or the scenario key.
    what
        What is wrong, with the value seen.
    remedy
        What to do about it.
    """

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{_short(self.where, 400)}: {_short(self.what)} {_short(self.remedy)}"


LONG = 100
"""Letters past which a value of the user's is cut short in an error."""


def printable(text: str) -> str:
    r"""Return a text as a terminal may print it: what would move its cursor is spelt, as \x1b.

    Parameters
    ----------
    text
        Any text, such as a name of a file or a cell.

    Examples
    --------
    >>> printable("New\x1b[2Jham")
    'New\\x1b[2Jham'
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def _short(text: str, longest: int = LONG) -> str:
    """Cut long values short, so that an error stays a few lines."""
    for pattern in (rf'"([^"]{{{longest},}})"', rf"(\S{{{longest},}})"):
        text = re.sub(pattern, lambda found: found[0].replace(found[1], f"{found[1][:60]}…"), text)
    return text


APART = 3
"""Cells of one kind, each wrong in its own way, that are told one by one."""

SHOWN = 3
"""Examples of a kind, and runs of rows, that a line gives."""

_CELL = re.compile(
    r"(?P<table>.*), (?:row (?P<row>\d+)(?:, column (?P<column>.*))?"
    r"|cell [A-Z]+(?P<cell>\d+) \((?P<heading>.*)\))",
    re.DOTALL,
)
_VALUE = re.compile(r'"[^"]*"|[-+(]?£?\d[\d,.]*\d|\d')


def told_together(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with those of one kind in one column of a table told in one line.

    Two are of one kind if they say the same but for the values in them. Up to three that do not
    say the very same stay apart, each with its own remedy.

    Parameters
    ----------
    problems
        As they were found, cell by cell.

    Returns
    -------
    list of Problem
        A kind stands where its first cell stood.

    Examples
    --------
    >>> cells = [Problem(f"p.csv, row {n}, column b", "is empty.", "Fill it in.") for n in (2, 3)]
    >>> print(*told_together(cells))
    p.csv, column b: is empty in 2 rows (2 and 3). Fill it in.
    """
    kinds: dict[tuple[str, ...], list[tuple[Problem, int]]] = {}
    for each in problems:
        found = _CELL.fullmatch(each.where)
        if found is None:
            kinds.setdefault((each.where, each.what, each.remedy), []).append((each, 0))
            continue
        table, column = str(found["table"]), str(found["heading"] or found["column"] or "")
        row = int(found["row"] or found["cell"])
        kinds.setdefault((table, column, _VALUE.sub("", each.what)), []).append((each, row))
    told: list[Problem] = []
    for kind, cells in kinds.items():
        said = {(each.what, each.remedy) for each, _ in cells}
        if len(cells) == 1 or not cells[0][1]:
            told.append(cells[0][0])
        elif len(said) == 1:
            told.append(_the_same(kind[0], kind[1], cells))
        elif len(cells) <= APART:
            told.extend(each for each, _ in cells)
        else:
            told.append(_alike(kind[0], kind[1], cells))
    return told


def _the_same(table: str, column: str, cells: Sequence[tuple[Problem, int]]) -> Problem:
    """Return one problem for cells that are wrong in the very same way."""
    first = cells[0][0]
    rows = [row for _, row in cells]
    what = f"{first.what.rstrip('.')} in {len(rows):,} rows ({runs(rows)})."
    return Problem(_where(table, column), what, first.remedy)


def _alike(table: str, column: str, cells: Sequence[tuple[Problem, int]]) -> Problem:
    """Return one problem for cells of one kind whose values differ."""
    by_text: dict[str, list[int]] = {}
    for each, row in cells:
        by_text.setdefault(each.what, []).append(row)
    often = sorted(by_text.items(), key=lambda item: -len(item[1]))
    shown = [f"{text.rstrip('.')} ({_rows(rows)})" for text, rows in often[:SHOWN]]
    left = sum(len(rows) for _, rows in often[SHOWN:])
    more = f"; and so on in {left:,} more rows" if left else ""
    example = next(each for each, _ in cells if each.what == often[0][0])
    remedies = {each.remedy for each, _ in cells}
    of_first = "" if len(remedies) == 1 else "For the first: "
    what = f"{len(cells):,} rows of one kind: {'; '.join(shown)}{more}."
    return Problem(_where(table, column), what, f"{of_first}{example.remedy}")


def _where(table: str, column: str) -> str:
    return f"{table}, column {column}" if column else table


def _rows(rows: Sequence[int]) -> str:
    return f"row {rows[0]}" if len(rows) == 1 else f"{len(rows):,} rows, {runs(rows)}"


def named_rows(rows: Iterable[object]) -> str:
    """Return numbers of rows as notes name them, such as rows 2 to 5 and 9.

    Parameters
    ----------
    rows
        Numbers, or labels of a DataFrame that need not be any.

    Examples
    --------
    >>> named_rows([4]), named_rows([2, 3, 4]), named_rows(["a", "b"])
    ('row 4', 'rows 2 to 4', 'rows a, b')
    """
    labels = list(rows)
    word = "row" if len(labels) == 1 else "rows"
    if all(isinstance(label, int) for label in labels):
        return f"{word} {runs(map(int, map(str, labels)))}"
    more = " and others" if len(labels) > SHOWN else ""
    return f"{word} {', '.join(map(str, labels[:SHOWN]))}{more}"


def runs(rows: Iterable[int]) -> str:
    """Return numbers of rows as runs, such as 2 to 5, 9.

    Parameters
    ----------
    rows
        In any order.

    Examples
    --------
    >>> runs([2, 3, 4, 9]), runs([2, 3]), runs(range(1, 20, 2))
    ('2 to 4, 9', '2 and 3', '1, 3, 5 and others')
    """
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    if len(spans) == 1 and spans[0][1] == spans[0][0] + 1:
        return f"{spans[0][0]} and {spans[0][1]}"
    texts = [f"{first} to {last}" if last > first else str(first) for first, last in spans]
    return ", ".join(texts[:SHOWN]) + (" and others" if len(texts) > SHOWN else "")
