"""The recovery roll-forward against a calculation written from the methods alone."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_recovery import Efficiency, System, roll

import nelfin
from nelfin.data import Inputs, load_inputs
from nelfin.models.recovery import recover
from nelfin.scenario.model_settings import Recovery
from nelfin.years import label_of

pytestmark = pytest.mark.property

FIRST = 2023
SHARE = st.floats(0.0, 1.0)
RATINGS = ("green", "amber", "red")


@cache
def packaged() -> Inputs:
    return load_inputs(nelfin.load_scenario())


@st.composite
def systems(draw: st.DrawFn) -> System:
    trusts = [f"Trust {i}" for i in range(draw(st.integers(1, 4)))]
    names = [*trusts, "ICB"]
    years = draw(st.integers(1, 8))
    every = st.sets(st.integers(0, years - 1))
    few = st.floats(0.0, 0.08)

    def levels() -> dict[str, list[float]]:
        some = st.lists(st.floats(-20.0, 20.0), min_size=years, max_size=years)
        return {name: draw(some) for name in names}

    schemes = [
        Efficiency(
            year=draw(st.integers(0, years - 1)),
            owner=draw(st.sampled_from([*names, "system", "trusts"])),
            full_year=draw(st.floats(0.0, 200.0)),
            delivery=draw(st.none() | SHARE),
            rating=draw(st.sampled_from(RATINGS)),
            recurrent=draw(SHARE),
            months=float(draw(st.integers(1, 12))),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]
    whole = draw(st.booleans())
    return System(
        turnover={name: draw(st.floats(50.0, 3000.0)) for name in names},
        trusts=set(trusts),
        opening=draw(st.floats(-200.0, 50.0)),
        income_growth=draw(st.lists(st.floats(-0.02, 0.1), min_size=years, max_size=years)),
        allocations_known=draw(every),
        convergence=draw(st.floats(-0.01, 0.01)),
        uplift={t: draw(few) for t in sorted(draw(every))},
        uplift_later=draw(few),
        planned=draw(few),
        urgent=draw(few),
        planned_share=draw(SHARE),
        marginal=draw(SHARE),
        pressures=draw(few),
        ask=draw(st.floats(0.0, 0.15)),
        delivery=draw(SHARE),
        lasting=draw(SHARE),
        schemes=schemes,
        whole_ask={scheme.year for scheme in schemes} if whole else set(),
        odds={rating: draw(SHARE) for rating in RATINGS},
        support=draw(st.floats(-20.0, 100.0)),
        repayment=draw(st.floats(0.0, 50.0)),
        repay_from_surplus=draw(st.booleans()),
        repay_cap=draw(st.floats(0.0, 0.05)),
        reported={t: draw(st.floats(-150.0, 50.0)) for t in sorted(draw(every))},
        prevention=levels(),
        capital=levels(),
        places=levels() if draw(st.booleans()) else {},
        pay=draw(SHARE),
        agency_now=draw(st.floats(0.0, 0.1)),
        agency_then=draw(st.floats(0.0, 0.1)),
        agency_years=draw(st.integers(-1, 9)),
        premium=draw(st.floats(0.0, 0.6)),
    )


def section_of(system: System) -> Recovery:
    return Recovery(
        demand_planned_pct=100 * system.planned,
        demand_urgent_pct=100 * system.urgent,
        planned_share_pct=100 * system.planned_share,
        marginal_cost_pct=100 * system.marginal,
        cost_uplift_pct=100 * system.uplift_later,
        pressures_pct=100 * system.pressures,
        efficiency_pct=100 * system.ask,
        efficiency_delivery_pct=100 * system.delivery,
        efficiency_recurrent_pct=100 * system.lasting,
        support_gbp_m=system.support,
        repayment_gbp_m=system.repayment,
        repayment_rule="surplus" if system.repay_from_surplus else "fixed",
        repayment_cap_pct=100 * system.repay_cap,
        convergence_pct=100 * system.convergence,
        delivery_green_pct=100 * system.odds["green"],
        delivery_amber_pct=100 * system.odds["amber"],
        delivery_red_pct=100 * system.odds["red"],
        pay_share_pct=100 * system.pay,
        agency_share_pct=100 * system.agency_now,
        agency_target_pct=100 * system.agency_then,
        agency_year=label_of(FIRST + system.agency_years),
        agency_premium_pct=100 * system.premium,
        pdc_pct=3.5,
    )


def tables_of(system: System) -> Inputs:
    names = list(system.turnover)
    columns = ["year", "measure", "value_gbp_m"]
    positions = [(label_of(FIRST), "opening_underlying", system.opening)]
    positions += [(label_of(FIRST + t), "reported", v) for t, v in system.reported.items()]
    schemes = [
        {
            "scheme": f"scheme {n}",
            "year": label_of(FIRST + scheme.year),
            "organisation": scheme.owner,
            "full_year_gbp_m": scheme.full_year,
            "delivery_pct": math.nan if scheme.delivery is None else 100 * scheme.delivery,
            "rating": scheme.rating,
            "recurrent_pct": 100 * scheme.recurrent,
            "months": scheme.months,
            "whole_ask": bool(system.whole_ask),
        }
        for n, scheme in enumerate(system.schemes)
    ]
    empty = packaged().efficiency_schemes.iloc[:0]
    known = [("core", label_of(FIRST + t)) for t in sorted(system.allocations_known)]
    return replace(
        packaged(),
        organisations=pd.DataFrame(
            {
                "organisation": names,
                "kind": ["trust" if name in system.trusts else "icb" for name in names],
                "turnover_gbp_m": list(system.turnover.values()),
            }
        ),
        positions=pd.DataFrame(positions, columns=columns),
        efficiency_schemes=pd.DataFrame(schemes) if schemes else empty,
        uplift_factors=pd.DataFrame(
            {
                "year": [label_of(FIRST + t) for t in system.uplift],
                "cost_uplift_pct": [100 * value for value in system.uplift.values()],
            }
        ),
        allocations=pd.DataFrame(known, columns=["stream", "year"]),
    )


@given(systems())
@settings(max_examples=60)
def test_every_step_of_every_bridge(system: System) -> None:
    years = [label_of(FIRST + t) for t in range(len(system.income_growth))]
    names = list(system.turnover)

    def level(by_name: dict[str, list[float]]) -> xr.DataArray:
        # in another order than the organisations: labels count, not positions
        coords = {"organisation": names[::-1], "year": years}
        values = [by_name[name] for name in names[::-1]]
        return xr.DataArray(values, coords, ("organisation", "year"))

    found = recover(
        tables_of(system),
        section_of(system),
        xr.DataArray(system.income_growth, {"year": years}, ("year",)),
        level(system.prevention),
        level(system.capital),
        level(system.places) if system.places else None,
    )
    bridge = found["recovery_bridge"]
    expected = roll(system)
    for t, lines in enumerate(expected):
        for name, line in lines.items():
            here = bridge.sel(organisation=name).isel(year=t)
            assert set(line) == set(here["step"].values.tolist())
            for step, value in line.items():
                at = f"{step} of {name} in {t}"
                np.testing.assert_allclose(
                    here.sel(step=step), value, rtol=1e-9, atol=1e-8, err_msg=at
                )
        for name, step in (("underlying", "closing underlying"), ("reported", "reported")):
            total = sum(line[step] for line in lines.values())
            np.testing.assert_allclose(
                found[f"system_{name}"].isel(year=t), total, rtol=1e-9, atol=1e-8
            )
