"""Costs that are drawn: whether the plan stays within its limits, and which schemes stay in it.

A scheme's cost departs from its price by a part that all schemes have in common, such as tender
prices, and by a part of its own.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.data.projects import spend_profile
from nelfin.errors import InputError, NoAnswerError
from nelfin.models.capital.case import Case
from nelfin.models.capital.limits import rounding
from nelfin.models.capital.plan import CapitalPlan
from nelfin.models.capital.solving import solve_program
from nelfin.models.capital.stress.variants import counted, funded, with_limit_rows
from nelfin.models.ranges import Spread, latin_hypercube

Array = npt.NDArray[np.float64]


class Overruns:
    """What the schemes of a plan use of the limits when they cost more or less than their price.

    Parameters
    ----------
    plan, limits, years
        The plan, the limits it was drawn up within, and its years.
    spread
        What a scheme may cost above its price, %; None: every scheme costs `middle` more.
    middle
        The value of the scenario, %.
    common_pct
        Share of the departure that all schemes have in common.
    over_programming_pct, carry_over_pct
        How far the plan may pass a limit, and what may be carried over unspent.
    seed
        Of each scheme's own part.
    """

    def __init__(
        self,
        plan: CapitalPlan,
        limits: pd.DataFrame,
        years: list[str],
        spread: Spread | None,
        middle: float,
        common_pct: float,
        over_programming_pct: float,
        carry_over_pct: float,
        seed: int,
    ) -> None:
        self.spread, self.middle = spread, middle
        self.common, self.carry = common_pct / 100, carry_over_pct / 100
        self.rng = np.random.default_rng([seed, 1])
        spend = plan.spend[plan.spend["cdel_gbp_m"] != 0]
        table = spend.pivot_table(index="project_id", columns="year", values="cdel_gbp_m",
                                  aggfunc="sum", fill_value=0.0)  # fmt: skip
        self.ids = [str(name) for name in table.index]
        self.cdel = table.reindex(columns=years, fill_value=0.0).to_numpy(dtype=float)
        about = plan.projects.set_index("project_id").loc[table.index]
        self.owner = about["organisation"].to_numpy()
        self.money = about["money"].to_numpy()
        self.over = over_programming_pct / 100
        named = limits if "money" in limits else limits.assign(money="")
        self.limits = {
            (str(owner), str(money)): lines.set_index("year")["limit_gbp_m"]
            .reindex(years)
            .to_numpy()
            for (owner, money), lines in named.groupby(["organisation", "money"])
        }

    def factors(self, common: Array | None, draws: int) -> Array:
        """Return costs as a multiple of the price; (draw, scheme in the order of `ids`).

        Parameters
        ----------
        common
            The common part, %; shape (draw,).
        draws
            How many.
        """
        above = np.full((draws, len(self.owner)), self.middle)
        if common is not None and self.spread is not None:
            # plain random numbers: the same whatever the parts
            own = self.spread.at(self.rng.random(above.shape))
            above = self.common * common[:, None] + (1 - self.common) * own
        return np.asarray(1 + above / 100)

    def of(self, factor: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
        """Return use of the limits, £m, and whether every limit holds; both (draw, year).

        Parameters
        ----------
        factor
            From `factors`.
        """
        within = np.ones((len(factor), self.cdel.shape[1]), dtype=bool)
        for (owner, money), limits in self.limits.items():
            bound = (self.money == money) & ((self.owner == owner) | (not owner))
            within &= self._holds(factor[:, bound] @ self.cdel[bound], limits)
        return factor @ self.cdel, within

    def _holds(self, used: Array, limits: Array) -> npt.NDArray[np.bool_]:
        """Say in which years a limit holds, with what may be carried over unspent; NaN: none."""
        carried = np.zeros(len(used))
        held = np.ones(used.shape, dtype=bool)
        for t, limit in enumerate(limits):
            if np.isfinite(limit):
                allowed = limit * (1 + self.over)
                left = allowed + carried - used[:, t]
                held[:, t] = left >= -rounding(allowed)
                carried = np.clip(left, 0.0, self.carry * limit)
        return held


def schemes_drawn(case: Case) -> list[str]:
    """Return the schemes whose costs are drawn, in the order of `cost_factors`.

    Parameters
    ----------
    case
        The capital case.
    """
    return list(dict.fromkeys(start.scheme.id for start in case.starts))


def cost_factors(case: Case, spread: Spread, common_pct: float, draws: int, seed: int) -> Array:
    """Draw what each scheme costs as a multiple of its price; (draw, scheme).

    Parameters
    ----------
    case
        The capital case.
    spread
        What a scheme may cost above its price, %.
    common_pct
        Share of the departure that all schemes have in common.
    draws, seed
        How many, and of which seed: every part of the spread is seen alike.
    """
    count = len(schemes_drawn(case))
    drawn = spread.at(latin_hypercube(draws, count + 1, seed))
    common = common_pct / 100
    return np.asarray(1 + (common * drawn[:, -1:] + (1 - common) * drawn[:, :-1]) / 100)


def stays(
    case: Case, spread: Spread, common_pct: float = 50.0, draws: int = 30, seed: int = 0
) -> tuple[pd.DataFrame, int]:
    """Return how often each scheme stays in the plan when costs are drawn.

    A plan is found for each draw, within the gap asked; every scheme's benefit stays.

    Parameters
    ----------
    case
        The capital case.
    spread
        What a scheme may cost above its price, %.
    common_pct
        Share of the departure that all schemes have in common.
    draws
        Plans to find.
    seed
        Of the draws.

    Returns
    -------
    stays : pandas.DataFrame
        A row a scheme, the most certain first: `project_id, name, spend_gbp_m` (as priced),
        `in_plan` (share of the draws whose plan funds it whole) and `verdict`: core (in all),
        borderline, or exterior (in none).
    none : int
        Draws in which no plan meets the limits: what must be funded costs too much.
    """
    if draws < 1:
        raise InputError.one("draws", f"is {draws}.", "Give 1 or more.")
    number = {name: n for n, name in enumerate(schemes_drawn(case))}
    scheme_of = {start.share_column: number[start.scheme.id] for start in case.starts}
    factors = cost_factors(case, spread, common_pct, draws, seed)
    count = dict.fromkeys(case.projects["project_id"], 0)
    none = 0
    for factor in factors:
        dearer = with_limit_rows(case, partial(_dearer, factor=factor, scheme_of=scheme_of))
        try:
            _, solution = solve_program(dearer)
        except NoAnswerError:
            none += 1
            continue
        for start in funded(case, solution, whole=True):
            count[start.scheme.id] += 1
    table = counted(case, count, draws, "in_plan")
    asked = pd.Series(spend_profile(case.projects).sum(axis=1), index=case.projects["project_id"])
    table.insert(2, "spend_gbp_m", table["project_id"].map(asked))
    return table, none


def _dearer(row: lp.Row, factor: Array, scheme_of: dict[int, int]) -> lp.Row:
    """Return the row of a limit with the cost of each scheme times a factor."""
    terms = tuple(
        (column, cost * float(factor[scheme_of[column]]) if column in scheme_of else cost)
        for column, cost in row.terms
    )
    return replace(row, terms=terms)
