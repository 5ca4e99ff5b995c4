"""The tables of a scenario together: each fault is named by file, row, column and value."""

from __future__ import annotations

import csv
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tomli_w

import nelfin
from nelfin.allocations import allocate
from nelfin.data import TABLES, Inputs, load_inputs
from nelfin.data.specs import COMPONENTS
from nelfin.errors import InputError
from nelfin.scenario import load_scenario
from nelfin.scenario.load import packaged_folder

pytestmark = pytest.mark.unit

Row = dict[str, str]
Change = Callable[[list[Row]], list[Row]]

PLACES = (
    "Barking and Dagenham",
    "City and Hackney",
    "Havering",
    "Newham",
    "Redbridge",
    "Tower Hamlets",
    "Waltham Forest",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the embedded dataset with six of its schemes, which is quicker to read."""
    copy = tmp_path / "mine"
    shutil.copytree(packaged_folder(), copy)
    edit(copy, "projects", lambda rows: rows[:6])
    return copy


def edit(folder: Path, table: str, change: Change) -> None:
    """Change the rows of a table on disk."""
    file = folder / f"{table}.csv"
    with file.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = change(list(reader))
        headings = list(rows[0]) if rows else list(reader.fieldnames or ())
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, headings, restval="")
        writer.writeheader()
        writer.writerows(rows)


def load(folder: Path, overrides: list[str] | None = None) -> Inputs:
    return load_inputs(load_scenario(folder / "scenario.toml", overrides))


def problems_of(folder: Path, overrides: list[str] | None = None) -> list[str]:
    """Return what is wrong with a dataset, without the folder it stands in."""
    with pytest.raises(InputError) as caught:
        load(folder, overrides)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def put(at: int, **cells: str) -> Change:
    """Set cells of the row a spreadsheet shows as number `at`."""

    def change(rows: list[Row]) -> list[Row]:
        rows[at - 2].update(cells)
        return rows

    return change


def put_where(test: Callable[[Row], bool], **cells: str) -> Change:
    return lambda rows: [row | cells if test(row) else row for row in rows]


def drop(test: Callable[[Row], bool]) -> Change:
    return lambda rows: [row for row in rows if not test(row)]


def add(**cells: str) -> Change:
    """Add a copy of the last row with some cells changed."""
    return lambda rows: [*rows, rows[-1] | cells]


def keep(count: int) -> Change:
    return lambda rows: rows[:count]


def test_the_embedded_tables_fit_each_other(inputs: Inputs) -> None:
    assert inputs.places() == list(PLACES)
    assert set(inputs.tables()) == set(TABLES)
    empty = {name for name, frame in inputs.tables().items() if frame.empty}
    assert empty == {
        "ring_fences",
        "spend_by_setting",
        "capital_rules",
        "organisation_places",
    }  # no figure of them is published


def test_a_copy_of_the_embedded_tables_is_accepted(folder: Path) -> None:
    assert load(folder).places() == list(PLACES)


# table, change, where the problem is, what it must say
BROKEN: dict[str, tuple[str, Change, str, list[str]]] = {
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
    "no ICB": (
        "organisations",
        drop(lambda r: r["kind"] == "icb"),
        "organisations.csv, column kind: ",
        ["0 ICBs", "5 trusts"],
    ),
    "two ICBs": (
        "organisations",
        put(2, kind="icb"),
        "organisations.csv, column kind: ",
        ["2 ICBs", "4 trusts"],
    ),
    "turnovers of nothing": (
        "organisations",
        put_where(lambda _: True, turnover_gbp_m="0"),
        "organisations.csv, column turnover_gbp_m: ",
        ["0"],
    ),
    "trusts with a turnover of nothing": (
        "organisations",
        put_where(lambda r: r["kind"] == "trust", turnover_gbp_m="0"),
        "organisations.csv, column turnover_gbp_m: ",
        ["0"],
    ),
    "unknown organisation of an efficiency scheme": (
        "efficiency_schemes",
        put(4, organisation="NEL"),
        "efficiency_schemes.csv, row 4, column organisation: ",
        ['"NEL"'],
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
    "no opening position of the system": (
        "positions",
        put(2, year="2022/23"),
        "positions.csv: ",
        ["opening_underlying", "2023/24"],
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
        put(3, limit_gbp_m="£86m"),
        "capital_limits.csv, row 3, column limit_gbp_m: ",
        ["£86m"],
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
    "no rows": ("positions", lambda _: [], "positions.csv: ", ["holds no rows"]),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_in_a_table_is_named_where_it_stands(folder: Path, fault: str) -> None:
    table, change, where, says = BROKEN[fault]
    edit(folder, table, change)
    problems = problems_of(folder)
    fitting = [
        problem
        for problem in problems
        if problem.startswith(where) and all(word in problem for word in says)
    ]
    assert fitting, problems


SETTINGS: dict[str, tuple[str, str, list[str]]] = {
    "need": (
        "allocation.streams.core.need=final_cor",
        "scenario, allocation.streams.core.need: ",
        ['"final_cor"', '"final_core"'],
    ),
    "rule": (
        "allocation.streams.core.rule=nhse-core-2023/24",
        "scenario, allocation.streams.core.rule: ",
        ['"nhse-core-2023/24"', '"nhse-core-2023-24"'],
    ),
    "national rule for a stream that has none": (
        "allocation.streams.other_primary_care.rule=national",
        "scenario, allocation.streams.other_primary_care.rule: ",
        ["national"],
    ),
    "opening": (
        "allocation.streams.core.opening=cash-share-2019-20",
        "scenario, allocation.streams.core.opening: ",
        ['"cash-share-2019-20"', '"cash-share-2018-19"'],
    ),
    "growth of a stream that is not known": (
        "envelope.growth_pct.cor=3",
        "scenario, envelope.growth_pct: ",
        ['"cor"', '"core"'],
    ),
    "stream without growth": (
        "allocation.streams.vaccines.need=community",
        "scenario, envelope.growth_pct.vaccines: ",
        ["is missing"],
    ),
    "base of prevention": (
        'prevention.share_of=["core", "primary_care"]',
        "scenario, prevention.share_of: ",
        ['"primary_care"'],
    ),
    "shift that starts before the plan": (
        "prevention.start_year=2022/23",
        "scenario, prevention.start_year: ",
        ["2022/23", "2023/24"],
    ),
    "plan total below the published streams": (
        "envelope.plan_total_gbp_m=4000",
        "scenario, envelope.plan_total_gbp_m: ",
        ["4,000"],
    ),
    "plan that outlasts the capital limits": (
        "years.last=2034/35",
        "capital_limits.csv: ",
        ["2033/34, 2034/35"],
    ),
    "plan that starts before the weighted populations": (
        "years.first=2020/21",
        "weighted_populations.csv: ",
        ["2023/24", "2020/21"],
    ),
    "plan that starts without an opening position": (
        "years.first=2024/25",
        "positions.csv: ",
        ["opening_underlying", "2024/25"],
    ),
    "table that is not there": ("data.projects=gone.csv", "", ["gone.csv", "does not exist"]),
    "table that is another one": (
        "data.projects=nel:openings.csv",
        "",
        ["openings.csv, row 1", '"project_id" is missing'],
    ),
}


@pytest.mark.parametrize("fault", SETTINGS)
def test_a_setting_that_does_not_fit_the_tables_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.chdir(folder)
    text, where, says = SETTINGS[fault]
    problems = problems_of(folder, [text])
    fitting = [
        problem
        for problem in problems
        if problem.startswith(where) and all(word in problem for word in says)
    ]
    assert fitting, problems


@pytest.mark.parametrize("baseline", ["", "0", None], ids=["blank", "zero", "no column"])
def test_a_first_year_without_a_baseline_is_refused_or_run_but_never_gives_nothing(
    folder: Path, baseline: str | None
) -> None:
    # the column is optional, and growth on it is the organisations' income growth
    def change(rows: list[Row]) -> list[Row]:
        if baseline is None:
            return [{k: v for k, v in row.items() if k != "baseline_gbp_m"} for row in rows]
        return put(2, baseline_gbp_m=baseline)(rows)

    edit(folder, "allocations", change)
    scenario = load_scenario(folder / "scenario.toml")
    try:
        reported = nelfin.run(scenario).data["system_reported"].to_numpy()
    except InputError as error:
        outcome = str(error)
    else:
        outcome = "figures" if np.isfinite(reported).all() else "no figures"
    assert outcome == "figures" or "baseline_gbp_m" in outcome


@pytest.mark.parametrize("change", ["gone", "zero"])
def test_registered_population_is_needed_whatever_the_streams_are_shared_by(
    folder: Path, change: str
) -> None:
    # population, need a head and growth all rest on it
    def is_people(row: Row) -> bool:
        return row["component"] == "registered_population"

    zero = put_where(is_people, weighted_population="0")
    edit(folder, "weighted_populations", drop(is_people) if change == "gone" else zero)
    setting = ["allocation.streams.other_primary_care.need=general_and_acute"]
    assert any(
        "weighted_populations.csv" in problem and "registered_population" in problem
        for problem in problems_of(folder, setting)
    )


@pytest.mark.parametrize("people", ["-200", "-250000"])
def test_a_system_may_lose_people(folder: Path, people: str) -> None:
    # some 2.4 million are registered; the whole-system row of people without a place is small
    edit(folder, "population_growth", put(2, people_added=people))
    assert load(folder).population_growth.loc[2, "people_added"] == float(people)


def test_a_scenario_without_streams_is_refused(folder: Path) -> None:
    content = tomllib.loads((folder / "scenario.toml").read_text(encoding="utf-8"))
    content["allocation"]["streams"] = {}
    (folder / "scenario.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
    assert any("allocation.streams" in problem for problem in problems_of(folder))


def test_a_stream_may_not_take_the_name_of_the_balancing_line(folder: Path) -> None:
    edit(folder, "allocations", add(stream="other", year="2023/24", allocation_gbp_m="1"))
    problems = problems_of(
        folder, ['allocation.streams.other.need=""', "envelope.growth_pct.other=1"]
    )
    assert any("allocation.streams.other" in problem for problem in problems)


def test_the_problems_of_every_table_are_reported_in_one_go(folder: Path) -> None:
    edit(folder, "projects", put(2, benefit="high"))
    edit(folder, "capital_limits", put(2, year="2023"))
    edit(folder, "openings", put(2, value=""))
    (folder / "positions.csv").unlink()
    problems = problems_of(folder)
    assert {problem.partition(":")[0].partition(",")[0] for problem in problems} == {
        "projects.csv",
        "capital_limits.csv",
        "openings.csv",
        "positions.csv",
    }


def test_the_ways_tables_do_not_fit_are_reported_in_one_go(folder: Path) -> None:
    edit(folder, "projects", put(2, organisation="Barts", place="Hackney"))
    edit(folder, "prevention_programmes", put(2, value="29"))
    edit(folder, "capital_limits", keep(9))
    problems = problems_of(folder, ["allocation.streams.core.rule=x"])
    assert len(problems) == 5


def test_places_keep_the_order_of_the_weighted_populations(folder: Path) -> None:
    edit(folder, "weighted_populations", lambda rows: rows[::-1])
    assert load(folder).places() == list(PLACES)[::-1]


def test_a_file_may_be_named_by_a_path_with_spaces_and_letters_of_any_kind(folder: Path) -> None:
    moved = folder.with_name("Finance (draft) \N{POUND SIGN} \N{LATIN SMALL LETTER E WITH ACUTE}")
    folder.rename(moved)
    assert load(moved).places() == list(PLACES)


def test_tables_of_another_system_are_told_once_each_and_may_be_left_out(folder: Path) -> None:
    rows = [
        f"2023/24,{place},{component},{value}"
        for place in ("Croydon", "Sutton")
        for component, value in zip(COMPONENTS, range(100, 110), strict=True)
    ]
    file = folder / "other.csv"
    file.write_text("year,place,component,weighted_population\n" + "\n".join(rows) + "\n")
    keys = {"data.weighted_populations": str(file), "years.last": "2025/26"}
    with pytest.raises(InputError) as caught:
        load_inputs(nelfin.load_scenario(overrides=keys))
    places = [p for p in caught.value.problems if "none of the places" in p.what]
    tables = ("openings", "population_shares", "public_health_grants", "projects", "deprivation")
    assert [Path(p.where).stem for p in places] == list(tables)
    assert 'set data.openings to ""' in places[0].remedy
    assert places[3].remedy == "Give a table of your own."
    left_out = {f"data.{name}": "" for name in (*tables[:3], "population_growth", "area_costs")}
    on_target = {"allocation.streams.core.opening": "on-target"}
    loaded = nelfin.load_scenario(overrides=keys | left_out | on_target)
    data = allocate(loaded, load_inputs(loaded, models=False))
    assert list(data["place"].values) == ["Croydon", "Sutton"]
    assert "public_health_grant" not in data


def test_a_table_that_must_be_there_cannot_be_left_out() -> None:
    with pytest.raises(InputError, match="this table cannot be left out"):
        nelfin.load_scenario(overrides={"data.allocations": ""})
