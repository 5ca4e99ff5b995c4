"""Activity against a calculation written from the methods alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from activity_case import ACUTE, OPEN_FROM, embedded, people, with_settings, work_out
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_activity import Body, Levers, Times, gap_of_primary_care
from plain_activity import activity as plain_activity

from nelfin.models.activity.waiting import over_standard
from nelfin.system.activity_levels import Activity
from nelfin.system.drivers import income_by_body
from nelfin.years import label_of

pytestmark = pytest.mark.property

FIRST, COUNT = 2023, 10
SHARE = st.floats(0.0, 1.0)
NINE = {"rtol": 1e-9, "atol": 1e-8}
"""Nine figures; £m, and people to a millionth."""
IN_PEOPLE = {"rtol": 1e-9, "atol": 1e-4}
"""The list is counted in millionths of a person, month by month."""


@st.composite
def lever_sets(draw: st.DrawFn) -> Levers:
    shut = draw(SHARE)
    return Levers(
        waiting=draw(st.none() | st.floats(0.0, 3e5)),
        week=draw(st.floats(50.0, 9e3)),
        base_year=draw(st.integers(2019, 2027)),
        untreated=draw(st.floats(0.0, 0.5)),
        funded=draw(st.just(1.0) | st.floats(0.7, 1.2)),
        extra=draw(st.floats(-0.5, 0.8)),
        plans=draw(
            st.dictionaries(
                st.tuples(st.integers(0, 2), st.integers(0, COUNT - 1)),
                st.floats(-0.3, 0.5),
                max_size=4,
            )
        ),
        price=draw(st.floats(100.0, 3e3)),
        admission=draw(st.floats(1e3, 9e3)),
        price_year=draw(st.integers(2019, 2032)),
        area=draw(st.floats(0.9, 1.3)),
        cost_of_price=draw(st.floats(0.5, 2.5)),
        limit=draw(st.just(1.0) | st.floats(1.0, 1.6)),
        outside=draw(SHARE),
        urgent_of_income=draw(SHARE),
        variable=draw(SHARE),
        variable_from=draw(st.integers(2022, 2034)),
        urgent_extra=draw(st.floats(-0.5, 0.5)),
        planned_days=draw(SHARE),
        stay=draw(st.floats(0.5, 9.0)),
        stay_saved=draw(st.just(0.0) | st.floats(0.0, 0.9)),
        fit=draw(st.none() | SHARE),
        fit_freed=draw(st.just(0.0) | SHARE),
        in_beds=draw(SHARE),
        bed_day=draw(st.floats(50.0, 1e3)),
        ward=draw(st.sampled_from([0.0, 1.0, 24.0, 28.0])),
        closed=shut,
        filled=draw(st.floats(0.0, 1.0)) * (1 - shut),
        passed_on=draw(SHARE),
    )


@st.composite
def bed_sets(draw: st.DrawFn) -> list[tuple[float, float, float] | None]:
    found: list[tuple[float, float, float] | None] = []
    for _ in ACUTE:
        there = draw(st.none() | st.floats(20.0, 3e3))
        if there is None:
            found.append(None)
            continue
        occupied = there * draw(st.floats(0.3, 1.0))
        found.append((there, occupied, occupied * draw(SHARE)))
    return found


@st.composite
def avoided(draw: st.DrawFn) -> dict[str, list[float]]:
    cash = draw(st.lists(st.floats(0.0, 90.0), min_size=COUNT, max_size=COUNT))
    more = draw(st.lists(st.floats(0.0, 90.0), min_size=COUNT, max_size=COUNT))
    part = draw(SHARE)
    return {"cash": cash, "capacity": more, "paid_by_cash": [part * one for one in cash]}


def settings_of(levers: Levers, acts_from: int, by: int | None) -> dict[str, Any]:
    return {
        "waiting_list": levers.waiting,
        "break_even_per_week": levers.week,
        "break_even_year": label_of(levers.base_year),
        "untreated_pct": 100 * levers.untreated,
        "funded_pct": 100 * levers.funded,
        "extra_pct": 100 * levers.extra,
        "from_year": "" if acts_from == OPEN_FROM else label_of(FIRST + acts_from),
        "by_year": "" if by is None else label_of(by),
        "price_gbp": levers.price,
        "inpatient_price_gbp": levers.admission,
        "price_year": label_of(levers.price_year),
        "market_forces": levers.area,
        "cost_of_price_pct": 100 * levers.cost_of_price,
        "payment_limit_pct": 100 * levers.limit,
        "outside_pct": 100 * levers.outside,
        "urgent_income_pct": 100 * levers.urgent_of_income,
        "urgent_variable_pct": 100 * levers.variable,
        "urgent_variable_from": label_of(levers.variable_from),
        "urgent_extra_pct": 100 * levers.urgent_extra,
        "planned_bed_days_pct": 100 * levers.planned_days,
        "planned_stay": levers.stay,
        "stay_saved_pct": 100 * levers.stay_saved,
        "fit_to_leave_pct": None if levers.fit is None else 100 * levers.fit,
        "fit_to_leave_freed_pct": 100 * levers.fit_freed,
        "avoided_bed_share_pct": 100 * levers.in_beds,
        "bed_day_gbp": levers.bed_day,
        "ward_beds": levers.ward,
        "beds_closed_pct": 100 * levers.closed,
        "beds_filled_pct": 100 * levers.filled,
    }


def beds_table(beds: list[tuple[float, float, float] | None]) -> pd.DataFrame:
    rows = [(name, *of) for name, of in zip(ACUTE, beds, strict=True) if of is not None]
    columns = ["organisation", "beds_available", "beds_occupied", "beds_fit_to_leave"]
    return pd.DataFrame(rows, columns=columns)


def plans_table(levers: Levers) -> pd.DataFrame:
    rows = [
        (ACUTE[body], label_of(FIRST + year), 100 * extra)
        for (body, year), extra in levers.plans.items()
    ]
    return pd.DataFrame(rows, columns=["organisation", "year", "extra_pct"])


def bodies_of(beds: list[tuple[float, float, float] | None]) -> list[Body]:
    scenario, inputs = embedded()
    income = income_by_body(scenario, inputs).total
    of_name = dict(zip(ACUTE, beds, strict=True))
    return [
        Body(
            "icb" if kind == "icb" else "acute" if sector == "acute" else "other",
            income[at].tolist(),
            of_name.get(name),
        )
        for at, (name, kind, sector) in enumerate(
            zip(*(inputs.organisations[key] for key in ("organisation", "kind", "sector")),
                strict=True)
        )
    ]  # fmt: skip


def curve_of(first: float, last: float, years: float) -> list[float]:
    last = max(first, last)
    return [first + (last - first) * min(age / years, 1.0) for age in range(COUNT)]


@given(
    levers=lever_sets(),
    beds=bed_sets(),
    prevention=avoided(),
    acts_from=st.integers(OPEN_FROM, COUNT - 1),
    by=st.none() | st.integers(2026, 2036),
    rates=st.tuples(st.floats(-2.0, 9.0), st.floats(0.0, 6.0)),
    moves=st.tuples(SHARE, st.floats(0.05, 1.0), st.floats(0.2, 8.0)),
)
@settings(max_examples=60, deadline=None)
def test_activity_agrees_with_plain_python(
    levers: Levers,
    beds: list[tuple[float, float, float] | None],
    prevention: dict[str, list[float]],
    acts_from: int,
    by: int | None,
    rates: tuple[float, float],
    moves: tuple[float, float, float],
) -> None:
    if by is not None and by < FIRST + acts_from:
        by = FIRST + acts_from
    growth, uplift = rates
    scenario, inputs = embedded()
    case = with_settings(
        settings_of(levers, acts_from, by),
        {
            "demand_planned_pct": growth,
            "cost_uplift_pct": uplift,
            "marginal_cost_pct": 100 * moves[0],
            "marginal_cost_later_pct": 100 * moves[1],
            "marginal_cost_years": moves[2],
        },
    )
    section = scenario.prevention.model_copy(update={"passed_on_pct": 100 * levers.passed_on})
    case = case.model_copy(update={"prevention": section})
    found = work_out(
        case,
        {name: np.array(values) for name, values in prevention.items()},
        beds=beds_table(beds),
        activity_plans=plans_table(levers),
    )
    table = inputs.uplift_factors
    known = dict(zip(table["year"], table["cost_uplift_pct"], strict=True))
    times = Times(
        FIRST, COUNT, acts_from, by,
        {year: float(known.get(label_of(year), uplift)) / 100 for year in range(2018, 2040)},
        growth / 100, curve_of(*moves),
        prevention["cash"], prevention["capacity"], prevention["paid_by_cash"],
    )  # fmt: skip
    plain = plain_activity(bodies_of(beds), levers, times)
    check(found, plain)


def check(found: Activity, plain: Any) -> None:
    def across(rows: list[list[float]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array(rows).T

    np.testing.assert_allclose(found.planned.break_even, plain.still, rtol=1e-9)
    if found.planned.waiting is not None:
        np.testing.assert_allclose(found.planned.waiting.end, plain.months, **IN_PEOPLE)
    np.testing.assert_allclose(found.planned.extra, across(plain.extra), **IN_PEOPLE)
    np.testing.assert_allclose(found.planned.filled, across(plain.filled), **IN_PEOPLE)
    np.testing.assert_allclose(found.margin, across(plain.margin), rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(found.freed.cash, across(plain.cash), **NINE)
    np.testing.assert_allclose(found.freed.cost, across(plain.cost), **NINE)
    filling = found.filled_income - found.filled_cost
    covered = found.freed.cash + found.freed.counted + filling
    np.testing.assert_allclose(covered, across(plain.covered), rtol=1e-9, atol=1e-6)
    if found.planned.waiting is not None:
        ends = found.planned.waiting.end[:, -1]
        over = over_standard(ends, found.planned.break_even)
        np.testing.assert_allclose(over, plain.over, **IN_PEOPLE)
    uses = found.freed.uses.sum(axis=(0, 2))
    np.testing.assert_allclose(np.broadcast_to(uses, (3, COUNT)), across(plain.beds), **NINE)


@given(
    rates=st.lists(st.none() | st.floats(20.0, 80.0), min_size=7, max_size=7),
    average=st.floats(80.0, 120.0),
    above=st.floats(-30.0, 60.0),
    closed=SHARE,
    cost=st.floats(5.0, 90.0),
)
@settings(max_examples=30, deadline=None)
def test_gaps_of_primary_care_agree_with_plain_python(
    rates: list[float | None], average: float, above: float, closed: float, cost: float
) -> None:
    counts = people(COUNT).isel(component=0)
    places = [str(place) for place in counts["place"].values]
    rows = [("whole system", average)] + [
        (place, rate) for place, rate in zip(places, rates, strict=True) if rate is not None
    ]
    found = work_out(
        with_settings(
            {
                "appointments_above_pct": above,
                "appointment_gbp": cost,
                "primary_care_gap_closed_pct": 100 * closed,
                "by_year": "",
                "price_year": "2023/24",
            },
            {"cost_uplift_pct": 0.0},
        ),
        appointments=pd.DataFrame(rows, columns=["place", "appointments_per_1000_week"]),
        uplift_factors=embedded()[1].uplift_factors.iloc[:0],
    )
    short = gap_of_primary_care(
        average, rates, counts.to_numpy().tolist(), average * (1 + above / 100)
    )
    wanted = [0.0] * OPEN_FROM + [one * closed * cost / 1e6 for one in short[OPEN_FROM:]]
    np.testing.assert_allclose(found.primary.cost.sum(axis=0), wanted, **NINE)
