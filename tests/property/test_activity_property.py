"""What holds of activity whatever the figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from activity_case import OPEN_FROM, nothing_avoided, settings_of, with_settings, work_out
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from nelfin.models.activity.waiting import waiting_list
from nelfin.system.activity_basis import DRAWN
from nelfin.system.activity_levels import Activity

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
PCT = st.floats(0.0, 100.0)
LAST = 9
"""Place of the last year of the plan."""

ROOMY: dict[str, Any] = {
    "payment_limit_pct": 1000.0, "waiting_list": None, "outside_pct": 100.0,
}  # fmt: skip
"""No limit is in the way, others pay, and there is always somebody to treat."""


def total(found: Activity) -> np.ndarray:
    """Return what activity betters the system's position by, in each year, £m."""
    return np.asarray(sum(level.sum(axis=-2) for level in found.levels().values()))


@given(
    opening=st.floats(0.0, 1e6),
    flows=st.lists(
        st.tuples(st.floats(0.0, 5e6), SHARE, st.floats(0.0, 9e6)), min_size=1, max_size=6
    ),
)
def test_the_list_adds_up_to_the_last_bit_by_month_and_by_year(
    opening: float, flows: list[tuple[float, float, float]]
) -> None:
    still, untreated, wanted = (np.array(column) for column in zip(*flows, strict=True))
    found = waiting_list(np.array(opening), still, untreated * 0.9, wanted)
    start, joins, treated, leave, end = (
        found.start, found.additions, found.activity, found.removals, found.end
    )  # fmt: skip
    assert (start + joins - treated - leave == end).all()
    by_year = (part.sum(axis=-1) for part in (joins, treated, leave))
    more, less, gone = by_year
    assert (start[:, 0] + more - less - gone == end[:, -1]).all()
    assert (start[:, 1:] == end[:, :-1]).all()
    assert (start[1:, 0] == end[:-1, -1]).all()
    assert (end >= 0).all()
    assert (found.unmet >= 0).all()
    assert ((found.unmet == 0) | (end == 0)).all()


@given(
    price=st.floats(10.0, 1e4),
    limit=st.floats(100.0, 200.0),
    outside=PCT,
    closed=PCT,
    untreated=st.floats(0.0, 90.0),
    bed=st.floats(1.0, 1e3),
    prevention=st.lists(st.floats(0.0, 90.0), min_size=10, max_size=10),
)
@settings(max_examples=15, deadline=None)
def test_without_levers_nothing_moves_but_what_avoided_admissions_move_between_bodies(
    price: float,
    limit: float,
    outside: float,
    closed: float,
    untreated: float,
    bed: float,
    prevention: list[float],
) -> None:
    changes = {
        "price_gbp": price, "payment_limit_pct": limit, "outside_pct": outside,
        "beds_closed_pct": closed, "untreated_pct": untreated, "bed_day_gbp": bed,
        "from_year": "2028/29",
    }  # fmt: skip
    still = settings_of(**changes)
    for level in still.levels().values():
        assert (level == 0).all()
    ledgers = nothing_avoided() | {"cash": np.array(prevention), "capacity": np.array(prevention)}
    found = work_out(with_settings(changes), ledgers)
    assert (found.margin[:, :OPEN_FROM] == 0).all()
    assert found.margin.sum(axis=0) == pytest.approx(np.zeros(10), abs=1e-9)
    filled = work_out(with_settings(changes | {"beds_filled_pct": 100 - closed}), ledgers)
    assert (filled.margin[:, : OPEN_FROM + 2] == found.margin[:, : OPEN_FROM + 2]).all()
    assert (found.levels()["beds closed"] == 0).all()
    assert (found.levels()["primary care gap"] == 0).all()


@given(
    extra=st.floats(-20.0, 60.0),
    stay=st.floats(0.0, 90.0),
    fit=PCT,
    closed=PCT,
    rest=SHARE,
    ward=st.sampled_from([0.0, 10.0, 28.0]),
    avoided=st.tuples(st.floats(0.0, 400.0), st.floats(0.0, 400.0)),
)
@settings(max_examples=25, deadline=None)
def test_a_bed_has_one_use_and_uses_add_up_to_its_cost(
    extra: float,
    stay: float,
    fit: float,
    closed: float,
    rest: float,
    ward: float,
    avoided: tuple[float, float],
) -> None:
    filled = (100 - closed) * rest
    case = with_settings(
        {
            "extra_pct": extra, "stay_saved_pct": stay, "fit_to_leave_freed_pct": fit,
            "beds_closed_pct": closed, "beds_filled_pct": filled, "ward_beds": ward,
        }
    )  # fmt: skip
    ledgers = nothing_avoided() | {
        "cash": np.full(10, avoided[0]), "capacity": np.full(10, avoided[1])
    }  # fmt: skip
    found = work_out(case, ledgers)
    freed, uses = found.freed, found.freed.uses
    assert (uses >= -1e-9).all()
    np.testing.assert_allclose(
        uses.sum(axis=1), freed.days.by_lever() / freed.a_bed, rtol=1e-9, atol=1e-9
    )
    occupied = found.basis.inputs.beds.set_index("organisation")["beds_occupied"]
    days = freed.days.by_lever().sum(axis=0)
    there = occupied.reindex(found.basis.names).fillna(0.0).to_numpy()[:, None] * 365
    assert (days <= there * (1 + 1e-9)).all()
    shut = uses[:2, 0].sum(axis=0)
    if ward:
        assert np.abs(shut / ward - np.round(shut / ward)).max() < 1e-6
    # the parts of the cost, each from its own figures
    of_bed = freed.a_bed * 410 * 1.09 / 1e6 * found.basis.prices
    margin = found.filled_income - found.filled_cost
    not_covered = (
        uses[:, 2].sum(axis=0) * of_bed
        + (shut * of_bed - freed.cash)
        + (uses[:, 1].sum(axis=0) * of_bed - margin)
    )
    together = freed.cash + freed.counted + margin + not_covered
    np.testing.assert_allclose(together, freed.cost, rtol=1e-9, atol=1e-9)


@given(extra=st.floats(0.1, 40.0), times=st.floats(1.1, 3.0), outside=PCT)
@settings(max_examples=15, deadline=None)
def test_more_activity_below_marginal_cost_never_betters_a_position(
    extra: float, times: float, outside: float
) -> None:
    # average cost is twice the price, so that half of it, the least that moves, is the price
    # a list that runs out would make more activity now less activity later
    dear = {"cost_of_price_pct": 200.0, "outside_pct": outside, "waiting_list": None}
    less = settings_of(extra_pct=extra, **dear)
    more = settings_of(extra_pct=extra * times, **dear)
    trusts = slice(0, -1)
    assert (more.margin[trusts] <= less.margin[trusts] + 1e-9).all()
    assert (total(more) <= total(less) + 1e-9).all()
    assert (total(less) <= 1e-9).all()


@pytest.mark.parametrize(
    ("lever", "at", "beside"),
    [
        ("extra_pct", 3.0, ROOMY),
        ("urgent_extra_pct", 3.0, {}),
        ("stay_saved_pct", 12.0, {"beds_closed_pct": 60.0, "ward_beds": 0.0}),
        ("fit_to_leave_freed_pct", 20.0, {"beds_closed_pct": 60.0, "ward_beds": 0.0}),
        ("primary_care_gap_closed_pct", 30.0, {}),
    ],
)
def test_a_lever_at_nothing_and_at_double(lever: str, at: float, beside: dict[str, Any]) -> None:
    def of(value: float) -> Activity:
        return settings_of(**{lever: value}, **beside)

    nothing, once, twice = (of(value) for value in (0.0, at, 2 * at))
    for name, level in once.levels().items():
        assert (nothing.levels()[name] == 0).all()
        np.testing.assert_allclose(twice.levels()[name], 2 * level, rtol=1e-9, atol=1e-12)
    assert np.abs(total(once)[OPEN_FROM:]).min() > 0
    assert not total(once)[:OPEN_FROM].any()


@pytest.mark.parametrize(
    ("lever", "sign"), [("extra_pct", 1), ("urgent_extra_pct", -1)], ids=["planned", "urgent"]
)
def test_less_than_funded_is_the_mirror_of_more_within_the_limit(lever: str, sign: int) -> None:
    more, less = (settings_of(**{lever: value}, **ROOMY) for value in (2.0, -2.0))
    np.testing.assert_allclose(less.margin, -more.margin, rtol=1e-9, atol=1e-12)
    # planned care is paid in full from outside and costs less; urgent care is paid in small part
    assert (sign * total(more)[OPEN_FROM:] > 0).all()


@pytest.mark.parametrize(
    ("extra", "setting", "value", "sign"),
    [
        (4.0, "price_gbp", 2000.0, 1),
        (8.0, "cost_of_price_pct", 200.0, -1),
        (8.0, "outside_pct", 0.0, -1),
        (8.0, "payment_limit_pct", 101.0, -1),
        (8.0, "payment_limit_pct", 200.0, 1),
        # past the limit a higher price is only a higher cost
        (30.0, "price_gbp", 2000.0, -1),
    ],
)
def test_which_way_a_setting_moves_the_margin_of_extra_activity(
    extra: float, setting: str, value: float, sign: int
) -> None:
    usual: dict[str, Any] = {"extra_pct": extra, "waiting_list": None, "outside_pct": 100.0}
    change = total(settings_of(**usual | {setting: value})) - total(settings_of(**usual))
    assert (sign * change[OPEN_FROM:] > 0).all()


@pytest.mark.parametrize(
    "lever",
    ["stay_saved_pct", "fit_to_leave_freed_pct", "beds_closed_pct", "beds_filled_pct",
     "primary_care_gap_closed_pct", "price_gbp", "bed_day_gbp", "waiting_list", "ward_beds"],
)  # fmt: skip
def test_a_lever_below_nothing_is_refused(lever: str) -> None:
    with pytest.raises(ValidationError, match=lever):
        with_settings({lever: -1.0})


DRAWN_AT: dict[str, tuple[float, float, float]] = {
    "extra_pct": (-3.0, 2.0, 9.0),
    "market_forces": (0.9, 1.0, 1.2),
    "cost_of_price_pct": (80.0, 100.0, 150.0),
    "payment_limit_pct": (100.0, 104.0, 130.0),
    "price_gbp": (500.0, 1000.0, 2000.0),
    "inpatient_price_gbp": (3000.0, 4800.0, 6000.0),
    "bed_day_gbp": (200.0, 410.0, 800.0),
    "appointment_gbp": (20.0, 39.0, 60.0),
    "beds_closed_pct": (0.0, 20.0, 50.0),
    "beds_filled_pct": (50.0, 20.0, 0.0),
}


def test_draws_in_front_are_each_the_case_by_itself() -> None:
    rng = np.random.default_rng(1)
    values = {name: DRAWN_AT.get(name, tuple(sorted(rng.uniform(5, 60, 3)))) for name in DRAWN}
    recovery = {
        "demand_planned_pct": (1.0, 4.0, 6.0),
        "marginal_cost_pct": (30.0, 50.0, 70.0),
        "cost_uplift_pct": (1.0, 2.0, 4.0),
    }
    drawn = {f"activity.{name}": np.array(of) for name, of in values.items()}
    drawn |= {f"recovery.{name}": np.array(of) for name, of in recovery.items()}
    together = work_out(None, ledgers := _ledgers(), drawn)
    for at in range(3):
        case = with_settings(
            {name: float(of[at]) for name, of in values.items()},
            {name: of[at] for name, of in recovery.items()},
        )
        alone = work_out(case, ledgers)
        for name, level in alone.levels().items():
            np.testing.assert_allclose(together.levels()[name][at], level, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(
            np.broadcast_to(together.growth, (3, 10))[at], alone.growth, rtol=1e-12
        )


def test_a_rate_drawn_for_each_year_moves_that_year() -> None:
    rates = np.full((2, 10), 3.66)
    rates[1, LAST] = 9.0
    found = work_out(None, None, {"recovery.demand_planned_pct": rates})
    still = found.planned.break_even
    assert (still[0, :LAST] == still[1, :LAST]).all()
    assert still[1, LAST] / still[0, LAST] == pytest.approx(1.09 / 1.0366)


def _ledgers() -> dict[str, np.ndarray]:
    return {
        "cash": np.linspace(0.0, 60.0, 10),
        "capacity": np.linspace(0.0, 40.0, 10),
        "paid_by_cash": np.linspace(0.0, 5.0, 10),
    }
