"""The tables of a scenario together, its settings beside them, and what is refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from changed_tables import (
    PLACES,
    Row,
    add,
    drop,
    edit,
    embedded_copy,
    keep,
    load,
    problems_of,
    put,
    put_where,
)

import nelfin
from nelfin.allocations import allocate
from nelfin.data import TABLES, Inputs, load_inputs
from nelfin.data.specs import COMPONENTS
from nelfin.errors import InputError
from nelfin.scenario import load_scenario

pytestmark = pytest.mark.unit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return embedded_copy(tmp_path)


def test_the_embedded_tables_fit_each_other(inputs: Inputs) -> None:
    assert inputs.places() == list(PLACES)
    assert set(inputs.tables()) == set(TABLES)
    empty = {name for name, frame in inputs.tables().items() if frame.empty}
    assert empty == {
        "ring_fences",
        "spend_by_setting",
        "capital_rules",
        "capital_resources",
        "capital_groups",
        "capital_futures",
        "plan_in_force",
        "organisation_places",
        "activity_plans",
    }  # no figure of them is published


def test_a_copy_of_the_embedded_tables_is_accepted(folder: Path) -> None:
    assert load(folder).places() == list(PLACES)


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
    "convergence of a stream that is not known": (
        "envelope.convergence_pct.cor=-0.5",
        "scenario, envelope.convergence_pct: ",
        ['"cor"', '"core"'],
    ),
    "distance of a stream that is not known": (
        "envelope.distance_from_target_pct.cor=-2",
        "scenario, envelope.distance_from_target_pct: ",
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
        ["has no underlying position of the whole system for 2023/24."],
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
        for component, value in zip(COMPONENTS, range(10**6, 10**6 + 10), strict=True)
    ]
    file = folder / "other.csv"
    file.write_text("year,place,component,weighted_population\n" + "\n".join(rows) + "\n")
    keys = {"data.weighted_populations": str(file), "years.last": "2025/26"}
    with pytest.raises(InputError) as refused:
        load_inputs(nelfin.load_scenario(overrides=keys))
    wheres = [p.where for p in refused.value.problems if "data." in p.where]
    assert len(wheres) == len(set(wheres)) > 10
    assert not [p for p in refused.value.problems if "none of the places" in p.what]
    # a part of North East London, so says the plan
    keys["icb"] = "QMF"
    with pytest.raises(InputError) as caught:
        load_inputs(nelfin.load_scenario(overrides=keys))
    places = [p for p in caught.value.problems if "none of the places" in p.what]
    tables = (
        "openings", "population_shares", "public_health_grants", "projects", "deprivation",
        "appointments",
    )  # fmt: skip
    own = ", the table that comes with nelfin"
    assert [p.where for p in places] == [f"scenario, data.{name}{own}" for name in tables]
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


def test_a_table_is_read_anew_when_its_file_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "pressures.csv"
    head = "driver,organisation,year,cost_gbp_m\n"
    scenario = nelfin.load_scenario(overrides={"data.pressures": str(file)})
    found = []
    for cost in ("1", "2", "2"):
        file.write_text(f"{head}Drugs,NEL ICB,2026/27,{cost}\n", encoding="utf-8")
        inputs = load_inputs(scenario)
        found.append(float(inputs.pressures["cost_gbp_m"].iloc[0]))
        # what is written to a table stays with it
        inputs.pressures.loc[:, "cost_gbp_m"] = -9.0
    assert found == [1.0, 2.0, 2.0]
    file.unlink()
    with pytest.raises(InputError, match="does not exist"):
        load_inputs(scenario)


def test_place_budgets_do_without_what_only_the_models_need(tmp_path: Path, inputs: Inputs) -> None:
    table = inputs.allocations.copy()
    table.loc[table["stream"] == "core", "baseline_gbp_m"] = float("nan")
    table.to_csv(tmp_path / "allocations.csv", index=False)
    mine = load_scenario(overrides={"data.allocations": str(tmp_path / "allocations.csv")})
    budgets = allocate(mine, load_inputs(mine, models=False))["budget"].sel(stream="core")
    assert float(budgets.sum("place").sel(year="2025/26")) == pytest.approx(4132.727)
    with pytest.raises(InputError, match="income growth is measured on it"):
        load_inputs(mine)
