"""Table of financial positions of systems and boards, from board papers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from england.tables import COPY, Row, figure, read

MEANT = {
    ("QOQ", "2026/27", "ICB efficiency plan"): ("ICB", "savings_plan"),
    ("QKS", "2026/27", "ICB deficit plan"): ("ICB", "plan"),
    ("QKS", "2026/27", "underlying system deficit about"): ("system", "underlying"),
    ("QVV", "2025/26", "system surplus"): ("system", "outturn"),
    ("QVV", "2025/26", "DSF received"): ("system", "deficit_support"),
    ("QWU", "2025/26", "ICB surplus"): ("ICB", "outturn"),
    ("QGH", "2025/26", "ICB surplus"): ("ICB", "outturn"),
    ("QOC", "2025/26", "DSF"): ("system", "deficit_support"),
    ("QH8", "2025/26", "system deficit"): ("system", "outturn"),
    ("QRL", "2025/26", "system deficit"): ("system", "outturn"),
    ("QRL", "2025/26", "DSF received"): ("system", "deficit_support"),
    ("QRL", "2026/27", "ICB CIP"): ("ICB", "savings_plan"),
    ("QKK", "2025/26", "ICB surplus"): ("ICB", "outturn"),
    ("QWO", "2026/27", "system efficiency requirement"): ("system", "savings_plan"),
    ("QOP", "2026/27", "system CIP"): ("system", "savings_plan"),
    ("QOP", "2026/27", "DSF"): ("system", "deficit_support"),
    ("QUY", "2025/26", "ICB surplus"): ("ICB", "outturn"),
    ("QR1", "2025/26", "ICB surplus"): ("ICB", "outturn"),
    ("QF7", "2025/26", "system deficit"): ("system", "outturn"),
    ("QF7", "2025/26", "ICB deficit"): ("ICB", "outturn"),
    ("QF7", "2026/27", "DSF"): ("system", "deficit_support"),
    ("S9B9J", "2026/27", "DSF"): ("system", "deficit_support"),
    ("QMF", "2026/27", "system plan"): ("system", "plan"),
    ("QMF", "2025/26", "system deficit"): ("system", "outturn"),
}
"""Rows whose meaning is clear: whose position, and what nelfin calls it. The rest are left out."""

DEFICITS = {"outturn", "plan", "underlying"}
"""Measures in which a deficit is below nought; the others are above it."""


def positions(national: Path) -> list[Row]:
    """Take the rows that can be read in one way only; say which are left out."""
    made, meant = [], dict(MEANT)
    for row in read(national / "icb_positions_2025_27.csv"):
        icb, year, item = row["icb_code"], row["year"], row["measure"]
        if (icb, year, item) not in meant:
            print(f"positions.csv: left out {icb}, {year}, {item}, {row['value_gbp_m']}.")
            continue
        body, measure = meant.pop((icb, year, item))
        value = Decimal(row["value_gbp_m"])
        below = measure in DEFICITS and "surplus" not in item
        if (value < 0) != below:
            raise ValueError(f"{icb}, {year}, {item}: {value} has the wrong sign")
        whose, _, day = row["source"].rsplit("/", 1)[-1].removeprefix("summaries ").partition("_")
        dated = f", {date.fromisoformat(day):%-d %B %Y}" if day else ""
        made.append(
            {
                "icb": icb,
                "body": body,
                "year": year,
                "measure": measure,
                "value_gbp_m": figure(value, 3),
                "note": f"the paper says: {item.replace('DSF', 'deficit support (DSF)')}",
                "status": "published",
                "source": f"Board papers of {whose}{dated}{COPY}: a summary made by machine",
            }
        )
    if meant:
        raise ValueError(f"positions not found: {sorted(meant)}")
    return sorted(made, key=lambda row: (row["icb"], row["body"], row["year"], row["measure"]))
