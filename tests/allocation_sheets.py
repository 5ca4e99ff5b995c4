"""Invented workbooks of allocations: the same figures laid out as rounds have been, or may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nelfin.store.sheets.books import as_text
from nelfin.store.sheets.files import Rows

CODES = {"QAA": "NHS Ambridge ICB", "QBB": "NHS Borchester and Felpersham Integrated Care Board"}
YEARS = ("2026/27", "2027/28", "2028/29")

CORE: dict[tuple[str, str], tuple[float, float, float, float]] = {
    ("QAA", "2026/27"): (1_000_000, 980_000, 0.03, 0.01),
    ("QAA", "2027/28"): (1_040_300, 1_050_000, 0.02, -0.005),
    ("QAA", "2028/29"): (1_055_800, 1_060_000, 0.025, 0.0),
    ("QBB", "2026/27"): (3_000_000, 3_100_000, 0.03, -0.01),
    ("QBB", "2027/28"): (3_059_100, 3_050_000, 0.021, 0.002),
    ("QBB", "2028/29"): (3_129_500, 3_100_000, 0.025, 0.001),
}
"""Baseline and target of the year before, £k, growth and convergence, by system and year."""

HEADINGS = (
    ("{before} Adjusted recurrent baseline \n(£k)", 0),
    ("{before} Fair shares target (inc. COVID)", 1),
    ("{before} Distance from target \n(%)", None),
    ("{year} Base growth £k", None),
    ("{year} Base growth (%)", 2),
    ("{year} Convergence (%)", 3),
    ("{year} Recurrent allocation \n(£k)", 4),
    ("{year} Recurrent allocation £/head", None),
    ("{year} Post-convergence distance from target (%)", None),
    ("{year} Recurrent allocation growth (%)", None),
    ("{year} Total allocation (£k)", None),
)
"""Headings as rounds have had them; the figure of each, None for one that is not read."""

OTHER = 7.77
"""What stands in columns that are not read: were one read, a figure would be this."""


def before(year: str) -> str:
    return f"{int(year[:4]) - 1}/{year[2:4]}"


def figures(code: str, year: str) -> list[float]:
    base, target, growth, closing = CORE[code, year]
    return [base, target, growth, closing, base * (1 + growth) * (1 + closing)]


def columns(year: str) -> list[list[Any]]:
    """Return the columns of a year: a heading, and a figure for each system."""
    return [
        [heading.format(year=year, before=before(year))]
        + [OTHER if at is None else figures(code, year)[at] for code in CODES]
        for heading, at in HEADINGS
    ]


def table(blocks: Iterable[list[Any]], total: bool = True) -> list[list[Any]]:
    """Put columns beside each other; a total below them."""
    columns = list(blocks)
    rows = [list(row) for row in zip(*columns, strict=True)]
    return rows + [["Total", "ENGLAND", *[99.0] * (len(columns) - 2)]] * total


def names(code: str = "ICB23", name: str = "System Name") -> list[list[Any]]:
    return [["Region", "Midlands", "London"], [code, *CODES], [name, *CODES.values()]]


REGIONS: list[list[Any]] = [
    [],
    ["R23", "Region", "ICB23", "2026/27 Recurrent allocation (£k)"],
    ["Total by region", "London", "Y56", 5.0],
    ["", "", "Total", 5.0],
]
"""The table of regions that stands below that of the systems."""


def sheet(name: str, rows: Iterable[Iterable[Any]]) -> Rows:
    """Return a sheet as the reader of files gives it."""
    texts = [[as_text(cell) for cell in row] for row in rows]
    return Rows(f"book.xlsx, sheet {name}", name, texts)


def core_sheets() -> list[Rows]:
    """A sheet a year, as the rounds of 2023/24 and 2025/26 were."""
    return [
        sheet(
            f"ICB Core Allocations {year[:4]}-{year[-2:]}",
            [
                ["Allocations (ICB core services)", "", "", "", f"Allocations {year}"],
                [],
                *table([*names(), *columns(year)]),
                *REGIONS,
            ],
        )
        for year in YEARS
    ]


def running_sheet(*heads: str, amount: float = 20_000.0) -> Rows:
    return sheet(
        "ICB running cost allowance",
        table([*names(), *([head, amount, 2 * amount] for head in heads)]),
    )


def all_on_one() -> list[Rows]:
    """Three years on one sheet, that only its title names."""
    beside = [column for year in reversed(YEARS) for column in columns(year)]
    rows = [["Publication reference: PRN0001"], ["ICB core services: allocations by year"], [], []]
    return [sheet("Table 4", [*rows, *table([*beside, *names("ICB26", "Integrated Care Board")])])]


def years_above() -> list[Rows]:
    """Years in a row of their own above the headings, and baselines that name theirs."""
    beside, above = [], ["", "", ""]
    for year in YEARS:
        for at, column in enumerate(columns(year)):
            own = column[0] if before(year) in column[0] else column[0].replace(f"{year} ", "")
            beside.append([own, *column[1:]])
            above.append(year if at == 0 else "")
    return [sheet("Core", [["ICB allocations"], above, *table([*names(), *beside])])]


def words_above() -> list[Rows]:
    """Headings of two rows: what it is above, the year below; names of systems beside the upper."""
    both: dict[str, list[list[Any]]] = {}
    for year in YEARS:
        for column in columns(year):
            label = before(year) if before(year) in column[0] else year
            words = column[0].replace(f"{label} ", "")
            both.setdefault(words, []).append([label, *column[1:]])
    upper: list[Any] = ["Region", "ICB code", "ICB name"]
    lower: list[Any] = ["", "", ""]
    body: list[list[Any]] = [column[1:] for column in names()]
    for words, found in both.items():
        upper += [words, *[""] * (len(found) - 1)]
        lower += [column[0] for column in found]
        body += [column[1:] for column in found]
    rows = [["All figures are recurrent"], upper, lower, *zip(*body, strict=True)]
    return [sheet("Core programme", rows)]


def stacked() -> list[Rows]:
    """One year below the other."""
    rows: list[list[Any]] = [["Core services"]]
    for year in YEARS:
        rows += [[], [f"Allocations {year}"], [], *table([*names(), *columns(year)])]
    return [sheet("Sheet1", rows)]


LAYOUTS = {
    "a sheet a year": core_sheets,
    "all on one": all_on_one,
    "years above": years_above,
    "words above": words_above,
    "stacked": stacked,
}
