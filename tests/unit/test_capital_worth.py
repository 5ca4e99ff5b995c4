"""Net present social value by parts, against hand-worked cases, and three kinds side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from capital_plans import limit_table, line, plan_of, scheme, starts, table

from nelfin import program as lp
from nelfin.cli.capital_worth import kinds_tables
from nelfin.errors import InputError, NoAnswerError
from nelfin.models.appraisal import discount_factors
from nelfin.models.capital import kinds as kinds_module
from nelfin.models.capital.case import case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.keep import plan_case
from nelfin.models.capital.kinds import kinds_compared, missing_kinds, worth_table
from nelfin.models.capital.settings import Settings

pytestmark = pytest.mark.unit

GREEN_BOOK = {"discount_rate_pct": 3.5, "discount_later_pct": 3.0, "discount_last_pct": 2.5}
APPRAISED: dict[str, Any] = {
    "benefit": "npsv", "discount_rate_pct": 3.5, "deflator_pct": 0.0, "gap_pct": 0.0,
}  # fmt: skip


def appraised(*rows: dict, limits: list[float] | None = None, **settings: Any) -> pd.DataFrame:
    """Return the worth of some schemes in money, by scheme."""
    fields = APPRAISED | settings
    checked = check_capital(table(rows), limit_table(limits or [50, 50, 50]), Settings(**fields))
    case = case_of(checked)
    return worth_table(case, plan_case(case)).set_index("project_id")


def test_discount_factors_are_those_that_the_green_book_prints() -> None:
    years = [1, 5, 10, 30, 31, 50, 75, 76, 100, 125]
    printed = [0.9662, 0.8420, 0.7089, 0.3563, 0.3459, 0.1973, 0.0942, 0.0919, 0.0508, 0.0274]
    assert discount_factors(3.5, years, 3.0, 2.5) == pytest.approx(printed, abs=5e-5)


HUB = scheme(
    "H", [10, 5], life_years=20, cash_releasing_gbp_m=0.5, non_cash_releasing_gbp_m=0.3,
    societal_gbp_m=0.2, qalys=10, risk_gbp_m=4, risk_probability_pct=25, must_fund="yes",
    latest_start="2025/26",
)  # fmt: skip
PRINTED = (  # the Green Book's factors of years 2 to 21 at 3.5 %, as printed
    0.9335, 0.9019, 0.8714, 0.8420, 0.8135, 0.7860, 0.7594, 0.7337, 0.7089, 0.6849, 0.6618, 0.6394,
    0.6178, 0.5969, 0.5767, 0.5572, 0.5384, 0.5202, 0.5026, 0.4856,
)  # fmt: skip


def test_a_hand_worked_appraisal() -> None:
    money, health = sum(PRINTED), sum(1.015**-n for n in range(2, 22))
    found = appraised(HUB).loc["H"]
    wanted = {
        "cash_releasing": 0.5 * money,
        "non_cash_releasing": 0.3 * money,
        "societal": 0.2 * money,
        "qalys": 10 * 0.07 * health,
        "revenue": 0.0,
        "capital": -(10 + 5 * 0.9662),
        "risk": -(1.0 * (10 + 5 * 0.9662) / 15),
        "benefit": 0.0,
    }
    for part, value in wanted.items():
        assert found[f"{part}_gbp_m"] == pytest.approx(value, abs=1e-3), part
    assert found["npsv_gbp_m"] == pytest.approx(sum(wanted.values()), abs=2e-3)
    gains = sum(
        wanted[part] for part in ("cash_releasing", "non_cash_releasing", "societal", "qalys")
    )
    costs = -wanted["capital"] - wanted["risk"]
    assert found["benefit_cost_ratio"] == pytest.approx(gains / costs, abs=1e-3)
    assert found["npsv_per_gbp_m"] == pytest.approx(found["npsv_gbp_m"] / 15)


def test_the_plan_is_worth_what_its_parts_add_up_to_times_the_equity_weight() -> None:
    rows = [HUB | {"place": "Newham"}, scheme("B", 2, life_years=5, societal_gbp_m=1.0)]
    settings = APPRAISED | {"place_weights": {"Newham": 2.0}}
    plan = plan_of(rows, [50, 50, 50], **settings)
    found = appraised(*rows, place_weights={"Newham": 2.0})
    wanted = (found["npsv_gbp_m"] * found["equity_weight"]).sum()
    assert plan.solve.objective == pytest.approx(wanted)
    assert line(plan, "H")["benefit"] == pytest.approx(2 * found.at["H", "npsv_gbp_m"])


@pytest.mark.parametrize(
    ("setting", "part", "shares"),
    [
        ("gbp_per_qaly", "qalys", {0.0: 0.0, 70_000.0: 1.0, 140_000.0: 2.0}),
        ("deflator_pct", "qalys", {0.0: 1.0, 5.0: 1.05, 10.0: 1.1, -50.0: 0.5}),
        ("deflator_pct", "societal", {0.0: 1.0, 5.0: 1.0, -50.0: 1.0}),
    ],
)
def test_a_setting_at_nothing_double_and_below_zero(
    setting: str, part: str, shares: dict[float, float]
) -> None:
    base = appraised(HUB).at["H", f"{part}_gbp_m"]
    found = [appraised(HUB, **{setting: value}).at["H", f"{part}_gbp_m"] for value in shares]
    assert found == pytest.approx([share * base for share in shares.values()])


@pytest.mark.parametrize(
    ("column", "part", "shares"),
    [
        ("cash_releasing_gbp_m", "cash_releasing", {0: 0, 0.5: 1, 1: 2, -0.5: -1}),
        ("qalys", "qalys", {0: 0, 10: 1, 20: 2, -10: -1}),
        ("risk_gbp_m", "risk", {0: 0, 4: 1, 8: 2}),
        ("risk_probability_pct", "risk", {0: 0, 25: 1, 50: 2, 100: 4, "": 4}),
    ],
)
def test_a_figure_at_nothing_double_and_below_zero(
    column: str, part: str, shares: dict[Any, float]
) -> None:
    base = appraised(HUB).at["H", f"{part}_gbp_m"]
    found = [appraised(HUB | {column: value}).at["H", f"{part}_gbp_m"] for value in shares]
    assert found == pytest.approx([share * base for share in shares.values()])


def test_health_goes_by_its_own_rate_and_money_by_its_own() -> None:
    base, slow = appraised(HUB).loc["H"], appraised(HUB, discount_health_pct=3.5).loc["H"]
    assert slow["qalys_gbp_m"] < base["qalys_gbp_m"]
    assert slow.drop(["qalys_gbp_m", "npsv_gbp_m", "benefit_cost_ratio", "npsv_per_gbp_m"]).equals(
        base.drop(["qalys_gbp_m", "npsv_gbp_m", "benefit_cost_ratio", "npsv_per_gbp_m"])
    )
    long = HUB | {"life_years": 60}
    falls = appraised(long, discount_health_later_pct=0.0).at["H", "qalys_gbp_m"]
    assert falls > appraised(long).at["H", "qalys_gbp_m"]


def test_optimism_bias_counts_once_and_only_on_spend() -> None:
    row = HUB | {"asset_type": "building"}
    base, raised = (appraised(row, optimism_bias_pct={"building": pct}) for pct in (0.0, 24.0))
    assert raised.at["H", "capital_gbp_m"] == pytest.approx(1.24 * base.at["H", "capital_gbp_m"])
    for part in ("risk", "qalys", "societal", "cash_releasing"):
        assert raised.at["H", f"{part}_gbp_m"] == base.at["H", f"{part}_gbp_m"]


def test_prices_of_another_year_become_those_of_the_first() -> None:
    found = appraised(HUB | {"benefit_price_year": "2023/24"}, deflator_pct=2.0).loc["H"]
    base = appraised(HUB).loc["H"]
    for part in ("cash_releasing", "societal", "risk"):
        assert found[f"{part}_gbp_m"] == pytest.approx(1.02**2 * base[f"{part}_gbp_m"])
    assert found["qalys_gbp_m"] == pytest.approx(1.02 * base["qalys_gbp_m"])
    assert found["capital_gbp_m"] == base["capital_gbp_m"]


def test_running_costs_are_costs_and_savings_are_benefits() -> None:
    row = {name: value for name, value in HUB.items() if name != "cash_releasing_gbp_m"}
    costs = appraised(row | {"revenue_gbp_m": -0.1}).loc["H"]
    saves = appraised(row | {"revenue_gbp_m": 0.1}).loc["H"]
    assert costs["revenue_gbp_m"] == -saves["revenue_gbp_m"] < 0
    assert costs["benefit_cost_ratio"] < saves["benefit_cost_ratio"]


def test_without_an_appraisal_benefit_is_money_a_year() -> None:
    row = scheme("A", 10, 2.0, life_years=10, revenue_gbp_m=0.5, latest_start="2025/26")
    found = appraised(row).loc["A"]
    annuity = sum(1.035**-n for n in range(1, 11))
    assert found["npsv_gbp_m"] == pytest.approx(2.5 * annuity - 10)
    # a score beside an appraisal is no money
    assert appraised(row | {"societal_gbp_m": 0.0}).at["A", "npsv_gbp_m"] == pytest.approx(
        0.5 * annuity - 10
    )


def test_a_ratio_to_nothing_is_not_told() -> None:
    row = HUB | {"cdel_share": 0.0, "spend_1": 0.0, "spend_2": 0.0, "risk_gbp_m": 0.0}
    found = appraised(row).loc["H"]
    assert np.isnan(found["benefit_cost_ratio"])
    assert np.isnan(found["npsv_per_gbp_m"])


@pytest.mark.parametrize(
    ("row", "settings", "says"),
    [
        ({"revenue_gbp_m": 1.0}, {}, "and revenue_gbp_m are both given"),
        ({"life_years": ""}, {}, "for which there is no life in years"),
        ({"risk_gbp_m": ""}, {}, "column risk_gbp_m: is empty, and the risk has a probability"),
        ({"risk_gbp_m": -1}, {}, "risk_gbp_m"),
        ({"risk_probability_pct": 125}, {}, "risk_probability_pct"),
        ({}, {"gbp_per_qaly": -1.0}, "gbp_per_qaly: is -1"),
        ({}, {"deflator_pct": None}, "is in prices of 2024/25, and the plan in those of 2025"),
        ({"benefit_price_year": "2023/24"}, {"deflator_pct": None}, "benefit_price_year): is"),
    ],
)
def test_what_cannot_be_appraised_is_refused(row: dict, settings: dict, says: str) -> None:
    with pytest.raises(InputError) as caught:
        appraised(HUB | row, **settings)
    assert says.replace("benefit_price_year): is", "benefit_price_year: is") in str(caught.value)


def test_a_scheme_without_any_benefit_is_asked_about() -> None:
    with pytest.raises(InputError) as caught:
        appraised(HUB, scheme("B", 1, 3, life_years=5))
    assert "row 3, column cash_releasing_gbp_m: is empty, and so are" in str(caught.value)


def test_revenue_beside_cash_where_it_is_said_to_be_other_money() -> None:
    found = appraised(HUB | {"revenue_gbp_m": 1.0}, revenue_beside_cash=True).loc["H"]
    assert found["revenue_gbp_m"] == pytest.approx(2 * found["cash_releasing_gbp_m"])


# Kinds of benefit side by side

THREE = [
    scheme("A", 4, 9, score_need=1, societal_gbp_m=0.1, life_years=10),
    scheme("B", 4, 5, score_need=9, societal_gbp_m=0.2, life_years=10),
    scheme("C", 4, 1, score_need=5, societal_gbp_m=5.0, life_years=10),
]


def kinds(rows: list[dict], **settings: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    return kinds_compared(check_capital(table(rows), limit_table([4]), Settings(**settings)))


def test_kinds_of_benefit_side_by_side() -> None:
    schemes, plans = kinds(THREE, criteria_weights={"need": 2.0}, discount_rate_pct=0.0)
    shown = schemes.set_index("project_id")
    assert [shown.at[n, k] for n, k in zip("ABC", ("score", "criteria", "npsv"), strict=True)] == [
        "2025/26"
    ] * 3
    assert list(schemes["plans_in"]) == [1, 1, 1]
    by = plans.set_index("best_by")
    assert by.loc["score", ["score_worth", "criteria_worth"]].tolist() == [9, 2]
    assert by.loc["criteria", ["score_worth", "criteria_worth"]].tolist() == [5, 18]
    assert by["npsv_worth"].tolist() == pytest.approx([1 - 4, 2 - 4, 50 - 4])
    assert by["schemes"].tolist() == [1, 1, 1]


def test_plans_by_kind_share_the_time_left_and_tell_their_gap() -> None:
    _, plans = kinds(THREE, discount_rate_pct=0.0, gap_pct=0.0)
    assert plans["gap"].tolist() == pytest.approx([0.0, 0.0])
    checked = check_capital(table(THREE), limit_table([4]), Settings())
    watch = lp.Watch(1e-9)
    _, hasty = kinds_compared(checked, watch=watch)
    assert len(hasty) == 2
    assert lp.Watch(60.0).part(0.5).left() == pytest.approx(30.0, abs=1.0)
    assert lp.Watch().part(0.5).limit_s is None


def test_without_time_left_benefits_are_not_compared_and_the_plan_stays(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = check_capital(table(THREE), limit_table([4]), Settings())
    assert kinds_tables(checked, watch=lp.Watch(0.0)) == {}
    assert "benefits are not compared: there was no time left" in capsys.readouterr().err

    def none(*_words: object) -> None:
        raise NoAnswerError("The solver found no plan in 0 seconds.")

    monkeypatch.setattr(kinds_module, "solve_case", none)
    assert kinds_tables(checked, watch=lp.Watch(9.0)) == {}
    assert "not compared: The solver found no plan" in capsys.readouterr().err


def test_kinds_that_are_not_to_be_had_say_what_they_need() -> None:
    rows = [{name: value for name, value in row.items() if name != "score_need"} for row in THREE]
    checked = check_capital(table(rows), limit_table([4]), Settings())
    assert list(missing_kinds(checked)) == ["criteria"]
    assert list(kinds_compared(checked)[1]["best_by"]) == ["score", "npsv"]
    with pytest.raises(InputError) as caught:
        kinds([scheme("A", 4, 9)])
    text = str(caught.value)
    assert "has no criteria. It needs columns score_<criterion>" in text
    assert "has no npsv. It needs columns cash_releasing_gbp_m" in text


def test_what_is_asked_holds_under_every_kind() -> None:
    schemes, _ = kinds(THREE, must_in=["B"])
    assert set(schemes.set_index("project_id").loc["B", ["score", "npsv"]]) == {"2025/26"}
    assert starts(plan_of(THREE, [4], must_in=["B"])) == {"B": "2025/26"}
