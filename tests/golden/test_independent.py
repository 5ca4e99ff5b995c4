"""The embedded scenario computed a second time agrees with the run, in every figure."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from second_places import Second, rows
from second_positions import consequences, organisations, prevention, variable_payment

from nelfin.result import Result

pytestmark = pytest.mark.golden

INDEPENDENT = Path(__file__).parents[1] / "independent"
"""Where the recovery in plain Python is."""

TABLES = (
    "allocations",
    "organisations",
    "organisation_income",
    "organisation_places",
    "positions",
    "pressures",
    "efficiency_schemes",
    "uplift_factors",
)


def same(found: float, expected: float, what: object) -> None:
    """Compare to nine figures; below £1 of a billion, to a thousandth of a penny."""
    assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9), (what, found, expected)


@pytest.fixture(scope="module")
def second() -> Second:
    return Second()


@pytest.fixture(scope="module")
def capital(second: Second, result: Result) -> dict[str, list[float]]:
    plan, spend = (result.table(name).to_dict("records") for name in ("plan", "spend"))
    return consequences(second, plan, spend)


@pytest.fixture(scope="module")
def bridge(second: Second, capital: dict[str, list[float]]) -> list[dict[str, dict[str, float]]]:
    """Return the bridge of each body by year: files, and second computations of other models."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(INDEPENDENT)
        from plain_positions import Case
        from plain_prevention import by_body
        from plain_recovery import money_of, roll
    scenario, ledgers = second.scenario, prevention(second)
    case = Case(
        first=second.years[0],
        last=second.years[-1],
        planned_to=scenario["years"]["planned_to"],
        streams=list(scenario["allocation"]["streams"]),
        envelope=scenario["envelope"],
        settings=scenario["recovery"],
        tables={name: rows(scenario["data"][name]) for name in TABLES},
        budgets={
            name: {
                place: [
                    by_year[year]["budget"][place] if year in by_year else 0.0
                    for year in second.years
                ]
                for place in second.places
            }
            for name, by_year in second.streams.items()
        },
        prevention={},
        double={},
        capital=capital,
        activity={},
    )
    income, acute = money_of(case).total[case.first], ["Barts Health", "BHRUT", "Homerton"]
    shared = by_body(
        ledgers["net_cash"],
        # all of it is paid from growth money
        ledgers["extra_spend"],
        ledgers["double_running"],
        income,
        set(acute),
        "NEL ICB",
        scenario["prevention"]["passed_on_pct"] / 100,
    )
    nothing = {name: [0.0] * len(second.years) for name in income}
    moved = {
        "planned and urgent activity": variable_payment(second, ledgers, income, acute, "NEL ICB"),
        # no lever is set
        "beds closed": nothing,
        "primary care gap": nothing,
    }
    return roll(
        replace(
            case,
            prevention=shared["net_cash_recurrent"],
            double=shared["double_running"],
            activity=moved,
        )
    )


def test_years_places_and_streams_are_those_of_the_files(second: Second, result: Result) -> None:
    assert [str(x) for x in result.data["year"].values] == second.years
    assert len(second.years) == 10
    assert sorted(map(str, result.data["place"].values)) == sorted(second.places)
    assert sorted(map(str, result.data["stream"].values)) == sorted(second.envelope)


def test_weighted_populations_and_need_indices(second: Second, result: Result) -> None:
    weighted, index = result.data["weighted_population"], result.data["need_index"]
    for year in second.years:
        people = second.weighted[year]["registered_population"]
        for component in second.components:
            cell = second.weighted[year][component]
            mean = sum(cell.values()) / sum(people.values())
            for place in second.places:
                at = {"year": year, "component": component, "place": place}
                same(weighted.sel(at).item(), cell[place], at)
                same(index.sel(at).item(), cell[place] / people[place] / mean, at)


def test_envelopes(second: Second, result: Result) -> None:
    for name, line in second.envelope.items():
        for year, value in zip(second.years, line, strict=True):
            at = {"stream": name, "year": year}
            same(result.data["envelope"].sel(at).item(), value, at)
            held = 0.0 if name in second.streams else value
            same(result.data["system_held"].sel(at).item(), held, at)


def test_place_budgets_targets_and_distances_of_ten_years(second: Second, result: Result) -> None:
    data, compared = result.data, 0
    for name, by_year in second.streams.items():
        for year in second.years:
            cell = data.sel(stream=name, year=year)
            if year not in by_year:
                assert (cell["budget"] == 0.0).all()
                continue
            mine = by_year[year]
            amount, before = sum(mine["target"].values()), sum(mine["opening"].values())
            for place in second.places:
                at, where = cell.sel(place=place), (name, year, place)
                for field in ("opening", "target", "budget"):
                    same(at[field].item(), mine[field][place], (field, where))
                target = mine["target"][place]
                same(at["dft"].item(), mine["budget"][place] / target - 1, ("dft", where))
                opening = mine["opening"][place] / before / (target / amount) - 1
                same(at["dft_opening"].item(), opening, ("dft_opening", where))
                compared += 1
    # core, primary medical and other primary care for ten years, specialised for eight
    assert compared == 7 * (10 + 10 + 10 + 8)


def test_what_moved_each_budget(second: Second, result: Result) -> None:
    for name, by_year in second.streams.items():
        for year, mine in by_year.items():
            for change in ("restated", "envelope", "need", "pace"):
                for place in second.places:
                    at = {"stream": name, "year": year, "change": change, "place": place}
                    same(result.data["budget_change"].sel(at).item(), mine[change][place], at)


def test_prevention_ledgers(second: Second, result: Result) -> None:
    mine = prevention(second)
    for name in (
        "extra_spend",
        "cash",
        "capacity",
        "society",
        "double_running",
        "net_cash",
        "qalys_gained",
        "qalys_forgone",
    ):
        for year, value in zip(second.years, mine[name], strict=True):
            same(result.data[f"prevention_{name}"].sel(year=year).item(), value, (name, year))
    assert max(mine["cash"]) > 50


def test_prevention_by_programme(second: Second, result: Result) -> None:
    programmes = prevention(second)["programmes"]
    assert list(map(str, result.data["programme"].values)) == list(programmes)
    for name, (spend, avoided) in programmes.items():
        for t, year in enumerate(second.years):
            cell = result.data.sel(programme=name, year=year)
            same(cell["prevention_programme_spend"].item(), spend[t], (name, year))
            same(cell["prevention_programme_avoided"].item(), avoided[t], (name, year))


def test_prevention_years_and_present_value(second: Second, result: Result) -> None:
    mine = prevention(second)
    assert result.data.attrs["prevention_break_even_year"] == mine["break_even"]
    assert result.data.attrs["prevention_payback_year"] == mine["payback"]
    same(result.data.attrs["prevention_npv_gbp_m"], mine["npv"], "npv")


def test_revenue_consequences_of_the_capital_plan(
    second: Second, capital: dict[str, list[float]], result: Result
) -> None:
    found = result.data["capital_consequences"]
    for name, level in capital.items():
        for year, value in zip(second.years, level, strict=True):
            same(found.sel(organisation=name, year=year).item(), value, (name, year))
    assert any(value < 0 for level in capital.values() for value in level)


def test_the_recovery_bridge_of_every_organisation(
    second: Second, bridge: list[dict[str, dict[str, float]]], result: Result
) -> None:
    found, compared = result.data["recovery_bridge"], 0
    for year, lines in zip(second.years, bridge, strict=True):
        assert list(lines) == list(organisations(second))
        for name, steps in lines.items():
            for step, value in steps.items():
                at = {"organisation": name, "year": year, "step": step}
                same(found.sel(at).item(), value, at)
                compared += 1
    assert compared == found.size


def test_what_is_known_stands_in_the_bridge(bridge: list[dict[str, dict[str, float]]]) -> None:
    # forecast of 2023/24, plan of 2024/25, draft outturn of 2025/26; as they are published
    for lines, reported in zip(bridge, (-36.9, -35.0, -63.8), strict=False):
        total = math.fsum(line["reported"] for line in lines.values())
        same(total, reported, reported)
    last = bridge[2]
    same(last["Barts Health"]["reported"], 0.0, "Barts Health")
    same(last["BHRUT"]["deficit support"], 22.7, "BHRUT")
    # steps that the embedded scenario does not use
    for lines in bridge:
        for line in lines.values():
            for step in (
                "convergence", "place budgets", "agency and bank", "repayment", "beds closed",
                "primary care gap",
            ):  # fmt: skip
                assert line[step] == 0.0


def test_the_position_of_the_system(
    second: Second, bridge: list[dict[str, dict[str, float]]], result: Result
) -> None:
    for lines, year in zip(bridge, second.years, strict=True):
        for name, step in (
            ("system_underlying", "closing underlying"),
            ("system_reported", "reported"),
        ):
            total = sum(line[step] for line in lines.values())
            same(result.data[name].sel(year=year).item(), total, (name, year))
