"""A bridge as packs print and draw it adds up, whatever its steps are."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from nelfin.models.recovery import ONE_OFF, RECURRENT, STEPS
from nelfin.report.charts.waterfall import LEVEL, steps_of
from nelfin.report.packs.bridges import CLOSING, LEVELS, OPENING, REPORTED, bridge_rows, whole_steps
from nelfin.report.packs.parts import Figure

pytestmark = pytest.mark.property

AMOUNTS = st.floats(-5e3, 5e3, allow_nan=False) | st.sampled_from([0.0, 0.05, -0.049, 1e-9])


def read(text: str) -> float:
    """Read a printed number as a reader with a calculator does."""
    value = float(text.strip("()").replace(",", ""))
    return -value if text.startswith("(") else value


@st.composite
def bridges(draw: st.DrawFn) -> xr.DataArray:
    """Return a bridge of a few years: each opens where the one before closes."""
    years = [f"20{at}/{at + 1}" for at in range(24, 24 + draw(st.integers(1, 4)))]
    array = xr.DataArray(
        np.zeros((len(years), len(STEPS))), {"year": years, "step": list(STEPS)}, ("year", "step")
    )
    opening = draw(AMOUNTS)
    for year in years:
        at = array.loc[year]
        moves = {step: draw(AMOUNTS) for step in draw(st.sets(st.sampled_from(RECURRENT)))}
        once = {step: draw(AMOUNTS) for step in draw(st.sets(st.sampled_from(ONE_OFF)))}
        for step, value in (moves | once).items():
            at.loc[step] = value
        at.loc[OPENING], opening = opening, opening + sum(moves.values())
        at.loc[CLOSING], at.loc[REPORTED] = opening, opening + sum(once.values())
    return array


@settings(max_examples=25)
@given(bridges())
def test_each_year_adds_up_from_level_to_level_as_printed(bridge: xr.DataArray) -> None:
    rows = bridge_rows(bridge)
    assert [step for step in rows if step in LEVELS] == list(LEVELS)
    ends = [list(rows).index(level) for level in LEVELS]
    for cells in zip(*rows.values(), strict=True):
        amounts = [read(cell.text) for cell in cells if isinstance(cell, Figure)]
        for start, end in pairwise(ends):
            assert sum(amounts[start:end]) == pytest.approx(amounts[end], abs=1e-6)
    left_out = bridge.sel(step=[step for step in STEPS if step not in rows])
    assert float(abs(left_out).max() if left_out.size else 0.0) < 1e-6


@settings(max_examples=25)
@given(bridges())
def test_all_years_lead_from_the_first_to_the_last_as_drawn(bridge: xr.DataArray) -> None:
    steps, (first, last) = whole_steps(bridge)
    assert steps[0][1] == float(bridge.sel(year=first, step=OPENING))
    assert steps[-1][1] == pytest.approx(float(bridge.sel(year=last, step=REPORTED)), abs=1e-6)
    bars = steps_of("", steps)
    amounts = [read(bar["words"]) for bar in bars]
    ends = [at for at, bar in enumerate(bars) if bar["kind"] == LEVEL]
    for start, end in pairwise(ends):
        assert sum(amounts[start:end]) == pytest.approx(amounts[end], abs=1e-6)
        assert bars[end - 1]["to"] == pytest.approx(bars[end]["to"], abs=0.1)
