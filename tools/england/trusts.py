"""Tables of NHS trusts: who they are, money, backlog and capital.

A trust that was gone by March 2026 is not listed. What it spent before is added to the trust that
took it over, so that no pound counts twice and years can be compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from england.tables import COPY, Row, figure, plain_name, read
from england.trust_facts import FOUNDED, HOME, MERGED, MERGED_SINCE, NAMES, PART_YEAR

ACCOUNTS = "Trusts' accounts as NHS England publishes them (TAC, OGL v3)" + COPY
PLAN = (
    "NHS Oversight Framework 2025/26, planned surplus or deficit before deficit support (OGL v3)"
    + COPY
    + "; turnover is that of its plan, not income of 2024/25"
)
MEASURES = {
    ("operating_expenditure", "2022/23", "£m"): ("opex_2022_23_gbp_m", ACCOUNTS),
    ("operating_expenditure", "2023/24", "£m"): ("opex_2023_24_gbp_m", ACCOUNTS),
    ("operating_income", "2024/25", "£m"): ("operating_income_2024_25_gbp_m", ACCOUNTS),
    ("operating_margin", "2024/25", "% of income"): ("operating_margin_2024_25_pct", ACCOUNTS),
    ("planned_position_without_support", "2025/26", "% of turnover"): (
        "nof_planned_surplus_deficit_pct",
        PLAN,
    ),
}
"""Measure, year and unit of the finance table; where the figure stands, and its source."""

ADDED = "operating_expenditure"
"""The measure of a trust that has gone which is added to that of the one that took it over."""

BANDS = {
    "high_gbp_m": "estates_backlog_high_risk_m",
    "significant_gbp_m": "estates_backlog_significant_m",
    "moderate_gbp_m": "estates_backlog_moderate_m",
    "low_gbp_m": "estates_backlog_low_m_derived",
}
"""Bands of risk of the backlog, and the columns they stand in."""

ROLL = "NHS England trust and ICB lists" + COPY


def finance(national: Path) -> list[Row]:
    """Give income, expenditure, margin and plan of every trust, in one figure a row."""
    rows = read(national / "trust_finance_all.csv")
    found: dict[tuple[str, str, str, str], dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        code = row["code"]
        to = MERGED[code][0] if code in MERGED else code
        for (measure, year, unit), (column, _) in MEASURES.items():
            if not row[column]:
                continue
            if to != code and measure != ADDED:
                raise ValueError(f"{code} is gone, and yet has {column}")
            found[to, measure, year, unit][code] = Decimal(row[column])
    made = []
    for (code, measure, year, unit), of in sorted(found.items()):
        source = MEASURES[measure, year, unit][1]
        gone = [other for other in of if other != code]
        if gone:
            word = "with" if code in of else "sum of"
            source += f"; {word} {_names(gone)}, since merged into it"
        if part := PART_YEAR.get((code, year)):
            source += f"; {part}"
        made.append(
            {
                "code": code,
                "measure": measure,
                "year": year,
                "value": figure(sum(of.values(), Decimal(0)), 3),
                "unit": unit,
                "status": "derived" if gone else "published",
                "source": source,
            }
        )
    _check_whole(found)
    return made


def _check_whole(found: dict[tuple[str, str, str, str], dict[str, Decimal]]) -> None:
    """See that a sum lacks none of its trusts: the year of a trust is all there or not at all."""
    spent = {(code, year): of for (code, measure, year, _), of in found.items() if measure == ADDED}
    for (code, year), of in spent.items():
        first_day = f"{year[:4]}-04-01"
        needed = {gone for gone, (to, date, _) in MERGED.items() if to == code and date > first_day}
        if code not in FOUNDED:
            needed.add(code)
        if needed - set(of):
            raise ValueError(f"{code}, {year}: nothing of {sorted(needed - set(of))}")


def _names(codes: list[str]) -> str:
    return " and ".join(MERGED[code][2] for code in codes)


def backlog(national: Path) -> list[Row]:
    """Give the backlog of maintenance by risk; a trust whose estate another now returns is out."""
    made = []
    for row in read(national / "eric_backlog_all_trusts.csv"):
        code = row["org_code"]
        bands = [row[column] for column in BANDS.values()]
        if code in MERGED or not all(bands):
            print(f"backlog.csv: {code} left out, {row['org_name']}.")
            continue
        figures = [Decimal(text) for text in bands]
        if min(figures) < 0 or abs(
            sum(figures) - Decimal(row["estates_backlog_total_m"])
        ) > Decimal("0.002"):
            raise ValueError(f"{code}: the bands of the backlog do not add up")
        nought = "" if any(figures) else "; all nought as read"
        made.append(
            {
                "code": code,
                **{name: figure(value, 3) for name, value in zip(BANDS, figures, strict=True)},
                "year": "2022/23 to 2024/25, the latest held",
                "status": "derived",
                "source": "NHS England ERIC (OGL v3), sites summed to trust"
                + COPY
                + "; low is the "
                "total less the other three" + nought,
            }
        )
    return sorted(made, key=lambda row: row["code"])


def capital(national: Path) -> list[Row]:
    """Give operational capital of acute and specialist trusts over four years."""
    made = []
    for row in read(national / "provider_capital_2026_30.csv"):
        if row["code"] in MERGED:
            raise ValueError(f"{row['code']} is gone, and yet has capital")
        made.append(
            {
                "code": row["code"],
                "total_2026_30_gbp_m": row["operational_capital_2026_30_total_gbp_m"],
                "status": "published",
                "source": "NHS England capital allocations 2026/27 to 2029/30, operational capital "
                "of the four years together (OGL v3)" + COPY,
            }
        )
    return sorted(made, key=lambda row: row["code"])


def trusts(national: Path, crosswalk: list[Row], with_figures: set[str]) -> list[Row]:
    """List every trust of March 2026 that has a figure, with its system then and now."""
    former = {_core(row["old_name"]): row["old_code"] for row in crosswalk}
    into = {(row["old_code"], row["new_code"]) for row in crosswalk}
    known = {row["code"]: row for row in read(national / "trust_finance_all.csv")}
    made = []
    for code in sorted(with_figures):
        row = known.get(code, {})
        sector, new = FOUNDED.get(code) or (row["sector"], row["icb_code_2026"])
        status, source = "published", ROLL
        if code in HOME:
            old, why = HOME[code]
            status, source = "derived", f"{ROLL}; former system: {why}"
        else:
            old = former[_core(row["old_ics_name"])]
        if code in MERGED_SINCE:
            source += f"; {MERGED_SINCE[code]}"
        if taken := [gone for gone, (to, _, _) in MERGED.items() if to == code]:
            source += f"; took over {_names(taken)}"
        if (old, new) not in into:
            raise ValueError(f"{code}: {old} has no part in {new}")
        made.append(
            {
                "code": code,
                "trust": NAMES.get(code) or _plain(row["trust"]),
                "type": sector.lower().replace(" ", "_"),
                "new_icb": new,
                "old_icb": old,
                "status": status,
                "source": source,
            }
        )
    return made


def _core(name: str) -> str:
    return name.lower().removeprefix("nhs ").removesuffix(" icb").replace("the ", "")


def _plain(name: str) -> str:
    name = plain_name(name.replace("’", "'").replace(" & ", " and "))
    name = re.sub(r"(?<=\s)Upon(?=\s)", "upon", name)
    if name.isupper():
        raise ValueError(f"{name} is in capitals")
    return name
