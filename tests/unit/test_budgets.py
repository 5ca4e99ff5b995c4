"""Place budgets of a made-up system of two places, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from two_places import (
    FULL,
    POPULATIONS,
    Solve,
    allocator,
    places,
    table_of_openings,
    table_of_populations,
)

import nelfin
from nelfin.allocations.budgets import envelopes
from nelfin.data import Inputs, load_inputs
from nelfin.errors import InputError
from nelfin.scenario import Scenario, main_stream
from nelfin.scenario.schema import Allocation, Envelope, Stream, Years

pytestmark = pytest.mark.unit


@pytest.fixture
def solve(scenario: Scenario, inputs: Inputs) -> Solve:
    return allocator(scenario, inputs)


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
    change = data["budget_change"].sel(stream="core", year="2023/24")
    # it opens on its baseline, so nothing is restated
    assert change.sel(change="restated").values == pytest.approx([0.0, 0.0], abs=1e-12)
    assert change.sel(change="envelope").values == pytest.approx([5.0, 5.0])
    assert change.sel(change="need").values == pytest.approx([0.0, 0.0], abs=1e-12)
    assert change.sel(change="pace").values == pytest.approx(budget - 55.0)


def test_a_baseline_that_is_restated_is_told_apart_from_growth(solve: Solve) -> None:
    data = solve(
        [
            ("core", "2023/24", 100.0, 80.0),
            ("core", "2024/25", 132.0, 110.0),
            ("core", "2025/26", 150.0, None),
        ],
        {"core": FULL},
        last="2026/27",
        growth_pct=10.0,
    )
    change = data["budget_change"].sel(stream="core")
    # 40 % and 60 % of: the opening is the baseline; 10 came in with transfers; none is published
    restated = change.sel(change="restated")
    assert restated.sum("place").values == pytest.approx([0.0, 10.0, 0.0, 0.0], abs=1e-12)
    assert restated.sel(year="2024/25").values == pytest.approx([4.0, 6.0])
    # and of: 100 less 80, 132 less 110, 150 less 132, and a tenth of 150
    grown = change.sel(change="envelope")
    assert grown.sum("place").values == pytest.approx([20.0, 22.0, 18.0, 15.0])
    assert grown.sel(year="2024/25").values == pytest.approx([8.8, 13.2])
    rest = change.drop_sel(change=["restated", "envelope"])
    assert rest.values == pytest.approx(np.zeros(rest.shape), abs=1e-12)


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
    change = data["budget_change"].sel(stream="core", year="2024/25")
    assert change.sel(change="envelope").values == pytest.approx([8.0, 12.0])  # 20 % on 40 and 60
    # from 48 and 72 to 60 and 60
    assert change.sel(change="need").values == pytest.approx([12.0, -12.0])
    rest = change.drop_sel(change=["envelope", "need"])  # was on target already
    assert rest.values == pytest.approx(np.zeros((2, 3)), abs=1e-12)


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
    change = data["budget_change"].sel(stream="core", year="2024/25")
    assert change.sel(change="envelope").values == pytest.approx([8.0, 12.0])
    rest = change.drop_sel(change="envelope")
    assert rest.values == pytest.approx(np.zeros((2, 4)))
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
    change = data["budget_change"].sel(stream="specialised", year="2024/25")
    assert change.sel(change="envelope").values == pytest.approx([2.0, 2.0])
    rest = change.drop_sel(change="envelope")
    assert rest.values == pytest.approx(np.zeros((2, 4)))


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
    money = envelopes(inputs, short)
    # 3,658.853 + 406.089 + 220.454852 + 32.572 of 5,000, then nothing
    assert money.envelope[-1] == pytest.approx([682.031147555, 0.0])
    core = list(scenario.allocation.streams).index("core")
    assert money.growth[core, 1] == pytest.approx(4132.727 / 3942.709419012 - 1)
    assert money.baseline[core] == pytest.approx([3581.220424094, 3942.709419012])
    assert (money.convergence == 0.0).all()


def test_years_before_the_plan_have_an_envelope_where_one_is_published(
    scenario: Scenario, inputs: Inputs
) -> None:
    later = scenario.model_copy(update={"years": Years(first="2024/25", last="2026/27")})
    years = ["2023/24", "2024/25", "2025/26", "2026/27"]
    wide, narrow = envelopes(inputs, later, years=years), envelopes(inputs, later)
    core = list(scenario.allocation.streams).index("core")
    assert wide.envelope[core] == pytest.approx([3566.099, 3658.853, 4132.727, 4132.727 * 1.03])
    assert wide.growth[core, 0] == pytest.approx(3566.099 / 3406.874706343 - 1)
    # the plan's own years are the same, however many stand before them
    for name in ("envelope", "growth", "convergence"):
        np.testing.assert_array_equal(getattr(wide, name)[:, 1:], getattr(narrow, name))


def test_drawn_growth_by_year_and_by_draw(scenario: Scenario, inputs: Inputs) -> None:
    flat = envelopes(inputs, scenario, {"core": np.array([1.0, 5.0])})
    years = len(scenario.years.labels())
    by_year = envelopes(inputs, scenario, {"core": np.array([[1.0] * years, [5.0] * years])})
    np.testing.assert_array_equal(flat.envelope, by_year.envelope)
    core = list(scenario.allocation.streams).index("core")
    assert flat.envelope[:, core, 3] == pytest.approx([4132.727 * 1.01, 4132.727 * 1.05])
