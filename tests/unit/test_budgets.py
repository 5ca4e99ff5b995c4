"""Place budgets of a made-up system of two places, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import nelfin
from nelfin.allocations import allocate
from nelfin.allocations.budgets import envelopes
from nelfin.allocations.openings import opening_position
from nelfin.data import Inputs, load_inputs
from nelfin.errors import InputError
from nelfin.scenario import Scenario, main_stream
from nelfin.scenario.load import packaged_folder
from nelfin.scenario.schema import Allocation, Envelope, Stream, Years

pytestmark = pytest.mark.unit

Solve = Callable[..., xr.Dataset]

ALLOCATIONS = ["stream", "year", "allocation_gbp_m", "baseline_gbp_m"]
FULL = Stream(need="final_core", opening="on-target", rule="full")
POPULATIONS = {"A": (500.0, 400.0), "B": (500.0, 600.0)}
"""Registered and weighted: need shares of 0.4 and 0.6."""


def table_of_populations(places: dict[str, tuple[float, float]], year: str) -> pd.DataFrame:
    rows = [
        (year, place, component, value)
        for place, values in places.items()
        for component, value in zip(("registered_population", "final_core"), values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["year", "place", "component", "weighted_population"])


def table_of_openings(measure: str, **values: float) -> pd.DataFrame:
    rows = [("own", place, measure, value) for place, value in values.items()]
    return pd.DataFrame(rows, columns=["opening", "place", "measure", "value"])


@pytest.fixture
def solve(scenario: Scenario, inputs: Inputs) -> Solve:
    """Return a function that allocates a made-up system of places A and B."""

    def run(
        allocations: list[tuple[str, str, float, float | None]],
        streams: dict[str, Stream],
        *,
        first: str = "2023/24",
        last: str = "2023/24",
        growth_pct: float = 0.0,
        total: float | None = None,
        populations: pd.DataFrame | None = None,
        openings: pd.DataFrame | None = None,
        people_added: float = 0.0,
        shares: dict[str, float] | None = None,
    ) -> xr.Dataset:
        at_first = sum(amount for _, year, amount, _ in allocations if year == first)
        made_up = scenario.model_copy(
            update={
                "years": Years(first=first, last=last),
                "envelope": Envelope(
                    plan_total_gbp_m=at_first if total is None else total,
                    growth_pct=dict.fromkeys(streams, growth_pct),
                ),
                "allocation": Allocation(streams=streams),
            }
        )
        if populations is None:
            populations = table_of_populations(POPULATIONS, "2023/24")
        tables = replace(
            inputs,
            allocations=pd.DataFrame(allocations, columns=ALLOCATIONS).astype(
                {"baseline_gbp_m": float}
            ),
            weighted_populations=populations,
            openings=inputs.openings if openings is None else openings,
            public_health_grants=inputs.public_health_grants.iloc[:0],
            population_growth=pd.DataFrame(
                {"from_year": ["2023/24"], "to_year": ["2024/25"], "people_added": [people_added]}
            ),
            population_shares=pd.DataFrame(
                {
                    "place": pd.Series(list(shares or {}), dtype=str),
                    "share_pct": list((shares or {}).values()),
                }
            ),
        )
        return allocate(made_up, tables)

    return run


def places(data: xr.Dataset, name: str, year: str = "2023/24", stream: str = "core") -> np.ndarray:
    return data[name].sel(stream=stream, year=year).values


def test_published_amounts_stand_and_later_years_grow(solve: Solve) -> None:
    data = solve(
        [("core", "2023/24", 100.0, 80.0), ("core", "2024/25", 104.0, None)],
        {"core": FULL},
        last="2026/27",
        growth_pct=10.0,
    )
    envelope = data["envelope"].sel(stream="core").values
    assert envelope == pytest.approx([100.0, 104.0, 114.4, 125.84])
    # on the published baseline where there is one, else on last year
    growth = data["like_for_like_growth"].sel(stream="core").values
    assert growth == pytest.approx([0.25, 0.04, 0.1, 0.1])
    assert data.attrs["last_published_year"] == "2024/25"


def test_growth_of_a_first_year_without_baseline_is_not_known(solve: Solve) -> None:
    data = solve([("core", "2023/24", 100.0, None)], {"core": FULL}, last="2024/25")
    assert np.isnan(data["like_for_like_growth"].sel(stream="core", year="2023/24"))
    assert float(data["like_for_like_growth"].sel(stream="core", year="2024/25")) == 0.0


def test_the_balance_to_the_plans_total_is_a_line_of_the_first_year_alone(solve: Solve) -> None:
    data = solve([("core", "2023/24", 100.0, None)], {"core": FULL}, last="2024/25", total=103.5)
    other = data.sel(stream="other")
    assert other["envelope"].values == pytest.approx([3.5, 0.0])
    assert other["system_held"].values == pytest.approx([3.5, 0.0])
    assert other["budget"].values == pytest.approx(np.zeros((2, 2)))
    assert np.isnan(other["target"].values).all()


def test_streams_above_the_plans_total_are_refused() -> None:
    # the published streams of 2023/24 add up to 4,214.638
    load_inputs(nelfin.load_scenario(None, {"envelope.plan_total_gbp_m": 4214.7}))
    scenario = nelfin.load_scenario(None, {"envelope.plan_total_gbp_m": 4214.6})
    with pytest.raises(InputError, match="plan_total_gbp_m"):
        load_inputs(scenario)


def test_money_places_do_not_share_stays_with_the_system(solve: Solve) -> None:
    data = solve(
        [("core", "2023/24", 100.0, None), ("running_cost", "2023/24", 8.0, None)],
        {"core": FULL, "running_cost": Stream()},
        last="2024/25",
        growth_pct=50.0,
    )
    assert data["system_held"].sel(stream="running_cost").values == pytest.approx([8.0, 12.0])
    assert data["system_held"].sel(stream="core").values == pytest.approx([0.0, 0.0])
    assert (places(data, "budget", stream="running_cost") == 0.0).all()


def test_the_opening_adds_up_to_the_published_baseline(solve: Solve) -> None:
    data = solve([("core", "2023/24", 110.0, 100.0)], {"core": FULL})
    assert places(data, "opening") == pytest.approx([40.0, 60.0])
    assert places(data, "target") == pytest.approx([44.0, 66.0])
    assert places(data, "budget") == pytest.approx([44.0, 66.0])


def test_an_opening_in_cash_gives_shares_of_the_baseline(solve: Solve) -> None:
    stream = Stream(need="final_core", opening="own", rule="none")
    data = solve(
        [("core", "2023/24", 110.0, 100.0)],
        {"core": stream},
        openings=table_of_openings("cash_gbp_m", B=6.0, A=2.0),
    )
    assert places(data, "opening") == pytest.approx([25.0, 75.0])
    assert places(data, "budget") == pytest.approx([27.5, 82.5])
    # 25 % of the money for 40 % of the need, 75 % for 60 %
    assert places(data, "dft_opening") == pytest.approx([-0.375, 0.25])
    assert places(data, "dft") == pytest.approx([-0.375, 0.25])


def test_an_opening_in_distance_from_target_is_put_on_todays_target(solve: Solve) -> None:
    stream = Stream(need="final_core", opening="own", rule="none")
    data = solve(
        [("core", "2023/24", 100.0, None)],
        {"core": stream},
        openings=table_of_openings("dft_pct", A=-3.0, B=2.0),
    )
    # 0.4 x 0.97 + 0.6 x 1.02 = 1: the distances balance, so they come out as given
    assert places(data, "opening") == pytest.approx([38.8, 61.2])
    assert places(data, "dft_opening") == pytest.approx([-0.03, 0.02])


def test_distances_that_do_not_balance_are_measured_against_their_mean(solve: Solve) -> None:
    stream = Stream(need="final_core", opening="own", rule="none")
    data = solve(
        [("core", "2023/24", 100.0, None)],
        {"core": stream},
        openings=table_of_openings("dft_pct", A=10.0, B=10.0),
    )
    assert places(data, "dft_opening") == pytest.approx([0.0, 0.0], abs=1e-12)


def test_the_pace_of_a_first_year_by_hand(solve: Solve) -> None:
    # openings 50 and 50, need 0.4 and 0.6: 25 % over and 16.67 % under, so -0.71 % and +0.20 %
    # 50 x 0.9929 + 50 x 1.002 = 99.745 must become 110
    stream = Stream(need="final_core", opening="own", rule="nhse-core-2023-24")
    data = solve(
        [("core", "2023/24", 110.0, 100.0)],
        {"core": stream},
        openings=table_of_openings("cash_gbp_m", A=1.0, B=1.0),
    )
    budget = np.array([49.645, 50.1]) * 110 / 99.745
    assert places(data, "budget") == pytest.approx(budget)
    assert float(data["uniform_growth"].sel(stream="core", year="2023/24")) == pytest.approx(
        110 / 99.745 - 1
    )
    change = places(data, "budget_change")
    assert change[:, 0] == pytest.approx([5.0, 5.0])
    assert change[:, 1] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert change[:, 2] == pytest.approx(budget - 55.0)


def test_this_years_budget_is_next_years_opening(solve: Solve) -> None:
    stream = Stream(need="final_core", opening="own", rule="nhse-core-2023-24")
    data = solve(
        [("core", "2023/24", 110.0, 100.0)],
        {"core": stream},
        last="2024/25",
        growth_pct=5.0,
        openings=table_of_openings("cash_gbp_m", A=1.0, B=1.0),
    )
    assert (places(data, "opening", "2024/25") == places(data, "budget", "2023/24")).all()
    assert places(data, "budget", "2024/25").sum() == pytest.approx(115.5)


def test_a_change_of_need_and_the_pace_to_it_are_told_apart(solve: Solve) -> None:
    # 2023/24: need 0.4 and 0.6, straight to target: 40 and 60. 2024/25: the 250 people added all
    # go to A, which grows by half to 600 weighted: need 0.5 and 0.5 of an envelope of 120.
    data = solve(
        [("core", "2023/24", 100.0, None)],
        {"core": FULL},
        last="2024/25",
        growth_pct=20.0,
        people_added=250.0,
        shares={"A": 100.0},
    )
    assert places(data, "budget", "2024/25") == pytest.approx([60.0, 60.0])
    change = places(data, "budget_change", "2024/25")
    assert change[:, 0] == pytest.approx([8.0, 12.0])  # 20 % on 40 and 60
    assert change[:, 1] == pytest.approx([12.0, -12.0])  # from 48 and 72 to 60 and 60
    assert change[:, 2] == pytest.approx([0.0, 0.0], abs=1e-12)  # was on target already


def test_staying_on_opening_shares_leaves_all_change_to_the_envelope(solve: Solve) -> None:
    stream = Stream(need="final_core", opening="on-target", rule="none")
    data = solve(
        [("core", "2023/24", 100.0, None)],
        {"core": stream},
        last="2024/25",
        growth_pct=20.0,
        people_added=250.0,
        shares={"A": 100.0},
    )
    assert places(data, "budget", "2024/25") == pytest.approx([48.0, 72.0])
    assert places(data, "budget_change", "2024/25")[:, 0] == pytest.approx([8.0, 12.0])
    assert places(data, "budget_change", "2024/25")[:, 1:] == pytest.approx(np.zeros((2, 3)))
    # A has 40 % of the money for 50 % of the need
    assert places(data, "dft", "2024/25") == pytest.approx([-0.2, 0.2])


def test_a_stream_that_starts_later_has_nothing_before(solve: Solve) -> None:
    stream = Stream(need="final_core", opening="own", rule="none")
    data = solve(
        [("core", "2023/24", 100.0, None), ("specialised", "2024/25", 44.0, 40.0)],
        {"core": FULL, "specialised": stream},
        last="2025/26",
        growth_pct=10.0,
        openings=table_of_openings("cash_gbp_m", A=1.0, B=3.0),
    )
    late = data.sel(stream="specialised")
    assert late["envelope"].values == pytest.approx([0.0, 44.0, 48.4])
    assert (late["budget"].sel(year="2023/24") == 0.0).all()
    for name in ("opening", "target", "dft", "dft_opening"):
        assert np.isnan(late[name].sel(year="2023/24")).all(), name
    # it opens from its own baseline of 40, not from a year it did not have
    assert late["opening"].sel(year="2024/25").values == pytest.approx([10.0, 30.0])
    assert late["budget"].sel(year="2024/25").values == pytest.approx([11.0, 33.0])
    assert late["opening"].sel(year="2025/26").values == pytest.approx([11.0, 33.0])
    assert late["budget"].sel(year="2025/26").values == pytest.approx([12.1, 36.3])
    assert float(late["like_for_like_growth"].sel(year="2024/25")) == pytest.approx(0.1)


def test_need_does_not_move_a_stream_in_its_first_year(solve: Solve) -> None:
    stream = Stream(need="final_core", opening="on-target", rule="full")
    data = solve(
        [("core", "2023/24", 100.0, None), ("specialised", "2024/25", 44.0, 40.0)],
        {"core": FULL, "specialised": stream},
        last="2024/25",
        people_added=250.0,
        shares={"A": 100.0},
    )
    # on target at the need of its first year, 0.5 and 0.5: only the envelope moves it
    assert places(data, "opening", "2024/25", "specialised") == pytest.approx([20.0, 20.0])
    assert places(data, "budget_change", "2024/25", "specialised") == pytest.approx(
        np.array([[2.0, 0.0, 0.0, 0.0], [2.0, 0.0, 0.0, 0.0]])
    )


def test_one_place_takes_every_stream(solve: Solve) -> None:
    data = solve(
        [("core", "2023/24", 100.0, 90.0)],
        {"core": Stream(need="final_core", rule="national")},
        last="2026/27",
        growth_pct=3.0,
        populations=table_of_populations({"A": (10.0, 20.0)}, "2023/24"),
    )
    assert data["budget"].sel(stream="core", place="A").values == pytest.approx(
        data["envelope"].sel(stream="core").values
    )
    assert data["dft"].sel(stream="core").values == pytest.approx(np.zeros((1, 4)), abs=1e-14)


def test_places_without_growth_of_need_keep_a_settled_split(solve: Solve) -> None:
    data = solve(
        [("core", "2023/24", 100.0, None)],
        {"core": Stream(need="final_core", rule="national")},
        last="2030/31",
        growth_pct=3.0,
    )
    share = data["budget"].sel(stream="core") / data["envelope"].sel(stream="core")
    expected = np.array([[0.4] * 8, [0.6] * 8])
    assert share.transpose("place", "year").values == pytest.approx(expected, rel=1e-12)


def test_national_is_the_rule_of_the_year_and_the_last_one_goes_on(solve: Solve) -> None:
    def run(rule: str, last: str) -> np.ndarray:
        data = solve(
            [("core", "2023/24", 100.0, None)],
            {"core": Stream(need="final_core", opening="own", rule=rule)},
            last=last,
            openings=table_of_openings("cash_gbp_m", A=1.0, B=1.0),
        )
        return data["budget"].sel(stream="core", place="A").values

    national = run("national", "2027/28")
    # 25 % over and 16.67 % under at first: each year's caps bind, and no envelope grows
    caps = [(0.0071, 0.002), (0.0136, 0.002), *[(0.005, 0.005)] * 3]
    a, b = 50.0, 50.0
    for year, (over, under) in enumerate(caps):
        a, b = a * (1 - over), b * (1 + under)
        a, b = 100 * a / (a + b), 100 * b / (a + b)
        assert national[year] == pytest.approx(a, rel=1e-12)
    assert national[0] == pytest.approx(run("nhse-core-2023-24", "2023/24")[0], rel=1e-14)


def test_a_stream_that_starts_after_its_last_rule_goes_by_the_last(solve: Solve) -> None:
    data = solve(
        [("core", "2023/24", 10.0, None), ("specialised", "2026/27", 100.0, None)],
        {
            "core": FULL,
            "specialised": Stream(
                need="final_core", opening="own", rule="national", restricted_share=0.4
            ),
        },
        last="2026/27",
        openings=table_of_openings("cash_gbp_m", A=1.0, B=1.0),
    )
    # -0.5 % and +0.5 % on 40 % of 50 and 50
    assert places(data, "budget", "2026/27", "specialised") == pytest.approx([49.9, 50.1])


def test_a_stream_before_its_first_rule_goes_by_the_first(solve: Solve) -> None:
    data = solve(
        [("core", "2022/23", 99.745, None)],
        {"core": Stream(need="final_core", opening="own", rule="national")},
        first="2022/23",
        last="2022/23",
        populations=table_of_populations(POPULATIONS, "2022/23"),
        openings=table_of_openings("cash_gbp_m", A=1.0, B=1.0),
    )
    # the rule of 2023/24 takes 0.71 % from one half and adds 0.20 % to the other
    assert places(data, "budget", "2022/23") == pytest.approx([49.645, 50.1])


def test_the_main_stream_is_core_or_the_first(scenario: Scenario) -> None:
    def with_streams(*names: str) -> Scenario:
        streams = {name: Stream() for name in names}
        return scenario.model_copy(update={"allocation": Allocation(streams=streams)})

    assert main_stream(with_streams("community", "core")) == "core"
    assert main_stream(with_streams("community", "acute")) == "community"


def test_envelopes_hold_every_stream_and_the_balance(scenario: Scenario, inputs: Inputs) -> None:
    section = Envelope(
        plan_total_gbp_m=5000.0, growth_pct=dict.fromkeys(scenario.allocation.streams, 0.0)
    )
    years = Years(first="2024/25", last="2025/26")
    short = scenario.model_copy(update={"envelope": section, "years": years})
    amount, growth, _ = envelopes(inputs, short)
    # 3,658.853 + 406.089 + 220.454852 + 32.572 of 5,000, then nothing
    assert amount[-1] == pytest.approx([682.031147555, 0.0])
    core = list(scenario.allocation.streams).index("core")
    assert growth[core, 1] == pytest.approx(4132.727 / 3942.709419012 - 1)


def test_a_baseline_of_nothing_is_refused_not_divided_by(tmp_path: Path) -> None:
    """A stream that is new to the system has no baseline; 0 is easily written for that."""
    text = (packaged_folder() / "allocations.csv").read_text(encoding="utf-8")
    assert "806.28,768.549343988," in text
    file = tmp_path / "allocations.csv"
    file.write_text(text.replace("806.28,768.549343988,", "806.28,0,"), encoding="utf-8")
    scenario = nelfin.load_scenario(None, {"data.allocations": str(file)})
    with pytest.raises(InputError, match="baseline_gbp_m"):
        allocate(scenario, load_inputs(scenario))


def test_registered_people_are_needed_in_every_place(tmp_path: Path) -> None:
    """Growth and need a head divide by them, whatever component sets the target."""
    file = tmp_path / "weighted_populations.csv"
    table = pd.read_csv(packaged_folder() / "weighted_populations.csv")
    hit = (table["component"] == "registered_population") & (table["place"] == "Havering")
    assert hit.sum() == 3
    table.loc[hit, "weighted_population"] = 0.0
    table.to_csv(file, index=False)
    scenario = nelfin.load_scenario(
        None,
        {
            "data.weighted_populations": str(file),
            "allocation.streams.other_primary_care.need": "final_core",
        },
    )
    with pytest.raises(InputError, match="weighted_population"):
        allocate(scenario, load_inputs(scenario))


def test_a_place_cannot_open_with_less_than_nothing(tmp_path: Path) -> None:
    file = tmp_path / "openings.csv"
    text = (packaged_folder() / "openings.csv").read_text(encoding="utf-8")
    assert "cash_gbp_m,287.532" in text
    file.write_text(text.replace("cash_gbp_m,287.532", "cash_gbp_m,-287.532"), encoding="utf-8")
    with pytest.raises(InputError, match="openings"):
        load_inputs(nelfin.load_scenario(None, {"data.openings": str(file)}))


@pytest.mark.parametrize(("measure", "value"), [("cash_gbp_m", 7.0), ("dft_pct", 3.0)])
def test_a_system_of_one_place_opens_with_all_there_is(
    inputs: Inputs, measure: str, value: float
) -> None:
    people = inputs.weighted_populations
    own = pd.DataFrame({"opening": ["own"], "place": ["Newham"], "measure": [measure],
                        "value": [value]})  # fmt: skip
    one = replace(inputs, openings=own, weighted_populations=people[people["place"] == "Newham"])
    found = opening_position(Stream(need="final_core", opening="own"), 90.0, np.array([1.0]), one)
    assert found.tolist() == pytest.approx([90.0])
