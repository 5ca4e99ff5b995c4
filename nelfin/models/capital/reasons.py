"""Why a scheme is in the plan or not, and why there is no plan, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

import numpy as np

from nelfin import program as lp
from nelfin.models.capital.limits import LimitKey
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.starts import Start

SMALL = lp.POUND
"""A pound, in £m, or a millionth of a share: differences below it are rounding."""

Prices = Mapping[lp.RowName, float]
"""Duals of the relaxation by the name of the row."""


class LimitUse(NamedTuple):
    """A limit, and what of it is left, £m."""

    limit: float
    slack: float


class PricedStart(NamedTuple):
    """A start, and its value less the price of what it uses (see `margins`)."""

    margin: float
    start: Start


@dataclass(frozen=True)
class _Plan:
    """What the reasons look things up in."""

    options: Mapping[str, list[PricedStart]]
    chosen: Mapping[str, tuple[Start, float]]
    prices: Prices
    limits: Mapping[tuple[str, int], LimitUse]
    years: list[str]
    rivals: Mapping[str, list[str]]
    followers: Mapping[str, list[str]]
    tiny: float
    """Points: differences below it are rounding."""
    options_chosen: Mapping[str, str]
    """Of each group of options, the one that is in the plan."""

    def price(self, start: Start) -> float:
        """Return the price of the capital a start uses, in points of benefit."""
        return float(
            sum(
                start.cdel[t] * self.prices.get(("limit", LimitKey(owner, self.years[t])), 0.0)
                for t in np.flatnonzero(start.cdel)
                for owner in ("", start.scheme.organisation)
            )
        )

    def short_of_limit(self, start: Start) -> list[tuple[int, float]]:
        """Return the years in which a start needs more than a whole limit, and that limit, £m."""
        return [(t, use.limit) for t, use in self._uses(start) if self._passes(start, t, use.limit)]

    def short_of_slack(self, start: Start) -> list[int]:
        """Return the years in which a start needs more than is left of a limit."""
        return [t for t, use in self._uses(start) if self._passes(start, t, use.slack)]

    def _uses(self, start: Start) -> Iterator[tuple[int, LimitUse]]:
        for t in np.flatnonzero(start.cdel):
            for owner in ("", start.scheme.organisation):
                if (owner, int(t)) in self.limits:
                    yield int(t), self.limits[owner, int(t)]

    @staticmethod
    def _passes(start: Start, t: int, amount: float) -> bool:
        return bool(amount < start.cdel[t] - SMALL)


def reasons(
    options: Mapping[str, list[PricedStart]],
    chosen: list[tuple[Start, float]],
    prices: Prices,
    limits: Mapping[tuple[str, int], LimitUse],
    years: list[str],
) -> list[str]:
    """Return why each scheme is in the plan or not, a sentence or two a scheme.

    Parameters
    ----------
    options
        The starts of each scheme by its id.
    chosen
        Starts of the plan with their funded share.
    prices
        Price of each row of the relaxation, as the objective per £m for limits.
    limits
        Limit and slack, £m, by organisation ("" is the system) and position of the year.
    years
        Years of the plan.

    Returns
    -------
    list of str
        In the order of `options`.
    """
    rivals: dict[str, list[str]] = {}
    followers: dict[str, list[str]] = {}
    for name, starts in options.items():
        if not starts:
            continue
        for other in starts[0].start.scheme.excludes:
            rivals.setdefault(name, []).append(other)
            rivals.setdefault(other, []).append(name)
        for other, _ in starts[0].start.scheme.requires:
            followers.setdefault(other, []).append(name)
    funded = {start.scheme.id: (start, share) for start, share in chosen}
    values = [abs(option.start.value) for starts in options.values() for option in starts]
    tiny = 1e-8 * max(values, default=0.0)
    of_group = {start.scheme.group: name for name, (start, _) in funded.items()}
    plan = _Plan(options, funded, prices, limits, years, rivals, followers, tiny, of_group)
    return [_why_in(name, plan) if name in funded else _why_out(name, plan) for name in options]


def _why_in(name: str, plan: _Plan) -> str:
    start, share = plan.chosen[name]
    if start.scheme.must_fund:
        return "Must be funded."
    if not start.cdel.any():
        return "Uses none of the limit."
    price = plan.price(start)
    words = f"Worth {points(start.value)} points; its capital is priced at {points(price)}."
    if price > start.value + plan.tiny:
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
    options = plan.options[name]
    if not options:
        return f"Its window and build do not fit {plan.years[0]} to {plan.years[-1]}."
    scheme = options[0].start.scheme
    barred = _barred(scheme, plan)
    if barred:
        return barred
    in_time = [option for option in options if _in_time(option.start, plan)]
    return _no_room(in_time, plan) if in_time else _too_late(scheme, options, plan)


def _barred(scheme: Scheme, plan: _Plan) -> str:
    """Say which link to other schemes keeps a scheme out, if one does."""
    if scheme.group in plan.options_chosen:
        return f"Another option of it is chosen: {plan.options_chosen[scheme.group]}."
    winners = [other for other in plan.rivals.get(scheme.id, []) if other in plan.chosen]
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


def _too_late(scheme: Scheme, options: list[PricedStart], plan: _Plan) -> str:
    latest = max(start.year for _, start in options)
    late = [
        f"{other} (starts in {plan.years[plan.chosen[other][0].year]}"
        + (f", wanted {lag} years before)" if lag else ")")
        for other, lag in scheme.requires
        if plan.chosen[other][0].year + lag > latest
    ]
    names = ", ".join(late) or ", ".join(other for other, _ in scheme.requires)
    return f"Needs {names}: too late for its own window."


def _no_room(options: list[PricedStart], plan: _Plan) -> str:
    """Explain by the start that comes closest: too dear alone, priced out, or crowded out."""
    affordable = [option for option in options if not plan.short_of_limit(option.start)]
    if not affordable:
        _, start = max(options, key=_margin)
        t, limit = plan.short_of_limit(start)[0]
        need, have = apart(float(start.cdel[t]), limit)
        return f"Needs £{need}m in {plan.years[t]} by itself, the limit is £{have}m."
    margin, start = max(affordable, key=_margin)
    if start.value <= 0:
        return "Has no benefit."
    price = plan.price(start)
    short = price - start.value
    if margin < 0 and short > plan.tiny:
        cost = start.cdel.sum() * short / price
        more = 100 * short / start.value
        return (
            f"Displaced in {plan.years[start.year]}: its capital is priced at {points(price)} "
            f"points against a benefit of {points(start.value)}. Needs "
            f"{_at_least(more, 1, '')} % more benefit or {_at_least(cost, 0.01, '£')}m less cost."
        )
    _, start = max((option for option in affordable if option.start.value > 0), key=_margin)
    full = list(dict.fromkeys(plan.years[t] for t in plan.short_of_slack(start)))
    if not full:
        return "Would fit; the solver stopped within its gap before adding it."
    return (
        f"Worth its price, but the whole schemes chosen leave too little room in {', '.join(full)}."
    )


def _margin(option: PricedStart) -> float:
    return option.margin


def _at_least(value: float, least: float, unit: str) -> str:
    """Return a figure that never reads as nothing."""
    if value < least:
        return f"less than {unit}{least:g}"
    return f"{unit}{value:,.0f}" if not unit else f"{unit}{value:,.{1 if value >= 1 else 2}f}"


def points(value: float) -> str:
    """Return points to one decimal, or to three digits where that would read as nothing.

    Parameters
    ----------
    value
        Points, of any size.

    Examples
    --------
    >>> points(1234.56), points(0.0), points(0.00123456), points(2.5e-7)
    ('1,234.6', '0.0', '0.00123', '2.5e-07')
    """
    return f"{value:.3g}" if 0 < abs(value) < 0.05 else f"{value:,.1f}"


def apart(first: float, second: float) -> tuple[str, str]:
    """Return two amounts with as many decimals as it takes to tell them apart, one at least.

    Parameters
    ----------
    first, second
        £m.

    Examples
    --------
    >>> apart(1000.04, 1000.0)
    ('1,000.04', '1,000.00')
    """
    for places in range(1, 7):
        texts = f"{first:,.{places}f}", f"{second:,.{places}f}"
        if texts[0] != texts[1]:
            break
    return texts


def why_infeasible(program: lp.Program, starts: list[Start], solver: lp.SolverName) -> str:
    """Return which limits and rules cannot hold, and by how much, in sentences.

    Every limit and rule may be passed at a cost, and the total passed is made as small as it can
    be (an elastic program). A must-fund scheme is named with what it needs in the year.

    Parameters
    ----------
    program
        A program without a plan.
    starts
        The starts behind its columns.
    solver
        `highs` or `cbc`.
    """
    elastic, passed_by = _elastic(program)
    solution = lp.solve(elastic, solver, time_limit=30.0)
    if not solution.has_plan:
        return (
            "No plan meets the rules, whatever the limits: must-fund schemes, their prerequisites, "
            "their windows and the exclusions cannot all hold. Look at the must-fund schemes first."
        )
    sentences = []
    for column, row in passed_by.items():
        passed = float(solution.values[column])
        if passed > SMALL and row.kind == "limit":
            sentences.append(_limit_passed(row, passed, starts, solution))
        elif passed > SMALL:
            side = "over" if row.sense == "<=" else "short"
            sentences.append(f"{row.key}: £{passed:,.1f}m {side}")
    must = list(dict.fromkeys(start.scheme.id for start in starts if start.scheme.must_fund))
    remedy = (
        f"Raise the limits, widen the windows, or take must_fund off one of {_listed(must)}."
        if must
        else "Ease the floors and targets of capital_rules, or raise the limits."
    )
    return f"No plan keeps every limit and rule: {'; '.join(sentences)}. {remedy}"


def _elastic(program: lp.Program) -> tuple[lp.Program, dict[int, lp.Row]]:
    """Return a program whose limits and rules may be passed at a cost, and nothing else has worth.

    Also return the column of what each is passed by, £m, with the row as it was.
    """
    elastic = replace(program.copy(), value=[0.0] * len(program.value), rows=[])
    passed_by: dict[int, lp.Row] = {}
    for row in program.rows:
        terms = row.terms
        if row.kind in {"limit", "rule"}:
            column = elastic.column(-1.0, 0.0, None)
            passed_by[column] = row
            terms = (*terms, (column, 1.0 if row.sense == ">=" else -1.0))
        elastic.rows.append(replace(row, terms=terms))
    return elastic, passed_by


def _limit_passed(row: lp.Row, passed: float, starts: list[Start], solution: lp.Solution) -> str:
    key = cast(LimitKey, row.key)
    need, have = apart(row.bound + passed, row.bound)
    who = f"of {key.organisation} " if key.organisation else ""
    cost = dict(row.terms)
    asked = sorted(
        (
            (cost[start.share_column] * float(solution.values[start.share_column]), start.scheme.id)
            for start in starts
            if start.scheme.must_fund and start.share_column in cost
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    named = [f"{name} £{amount:,.1f}m" for amount, name in asked if amount > SMALL]
    detail = f" ({_listed(named, 4)})" if named else ""
    return f"must-fund schemes {who}need £{need}m in {key.year}, the limit is £{have}m{detail}"


def _listed(names: list[str], most: int = 12) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
