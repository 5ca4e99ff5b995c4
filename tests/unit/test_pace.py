"""Pace-of-change rules on cases small enough to work out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nelfin
from nelfin.allocations.closed import share_envelope
from nelfin.allocations.forms import adjustment
from nelfin.allocations.pace import converge, converge_table
from nelfin.allocations.rules import Rule, packaged_rules, rules_of
from nelfin.data import load_inputs
from nelfin.errors import InputError, NoAnswerError

pytestmark = pytest.mark.unit

CORE_23, CORE_24, CORE_25 = "nhse-core-2023-24", "nhse-core-2024-25", "nhse-core-2025-26"
PMC_23, PMC_24, PMC_25 = "nhse-pmc-2023-24", "nhse-pmc-2024-25", "nhse-pmc-2025-26"
SPECIALISED_25 = "nhse-specialised-2025-26"
RULES = [CORE_23, CORE_24, CORE_25, PMC_23, PMC_24, PMC_25, SPECIALISED_25, "none", "full"]


@pytest.mark.parametrize(
    ("rule", "dft", "expected"),
    [
        # over target -min(0.71 %, DfT), under +min(0.20 %, DfT / 15)
        (CORE_23, 0.02, -0.0071),
        (CORE_23, 0.005, -0.005),
        (CORE_23, 0.0071, -0.0071),
        (CORE_23, -0.015, 0.001),
        (CORE_23, -0.03, 0.002),
        (CORE_23, -0.2, 0.002),
        # over target -min(1.36 %, 1 - 1 / (1 + DfT)): 0.5 % over goes just to target
        (CORE_24, 0.02, -0.0136),
        (CORE_24, 0.005, -0.005 / 1.005),
        (CORE_24, -0.015, 0.001),
        (CORE_24, -0.05, 0.002),
        # a fifth of the distance, at most 0.5 %
        (CORE_25, 0.01, -0.002),
        (CORE_25, 0.025, -0.005),
        (CORE_25, 0.30, -0.005),
        (CORE_25, -0.01, 0.002),
        (CORE_25, -0.30, 0.005),
        (PMC_23, 0.02, -0.0038),
        (PMC_23, 0.001, -0.001),
        (PMC_23, -0.02, 0.005),
        (PMC_23, -0.08, 0.01),
        (PMC_24, 0.02, -0.004),
        (PMC_24, 0.001, -0.001 / 1.001),
        (PMC_24, -0.02, 0.005),
        (PMC_24, -0.08, 0.01),
        (PMC_25, 0.02, -0.004),
        (PMC_25, -0.04, 0.005),
        (SPECIALISED_25, -0.01, 0.002),
        ("none", 0.3, 0.0),
        ("full", 0.25, -0.2),
        ("full", -0.2, 0.25),
    ],
)
def test_adjustment_is_the_one_the_rule_prints(rule: str, dft: float, expected: float) -> None:
    found = adjustment(packaged_rules()[rule], np.array([dft]))
    assert float(found[0]) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("form", ["capped", "capped_to_target", "clipped"])
def test_each_side_of_target_has_its_own_cap(form: str) -> None:
    found = adjustment(Rule("own", form, 0.03, 0.5, 0.01), np.array([0.3, -0.3]))
    assert found == pytest.approx([-0.03, 0.01])


@pytest.mark.parametrize("rule", RULES)
def test_a_place_exactly_on_target_is_not_moved(rule: str) -> None:
    found = converge([250.0], [0.0], [250.0], rule)
    assert float(found.dft[0]) == 0.0
    assert float(found.convergence[0]) == 0.0
    assert float(found.allocation[0]) == 250.0
    assert float(found.closing_dft[0]) == 0.0


def test_rules_of_earlier_rounds_measure_against_the_opening_target() -> None:
    # 102 against 100: 2 % over, so -0.71 %; growth of 10 % comes on top and does not count
    found = converge([102.0], [0.10], [100.0], CORE_23)
    assert float(found.dft[0]) == pytest.approx(0.02)
    assert float(found.allocation[0]) == pytest.approx(102 * 1.1 * 0.9929)
    assert float(found.closing_dft[0]) == pytest.approx(1.02 * 0.9929 - 1)


def test_the_rule_of_2025_26_measures_after_growth_against_the_target_of_the_year() -> None:
    # 100 x 1.1 = 110 against 112: 1.7857 % under, and a fifth of that is +0.35714 %
    found = converge([100.0], [0.10], [112.0], CORE_25)
    assert float(found.dft[0]) == pytest.approx(110 / 112 - 1)
    assert float(found.convergence[0]) == pytest.approx(0.2 * 2 / 112)
    assert float(found.allocation[0]) == pytest.approx(110 * (1 + 0.4 / 112))
    assert float(found.closing_dft[0]) == pytest.approx(float(found.allocation[0]) / 112 - 1)


def test_the_rule_of_2024_25_lands_on_target_from_near_and_never_below() -> None:
    found = converge([100.5, 101.2, 120.0], 0.0, 100.0, CORE_24)
    assert found.closing_dft[:2] == pytest.approx([0.0, 0.0], abs=1e-15)
    assert float(found.allocation[2]) == pytest.approx(120 * 0.9864)


def test_only_the_restricted_share_of_a_baseline_moves() -> None:
    # 10 % over is past the cap: -0.5 %, on 65 % of the baseline
    found = converge([110.0], [0.0], [100.0], SPECIALISED_25, restricted_share=0.65)
    assert float(found.convergence[0]) == pytest.approx(-0.005 * 0.65)
    assert float(found.allocation[0]) == pytest.approx(110 * (1 - 0.00325))
    whole = converge([110.0], [0.0], [100.0], SPECIALISED_25, restricted_share=0.0)
    assert float(whole.allocation[0]) == 110.0


def test_each_row_may_have_its_own_growth_and_restricted_share() -> None:
    found = converge([110.0, 110.0], [0.0, 0.1], [100.0, 110.0], CORE_25, [1.0, 0.5])
    assert found.allocation == pytest.approx([110 * 0.995, 121 * 0.9975])


def test_none_measures_and_full_closes_the_distance_of_the_year() -> None:
    assert float(converge([100.0], [0.05], [100.0], "none").dft[0]) == pytest.approx(0.05)
    full = converge([100.0], [0.05], [140.0], "full")
    assert float(full.allocation[0]) == pytest.approx(140.0)
    assert float(full.closing_dft[0]) == pytest.approx(0.0, abs=1e-15)


def test_an_unknown_rule_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="nhse-core-2023-24"):
        converge([1.0], [0.0], [1.0], "nhse-core-2023-2024")


def test_percentages_of_a_rule_table_become_fractions_and_blanks_nothing() -> None:
    table = pd.DataFrame(
        {
            "rule": ["own", "none"],
            "form": ["capped", "none"],
            "over_cap_pct": [0.8, None],
            "under_slope": [0.5, None],
            "under_cap_pct": [2.0, None],
        }
    )
    rules = rules_of(table)
    assert rules["own"] == Rule("own", "capped", 0.008, 0.5, 0.02)
    assert rules["none"] == Rule("none", "none")


EQUAL = np.array([0.5, 0.5])


def test_a_closed_envelope_under_the_rule_of_2023_24() -> None:
    # 60 and 40 for equal need: 20 % over and under, so -0.71 % and +0.20 %
    # 60 x 0.9929 + 40 x 1.002 = 99.654 must become 110
    budget, growth = share_envelope(np.array([60.0, 40.0]), EQUAL, 110.0, packaged_rules()[CORE_23])
    assert growth == pytest.approx(110 / 99.654 - 1)
    assert budget == pytest.approx([59.574 * 110 / 99.654, 40.08 * 110 / 99.654])


def test_a_closed_envelope_under_the_rule_of_2025_26_past_its_caps() -> None:
    # both past the caps: 60 x 0.995 + 40 x 1.005 = 99.9 must become 110
    budget, growth = share_envelope(np.array([60.0, 40.0]), EQUAL, 110.0, packaged_rules()[CORE_25])
    assert growth == pytest.approx(110 / 99.9 - 1)
    assert budget == pytest.approx([59.7 * 110 / 99.9, 40.2 * 110 / 99.9])


def test_a_closed_envelope_under_the_rule_of_2025_26_within_its_caps() -> None:
    # a place 1 % over and one 1 % under. With x = 1 + growth and a = 1.01 and 0.99, each budget is
    # 50 x a (1.2 - 0.2 x a); they add up to 100 where 1.2 x - 0.20002 x^2 = 1.
    x = (1.2 - math.sqrt(1.44 - 4 * 0.20002)) / (2 * 0.20002)
    budget, growth = share_envelope(np.array([50.5, 49.5]), EQUAL, 100.0, packaged_rules()[CORE_25])
    assert growth == pytest.approx(x - 1, abs=1e-13)
    expected = [50 * x * a * (1.2 - 0.2 * x * a) for a in (1.01, 0.99)]
    assert budget == pytest.approx(expected, rel=1e-13)


def test_none_keeps_shares_and_full_goes_to_need_in_a_closed_envelope() -> None:
    rules = packaged_rules()
    opening, need = np.array([30.0, 70.0]), np.array([0.4, 0.6])
    kept, growth = share_envelope(opening, need, 120.0, rules["none"])
    assert kept == pytest.approx([36.0, 84.0])
    assert growth == pytest.approx(0.2)
    moved, growth = share_envelope(opening, need, 120.0, rules["full"])
    assert moved == pytest.approx([48.0, 72.0])
    assert growth == pytest.approx(0.2)


def test_full_on_a_restricted_share_moves_only_that_share() -> None:
    opening, need = np.array([30.0, 70.0]), np.array([0.4, 0.6])
    budget, _ = share_envelope(opening, need, 120.0, packaged_rules()["full"], 0.25)
    # a quarter of 48 and 72, three quarters of 36 and 84
    assert budget == pytest.approx([39.0, 81.0])


def test_a_restricted_share_narrows_the_caps_of_a_closed_envelope() -> None:
    # -0.5 % and +0.5 % on 40 %: 60 x 0.998 + 40 x 1.002 = 99.96
    budget, _ = share_envelope(
        np.array([60.0, 40.0]), EQUAL, 99.96, packaged_rules()[SPECIALISED_25], 0.4
    )
    assert budget == pytest.approx([59.88, 40.08])


CCG = "ccg-2018-19"


def test_least_growth_tapers_by_distance_from_target() -> None:
    # on target to 5 %: 2.08 % or 1.36 % a head; 7.5 %: half; 10 % and more: nothing
    target = 100 / np.array([1.0, 1.05, 1.075, 1.10, 1.30])
    found = converge(100.0, 0.0, target, CCG, population_growth=0.0)
    assert found.allocation == pytest.approx([102.08, 102.08, 101.04, 100.0, 100.0])
    # people grow by 2 %: 1.0136 x 1.02 is more than the cash floor, to 5 % only
    found = converge(100.0, 0.0, target, CCG, population_growth=0.02)
    assert found.allocation[:3] == pytest.approx([103.3872, 103.3872, 101.04])


def test_nobody_stays_more_than_5_percent_below_target() -> None:
    found = converge([90.0, 98.0], 0.03, [100.0, 100.0], CCG)
    # 92.7 is below 95; 98 grows by its 2.08 %, since 3 % would pass target
    assert found.allocation == pytest.approx([95.0, 100.0384])
    assert found.closing_dft == pytest.approx([-0.05, 0.000384])


def test_least_growth_first_and_the_rest_evenly_below_target() -> None:
    # targets of 105: 42, 31.5, 31.5. A is 7.5 % over after growth of 5 %: half of 2.08 %.
    opening, need = np.array([43.0, 30.5, 26.5]), np.array([0.4, 0.3, 0.3])
    budget, growth = share_envelope(opening, need, 105.0, packaged_rules()[CCG])
    assert budget[0] == pytest.approx(43.4472)
    # B rises to its target and no further; C, above 0.95 x 31.5, has what is left
    assert budget[1:] == pytest.approx([31.5, 105 - 43.4472 - 31.5])
    assert growth == pytest.approx((105 - 43.4472 - 31.5) / 26.5 - 1)


def test_the_linear_program_shares_what_rows_have_after_growth() -> None:
    # 204 to share, targets 100 and 110: both 2.86 % below, unless A may not lose more than 1 %
    found = converge([100.0, 100.0], 0.02, [100.0, 110.0], "lp")
    assert found.allocation == pytest.approx([204 * 100 / 210, 204 * 110 / 210])
    bound = converge([100.0, 100.0], 0.02, [100.0, 110.0], "lp", min_growth=[-0.01, -1.0])
    assert bound.allocation == pytest.approx([99.0, 105.0])
    assert bound.closing_dft == pytest.approx([-0.01, 105 / 110 - 1])
    with pytest.raises(NoAnswerError, match="least growth of all rows needs"):
        converge([100.0, 100.0], 0.02, [100.0, 110.0], "lp", min_growth=0.05)


def test_each_rule_says_its_formula() -> None:
    formulas = {name: rule.formula for name, rule in packaged_rules().items()}
    assert formulas[CORE_23].startswith("over target -min(0.71 %, DfT)")
    assert "1 - 1/(1 + DfT)" in formulas[PMC_24]
    assert "at most 0.5 % either way" in formulas[SPECIALISED_25]
    assert "2.08 %" in formulas[CCG]
    assert set(formulas) >= {*RULES, CCG, "lp"}


@pytest.mark.parametrize("rule", [*RULES, CCG, "lp"])
@pytest.mark.parametrize("envelope", [50.0, 100.0, 180.0])
def test_one_place_takes_the_whole_envelope(rule: str, envelope: float) -> None:
    if rule == CCG and envelope < 102.08:
        with pytest.raises(NoAnswerError):
            share_envelope(np.array([100.0]), np.array([1.0]), envelope, packaged_rules()[rule])
        return
    budget, growth = share_envelope(
        np.array([100.0]), np.array([1.0]), envelope, packaged_rules()[rule]
    )
    assert float(budget[0]) == pytest.approx(envelope, rel=1e-14)
    assert growth == pytest.approx(envelope / 100 - 1, abs=1e-12)


@pytest.mark.parametrize("rule", [*RULES, CCG, "lp"])
def test_places_on_target_stay_there_in_a_closed_envelope(rule: str) -> None:
    need = np.array([0.2, 0.3, 0.5])
    budget, growth = share_envelope(need * 80, need, 100.0, packaged_rules()[rule])
    assert budget == pytest.approx(need * 100, rel=1e-13)
    assert growth == pytest.approx(0.25, abs=1e-12)


def test_caps_too_wide_to_bind_do_not_change_the_answer() -> None:
    # the same quadratic as within the caps, 5 % over and under: 1.2 x - 0.2005 x^2 = 1
    x = (1.2 - math.sqrt(1.44 - 4 * 0.2005)) / (2 * 0.2005)
    opening = np.array([52.5, 47.5])
    for cap in (0.02, 0.1, 0.3):
        budget, growth = share_envelope(
            opening, EQUAL, 100.0, Rule("own", "clipped", cap, 0.2, cap)
        )
        assert growth == pytest.approx(x - 1, abs=1e-13)
        assert float(budget[0]) == pytest.approx(50 * x * 1.05 * (1.2 - 0.21 * x), rel=1e-13)


def test_a_steeper_rule_of_the_teams_own_brings_places_nearer_to_target() -> None:
    opening = np.array([52.5, 47.5])
    distances = []
    for slope in (0.1, 0.2, 0.3, 0.5, 0.6):
        rule = Rule("own", "clipped", 0.2, slope, 0.2)
        budget, _ = share_envelope(opening, EQUAL, 100.0, rule)
        distances.append(float(abs(budget[0] / 50 - 1)))
    assert distances == sorted(distances, reverse=True)
    assert distances[0] < 0.05


@pytest.mark.parametrize(("slope", "cap_pct"), [(0.2, 100), (1.0, 40)])
def test_a_clipped_rule_that_may_have_no_single_answer_is_refused(
    tmp_path: Path, slope: float, cap_pct: float
) -> None:
    """Budgets rise with growth only while slope + 2 x cap is below 1.

    Past that the uniform growth has several roots or none: at slope 1 and a cap of 40 %, places
    5 % either side of target would stay there, under a growth of 67 %.
    """
    text = nelfin.load_scenario().data.pace_rules.read_text(encoding="utf-8")
    was = "nhse-core-2025-26,clipped,core,2025/26,0.5,0.2,0.5"
    assert was in text
    file = tmp_path / "pace_rules.csv"
    now = f"nhse-core-2025-26,clipped,core,2025/26,{cap_pct},{slope},{cap_pct}"
    file.write_text(text.replace(was, now), encoding="utf-8")
    with pytest.raises(InputError, match="pace_rules"):
        load_inputs(nelfin.load_scenario(None, {"data.pace_rules": str(file)}))


def test_a_table_is_converged_row_by_row_with_its_optional_columns() -> None:
    rows = pd.DataFrame(
        {"id": ["a", "b"], "baseline": [100.0, 50.0], "growth": [0.05, 0.03],
         "target": [104.0, 53.0]}
    )  # fmt: skip
    for rule, more in (
        (CORE_25, {}),
        (SPECIALISED_25, {"restricted_share": [0.4, 0.9]}),
        ("ccg-2018-19", {}),
        ("ccg-2018-19", {"population_growth": [0.05, 0.0]}),
        ("lp", {}),
        ("lp", {"min_growth": [0.06, None], "max_growth": [None, 0.04]}),
    ):
        given = rows.assign(**more)
        found = converge_table(given, rule)
        filled = {"min_growth": -1.0, "max_growth": np.inf}
        options = {k: given[k].astype(float).fillna(filled.get(k, np.nan)) for k in more}
        same = converge(rows["baseline"], rows["growth"], rows["target"], rule, **options)
        assert found.columns.tolist() == [
            *given.columns, "dft", "convergence", "allocation", "closing_dft"
        ]  # fmt: skip
        for name in ("dft", "convergence", "allocation", "closing_dft"):
            assert found[name].tolist() == getattr(same, name).tolist()
    bounded = converge_table(rows.assign(min_growth=[0.06, None]), "lp")
    assert bounded["allocation"].iloc[0] >= 106 - 1e-9
    # nobody grows by people unless the table says so
    alone = converge_table(rows, "ccg-2018-19")["allocation"]
    crowded = converge_table(rows.assign(population_growth=0.08), "ccg-2018-19")["allocation"]
    assert (crowded >= alone).all()
    assert crowded.sum() > alone.sum()


def test_a_table_with_nothing_to_converge_is_refused_with_every_row() -> None:
    rows = pd.DataFrame(
        {"id": ["a", "b"], "baseline": [100.0, 0.0], "growth": 0.05, "target": [0.0, 53.0]},
        index=[2, 3],
    )
    with pytest.raises(InputError) as caught:
        converge_table(rows, CORE_25)
    assert str(caught.value).splitlines() == [
        "table, row 2, column target: is 0. Give the target.",
        "table, row 3, column baseline: is 0. Give the baseline.",
    ]
