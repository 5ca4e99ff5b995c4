"""Why a scheme is in the plan or not, in sentences."""

from __future__ import annotations

from typing import cast

from nelfin import program as lp
from nelfin.models.capital.groups import GroupKey
from nelfin.models.capital.plan_facts import SMALL, Need, PlanFacts, PricedStart
from nelfin.models.capital.resources import ResourceKey
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.starts import Start
from nelfin.models.capital.words import (
    amount_of,
    apart,
    are,
    at_least,
    in_unit,
    listed,
    points,
    words_of,
    year_of,
)


def reasons(facts: PlanFacts) -> list[str]:
    """Return why each scheme is in the plan or not, a sentence or two a scheme.

    Parameters
    ----------
    facts
        The plan, its prices and its rows.

    Returns
    -------
    list of str
        In the order of the options.
    """
    return [
        _why_in(name, facts) if name in facts.funded else _why_out(name, facts)
        for name in facts.options
    ]


# In the plan


def _why_in(name: str, plan: PlanFacts) -> str:
    start, share = plan.funded[name]
    if start.scheme.asked:
        year = f" to start in {plan.years[start.year]}" if start.scheme.asked == "start" else ""
        capital, resources = plan.price(start, "limit"), plan.price(start, "resource")
        return f"Asked to be in{year}. {_worth(start, capital, resources, plan)}"
    if start.scheme.started:
        return f"Started in {start.scheme.started}: what it still spends stands."
    if start.scheme.must_fund:
        return f"{plan.words.first(plan.words.must)}."
    if plan.program.low[start.start_column] > 0:
        return "Its start is fixed by hand."
    capital, resources = plan.price(start, "limit"), plan.price(start, "resource")
    if start.worth(1.0) < 0 or capital + resources > start.worth(1.0) + plan.tiny:
        words = f"{_what_for(name, start, plan)} {_worth(start, capital, resources, plan)}"
    elif not start.cdel.any() and not start.scheme.uses:
        words = f"Uses none of the {plan.words.limit}."
    else:
        words = _worth(start, capital, resources, plan)
    if share < 1 - SMALL:
        words += " In part: the limit left no room for the rest."
    return words


def _worth(start: Start, capital: float, resources: float, plan: PlanFacts) -> str:
    said = plan.words
    used = f"its {said.money} is priced at {points(capital)}"
    if capital < -plan.tiny:
        used = f"the room it brings is priced at {points(-capital)}"
    if abs(resources) > plan.tiny:
        used += f", and {said.others} at {points(resources)}"
    return f"Worth {points(start.worth(1.0))} {said.unit}; {used}."


def _what_for(name: str, start: Start, plan: PlanFacts) -> str:
    """Say what a scheme is in the plan for that is not worth its price."""
    chosen = plan.words.first(plan.words.chosen)
    waiting = [other for other in plan.followers.get(name, []) if other in plan.funded]
    if waiting:
        need = "need" if waiting[1:] else "needs"
        return f"{chosen} for {', '.join(waiting)}, which {need} it."
    kept = plan.broken(start, -1.0)
    if kept:
        return f"{chosen} to keep {' and '.join(dict.fromkeys(map(words_of, kept)))}."
    if any(
        need.amount < 0 and need.room.slack + need.amount < -SMALL for need in plan.needs(start)
    ):
        return f"{chosen} for the room it brings, which others use."
    if start.worth(1.0) <= 0:
        return "Costs nothing that would be missed; the solver stopped before leaving it out."
    return "Fits the room that better value leaves."


# Out of the plan


def _why_out(name: str, plan: PlanFacts) -> str:
    options = plan.options[name]
    if not options:
        first = max(plan.now, plan.years[0])
        return f"{plan.words.first(plan.words.unfit)} {first} to {plan.years[-1]}."
    scheme = options[0].start.scheme
    barred = _barred(scheme, plan)
    if barred:
        return barred
    options = [o for o in options if plan.program.high[o.start.start_column] != 0]
    if not options:
        return "Kept out by hand: none of its starts is left."
    in_time = [option for option in options if _in_time(option.start, plan)]
    if not in_time:
        return _too_late(scheme, options, plan)
    # a start that is worth nothing says little while another is worth something
    in_time = [o for o in in_time if o.start.worth(1.0) > 0 or _brings(o.start, plan)] or in_time
    free = [option for option in in_time if not plan.broken(option.start, 1.0)]
    if not free:
        _, start = max(in_time, key=_margin)
        return _would_break(plan.broken(start, 1.0), plan)
    return _no_room(free, plan)


def _barred(scheme: Scheme, plan: PlanFacts) -> str:
    """Say which wish, or link to other schemes, keeps a scheme out, if one does."""
    if scheme.asked == "out":
        return "Asked to be out."
    if scheme.group in plan.chosen_option:
        return f"Another option of it is chosen: {plan.chosen_option[scheme.group]}."
    winners = [other for other in plan.rivals.get(scheme.id, []) if other in plan.funded]
    if winners:
        return f"Excluded by {', '.join(winners)}, which {are(winners)} chosen."
    missing = [other for other, _ in scheme.requires if plan.met(other) is None]
    if missing:
        return f"Needs {', '.join(missing)}, which {are(missing)} not {plan.words.chosen}."
    partly = [other for other, _ in scheme.requires if _met(other, plan)[1] < 1 - SMALL]
    if partly:
        in_part = f"{are(partly)} {plan.words.chosen} in part"
        return f"Needs the whole of {', '.join(partly)}, which {in_part}."
    return ""


def _met(name: str, plan: PlanFacts) -> tuple[Start, float]:
    return cast("tuple[Start, float]", plan.met(name))


def _in_time(start: Start, plan: PlanFacts) -> bool:
    """Say whether every prerequisite has started early enough for a start."""
    return all(
        _met(other, plan)[0].year + lag <= start.year for other, lag in start.scheme.requires
    )


def _too_late(scheme: Scheme, options: list[PricedStart], plan: PlanFacts) -> str:
    latest = max(start.year for _, start in options)
    late = [
        f"{other} (starts in {plan.years[_met(other, plan)[0].year]}"
        + (f", wanted {lag} year{'s' if lag > 1 else ''} before)" if lag else ")")
        for other, lag in scheme.requires
        if _met(other, plan)[0].year + lag > latest
    ]
    names = ", ".join(late) or ", ".join(other for other, _ in scheme.requires)
    return f"Needs {names}: too late for its own window."


def _would_break(rows: list[lp.Row], plan: PlanFacts) -> str:
    """Say which group, rule or row of one's own a scheme would break."""
    full = [row for row in rows if row.kind == "group"]
    if not full:
        return f"Would break {' and '.join(dict.fromkeys(map(words_of, rows)))}."
    name = cast(GroupKey, full[0].key).group
    members = [other for other, (start, _) in plan.funded.items() if name in start.scheme.in_groups]
    if not members:
        return f"None of the group {name} may be chosen."
    return (
        f"At most {full[0].bound:g} of the group {name} may be chosen: {listed(members, 6)} "
        f"{are(members)}."
    )


def _no_room(options: list[PricedStart], plan: PlanFacts) -> str:
    """Explain by the start that comes closest: too dear alone, priced out, or crowded out."""
    affordable = [option for option in options if not _beyond(option.start, plan)]
    if not affordable:
        _, start = max(options, key=_margin)
        return _too_dear(_beyond(start, plan)[0])
    margin, start = max(affordable, key=_margin)
    capital, resources = plan.price(start, "limit"), plan.price(start, "resource")
    price = capital + resources
    if start.worth(1.0) <= 0 and price >= -plan.tiny:
        said = plan.words
        return f"Has no {said.benefit}." if start.worth(1.0) == 0 else said.below
    short = price - start.worth(1.0)
    if margin < 0 and short > plan.tiny:
        return _displaced(start, capital, resources, plan)
    return _crowded_out(affordable, plan)


def _crowded_out(affordable: list[PricedStart], plan: PlanFacts) -> str:
    """Name the limits that the schemes chosen leave too little of."""
    useful = [o for o in affordable if o.start.worth(1.0) > 0 or _brings(o.start, plan)]
    _, start = max(useful or affordable, key=_margin)
    full = [need for need in plan.needs(start) if need.amount > need.room.slack + SMALL]
    money = list(dict.fromkeys(year_of(n.name) for n in full if n.name[0] == "limit"))
    other = [
        f"{in_unit(f'{need.room.slack:,.1f}', need.room.unit)} of {_resource(need)} are left in "
        f"{year_of(need.name)}, and it needs {need.amount:,.1f}"
        for need in full
        if need.name[0] == "resource"
    ]
    if money:
        more = f" Also, only {'; '.join(other)}." if other else ""
        return (
            f"Worth its price, but {plan.words.whole} leave too little room in "
            f"{', '.join(money)}.{more}"
        )
    if other:
        return f"Worth its price, but only {'; '.join(other)}."
    if start.worth(1.0) <= 0:
        said = plan.words
        return (
            f"Has no {said.benefit}, and no {said.scheme} that is chosen needs the room it would "
            "bring."
        )
    return "Would fit; the solver stopped within its gap before adding it."


def _resource(need: Need) -> str:
    key = cast(ResourceKey, need.name[1])
    return f"{key.resource} of {key.organisation}" if key.organisation else key.resource


def _beyond(start: Start, plan: PlanFacts) -> list[Need]:
    """Return the limits of which a start needs more than there is, whatever else is chosen."""
    return [need for need in plan.needs(start) if need.amount > plan.most(need.name) + SMALL]


def _brings(start: Start, plan: PlanFacts) -> bool:
    return any(need.amount < 0 for need in plan.needs(start))


def _too_dear(need: Need) -> str:
    amount, limit = apart(need.amount, need.room.limit)
    year, unit = year_of(need.name), need.room.unit
    have = f"£{limit}m" if need.name[0] == "limit" else in_unit(limit, unit)
    needed = amount_of(need.name, amount, unit)
    return f"Needs {needed} in {year} by itself, the limit is {have}."


def _displaced(start: Start, capital: float, resources: float, plan: PlanFacts) -> str:
    price, said = capital + resources, plan.words
    year = plan.years[start.year]
    if abs(resources) <= plan.tiny:
        words = (
            f"Displaced in {year}: its {said.money} is priced at {points(capital)} {said.unit} "
            f"against a {said.benefit} of {points(start.worth(1.0))}."
        )
    else:
        costs = [
            f"needs {amount_of(need.name, f'{need.amount:,.1f}', need.room.unit)} in "
            f"{year_of(need.name)}, priced at "
            f"{points(need.amount * plan.prices[need.name])} {said.unit}"
            for need in plan.needs(start)
            if need.name[0] == "resource"
            and abs(need.amount * plan.prices.get(need.name, 0.0)) > plan.tiny
        ]
        if abs(capital) > plan.tiny:
            costs.append(f"its {said.money} is priced at {points(capital)}")
        benefit = points(start.worth(1.0))
        words = f"Displaced in {year}: {listed(costs, 4)}, against a {said.benefit} of {benefit}."
    short, more = price - start.worth(1.0), []
    if start.worth(1.0) > 0:
        share = at_least(100 * short / start.worth(1.0), 1, "")
        more.append(f"{share} % more {said.benefit}")
    cost, saved = float(start.cdel.sum()), start.scheme.saved_in.get(start.year, 0.0)
    if capital + saved > short and cost > 0:
        more.append(f"{at_least(cost * short / (capital + saved), 0.01, '£')}m less cost")
    return f"{words} Needs {' or '.join(more)}." if more else words


def _margin(option: PricedStart) -> float:
    return option.margin
