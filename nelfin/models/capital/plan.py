"""What a solved program says as a plan: tables of schemes, spend and limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.data import lines_of
from nelfin.data.tables import rows_of
from nelfin.errors import SolverError
from nelfin.models.capital.account import SolverAccount, account_of
from nelfin.models.capital.case import Case
from nelfin.models.capital.closed import with_status
from nelfin.models.capital.limits import LimitKey, key_of, rounding
from nelfin.models.capital.plan_facts import PlanFacts, PricedStart, Room
from nelfin.models.capital.prices import price_table
from nelfin.models.capital.reasons import reasons
from nelfin.models.capital.resources import COLUMNS as RESOURCE_COLUMNS
from nelfin.models.capital.resources import ResourceKey, resource_table
from nelfin.models.capital.starts import Start

Array = npt.NDArray[np.float64]

SHARE = 1e-6
"""Shares of a scheme below this are rounding."""

Chosen = list[tuple[Start, float]]
"""Starts of a plan, each with its funded share."""

SPEND_COLUMNS = ["project_id", "year", "spend_gbp_m", "cdel_gbp_m"]
PLAN_COLUMNS = [
    "project_id",
    "status",
    "start_year",
    "funded_share",
    "spend_gbp_m",
    "cdel_gbp_m",
    "benefit",
]
LIMIT_COLUMNS = [
    "year",
    "organisation",
    "limit_gbp_m",
    "used_gbp_m",
    "slack_gbp_m",
    "price_per_gbp_m",
    "status",
]
OWN_PLACE = {"once", "must", "share", "carry", "forced"}
"""Kinds of rows that hold a scheme's own place in the plan: all others are something it uses."""
NO_REASON = "Not known: the time ran out before {money} was priced."

ABOUT_SCHEME = ["name", "organisation", "place", "category", "must_fund"]
"""What the plan repeats of the project table."""


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
        price_per_gbp_m, status` (`firm`, `indicative`, or `closed`: without a
        price), and `money` where a limit names one. What is
        carried over from the year before adds to the slack.
    prices
        A row a limit: `year, organisation, price_per_gbp_m`, and the price as the relaxation
        confirms it, solved again: `gain_of_1m_more, loss_of_1m_less`; NaN where no plan is left,
        or if it was not asked for.
    solve
        How it was found, and how close it is to the best.
    projects
        The project table as it was used.
    resources
        A row a limit of another resource: `resource, unit, year, organisation, limit, used, slack,
        price` (benefit of one unit more).
    """

    plan: pd.DataFrame
    spend: pd.DataFrame
    limits: pd.DataFrame
    prices: pd.DataFrame
    solve: SolverAccount
    projects: pd.DataFrame
    resources: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=RESOURCE_COLUMNS))


def margins(program: lp.Program, starts: list[Start], prices: Mapping[lp.RowName, float]) -> Array:
    """Return each start's value less the price of what it uses of limits, links and rules.

    This is its reduced cost in the relaxation, before the price of its own place in the plan:
    above 0 it is worth more than it uses, below 0 it is that far from being chosen.

    Parameters
    ----------
    program
        The program.
    starts
        The starts behind its columns.
    prices
        Duals of its relaxation by the name of the row.

    Returns
    -------
    numpy.ndarray
        As the objective; shape (start,).
    """
    used = np.zeros(len(program.value))
    for row in program.rows:
        price = prices.get(row.name, 0.0)
        if price and row.kind not in OWN_PLACE:
            for column, factor in row.terms:
                used[column] += price * factor
    by_share = [start.worth(1.0) - used[start.share_column] for start in starts]
    # a divisible scheme uses links by its own column of the start
    by_start = [
        used[start.start_column] if start.start_column != start.share_column else 0.0
        for start in starts
    ]
    worth = np.array(by_share) - np.array(by_start)
    # what is left by rounding alone reads as nothing
    tiny = 1e-10 * np.abs(program.value).max(initial=0.0)
    return np.asarray(np.where(np.abs(worth) < tiny, 0.0, worth))


def plan_of(
    case: Case, relaxed: lp.Solution, solution: lp.Solution, watch: lp.Watch | None = None
) -> CapitalPlan:
    """Turn a solution into tables, and explain it by the prices of the relaxation.

    Parameters
    ----------
    case
        The capital case.
    relaxed, solution
        Its relaxation, and the plan found.
    watch
        The clock that it was found by: prices are confirmed as long as there is time.

    Raises
    ------
    SolverError
        If the plan passes a limit.
    """
    shares = np.clip([solution.values[start.share_column] for start in case.starts], 0.0, 1.0)
    chosen = [
        (start, float(share))
        for start, share in zip(case.starts, shares, strict=True)
        if share >= SHARE
    ]
    spend = _spend_table(chosen, case.years)
    added = _added(case, solution)
    limits = _limit_table(case, spend, relaxed, added)
    resources = resource_table(
        case.resources, case.projects, case.years, chosen, relaxed.prices, added
    )
    values = solution.values.copy()
    for start, share in zip(case.starts, shares, strict=True):
        values[start.share_column] = share
        if share < SHARE:  # a start of nothing is none
            values[start.start_column] = 0.0
    watch = watch or lp.Watch()
    account = account_of(case.settings, case.program, relaxed, solution, watch)
    prices, confirmed = price_table(case, limits, relaxed, watch)
    return CapitalPlan(
        _plan_table(case, chosen, limits, resources, relaxed, values),
        spend,
        limits,
        prices,
        replace(account, prices_confirmed=confirmed),
        case.projects,
        resources,
    )


def _spend_table(chosen: Chosen, years: list[str]) -> pd.DataFrame:
    # a relaxation may start a scheme in part in several years
    by_year: dict[tuple[str, str], tuple[float, float]] = {}
    for start, share in chosen:
        for t in np.flatnonzero(start.spend):
            key = (start.scheme.id, years[t])
            spend, cdel = by_year.get(key, (0.0, 0.0))
            by_year[key] = (
                spend + float(start.spend[t] * share),
                cdel + float(start.cdel[t] * share),
            )
    return pd.DataFrame([[*key, *paid] for key, paid in by_year.items()], columns=SPEND_COLUMNS)


def _plan_table(
    case: Case,
    chosen: Chosen,
    limits: pd.DataFrame,
    resources: pd.DataFrame,
    relaxed: lp.Solution,
    values: Array,
) -> pd.DataFrame:
    """Return a row a scheme: what of it is funded and when, its reduced cost and the reason."""
    ids = [str(name) for name in case.projects["project_id"]]
    parts: dict[str, Chosen] = {name: [] for name in ids}
    for start, share in chosen:
        parts[start.scheme.id].append((start, share))
    rows = [_plan_row(name, parts[name], case.years) for name in ids]
    plan: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(PLAN_COLUMNS)}
    options: dict[str, list[PricedStart]] = {name: [] for name in ids}
    worth = margins(case.program, case.starts, relaxed.prices)
    for start, margin in zip(case.starts, worth, strict=True):
        options[start.scheme.id].append(PricedStart(float(margin), start))
    plan["reduced_cost"] = [
        max((option.margin for option in options[name]), default=np.nan) for name in ids
    ]
    if relaxed.status == "stopped":
        unknown = NO_REASON.format(money=case.settings.words.money)
        plan.update(reduced_cost=np.nan, reason=unknown)
    else:
        rooms, now = _rooms(limits, resources), case.settings.now
        facts = PlanFacts(
            options,
            chosen,
            relaxed.prices,
            rooms,
            case.years,
            case.program,
            values,
            now,
            case.settings.words,
        )
        plan["reason"] = reasons(facts)
    for name in ABOUT_SCHEME:  # rows of the plan are the schemes, in their order
        plan[name] = case.projects[name].to_numpy()
    return pd.DataFrame(plan)


def _rooms(limits: pd.DataFrame, resources: pd.DataFrame) -> dict[lp.RowName, Room]:
    """Return what each limit of capital and of other resources is and has left."""
    rooms: dict[lp.RowName, Room] = {
        ("limit", key_of(limit)): Room(float(limit.limit_gbp_m), float(limit.slack_gbp_m))
        for limit in map(_as_any, rows_of(limits))
    }
    for limit in map(_as_any, rows_of(resources)):
        key = ResourceKey(limit.resource, limit.organisation, limit.year)
        rooms["resource", key] = Room(limit.limit, limit.slack, limit.unit)
    return rooms


def _as_any(row: Any) -> Any:
    """Return a row of a table, whose columns its type does not know."""
    return row


def _plan_row(name: str, parts: Chosen, years: list[str]) -> list[object]:
    share = float(sum(part for _, part in parts))
    whole = share > 1 - SHARE
    return [
        name,
        "funded" if whole else "part-funded" if parts else "not funded",
        _started(parts, years),
        1.0 if whole else share,
        float(sum(start.spend.sum() * part for start, part in parts)),
        float(sum(start.cdel.sum() * part for start, part in parts)),
        float(sum(start.worth(part) for start, part in parts)),
    ]


def _started(parts: Chosen, years: list[str]) -> str:
    """Return the year in which a scheme starts, or has started, maybe before the plan; "" out."""
    if not parts:
        return ""
    start = min((start for start, _ in parts), key=lambda start: start.year)
    return start.scheme.started or years[start.year]


def _limit_table(
    case: Case, spend: pd.DataFrame, relaxed: lp.Solution, added: Mapping[lp.RowName, float]
) -> pd.DataFrame:
    """Recompute what each limit has used from the spend alone, and check that it holds."""
    about = {
        name: (owner, money)
        for name, owner, money in lines_of(case.projects, "project_id", "organisation", "money")
    }
    uses: dict[LimitKey, list[float]] = defaultdict(list)
    for name, year, cdel in lines_of(spend, "project_id", "year", "cdel_gbp_m"):
        owner, money = about[name]
        for key in {LimitKey("", year, money), LimitKey(owner, year, money)}:
            uses[key].append(cdel)
    carry_over = case.settings.carry_over_pct / 100
    carried: dict[tuple[str, str], float] = {}
    rows: dict[int, list[object]] = {}
    limits = list(enumerate(zip(rows_of(case.limits), with_status(case.limits, case.settings.now),
                                strict=True)))  # fmt: skip
    for at, (limit, status) in sorted(limits, key=lambda line: str(line[1][0].year)):  # in time
        key = key_of(limit)
        whose = (key.organisation, key.money)
        used = float(np.sum(uses[key]))
        allowed = float(limit.allowed) + added.get(("limit", key), 0.0)
        slack = allowed + carried.get(whose, 0.0) - used
        closed = status == "closed"
        if not closed and slack < -rounding(allowed):
            raise SolverError(
                f"The solver's plan uses {used:.6f} in {key.year}, past the limit {allowed:.6f}."
            )
        most = carry_over * float(limit.limit_gbp_m)
        carried[whose] = min(max(slack, 0.0), most) if carry_over else 0.0
        unknown = closed or relaxed.status == "stopped"
        price = np.nan if unknown else max(0.0, relaxed.prices.get(("limit", key), 0.0))
        rows[at] = [key.year, key.organisation, allowed, used, slack, price, status, key.money]
    names = [*LIMIT_COLUMNS, "money"]
    if not any(row[-1] for row in rows.values()):
        rows, names = {at: row[:-1] for at, row in rows.items()}, LIMIT_COLUMNS
    return pd.DataFrame([rows[at] for at in range(len(rows))], columns=names)


def _added(case: Case, solution: lp.Solution) -> dict[lp.RowName, float]:
    """Return what an analyst's own columns add to limits, and resources that were moved."""
    found = {name: by for name, by in case.moved.items() if name[0] == "resource"}
    for row in case.program.rows if case.own_columns else ():
        if row.kind in {"limit", "resource"}:
            found[row.name] = found.get(row.name, 0.0) - sum(
                factor * float(solution.values[column])
                for column, factor in row.terms
                if column in case.own_columns
            )
    return found
