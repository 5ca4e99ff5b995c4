"""Score, weighted criteria and net present social value side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from nelfin import program as lp
from nelfin.data.specs.columns import SCORE
from nelfin.errors import Problems
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.checked import Checked
from nelfin.models.capital.compared import shown
from nelfin.models.capital.plan import CapitalPlan
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.schemes import schemes_of
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.solving import solve_case
from nelfin.models.capital.starts import Start
from nelfin.models.capital.worth import (
    PARTS,
    YEARLY,
    check_worth,
    factors_of,
    is_appraised,
    parts_of_npsv,
    ratio_of,
)

Kind = Literal["score", "criteria", "npsv"]
"""What benefit may be."""

NEEDED: dict[Kind, str] = {
    "score": "a column benefit with points",
    "criteria": "columns score_<criterion> and a weight for each",
    "npsv": f"columns {', '.join(YEARLY.values())} (any of them), and lives of assets",
}
"""What each kind needs."""


def missing_kinds(checked: Checked) -> dict[Kind, str]:
    """Return the kinds of benefit that the tables cannot give, each with what it needs.

    Parameters
    ----------
    checked
        From `check_capital`.
    """
    projects, settings = checked.projects, checked.settings
    appraised = is_appraised(projects)
    scores = any(re.fullmatch(SCORE, str(name)) for name in projects.columns)
    has: dict[Kind, bool] = {
        # without an appraisal the benefit of net present social value is £m a year, not points
        "score": bool(projects["benefit"].fillna(0.0).any())
        and (appraised or settings.benefit != "npsv"),
        "criteria": scores and bool(settings.criteria_weights),
        "npsv": appraised or settings.benefit == "npsv",
    }
    return {kind: NEEDED[kind] for kind in get_args(Kind) if not has[kind]}


def kinds_of(checked: Checked) -> list[Kind]:
    """Return the kinds of benefit that the tables give.

    Parameters
    ----------
    checked
        From `check_capital`.

    Raises
    ------
    InputError
        If there are fewer than two, with what the others need.
    """
    missing, problems = missing_kinds(checked), Problems()
    kinds: list[Kind] = [kind for kind in get_args(Kind) if kind not in missing]
    if len(kinds) < 2:
        for kind, needs in missing.items():
            problems.add(checked.settings.called.projects, f"has no {kind}.", f"It needs {needs}.")
    problems.raise_if_any()
    return kinds


def kinds_compared(
    checked: Checked, limits: pd.DataFrame | None = None, watch: lp.Watch | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return which schemes are in the plan under each kind of benefit, and what each plan is worth.

    Each is the best plan by its kind, whatever plan is in force.

    Parameters
    ----------
    checked
        From `check_capital`.
    limits
        Limits to plan within; by default those checked.
    watch
        A clock that is running already, whose time left the plans share; by default each has the
        time limit of the settings.

    Returns
    -------
    schemes : pandas.DataFrame
        A row a scheme: `project_id, name, organisation`; a column a kind (`score`, `criteria`,
        `npsv`) with the year of the start, or `not funded`; and `plans_in`: in how many it is.
    plans : pandas.DataFrame
        A row a plan: `best_by`, a kind; `schemes` funded, `cdel_gbp_m`, what the plan is worth by
        each kind: points, or £m; and `gap`, how far it may be from the best by its own kind, a
        share; NaN where that is not known.

    Raises
    ------
    InputError
        If there are fewer than two kinds, with what the others need; or if the columns of a kind
        are wrong.
    NoAnswerError
        If no plan meets every limit and rule, or none was found in time.
    """
    kinds, problems = kinds_of(checked), Problems()
    cases: dict[Kind, Case] = {}
    for kind in kinds:
        settings = replace(checked.settings, benefit=kind, begin_from=None, max_changes=None)
        schemes = _schemes(checked, settings, limits, problems)
        problems.raise_if_any()
        cases[kind] = case_of(replace(checked, schemes=schemes, settings=settings), limits)
    plans = {}
    for left, (kind, case) in zip(range(len(cases), 0, -1), cases.items(), strict=True):
        plans[kind] = solve_case(case, None if watch is None else watch.part(1 / left))
    about = ["project_id", "name", "organisation"]
    table = checked.projects[about].reset_index(drop=True)
    for kind, plan in plans.items():
        by_id = plan.plan.set_index("project_id")
        table[kind] = [shown(by_id, str(name)) for name in table["project_id"]]
    table["plans_in"] = sum(
        (plan.plan["status"] != "not funded").astype(int) for plan in plans.values()
    )
    rows = []
    for kind, plan in plans.items():
        funded = int((plan.plan["status"] != "not funded").sum())
        worth = [_worth(case, plan) for case in cases.values()]
        gap = np.nan if plan.solve.gap is None else plan.solve.gap
        rows.append([kind, funded, float(plan.plan["cdel_gbp_m"].sum()), *worth, gap])
    columns = ["best_by", "schemes", "cdel_gbp_m", *(f"{kind}_worth" for kind in cases), "gap"]
    return table, pd.DataFrame(rows, columns=columns)


def _schemes(
    checked: Checked, settings: Settings, limits: pd.DataFrame | None, problems: Problems
) -> list[Scheme]:
    found = schemes_of(checked.projects, settings, problems)
    if settings.benefit == "npsv":
        within = checked.limits if limits is None else limits
        check_worth(checked.projects, str(within["year"].min()), settings, problems)
    return found


def _worth(case: Case, plan: CapitalPlan) -> float:
    """Return what a plan is worth by the benefit of a case."""
    value = {(start.scheme.id, case.years[start.year]): start.value for start in case.starts}
    rows = zip(
        plan.plan["project_id"], plan.plan["start_year"], plan.plan["funded_share"], strict=True
    )
    return float(sum(value[name, year] * share for name, year, share in rows if year))


def worth_table(case: Case, plan: CapitalPlan) -> pd.DataFrame:
    """Return what each scheme is worth, by the parts of its net present social value.

    Parameters
    ----------
    case
        A case whose benefit is `npsv`.
    plan
        Its plan.

    Returns
    -------
    pandas.DataFrame
        A row a scheme that can start: `project_id, name, start_year` (of the plan; where it is not
        funded, the start of most worth), `funded_share, life_years`; the parts `benefit_gbp_m,
        cash_releasing_gbp_m, non_cash_releasing_gbp_m, societal_gbp_m, qalys_gbp_m,
        revenue_gbp_m, capital_gbp_m, risk_gbp_m` of the whole scheme, which add up to `npsv_gbp_m`:
        present values, £m, costs negative; `equity_weight`; `benefit_cost_ratio`; and
        `npsv_per_gbp_m`, of the capital limits it uses. A ratio to nothing is NaN.
    """
    schemes = (start.scheme for start in case.starts)
    factors = factors_of(case.settings, len(case.years), schemes)
    chosen = _chosen(case, plan)
    names = case.projects.set_index("project_id")["name"]
    shares = plan.plan.set_index("project_id")["funded_share"]
    rows = []
    for name in case.projects["project_id"]:
        if name not in chosen:
            continue
        start = chosen[name]
        parts = parts_of_npsv(start.scheme, start.year, factors)
        total, used = sum(parts.values()), float(start.cdel.sum())
        rows.append(
            [
                name,
                names[name],
                case.years[start.year],
                shares[name],
                start.scheme.life_years,
                *(parts[part] + 0.0 for part in PARTS),
                total,
                start.scheme.equity_weight,
                ratio_of(parts),
                total / used if used > 0 else np.nan,
            ]
        )
    columns = [
        "project_id", "name", "start_year", "funded_share", "life_years",
        *(f"{part}_gbp_m" for part in PARTS),
        "npsv_gbp_m", "equity_weight", "benefit_cost_ratio", "npsv_per_gbp_m",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _chosen(case: Case, plan: CapitalPlan) -> Mapping[str, Start]:
    """Return the start of each scheme: that of the plan, else the one of most worth."""
    years = plan.plan.set_index("project_id")["start_year"]
    found: dict[str, Start] = {}
    for start in case.starts:
        name, best = start.scheme.id, found.get(start.scheme.id)
        planned = years[name] == case.years[start.year]
        if planned or best is None or (not years[name] and start.value > best.value):
            found[name] = start
    return found
