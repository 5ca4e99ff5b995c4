"""The backlog of maintenance, against a reckoning by hand and one written again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from capital_plans import line, plan_of, scheme, starts

from nelfin.data.specs import BANDS
from nelfin.models.backlog import WORDS, backlog_by_year, claims_of, opening_of
from nelfin.models.capital import CapitalPlan, Settings
from nelfin.report.text.backlog import backlog_sentences, backlog_text
from nelfin.system.backlog import with_backlog_now

pytestmark = pytest.mark.unit

YEARS = ["2025/26", "2026/27", "2027/28"]
NAMES = ["Barts", "BHRUT"]


def published(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["organisation", "band", "backlog_gbp_m", "year"])


def backlog(plan: CapitalPlan, table: pd.DataFrame, d: float = 0.0, pi: float = 0.0):
    claims = claims_of(plan, Settings(price_growth_pct=pi), NAMES, YEARS)
    return backlog_by_year(table, claims, NAMES, YEARS, d, pi)


def clearing(**more: object) -> dict:
    return scheme("A", [6, 2], 9, backlog_high_gbp_m=8.0, **more)


HIGH = published(("Barts", "high", 100.0, "2024/25"))


def test_a_scheme_clears_as_it_spends_and_what_is_left_ages_and_grows_dearer() -> None:
    plan = plan_of([clearing()], [9, 9, 9], price_growth_pct=10.0)
    found = backlog(plan, HIGH, d=5.0, pi=10.0).sel(organisation="Barts", band="high")
    # of 8 three quarters in the first year, the rest in the second at prices 10 % higher
    first = (100 - 6) * 1.05 * 1.1
    second = (first - 2 * 1.1) * 1.05 * 1.1
    assert found["backlog_cleared"].values.tolist() == pytest.approx([6, 2.2, 0])
    left = [first, second, second * 1.05 * 1.1]
    assert found["backlog_left"].values.tolist() == pytest.approx(left)
    assert found["backlog_opening"].values.tolist() == pytest.approx([100, *left[:2]])
    assert found["backlog_left_real"].values[-1] == pytest.approx(left[-1] / 1.1**3)
    assert found["backlog_left_without"].values[-1] == pytest.approx(100 * (1.05 * 1.1) ** 3)


@pytest.mark.parametrize(("d", "pi"), [(0, 0), (4.5, 2.5), (9, 5), (-3, 2.5), (4.5, -1)])
def test_every_year_adds_up_and_nothing_is_below_nothing(d: float, pi: float) -> None:
    rows = [clearing(), scheme("B", 3, 5, organisation="BHRUT", backlog_low_gbp_m=3.0)]
    table = published(
        ("Barts", "high", 7.0, "2024/25"),
        ("Barts", "low", 4.0, "2024/25"),
        ("BHRUT", "low", 3.5, "2024/25"),
    )
    found = backlog(plan_of(rows, [9, 9, 9], price_growth_pct=max(pi, 0)), table, d, pi)
    parts = found["backlog_opening"] - found["backlog_cleared"]
    parts = parts + found["backlog_deterioration"] + found["backlog_prices"]
    known = parts.notnull()  # noqa: PD004
    np.testing.assert_allclose(
        parts.values[known.values], found["backlog_left"].values[known.values], atol=1e-12
    )
    assert float(found["backlog_left"].min()) >= 0
    assert float(found["backlog_cleared"].sum()) <= float(found["backlog_opening"].sum())


def test_a_plan_of_nothing_clears_nothing() -> None:
    found = backlog(plan_of([scheme("A", 99, 9)], [9, 9, 9]), HIGH, 4.5, 2.5)
    assert float(found["backlog_cleared"].sum()) == 0
    np.testing.assert_allclose(found["backlog_left"], found["backlog_left_without"])


def test_no_more_is_cleared_than_there_is_and_the_rest_is_told() -> None:
    plan = plan_of([clearing()], [9, 9, 9])
    for there, cleared, beyond in ((100.0, 8, 0), (8.0, 8, 0), (5.0, 5, 3), (0.0, 0, 8)):
        found = backlog(plan, published(("Barts", "high", there, "2024/25")))
        assert float(found["backlog_cleared"].sum()) == pytest.approx(cleared)
        assert float(found["backlog_not_there"].sum()) == pytest.approx(beyond)
    # a trust or a risk that no table knows has nothing to clear
    other = backlog(plan, published(("BHRUT", "high", 50.0, "2024/25")))
    assert float(other["backlog_not_there"].sum()) == pytest.approx(8)
    assert "clear £8.0m more than there is" in " ".join(backlog_sentences(other))


def test_a_figure_of_before_grows_to_the_plan_and_one_of_later_waits() -> None:
    plan = plan_of([clearing()], [9, 9, 9])
    before = opening_of(published(("Barts", "high", 100.0, "2022/23")), YEARS[0], 5.0, 2.0)
    assert before["backlog_gbp_m"].tolist() == pytest.approx([100 * (1.05 * 1.02) ** 2])
    later = backlog(plan, published(("Barts", "high", 100.0, "2025/26")), 5.0, 2.0)
    own = later.sel(organisation="Barts", band="high")
    # what was cleared in 2025/26 has gone from the figure of its end
    assert np.isnan(own["backlog_left"].values[0])
    assert own["backlog_opening"].values[1] == 100
    assert own["backlog_cleared"].values[1:].tolist() == pytest.approx([2, 0])
    assert own["backlog_left_real"].values[1] == pytest.approx((100 - 2) * 1.05)


def test_what_a_divisible_scheme_and_one_without_spend_clear() -> None:
    rows = [
        scheme("A", 10, 9, divisible="yes", backlog_high_gbp_m=8.0),
        scheme("B", 0, 1, earliest_start="2026/27", backlog_low_gbp_m=3.0),
    ]
    plan = plan_of(rows, [5, 0, 0], price_growth_pct=10.0)
    claims = claims_of(plan, Settings(price_growth_pct=10.0), NAMES, YEARS)
    assert claims[0, BANDS.index("high")].tolist() == pytest.approx([4, 0, 0])
    assert claims[0, BANDS.index("low")].tolist() == pytest.approx([0, 3.3, 0])


def test_optimism_bias_makes_a_scheme_dearer_and_clears_no_more() -> None:
    row = clearing(asset_type="plant")
    bias = {"plant": 20.0}
    plan = plan_of([row], [9, 9, 9], optimism_bias_pct=bias)
    claims = claims_of(plan, Settings(optimism_bias_pct=bias), NAMES, YEARS)
    assert claims.sum() == pytest.approx(8)


@pytest.mark.parametrize("d", [0.0, 5.0, 20.0, -10.0])
def test_a_target_of_backlog_left_counts_as_the_backlog_does(d: float) -> None:
    """Independent: of all sets of schemes, those whose backlog left keeps the target."""
    rows = [
        scheme("A", 4, 1, backlog_high_gbp_m=6.0, latest_start="2025/26"),
        scheme("B", 4, 1, backlog_high_gbp_m=6.0, earliest_start="2027/28"),
        scheme("C", 4, 9),
        scheme("D", 4, 8),
    ]
    table = published(("Barts", "high", 40.0, "2024/25"))
    free = plan_of(rows, [4, 4, 4])
    grown = 40 * (1 + d / 100) ** 3
    early, late = 6 * (1 + d / 100) ** 3, 6 * (1 + d / 100)
    for target in (grown + 1, grown - min(early, late) + 1e-6, grown - early - late + 1e-6):
        rule = {"rule": "backlog_target", "name": "high", "amount_gbp_m": target, "now_gbp_m": 40.0}
        plan = plan_of(rows, [4, 4, 4], rules=pd.DataFrame([rule]), backlog_deterioration_pct=d)
        left = backlog(plan, table, d)["backlog_left_real"].sel(organisation="Barts", band="high")
        assert float(left[-1]) <= target + 1e-6
    assert set(starts(free)) == {"A", "C", "D"}
    assert set(starts(plan)) >= {"A", "B"}


def test_the_sentences_and_the_table_say_what_the_figures_say() -> None:
    table = published(("Barts", "high", 100.0, "2024/25"))
    found = backlog(plan_of([clearing()], [9, 9, 9]), table, 0.0, 0.0)
    found.attrs["backlog_stated_gbp_m"] = 90.0
    said = " ".join(backlog_sentences(found))
    assert "£100.0m at the start of 2025/26 (none is known of BHRUT)" in said
    assert "clears £8.0m, in cash; £92.0m is left at the end of 2027/28" in said
    assert "own plan states £90.0m" in said
    text = backlog_text(found)
    assert max(map(len, text.splitlines())) <= 80
    assert "BHRUT" not in text.split("Backlog of maintenance:")[0]
    assert set(found.data_vars) == {f"backlog_{name}" for name in WORDS}
    assert line(plan_of([clearing()], [9, 9, 9]), "A")["status"] == "funded"


@pytest.mark.parametrize(
    ("name", "now"),
    [("high", 100.0), ("high; low", 130.0), ("low", 30.0), ("high; moderate", None),
     ("high; significant", None), ("highest", None)],
)  # fmt: skip
def test_a_target_takes_the_backlog_there_is_only_where_all_of_it_is_known(
    name: str, now: float | None
) -> None:
    # the figure of moderate risk is of a later year than the plan's start
    known = [
        ("Barts", "high", 60.0, "2024/25"), ("BHRUT", "high", 40.0, "2024/25"),
        ("Barts", "low", 30.0, "2024/25"), ("Barts", "moderate", 9.0, "2025/26"),
    ]  # fmt: skip
    rules = pd.DataFrame(
        {"rule": ["backlog_target"], "name": [name], "year": "", "amount_gbp_m": 1.0,
         "now_gbp_m": np.nan}
    )  # fmt: skip
    found = with_backlog_now(rules, published(*known), YEARS[0], Settings())["now_gbp_m"]
    assert found.tolist() == ([now] if now else pytest.approx([np.nan], nan_ok=True))
