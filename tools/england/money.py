"""Table of allocations by stream and year, from NHS England's allocation workbooks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from england.tables import COPY, Row, figure, read


@dataclass(frozen=True)
class Item:
    """Where a figure stands: the words that its sheet's name begins with, and those of the item."""

    sheet: str
    words: str


@dataclass(frozen=True)
class Line:
    """One stream in one year, and where its figures stand; None is left blank."""

    stream: str
    year: str
    allocation: Item
    baseline: Item | None = None
    target: Item | None = None
    rates: str = ""
    """Sheet with base growth and convergence of the year."""
    growth: str = "Base growth (%)"
    convergence: str = "Convergence (%)"
    restricted: Item | None = None
    """The part of the baseline that pace of change may move."""


def _lines() -> list[Line]:
    made = []
    for year, before, target in (
        ("2023/24", "2022/23", "Fair Shares Target (£k)"),
        ("2024/25", "2023/24", "Fair shares target (inc. COVID)"),
        ("2025/26", "2024/25", "Fair shares target (£k)"),
    ):
        sheet = f"ICB Core Allocations {year[:4]}-{year[5:]}"
        made.append(
            Line(
                "core",
                year,
                Item(sheet, f"{year} Recurrent allocation (£k)"),
                Item(sheet, f"{before} Adjusted recurrent baseline (£k)"),
                Item(sheet, f"{before} {target}"),
                sheet,
            )
        )
    first, second, third = (
        "PMC Allocations 2023-24",
        "PMC Allocations 2024-25",
        "PMC Allocation 2025-26",
    )
    recurrent, adjusted = "Recurrent allocation (£k)", "Adjusted recurrent baseline (£k)"
    specialised = "Specialised Allocations 2025-26"
    return [
        *made,
        Line(
            "primary_medical",
            "2023/24",
            Item(first, f"2023/24 {recurrent}"),
            Item(first, f"2022/23 {adjusted}"),
            Item(first, "2022/23 Fair Shares Target (£k)"),
            first,
        ),
        Line(
            "primary_medical",
            "2024/25",
            Item(second, f"2024/25 {recurrent}"),
            Item(second, f"2023/24 {adjusted}"),
            Item(second, "2023/24 Fair Shares Target (£k)"),
            second,
        ),
        Line(
            "primary_medical",
            "2025/26",
            Item(third, f"2025/26 {recurrent}"),
            Item(third, f"2024/25 {adjusted}"),
            Item(third, "2024/25 Fair shares target"),
            third,
        ),
        Line(
            "other_primary_care",
            "2023/24",
            Item("Other Primary Care", "2023/24 Recurrent allocation £k"),
            Item("Other Primary Care", "2022/23 Recurrent baseline £k"),
            None,
            "Other Primary Care",
            "Base growth %",
            "Convergence %",
        ),
        Line(
            "other_primary_care",
            "2024/25",
            Item("Other Primary Care", "2024/25 Recurrent allocation £k"),
            None,
            None,
            "Other Primary Care",
            "Base growth %",
            "Convergence %",
        ),
        Line(
            "other_primary_care",
            "2025/26",
            Item("POD Allocation 2025-26", f"2025/26 {recurrent}"),
            Item("POD Allocation 2025-26", f"2024/25 {adjusted}"),
            None,
            "POD Allocation 2025-26",
            convergence="",
        ),
        Line("running_cost", "2023/24", Item("ICB running cost allowance", "2023/24 £k")),
        Line("running_cost", "2024/25", Item("ICB running cost allowance", "2024/25 £k")),
        Line("running_cost", "2025/26", Item("ICB running cost allowance", "2025/26 (£k)")),
        Line(
            "specialised",
            "2025/26",
            Item(specialised, "2025/26 Physical health services + HCDD recurrent allocation (£k)"),
            Item(specialised, "2024/25 Physical health services + HCDD recurrent baseline (£k)"),
            Item(specialised, "2024/25 Fair shares target"),
            specialised,
            restricted=Item(
                "Specialised Baseline 2025-26",
                "2024/25 Physical health services adjusted recurrent baseline (£k)",
            ),
        ),
    ]


REVISED = Item("PMC Allocation 2025-26", "Revised recurrent allocation (£k)")
"""What the primary medical allocation of 2025/26 became in the year; said in its source."""

CALLED = {
    "core": "core",
    "primary_medical": "primary medical",
    "other_primary_care": "pharmacy, ophthalmic and dental",
    "running_cost": "running cost allowance",
    "specialised": "specialised",
}
"""What the workbooks call the streams."""


def allocations(national: Path) -> list[Row]:
    """Give every system the thirteen lines that the built-in system has, found by their words."""
    found: dict[tuple[str, str, str], str] = {}
    for row in read(national / "icb_allocations_2023_26_all_42.csv"):
        key = (row["icb_code"], row["sheet"], row["item"])
        if found.setdefault(key, row["value"]) != row["value"]:
            raise ValueError(f"{key} is given twice, with other figures")
    made = []
    for icb in sorted({icb for icb, _, _ in found}):
        for line in _lines():
            made.append(_row(icb, line, found))
    return made


def _row(icb: str, line: Line, found: dict[tuple[str, str, str], str]) -> Row:
    def value(item: Item) -> Decimal:
        text = found.get((icb, item.sheet, item.words), "")
        if not text:
            raise ValueError(f'{icb}: sheet "{item.sheet}" has no "{item.words}"')
        return Decimal(text)

    def money(item: Item | None) -> str:
        return figure(value(item) / 1000, 9) if item else ""

    def rate(words: str) -> str:
        there = line.rates and words
        return str(float(value(Item(line.rates, f"{line.year} {words}")))) if there else ""

    def share() -> str:
        if line.restricted is None or line.baseline is None:
            return ""
        return figure(value(line.restricted) / value(line.baseline), 6)

    workbook = "2025/26" if line.year == "2025/26" else "2023/24 and 2024/25"
    source = f"NHS England ICB allocations {workbook}, {CALLED[line.stream]} (OGL v3){COPY}"
    if line.stream == "primary_medical" and line.year == "2025/26":
        revised = figure(value(REVISED) / 1000, 3)
        source += f"; recurrent allocation before the in-year revision to {revised}"
    return {
        "icb": icb,
        "stream": line.stream,
        "year": line.year,
        "allocation_gbp_m": money(line.allocation),
        "baseline_gbp_m": money(line.baseline),
        "opening_target_gbp_m": money(line.target),
        "growth": rate(line.growth),
        "convergence": rate(line.convergence),
        "restricted_share": share(),
        "status": "published",
        "source": source,
    }
