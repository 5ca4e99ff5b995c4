"""The best capital plan from the text of the methods alone: every plan there is, tried in turn.

Nothing of the library is called. Where the methods leave a choice, "reading:" names the docstring
that makes it. Schemes are whole; `tests/property/test_capital_property.py` has divisible ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

ROUNDING = 1e-9


@dataclass(frozen=True)
class Scheme:
    """One scheme or option; years are positions from 0, money is £m at prices of year 0."""

    name: str
    project: str
    organisation: str
    category: str
    place: str
    asset: str
    scores: dict[str, float]
    benefit: float
    spend: list[float]
    earliest: int
    latest: int
    must: bool
    cdel: float
    revenue: float
    backlog: float
    requires: list[tuple[str, int]] = field(default_factory=list)
    excludes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rule:
    """A floor, cap or target; `year` None is over all years."""

    kind: str
    name: str
    year: int | None
    amount: float


@dataclass(frozen=True)
class Problem:
    """Fractions, £m and years."""

    schemes: list[Scheme]
    years: int
    limits: dict[tuple[str, int], float]
    """By organisation ("" for the system) and year."""
    truncate: bool
    over: float
    carry: float
    prices: float
    rate: float
    later: float | None
    from_completion: bool
    benefit: str
    weights: dict[str, float]
    life: dict[str, int]
    bias: dict[str, float]
    equity: dict[str, float]
    deprived: dict[str, float]
    rules: list[Rule]
    backlog_now: float


Plan = dict[str, int]
"""Start of each scheme that is funded."""


def factor(problem: Problem, years: int) -> float:
    """Return what £1 in a later year is worth now: another rate after thirty years."""
    found = 1.0
    for year in range(1, years + 1):
        late = problem.later is not None and year > 30
        found /= 1 + (problem.later if late and problem.later is not None else problem.rate)
    return found


def cost(problem: Problem, scheme: Scheme) -> list[float]:
    return [spend * (1 + problem.bias.get(scheme.asset, 0.0)) for spend in scheme.spend]


def use(problem: Problem, scheme: Scheme, start: int) -> dict[int, float]:
    """Return the use of the limit by year: spend x price index x (1 + bias) x CDEL share."""
    found = {}
    for n, spend in enumerate(cost(problem, scheme)):
        if start + n < problem.years:
            found[start + n] = spend * (1 + problem.prices) ** (start + n) * scheme.cdel
    return found


def inside(problem: Problem, scheme: Scheme, start: int) -> float:
    """Return the share of the spend that falls in the plan's years."""
    whole = sum(scheme.spend)
    return sum(scheme.spend[: problem.years - start]) / whole if whole else 1.0


def worth(problem: Problem, scheme: Scheme, start: int) -> float:
    """Return benefit x discount factor x equity weight.

    Readings (`Settings`, `_npsv`): benefit that runs past the plan counts in proportion to the
    spend inside it; net present value counts every year of the asset's life, from the year after
    completion, and the whole spend.
    """
    build = len(scheme.spend)
    equity = problem.equity.get(scheme.place, 1.0)
    if problem.benefit == "npsv":
        total = 0.0
        for n, spend in enumerate(cost(problem, scheme)):
            total -= spend * factor(problem, start + n)
        for n in range(problem.life[scheme.asset]):
            total += (scheme.benefit + scheme.revenue) * factor(problem, start + build + n)
        return total * equity
    benefit = scheme.benefit
    if problem.benefit == "criteria":
        benefit = sum(problem.weights[name] * score for name, score in scheme.scores.items())
    at = start + build - 1 if problem.from_completion else start
    return benefit * inside(problem, scheme, start) * factor(problem, at) * equity


def starts(problem: Problem, scheme: Scheme) -> range:
    last = problem.years - 1 if problem.truncate else problem.years - len(scheme.spend)
    return range(scheme.earliest, min(scheme.latest, last) + 1)


def linked(problem: Problem, plan: Plan) -> bool:
    """Say whether options, must-funds, prerequisites and exclusions hold."""
    chosen = [scheme for scheme in problem.schemes if scheme.name in plan]
    projects = [scheme.project for scheme in chosen]
    if len(projects) > len(set(projects)):
        return False
    for scheme in problem.schemes:
        # reading: of options that must be funded one is
        if scheme.must and not any(c.must and c.project == scheme.project for c in chosen):
            return False
    for scheme in chosen:
        for name in scheme.excludes:
            if name in plan:
                return False
        for name, lag in scheme.requires:
            if name not in plan or plan[name] > plan[scheme.name] - lag:
                return False
    return True


def within(problem: Problem, plan: Plan) -> bool:
    """Say whether every limit holds.

    Reading (`Settings.carry_over_pct`): what is carried over is at most its share of what the
    year allows, over-programming included, and what is carried in may be carried on.
    """
    for owner in {owner for owner, _ in problem.limits}:
        carried = 0.0
        for t in range(problem.years):
            used = sum(
                use(problem, scheme, plan[scheme.name]).get(t, 0.0)
                for scheme in problem.schemes
                if scheme.name in plan and owner in {"", scheme.organisation}
            )
            allowed = problem.limits[owner, t] * (1 + problem.over)
            left = allowed + carried - used
            if left < -ROUNDING:
                return False
            carried = min(max(left, 0.0), problem.carry * allowed)
    return True


def kept(problem: Problem, plan: Plan, rule: Rule) -> bool:
    """Say whether a floor, cap or target holds.

    Readings: floors and caps are on what is used of the limit (`WORDS`); backlog is cleared in
    proportion to the spend inside the plan, as benefit counts (`Start.cleared`); a running cost or
    saving starts the year after completion (`Start.revenue`).
    """
    at = range(problem.years) if rule.year is None else [rule.year]
    chosen = [scheme for scheme in problem.schemes if scheme.name in plan]
    if rule.kind == "backlog_target":
        cleared = sum(
            scheme.backlog * inside(problem, scheme, plan[scheme.name]) for scheme in chosen
        )
        return problem.backlog_now - cleared <= rule.amount + ROUNDING
    if rule.kind == "revenue_limit":
        for t in at:
            effect = sum(
                scheme.revenue for scheme in chosen if t >= plan[scheme.name] + len(scheme.spend)
            )
            if effect < -rule.amount - ROUNDING:
                return False
        return True
    total = 0.0
    for scheme in chosen:
        counts = {
            "category_floor": float(scheme.category == rule.name),
            "category_cap": float(scheme.category == rule.name),
            "place_floor": float(scheme.place == rule.name),
            "deprived_floor": problem.deprived.get(scheme.place, 0.0),
        }[rule.kind]
        used = use(problem, scheme, plan[scheme.name])
        total += counts * sum(used.get(t, 0.0) for t in at)
    if rule.kind == "category_cap":
        return total <= rule.amount + ROUNDING
    return total >= rule.amount - ROUNDING


def plans(problem: Problem) -> Iterator[Plan]:
    """Yield every plan, held or not."""

    def extend(n: int, plan: Plan) -> Iterator[Plan]:
        if n == len(problem.schemes):
            yield plan
            return
        yield from extend(n + 1, plan)
        for start in starts(problem, problem.schemes[n]):
            yield from extend(n + 1, {**plan, problem.schemes[n].name: start})

    return extend(0, {})


def holds(problem: Problem, plan: Plan) -> bool:
    return (
        linked(problem, plan)
        and within(problem, plan)
        and all(kept(problem, plan, rule) for rule in problem.rules)
    )


def value(problem: Problem, plan: Plan) -> float:
    return sum(worth(problem, s, plan[s.name]) for s in problem.schemes if s.name in plan)


def best(problem: Problem) -> float | None:
    """Return what the best plan is worth, or None if no plan holds."""
    values = [value(problem, plan) for plan in plans(problem) if holds(problem, plan)]
    return max(values) if values else None
