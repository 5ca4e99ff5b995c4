"""The shift into prevention against a calculation written from the methods alone."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain_prevention import Programme, Rates, Shift, weighted_qalys
from plain_prevention import shift as plain_shift

from nelfin.models.prevention import shift
from nelfin.scenario.schema import Prevention
from nelfin.years import label_of

pytestmark = pytest.mark.property

FIRST = 2023
SHARE = st.floats(0.0, 1.0)
TIGHT = 1e-9
"""Relative, and in £m: a thousandth of a pound."""


@st.composite
def programmes(draw: st.DrawFn) -> list[Programme]:
    parts = draw(st.lists(st.floats(0.1, 1.0), min_size=1, max_size=4))
    return [
        Programme(
            share=part / sum(parts),
            returns=draw(st.floats(0.0, 12.0)),
            lag=draw(st.floats(0.2, 15.0)),
            nhs=draw(SHARE),
            cashable=draw(SHARE),
            unit_cost=draw(st.none() | st.floats(20.0, 5000.0)),
            eligible=draw(st.none() | st.floats(1e3, 5e5)),
            most=draw(st.just(1.0) | st.floats(0.1, 0.9)),
            gbp_per_qaly=draw(st.none() | st.floats(1e3, 3e4)),
            targeted=draw(st.booleans()),
        )
        for part in parts
    ]


@st.composite
def rates(draw: st.DrawFn) -> Rates:
    flat = FIRST + draw(st.integers(-2, 5))
    return Rates(
        start=draw(st.floats(0.0, 0.05)),
        end=draw(st.floats(0.05, 0.12)),
        last_flat=flat,
        first_full=flat + draw(st.integers(1, 9)),
        new_money=draw(SHARE),
        treatment=draw(SHARE),
        double_months=draw(st.floats(0.0, 24.0)),
        step=draw(st.sampled_from([0.0, 0.0, 0.7, 2.5])),
        per_qaly_gained=draw(st.floats(1e3, 3e4)),
        per_qaly_forgone=draw(st.floats(1e3, 3e4)),
        money_rate=draw(st.floats(0.0, 0.1)),
        health_rate=draw(st.floats(0.0, 0.1)),
        target_people=draw(st.just(1.0) | st.floats(0.003, 1.0)),
        ceiling=draw(st.just(0.0) | st.floats(0.5, 50.0)),
    )


def section_of(given_: Rates, more: float = 0.0) -> Prevention:
    return Prevention(
        share_of=("core",),
        share_start_pct=100 * given_.start,
        share_end_pct=100 * given_.end,
        start_year=label_of(given_.last_flat),
        end_year=label_of(given_.first_full),
        new_money_pct=100 * given_.new_money,
        donor_is_treatment_pct=100 * given_.treatment,
        double_running_months=given_.double_months,
        release_step_gbp_m=given_.step,
        gbp_per_qaly_gained=given_.per_qaly_gained,
        gbp_per_qaly_forgone=given_.per_qaly_forgone,
        discount_money_pct=100 * given_.money_rate,
        discount_qaly_pct=100 * given_.health_rate,
        target_people_pct=100 * given_.target_people,
        # of £100m of emergency cost half is the targeted people's, and the rest of the ceiling
        # can be avoided
        emergency_cost_gbp_m=100.0 if given_.ceiling else 0.0,
        target_cost_pct=50.0,
        avoidable_emergency_pct=min(100.0, 2 * given_.ceiling),
        qaly_deprivation_weight=more,
    )


def table_of(known: list[Programme]) -> pd.DataFrame:
    rows = []
    for n, programme in enumerate(known):
        values = {
            "share_of_shift_pct": 100 * programme.share,
            "return_gbp_per_gbp": programme.returns,
            "mean_lag_years": programme.lag,
            "nhs_share_pct": 100 * programme.nhs,
            "cashable_share_pct": 100 * programme.cashable,
            "unit_cost_gbp": programme.unit_cost,
            "eligible_people": programme.eligible,
            "max_coverage_pct": 100 * programme.most,
            "gbp_per_qaly": programme.gbp_per_qaly,
        }
        kind = "rapid" if programme.targeted else "long"
        rows += [(f"P{n}", kind, key, v) for key, v in values.items() if v is not None]
    return pd.DataFrame(rows, columns=["programme", "kind", "parameter", "value"])


@st.composite
def bases(draw: st.DrawFn) -> list[float]:
    count = draw(st.integers(2, 12))
    growth = draw(st.lists(st.floats(-0.2, 0.3), min_size=count - 1, max_size=count - 1))
    spend = [draw(st.floats(100.0, 8000.0))]
    for g in growth:
        spend.append(spend[-1] * (1 + g))
    return spend


def on_the_edge(expected: Shift, step: float) -> bool:
    """Say whether the last bit of a sum decides a ward or a year: not a matter of method."""
    running = np.cumsum(expected.net)
    near_zero = [abs(x) < 1e-7 for x in [*expected.net, *running] if x != 0]
    parts = [x / step % 1 for x in np.add(expected.cash, expected.capacity)] if step else []
    return any(near_zero) or any(min(p, 1 - p) < 1e-7 and p != 0 for p in parts)


@given(bases(), programmes(), rates(), st.data())
@settings(max_examples=100)
def test_every_ledger_of_the_shift(
    base: list[float], known: list[Programme], given_: Rates, data: st.DataObject
) -> None:
    expected = plain_shift(base, FIRST, known, given_)
    assume(not on_the_edge(expected, given_.step))
    years = [label_of(FIRST + t) for t in range(len(base))]
    count = data.draw(st.integers(1, 4))
    names = [f"Place {i}" for i in range(count)]
    some = st.lists(st.floats(1.0, 100.0), min_size=count, max_size=count)
    weights = np.array([data.draw(some) for _ in years]).T
    deprived = data.draw(st.lists(SHARE, min_size=count, max_size=count))
    more = data.draw(st.floats(0.0, 1.0))
    found = shift(
        xr.DataArray(base, {"year": years}, ("year",)),
        section_of(given_, more),
        table_of(known),
        xr.DataArray(weights, {"place": names, "year": years}, ("place", "year")),
        xr.DataArray(deprived, {"place": names}, ("place",)),
    )

    def close(name: str, values: object) -> None:
        np.testing.assert_allclose(
            found[f"prevention_{name}"], values, rtol=TIGHT, atol=1e-9, err_msg=name
        )

    close("extra_spend", expected.extra)
    close("cash", expected.cash)
    close("capacity", expected.capacity)
    close("society", expected.society)
    close("double_running", expected.double)
    close("net_cash", expected.net)
    close("qalys_gained", expected.gained)
    close("qalys_forgone", expected.forgone)
    close("programme_avoided", expected.avoided)
    close("programme_people", expected.people)
    close("programme_spend", [[p.share * x for x in expected.extra] for p in known])
    np.testing.assert_allclose(found.attrs["npv_gbp_m"], expected.npv, rtol=TIGHT, atol=1e-8)
    np.testing.assert_allclose(
        found.attrs["net_qalys_discounted"], expected.qalys, rtol=TIGHT, atol=1e-3
    )
    for name, at in (("break_even", expected.break_even), ("payback", expected.payback)):
        assert found.attrs[f"{name}_year"] == ("" if at is None else years[at])
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
