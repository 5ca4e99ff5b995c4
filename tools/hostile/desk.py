"""A small sound desk to break: a scenario of three places and 20 schemes, and tables of their own.

It is cut from the embedded dataset, and tables that are empty there get a few rows, so that each
input table has something to break.
"""

from __future__ import annotations

import csv
from pathlib import Path

from nelfin.data.specs import TABLES
from nelfin.scenario import load_scenario

Rows = list[list[str]]

PLACES = ("City and Hackney", "Newham", "Tower Hamlets")
YEARS = ("2023/24", "2024/25", "2025/26", "2026/27")
SCHEMES = ("P003", "P004", "P008", "P010", "P012", "P013", "P014", "P015", "P017", "P018", "P020",
           "P022", "P026", "P027", "P028", "P034", "P035", "P036", "P037", "P040")  # fmt: skip

ADDED: dict[str, Rows] = {
    "ring_fences": [["core", "Sickle cell", year, "5", "", "given", ""] for year in YEARS]
    + [["core", "Better care", "2025/26", "40", "registered_population", "given", ""]],
    "capital_rules": [
        ["category_floor", "Mental health", "", "2", "", "given", ""],
        ["category_cap", "Acute reconfiguration", "2025/26", "60", "", "given", ""],
        ["place_floor", "Newham", "", "1", "", "given", ""],
    ],
    "spend_by_setting": [[place, "Home", "yes", "20", "given", ""] for place in PLACES]
    + [[place, "Ward", "no", "80", "given", ""] for place in PLACES],
    "activity_plans": [["Barts Health", "2026/27", "2", "given", ""]],
    "equity_floors": [
        ["Newham", "", "10", "", "given", ""],
        ["Newham", "2026/27", "", "1", "given", ""],
    ],
    "organisation_places": [
        ["Homerton", PLACES[0], "90", "given", ""],
        ["Barts Health", PLACES[1], "40", "given", ""],
        ["Barts Health", PLACES[2], "50", "given", ""],
    ],
}
"""Rows for tables that hold none in the embedded dataset."""

SMALL = """extends = "nel"
name = "A small desk"

[years]
first = "2023/24"
last = "2026/27"

[capital]
gap_pct = 1
time_limit_s = 5

[recovery]
efficiency_pct = {{ value = 4.0, low = 3.0, high = 5.0, status = "assumption", source = "Made up" }}

[allocation.streams.core]
need = "final_core"
opening = "opening.csv"
rule = "national"

[data]
{tables}
"""

OWN: dict[str, Rows] = {
    "opening": [["place", "value"], *([place, str(300 + at)] for at, place in enumerate(PLACES))],
    "converge": [
        ["id", "baseline", "growth", "target", "restricted_share", "population_growth"],
        ["A", "100.5", "0.05", "98.2", "1", "0.01"],
        ["B", "250.25", "0.05", "260", "0.65", "0.02"],
        ["C", "75", "0.04", "75", "", ""],
    ],
    "limits": [["year", "limit_gbp_m", "organisation"]]
    + [[year, "30", ""] for year in YEARS]
    + [[year, "12", "Barts Health"] for year in YEARS],
    "rules": [["rule", "name", "year", "amount_gbp_m"], ["category_floor", "Mental health", "",
               "2"]],
    "map": [["local_authority", "place"], ["Northtown", "North"], ["Southtown", "South"]],
    "core_sheet": [
        ["ICB code", "System name", "2025/26 Adjusted recurrent baseline (£k)",
         "2026/27 Base growth (%)", "2026/27 Convergence (%)", "2026/27 Recurrent allocation (£k)"],
        ["QAA", "NHS Ambridge ICB", "1000000", "3.0%", "-0.5%", "1024850"],
        ["QBB", "NHS Borchester ICB", "3000000", "0.03", "0.005", "3,105,450"],
        ["Total", "ENGLAND", "4000000", "", "", "4130300"],
    ],
    "capital_by_year": [
        ["code", "organisation", "icb", "2026/27 £k", "2027/28 £k"],
        ["RA1", "Ambridge NHS Trust", "QAA", "40000", "40000"],
        ["RA2", "Penny Hassett, NHS FT", "QAA", "12500", "13000"],
        ["RB1", "Borchester NHS Trust", "QBB", "30000", "30000"],
    ],
    "capital_rows": [
        ["code", "organisation", "year", "amount_gbp_m"],
        *(["RA1", "Ambridge NHS Trust", year, "40.5"] for year in YEARS),
        *(["RA2", "Penny Hassett, NHS FT", year, "12"] for year in YEARS),
    ],
    "board_paper": [
        ["organisation", "year", "month", "plan_gbp_m", "actual_gbp_m", "savings_plan_gbp_m"],
        ["system", "2025/26", "", "0", "(13.8)", "60"],
        ["Ambridge", "2025/26", "5", "-2.5", "-4.1", "10"],
        ["Ambridge", "2025/26", "", "-6", "", "26"],
    ],
}  # fmt: skip
"""Tables that no scenario names: an opening position, and the inputs of seven commands."""

PRACTICES = [
    ["Practice_Code", "GP_Practice_Name", "PCN_Code", "ICB", "LADname", "Registered Patients",
     "G&A WP", "CS WP", "MH WP", "Mat WP", "Prescr WP", "Health Ineq WP", "Primary Medical Care WP",
     "Core WP", "Final PMC WP"],
    *([f"A{n}", f"Dr {n}, and partners", f"U{n % 3}", "QAA", "Northtown" if n % 2 else "Southtown",
       *(f" {100 * n + 7 * k}.5 " for k in range(10))] for n in range(1, 9)),
]  # fmt: skip


def rows_of(file: Path) -> Rows:
    """Return the rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


def sound_tables() -> dict[str, Rows]:
    """Return the rows of every sound table, by the name of its file."""
    packaged = load_scenario().data
    tables = {name: _cut(name, rows_of(getattr(packaged, name))) for name in TABLES}
    schemes = tables["projects"]
    return tables | OWN | {"practices": PRACTICES, "schemes": schemes}


def _cut(name: str, rows: Rows) -> Rows:
    """Keep the places and schemes of the desk, and shorten the texts of sources."""
    heads, *body = rows
    keep = [*body, *ADDED.get(name, [])]
    if "place" in heads and name != "projects":
        at = heads.index("place")
        keep = [row for row in keep if row[at] in {*PLACES, "", "whole system"}]
    if name == "projects":
        keep = [row for row in keep if row[0] in SCHEMES]
        late = heads.index("latest_start")
        keep = [[*row[:late], "", *row[late + 1 :]] for row in keep]
    if name == "initiatives":
        keep = _of_the_places(heads, keep)
    if name == "population_shares":  # the third place shares the rest
        keep = keep[:2]
    if name == "capital_limits":
        keep = keep[:4]
    if "source" in heads:
        at = heads.index("source")
        keep = [[cell[:20] if n == at else cell for n, cell in enumerate(row)] for row in keep]
    return [heads, *keep]


def _of_the_places(heads: list[str], initiatives: Rows) -> Rows:
    """Keep initiatives of the places of the desk, with their links to each other."""
    ids, places = heads.index("initiative_id"), heads.index("places")
    keep = [row for row in initiatives if {*_parts(row[places])} <= {*PLACES}]
    kept = {row[ids] for row in keep}
    for row in keep:
        for at in (heads.index("requires"), heads.index("excludes")):
            row[at] = "; ".join(name for name in _parts(row[at]) if name in kept)
    return keep


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def write_rows(rows: Rows, file: Path) -> None:
    """Write rows as CSV."""
    with file.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)


def scenario_text(ending: str = "{}.csv") -> str:
    """Return the scenario of the desk; `ending` says how each table is named."""
    return SMALL.format(tables="\n".join(f'{name} = "{ending.format(name)}"' for name in TABLES))


def lay_out(folder: Path) -> Path:
    """Write the sound desk to a folder, and return it."""
    for name, rows in sound_tables().items():
        write_rows(rows, folder / f"{name}.csv")
    (folder / "scenario.toml").write_text(scenario_text(), encoding="utf-8")
    return folder
