"""Why a scheme is in the plan or not, and why there is no plan, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nelfin.models import program as lp

if TYPE_CHECKING:
    from nelfin.models.capital import Start


def reasons(
    plan: pd.DataFrame,
    best: Mapping[str, Start],
    prices: Mapping[str, float],
    limits: pd.DataFrame,
    years: list[str],
) -> list[str]:
    """Return one sentence a scheme.

    Parameters
    ----------
    plan
        `project_id, status, start_year, reduced_cost`.
    best
        The start of each scheme that is worth most over its price.
    prices
        Price of each row of the relaxation.
    limits
        `year, organisation, slack_gbp_m`.
    years
        Years of the plan.
    """
    status = dict(zip(plan["project_id"], plan["status"], strict=True))
    chosen_of_group = {
        best[name].scheme.group: name for name, word in status.items() if word != "not funded"
    }
    excluded_by: dict[str, list[str]] = {}
    for name, start in best.items():
        for other in start.scheme.excludes:
            excluded_by.setdefault(name, []).append(other)
            excluded_by.setdefault(other, []).append(name)
    slack = limits.set_index(["organisation", "year"])["slack_gbp_m"]
    sentences = []
    for line in plan.itertuples():
        name, start = str(line.project_id), best[str(line.project_id)]
        capital = _capital_price(start, prices, years)
        if line.status != "not funded":
            sentences.append(_why_funded(start, capital, str(line.status)))
        else:
            blocked = _blocked(start, status, chosen_of_group, excluded_by.get(name, []))
            sentences.append(blocked or _why_not(start, capital, slack, years))
    return sentences


def _capital_price(start: Start, prices: Mapping[str, float], years: list[str]) -> float:
    """Return the price of the capital a start uses, in points of benefit."""
    priced = (
        start.cdel[t] * prices.get(f"limit|{organisation}|{years[t]}", 0.0)
        for t in np.flatnonzero(start.cdel)
        for organisation in ("", start.scheme.organisation)
    )
    return float(sum(priced))


def _why_funded(start: Start, capital: float, status: str) -> str:
    part = " In part: the limit left no room for the rest." if status == "part-funded" else ""
    if start.scheme.must_fund:
        return "Must be funded."
    if not start.cdel.any():
        return "Uses none of the limit."
    return f"Worth {start.value:,.1f} points; its capital is priced at {capital:,.1f}.{part}"


def _blocked(
    start: Start,
    status: Mapping[str, str],
    chosen_of_group: Mapping[str, str],
    rivals: list[str],
) -> str:
    sibling = chosen_of_group.get(start.scheme.group)
    if sibling:
        return f"Another option of it is chosen: {sibling}."
    winners = [name for name in rivals if status[name] != "not funded"]
    if winners:
        return f"Excluded by {', '.join(winners)}, which is chosen."
    missing = [name for name, _ in start.scheme.requires if status[name] == "not funded"]
    if missing:
        return f"Needs {', '.join(missing)}, which is not funded."
    return ""


def _why_not(start: Start, capital: float, slack: pd.Series, years: list[str]) -> str:
    short = capital - start.value
    if short > 0 and start.value > 0:
        cost = start.cdel.sum() * short / capital
        return (
            f"Displaced in {years[start.year]}: its capital is priced at {capital:,.1f} points "
            f"against a benefit of {start.value:,.1f}. Needs {100 * short / start.value:,.0f} % "
            f"more benefit or £{cost:,.{1 if cost >= 1 else 2}f}m less cost."
        )
    if start.value <= 0:
        return "Has no benefit."
    full = [
        years[t]
        for t in np.flatnonzero(start.cdel)
        for organisation in ("", start.scheme.organisation)
        if slack.get((organisation, years[t]), np.inf) < start.cdel[t]
    ]
    where = f" in {', '.join(dict.fromkeys(full))}" if full else ""
    return f"Worth its price, but the whole schemes chosen leave too little room{where}."


def why_infeasible(program: lp.Program, starts: list[Start], solver: lp.SolverName) -> str:
    """Return which limits cannot hold, and by how much, from an elastic relaxation.

    Every limit may be passed at a cost, and the total passed is made as small as it can be.
    """
    elastic = lp.Program(
        [0.0] * len(program.value), list(program.low), list(program.high), list(program.whole)
    )
    over: dict[str, int] = {}
    for row in program.rows:
        if row.name.startswith("limit|"):
            over[row.name] = elastic.column(-1.0, 0.0, None)
            row = replace(row, terms=(*row.terms, (over[row.name], -1.0)))  # noqa: PLW2901
        elastic.rows.append(row)
    found = lp.solve(elastic, solver, time_limit=30.0)
    if not found.has_plan:
        return (
            "No plan meets the rules, whatever the limits: must-fund schemes, their prerequisites, "
            "their windows and the exclusions cannot all hold. Look at the must-fund schemes first."
        )
    bounds = {row.name: row.bound for row in program.rows}
    sentences = []
    for name, column in over.items():
        passed = found.values[column]
        if passed > 1e-6:
            _, organisation, year = name.split("|")
            limit = bounds[name]
            who = f"of {organisation} " if organisation else ""
            sentences.append(
                f"must-fund schemes {who}need £{limit + passed:,.1f}m in {year}, "
                f"the limit is £{limit:,.1f}m"
            )
    must = sorted({start.scheme.id for start in starts if start.scheme.must_fund})
    return (
        f"No plan keeps every limit: {'; '.join(sentences)}. Raise the limits, widen the windows, "
        f"or take must_fund off one of {', '.join(must[:12])}."
    )
