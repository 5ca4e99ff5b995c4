"""What a solved program says as a plan: tables of schemes, spend and limits."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.errors import SolverError
from nelfin.models.capital.case import Case
from nelfin.models.capital.reasons import reasons
from nelfin.models.capital.starts import Start

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
        price_per_gbp_m`. What is carried over from the year before adds to the slack.
    prices
        A row a limit: `year, organisation, price_per_gbp_m`, and the price as the relaxation
        confirms it, solved again: `gain_of_1m_more, loss_of_1m_less`; NaN where no plan is left,
        or if it was not asked for.
    solve
        `status, objective, bound, gap, seconds, solver, variables, constraints`.
    projects
        The project table as it was used.
    """

    plan: pd.DataFrame
    spend: pd.DataFrame
    limits: pd.DataFrame
    prices: pd.DataFrame
    solve: dict[str, Any]
    projects: pd.DataFrame


def margins(program: lp.Program, starts: list[Start], prices: Prices) -> Array:
    """Return each start's value less the price of what it uses of limits and links.

    This is its reduced cost in the relaxation, before the price of its own place in the plan:
    above 0 it is worth more than it uses, below 0 it is that far from being chosen.
    """
    used = np.zeros(len(program.value))
    for row in program.rows:
        price = prices.get(row.name, 0.0)
        kind = row.name[0] if isinstance(row.name, tuple) else ""
        if price and kind in {"limit", "requires", "excludes", "rule"}:
            for column, value in row.terms:
                used[column] += price * value
    return np.array(
        [s.value - used[s.share] - (used[s.started] if s.share != s.started else 0) for s in starts]
    )


def plan_of(case: Case, relaxed: lp.Solution, found: lp.Solution) -> CapitalPlan:
    """Turn a solution into tables, and explain it by the prices of the relaxation."""
    table, years, program, starts = case.projects, case.years, case.program, case.starts
    shares = np.clip([found.values[start.share] for start in starts], 0.0, 1.0)
    shares = np.where(shares < TOLERANCE, 0.0, shares)
    chosen = [(start, share) for start, share in zip(starts, shares, strict=True) if share > 0]
    spend = pd.DataFrame(_spend_rows(chosen, years), columns=SPEND_COLUMNS)
    # a relaxation may start a scheme in part in several years
    spend = spend.groupby(["project_id", "year"], sort=False, as_index=False).sum()
    used = _limits(case, spend, relaxed)
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
    bound = float(np.nanmin([found.bound, relaxed.objective]))
    bound = max(bound, objective)
    account = {
        "status": found.status,
        "objective": objective,
        "bound": bound,
        "gap": _gap(bound, objective),
        "relaxation": relaxed.objective,
        "seconds": relaxed.seconds + (0.0 if found is relaxed else found.seconds),
        "solver": case.settings.solver,
        "variables": len(program.value),
        "constraints": len(program.rows),
    }
    return CapitalPlan(plan, spend, used, _prices(case, used, relaxed), account, table)


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


LIMIT_COLUMNS = [
    "year",
    "organisation",
    "limit_gbp_m",
    "used_gbp_m",
    "slack_gbp_m",
    "price_per_gbp_m",
]


def _limits(case: Case, spend: pd.DataFrame, relaxed: lp.Solution) -> pd.DataFrame:
    """Recompute what each limit has used from the spend alone, and check that it holds."""
    owner = spend["project_id"].map(case.projects.set_index("project_id")["organisation"])
    carry = case.settings.carry_over_pct / 100
    carried: dict[str, float] = {}
    rows: dict[int, list[Any]] = {}
    in_time = case.limits.reset_index(drop=True).sort_values("year", kind="stable")
    for limit in in_time.itertuples():
        mine = spend["year"] == limit.year
        if limit.organisation:
            mine &= owner == limit.organisation
        used = float(spend.loc[mine, "cdel_gbp_m"].sum())
        allowed = float(str(limit.allowed))
        before = carried.get(str(limit.organisation), 0.0)
        slack = allowed + before - used
        if slack < -max(TOLERANCE, 1e-8 * allowed):
            raise SolverError(
                f"The solver's plan uses {used:.6f} in {limit.year}, past the limit {allowed:.6f}."
            )
        carried[str(limit.organisation)] = min(max(slack, 0.0), carry * allowed)
        name = ("limit", str(limit.organisation), str(limit.year))
        price = max(0.0, relaxed.prices.get(name, 0.0))
        rows[limit.Index] = [name[2], name[1], allowed, used, slack, price]
    return pd.DataFrame([rows[at] for at in range(len(rows))], columns=LIMIT_COLUMNS)


def _prices(case: Case, limits: pd.DataFrame, relaxed: lp.Solution) -> pd.DataFrame:
    """Set the price of each limit beside what £1m more and less of it really do."""
    moves = _moves(case, relaxed)
    frame = limits[["year", "organisation", "price_per_gbp_m"]].copy()
    names = zip(frame["organisation"], frame["year"], strict=True)
    # a limit that no scheme uses has no row: more of it gains nothing
    missing = (0.0, 0.0) if moves else (np.nan, np.nan)
    found = [moves.get(("limit", *name), missing) for name in names]
    frame["gain_of_1m_more"] = [gain for gain, _ in found]
    frame["loss_of_1m_less"] = [loss for _, loss in found]
    return frame


def _moves(case: Case, relaxed: lp.Solution) -> dict[Hashable, tuple[float, float]]:
    """Return what £1m more and £1m less of each limit do to the relaxation: a check of prices."""
    names = [
        row.name
        for row in case.program.rows
        if isinstance(row.name, tuple) and row.name[0] == "limit"
    ]
    if not case.settings.check_prices or case.settings.solver != "highs":
        return {}
    kept = lp.Kept(case.program, relax=True)
    kept.solve()
    bounds = {row.name: row.bound for row in case.program.rows}
    moves: dict[Hashable, tuple[float, float]] = {}
    for name in names:
        ends = []
        for step in (1.0, -1.0):
            kept.bound(name, max(bounds[name] + step, 0.0))
            again = kept.solve()
            ends.append(step * (again.objective - relaxed.objective) if again.has_plan else np.nan)
        kept.bound(name, bounds[name])
        moves[name] = (ends[0] + 0.0, ends[1] + 0.0)
    return moves
