"""Each fault in a table is named by file, row, column and value."""

from __future__ import annotations

from pathlib import Path

import pytest
from changed_tables import (
    PLACES,
    Fault,
    add,
    check_named,
    drop,
    embedded_copy,
    keep,
    put,
    put_where,
)

pytestmark = pytest.mark.unit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return embedded_copy(tmp_path)


BROKEN: dict[str, Fault] = {
    "place without a practice in a year": (
        "weighted_populations",
        drop(lambda row: row["place"] == "Redbridge" and row["year"] == "2024/25"),
        "weighted_populations.csv: Redbridge has no row in 2024/25: it has no practice",
        ["Join it to another place", "import-practices --places", "take its rows out"],
    ),
    "place without a component in a year": (
        "weighted_populations",
        drop(
            lambda row: (
                [row["place"], row["year"], row["component"]]
                == ["Redbridge", "2024/25", "maternity"]
            )
        ),
        "weighted_populations.csv: Redbridge has no maternity in 2024/25. Add the rows.",
        [],
    ),
    "unknown place of an opening": (
        "openings",
        put(2, place="Barking"),
        "openings.csv, row 2, column place: ",
        ['"Barking"', '"Barking and Dagenham"'],
    ),
    "unknown place of a growth share": (
        "population_shares",
        put(3, place="New ham"),
        "population_shares.csv, row 3, column place: ",
        ['"New ham"', '"Newham"'],
    ),
    "unknown place of a scheme": (
        "projects",
        put(4, place="Hackney & City"),
        "projects.csv, row 4, column place: ",
        ['"Hackney & City"'],
    ),
    "place without one of its components": (
        "weighted_populations",
        drop(lambda r: r["place"] == "Newham" and r["component"] == "maternity"),
        "weighted_populations.csv: ",
        ["Newham", "maternity", "2023/24"],
    ),
    "place missing in one year": (
        "weighted_populations",
        drop(lambda r: r["place"] == "Newham" and r["year"] == "2024/25"),
        "weighted_populations.csv: ",
        ["Newham", "2024/25"],
    ),
    "component that nobody has": (
        "weighted_populations",
        drop(lambda r: r["component"] == "final_core"),
        "scenario, allocation.streams.core.need: ",
        ['"final_core"'],
    ),
    "component that is not known": (
        "weighted_populations",
        put(2, component="registered_populaton"),
        "weighted_populations.csv, row 2, column component: ",
        ['"registered_populaton"', '"registered_population"'],
    ),
    "need of zero": (
        "weighted_populations",
        put_where(
            lambda r: (
                (r["year"], r["place"], r["component"]) == ("2023/24", "Havering", "final_core")
            ),
            weighted_population="0",
        ),
        "weighted_populations.csv, row ",
        ["column weighted_population", "Havering", "core"],
    ),
    "weighted populations that start late": (
        "weighted_populations",
        drop(lambda r: r["year"] == "2023/24"),
        "weighted_populations.csv: ",
        ["2024/25", "2023/24"],
    ),
    "stream that is not known": (
        "allocations",
        put(2, stream="core services"),
        "allocations.csv, row 2, column stream: ",
        ['"core services"', "core, "],
    ),
    "stream without an allocation": (
        "allocations",
        drop(lambda r: r["stream"] == "specialised"),
        "allocations.csv: ",
        ['"specialised"', "2023/24", "2032/33"],
    ),
    "core allocation missing in the first year": (
        "allocations",
        drop(lambda r: r["stream"] == "core" and r["year"] == "2023/24"),
        "allocations.csv",
        ["core", "2023/24"],
    ),
    "opening without one of its places": (
        "openings",
        drop(lambda r: r["opening"] == "cash-share-2018-19" and r["place"] == "Redbridge"),
        "openings.csv: ",
        ['"cash-share-2018-19"', "Redbridge"],
    ),
    "opening that mixes cash and distance": (
        "openings",
        put(2, measure="dft_pct"),
        "openings.csv, row 2, column measure: ",
        ['"cash-share-2018-19"'],
    ),
    "opening of less than no cash": (
        "openings",
        put(2, value="-287.5"),
        "openings.csv, row 2, column value: ",
        ["-287.5"],
    ),
    "opening of no cash at all": (
        "openings",
        put_where(lambda r: r["measure"] == "cash_gbp_m", value="0"),
        "openings.csv",
        ["cash-share-2018-19"],
    ),
    "opening further than all of its target below it": (
        "openings",
        put_where(lambda r: r["measure"] == "dft_pct", value="-120"),
        "openings.csv, row ",
        ["column value", "-120"],
    ),
    "growth shares above 100": (
        "population_shares",
        put(2, share_pct="60"),
        "population_shares.csv, column share_pct: ",
        ["106.6"],
    ),
    "growth shares of all places below 100": (
        "population_shares",
        lambda rows: [rows[0] | {"place": place, "share_pct": "10"} for place in PLACES],
        "population_shares.csv, column share_pct: ",
        ["70"],
    ),
    "growth that ends before it starts": (
        "population_growth",
        put(2, to_year="2022/23"),
        "population_growth.csv, row 2, column to_year: ",
        ["2022/23", "2023/24"],
    ),
    "growth of the same years twice": (
        "population_growth",
        add(from_year="2024/25", to_year="2027/28"),
        "population_growth.csv, row ",
        ["2024/25"],
    ),
    "more people leaving than there are": (
        "population_growth",
        put(2, people_added="-90000000"),
        "population_growth.csv, row 2, column people_added: ",
        ["-9"],
    ),
    "pace rule without its cap": (
        "pace_rules",
        put(2, over_cap_pct=""),
        "pace_rules.csv, row 2, column over_cap_pct: ",
        ["capped"],
    ),
    "pace rule with a cap no budget survives": (
        "pace_rules",
        put(4, over_cap_pct="200"),
        "pace_rules.csv, row 4, column over_cap_pct: ",
        ["200"],
    ),
    "two pace rules for one stream and year": (
        "pace_rules",
        add(rule="mine", form="clipped", stream="core", year="2023/24", over_cap_pct="5"),
        "pace_rules.csv, row ",
        ["core", "2023/24"],
    ),
    "programme shares below 100": (
        "prevention_programmes",
        put(2, value="29"),
        "prevention_programmes.csv, column value: ",
        ["share_of_shift_pct", "99", "100"],
    ),
    "programme shares above 100": (
        "prevention_programmes",
        put(2, value="31.5"),
        "prevention_programmes.csv, column value: ",
        ["share_of_shift_pct", "101.5", "100"],
    ),
    "programme without one of its parameters": (
        "prevention_programmes",
        lambda rows: [row for at, row in enumerate(rows) if at != 1],
        "prevention_programmes.csv: ",
        ["Community care and admission avoidance", "return_gbp_per_gbp"],
    ),
    "programme with a lag of nothing": (
        "prevention_programmes",
        put(4, value="0"),
        "prevention_programmes.csv, row 4, column value: ",
        ["is 0", "lag"],
    ),
    "programme with a percentage above 100": (
        "prevention_programmes",
        put_where(lambda r: r["parameter"] == "nhs_share_pct", value="120"),
        "prevention_programmes.csv, row ",
        ["column value", "120"],
    ),
    "unknown organisation of a capital scheme": (
        "projects",
        put(2, organisation="Bart's Health"),
        "projects.csv, row 2, column organisation: ",
        ['"Bart\'s Health"', '"Barts Health"'],
    ),
    "unknown organisation of a capital limit": (
        "capital_limits",
        lambda rows: [*rows, *(row | {"organisation": "Barts Helth"} for row in rows)],
        "capital_limits.csv, row 12, column organisation: ",
        ['"Barts Helth"', '"Barts Health"'],
    ),
    "unknown kind of building": (
        "projects",
        put(2, asset_type="newbuild"),
        "projects.csv, row 2, column asset_type: ",
        ['"newbuild"', '"new_build"'],
    ),
    "capital limits that stop early": (
        "capital_limits",
        keep(9),
        "capital_limits.csv: ",
        ["the system", "2032/33"],
    ),
    "gap in the capital limits": (
        "capital_limits",
        drop(lambda r: r["year"] in {"2026/27", "2028/29"}),
        "capital_limits.csv: ",
        ["the system", "2026/27, 2028/29"],
    ),
    "gap in the capital limits of an organisation": (
        "capital_limits",
        add(organisation="Homerton"),
        "capital_limits.csv: ",
        ["Homerton", "2023/24"],
    ),
    "column missing": (
        "projects",
        lambda rows: [{k: v for k, v in row.items() if k != "benefit"} for row in rows],
        "projects.csv, row 1: ",
        ['"benefit" is missing'],
    ),
    "text in a number": (
        "capital_limits",
        put(3, limit_gbp_m="£86k"),
        "capital_limits.csv, row 3, column limit_gbp_m: ",
        ["£86k", "Write 0.086, the figure in £m."],
    ),
    "limit below zero": (
        "capital_limits",
        put(3, limit_gbp_m="-86"),
        "capital_limits.csv, row 3, column limit_gbp_m: ",
        ["-86"],
    ),
    "repeated scheme": (
        "projects",
        put(5, project_id="P001"),
        "projects.csv, row 5, column project_id: ",
        ["repeats row 2", "P001"],
    ),
    "year that is no year": (
        "uplift_factors",
        put(2, year="2023"),
        "uplift_factors.csv, row 2, column year: ",
        ['"2023"'],
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_in_a_table_is_named_where_it_stands(folder: Path, fault: str) -> None:
    check_named(folder, BROKEN[fault])
