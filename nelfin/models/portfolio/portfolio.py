"""A portfolio of programmes as tables, each worked out from the initiatives and their starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import cast

import numpy as np
import pandas as pd

from nelfin import program as lp
from nelfin.data import lines_of
from nelfin.models.capital import CapitalPlan, SolverAccount
from nelfin.models.capital.plan import plan_of
from nelfin.models.capital.solving import solve_program
from nelfin.models.portfolio.case import Case, spend_of
from nelfin.models.portfolio.frontier import frontier_of
from nelfin.models.portfolio.reasons import reason_of, status_of
from nelfin.models.portfolio.worth import Worth

SPEND_COLUMNS = ["initiative_id", "year", "cost_gbp_m", "cash_gbp_m"]
STAFF_USE_COLUMNS = ["initiative_id", "skill", "year", "months"]
STAFF_COLUMNS = ["skill", "year", "months", "used", "left", "price_per_month"]
FLOOR_COLUMNS = ["place", "year", "floor_gbp_m", "spend_gbp_m", "price_per_gbp_m"]

ABOUT = ["name", "aim", "places", "partners", "running", "must"]
"""What the portfolio repeats of the table of initiatives."""


@dataclass(frozen=True)
class Portfolio:
    """A portfolio of programmes and what explains it.

    Parameters
    ----------
    plan
        A row an initiative: `initiative_id, status` (chosen or not chosen; what runs already runs
        on, or is cut or stopped), `start_year,
        cost_gbp_m` and expected `cash_gbp_m` in the years of the pools, expected `qalys`,
        `benefit, value, margin, reason`, then what its table says of it. The margin is its value
        less the price of the money and staff that it uses, in the year that comes closest: below 0
        it is that far from being chosen.
    spend
        A row an initiative of the portfolio and year: `initiative_id, year, cost_gbp_m`, and
        expected `cash_gbp_m`; £m cash.
    pools
        A row a year: `year, pool_gbp_m, carried_in_gbp_m, cost_gbp_m, cash_back_gbp_m,
        left_gbp_m, price_per_gbp_m`: the value that £1m more would add, its own cost counted.
    staff
        A row a skill and year: `skill, year, months, used, left, price_per_month`: the value that
        one month more would add.
    staff_use
        A row an initiative of the portfolio, skill and year: `months`.
    floors
        A row a floor: `place, year` ("" for all years together), `floor_gbp_m, spend_gbp_m`, and
        `price_per_gbp_m`: the value that £1m less of it would add.
    prices
        A row a year: `year, price_per_gbp_m`, and the price as the relaxation confirms it, solved
        again: `gain_of_1m_more, loss_of_1m_less`; NaN where none is left, or it was not asked for.
    frontier
        A row a size of the pools: `pool_pct, pool_gbp_m, cost_gbp_m, value, initiatives, gap`. NaN
        where the pools are too small for what must be in.
    triangles
        A row an initiative: `initiative_id, name, status, start_year, cost_gbp_m` (the width of its
        triangle), `benefit` (the height), `benefit_per_gbp_m` (the slope) and `value`; present
        values of its start, or of its best start.
    unit
        What value and benefit are counted in: QALYs, or points.
    cost_per_qaly_gbp
        What a QALY costs elsewhere, £; NaN where value is a score.
    solve
        How it was found, and how close it is to the best.
    initiatives
        The table of initiatives as it was used.
    """

    plan: pd.DataFrame
    spend: pd.DataFrame
    pools: pd.DataFrame
    staff: pd.DataFrame
    staff_use: pd.DataFrame
    floors: pd.DataFrame
    prices: pd.DataFrame
    frontier: pd.DataFrame
    triangles: pd.DataFrame
    unit: str
    cost_per_qaly_gbp: float
    solve: SolverAccount
    initiatives: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return its tables that have rows, and its plan, by name.

        Returns
        -------
        dict
            As they are written.
        """
        names = ("plan", "spend", "pools", "staff", "staff_use", "floors", "prices", "frontier",
                 "triangles")  # fmt: skip
        tables = {name: cast(pd.DataFrame, getattr(self, name)) for name in names}
        return {name: table for name, table in tables.items() if name == "plan" or len(table)}

    def account(self) -> dict[str, object]:
        """Return how it was found, what value is counted in, and what a QALY costs elsewhere.

        Returns
        -------
        dict
            As it is written beside the tables; the cost of a QALY is None where value is a score.
        """
        score = bool(np.isnan(self.cost_per_qaly_gbp))
        cost = None if score else self.cost_per_qaly_gbp
        return asdict(self.solve) | {"unit": self.unit, "cost_per_qaly_gbp": cost}


def portfolio_of_case(case: Case, watch: lp.Watch) -> Portfolio:
    """Draw up the portfolio of a case.

    Parameters
    ----------
    case
        The case.
    watch
        One clock over all of it, which may also stop the search.

    Raises
    ------
    NoAnswerError
        If nothing keeps every pool, staff limit and floor, or nothing was found in time.
    """
    watch.searching = True
    try:
        relaxed, solution = solve_program(case.capital, watch=watch)
        solved = plan_of(case.capital, relaxed, solution, watch)
        frontier = frontier_of(case, relaxed, solution, watch)
    finally:
        watch.searching = False
    starts = _starts(case, solved)
    settings = case.checked.settings
    spend, staff_use = _spend(case, starts), _staff_use(case, starts)
    return Portfolio(
        plan=_plan(case, solved, starts, spend),
        spend=spend,
        pools=_pools(case, solved, spend),
        staff=_staff(solved),
        staff_use=staff_use,
        floors=_floors(case, spend, relaxed),
        prices=solved.prices[
            ["year", "price_per_gbp_m", "gain_of_1m_more", "loss_of_1m_less"]
        ].reset_index(drop=True),
        frontier=frontier,
        triangles=_triangles(case, starts),
        unit=settings.unit,
        cost_per_qaly_gbp=settings.cost_per_qaly_gbp if settings.value == "qalys" else np.nan,
        solve=solved.solve,
        initiatives=case.checked.table,
    )


def _starts(case: Case, solved: CapitalPlan) -> dict[str, int]:
    """Return the position of the start of each initiative of the portfolio."""
    years = case.checked.years
    return {
        str(name): years.index(str(year))
        for name, year in lines_of(solved.plan, "project_id", "start_year")
        if year
    }


def _spend(case: Case, starts: Mapping[str, int]) -> pd.DataFrame:
    rows = []
    for name, start in starts.items():
        each = case.initiatives[name]
        cost = spend_of(each.cost, start, case.checked)
        cash = spend_of(each.chance * each.cash, start, case.checked)
        for at in np.flatnonzero((cost != 0) | (cash != 0)):
            rows.append([name, case.checked.years[at], float(cost[at]), float(cash[at])])
    return pd.DataFrame(rows, columns=SPEND_COLUMNS)


def _staff_use(case: Case, starts: Mapping[str, int]) -> pd.DataFrame:
    years, rows = case.checked.years, []
    for name, start in starts.items():
        for skill, months in case.initiatives[name].staff.items():
            inside = months[: len(years) - start]
            rows += [
                [name, skill, years[start + at], float(inside[at])] for at in np.flatnonzero(inside)
            ]
    return pd.DataFrame(rows, columns=STAFF_USE_COLUMNS)


def _sums(spend: pd.DataFrame, by: str) -> dict[str, tuple[float, float]]:
    """Return cost and cash by initiative or year, £m."""
    sums: dict[str, tuple[float, float]] = {}
    for name, cost, cash in lines_of(spend, by, "cost_gbp_m", "cash_gbp_m"):
        before = sums.get(name, (0.0, 0.0))
        sums[name] = (before[0] + cost, before[1] + cash)
    return sums


def _plan(
    case: Case, solved: CapitalPlan, starts: Mapping[str, int], spend: pd.DataFrame
) -> pd.DataFrame:
    sums = _sums(spend, "initiative_id")
    told = {
        str(name): (float(margin), str(reason))
        for name, margin, reason in lines_of(solved.plan, "project_id", "reduced_cost", "reason")
    }
    none = Worth(0.0, 0.0, 0.0, 0.0)
    rows = []
    for each in case.checked.initiatives:
        start = starts.get(each.id)
        worth = none if start is None else case.worth[each.id][start]
        cost, cash = sums.get(each.id, (0.0, 0.0))
        margin, reason = told[each.id]
        rows.append(
            [
                each.id,
                status_of(each, case, starts),
                "" if start is None else case.checked.years[start],
                cost,
                cash,
                worth.qalys,
                worth.benefit,
                worth.value,
                margin,
                reason_of(each, reason, case, starts),
            ]
        )
    columns = ["initiative_id", "status", "start_year", "cost_gbp_m", "cash_gbp_m", "qalys",
               "benefit", "value", "margin", "reason"]  # fmt: skip
    plan = pd.DataFrame(rows, columns=columns)
    for name in ABOUT:
        plan[name] = case.checked.table[name].to_numpy()
    return plan


def _pools(case: Case, solved: CapitalPlan, spend: pd.DataFrame) -> pd.DataFrame:
    """Return what each pool pays for, worked out from the spend of the initiatives."""
    settings = case.checked.settings
    sums = _sums(spend, "year")
    price = dict(lines_of(solved.limits, "year", "price_per_gbp_m"))
    rows, carried = [], 0.0
    for year, pool in case.checked.pools.items():
        cost, cash = sums.get(year, (0.0, 0.0))
        back = settings.cash_refills_pct / 100 * cash
        left = pool + carried - cost + back
        rows.append([year, pool, carried, cost, back, left, price[year]])
        carried = min(max(left, 0.0), settings.carry_over_pct / 100 * pool)
    columns = ["year", "pool_gbp_m", "carried_in_gbp_m", "cost_gbp_m", "cash_back_gbp_m",
               "left_gbp_m", "price_per_gbp_m"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _staff(solved: CapitalPlan) -> pd.DataFrame:
    names = {"resource": "skill", "limit": "months", "slack": "left", "price": "price_per_month"}
    return solved.resources.rename(columns=names)[STAFF_COLUMNS].reset_index(drop=True)


def _floors(case: Case, spend: pd.DataFrame, relaxed: lp.Solution) -> pd.DataFrame:
    rows: list[list[object]] = []
    for floor in case.floors:
        inside = spend if not floor.year else spend[spend["year"] == floor.year]
        reached = sum(
            case.shares[name].get(floor.place, 0.0) * cost
            for name, cost in lines_of(inside, "initiative_id", "cost_gbp_m")
        )
        least = floor.least(float(inside["cost_gbp_m"].sum()))
        price = -relaxed.prices.get(("rule", floor), np.nan) + 0.0
        rows.append([floor.place, floor.year, least, reached, price])
    return pd.DataFrame(rows, columns=FLOOR_COLUMNS)


def _triangles(case: Case, starts: Mapping[str, int]) -> pd.DataFrame:
    names = dict(lines_of(case.checked.table, "initiative_id", "name"))
    rows = []
    for each in case.checked.initiatives:
        options = case.worth[each.id]
        if not options:
            continue
        start = starts.get(each.id, max(options, key=lambda at: options[at].value))
        worth = options[start]
        slope = worth.benefit / worth.cost if worth.cost else np.nan
        rows.append(
            [
                each.id,
                names[each.id],
                status_of(each, case, starts),
                case.checked.years[start],
                worth.cost,
                worth.benefit,
                slope,
                worth.value,
            ]
        )
    columns = ["initiative_id", "name", "status", "start_year", "cost_gbp_m", "benefit",
               "benefit_per_gbp_m", "value"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
