"""General and acute beds by trust: the mean of the four quarters of the latest full year held."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from england.tables import COPY, Row, figure, read
from england.trust_facts import MERGED

YEAR, QUARTERS = "2024/25", tuple(f"2024-25 Q{quarter}" for quarter in (1, 2, 3, 4))

COLUMNS = {
    "beds_available": "general_acute_beds_available",
    "beds_occupied": "general_acute_beds_occupied",
    "beds_fit_to_leave": "no_criteria_to_reside_beds",
}
"""Columns of the table, and where their figures stand."""

SOURCE = (
    "NHS England KH03 and urgent care daily situation reports (OGL v3)" + COPY + "; mean of four "
    "quarters"
)


def beds(national: Path, known: set[str]) -> list[Row]:
    """Give beds available, occupied, and with people fit to leave, of each trust that has any.

    A trust that has gone is added, quarter by quarter, to the one that took it over.
    """
    found: dict[str, dict[str, dict[str, dict[str, Decimal]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(dict))
    )
    for row in read(national / "beds_by_trust.csv"):
        if row["quarter"] not in QUARTERS:
            continue
        code = row["org_code"]
        to = MERGED[code][0] if code in MERGED else code
        for column, heading in COLUMNS.items():
            if row[heading]:
                found[to][column][row["quarter"]][code] = Decimal(row[heading])
    made = []
    for code, columns in sorted(found.items()):
        means = {column: _mean(columns.get(column, {})) for column in COLUMNS}
        if not means["beds_available"]:
            continue
        if code not in known:
            print(f"beds.csv: {code} left out, not a trust of March 2026.")
            continue
        _check(code, columns)
        gone = sorted({other for of in columns["beds_available"].values() for other in of} - {code})
        made.append(
            {
                "code": code,
                **{
                    column: "" if mean is None else figure(mean, 2)
                    for column, mean in means.items()
                },
                "year": YEAR,
                "status": "derived",
                "source": SOURCE
                + (f"; with {' and '.join(MERGED[one][2] for one in gone)}" if gone else ""),
            }
        )
    return made


def _mean(quarters: dict[str, dict[str, Decimal]]) -> Decimal | None:
    """Return the mean of the quarters there are; None if there is none."""
    sums = [sum(of.values(), Decimal(0)) for of in quarters.values()]
    return sum(sums, Decimal(0)) / len(sums) if sums else None


def _check(code: str, columns: dict[str, dict[str, dict[str, Decimal]]]) -> None:
    """See that all four quarters are there, and that no more beds are occupied than there are."""
    for column in ("beds_available", "beds_occupied"):
        if set(columns[column]) != set(QUARTERS):
            raise ValueError(f"{code}: {column} has not all of {QUARTERS}")
    for column in ("beds_occupied", "beds_fit_to_leave"):
        for quarter, of in columns.get(column, {}).items():
            if sum(of.values()) > sum(columns["beds_available"][quarter].values()):
                raise ValueError(f"{code}, {quarter}: {column} are more than there are beds")
