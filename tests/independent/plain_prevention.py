"""The shift into prevention from the text of the methods alone: lists, loops and floats.

Nothing of the library is called. Where the methods leave a choice, "reading:" names the docstring
that makes it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Programme:
    """What the methods know of a programme; fractions, not percentages."""

    share: float
    returns: float
    lag: float
    nhs: float
    cashable: float
    unit_cost: float | None = None
    eligible: float | None = None
    most: float = 1.0
    gbp_per_qaly: float | None = None
    targeted: bool = False


@dataclass(frozen=True)
class Rates:
    """Fractions, £m and years."""

    start: float
    end: float
    last_flat: int
    first_full: int
    new_money: float
    treatment: float
    double_months: float
    step: float
    per_qaly_gained: float
    per_qaly_forgone: float
    money_rate: float
    health_rate: float
    target_people: float = 1.0
    ceiling: float = 0.0
    """Emergency cost of the targeted people that can be avoided, £m a year; 0 for none."""


@dataclass
class Shift:
    """By year; `avoided` and `people` by programme and year."""

    extra: list[float] = field(default_factory=list)
    cash: list[float] = field(default_factory=list)
    capacity: list[float] = field(default_factory=list)
    society: list[float] = field(default_factory=list)
    double: list[float] = field(default_factory=list)
    net: list[float] = field(default_factory=list)
    gained: list[float] = field(default_factory=list)
    forgone: list[float] = field(default_factory=list)
    avoided: list[list[float]] = field(default_factory=list)
    people: list[list[float]] = field(default_factory=list)
    break_even: int | None = None
    payback: int | None = None
    npv: float = 0.0
    qalys: float = 0.0


def share_of(year: int, rates: Rates) -> float:
    """Return s_0 + (s_T - s_0) min(1, (t - t0) / (T - t0)), and s_0 before t0."""
    way = (year - rates.last_flat) / (rates.first_full - rates.last_flat)
    return rates.start + (rates.end - rates.start) * min(1.0, max(0.0, way))


def arrived(u: float, lag: float) -> float:
    """Return F(u) = 1 - e^(-lambda u)(1 + lambda u), lambda = 2 / mean lag."""
    rate = 2 / lag
    return 1 - math.exp(-rate * u) * (1 + rate * u)


def coverage(x: float, most: float) -> float:
    return 2 * most / (1 + math.exp(-2 * x / most)) - most


def reached(spend: float, programme: Programme, rates: Rates) -> tuple[float | None, float]:
    """Return the people reached and the share of the spend that finds someone new.

    Reading (`reach`): capacity is spend over unit cost; what saturation leaves unreached returns
    nothing; targeting leaves only the targeted share of the eligible people.
    """
    if spend == 0:
        return 0.0, 1.0
    if programme.unit_cost is None:
        return None, 1.0
    capacity = spend * 1e6 / programme.unit_cost
    if programme.eligible is None:
        return capacity, 1.0
    eligible = programme.eligible * (rates.target_people if programme.targeted else 1.0)
    x = capacity / eligible
    covered = coverage(x, programme.most)
    return covered * eligible, covered / x


def shift(base: list[float], first: int, programmes: list[Programme], rates: Rates) -> Shift:
    """Return every ledger of the shift; `base` is the money from the year `first`."""
    out = Shift()
    count = len(base)
    for t in range(count):
        out.extra.append((share_of(first + t, rates) - rates.start) * base[t])
    useful: list[list[float]] = []
    for programme in programmes:
        spends = [programme.share * extra for extra in out.extra]
        both = [reached(spend, programme, rates) for spend in spends]
        out.people.append([math.nan if people is None else people for people, _ in both])
        useful.append([spend * works for spend, (_, works) in zip(spends, both, strict=True)])
        avoided = []
        for t in range(count):
            total = 0.0
            for spent_in in range(t + 1):
                u = t - spent_in
                weight = arrived(u + 1, programme.lag) - arrived(u, programme.lag)
                total += useful[-1][spent_in] * programme.returns * weight
            avoided.append(total)
        out.avoided.append(avoided)
    hold_to_ceiling(out, programmes, rates)
    for t in range(count):
        add_ledgers(out, t, [line[t] for line in useful], programmes, rates)
    sum_up(out, rates)
    return out


def hold_to_ceiling(out: Shift, programmes: list[Programme], rates: Rates) -> None:
    """Hold what targeted programmes avoid to what of their people's cost can be avoided."""
    aimed = [m for m, programme in enumerate(programmes) if programme.targeted]
    for t in range(len(out.extra)):
        together = sum(out.avoided[m][t] for m in aimed)
        if 0 < rates.ceiling < together:
            for m in aimed:
                out.avoided[m][t] *= rates.ceiling / together


def add_ledgers(
    out: Shift, t: int, useful: list[float], programmes: list[Programme], rates: Rates
) -> None:
    """Add a year to the three ledgers: cash, capacity, health and society."""
    cashable = nhs = everything = gained = 0.0
    for m, programme in enumerate(programmes):
        everything += out.avoided[m][t]
        nhs += out.avoided[m][t] * programme.nhs
        cashable += out.avoided[m][t] * programme.nhs * programme.cashable
        price = programme.gbp_per_qaly or rates.per_qaly_gained
        gained += useful[m] * 1e6 / price
    cash = cashable
    if rates.step > 0:
        # a ward closes or it does not; the last bit of a product is no reason to keep it open
        cash = math.floor(cashable / rates.step + 1e-9) * rates.step
    rise = max(0.0, out.extra[t] - (out.extra[t - 1] if t else 0.0))
    out.cash.append(cash)
    out.capacity.append(nhs - cash)
    out.society.append(everything - nhs)
    out.double.append(rise * rates.double_months / 12)
    out.net.append(cash - out.extra[t] * rates.new_money - out.double[t])
    out.gained.append(gained)
    moved = out.extra[t] * (1 - rates.new_money) * rates.treatment
    out.forgone.append(moved * 1e6 / rates.per_qaly_forgone)


def sum_up(out: Shift, rates: Rates) -> None:
    """Find the first year in the black, the year all is paid back, and present values."""
    running = 0.0
    for t in range(len(out.net)):
        running += out.net[t]
        # before anything is shifted there is nothing to break even on
        begun = any(extra != 0 for extra in out.extra[: t + 1])
        if begun and out.net[t] >= 0 and out.break_even is None:
            out.break_even = t
        if begun and running >= 0 and out.payback is None:
            out.payback = t
        out.npv += out.net[t] / (1 + rates.money_rate) ** t
        out.qalys += (out.gained[t] - out.forgone[t]) / (1 + rates.health_rate) ** t


def weighted_qalys(
    gained: float, shares: list[float], deprived: list[float], mean: float, more: float
) -> list[float]:
    """Return QALYs by place, more where more people live in deprivation.

    Reading (`_by_place`): 1 + weight x (share of deprived people over the mean - 1).
    """
    out = []
    for share, d in zip(shares, deprived, strict=True):
        relative = d / mean - 1 if mean else 0.0
        out.append(gained * share * (1 + more * relative))
    return out
