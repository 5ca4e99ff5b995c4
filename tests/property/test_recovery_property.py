"""Recovery of the deficit: what holds for any organisations, figures and rates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import xarray as xr
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from recovery_case import SCHEME, positions, rolled, tables_of

import nelfin
from nelfin.data import Inputs, load_inputs
from nelfin.models.recovery import ONE_OFF, RECURRENT
from nelfin.scenario import Scenario
from nelfin.scenario.model_settings import Recovery
from nelfin.years import label_of

pytestmark = pytest.mark.property

Array = npt.NDArray[np.float64]

Body = tuple[str, str, float]


@dataclass(frozen=True)
class System:
    """All that a recovery needs, drawn at random."""

    bodies: tuple[Body, ...]
    known: tuple[tuple[str, str, str, float], ...]
    opening: float
    schemes: pd.DataFrame
    uplift: dict[str, float]
    rates: Recovery
    years: list[str]
    prevention: Array
    capital: Array

    def solve(self) -> xr.Dataset:
        base = packaged()[0]
        years = base.years.model_copy(update={"last": self.years[-1], "planned_to": "2026/27"})
        scenario = base.model_copy(update={"recovery": self.rates, "years": years})
        tables = tables_of(packaged()[1], self.bodies, asks=self.schemes, uplift=self.uplift)
        opening = ("system", "2022/23", "underlying", self.opening)
        tables = replace(tables, positions=positions(opening, *self.known))
        names = [name for name, _, _ in self.bodies]
        return rolled(
            scenario,
            tables,
            dict(zip(names, self.prevention.tolist(), strict=True)),
            dict(zip(names, self.capital.tolist(), strict=True)),
        )

    def reported(self) -> dict[str, float]:
        """Return the known positions of the system in years of the plan."""
        return {year: value for _, year, _, value in self.known if year in self.years}


@cache
def packaged() -> tuple[Scenario, Inputs]:
    scenario = nelfin.load_scenario()
    return scenario, load_inputs(scenario)


@st.composite
def rates(draw: st.DrawFn) -> Recovery:
    few, percent = st.floats(0.0, 8.0), st.floats(0.0, 100.0)
    return Recovery(
        demand_planned_pct=draw(few),
        demand_urgent_pct=draw(few),
        planned_share_pct=draw(percent),
        marginal_cost_pct=draw(percent),
        cost_uplift_pct=draw(few),
        pressures_pct=draw(few),
        other_income_growth_pct=draw(st.floats(-2.0, 10.0)),
        marginal_cost_later_pct=draw(st.floats(1.0, 100.0)),
        marginal_cost_years=draw(st.floats(0.5, 5.0)),
        efficiency_pct=draw(st.floats(0.0, 15.0)),
        efficiency_delivery_pct=draw(percent),
        efficiency_recurrent_pct=draw(percent),
        support_gbp_m=draw(st.floats(-20.0, 100.0)),
        repayment_gbp_m=draw(st.floats(0.0, 50.0)),
        pdc_pct=3.5,
    )


@st.composite
def systems(draw: st.DrawFn, published: bool = True) -> System:
    """Draw an ICB and up to four trusts over up to eight years."""
    trusts = [f"Trust {i}" for i in range(draw(st.integers(1, 4)))]
    names = [*trusts, "ICB"]
    money = draw(st.lists(st.floats(50.0, 3000.0), min_size=len(names), max_size=len(names)))
    kinds = ["trust"] * len(trusts) + ["icb"]
    years = [label_of(2023 + i) for i in range(draw(st.integers(1, 8)))]
    some = st.lists(st.sampled_from(years), unique=True)
    reported = draw(some) if published else []
    measures = st.sampled_from(["outturn", "forecast", "plan"])
    known = [
        ("system", year, draw(measures) if year <= "2026/27" else "outturn",
         draw(st.floats(-150.0, 50.0)))
        for year in reported
    ]  # fmt: skip
    owners = st.sampled_from([*names, "system", "trusts"])
    schemes = [
        (
            f"scheme {i}",
            draw(st.sampled_from([*years, "2049/50"])),
            draw(owners),
            draw(st.floats(0.0, 200.0)),
            draw(st.floats(0.0, 100.0)),
            draw(st.floats(0.0, 100.0)),
            float(draw(st.integers(1, 12))),
        )
        for i in range(draw(st.integers(0, 4)))
    ]
    shape = (len(names), len(years))
    level = st.lists(
        st.floats(-20.0, 20.0), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
    ).map(lambda values: np.array(values).reshape(shape))
    return System(
        tuple(zip(names, kinds, money, strict=True)),
        (*known, ("system", "2050/51", "outturn", 1.0)),
        draw(st.floats(-200.0, 50.0)),
        pd.DataFrame(schemes, columns=SCHEME).assign(whole_ask=draw(st.booleans()), stage=""),
        {year: float(len(year)) / 3 for year in draw(some)},
        draw(rates()),
        years,
        draw(level),
        draw(level),
    )


def close(found: xr.DataArray, expected: xr.DataArray) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@given(systems())
@settings(max_examples=25)
def test_the_steps_of_every_bridge_add_up(system: System) -> None:
    bridge = system.solve()["recovery_bridge"]
    for part in (bridge, bridge.sum("organisation")):
        opening = part.sel(step="opening underlying", drop=True)
        closing = part.sel(step="closing underlying", drop=True)
        close(opening + part.sel(step=list(RECURRENT)).sum("step"), closing)
        close(
            closing + part.sel(step=list(ONE_OFF)).sum("step"),
            part.sel(step="reported", drop=True),
        )
    opening = bridge.sel(step="opening underlying").transpose("organisation", "year").values
    closing = bridge.sel(step="closing underlying").transpose("organisation", "year").values
    assert (opening[:, 1:] == closing[:, :-1]).all()
    assert opening[:, 0].sum() == pytest.approx(system.opening, abs=1e-9)


@given(systems())
@settings(max_examples=20)
def test_organisations_sum_to_the_system(system: System) -> None:
    data = system.solve()
    total = data["recovery_bridge"].sum("organisation")
    close(total.sel(step="closing underlying", drop=True), data["system_underlying"])
    close(total.sel(step="reported", drop=True), data["system_reported"])


@given(systems())
@settings(max_examples=25)
def test_a_known_position_is_hit(system: System) -> None:
    published = system.reported()
    assume(published)
    found = system.solve()["system_reported"]
    for year, value in published.items():
        assert float(found.sel(year=year)) == pytest.approx(value, abs=1e-9)


@given(systems())
@settings(max_examples=20)
def test_only_years_without_a_published_position_go_by_the_pressure_of_the_scenario(
    system: System,
) -> None:
    found = system.solve()["pressures_pct"]
    for year in set(system.years) - set(system.reported()):
        assert float(found.sel(year=year)) == pytest.approx(system.rates.pressures_pct, abs=1e-9)


@given(systems(), st.data())
@settings(max_examples=25)
def test_two_halves_of_an_organisation_give_the_same_system(
    system: System, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(system.bodies) - 2), label="trust to cut in two")
    name, kind, money = system.bodies[place]
    rest = [body for body in system.bodies if body[0] != name]
    order = [*range(place), *range(place + 1, len(system.bodies)), place, place]

    def halves(level: Array) -> Array:
        cut = level[order].copy()
        cut[-2:] /= 2
        return cut

    own = system.schemes["organisation"] == name
    part = system.schemes[own].assign(
        full_year_gbp_m=system.schemes.loc[own, "full_year_gbp_m"] / 2
    )
    cut = replace(
        system,
        bodies=(*rest, (name, kind, money / 2), ("the other half", kind, money / 2)),
        schemes=pd.concat(
            [system.schemes[~own], part, part.assign(organisation="the other half")],
            ignore_index=True,
        ),
        prevention=halves(system.prevention),
        capital=halves(system.capital),
    )
    whole, split = system.solve(), cut.solve()
    close(
        split["recovery_bridge"].sum("organisation"), whole["recovery_bridge"].sum("organisation")
    )
    close(split["pressures_pct"], whole["pressures_pct"])
    bridge = split["recovery_bridge"]
    close(bridge.sel(organisation=name), bridge.sel(organisation="the other half"))


@given(systems(published=False), st.floats(0.0, 1.0))
@settings(max_examples=25)
def test_more_delivery_of_the_general_ask_never_worsens_a_position(
    system: System, of_the_rest: float
) -> None:
    now = system.rates.efficiency_delivery_pct
    more = system.rates.model_copy(
        update={"efficiency_delivery_pct": now + (100 - now) * of_the_rest}
    )
    before, after = system.solve(), replace(system, rates=more).solve()
    steps = ["closing underlying", "reported"]
    rise = (after["recovery_bridge"] - before["recovery_bridge"]).sel(step=steps)
    assert (rise >= -1e-9).all()


@given(systems(published=False), st.floats(0.0, 1.0))
@settings(max_examples=25)
def test_more_delivery_of_a_scheme_never_worsens_a_position(
    system: System, of_the_rest: float
) -> None:
    assume(len(system.schemes) > 0)
    now = system.schemes["delivery_pct"]
    more = system.schemes.assign(delivery_pct=now + (100 - now) * of_the_rest)
    before, after = system.solve(), replace(system, schemes=more).solve()
    steps = ["closing underlying", "reported"]
    rise = (after["recovery_bridge"] - before["recovery_bridge"]).sel(step=steps)
    assert (rise >= -1e-9).all()


@given(systems(), st.floats(1.0, 50.0))
@settings(max_examples=20)
def test_delivery_in_a_published_year_moves_the_underlying_only_by_what_was_once(
    system: System, amount: float
) -> None:
    """The reported position stands, so more one-off delivery shows a worse underlying position."""
    published = system.reported()
    assume(published)
    year = min(published)
    # a scheme of nothing first, so that in both runs the year has an ask of its own
    none = pd.DataFrame([("more", year, "system", 0.0, 100.0, 40.0, 12.0)], columns=SCHEME).assign(
        whole_ask=True
    )
    runs = [
        replace(
            system,
            schemes=pd.concat(
                [system.schemes, none.assign(full_year_gbp_m=value)], ignore_index=True
            ),
        ).solve()
        for value in (0.0, amount)
    ]
    fall = (runs[0]["system_underlying"] - runs[1]["system_underlying"]).sel(year=year)
    assert float(fall) == pytest.approx(0.6 * amount, abs=1e-8)
    close(runs[0]["system_reported"].sel(year=year), runs[1]["system_reported"].sel(year=year))


@given(systems(), st.floats(1e-3, 1e3))
@settings(max_examples=25)
def test_the_unit_of_money_does_not_matter(system: System, unit: float) -> None:
    def scaled(frame: pd.DataFrame, column: str) -> pd.DataFrame:
        return frame.assign(**{column: frame[column] * unit})

    other = replace(
        system,
        bodies=tuple((name, kind, money * unit) for name, kind, money in system.bodies),
        known=tuple((*row, value * unit) for *row, value in system.known),
        opening=system.opening * unit,
        schemes=scaled(system.schemes, "full_year_gbp_m"),
        rates=system.rates.model_copy(
            update={
                "support_gbp_m": system.rates.support_gbp_m * unit,
                "repayment_gbp_m": system.rates.repayment_gbp_m * unit,
            }
        ),
        prevention=system.prevention * unit,
        capital=system.capital * unit,
    )
    plain, changed = system.solve()["recovery_bridge"], other.solve()["recovery_bridge"]
    np.testing.assert_allclose(changed / unit, plain, rtol=1e-9, atol=1e-8)


@given(systems())
@settings(max_examples=20)
def test_levels_of_prevention_and_capital_add_up_over_the_years(system: System) -> None:
    """Steps are changes of a level, so that together they are the level of the last year."""
    bridge = system.solve()["recovery_bridge"].transpose("organisation", "year", "step")
    for name, level in (
        ("prevention net cash", system.prevention),
        ("capital consequences", system.capital),
    ):
        so_far = bridge.sel(step=name).cumsum("year")
        np.testing.assert_allclose(so_far, level, rtol=0, atol=1e-10)
