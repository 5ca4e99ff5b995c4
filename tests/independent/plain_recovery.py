"""The recovery of the deficit from the text of the methods alone: dictionaries, loops and floats.

Nothing of the library is called. Where the methods leave a choice, "reading:" names the docstring
that makes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from plain_income import Rate, levels, number, rates, span, year_before
from plain_joint import place_income
from plain_positions import ByBody, Case, divided, inside, part_of, reported, whole_year

Bridge = dict[str, float]
"""A step's money by its name, of one body in one year."""

RECURRENT = (
    "income growth",
    "convergence",
    "place budgets",
    "cost inflation",
    "demand growth",
    "pressures by driver",
    "recurrent efficiency",
    "full-year effect of last year's schemes",
    "agency and bank",
    "prevention net cash",
    "planned and urgent activity",
    "beds closed",
    "primary care gap",
    "capital consequences",
)
"""Steps that move the underlying position, but what is not explained."""

ONE_OFF = (
    "not explained, once",
    "non-recurrent efficiency",
    "named one-offs",
    "double running",
    "deficit support",
    "repayment",
)


@dataclass(frozen=True)
class Money:
    """Income: by body, part and year; growth of each part; by year and body; what places move."""

    parts: dict[str, dict[str, dict[str, float]]]
    growth: dict[str, dict[str, Rate]]
    total: dict[str, ByBody]
    placed: dict[str, list[float]]


def money_of(case: Case) -> Money:
    table = case.tables["organisation_income"]
    growth = rates(
        case.tables,
        case.envelope,
        case.streams,
        case.share("other_income_growth"),
        span(min([case.first, *(row["year"] for row in table)]), case.last),
    )
    parts = levels(table, growth, case.first, case.last)
    total = {
        year: {body: sum(line[year] for line in parts[body].values()) for body in case.bodies()}
        for year in span(year_before(case.first), case.last)
    }
    serves = {
        (row["organisation"], row["place"]): float(row["share_pct"]) / 100
        for row in case.tables["organisation_places"]
    }
    before = [total[year_before(year)] for year in case.years()]
    return Money(parts, growth, total, place_income(case.budgets, serves, before))


def delivered(
    case: Case, body: str, year: str, levels_of: dict[str, ByBody]
) -> tuple[float, float, float, float]:
    """Return recurrent and one-off delivery of named schemes, last year's rest, and their ask."""
    stages = {
        "opportunity": case.share("delivery_opportunity"),
        "in progress": case.share("delivery_in_progress"),
        "fully developed": case.share("delivery_developed"),
    }
    lasting = once = late = named = 0.0
    for row in case.tables["efficiency_schemes"]:
        # the plan begins with its first year's schemes
        if row["year"] not in levels_of or row["year"] < case.first:
            continue
        part = part_of(case, row["organisation"], body, levels_of[row["year"]])
        full = part * float(row["full_year_gbp_m"])
        odds = number(row["delivery_pct"], 100 * stages.get(row.get("stage", ""), 0.0)) / 100
        recurs, months = float(row["recurrent_pct"]) / 100, number(row["months"], 12.0) / 12
        if row["year"] == year:
            named += full * months
            lasting += full * odds * recurs * months
            once += full * odds * (1 - recurs) * months
        if row["year"] == year_before(year):
            late += full * odds * recurs * (1 - months)
    return lasting, once, late, named


def asked_whole(case: Case, body: str, year: str) -> bool:
    """Say whether a body's schemes of a year are all it is asked, so that there is no rest."""
    groups = ["system", body, *(["trusts"] if body in case.trusts() else [])]
    return any(
        (row["year"], row["whole_ask"].lower()) == (year, "yes") and row["organisation"] in groups
        for row in case.tables["efficiency_schemes"]
    )


def released(case: Case, year: str) -> float:
    """Return the share of deficit support that is released.

    Reading (`_released`): the system's schemes of the year count together.
    """
    needs = case.share("support_needs_developed")
    ask = developed = 0.0
    for row in case.tables["efficiency_schemes"]:
        if row["year"] == year:
            value = float(row["full_year_gbp_m"]) * number(row["months"], 12.0) / 12
            ask += value
            developed += value if row.get("stage", "") == "fully developed" else 0.0
    if needs == 0 or ask == 0:
        return 1.0
    return min(developed / ask / needs, 1.0)


def agency_share(case: Case, year: int) -> float:
    """Return agency spend in a year as a share of the pay bill."""
    now, then = case.share("agency_share"), case.share("agency_target")
    if case.settings["agency_rule"] == "national":
        left = 1.0 if year < 2026 else max(0.0, 0.7 * (2029 - year) / 3)
        return now * left
    start, end = int(case.first[:4]), int(case.settings["agency_year"][:4])
    way = min(1.0, max(0.0, (year - start) / max(end - start, 1)))
    return now + way * (then - now)


def staffing(case: Case, year: str) -> float:
    """Return fall x pay bill x premium / (1 + premium), of £1 of income, of agency and of bank.

    Readings (`staffing_saving`, `_staffing`): bank spend falls by the same share each year from
    2026/27; the change of the level is of the income of the year before.
    """
    start = int(year[:4])
    if start < int(case.first[:4]):
        return 0.0
    agency = case.share("agency_share") - agency_share(case, start)
    kept = (1 - case.share("bank_fall")) ** max(0, start - 2025)
    bank = case.share("bank_share") * (1 - kept)
    saved = 0.0
    for fallen, premium in (
        (agency, case.share("agency_premium")),
        (bank, case.share("bank_premium")),
    ):
        saved += fallen * case.share("pay_share") * premium / (1 + premium)
    return saved


def demand(case: Case) -> float:
    """Return growth of cost by volume, a fraction of the cost base.

    Volume grows alike in every year, and did before the plan. So each year moves what last year's
    growth has left to move, and that of the year before it, for as long as cost follows volume.
    """
    first = case.share("marginal_cost")
    later = max(first, case.share("marginal_cost_later"))
    turns = float(case.settings["marginal_cost_years"])
    planned = case.share("planned_share")
    volume = planned * case.share("demand_planned") + (1 - planned) * case.share("demand_urgent")
    total = moved = 0.0
    lag = 0
    while moved < later or lag == 0:
        now = first + (later - first) * min(1.0, lag / turns)
        total += (now - moved) * volume
        moved, lag = now, lag + 1
    return total


def pressures(case: Case, year: str, body: str, income: ByBody) -> float:
    return sum(
        float(row["cost_gbp_m"]) * part_of(case, row["organisation"], body, income)
        for row in case.tables["pressures"]
        if row["year"] in ("", year)
    )


def repaid(case: Case, surplus: float, income: float, owed: float) -> float:
    if case.settings["repayment_rule"] == "fixed":
        return float(case.settings["repayment_gbp_m"])
    return max(0.0, min(surplus, case.share("repayment_cap") * income, owed))


def changes_in(level: list[float], t: int) -> float:
    return level[t] - (level[t - 1] if t else 0.0)


def efficiency(case: Case, money: Money, body: str, year: str, cost: float) -> Bridge:
    """Return what efficiency brings: named schemes, and the rest of the ask as far as delivered.

    The cost is nothing in a known year: only what is named counts there.
    """
    lasting, once, late, named = delivered(case, body, year, money.total)
    if not asked_whole(case, body, year):
        rest = max(cost * case.share("efficiency") - named, 0.0) * case.share("efficiency_delivery")
        lasting += rest * case.share("efficiency_recurrent")
        once += rest * (1 - case.share("efficiency_recurrent"))
    return {
        "recurrent efficiency": lasting,
        "full-year effect of last year's schemes": late,
        "non-recurrent efficiency": once,
    }


def cost_base(case: Case, money: Money, body: str, t: int, opening: float) -> float:
    """Return the cost that a year's inflation, demand and savings work on.

    Reading (`cost_base`): what activity betters a position by has prices and growth of its own, so
    that the base is as it would be without.
    """
    before = money.total[year_before(case.years()[t])][body]
    moved = sum(level[body][t - 1] for level in case.activity.values()) if t else 0.0
    return before - (opening - moved)


def moves(case: Case, money: Money, body: str, t: int, opening: float, is_open: bool) -> Bridge:
    """Return what moves a body's position in a year, known or open."""
    year, then = case.years()[t], year_before(case.years()[t])
    before = money.total[then][body]
    cost = cost_base(case, money, body, t, opening)
    grown = converged = 0.0
    for part, line in money.parts[body].items():
        like_for_like, closing = money.growth[part][year]
        grown += line[then] * like_for_like
        converged += line[then] * closing
    published = [r for r in case.tables["uplift_factors"] if r["year"] == year]
    inflation = case.share("cost_uplift")
    if published:
        inflation = float(published[0]["cost_uplift_pct"]) / 100
    fallen = staffing(case, year) - staffing(case, then)
    return {
        "opening underlying": opening,
        "income growth": grown,
        "convergence": converged,
        "place budgets": money.placed[body][t],
        "cost inflation": -cost * inflation,
        "demand growth": -cost * demand(case),
        "pressures by driver": -pressures(case, year, body, money.total[year]),
        "agency and bank": fallen * before if body in case.trusts() else 0.0,
        "prevention net cash": changes_in(case.prevention[body], t),
        **{step: changes_in(level[body], t) for step, level in case.activity.items()},
        "capital consequences": changes_in(case.capital[body], t),
        **efficiency(case, money, body, year, cost if is_open else 0.0),
    }


def close_known(case: Case, line: Bridge, given: float) -> None:
    """Close a year that is known: the rest of what it reports is not explained."""
    line["double running"] = line["repayment"] = line["not explained, once"] = 0.0
    told_once = sum(line[step] for step in ONE_OFF)
    moved = sum(line[step] for step in RECURRENT)
    rest = given - line["opening underlying"] - moved - told_once
    lasts = case.share("not_explained_recurrent")
    line["not explained"], line["not explained, once"] = lasts * rest, (1 - lasts) * rest
    line["closing underlying"] = line["opening underlying"] + moved + lasts * rest


def close_open(case: Case, lines: dict[str, Bridge], money: Money, t: int, owed: float) -> float:
    """Close a year that is open and return what is repaid of the deficits before it."""
    year = case.years()[t]
    now = money.total[year]
    whole = sum(now.values())
    for body, line in lines.items():
        support = float(case.settings["support_gbp_m"]) * now[body] / whole
        line["deficit support"] = released(case, year) * (line["deficit support"] + support)
        line["double running"] = -case.double[body][t]
        line["repayment"] = line["not explained, once"] = 0.0
        # named drivers count towards the pressures there are
        cost = cost_base(case, money, body, t, line["opening underlying"])
        unnamed = case.share("pressures") * cost + line["pressures by driver"]
        line["not explained"] = -max(unnamed, 0.0)
        moved = sum(line[step] for step in RECURRENT) + line["not explained"]
        line["closing underlying"] = line["opening underlying"] + moved
    surplus = sum(
        line["closing underlying"] + sum(line[step] for step in ONE_OFF) for line in lines.values()
    )
    paid = repaid(case, surplus, whole, owed)
    for body, line in lines.items():
        line["repayment"] = -paid * now[body] / whole
    return paid


def roll(case: Case) -> list[dict[str, Bridge]]:
    """Return the bridge of each body, year after year."""
    money = money_of(case)
    start = {
        row["organisation"]: float(row["value_gbp_m"])
        for row in whole_year(case, "underlying", year_before(case.first))
    }
    position = divided(case, start, money.total[case.first])
    owed = 0.0
    found: list[dict[str, Bridge]] = []
    for t, year in enumerate(case.years()):
        now = money.total[year]
        given = reported(case, year, now)
        lines = {
            body: moves(case, money, body, t, position[body], given is None)
            for body in case.bodies()
        }
        named = inside(case, "one_off", year, now)
        support = inside(case, "deficit_support", year, now)
        for body, line in lines.items():
            line["named one-offs"], line["deficit support"] = named[body], support[body]
        if given is None:
            owed -= close_open(case, lines, money, t, owed)
        else:
            for body, line in lines.items():
                close_known(case, line, given[body])
        for body, line in lines.items():
            position[body] = line["closing underlying"]
            line["reported"] = position[body] + sum(line[step] for step in ONE_OFF)
        owed += max(0.0, -sum(line["reported"] for line in lines.values()))
        found.append(lines)
    return found


def pressures_pct(case: Case, lines: dict[str, Bridge], year: str) -> float:
    """Return what costs grew by beside inflation and demand, % of the cost base of the system."""
    money, t = money_of(case), case.years().index(year)
    cost = sum(
        cost_base(case, money, body, t, line["opening underlying"]) for body, line in lines.items()
    )
    grown = sum(line["pressures by driver"] + line["not explained"] for line in lines.values())
    return -100 * grown / cost
