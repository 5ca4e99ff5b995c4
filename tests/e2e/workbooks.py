"""What tests read in workbooks, and change in them as a person would."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_rowcol_to_cell

import nelfin
from nelfin.data.start.folder import write_scenario_folder
from nelfin.report.workbook import write_workbook
from nelfin.result import Result

Cells = dict[str, list[list[object]]]

NASTY = {
    "Newham": "<script>alert(1)</script>",
    "Havering": "=cmd|' /C calc'!A0",
    "Redbridge": "Long " * 800,
    "Tower Hamlets": "\u202eלונדון \u0644\u0646\u062f\u0646",
    "City and Hackney": "🏥 'Hackney' & \"City\" [1]: */?\\ _x0041_",
    "Waltham Forest": "@SUM(1+1)*A1 \u200f",
}
"""Names of places as no one should give them."""

NASTY_BODIES = {"Homerton": "King's: SORT(A1)", "BHRUT": "r1c1", "ELFT": "SYSTEM"}
"""Names of bodies that mean something to Excel."""

LIMITS = {"Barts Health": 40.0, "King's: SORT(A1)": 12.0}
"""Capital limits that two bodies have of their own, £m a year."""

SHEET = "xl/worksheets/sheet"


def cells(file: Path) -> Cells:
    book = CalamineWorkbook.from_path(str(file))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def parts(file: Path) -> dict[str, str]:
    with ZipFile(file) as book:
        return {name: book.read(name).decode("utf-8") for name in book.namelist()}


def row_of(sheet: list[list[object]], words: str, block: int = 0) -> int:
    """Return the number of a row by what stands in its first column; the first by default."""
    return [at for at, row in enumerate(sheet) if row[0] == words][block]


def figures(
    sheet: list[list[object]], words: str, count: int, block: int = 0, first: int = 1
) -> list[float]:
    """Return the figures of a row by what stands in its first column."""
    found = sheet[row_of(sheet, words, block)][first : first + count]
    return [float(value) if isinstance(value, float) else 0.0 for value in found]


def formulas(file: Path) -> dict[str, dict[str, str]]:
    """Return the formulas of each sheet by their cells."""
    names = CalamineWorkbook.from_path(str(file)).sheet_names
    texts = parts(file)
    found = {}
    for at, name in enumerate(names, start=1):
        cell = r'<c r="([A-Z]+\d+)"[^>]*><f>([^<]*)</f>'
        found[name] = dict(re.findall(cell, texts[f"{SHEET}{at}.xml"]))
    return found


def with_cells(file: Path, changed: Path, new: Mapping[tuple[str, str], float]) -> None:
    """Write a workbook in which some cells that hold a number hold another."""
    names = CalamineWorkbook.from_path(str(file)).sheet_names
    texts = parts(file)
    for (sheet, cell), value in new.items():
        name = f"{SHEET}{names.index(sheet) + 1}.xml"
        found = f'(<c r="{cell}"(?: s="[0-9]+")?><v>)[^<]*(</v>)'
        texts[name], count = re.subn(found, rf"\g<1>{value!r}\g<2>", texts[name])
        assert count == 1, (sheet, cell)
    with ZipFile(changed, "w", ZIP_DEFLATED) as book:
        for name, text in texts.items():
            book.writestr(name, text)


def nasty_run(folder: Path) -> tuple[Result, Path]:
    """Run a plan whose places, bodies, schemes and name are hostile, and write its workbook.

    Two bodies have capital limits of their own, limits may be passed and carried over.
    """
    names = NASTY | NASTY_BODIES
    scenario = write_scenario_folder(nelfin.load_scenario(), folder)
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as handle:
            rows = [[names.get(cell, cell) for cell in row] for row in csv.reader(handle)]
        if file.stem == "projects":
            rows = rows[:7]
            for row, name in zip(rows[1:], NASTY.values(), strict=True):
                row[1] = name
        if file.stem == "initiatives":
            rows = rows[:7]
            for row, name in zip(rows[1:], NASTY.values(), strict=True):
                row[1], row[3], row[rows[0].index("requires")] = name, "", ""
        if file.stem == "equity_floors":
            rows = rows[:1]
        if file.stem == "capital_limits":
            rows += [
                [year, str(limit), body, *rest]
                for year, _, _, *rest in rows[1:]
                for body, limit in LIMITS.items()
            ]
        with file.open("w", encoding="utf-8-sig", newline="") as handle:
            csv.writer(handle).writerows(rows)
    text = scenario.read_text(encoding="utf-8")
    name = "=HYPERLINK(1)<script>🏥 \u202e'"
    scenario.write_text(
        text.replace('name = "North East London"', f'name = "{name}"'), encoding="utf-8"
    )
    settings = {
        "capital.gap_pct": 5.0,
        "capital.over_programming_pct": 5.0,
        "capital.carry_over_pct": 10.0,
    }
    found = nelfin.run(nelfin.load_scenario(scenario, settings))
    assert found.name == name
    write_workbook(found, folder / "report.xlsx")
    return found, folder / "report.xlsx"


PLACES = [
    "Barking and Dagenham", "City and Hackney", "Havering", "Newham", "Redbridge",
    "Tower Hamlets", "Waltham Forest",
]  # fmt: skip

YEAR, LATER = 3, 6
"""Numbers of the years in which cells are changed."""


def programme(book: Cells) -> list[object]:
    """Return the row of the first initiative of the portfolio, whose counting is changed."""
    return book["Programmes"][6]


def changes(book: Cells) -> dict[tuple[str, str], float]:
    """Return what a person changes: a step that recurs, one that does not, a part, a spend."""

    def more(
        sheet: str, words: str, year: int, by: float, first: int = 1, block: int = 0
    ) -> tuple[tuple[str, str], float]:
        row = row_of(book[sheet], words, block)
        value = book[sheet][row][first + year]
        assert isinstance(value, float)
        return (sheet, xl_rowcol_to_cell(row, first + year)), value + by

    pace = "Pace of change towards target"
    scheme = counting(book)
    return dict(
        [
            more("BHRUT", "Agency and bank", YEAR, 7.0),
            more("BHRUT", "Deficit support", LATER, 5.0),
            # the block of all places stands first, then that of each place in turn
            more("What moved", pace, YEAR, 2.0, block=1 + PLACES.index("Newham")),
            more("Capital schemes", str(scheme[0]), YEAR, 4.0, first=4),
            more("Planned care", "Join the list", YEAR, 1_000.0),
            more("Planned care", "Cash of closing", YEAR, 3.0),
            more("Programmes", str(programme(book)[0]), 0, -1.0, first=3),
        ]
    )


def counting(book: Cells) -> list[object]:
    """Return the first scheme whose spend counts against the limits."""
    listed = book["Capital schemes"][6:]
    return next(row for row in listed if isinstance(row[3], float) and row[3] > 0)
