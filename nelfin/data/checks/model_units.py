"""Questions about units in what the models rest on: programmes, bodies, schemes and limits."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nelfin.data.checks.fit import Fit
from nelfin.data.checks.units import REGISTERED, SLIP, ask
from nelfin.data.inputs import ANY_TRUST, SYSTEM
from nelfin.data.projects import spend_columns
from nelfin.data.specs.columns import BACKLOG, Column
from nelfin.data.tables import lines_of
from nelfin.data.usual import gbp_m, in_words, is_usual, plain, scaled
from nelfin.errors import Problems
from nelfin.store.sheets.spots import spot

_USUAL: dict[str, dict[str, Any]] = {
    "mean_lag_years": {"usual_high": 60.0},
    "nhs_share_pct": {"usual_least": 1.0},
    "cashable_share_pct": {"usual_least": 1.0},
    "return_gbp_per_gbp": {"usual_low": 0.0, "usual_high": 100.0},
    "cash_return_gbp_per_gbp": {"usual_low": 0.0, "usual_high": 100.0},
    "unit_cost_gbp": {"usual_low": 0.0, "usual_high": 1_000_000.0},
    "max_coverage_pct": {"usual_least": 1.0},
    "gbp_per_qaly": {"usual_low": 0.0, "usual_high": 10_000_000.0, "usual_least": 100.0},
    "public_health_pct": {"usual_least": 1.0},
}
PARAMETERS = {name: Column(name, kind="number", **usual) for name, usual in _USUAL.items()}
"""What is usual of the parameters of prevention programmes."""

OF_INCOME = 0.3
"""Share of a body's income past which its position, a pressure or a scheme is asked about."""

OF_A_BODY = {
    "positions": "value_gbp_m",
    "pressures": "cost_gbp_m",
    "efficiency_schemes": "full_year_gbp_m",
}
"""Tables of money of bodies, and the column."""


def programmes(fit: Fit) -> None:
    """Ask about parameters of prevention programmes outside the range of life.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every question.
    """
    people = fit.inputs.weighted_populations
    people = people[people["component"] == REGISTERED]
    there = float(people.groupby("year")["weighted_population"].sum().max())
    table = fit.inputs.prevention_programmes
    lines = lines_of(table, "parameter", "value", "source")
    for row, (name, value, source) in zip(table.index, lines, strict=True):
        column = PARAMETERS.get(name)
        if column is not None and not is_usual(value, column):
            what, meant = in_words(value, column)
        elif name == "eligible_people" and value > 2 * there:
            what, meant = f"is {plain(value)}, of {there:,.0f} people.", "Write people."
        else:
            continue
        where = fit.at("prevention_programmes", row, "value")
        ask(fit.problems, where, source, f"{what.rstrip('.')}, the {name}.", meant)


def bodies(fit: Fit) -> None:
    """Ask about money of bodies that their income, or the plan's total, leaves no room for.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every question.
    """
    total = fit.scenario.envelope.plan_total_gbp_m
    table = fit.inputs.organisation_income
    for row, line in table[table["income_gbp_m"] > 2 * total].iterrows():
        what = f"is {gbp_m(line['income_gbp_m'])}, and the plan's total is {gbp_m(total)}."
        where = fit.at("organisation_income", row, "income_gbp_m")
        ask(fit.problems, where, line["source"], what, scaled(line["income_gbp_m"]))
    income = table.groupby("organisation")["income_gbp_m"].sum()
    kinds = fit.inputs.organisations.set_index("organisation")["kind"]
    trusts = float(income[[name in kinds.index[kinds == "trust"] for name in income.index]].sum())
    incomes = {**income.to_dict(), ANY_TRUST: trusts, SYSTEM: float(income.sum())}
    for name, column in OF_A_BODY.items():
        frame = fit.inputs.tables()[name]
        lines = lines_of(frame, "organisation", column, "source")
        for row, (body, value, source) in zip(frame.index, lines, strict=True):
            own = incomes.get(body, 0.0)
            if abs(value) > OF_INCOME * own > 0:
                what = f"is {gbp_m(value)}, and {body} has an income of {gbp_m(own)}."
                ask(fit.problems, fit.at(name, row, column), source, what, scaled(value))
    shares = fit.inputs.organisation_places
    for name, rows in shares.groupby("organisation"):
        if 0 < rows["share_pct"].sum() <= 1:
            row = rows["share_pct"].idxmax()
            value = float(rows.at[row, "share_pct"])
            what = f"is {plain(value)} %, and all places of {name} are 1 % or less of it together."
            meant = f"If {plain(100 * value)} % is meant, write {plain(100 * value)}."
            where = fit.at("organisation_places", row, "share_pct")
            ask(fit.problems, where, rows.at[row, "source"], what, meant)


def limits(fit: Fit) -> None:
    """Ask about capital limits that are no small part of what the system has.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every question.
    """
    total = fit.scenario.envelope.plan_total_gbp_m
    table = fit.inputs.capital_limits
    for row, line in table[table["limit_gbp_m"] > total / 2].iterrows():
        value = float(line["limit_gbp_m"])
        if total > 0:
            what = f"is {gbp_m(value)}, and the plan's total is {gbp_m(total)}."
            where = fit.at("capital_limits", row, "limit_gbp_m")
            ask(fit.problems, where, line["source"], what, scaled(value))


def schemes(
    projects: pd.DataFrame,
    limits: pd.DataFrame,
    called: str,
    problems: Problems,
    least: float = 0.0,
) -> None:
    """Ask about capital schemes that would take many times all limits together.

    Parameters
    ----------
    projects
        Capital schemes with typed columns.
    limits
        Capital limits with typed columns.
    called
        What to call the table of schemes in errors.
    problems
        Takes every question.
    least
        £m below which nothing is asked about, where more is known than the limits: they may be few
        beside one great scheme.
    """
    together = float(limits["limit_gbp_m"].sum())
    most = max(SLIP * together, least)
    backlog = [name for name in projects.columns if Column(BACKLOG, pattern=True).matches(name)]
    spend = spend_columns(projects)
    for columns, words in ((spend, "spends"), (backlog, "clears backlog of")):
        amount = projects[columns].fillna(0.0).sum(axis=1)
        for row in amount.index[(amount > most) & (together > 0)]:
            largest = str(projects.loc[row, columns].astype(float).idxmax())
            value = float(projects.at[row, largest])
            what = (
                f"is {gbp_m(value)}: {projects.at[row, 'project_id']} {words} "
                f"{gbp_m(amount[row])}, and all limits together are {gbp_m(together)}."
            )
            where = spot(called, row, largest)
            ask(problems, where, projects.at[row, "source"], what, scaled(value))


def revenue(fit: Fit) -> None:
    """Ask about what schemes cost or save a year where it is a large part of the plan.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every question.
    """
    total, table = fit.scenario.envelope.plan_total_gbp_m, fit.inputs.projects
    for row in table.index[table["revenue_gbp_m"].abs() > total / SLIP]:
        value = float(table.at[row, "revenue_gbp_m"])
        what = f"is {gbp_m(value)} a year, and the plan's total is {gbp_m(total)}."
        where = fit.at("projects", row, "revenue_gbp_m")
        ask(fit.problems, where, table.at[row, "source"], what, scaled(value))
