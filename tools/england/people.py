"""Tables of people: weighted populations by local authority, and projections by age."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from england.tables import COPY, Row, figure, read

COMPONENTS = {
    "registered_population": "Population",
    "general_and_acute": "G&A WP",
    "community": "CS WP",
    "mental_health": "MH WP",
    "maternity": "Mat WP",
    "prescribing": "Prescr WP",
    "health_inequalities": "Health Ineq WP",
    "primary_medical_need": "Primary Medical Care WP",
    "final_core": "Final WP",
    "final_primary_medical": "Final PMC WP",
}
"""What nelfin calls the components, and the headings of the practice files."""

FORMER = {"Population": "pop 2022/23", "ICB": "ICS22", "LTLA": "LTLA21"}
"""Headings of the files before 2025/26; "pop 2022/23" stayed where the year did not."""

AGES = ("0-19", "20-64", "65-74", "75-84", "85+")


def practices(shared: Path) -> dict[str, list[Row]]:
    """Read the practice files of four years, with the headings of the latest. Files name years."""
    source = shared / "national" / "source"
    files = {
        f"{year.replace('_', '/')}": source / f"practice_weighted_populations_{year}.csv"
        for year in ("2022_23", "2023_24", "2024_25")
    }
    files["2025/26"] = shared / "nhse_practice_weighted_populations_2025_26.csv"
    return {
        year: [
            {**row, **{new: row[old] for new, old in FORMER.items() if old in row}}
            for row in read(file)
        ]
        for year, file in files.items()
    }


def weighted_populations(files: dict[str, list[Row]]) -> list[Row]:
    """Sum the practices of each year to the local authorities (lower tier) of each system."""
    made = []
    for year, rows in files.items():
        sums: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        blank: dict[tuple[str, str], int] = defaultdict(int)
        for row in rows:
            key = (row["ICB"].strip(), row["LTLA"].strip())
            if not all(key):
                raise ValueError(f"{year}: {row['Practice_Code']} has no ICB or local authority")
            sums[key]["practices"] += 1
            for name, heading in COMPONENTS.items():
                text = row[heading].strip()
                if not text and (name, year) == ("maternity", "2022/23"):
                    blank[key] += 1
                    text = "0"
                sums[key][name] += Decimal(text)
        for (icb, authority), total in sorted(sums.items()):
            source = (
                f"NHS England practice file {year} (OGL v3), summed by district of the practice"
            )
            if count := blank[icb, authority]:
                source += f"; blank maternity of {count} of its practices counted as 0"
            made.append(
                {
                    "year": year,
                    "icb": icb,
                    "local_authority": authority,
                    "practices": str(total["practices"]),
                    **{name: figure(total[name], 4) for name in COMPONENTS},
                    "status": "derived",
                    "source": source,
                }
            )
    return made


def population_projections(national: Path) -> list[Row]:
    """Give the projected people of each system by age, by calendar year."""
    made = []
    for row in read(national / "population_projections_icb.csv"):
        people = [int(row[age]) for age in AGES]
        if sum(people) != int(row["total"]):
            raise ValueError(f"{row['icb_code']}, {row['year']}: the ages do not add up")
        made.append(
            {
                "icb": row["icb_code"],
                "year": row["year"],
                "people": row["total"],
                **{"age_" + age.replace("-", "_").replace("+", "_plus"): row[age] for age in AGES},
                "status": "published",
                "source": "ONS 2022-based population projections (OGL v3), sub-ICB areas and ages "
                "summed" + COPY,
            }
        )
    return sorted(made, key=lambda row: (row["icb"], row["year"]))
