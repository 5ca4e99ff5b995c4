"""Depreciation, dividend and savings against a calculation written from the methods alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_charges import Asset, effect

from nelfin.models.capital import CapitalPlan
from nelfin.models.charges import consequences
from nelfin.years import label_of

pytestmark = pytest.mark.property

FIRST = 2025
ORGANISATIONS = ["Barts", "BHRUT"]


@st.composite
def assets(draw: st.DrawFn, years: int) -> Asset:
    build = draw(st.integers(1, 4))
    start = draw(st.integers(0, years - 1))
    spend = draw(st.lists(st.floats(0.5, 80.0), min_size=build, max_size=build))
    share = draw(st.just(1.0) | st.floats(0.05, 1.0))
    paid = [0.0] * years
    for n, amount in enumerate(spend):
        if start + n < years:
            paid[start + n] = amount * share
    return Asset(
        organisation=draw(st.sampled_from(ORGANISATIONS)),
        paid=paid,
        start=start,
        build=build,
        share=share,
        saving=draw(st.floats(-5.0, 5.0)),
        adds=draw(st.just(0.0) | st.floats(0.0, 1.0)),
        life=draw(st.floats(1.0, 60.0)),
    )


def plan_of(known: list[Asset], years: list[str]) -> tuple[CapitalPlan, pd.DataFrame]:
    """Write funded schemes as the tables of a plan, and one scheme that is not funded."""
    names = [f"P{n}" for n in range(len(known))]
    projects = [
        {
            "project_id": name,
            "organisation": asset.organisation,
            "asset_type": f"kind {name}",
            "revenue_gbp_m": asset.saving,
            **{f"spend_{n + 1}": float(n < asset.build) for n in range(4)},
        }
        for name, asset in zip(names, known, strict=True)
    ]
    projects.append({**projects[0], "project_id": "left out", "revenue_gbp_m": 9.0})
    plan = [
        {"project_id": name, "status": "funded" if asset.share == 1 else "part-funded",
         "start_year": years[asset.start], "funded_share": asset.share}
        for name, asset in zip(names, known, strict=True)
    ]  # fmt: skip
    plan.append(
        {"project_id": "left out", "status": "not funded", "start_year": "", "funded_share": 0.0}
    )
    spend = [
        {"project_id": name, "year": years[t], "spend_gbp_m": paid}
        for name, asset in zip(names, known, strict=True)
        for t, paid in enumerate(asset.paid)
        if paid
    ]
    kinds = pd.DataFrame(
        {
            "asset_type": [f"kind {name}" for name in names],
            "life_years": [asset.life for asset in known],
            "adds_to_assets_pct": [100 * asset.adds for asset in known],
        }
    )
    frames = (pd.DataFrame(rows) for rows in (plan, spend))
    empty = pd.DataFrame()
    return CapitalPlan(*frames, empty, empty, {}, pd.DataFrame(projects)), kinds


@given(st.integers(1, 12).flatmap(lambda n: st.lists(assets(n), min_size=1, max_size=5)),
       st.floats(0.0, 0.1))  # fmt: skip
@settings(max_examples=100)
def test_charges_and_savings_of_every_organisation_and_year(
    known: list[Asset], dividend: float
) -> None:
    years = [label_of(FIRST + t) for t in range(len(known[0].paid))]
    plan, kinds = plan_of(known, years)
    found = consequences(plan, kinds, 100 * dividend, ORGANISATIONS, years)
    for name in ORGANISATIONS:
        expected = np.zeros(len(years))
        for asset in known:
            if asset.organisation == name:
                expected += effect(asset, dividend)
        np.testing.assert_allclose(found.sel(organisation=name), expected, rtol=1e-9, atol=1e-9)
