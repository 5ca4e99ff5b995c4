"""Capital prioritisation: which schemes start when, within the yearly limits, for most benefit.

A scheme starts in one year or not at all. The relaxation of the program, in which schemes may be
cut into shares, gives the price of capital: the benefit that £1m more would buy in a year.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.errors import NoAnswerError, SolverError
from nelfin.models.appraisal import discount_factors, price_index
from nelfin.models.reasons import reasons, why_infeasible
from nelfin.models.schemes import Scheme, check_capital

Array = npt.NDArray[np.float64]

TOLERANCE = 1e-6
"""A pound, in £m: what a limit may be passed by through rounding."""

Prices = Mapping[Hashable, float]
"""Duals of the relaxation by the name of the row."""


@dataclass(frozen=True)
class CapitalPlan:
    """A capital plan and what explains it.

    Parameters
    ----------
    plan
        A row a scheme: `project_id, status, start_year, funded_share, spend_gbp_m, cdel_gbp_m,
        benefit, reduced_cost, reason`, then what the project table says of it.
    spend
        A row a funded scheme and year: `project_id, year, spend_gbp_m, cdel_gbp_m`.
    limits
        A row a limit: `year, organisation, limit_gbp_m, used_gbp_m, slack_gbp_m,
        price_per_gbp_m`.
    solve
        `status, objective, bound, gap, seconds, solver, variables, constraints`.
    projects
        The project table as it was used.
    """

    plan: pd.DataFrame
    spend: pd.DataFrame
    limits: pd.DataFrame
    solve: dict[str, Any]
    projects: pd.DataFrame


@dataclass(frozen=True)
class Start:
    """A scheme starting in one year: what it is worth, what it costs, and its columns."""

    scheme: Scheme
    year: int
    value: float
    spend: Array
    """£m by year of the plan, cash prices."""
    cdel: Array
    started: int
    """Column that is 1 if the scheme starts in this year."""
    share: int
    """Column of the funded share; the same column unless the scheme is divisible."""


def solve(
    projects: pd.DataFrame,
    limits: pd.DataFrame,
    *,
    discount_rate_pct: float = 3.5,
    discount_from: Literal["start", "completion"] = "completion",
    price_growth_pct: float = 0.0,
    over_programming_pct: float = 0.0,
    optimism_bias_pct: Mapping[str, float] | None = None,
    truncate: bool = False,
    leave_out: bool = False,
    relax: bool = False,
    gap_pct: float = 0.5,
    time_limit_s: float | None = None,
    solver: lp.SolverName = "highs",
    place: tuple[str, str] = ("projects", "limits"),
) -> CapitalPlan:
    """Choose the schemes, and the years they start in, that give most benefit within the limits.

    Parameters
    ----------
    projects
        The project table: one row a scheme or an option of one; spend in £m, base-year prices.
    limits
        `year, limit_gbp_m` and optionally `organisation` (blank: the system), £m cash. Its years
        are the plan's.
    discount_rate_pct, discount_from
        Discount rate of benefit, % a year, and whether it counts from start or completion.
    price_growth_pct
        Growth of prices a year after the first year.
    over_programming_pct
        How far spend may pass each limit.
    optimism_bias_pct
        Uplift of spend by asset type.
    truncate
        Let schemes run past the last year. Their benefit counts in proportion to the spend inside.
    leave_out
        Leave out a scheme that no start in the plan's years can hold, where it would else be an
        error; one that must be funded may then run past the last year.
    relax
        Let every scheme be funded in part: the relaxation itself is the plan.
    gap_pct
        Stop when the plan is proven this close to the best.
    time_limit_s
        Stop after this many seconds and keep the best plan found, with its true gap.
    solver
        `highs` or `cbc`.
    place
        What to call the two tables in errors, such as their files.

    Returns
    -------
    CapitalPlan
        The plan, spend by year, limits with the price of capital, and the solver's account.

    Raises
    ------
    InputError
        If the tables are wrong, with every problem.
    NoAnswerError
        If no plan meets every limit and rule; says which and by how much.
    SolverError
        If the solver fails.

    Notes
    -----
    Method: capital rationing with start times as an integer program; the price of capital is the
    dual of each limit in the relaxation (Weingartner 1963).
    """
    table, schemes, limits, years = check_capital(
        projects, limits, optimism_bias_pct, truncate, leave_out, place
    )
    factors = discount_factors(discount_rate_pct, np.arange(len(years) + 100))
    prices = price_index(price_growth_pct, np.arange(len(years)))
    allowed = limits.assign(allowed=limits["limit_gbp_m"] * (1 + over_programming_pct / 100))
    program, starts = build(schemes, allowed, years, factors, prices, discount_from)
    relaxed = lp.solve(program, solver, relax=True)
    _require_answer(relaxed, program, starts, solver)
    found = relaxed
    if not relax:
        _rule_out_too_dear(program, starts)
        found = lp.solve(program, solver, gap=gap_pct / 100, time_limit=time_limit_s)
        _require_answer(found, program, starts, solver)
        found = lp.filled(program, found)
    return _plan(table, allowed, years, program, starts, relaxed, found, solver)


def _require_answer(
    found: lp.Solution, program: lp.Program, starts: list[Start], solver: lp.SolverName
) -> None:
    """Read the status before any value: raise if there is no plan, and say why."""
    if found.status == "infeasible":
        raise NoAnswerError(why_infeasible(program, starts, solver))
    if not found.has_plan:
        raise NoAnswerError(
            f"The solver found no plan in {found.seconds:.0f} seconds ({found.status}). Give it "
            "longer (time_limit_s), or relax a must-fund scheme."
        )


def build(
    schemes: list[Scheme],
    limits: pd.DataFrame,
    years: list[str],
    factors: Array,
    prices: Array,
    discount_from: str,
) -> tuple[lp.Program, list[Start]]:
    """Build the program: a column a start, rows for options, links and limits."""
    program = lp.Program()
    starts = [
        _start(program, scheme, year, factors, prices, discount_from)
        for scheme in schemes
        for year in scheme.starts
    ]
    by_id: dict[str, list[Start]] = {scheme.id: [] for scheme in schemes}
    by_group: dict[str, list[Start]] = {}
    for start in starts:
        by_id[start.scheme.id].append(start)
        by_group.setdefault(start.scheme.group, []).append(start)
        if start.share != start.started:
            program.row(
                ("link", start.scheme.id, start.year),
                [(start.share, 1.0), (start.started, -1.0)],
                "<=",
                0.0,
            )
    for group, members in by_group.items():
        program.row(("once", group), [(start.started, 1.0) for start in members], "<=", 1.0)
        must = [(start.started, 1.0) for start in members if start.scheme.must_fund]
        if must:
            program.row(("must", group), must, "==", 1.0)
    for scheme in schemes:
        _links(program, scheme, by_id)
    for limit in limits.itertuples():
        t = years.index(str(limit.year))
        terms = [
            (start.share, float(start.cdel[t]))
            for start in starts
            if start.cdel[t] > 0 and limit.organisation in {"", start.scheme.organisation}
        ]
        if terms:
            name = ("limit", limit.organisation, limit.year)
            program.row(name, terms, "<=", float(str(limit.allowed)))
    return program, starts


def _rule_out_too_dear(program: lp.Program, starts: list[Start]) -> None:
    """Rule out whole starts that pass a limit by themselves: a tolerance is not a permission."""
    whole = {s.share for s in starts if s.share == s.started and not s.scheme.must_fund}
    for row in program.rows:
        if isinstance(row.name, tuple) and row.name[0] == "limit":
            for column, cost in row.terms:
                if column in whole and cost > row.bound:
                    program.high[column] = 0.0


def _start(
    program: lp.Program,
    scheme: Scheme,
    year: int,
    factors: Array,
    prices: Array,
    discount_from: str,
) -> Start:
    inside = scheme.spend[: len(prices) - year]
    spend = np.zeros(len(prices))
    spend[year : year + len(inside)] = inside * prices[year : year + len(inside)]
    counted = year if discount_from == "start" else year + scheme.build_years - 1
    whole = scheme.spend.sum()
    share_inside = inside.sum() / whole if whole > 0 else 1.0
    value = float(scheme.benefit * share_inside * factors[counted])
    if scheme.divisible:
        started = program.column(0.0, whole=True)
        share = program.column(value)
    else:
        started = share = program.column(value, whole=True)
    return Start(scheme, year, value, spend, spend * scheme.cdel_share, started, share)


def _links(program: lp.Program, scheme: Scheme, by_id: Mapping[str, list[Start]]) -> None:
    """Add prerequisites (funded as far, started no later) and exclusions (at most one of two)."""
    own = by_id[scheme.id]
    for name, lag in scheme.requires:
        for start in own:
            terms = [(other.share, 1.0) for other in own if other.year <= start.year]
            terms += [(b.share, -1.0) for b in by_id[name] if b.year <= start.year - lag]
            program.row(("requires", scheme.id, name, start.year), terms, "<=", 0.0)
    for name in dict.fromkeys(scheme.excludes):
        terms = [(start.started, 1.0) for start in [*own, *by_id[name]]]
        program.row(("excludes", scheme.id, name), terms, "<=", 1.0)


def margins(program: lp.Program, starts: list[Start], prices: Prices) -> Array:
    """Return each start's value less the price of what it uses of limits and links.

    This is its reduced cost in the relaxation, before the price of its own place in the plan:
    above 0 it is worth more than it uses, below 0 it is that far from being chosen.
    """
    used = np.zeros(len(program.value))
    for row in program.rows:
        price = prices.get(row.name, 0.0)
        kind = row.name[0] if isinstance(row.name, tuple) else ""
        if price and kind in {"limit", "requires", "excludes"}:
            for column, value in row.terms:
                used[column] += price * value
    return np.array(
        [s.value - used[s.share] - (used[s.started] if s.share != s.started else 0) for s in starts]
    )


def _plan(
    table: pd.DataFrame,
    limits: pd.DataFrame,
    years: list[str],
    program: lp.Program,
    starts: list[Start],
    relaxed: lp.Solution,
    found: lp.Solution,
    solver: str,
) -> CapitalPlan:
    shares = np.clip([found.values[start.share] for start in starts], 0.0, 1.0)
    shares = np.where(shares < TOLERANCE, 0.0, shares)
    chosen = [(start, share) for start, share in zip(starts, shares, strict=True) if share > 0]
    spend = pd.DataFrame(_spend_rows(chosen, years), columns=SPEND_COLUMNS)
    used = _limits(table, limits, spend, relaxed)
    margin = margins(program, starts, relaxed.prices)
    rows = _plan_rows(table, chosen, years)
    plan = pd.DataFrame(rows, columns=PLAN_COLUMNS[:7])
    by_id: dict[str, list[tuple[float, Start]]] = {name: [] for name in plan["project_id"]}
    for start, worth in zip(starts, margin, strict=True):
        by_id[start.scheme.id].append((float(worth), start))
    plan["reduced_cost"] = [
        max((worth for worth, _ in by_id[name]), default=np.nan) for name in plan["project_id"]
    ]
    room = {
        (line.organisation, years.index(line.year)): (line.limit_gbp_m, line.slack_gbp_m)
        for line in used.itertuples()
    }
    plan["reason"] = reasons(by_id, chosen, relaxed.prices, room, years)
    about = ["name", "organisation", "place", "category", "must_fund"]
    plan = plan.merge(table[["project_id", *about]], on="project_id", validate="one_to_one")
    objective = float(sum(start.value * share for start, share in chosen))
    bound = float(np.nanmin([found.bound, relaxed.bound]))
    bound = max(bound, objective)
    account = {
        "status": found.status,
        "objective": objective,
        "bound": bound,
        "gap": _gap(bound, objective),
        "relaxation": relaxed.objective,
        "seconds": relaxed.seconds + (0.0 if found is relaxed else found.seconds),
        "solver": solver,
        "variables": len(program.value),
        "constraints": len(program.rows),
    }
    return CapitalPlan(plan, spend, used, account, table)


def _gap(bound: float, objective: float) -> float | None:
    """Return how far the plan may be from the best, as a share of the plan; None of nothing."""
    if bound <= objective:
        return 0.0
    return (bound - objective) / abs(objective) if objective else None


SPEND_COLUMNS = ["project_id", "year", "spend_gbp_m", "cdel_gbp_m"]
PLAN_COLUMNS = [
    "project_id",
    "status",
    "start_year",
    "funded_share",
    "spend_gbp_m",
    "cdel_gbp_m",
    "benefit",
    "reduced_cost",
    "reason",
]


def _spend_rows(chosen: list[tuple[Start, float]], years: list[str]) -> Iterator[list[Any]]:
    for start, share in chosen:
        for t in np.flatnonzero(start.spend):
            yield [
                start.scheme.id,
                years[t],
                float(start.spend[t] * share),
                float(start.cdel[t] * share),
            ]


def _plan_rows(
    table: pd.DataFrame, chosen: list[tuple[Start, float]], years: list[str]
) -> Iterator[list[Any]]:
    by_id: dict[str, list[tuple[Start, float]]] = {}
    for start, share in chosen:
        by_id.setdefault(start.scheme.id, []).append((start, share))
    for name in table["project_id"]:
        parts = by_id.get(name, [])
        share = float(sum(part for _, part in parts))
        whole = share > 1 - TOLERANCE
        yield [
            name,
            "funded" if whole else "part-funded" if parts else "not funded",
            years[min(start.year for start, _ in parts)] if parts else "",
            1.0 if whole else share,
            float(sum(start.spend.sum() * part for start, part in parts)),
            float(sum(start.cdel.sum() * part for start, part in parts)),
            float(sum(start.value * part for start, part in parts)),
        ]


def _limits(
    table: pd.DataFrame, limits: pd.DataFrame, spend: pd.DataFrame, relaxed: lp.Solution
) -> pd.DataFrame:
    """Recompute what each limit has used from the spend alone, and check that it holds."""
    owner = spend["project_id"].map(table.set_index("project_id")["organisation"])
    rows = []
    for limit in limits.itertuples():
        mine = spend["year"] == limit.year
        if limit.organisation:
            mine &= owner == limit.organisation
        used = float(spend.loc[mine, "cdel_gbp_m"].sum())
        allowed = float(str(limit.allowed))
        if used > allowed + max(TOLERANCE, 1e-8 * allowed):
            raise SolverError(
                f"The solver's plan uses {used:.6f} in {limit.year}, past the limit {allowed:.6f}."
            )
        price = relaxed.prices.get(("limit", limit.organisation, limit.year), 0.0)
        rows.append(
            [limit.year, limit.organisation, allowed, used, allowed - used, max(0.0, price)]
        )
    return pd.DataFrame(
        rows,
        columns=[
            "year",
            "organisation",
            "limit_gbp_m",
            "used_gbp_m",
            "slack_gbp_m",
            "price_per_gbp_m",
        ],
    )
