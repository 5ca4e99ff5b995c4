"""What a solved program says as a plan: tables of schemes, spend and limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.data import lines_of
from nelfin.errors import SolverError
from nelfin.models.capital.account import SolverAccount, account_of
from nelfin.models.capital.case import Case
from nelfin.models.capital.limits import LimitKey
from nelfin.models.capital.prices import price_table
from nelfin.models.capital.reasons import LimitUse, PricedStart, reasons
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
]
NO_REASON = "Not known: the time ran out before capital was priced."

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
        price_per_gbp_m`. What is carried over from the year before adds to the slack.
    prices
        A row a limit: `year, organisation, price_per_gbp_m`, and the price as the relaxation
        confirms it, solved again: `gain_of_1m_more, loss_of_1m_less`; NaN where no plan is left,
        or if it was not asked for.
    solve
        How it was found, and how close it is to the best.
    projects
        The project table as it was used.
    """

    plan: pd.DataFrame
    spend: pd.DataFrame
    limits: pd.DataFrame
    prices: pd.DataFrame
    solve: SolverAccount
    projects: pd.DataFrame


def rounding(limit: float) -> float:
    """Return by how much use may pass a limit, £m: a pound, and what the solver rounds.

    Parameters
    ----------
    limit
        £m.
    """
    return lp.POUND + 1e-9 * max(abs(limit), 1.0)


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
        if price and row.kind in {"limit", "requires", "excludes", "rule"}:
            for column, factor in row.terms:
                used[column] += price * factor
    by_share = [start.value - used[start.share_column] for start in starts]
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
    limits = _limit_table(case, spend, relaxed)
    watch = watch or lp.Watch()
    account = account_of(case.settings, case.program, relaxed, solution, watch)
    prices, confirmed = price_table(case, limits, relaxed, watch)
    return CapitalPlan(
        _plan_table(case, chosen, limits, relaxed),
        spend,
        limits,
        prices,
        replace(account, prices_confirmed=confirmed),
        case.projects,
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
    case: Case, chosen: Chosen, limits: pd.DataFrame, relaxed: lp.Solution
) -> pd.DataFrame:
    """Return a row a scheme: what of it is funded and when, its reduced cost and the reason."""
    ids = [str(name) for name in case.projects["project_id"]]
    parts: dict[str, Chosen] = {name: [] for name in ids}
    for start, share in chosen:
        parts[start.scheme.id].append((start, share))
    rows = [_plan_row(name, parts[name], case.years) for name in ids]
    plan = pd.DataFrame(rows, columns=PLAN_COLUMNS)
    options: dict[str, list[PricedStart]] = {name: [] for name in ids}
    worth = margins(case.program, case.starts, relaxed.prices)
    for start, margin in zip(case.starts, worth, strict=True):
        options[start.scheme.id].append(PricedStart(float(margin), start))
    plan["reduced_cost"] = [
        max((option.margin for option in options[name]), default=np.nan) for name in ids
    ]
    use = {
        (str(limit.organisation), case.years.index(str(limit.year))): LimitUse(
            float(str(limit.limit_gbp_m)), float(str(limit.slack_gbp_m))
        )
        for limit in limits.itertuples()
    }
    if relaxed.status == "stopped":
        plan = plan.assign(reduced_cost=np.nan, reason=NO_REASON)
    else:
        plan["reason"] = reasons(options, chosen, relaxed.prices, use, case.years)
    for name in ABOUT_SCHEME:  # rows of the plan are the schemes, in their order
        plan[name] = case.projects[name].to_numpy()
    return plan


def _plan_row(name: str, parts: Chosen, years: list[str]) -> list[object]:
    share = float(sum(part for _, part in parts))
    whole = share > 1 - SHARE
    return [
        name,
        "funded" if whole else "part-funded" if parts else "not funded",
        years[min(start.year for start, _ in parts)] if parts else "",
        1.0 if whole else share,
        float(sum(start.spend.sum() * part for start, part in parts)),
        float(sum(start.cdel.sum() * part for start, part in parts)),
        float(sum(start.value * part for start, part in parts)),
    ]


def _limit_table(case: Case, spend: pd.DataFrame, relaxed: lp.Solution) -> pd.DataFrame:
    """Recompute what each limit has used from the spend alone, and check that it holds."""
    owner = dict(lines_of(case.projects, "project_id", "organisation"))
    uses: dict[LimitKey, list[float]] = defaultdict(list)
    for name, year, cdel in lines_of(spend, "project_id", "year", "cdel_gbp_m"):
        for key in (LimitKey("", year), LimitKey(owner[name], year)):
            uses[key].append(cdel)
    carry_over = case.settings.carry_over_pct / 100
    carried: dict[str, float] = {}
    rows: dict[int, list[object]] = {}
    in_time = case.limits.reset_index(drop=True).sort_values("year", kind="stable")
    for limit in in_time.itertuples():
        key = LimitKey(str(limit.organisation), str(limit.year))
        used = float(np.sum(uses[key]))
        allowed = float(str(limit.allowed))
        slack = allowed + carried.get(key.organisation, 0.0) - used
        if slack < -rounding(allowed):
            raise SolverError(
                f"The solver's plan uses {used:.6f} in {key.year}, past the limit {allowed:.6f}."
            )
        carried[key.organisation] = min(max(slack, 0.0), carry_over * float(str(limit.limit_gbp_m)))
        priced = relaxed.prices.get(("limit", key), 0.0)
        price = np.nan if relaxed.status == "stopped" else max(0.0, priced)
        rows[limit.Index] = [key.year, key.organisation, allowed, used, slack, price]
    return pd.DataFrame([rows[row] for row in range(len(rows))], columns=LIMIT_COLUMNS)
