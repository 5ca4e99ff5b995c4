"""The workbook recalculated: formulas come to the run's figures, and follow what is changed."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
from workbooks import (
    LATER,
    LIMITS,
    PLACES,
    SHEET,
    YEAR,
    Cells,
    cells,
    changes,
    counting,
    figures,
    parts,
    programme,
    row_of,
    with_cells,
)

import nelfin
from nelfin.data import load_inputs
from nelfin.report.workbook import write_comparison_workbook, write_input_workbook
from nelfin.result import Result
from nelfin.scenario import Scenario
from nelfin.system.compare import compare

pytestmark = pytest.mark.e2e

RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""
"""Settings of LibreOffice: work out every formula when a workbook is opened."""

BOOKS = ("report", "nasty", "changed", "compared", "inputs")


def moved_run(result: Result) -> Result:
    """Return the run as if its system reported £3m more in one year, under a hostile name."""
    data = result.data.copy()
    reported = data["system_reported"].copy()
    reported[YEAR] += 3.0
    tables = {name: result.table(name) for name in result.tables}
    about = result.provenance
    return Result("=A1", data.assign(system_reported=reported), tables, result.scenario_toml, about)


@pytest.fixture(scope="module")
def reopened(
    run_folder: Path,
    result: Result,
    nasty: tuple[Result, Path],
    scenario: Scenario,
    libreoffice: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, tuple[Path, Path]]:
    """Open workbooks in LibreOffice, which recalculates them, and save them again: one start."""
    folder = tmp_path_factory.mktemp("books")
    again, profile = folder / "again", folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
    files = {name: folder / f"{name}.xlsx" for name in BOOKS}
    files["report"].write_bytes((run_folder / "report.xlsx").read_bytes())
    files["nasty"].write_bytes(nasty[1].read_bytes())
    with_cells(files["report"], files["changed"], changes(cells(files["report"])))
    write_input_workbook(scenario, files["inputs"])
    write_comparison_workbook(compare(result, moved_run(result)), files["compared"])
    done = subprocess.run(
        [
            libreoffice, "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}",
            "--convert-to", "xlsx", "--outdir", str(again), *map(str, files.values()),
        ],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {name: (file, again / file.name) for name, file in files.items()}


def same(one: object, other: object) -> bool:
    """Say whether two cells agree; money is in £m, so this is far below a penny."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-11, abs_tol=1e-10)
    return one == other


def assert_same_cells(before: Cells, after: Cells) -> None:
    assert list(after) == list(before)
    for name, rows in before.items():
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                there = at < len(after[name]) and column < len(after[name][at])
                found = after[name][at][column] if there else ""
                assert same(value, found), (name, at, column, value, found)


def silent(sheets: Cells) -> Cells:
    """Return cells without the bell, which cannot be seen, and which LibreOffice drops."""

    def without_bell(value: object) -> object:
        return value.replace("\x07", "") if isinstance(value, str) else value

    return {name: [[without_bell(v) for v in row] for row in rows] for name, rows in sheets.items()}


@pytest.mark.parametrize("name", ["report", "nasty"])
def test_every_formula_comes_to_what_stands_in_its_cell(
    name: str, reopened: Mapping[str, tuple[Path, Path]]
) -> None:
    before, after = (silent(cells(file)) for file in reopened[name])
    assert_same_cells(before, after)
    counts = [
        [
            text.count("<f>") + text.count("<f ")
            for part, text in parts(file).items()
            if SHEET in part
        ]
        for file in reopened[name]
    ]
    assert sum(counts[0]) == sum(counts[1]) > 3000
    shown = [value for rows in after.values() for row in rows for value in row]
    assert not [value for value in shown if value in ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!")]
    assert "Every figure agrees with the run, to the penny." in {row[0] for row in after["Summary"]}


def test_libreoffice_keeps_charts_and_tables(
    result: Result, reopened: Mapping[str, tuple[Path, Path]]
) -> None:
    again = parts(reopened["report"][1])
    assert len([name for name in again if name.startswith("xl/charts/chart")]) == 8
    tables = [name for name in again if name.startswith("xl/tables/")]
    assert len(tables) == len(result.tables) + 2


def test_bridges_are_those_of_the_run(
    result: Result, reopened: Mapping[str, tuple[Path, Path]]
) -> None:
    book, bridge = cells(reopened["report"][1]), result.data["recovery_bridge"]
    count, penny = bridge.sizes["year"], 1e-8
    whole = bridge.sum("organisation").expand_dims(organisation=["System"])
    for name, of in [(str(body), bridge) for body in bridge["organisation"].values] + [
        ("System", whole)
    ]:
        steps = of.sel(organisation=name)
        for step in map(str, steps["step"].values):
            words = {
                "opening underlying": "Opening underlying position",
                "closing underlying": "Closing underlying position",
                "reported": "Reported position",
            }.get(step, step.capitalize())
            found = figures(book[name], words, count)
            assert found == pytest.approx(steps.sel(step=step).to_numpy(), abs=penny), (name, step)
        summed = np.cumsum(steps.sel(step="income growth").to_numpy())
        found = figures(book[name], "Income growth", count, block=1)
        assert found == pytest.approx(summed, abs=penny)
    data = result.data
    for words, variable in (
        ("Underlying", "system_underlying"),
        ("Reported", "system_reported"),
    ):
        found = figures(book["Summary"], words, count)
        assert found == pytest.approx(data[variable].to_numpy(), abs=penny)
    found = figures(book["System"], "Underlying, doing nothing", count)
    assert found == pytest.approx(data["system_do_nothing"].to_numpy(), abs=penny)


def test_budgets_are_those_of_the_run(
    result: Result, reopened: Mapping[str, tuple[Path, Path]]
) -> None:
    book, data = cells(reopened["report"][1]), result.data
    budget, target = (data[name].sum("stream") for name in ("budget", "target"))
    count = data.sizes["year"]
    for place in PLACES:
        own = budget.sel(place=place).to_numpy()
        heads = data["population"].sel(place=place).to_numpy()
        sheet = book[place]
        for words, expected in (
            ("Budget of the year", own),
            ("Budget a head, £", own * 1e6 / heads),
        ):
            assert figures(sheet, words, count) == pytest.approx(expected, rel=1e-12)
        streams = [figures(sheet, "All streams", count, block) for block in range(3)]
        targets = target.sel(place=place).to_numpy()
        for found, expected in zip(streams, (own, targets, own / targets - 1), strict=True):
            assert found == pytest.approx(expected, rel=1e-11)
        change = data["budget_change"].sel(place=place).sum("stream")
        for part, words in (
            ("need", "Need: the weighted population moved"),
            ("pace", "Pace of change towards target"),
        ):
            expected = change.sel(change=part).to_numpy()
            assert figures(sheet, words, count) == pytest.approx(expected, abs=1e-8)
    found = figures(book["What moved"], "Budget of the year", count)
    assert found == pytest.approx(budget.sum("place").to_numpy(), rel=1e-12)


@pytest.mark.parametrize("name", ["report", "nasty"])
def test_limits_are_those_of_the_run(
    name: str, result: Result, nasty: tuple[Result, Path], reopened: Mapping[str, tuple[Path, Path]]
) -> None:
    found = nasty[0] if name == "nasty" else result
    sheet = cells(reopened[name][1])["Capital"]
    limits = found.table("limits")
    owners = [""] if name == "report" else ["", *LIMITS]
    assert sorted(set(limits["organisation"])) == sorted(owners)
    for block, owner in enumerate(owners):
        own = limits[limits["organisation"] == owner]
        used = own["used_gbp_m"].to_numpy()
        for words, expected in (("Used", used), ("Left", own["slack_gbp_m"].to_numpy())):
            assert figures(sheet, words, len(own), block) == pytest.approx(expected, abs=1e-8)
        if owner:
            whole = row_of(sheet, owner, 1)
            assert sheet[whole][1 : 1 + len(own)] == pytest.approx(used, abs=1e-8)
    if name == "nasty":
        assert max(figures(sheet, "Carried over from last year", 10)) > 0


def test_what_is_changed_moves_body_system_and_the_years_after(
    reopened: Mapping[str, tuple[Path, Path]],
) -> None:
    before, after = cells(reopened["report"][1]), cells(reopened["changed"][1])
    from_year = np.where(np.arange(10) >= YEAR, 7.0, 0.0)
    later = np.where(np.arange(10) == LATER, 5.0, 0.0)

    def moved(sheet: str, words: str, block: int = 0) -> list[float]:
        old, new = (figures(book[sheet], words, 10, block) for book in (before, after))
        return [there - here for here, there in zip(old, new, strict=True)]

    for name in ("BHRUT", "System"):
        for words, expected in (
            ("Closing underlying position", from_year),
            ("Reported position", from_year + later),
        ):
            for block in (0, -1) if words.startswith("Reported") else (0, 1):
                assert moved(name, words, block) == pytest.approx(expected, abs=1e-9), name
        assert moved(name, "Difference", 0) == pytest.approx(from_year, abs=1e-8)
        assert moved(name, "Difference from the bridge year by year") == pytest.approx([0.0] * 10)
    assert moved("Homerton", "Reported position") == pytest.approx([0.0] * 10)
    for sheet, words in (
        ("Summary", "Reported"),
        ("Summary", "BHRUT"),
        ("Charts", "Reported"),
        ("Bodies", "BHRUT"),
        ("Bodies", "System"),
    ):
        assert moved(sheet, words) == pytest.approx(from_year + later, abs=1e-9)
    assert moved("Summary", "Underlying") == pytest.approx(from_year, abs=1e-9)
    assert any(str(row[0]).startswith("Cells were changed") for row in after["Summary"])


def test_what_moved_a_budget_moves_place_and_all_places(
    reopened: Mapping[str, tuple[Path, Path]],
) -> None:
    before, after = cells(reopened["report"][1]), cells(reopened["changed"][1])
    expected = np.where(np.arange(10) >= YEAR, 2.0, 0.0)
    for sheet in ("Newham", "What moved"):
        old, new = (figures(book[sheet], "Budget of the year", 10) for book in (before, after))
        assert np.subtract(new, old) == pytest.approx(expected, abs=1e-9)
    assert figures(after["Newham"], "All streams", 10, 2) == pytest.approx(
        np.divide(
            figures(after["Newham"], "Budget of the year", 10),
            figures(after["Newham"], "All streams", 10, 1),
        )
        - 1
    )
    assert figures(after["Havering"], "Budget of the year", 10) == pytest.approx(
        figures(before["Havering"], "Budget of the year", 10)
    )


def test_a_schemes_spend_moves_what_is_used_and_left(
    reopened: Mapping[str, tuple[Path, Path]],
) -> None:
    before, after = cells(reopened["report"][1]), cells(reopened["changed"][1])
    scheme = counting(before)
    price = figures(before["Capital"], "Prices; 2023/24 is 1", 10)[YEAR]
    expected = np.where(np.arange(10) == YEAR, 4.0 * float(str(scheme[3])) * price, 0.0)
    for words, sign in (("Used", 1), ("Left", -1)):
        old, new = (figures(book["Capital"], words, 10) for book in (before, after))
        assert np.subtract(new, old) == pytest.approx(sign * expected, abs=1e-9)
    old, new = (figures(book["Capital"], str(scheme[1]), 10) for book in (before, after))
    assert np.subtract(new, old) == pytest.approx(expected, abs=1e-9)
    assert expected.max() > 0


def test_planned_care_is_that_of_the_run_and_follows_what_is_changed(
    result: Result, reopened: Mapping[str, tuple[Path, Path]]
) -> None:
    before, after = (cells(reopened[name][1])["Planned care"] for name in ("report", "changed"))
    data, later = result.data, np.arange(10) >= YEAR
    for words, name in (
        ("Waiting at the end of the year", "activity_list"),
        ("Over 18 weeks, at the least", "activity_over_18_weeks"),
    ):
        old, new = (figures(book, words, 10) for book in (before, after))
        assert old == pytest.approx(data[name].to_numpy())
        assert np.subtract(new, old) == pytest.approx(np.where(later, 1_000.0, 0.0))
    cost = data["beds_cost"].sum("organisation").to_numpy()
    assert figures(before, "Cost of freed beds", 10) == pytest.approx(cost, abs=1e-9)
    levels = data["activity_margin"] + data["beds_cash"] - data["primary_care_cost"]
    added = levels.sum("organisation").to_numpy()
    assert figures(before, "Added", 10) == pytest.approx(added, abs=1e-9)
    more = np.where(np.arange(10) == YEAR, 3.0, 0.0)
    assert figures(after, "Added", 10) == pytest.approx(added + more, abs=1e-9)


@pytest.mark.parametrize("name", ["report", "nasty"])
def test_pools_and_staff_are_those_of_the_run(
    name: str, result: Result, nasty: tuple[Result, Path], reopened: Mapping[str, tuple[Path, Path]]
) -> None:
    found = nasty[0] if name == "nasty" else result
    sheet, pools = cells(reopened[name][1])["Portfolio"], found.table("portfolio_pools")
    taken = pools["cost_gbp_m"].to_numpy()
    assert figures(sheet, "Taken by programmes", len(pools)) == pytest.approx(taken, abs=1e-9)
    left = pools["left_gbp_m"].to_numpy()
    assert figures(sheet, "Left", len(pools)) == pytest.approx(left, abs=1e-9)
    staff = found.table("portfolio_staff").groupby("skill", sort=False)
    for block, (_, rows) in enumerate(staff):
        used = figures(sheet, "Used by programmes", len(pools), block)
        assert used == pytest.approx(rows["used"].to_numpy(), abs=1e-9)


def test_a_programme_that_is_taken_out_leaves_its_money_and_staff(
    result: Result, reopened: Mapping[str, tuple[Path, Path]]
) -> None:
    before, after = (cells(reopened[name][1]) for name in ("report", "changed"))
    initiative = programme(before)[-1]
    spend, use = (
        frame[frame["initiative_id"] == initiative]
        for frame in (result.table("portfolio_spend"), result.table("portfolio_staff_use"))
    )
    years = list(result.table("portfolio_pools")["year"])
    cost = spend.set_index("year")["cost_gbp_m"].reindex(years, fill_value=0.0).to_numpy()
    for words, sign in (("Taken by programmes", -1), ("Left", 1)):
        old, new = (figures(book["Portfolio"], words, len(years)) for book in (before, after))
        assert np.subtract(new, old) == pytest.approx(sign * cost, abs=1e-9)
    assert cost.max() > 0
    skills = list(dict.fromkeys(result.table("portfolio_staff")["skill"]))
    for block, skill in enumerate(skills):
        mine = use[use["skill"] == skill].set_index("year")["months"]
        months = mine.reindex(years, fill_value=0.0).to_numpy()
        old, new = (
            figures(book["Portfolio"], "Used by programmes", len(years), block)
            for book in (before, after)
        )
        assert np.subtract(old, new) == pytest.approx(months, abs=1e-9)
    assert use["months"].max() > 0


def test_hostile_names_of_bodies_and_places_name_sheets(
    nasty: tuple[Result, Path], reopened: Mapping[str, tuple[Path, Path]]
) -> None:
    book = cells(reopened["nasty"][1])
    assert {"King's SORT A1", "r1c1", "SYSTEM 2", "cmd ' C calc' A0"} <= set(book)
    count = nasty[0].data.sizes["year"]
    bridge = nasty[0].data["recovery_bridge"].sel(step="reported")
    for sheet, body in (("King's SORT A1", "King's: SORT(A1)"), ("SYSTEM 2", "SYSTEM")):
        found = figures(book[sheet], "Reported position", count)
        assert found == pytest.approx(bridge.sel(organisation=body).to_numpy(), abs=1e-8)


def test_runs_side_by_side_differ_by_formulas(
    result: Result, reopened: Mapping[str, tuple[Path, Path]]
) -> None:
    before, after = (cells(file) for file in reopened["compared"])
    assert_same_cells(before, after)
    heads, *rows = after["Compared by year"][3:]
    year = heads.index(str(result.data["year"].values[YEAR]))
    position = [row[year] for row in rows if row[0] == "reported position" or row[2] == "Change"]
    first, second, change = position[:3]
    assert float(str(second)) - float(str(first)) == pytest.approx(3.0)
    assert change == pytest.approx(3.0)
    assert "=A1" in {row[2] for row in rows}


def test_a_workbook_of_inputs_that_libreoffice_saved_passes_the_check(
    scenario: Scenario, reopened: Mapping[str, tuple[Path, Path]]
) -> None:
    before, again = reopened["inputs"]
    assert_same_cells(cells(before), cells(again))
    mine = nelfin.load_scenario(again)
    assert mine.readings == ()
    for key, figure in scenario.evidence.items():
        if not key.startswith("data.") and "." in key:
            found = mine.evidence[key]
            assert all(map(same, astuple(figure), astuple(found))), (key, found)
    inputs = load_inputs(mine)
    assert len(inputs.projects) == 332
    assert inputs.readings == ()
