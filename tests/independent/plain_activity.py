"""Activity from the text of the methods alone: lists, loops and floats.

Nothing of the library is called. Where the methods leave a choice, "reading:" names the docstring
that makes it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Body:
    """An organisation: its income by year, £m, and its beds if it has any."""

    kind: str
    """`acute`, `other` or `icb`."""
    income: list[float]
    beds: tuple[float, float, float] | None = None
    """There, occupied, and with people fit to leave."""


@dataclass(frozen=True)
class Levers:
    """Fractions, people, days, beds and £."""

    waiting: float | None
    week: float
    """Activity a week that holds the list still, in the base year."""
    base_year: int
    untreated: float
    funded: float
    extra: float
    plans: dict[tuple[int, int], float]
    """Extra by body and year, in place of `extra`."""
    price: float
    admission: float
    price_year: int
    area: float
    cost_of_price: float
    limit: float
    outside: float
    urgent_of_income: float
    variable: float
    variable_from: int
    urgent_extra: float
    planned_days: float
    stay: float
    stay_saved: float
    fit: float | None
    """Share of beds with people fit to leave; None as the beds of each body say."""
    fit_freed: float
    in_beds: float
    bed_day: float
    ward: float
    closed: float
    filled: float
    passed_on: float


@dataclass(frozen=True)
class Times:
    """Years as calendar years, and what goes by them."""

    first: int
    count: int
    acts_from: int
    """Place of the first year that is changed."""
    by: int | None
    """Calendar year by which beds are freed; None for all at once."""
    inflation: dict[int, float]
    """Growth of prices on the year before, by calendar year."""
    growth: float
    """Of demand for planned care."""
    curve: list[float]
    """Share of average cost that moves, by years since a change."""
    cash: list[float]
    capacity: list[float]
    by_cash: list[float]
    """Of prevention, £m."""


@dataclass
class Found:
    """People and £m; by year, or by body and year."""

    months: list[list[float]] = field(default_factory=list)
    still: list[float] = field(default_factory=list)
    over: list[float] = field(default_factory=list)
    extra: list[list[float]] = field(default_factory=list)
    filled: list[list[float]] = field(default_factory=list)
    margin: list[list[float]] = field(default_factory=list)
    cash: list[list[float]] = field(default_factory=list)
    cost: list[list[float]] = field(default_factory=list)
    covered: list[list[float]] = field(default_factory=list)
    """Cash that is new, cash of prevention and margin of filled beds, together."""
    beds: list[list[float]] = field(default_factory=list)
    """Closed, filled and stranded, of all bodies, by year."""


def moved(amounts: list[float], curve: list[float], at: int) -> float:
    """What has moved by a year, of amounts at constant prices whose changes each move by age."""
    total, before = 0.0, 0.0
    for year in range(at + 1):
        total += (amounts[year] - before) * curve[at - year]
        before = amounts[year]
    return total


def price(times: Times, base: int, at: int) -> float:
    """Prices of a year over those of the price year."""
    year, level = times.first + at, 1.0
    for one in range(min(base, year) + 1, max(base, year) + 1):
        level *= 1 + times.inflation[one]
    return level if year >= base else 1 / level


def activity(bodies: list[Body], levers: Levers, times: Times) -> Found:
    """Work out everything, year by year."""
    years, found = range(times.count), Found()
    acute = sum(body.income[0] for body in bodies if body.kind == "acute")
    share = [body.income[0] / acute if body.kind == "acute" else 0.0 for body in bodies]
    prices = [price(times, levers.price_year, t) for t in years]
    freed = [
        _freed(body, part, levers, times, prices) for body, part in zip(bodies, share, strict=True)
    ]
    phase = [_phase(times, t) for t in years]
    found.still = [
        52 * levers.week * (1 + times.growth) ** (times.first + t - levers.base_year) for t in years
    ]
    waiting = levers.waiting
    for t in years:
        stay = levers.stay * (1 - levers.stay_saved * phase[t])
        funded = [found.still[t] * levers.funded * part for part in share]
        extra = []
        for o, level in enumerate(funded):
            asked = levers.plans.get((o, t), levers.extra) if t >= times.acts_from else 0.0
            extra.append(level * asked)
        filled = [beds["filled days"][t] / stay for beds in freed]
        if waiting is not None:
            unmet, months = 0.0, []
            for _ in range(12):
                joins = found.still[t] / 12
                wanted = (sum(funded) + sum(extra) + sum(filled)) / 12
                treated = min(wanted, waiting + joins)
                unmet += wanted - treated
                waiting = waiting + joins - treated
                months.append(waiting)
            found.months.append(months)
            found.over.append(max(waiting - 18 * found.still[t] / 52, 0.0))
            unfilled = min(unmet, sum(filled))
            if sum(filled) > 0:
                filled = [one * (1 - unfilled / sum(filled)) for one in filled]
            extra = [
                one - (unmet - unfilled) * part for one, part in zip(extra, share, strict=True)
            ]
        found.extra.append(extra)
        found.filled.append(filled)
    _money(bodies, share, levers, times, prices, freed, found)
    return found


def _phase(times: Times, t: int) -> float:
    if t < times.acts_from:
        return 0.0
    by = times.acts_from if times.by is None else max(times.by - times.first, times.acts_from)
    return min((t - times.acts_from + 1) / (by - times.acts_from + 1), 1.0)


def _freed(
    body: Body, share: float, levers: Levers, times: Times, prices: list[float]
) -> dict[str, list[float]]:
    """Bed days of a body by what becomes of them, and beds by use; by year."""
    names = ("closed days", "filled days", "all days", "cash days", "closed", "filled", "stranded")
    found: dict[str, list[float]] = {name: [0.0] * times.count for name in names}
    if body.kind != "acute" or body.beds is None:
        return found
    there, occupied, fit_beds = body.beds
    days, a_bed = occupied * 365, 365 * occupied / there
    fit_days = fit_beds * 365 if levers.fit is None else min(there * levers.fit * 365, days)
    for t in range(times.count):
        phase = _phase(times, t)
        stay = days * levers.planned_days * levers.stay_saved * phase
        fit = fit_days * (1 - stay / days) * levers.fit_freed * phase
        cost_of_day = levers.bed_day * levers.area * prices[t] / 1e6
        avoided = levers.in_beds * share * (times.cash[t] + times.capacity[t]) / cost_of_day
        as_cash = levers.in_beds * share * times.cash[t] / cost_of_day
        room = days - stay - fit
        if avoided > room:
            as_cash *= room / avoided
            avoided = room
        own = (stay + fit) / a_bed
        shut = own * levers.closed
        if levers.ward > 0:
            shut = math.floor(shut / levers.ward + 1e-9) * levers.ward
        more = levers.filled if t >= times.acts_from else 0.0
        filled = own * more + min(avoided / a_bed * more, (avoided - as_cash) / a_bed)
        found["closed days"][t] = shut * a_bed
        found["cash days"][t] = as_cash
        found["filled days"][t] = filled * a_bed
        found["all days"][t] = stay + fit + avoided
        found["closed"][t] = shut + as_cash / a_bed
        found["filled"][t] = filled
        found["stranded"][t] = (stay + fit + avoided) / a_bed - filled - found["closed"][t]
    return found


def _money(
    bodies: list[Body],
    share: list[float],
    levers: Levers,
    times: Times,
    prices: list[float],
    freed: list[dict[str, list[float]]],
    found: Found,
) -> None:
    one = levers.price * levers.area / 1e6
    stay_in = levers.admission * levers.area / 1e6
    day = levers.bed_day * levers.area / 1e6
    without_bed = max(stay_in * levers.cost_of_price - levers.stay * day, 0.0)
    for t in range(times.count):
        margins, cash, cost, covered = [], [], [], []
        board = 0.0
        contract = t + times.first >= levers.variable_from
        part = levers.variable if contract else 0.0
        avoided = times.cash[t] + times.capacity[t]
        # reading (`_urgent`): what is passed on already counts towards the variable payment
        told = levers.passed_on * (times.cash[t] - times.by_cash[t])
        lost = _what_is_missing(avoided * part, told)
        for o, body in enumerate(bodies):
            planned = [found.extra[s][o] * one * levers.cost_of_price for s in range(t + 1)]
            fills = [found.filled[s][o] * without_bed for s in range(t + 1)]
            level = found.still[t] * levers.funded * share[o] * one * prices[t]
            most = level * (levers.limit - 1)
            extra = found.extra[t][o] * one * prices[t]
            filled = found.filled[t][o] * stay_in * prices[t]
            paid = min(extra + filled, most)
            alone = min(extra, most)
            urgent = [
                _urgent_more(body, levers, times, s) / prices[s] * levers.cost_of_price
                for s in range(t + 1)
            ]
            moves = _urgent_more(body, levers, times, t) * part - lost * share[o]
            board -= paid * (1 - levers.outside) + moves
            spent = moved(planned, times.curve, t) + moved(fills, times.curve, t)
            spent += moved(urgent, times.curve, t)
            margins.append(paid + moves - spent * prices[t])
            shut = [freed[o]["closed days"][s] * day for s in range(t + 1)]
            cash.append(moved(shut, times.curve, t) * prices[t])
            cost.append(freed[o]["all days"][t] * day * prices[t])
            filling = paid - alone - moved(fills, times.curve, t) * prices[t]
            counted = freed[o]["cash days"][t] * day * prices[t]
            covered.append(cash[-1] + counted + filling)
        for o, body in enumerate(bodies):
            if body.kind == "icb":
                margins[o] += board
        found.margin.append(margins)
        found.cash.append(cash)
        found.cost.append(cost)
        found.covered.append(covered)
        uses = ("closed", "filled", "stranded")
        found.beds.append([sum(beds[use][t] for beds in freed) for use in uses])


def _what_is_missing(due: float, told: float) -> float:
    """Of what is due, what has not been passed on; never more than is due, nor the other way."""
    if due < 0:
        return -_what_is_missing(-due, -told)
    return min(max(due - told, 0.0), due)


def _urgent_more(body: Body, levers: Levers, times: Times, t: int) -> float:
    if body.kind != "acute" or t < times.acts_from:
        return 0.0
    return body.income[t] * levers.urgent_of_income * levers.urgent_extra


def gap_of_primary_care(
    average: float, rates: list[float | None], people: list[list[float]], aim: float
) -> list[float]:
    """Appointments a year that all places are short of the aim, by year.

    People are by place and year; the places without a rate make up the average together.
    """
    known = [
        (rate, counts[0]) for rate, counts in zip(rates, people, strict=True) if rate is not None
    ]
    everyone = sum(counts[0] for counts in people)
    others = everyone - sum(count for _, count in known)
    rest = 0.0
    if others > 0:
        rest = (average * everyone - sum(rate * count for rate, count in known)) / others
    short = []
    for t in range(len(people[0])):
        total = 0.0
        for rate, counts in zip(rates, people, strict=True):
            own = rest if rate is None else rate
            total += max(aim - own, 0.0) / 1000 * 52 * counts[t]
        short.append(total)
    return short
