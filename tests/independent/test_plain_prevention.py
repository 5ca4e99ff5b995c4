"""The shift into prevention against a calculation written from the methods alone."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain_prevention import Programme, Rates, Shift, by_body, moves, weighted_qalys
from plain_prevention import shift as plain_shift

from nelfin.models.ledgers import Costing
from nelfin.models.marginal_cost import marginal_cost_curve
from nelfin.models.prevention import AFTER, shift
from nelfin.scenario.model_settings import Prevention
from nelfin.system.prevention import prevention_by_organisation
from nelfin.years import label_of

pytestmark = pytest.mark.property

FIRST = 2023
SHARE = st.floats(0.0, 1.0)
TIGHT = 1e-9
"""Relative, and in £m: a thousandth of a pound."""


SOME = st.floats(0.05, 1.0)


@st.composite
def programmes(draw: st.DrawFn) -> list[Programme]:
    parts = draw(st.lists(st.floats(0.1, 1.0), min_size=1, max_size=4))
    found = []
    for part in parts:
        # a programme whose return is of cash has some cash
        of_cash = draw(st.booleans())
        of_it = SOME if of_cash else SHARE
        found.append(
            Programme(
                share=part / sum(parts),
                returns=draw(st.floats(0.0, 12.0)),
                lag=draw(st.floats(0.2, 15.0)),
                nhs=draw(of_it),
                cashable=draw(of_it),
                of_cash=of_cash,
                unit_cost=draw(st.none() | st.floats(20.0, 5000.0)),
                eligible=draw(st.none() | st.floats(1e3, 5e5)),
                most=draw(st.just(1.0) | st.floats(0.1, 0.9)),
                per_qaly=draw(st.none() | st.floats(1e3, 3e4)),
                public=draw(st.just(0.0) | SHARE),
                targeted=draw(st.booleans()),
            )
        )
    return found


@st.composite
def rates(draw: st.DrawFn) -> Rates:
    flat = FIRST + draw(st.integers(-2, 5))
    growth = draw(st.just(0.0) | SHARE)
    return Rates(
        start=draw(st.floats(0.0, 0.05)),
        end=draw(st.floats(0.05, 0.12)),
        last_flat=flat,
        first_full=flat + draw(st.integers(1, 9)),
        growth=growth,
        pool=draw(st.just(0.0) | st.floats(0.0, 1 - growth)),
        double_months=draw(st.floats(0.0, 24.0)),
        step=draw(st.sampled_from([0.0, 0.0, 0.7, 2.5])),
        per_qaly_gained=draw(st.floats(1e3, 3e4)),
        per_qaly_forgone=draw(st.floats(1e3, 3e4)),
        qaly_year=draw(st.integers(2000, 2030)),
        inflation=draw(st.floats(-0.05, 0.1)),
        money_rate=draw(st.floats(0.0, 0.1)),
        health_rate=draw(st.floats(0.0, 0.1)),
        within_year=draw(SHARE),
        in_the_end=draw(SOME),
        end_after=draw(st.just(3.0) | st.floats(0.1, 12.0)),
        target_people=draw(st.just(1.0) | st.floats(0.003, 1.0)),
        emergency=draw(st.none() | st.floats(0.0, 50.0)),
        secondary=draw(st.none() | st.floats(0.5, 500.0)),
    )


def section_of(given_: Rates, more: float = 0.0, passed_on: float = 0.5) -> Prevention:
    return Prevention(
        share_of=("core",),
        share_start_pct=100 * given_.start,
        share_end_pct=100 * given_.end,
        start_year=label_of(given_.last_flat),
        end_year=label_of(given_.first_full),
        new_money_pct=100 * given_.growth,
        pool_pct=100 * given_.pool,
        double_running_months=given_.double_months,
        release_step_gbp_m=given_.step,
        gbp_per_qaly_gained=given_.per_qaly_gained,
        gbp_per_qaly_forgone=given_.per_qaly_forgone,
        qaly_price_year=label_of(given_.qaly_year),
        gdp_deflator_pct=100 * given_.inflation,
        discount_money_pct=100 * given_.money_rate,
        discount_qaly_pct=100 * given_.health_rate,
        target_people_pct=100 * given_.target_people,
        # of £100m of emergency cost half is the targeted people's, and the rest of the ceiling
        # can be avoided
        emergency_cost_gbp_m=0.0 if given_.emergency is None else 100.0,
        target_cost_pct=50.0,
        avoidable_emergency_pct=min(100.0, 2 * (given_.emergency or 0.0)),
        secondary_care_gbp_m=given_.secondary or 0.0,
        qaly_deprivation_weight=more,
        passed_on_pct=100 * passed_on,
    )


def table_of(known: list[Programme]) -> pd.DataFrame:
    rows = []
    for n, programme in enumerate(known):
        returns = "cash_return_gbp_per_gbp" if programme.of_cash else "return_gbp_per_gbp"
        values = {
            "share_of_shift_pct": 100 * programme.share,
            returns: programme.returns,
            "mean_lag_years": programme.lag,
            "nhs_share_pct": 100 * programme.nhs,
            "cashable_share_pct": 100 * programme.cashable,
            "unit_cost_gbp": programme.unit_cost,
            "eligible_people": programme.eligible,
            "max_coverage_pct": 100 * programme.most,
            "gbp_per_qaly": programme.per_qaly,
            "public_health_pct": 100 * programme.public,
        }
        kind = "rapid" if programme.targeted else "long"
        rows += [(f"P{n}", kind, key, v) for key, v in values.items() if v is not None]
    return pd.DataFrame(rows, columns=["programme", "kind", "parameter", "value"])


def costing_of(given_: Rates, prices: list[float]) -> Costing:
    curve = marginal_cost_curve(
        100 * given_.within_year, 100 * given_.in_the_end, given_.end_after, len(prices) + AFTER
    )
    return Costing(FIRST, np.array(prices), curve)


@st.composite
def bases(draw: st.DrawFn) -> list[float]:
    count = draw(st.integers(2, 12))
    growth = draw(st.lists(st.floats(-0.2, 0.3), min_size=count - 1, max_size=count - 1))
    spend = [draw(st.floats(100.0, 8000.0))]
    for g in growth:
        spend.append(spend[-1] * (1 + g))
    return spend


@st.composite
def price_levels(draw: st.DrawFn, count: int) -> list[float]:
    growth = draw(st.lists(st.floats(-0.03, 0.12), min_size=count - 1, max_size=count - 1))
    return np.cumprod([1.0, *(1 + g for g in growth)]).tolist()


def on_the_edge(expected: Shift, step: float) -> bool:
    """Say whether the last bit of a sum decides a ward or a year: not a matter of method."""
    back = np.subtract(expected.net, expected.cut)
    near_zero = [abs(x) < 1e-7 for x in [*back, *np.cumsum(back)] if x != 0]
    parts = [x / step % 1 for x in np.add(expected.cash, expected.capacity)] if step else []
    return any(near_zero) or any(min(p, 1 - p) < 1e-7 and p != 0 for p in parts)


@given(st.floats(0.0, 100.0), st.floats(0.1, 100.0), st.floats(0.1, 40.0))
@settings(max_examples=100)
def test_the_marginal_cost_curve(first: float, after: float, years: float) -> None:
    class Mine:
        within_year, in_the_end, end_after = first / 100, after / 100, years

    found = marginal_cost_curve(first, after, years, 50)
    expected = [moves(u, Mine) for u in range(50)]  # type: ignore[arg-type]
    np.testing.assert_allclose(found, expected, rtol=TIGHT)


@given(bases(), programmes(), rates(), st.data())
@settings(max_examples=150)
def test_every_ledger_of_the_shift(
    base: list[float], known: list[Programme], given_: Rates, data: st.DataObject
) -> None:
    prices = data.draw(price_levels(len(base)))
    expected = plain_shift(base, FIRST, prices, known, given_)
    assume(not on_the_edge(expected, given_.step))
    assume(abs(expected.mature - (1 - given_.pool)) > 1e-9)
    years = [label_of(FIRST + t) for t in range(len(base))]
    count = data.draw(st.integers(1, 4))
    names = [f"Place {i}" for i in range(count)]
    some = st.lists(st.floats(1.0, 100.0), min_size=count, max_size=count)
    weights = np.array([data.draw(some) for _ in years]).T
    deprived = data.draw(st.lists(SHARE, min_size=count, max_size=count))
    more = data.draw(st.floats(0.0, 1.0))
    passed_on = data.draw(SHARE)
    section = section_of(given_, more, passed_on)
    found = shift(
        xr.DataArray(base, {"year": years}, ("year",)),
        section,
        table_of(known),
        costing_of(given_, prices),
        xr.DataArray(weights, {"place": names, "year": years}, ("place", "year")),
        xr.DataArray(deprived, {"place": names}, ("place",)),
    )

    def close(name: str, values: object) -> None:
        np.testing.assert_allclose(
            found[f"prevention_{name}"], values, rtol=TIGHT, atol=1e-9, err_msg=name
        )

    close("extra_spend", expected.extra)
    close("cash", expected.cash)
    close("paid_by_pool", expected.pool)
    close("paid_by_growth", expected.growth)
    close("paid_by_cash", expected.reused)
    close("cut", expected.cut)
    close("capacity", expected.capacity)
    close("society", expected.society)
    close("double_running", expected.double)
    close("net_cash", expected.net)
    close("net_cash_recurrent", np.add(expected.net, expected.double))
    close("qalys_gained", expected.gained)
    close("qalys_forgone", expected.forgone)
    close("programme_avoided", expected.avoided)
    close("programme_people", expected.people)
    close("programme_spend", [[p.share * x for x in expected.extra] for p in known])
    attrs = found.attrs
    worths = [
        ("npv_gbp_m", expected.npv, 1e-8),
        ("net_qalys_discounted", expected.qalys, 1e-3),
        ("mature_cash_return", expected.mature, 1e-12),
    ]
    # in steps, the last bit of a sum decides a ward in one of sixty years
    worths += [] if given_.step else [("return_after_plan_gbp_m", expected.after, 1e-8)]
    for name, value, within in worths:
        np.testing.assert_allclose(attrs[name], value, rtol=TIGHT, atol=within, err_msg=name)
    for name, at in (("break_even", expected.break_even), ("payback", expected.payback)):
        assert attrs[f"{name}_year"] == ("" if at is None else years[at])
    assert attrs["never_pays_back"] == expected.never
    without = sum(p.per_qaly is None and p.public == 0 for p in known)
    assert attrs["programmes_without_qalys"] == without
    bodies = {"One": 30.0, "Two": 50.0, "Mind": 20.0, "ICB": 10.0}
    table = pd.DataFrame(
        {
            "organisation": list(bodies),
            "kind": ["trust", "trust", "trust", "icb"],
            "sector": ["acute", "acute", "mental_health", ""],
        }
    )
    named = {str(name).removeprefix("prevention_"): v.to_numpy() for name, v in found.items()}
    shared = prevention_by_organisation(named, table, section, np.array(list(bodies.values())))
    by_hand = by_body(
        expected.net, expected.growth, expected.double, bodies, {"One", "Two"}, "ICB", passed_on
    )
    assert set(shared) == set(by_hand)
    for ledger, by_name in by_hand.items():
        np.testing.assert_allclose(
            shared[ledger], list(by_name.values()), rtol=TIGHT, atol=1e-9, err_msg=ledger
        )
    # by place: the shares of the weights of the year
    shares = [[float(w / weights[:, t].sum()) for w in weights[:, t]] for t in range(len(years))]
    mean = math.fsum(d * s for d, s in zip(deprived, shares[0], strict=True))
    for t in range(len(years)):
        by_place = {
            "place_spend": [s * expected.extra[t] for s in shares[t]],
            "place_cash": [s * expected.cash[t] for s in shares[t]],
            "place_qalys": [s * expected.gained[t] for s in shares[t]],
            "place_qalys_weighted": weighted_qalys(
                expected.gained[t], shares[t], deprived, mean, more
            ),
        }
        for name, values in by_place.items():
            np.testing.assert_allclose(
                found[f"prevention_{name}"].isel(year=t), values, rtol=TIGHT, atol=1e-9
            )
