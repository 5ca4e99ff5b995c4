"""The recovery of the deficit from the text of the methods alone: dictionaries, loops and floats.

Nothing of the library is called. Where the methods leave a choice, "reading:" names the docstring
that makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Bridge = dict[str, float]
"""A step's money by its name, of one organisation in one year."""


@dataclass(frozen=True)
class Efficiency:
    """A scheme: full-year value, the share of it delivered, the share that recurs, its months."""

    year: int
    owner: str
    full_year: float
    delivery: float | None
    rating: str
    recurrent: float
    months: float


@dataclass(frozen=True)
class System:
    """Fractions and £m; years are positions from 0; per-organisation levels are by name."""

    turnover: dict[str, float]
    trusts: set[str]
    opening: float
    income_growth: list[float]
    allocations_known: set[int]
    convergence: float
    uplift: dict[int, float]
    uplift_later: float
    planned: float
    urgent: float
    planned_share: float
    marginal: float
    pressures: float
    ask: float
    delivery: float
    lasting: float
    schemes: list[Efficiency]
    whole_ask: set[int]
    odds: dict[str, float]
    support: float
    repayment: float
    repay_from_surplus: bool
    repay_cap: float
    reported: dict[int, float]
    prevention: dict[str, list[float]]
    capital: dict[str, list[float]]
    places: dict[str, list[float]] = field(default_factory=dict)
    pay: float = 0.65
    agency_now: float = 0.0
    agency_then: float = 0.0
    agency_years: int = 1
    premium: float = 0.25


def part_of(system: System, owner: str, name: str) -> float:
    """Return an organisation's part of a scheme; those of many are split by turnover."""
    if owner == "system":
        return system.turnover[name] / sum(system.turnover.values())
    if owner == "trusts":
        if name not in system.trusts:
            return 0.0
        return system.turnover[name] / sum(system.turnover[trust] for trust in system.trusts)
    return 1.0 if owner == name else 0.0


def schemes_in(system: System, name: str, t: int) -> tuple[float, float, float, float]:
    """Return recurrent and one-off delivery, last year's full-year effect, and the ask named."""
    lasting = once = late = named = 0.0
    for scheme in system.schemes:
        share = part_of(system, scheme.owner, name)
        odds = system.odds[scheme.rating] if scheme.delivery is None else scheme.delivery
        whole = share * scheme.full_year * odds
        if scheme.year == t:
            in_year = whole * scheme.months / 12
            lasting += in_year * scheme.recurrent
            once += in_year * (1 - scheme.recurrent)
            named += share * scheme.full_year * scheme.months / 12
        if scheme.year == t - 1:
            late += whole * scheme.recurrent * (12 - scheme.months) / 12
    return lasting, once, late, named


def agency_saved(system: System, t: int) -> float:
    """Return (share now - share then) x pay bill x premium / (1 + premium), of £1 of turnover.

    Reading (`agency_saving`): the share falls evenly to its end; the pay bill is that of the base
    year.
    """
    fallen = (system.agency_now - system.agency_then) * min(
        1.0, max(0.0, t / max(system.agency_years, 1))
    )
    return fallen * system.pay * system.premium / (1 + system.premium)


def roll(system: System) -> list[dict[str, Bridge]]:
    """Return the bridge of each organisation, year after year.

    Readings (`recover`, `Drivers`): cost base is income less underlying position; the ask is a
    share of the cost base towards which named schemes count; in a year with a published position
    the pressures are what reconciles to it, by cost base; support and repayment go by turnover.
    """
    total = sum(system.turnover.values())
    income = dict(system.turnover)
    position = {name: system.opening * system.turnover[name] / total for name in income}
    owed = 0.0
    found: list[dict[str, Bridge]] = []
    for t, growth in enumerate(system.income_growth):
        lines: dict[str, Bridge] = {}
        cost = {name: income[name] - position[name] for name in income}
        converged = 0.0 if t in system.allocations_known else system.convergence
        demand = system.marginal * (
            system.planned_share * system.planned + (1 - system.planned_share) * system.urgent
        )
        for name, earned in income.items():
            lasting, once, late, named = schemes_in(system, name, t)
            if t not in system.whole_ask:
                rest = max(0.0, cost[name] * system.ask - named) * system.delivery
                lasting += rest * system.lasting
                once += rest * (1 - system.lasting)

            def step(level: list[float], t: int = t) -> float:
                return level[t] - (level[t - 1] if t else 0.0)

            agency = agency_saved(system, t) - (agency_saved(system, t - 1) if t else 0.0)
            lines[name] = {
                "opening underlying": position[name],
                "income growth": earned * growth,
                "convergence": earned * converged,
                "place budgets": system.places[name][t] if system.places else 0.0,
                "cost inflation": -cost[name] * system.uplift.get(t, system.uplift_later),
                "demand growth": -cost[name] * demand,
                "recurrent efficiency": lasting,
                "full-year effect of last year's schemes": late,
                "agency": agency * system.turnover[name],
                "prevention net cash": step(system.prevention[name]),
                "capital consequences": step(system.capital[name]),
                "non-recurrent efficiency": once,
                "deficit support": system.support * system.turnover[name] / total,
            }
        before = sum(sum(line.values()) for line in lines.values())
        published = system.reported.get(t)
        fixed = system.repayment
        if published is None and system.repay_from_surplus:
            pressures = {name: -cost[name] * system.pressures for name in income}
            surplus = max(0.0, before + sum(pressures.values()))
            fixed = min(surplus, system.repay_cap * sum(income.values()), owed)
        elif published is None:
            pressures = {name: -cost[name] * system.pressures for name in income}
        else:
            left = published - (before - fixed)
            pressures = {name: left * cost[name] / sum(cost.values()) for name in income}
        for name, line in lines.items():
            line["pressures above the national uplift"] = pressures[name]
            line["repayment"] = -fixed * system.turnover[name] / total
            one_off = line["non-recurrent efficiency"] + line["deficit support"] + line["repayment"]
            everything = sum(line.values())
            line["closing underlying"] = everything - one_off
            line["reported"] = everything
            position[name] = line["closing underlying"]
            income[name] *= 1 + growth + converged
        after = sum(line["reported"] for line in lines.values())
        # reading: what is repaid leaves the debt, and a year's deficit joins it
        owed = max(0.0, owed - fixed) + max(0.0, -after)
        found.append(lines)
    return found
