"""Read the figures kept beside the project, and write the packaged tables."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

Row = dict[str, str]

COPY = ", read in a copy"
"""What a source says that was not seen in the original."""


def read(file: Path) -> list[Row]:
    """Read a CSV file with one header row, all cells as text."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def write(file: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write rows that all have the columns of the first; every one ends with status and source."""
    columns = list(rows[0])
    if columns[-2:] != ["status", "source"]:
        raise ValueError(f"{file.name} does not end with status and source")
    for row in rows:
        if list(row) != columns or not row["status"] or not row["source"]:
            raise ValueError(f"{file.name}: {row} is not whole")
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{file.name}: {len(rows):,} rows, {file.stat().st_size / 1000:,.0f} kB.")


def only(rows: Iterable[Row], what: str) -> Row:
    """Return the one row there must be."""
    found = list(rows)
    if len(found) != 1:
        raise ValueError(f"{what}: {len(found)} rows where there must be one")
    return found[0]


def figure(value: Decimal, places: int) -> str:
    """Write a number with at most so many decimals, without noughts at its end."""
    text = f"{value:.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def plain_name(name: str) -> str:
    """Return the name of a system as people say it, with small words small."""
    return re.sub(r"(?<=\s)(The|Of|And)(?=\s)", lambda word: word[0].lower(), name)
