"""The shift into prevention from the text of the methods alone: lists, loops and floats.

Nothing of the library is called. Where the methods leave a choice, "reading:" names the docstring
that makes it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

LATER = 60
"""Reading (`AFTER`): years after the plan in which its return is counted."""


@dataclass(frozen=True)
class Programme:
    """What the methods know of a programme; fractions, not percentages."""

    share: float
    returns: float
    lag: float
    nhs: float
    cashable: float
    of_cash: bool = False
    """Whether the return is of cash in the end, not of cost avoided."""
    unit_cost: float | None = None
    eligible: float | None = None
    most: float = 1.0
    per_qaly: float | None = None
    public: float = 0.0
    """Share paid as public health spend is."""
    targeted: bool = False


@dataclass(frozen=True)
class Rates:
    """Fractions, £m and years."""

    start: float
    end: float
    last_flat: int
    first_full: int
    growth: float
    pool: float
    double_months: float
    step: float
    per_qaly_gained: float
    per_qaly_forgone: float
    qaly_year: int
    inflation: float
    money_rate: float
    health_rate: float
    within_year: float
    in_the_end: float
    end_after: float
    target_people: float = 1.0
    emergency: float | None = None
    """Emergency cost of the targeted people that can be avoided, £m a year; None for no limit."""
    secondary: float | None = None


@dataclass
class Shift:
    """By year; `avoided` and `people` by programme and year."""

    extra: list[float] = field(default_factory=list)
    cash: list[float] = field(default_factory=list)
    pool: list[float] = field(default_factory=list)
    growth: list[float] = field(default_factory=list)
    reused: list[float] = field(default_factory=list)
    cut: list[float] = field(default_factory=list)
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
    after: float = 0.0
    qalys: float = 0.0
    mature: float = 0.0
    never: bool = False


def share_of(year: int, rates: Rates) -> float:
    """Return s_0 + (s_T - s_0) min(1, (t - t0) / (T - t0)), and s_0 before t0."""
    way = (year - rates.last_flat) / (rates.first_full - rates.last_flat)
    return rates.start + (rates.end - rates.start) * min(1.0, max(0.0, way))


def arrived(u: float, lag: float) -> float:
    """Return F(u) = 1 - e^(-lambda u)(1 + lambda u), lambda = 2 / mean lag."""
    rate = 2 / lag
    return 1 - math.exp(-rate * u) * (1 + rate * u)


def moves(u: int, rates: Rates) -> float:
    """Return mu(u), the share of average cost that has moved u years after a change of volume.

    Reading (`marginal_cost_curve`): a straight line in between, and never below its beginning.
    """
    end = max(rates.within_year, rates.in_the_end)
    if u >= rates.end_after:
        return end
    return rates.within_year + (end - rates.within_year) * u / rates.end_after


def coverage(x: float, most: float) -> float:
    return 2 * most / (1 + math.exp(-2 * x / most)) - most


def reached(spend: float, programme: Programme, rates: Rates) -> tuple[float | None, float]:
    """Return the people reached and the share of the spend that finds someone new.

    Reading (`reach`): capacity is spend over unit cost, both in prices of the first year; what
    saturation leaves unreached returns nothing; targeting leaves only the targeted share of the
    eligible people.
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


def cost_avoided(programme: Programme, rates: Rates) -> float:
    """Return rho: where the return is of cash, so much that it becomes that cash in the end."""
    if not programme.of_cash:
        return programme.returns
    end = min(programme.cashable, max(rates.within_year, rates.in_the_end))
    return programme.returns / (programme.nhs * end)


def held_back(avoided: list[float], programmes: list[Programme], rates: Rates) -> list[float]:
    """Return what the ceilings leave of what each programme avoids in a year.

    Reading (`within_ceilings`): each leaves the same share of all under it; the lower share holds.
    """
    aimed = sum(a for a, p in zip(avoided, programmes, strict=True) if p.targeted)
    nhs = sum(a * p.nhs for a, p in zip(avoided, programmes, strict=True))
    out = []
    for amount, programme in zip(avoided, programmes, strict=True):
        kept = 1.0
        if rates.emergency is not None and programme.targeted and aimed > rates.emergency:
            kept = min(kept, rates.emergency / aimed)
        if rates.secondary is not None and programme.nhs > 0 and nhs > rates.secondary:
            kept = min(kept, rates.secondary / nhs)
        out.append(amount * kept)
    return out


def shift(
    base: list[float],
    first: int,
    prices: list[float],
    programmes: list[Programme],
    rates: Rates,
) -> Shift:
    """Return every ledger of the shift; `base` is the money from the year `first`."""
    spend = [(share_of(first + t, rates) - rates.start) * money for t, money in enumerate(base)]
    out = ledgers(spend, first, prices, programmes, rates)
    sum_up(out, rates)
    # no more is spent after the plan, and prices go on as in its last year
    last = prices[-1] / prices[-2] if len(prices) > 1 else 1.0
    later = prices + [prices[-1] * last**n for n in range(1, LATER + 1)]
    tail = ledgers(spend + [0.0] * LATER, first, later, programmes, rates)
    for t in range(len(base), len(base) + LATER):
        out.after += tail.cash[t] * worth(t, rates)
    out.mature = mature(spend[-1] / prices[-1], programmes, rates)
    out.never = out.payback is None and any(spend) and out.mature < 1 - rates.pool
    return out


def ledgers(
    spend: list[float],
    first: int,
    prices: list[float],
    programmes: list[Programme],
    rates: Rates,
) -> Shift:
    out = Shift(extra=spend)
    count = len(spend)
    useful: list[list[float]] = []
    volume: list[list[float]] = []
    for programme in programmes:
        real = [programme.share * s / p for s, p in zip(spend, prices, strict=True)]
        both = [reached(s, programme, rates) for s in real]
        out.people.append([math.nan if people is None else people for people, _ in both])
        works = [share for _, share in both]
        useful.append([programme.share * s * w for s, w in zip(spend, works, strict=True)])
        line = []
        for t in range(count):
            total = 0.0
            for spent_in in range(t + 1):
                u = t - spent_in
                weight = arrived(u + 1, programme.lag) - arrived(u, programme.lag)
                total += real[spent_in] * works[spent_in] * weight
            line.append(total * cost_avoided(programme, rates))
        volume.append(line)
    for t in range(count):
        kept = held_back([line[t] for line in volume], programmes, rates)
        for line, amount in zip(volume, kept, strict=True):
            line[t] = amount
    out.avoided = [[a * p for a, p in zip(line, prices, strict=True)] for line in volume]
    for t in range(count):
        add_ledgers(out, t, first + t, volume, prices[t], programmes, rates)
        bring_health(out, t, first, [line[t] for line in useful], programmes, rates)
    return out


def add_ledgers(
    out: Shift,
    t: int,
    year: int,
    volume: list[list[float]],
    price: float,
    programmes: list[Programme],
    rates: Rates,
) -> None:
    """Add a year of cash and capacity, who pays, and QALYs forgone."""
    cashable = nhs = everything = 0.0
    for line, programme in zip(volume, programmes, strict=True):
        everything += line[t] * price
        nhs += line[t] * programme.nhs * price
        for s in range(t + 1):
            # each change of volume, by the share of its cost that has moved by now
            change = (line[s] - (line[s - 1] if s else 0.0)) * programme.nhs
            cashable += change * min(programme.cashable, moves(t - s, rates)) * price
    cash = cashable
    if rates.step > 0:
        # a ward closes or it does not; the last bit of a product is no reason to keep it open
        cash = math.floor(cashable / rates.step + 1e-9) * rates.step
    extra = out.extra[t]
    treatment = max(0.0, 1 - rates.growth - rates.pool)
    rise = max(0.0, extra - (out.extra[t - 1] if t else 0.0))
    double = rise * rates.double_months / 12
    cut = treatment * max(extra - cash, 0.0)
    out.cash.append(cash)
    out.capacity.append(nhs - cash)
    out.society.append(everything - nhs)
    out.double.append(double)
    out.pool.append(rates.pool * extra)
    out.growth.append(rates.growth * extra)
    out.cut.append(cut)
    out.reused.append(treatment * min(cash, extra))
    by_source = (
        rates.pool * cash
        + rates.growth * (cash - extra)
        + treatment * max(cash - extra, 0.0)
    )  # fmt: skip
    out.net.append(by_source - double)
    price_forgone = rates.per_qaly_forgone * (1 + rates.inflation) ** (year - rates.qaly_year)
    out.forgone.append((rates.growth * extra + cut) * 1e6 / price_forgone)


def bring_health(
    out: Shift,
    t: int,
    first: int,
    useful: list[float],
    programmes: list[Programme],
    rates: Rates,
) -> None:
    """Add a year's QALYs gained.

    Readings (`qalys_per_gbp_m`): a programme's own cost of a QALY is in prices of the first year;
    without one, only what is paid as public health spend is brings any.
    """
    gained = 0.0
    since = first + t - rates.qaly_year
    for spend, programme in zip(useful, programmes, strict=True):
        if programme.per_qaly is not None:
            gained += spend * 1e6 / (programme.per_qaly * (1 + rates.inflation) ** t)
        else:
            price = rates.per_qaly_gained * (1 + rates.inflation) ** since
            gained += spend * programme.public * 1e6 / price
    out.gained.append(gained)


def worth(t: int, rates: Rates) -> float:
    """Return the worth of £1 of year t: discounted, and in prices of the first year.

    Reading (`shift`): the Green Book's rate is for money in real terms.
    """
    return 1 / ((1 + rates.money_rate) * (1 + rates.inflation)) ** t


def mature(last: float, programmes: list[Programme], rates: Rates) -> float:
    """Return the cash a year per £1 a year, if the last year's spend went on for ever.

    Reading (`_mature_cash_return`): of a pound that nothing limits where nothing is spent.
    """
    spend = last if last > 0 else 1e-6
    steady = []
    for programme in programmes:
        mine = programme.share * spend
        _, works = reached(mine, programme, rates)
        steady.append(mine * works * cost_avoided(programme, rates))
    end = max(rates.within_year, rates.in_the_end)
    cash = 0.0
    for amount, programme in zip(held_back(steady, programmes, rates), programmes, strict=True):
        cash += amount * programme.nhs * min(programme.cashable, end)
    return cash / (spend * sum(programme.share for programme in programmes))


def sum_up(out: Shift, rates: Rates) -> None:
    """Find the first year in the black, the year all is paid back, and present values.

    Reading (`shift`): a cut pays for the shift, but pays nothing back.
    """
    running = 0.0
    for t in range(len(out.net)):
        back = out.net[t] - out.cut[t]
        running += back
        # before anything is shifted there is nothing to break even on
        begun = any(extra != 0 for extra in out.extra[: t + 1])
        if begun and back >= 0 and out.break_even is None:
            out.break_even = t
        if begun and running >= 0 and out.payback is None:
            out.payback = t
        out.npv += out.net[t] * worth(t, rates)
        out.qalys += (out.gained[t] - out.forgone[t]) / (1 + rates.health_rate) ** t


def by_body(
    net: list[float],
    growth: list[float],
    double: list[float],
    income: dict[str, float],
    acute: set[str],
    icb: str,
    passed_on: float,
) -> dict[str, dict[str, list[float]]]:
    """Return the net cash of each body, with and without double running: who pays, who saves.

    The ICB pays what growth money pays, and double running. The acute trusts save, by income, and
    pass a share on.
    """
    names = ("net_cash", "net_cash_recurrent", "double_running")
    out: dict[str, dict[str, list[float]]] = {
        ledger: {name: [] for name in income} for ledger in names
    }
    whole = sum(income[name] for name in acute)
    for total, paid, twice in zip(net, growth, double, strict=True):
        saved = total + paid + twice
        for name, earned in income.items():
            mine = once = 0.0
            if name in acute:
                mine += saved * (1 - passed_on) * earned / whole
            if name == icb:
                mine += saved * passed_on - paid
                once = twice
            out["net_cash_recurrent"][name].append(mine)
            out["double_running"][name].append(once)
            out["net_cash"][name].append(mine - once)
    return out


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
