"""Why a scheme is in the plan or not, and why there is no plan, in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nelfin import program as lp
from nelfin.models.capital.rules import rule_words
from nelfin.models.capital.starts import Start

Room = Mapping[tuple[str, int], tuple[float, float]]
"""Limit and slack, £m, by organisation ("" is the system) and position of the year."""

SMALL = 1e-6


@dataclass(frozen=True)
class _Plan:
    """What the reasons look things up in."""

    by_id: Mapping[str, list[tuple[float, Start]]]
    chosen: Mapping[str, tuple[Start, float]]
    prices: Mapping[Hashable, float]
    room: Room
    years: list[str]
    rivals: Mapping[str, list[str]]
    followers: Mapping[str, list[str]]

    def priced(self, start: Start) -> float:
        """Return the price of the capital a start uses, in points of benefit."""
        return float(
            sum(
                start.cdel[t] * self.prices.get(("limit", owner, self.years[t]), 0.0)
                for t in np.flatnonzero(start.cdel)
                for owner in ("", start.scheme.organisation)
            )
        )

    def short(self, start: Start, which: int) -> list[tuple[int, float]]:
        """Return years (and limit or slack) in which a start needs more: 0 of limit, 1 of slack."""
        found = []
        for t in np.flatnonzero(start.cdel):
            for owner in ("", start.scheme.organisation):
                if (owner, int(t)) in self.room:
                    have = self.room[owner, int(t)][which]
                    if have < start.cdel[t] - SMALL:
                        found.append((int(t), have))
        return found


def reasons(
    by_id: Mapping[str, list[tuple[float, Start]]],
    chosen: list[tuple[Start, float]],
    prices: Mapping[Hashable, float],
    room: Room,
    years: list[str],
) -> list[str]:
    """Return one sentence a scheme, in the order of `by_id`.

    Parameters
    ----------
    by_id
        Starts of each scheme, each with its worth over the price of what it uses.
    chosen
        Starts of the plan with their funded share.
    prices
        Price of each row of the relaxation.
    room
        Limit and slack by organisation and year.
    years
        Years of the plan.
    """
    rivals: dict[str, list[str]] = {}
    followers: dict[str, list[str]] = {}
    for name, options in by_id.items():
        if not options:
            continue
        for other in options[0][1].scheme.excludes:
            rivals.setdefault(name, []).append(other)
            rivals.setdefault(other, []).append(name)
        for other, _ in options[0][1].scheme.requires:
            followers.setdefault(other, []).append(name)
    picked = {start.scheme.id: (start, share) for start, share in chosen}
    plan = _Plan(by_id, picked, prices, room, years, rivals, followers)
    return [_why_in(name, plan) if name in picked else _why_out(name, plan) for name in by_id]


def _why_in(name: str, plan: _Plan) -> str:
    start, share = plan.chosen[name]
    if start.scheme.must_fund:
        return "Must be funded."
    if not start.cdel.any():
        return "Uses none of the limit."
    price = plan.priced(start)
    words = f"Worth {start.value:,.1f} points; its capital is priced at {price:,.1f}."
    if price > start.value + SMALL:
        waiting = [other for other in plan.followers.get(name, []) if other in plan.chosen]
        if waiting:
            words = f"Funded for {', '.join(waiting)}, which {_verb(waiting, 'need')} it. {words}"
        else:
            words = f"Fits the room that better value leaves. {words}"
    if share < 1 - SMALL:
        words += " In part: the limit left no room for the rest."
    return words


def _verb(names: list[str], verb: str) -> str:
    return verb if len(names) > 1 else f"{verb}s"


def _why_out(name: str, plan: _Plan) -> str:
    options = plan.by_id[name]
    if not options:
        return f"Its window and build do not fit {plan.years[0]} to {plan.years[-1]}."
    barred = _barred(name, options[0][1], plan)
    if barred:
        return barred
    open_starts = [(worth, start) for worth, start in options if _in_time(start, plan)]
    return _no_room(open_starts, plan) if open_starts else _too_late(options, plan)


def _barred(name: str, option: Start, plan: _Plan) -> str:
    """Say which link to other schemes keeps a scheme out, if one does."""
    scheme = option.scheme
    for other, (start, _) in plan.chosen.items():
        if start.scheme.group == scheme.group:
            return f"Another option of it is chosen: {other}."
    winners = [other for other in plan.rivals.get(name, []) if other in plan.chosen]
    if winners:
        return f"Excluded by {', '.join(winners)}, which {_are(winners)} chosen."
    missing = [other for other, _ in scheme.requires if other not in plan.chosen]
    if missing:
        return f"Needs {', '.join(missing)}, which {_are(missing)} not funded."
    partly = [other for other, _ in scheme.requires if plan.chosen[other][1] < 1 - SMALL]
    if partly:
        return f"Needs the whole of {', '.join(partly)}, which {_are(partly)} funded in part."
    return ""


def _are(names: list[str]) -> str:
    return "are" if len(names) > 1 else "is"


def _in_time(start: Start, plan: _Plan) -> bool:
    """Say whether every prerequisite has started early enough for a start."""
    return all(
        plan.chosen[other][0].year + lag <= start.year for other, lag in start.scheme.requires
    )


def _too_late(options: list[tuple[float, Start]], plan: _Plan) -> str:
    scheme = options[0][1].scheme
    late = [
        f"{other} (starts in {plan.years[plan.chosen[other][0].year]}"
        + (f", wanted {lag} years before)" if lag else ")")
        for other, lag in scheme.requires
        if plan.chosen[other][0].year + lag > max(start.year for _, start in options)
    ]
    names = ", ".join(late) or ", ".join(other for other, _ in scheme.requires)
    return f"Needs {names}: too late for its own window."


def _no_room(options: list[tuple[float, Start]], plan: _Plan) -> str:
    """Explain by the start that comes closest: too dear alone, priced out, or crowded out."""
    affordable = [(w, s) for w, s in options if not plan.short(s, 0)]
    if not affordable:
        _, start = max(options, key=lambda option: option[0])
        t, limit = plan.short(start, 0)[0]
        need, have = apart(float(start.cdel[t]), limit)
        return f"Needs £{need}m in {plan.years[t]} by itself, the limit is £{have}m."
    worth, start = max(affordable, key=lambda option: option[0])
    if start.value <= 0:
        return "Has no benefit."
    price = plan.priced(start)
    short = price - start.value
    if worth < 0 and short > SMALL * max(1.0, start.value):
        cost = start.cdel.sum() * short / price
        more = 100 * short / start.value
        return (
            f"Displaced in {plan.years[start.year]}: its capital is priced at {price:,.1f} points "
            f"against a benefit of {start.value:,.1f}. Needs {_at_least(more, 1, '')} % more "
            f"benefit or {_at_least(cost, 0.01, '£')}m less cost."
        )
    crowded = [(w, s) for w, s in affordable if s.value > 0]
    _, start = max(crowded, key=lambda option: option[0])
    full = list(dict.fromkeys(plan.years[t] for t, _ in plan.short(start, 1)))
    if not full:
        return "Would fit; the solver stopped within its gap before adding it."
    return (
        f"Worth its price, but the whole schemes chosen leave too little room in {', '.join(full)}."
    )


def _at_least(value: float, least: float, unit: str) -> str:
    """Return a figure that never reads as nothing."""
    if value < least:
        return f"less than {unit}{least:g}"
    return f"{unit}{value:,.0f}" if not unit else f"{unit}{value:,.{1 if value >= 1 else 2}f}"


def apart(first: float, second: float) -> tuple[str, str]:
    """Return two amounts with as many decimals as it takes to tell them apart, one at least."""
    for places in range(1, 7):
        texts = f"{first:,.{places}f}", f"{second:,.{places}f}"
        if texts[0] != texts[1]:
            break
    return texts


def why_infeasible(program: lp.Program, starts: list[Start], solver: lp.SolverName) -> str:
    """Return which limits and rules cannot hold, and by how much, from an elastic relaxation.

    Every limit and rule may be passed at a cost, and the total passed is made as small as it can
    be. A must-fund scheme is named with what it needs in the year.
    """
    elastic = lp.Program(
        [0.0] * len(program.value), list(program.low), list(program.high), list(program.whole)
    )
    over: dict[tuple[Any, ...], tuple[int, lp.Row]] = {}
    for row in program.rows:
        if isinstance(row.name, tuple) and row.name[0] in {"limit", "rule"}:
            slack = elastic.column(-1.0, 0.0, None)
            over[row.name] = (slack, row)
            sign = 1.0 if row.sense == ">=" else -1.0
            elastic.rows.append(replace(row, terms=(*row.terms, (slack, sign))))
        else:
            elastic.rows.append(row)
    found = lp.solve(elastic, solver, time_limit=30.0)
    if not found.has_plan:
        return (
            "No plan meets the rules, whatever the limits: must-fund schemes, their prerequisites, "
            "their windows and the exclusions cannot all hold. Look at the must-fund schemes first."
        )
    sentences = []
    for name, (slack, row) in over.items():
        passed = float(found.values[slack])
        if passed > SMALL and name[0] == "limit":
            sentences.append(_limit_passed(row, name[1], name[2], passed, starts, found))
        elif passed > SMALL:
            side = "over" if row.sense == "<=" else "short"
            sentences.append(f"{rule_words(*name[1:])}: £{passed:,.1f}m {side}")
    must = list(dict.fromkeys(start.scheme.id for start in starts if start.scheme.must_fund))
    remedy = (
        f"Raise the limits, widen the windows, or take must_fund off one of {_listed(must)}."
        if must
        else "Ease the floors and targets of capital_rules, or raise the limits."
    )
    return f"No plan keeps every limit and rule: {'; '.join(sentences)}. {remedy}"


def _limit_passed(
    row: lp.Row,
    organisation: str,
    year: str,
    passed: float,
    starts: list[Start],
    found: lp.Solution,
) -> str:
    need, have = apart(row.bound + passed, row.bound)
    who = f"of {organisation} " if organisation else ""
    cost = dict(row.terms)
    asked = sorted(
        (
            (cost[start.share] * float(found.values[start.share]), start.scheme.id)
            for start in starts
            if start.scheme.must_fund and start.share in cost
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    named = [f"{name} £{amount:,.1f}m" for amount, name in asked if amount > SMALL]
    detail = f" ({_listed(named, 4)})" if named else ""
    return f"must-fund schemes {who}need £{need}m in {year}, the limit is £{have}m{detail}"


def _listed(names: list[str], most: int = 12) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
