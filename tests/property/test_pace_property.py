"""Pace-of-change rules on openings, shares of need and envelopes of any size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pace_cases import FORMS, RULES, SHARES, Array, Case, cases, far

from nelfin.allocations import converge
from nelfin.allocations.closed import share_envelope
from nelfin.allocations.rules import Rule, packaged_rules, together

pytestmark = pytest.mark.property


@given(cases(), RULES, SHARES)
@settings(max_examples=60)
def test_budgets_add_up_to_the_envelope(case: Case, rule: Rule, share: float) -> None:
    opening, need, envelope = case
    budget, _ = share_envelope(opening, need, envelope, rule, share)
    assert budget.sum() == pytest.approx(envelope, rel=1e-12)
    assert (budget > 0).all()


@given(
    st.lists(st.tuples(st.floats(1e-3, 1e4), st.floats(1.0, 1e6)), min_size=1, max_size=8).map(
        np.array
    ),
    st.floats(1e-2, 1e5),
    RULES,
)
@settings(max_examples=60)
def test_budgets_add_up_however_far_from_target_places_are(
    rows: Array, envelope: float, rule: Rule
) -> None:
    opening, need = rows[:, 0], rows[:, 1] / rows[:, 1].sum()
    budget, _ = share_envelope(opening, need, envelope, rule)
    assert budget.sum() == pytest.approx(envelope, rel=1e-9)
    assert (budget > 0).all()


@given(cases(), RULES, SHARES, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_places_does_not_matter(case: Case, rule: Rule, share: float, luck) -> None:
    opening, need, envelope = case
    order = list(range(len(need)))
    luck.shuffle(order)
    plain, growth = share_envelope(opening, need, envelope, rule, share)
    turned, same = share_envelope(opening[order], need[order], envelope, rule, share)
    np.testing.assert_allclose(turned, plain[order], rtol=1e-11)
    assert same == pytest.approx(growth, abs=1e-11)


@given(cases(), RULES, SHARES, st.floats(1e-3, 1e3))
@settings(max_examples=60)
def test_the_scale_of_openings_does_not_matter(
    case: Case, rule: Rule, share: float, scale: float
) -> None:
    opening, need, envelope = case
    plain, growth = share_envelope(opening, need, envelope, rule, share)
    scaled, other = share_envelope(opening * scale, need, envelope, rule, share)
    np.testing.assert_allclose(scaled, plain, rtol=1e-11)
    assert (1 + other) * scale == pytest.approx(1 + growth, rel=1e-11)


@given(cases(), RULES, SHARES, st.floats(1e-3, 1e3))
@settings(max_examples=60)
def test_budgets_scale_with_the_envelope(
    case: Case, rule: Rule, share: float, scale: float
) -> None:
    opening, need, envelope = case
    plain, _ = share_envelope(opening, need, envelope, rule, share)
    scaled, _ = share_envelope(opening, need, envelope * scale, rule, share)
    np.testing.assert_allclose(scaled, plain * scale, rtol=1e-11)


@given(cases())
def test_full_lands_on_target(case: Case) -> None:
    opening, need, envelope = case
    budget, _ = share_envelope(opening, need, envelope, packaged_rules()["full"])
    np.testing.assert_allclose(budget, need * envelope, rtol=1e-12)


@given(cases(), SHARES)
def test_none_keeps_shares(case: Case, share: float) -> None:
    opening, need, envelope = case
    budget, growth = share_envelope(opening, need, envelope, packaged_rules()["none"], share)
    np.testing.assert_allclose(budget / envelope, opening / opening.sum(), rtol=1e-12)
    assert growth == pytest.approx(envelope / opening.sum() - 1, abs=1e-12)


@given(cases(), RULES, SHARES)
@settings(max_examples=120)
def test_the_largest_distance_from_target_never_grows(case: Case, rule: Rule, share: float) -> None:
    opening, need, envelope = case
    budget, _ = share_envelope(opening, need, envelope, rule, share)
    assert far(budget, need) <= far(opening, need) + 1e-12


@given(cases(), st.randoms(use_true_random=False), st.sampled_from(sorted(FORMS)), st.data())
@settings(max_examples=60)
def test_rows_worked_out_together_are_as_each_alone(
    case: Case, luck, form: str, data: st.DataObject
) -> None:
    opening, need, envelope = case
    order = list(range(len(opening)))
    luck.shuffle(order)
    openings, needs = np.array([opening, opening[order]]), np.array([need, need[::-1]])
    envelopes = np.array([envelope, envelope * 1.1])
    of_form = [rule for rule in packaged_rules().values() if rule.form == form]
    rules = [data.draw(st.sampled_from(of_form)) for _ in range(2)]
    shares = [data.draw(SHARES) for _ in range(2)]
    rows = zip(openings, needs, envelopes, rules, shares, strict=True)
    alone = [share_envelope(*row) for row in rows]
    both = share_envelope(
        openings, needs, envelopes, together(tuple(rules)), np.array(shares)[:, None]
    )
    for row, (budget, growth) in enumerate(alone):
        assert both[0][row] == pytest.approx(budget, rel=1e-12)
        assert both[1][row] == pytest.approx(growth, rel=1e-9, abs=1e-12)


@given(cases(), RULES, SHARES)
@settings(max_examples=120)
def test_of_two_places_the_one_further_over_target_is_held_back_more(
    case: Case, rule: Rule, share: float
) -> None:
    opening, need, envelope = case
    budget, _ = share_envelope(opening, need, envelope, rule, share)
    moved = (budget / opening)[np.argsort(opening / need)]
    assert (np.diff(moved) <= 1e-11 * moved[0]).all()


@given(cases(), RULES, SHARES)
@settings(max_examples=120)
def test_adjustments_stay_within_the_caps(case: Case, rule: Rule, share: float) -> None:
    opening, need, envelope = case
    budget, growth = share_envelope(opening, need, envelope, rule, share)
    k = budget / (opening * (1 + growth)) - 1
    if rule.form == "full":
        k_whole = need * envelope / (opening * (1 + growth)) - 1
        np.testing.assert_allclose(k, share * k_whole, atol=1e-11)
    else:
        assert (k >= -rule.over_cap * share - 1e-11).all()
        assert (k <= rule.under_cap * share + 1e-11).all()


@given(cases(), RULES, SHARES)
@settings(max_examples=60)
def test_a_closed_envelope_agrees_with_the_open_rule_at_its_growth(
    case: Case, rule: Rule, share: float
) -> None:
    opening, need, envelope = case
    budget, growth = share_envelope(opening, need, envelope, rule, share)
    in_year = rule.form in {"clipped", "full", "none"}
    target = need * (envelope if in_year else opening.sum())
    open_ = converge(opening, growth, target, rule, share)
    np.testing.assert_allclose(open_.allocation, budget, rtol=1e-11)


@given(
    st.lists(
        st.tuples(st.floats(1.0, 1e4), st.floats(-0.2, 0.5), st.floats(1.0, 1e4), SHARES),
        min_size=1,
        max_size=6,
    ),
    RULES,
    st.floats(1e-3, 1e3),
)
def test_each_row_of_converge_stands_alone_in_any_unit_of_money(
    rows: list[tuple[float, float, float, float]], rule: Rule, unit: float
) -> None:
    baseline, growth, target, share = (np.array(column) for column in zip(*rows, strict=True))
    whole = converge(baseline * unit, growth, target * unit, rule, share)
    for i, (b, g, t, s) in enumerate(rows):
        one = converge([b], [g], [t], rule, s)
        np.testing.assert_allclose(whole.dft[i], one.dft[0], rtol=1e-12, atol=1e-12)
        # at the edge of a cap both branches give the same adjustment
        np.testing.assert_allclose(whole.allocation[i], one.allocation[0] * unit, rtol=1e-11)
    np.testing.assert_allclose(
        whole.allocation, baseline * unit * (1 + growth) * (1 + whole.convergence), rtol=1e-14
    )


@given(cases(), RULES)
def test_the_closing_distance_lies_between_the_opening_one_and_target(
    case: Case, rule: Rule
) -> None:
    opening, need, envelope = case
    target = need * envelope
    found = converge(opening, 0.0, target, rule)
    near = np.abs(found.closing_dft) <= np.abs(found.dft) + 1e-12
    assert near.all()
