"""Small practice files as NHS England lays them out, for every year's headings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from nelfin.errors import InputError

GEOGRAPHY = {
    "2022/23": ("ICS22", "LTLA21", "pop 2022/23", "Final WP"),
    "2023/24": ("ICS22", "LTLA21", "pop 2022/23", "Final WP"),  # as published: a year behind
    "2024/25": ("ICB", "LTLA", "Population", "Final WP"),
    "2025/26": ("ICB", "LADname", "Registered Patients", "Core WP"),
}
NEEDS = ("G&A WP", "CS WP", "MH WP", "Mat WP", "Prescr WP", "Health Ineq WP",
         "Primary Medical Care WP")  # fmt: skip
PRACTICES = (
    ("A1", "P1", "QAA", "Northtown", 100.0),
    ("A2", "P1", "QAA", "Northtown", 50.0),
    ("B1", "P2", "QAA", "Southtown", 30.0),
    ("C1", "P3", "QBB", "Elsewhere", 70.0),
)
"""Code, PCN, ICB, local authority and people; a component is a tenth more than the one before."""

SYSTEMS, AREAS = 42, ("Hill", "Dale", "Moor")

Rows = Sequence[tuple[str, str, str, str, float]]


def headings(year: str = "2025/26") -> list[str]:
    icb, area, people, core = GEOGRAPHY[year]
    return ["Practice_Code", "GP_Practice_Name", "PCN_Code", icb, area, people, *NEEDS, core,
            "Final PMC WP"]  # fmt: skip


def text_of(year: str = "2025/26", rows: Rows = PRACTICES, pcn: bool = True) -> str:
    lines = [",".join(headings(year))]
    for code, group, system, place, size in rows:
        figures = [f" {size * (1 + n / 10)} " for n in range(10)]
        cells = [code, '"Dr X, and partners"', group if pcn else "", system, place, *figures]
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def practices_of_england() -> list[list[str]]:
    """Practices with invented codes: 42 systems of three, each in an authority of its own."""
    rows = []
    for n in range(SYSTEMS):
        for m, area in enumerate(AREAS):
            people = 1000.0 + 37 * n + 411 * m
            needs = [people * (0.7 + ((3 * n + 5 * m + 7 * k) % 11) / 16) for k in range(9)]
            code, icb = f"T{n:02}{m}", f"X{n:02}"
            rows.append([code, f"Practice {code}", "", icb, f"{area} {icb}", str(people),
                         *map(repr, needs)])  # fmt: skip
    return rows


def england_text() -> str:
    lines = [headings("2024/25"), *practices_of_england()]
    return "\n".join(",".join(line) for line in lines) + "\n"


def csv(folder: Path, text: str, name: str = "practices.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8-sig")
    return file


def book(file: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    """Write a workbook of sheets, each a list of rows."""
    with xlsxwriter.Workbook(str(file)) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return file


def problems_of(call: Callable[[], object]) -> list[str]:
    with pytest.raises(InputError) as caught:
        call()
    return [str(problem) for problem in caught.value.problems]
