"""Checks of what the models rest on: programmes, organisations, assets and limits."""

from __future__ import annotations

import pandas as pd

from nelfin.data.checks.fit import Fit
from nelfin.data.inputs import ANY_TRUST, OTHERS, SYSTEM
from nelfin.data.specs import PROGRAMME_PARAMETERS, PROGRAMME_RETURNS
from nelfin.data.specs.recovery import STAGES
from nelfin.data.tables import lines_of
from nelfin.years import label_of, start_of

AVOIDED, CASH = PROGRAMME_RETURNS


def programmes(fit: Fit) -> None:
    """Find prevention programmes that lack a figure, have one too many, or do not add up.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    frame = fit.inputs.prevention_programmes
    for name, rows in frame.groupby("programme", sort=False):
        mine = set(rows["parameter"])
        gaps = [p for p in PROGRAMME_PARAMETERS if p not in mine]
        if gaps:
            fit.problems.add(
                fit.at("prevention_programmes"), f"{name} has no {', '.join(gaps)}.", "Add it."
            )
        returns = [p for p in PROGRAMME_RETURNS if p in mine]
        if len(returns) != 1:
            fit.problems.add(
                fit.at("prevention_programmes"),
                f"{name} has {' and '.join(returns) or 'no return'}.",
                f"Give one of {' and '.join(PROGRAMME_RETURNS)}.",
            )
        elif rows["kind"].iloc[0] in fit.scenario.uncertainty.outcome_kinds and returns == [
            AVOIDED
        ]:
            fit.problems.add(
                fit.at("prevention_programmes"),
                f"{name} has {AVOIDED}, but is of a kind in uncertainty.outcome_kinds, whose "
                "outcomes are of cash.",
                f"Give {CASH}, or take the kind out there.",
            )
    _values(fit)
    total = frame.loc[frame["parameter"] == "share_of_shift_pct", "value"].sum()
    if abs(total - 100) > 1e-6:
        fit.problems.add(
            fit.at("prevention_programmes", column="value"),
            f"share_of_shift_pct adds up to {total:g} %.",
            "The programmes' shares must add up to 100.",
        )


MORE_THAN_NONE = {"unit_cost_gbp", "eligible_people", "max_coverage_pct", "gbp_per_qaly"}
"""Parameters of programmes that are more than 0 where they are given."""

OF_CASH = {"nhs_share_pct", "cashable_share_pct"}
"""Parameters that are more than 0 where the return is cash."""


def _values(fit: Fit) -> None:
    """Find figures of programmes that are too large, or 0 where there must be something."""
    frame = fit.inputs.prevention_programmes
    lines = lines_of(frame, "programme", "parameter", "value")
    in_cash = {programme for programme, parameter, _ in lines if parameter == CASH}
    for row, (programme, name, value) in zip(frame.index, lines, strict=True):
        if name.endswith("_pct") and value > 100:
            what, remedy = f"is {value:g} %.", "It must be 100 or less."
        elif value > 0:
            continue
        elif name in MORE_THAN_NONE:
            what, remedy = (
                f"is 0, the {name} of {programme}.",
                "Give more than 0, or take the row out.",
            )
        elif name in OF_CASH and programme in in_cash:
            what = f"is 0, the {name} of {programme}, whose return is cash."
            remedy = f"Give more than 0, or give {AVOIDED} in place of {CASH}."
        elif name == "mean_lag_years":
            what, remedy = "is 0.", "Give a mean lag above 0 years."
        else:
            continue
        fit.problems.add(fit.at("prevention_programmes", row, "value"), what, remedy)


def organisations(fit: Fit) -> None:
    """Find organisations that are unknown or turn nothing over.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    frame = fit.inputs.organisations
    names = [str(name) for name in frame["organisation"]]
    kinds = frame["kind"].value_counts()
    if kinds.get("icb", 0) != 1 or kinds.get("trust", 0) < 1:
        fit.problems.add(
            fit.at("organisations", column="kind"),
            f"names {kinds.get('icb', 0)} ICBs and {kinds.get('trust', 0)} trusts.",
            "Name one ICB and at least one trust.",
        )
    _income(fit, frame, names)
    for row in frame.index[(frame["kind"] == "icb") & (frame["sector"] != "")]:
        fit.problems.add(
            fit.at("organisations", row, "sector"),
            f"is {frame.at[row, 'sector']}, of the ICB.",
            "Leave it empty: sectors are of trusts.",
        )
    fit.unknown("capital_limits", "organisation", names, set())
    fit.unknown("capital_resources", "organisation", names, set())
    fit.unknown("efficiency_schemes", "organisation", names, {ANY_TRUST, SYSTEM})
    fit.unknown("projects", "organisation", names, set())
    fit.unknown("backlog", "organisation", names, set())
    frame = fit.inputs.efficiency_schemes
    for row in frame.index[frame["delivery_pct"].isna() & (frame["stage"] == "")]:
        fit.problems.add(
            fit.at("efficiency_schemes", row, "delivery_pct"),
            "is empty, and so is stage.",
            f"Give the delivery, or the stage: {', '.join(STAGES)}.",
        )
    organisation_places(fit, names)
    if not fit.of_other_places("projects"):
        fit.unknown("projects", "place", fit.inputs.places(), set())
    _positions(fit, names)


def _income(fit: Fit, organisations: pd.DataFrame, names: list[str]) -> None:
    """Find income that is of nobody, of no source, or that leaves a body without any."""
    fit.unknown("organisation_income", "organisation", names, set())
    streams = list(fit.scenario.allocation.streams)
    fit.unknown("organisation_income", "stream", streams, set(OTHERS))
    table = fit.inputs.organisation_income
    income = table.groupby("organisation")["income_gbp_m"].sum()
    for row in organisations.index:
        if not income.get(organisations.at[row, "organisation"], 0.0) > 0:
            fit.problems.add(
                fit.at("organisations", row, "organisation"),
                f"is {organisations.at[row, 'organisation']}, which has no income.",
                "Give it in the table organisation_income.",
            )
    if not (organisations["sector"] == "acute").any():
        fit.problems.add(
            fit.at("organisations", column="sector"),
            "names no acute trust.",
            "Mark the acute trusts: what prevention avoids is their activity.",
        )
    for row in table.index[table["year"] > fit.years[-1]]:
        fit.problems.add(
            fit.at("organisation_income", row, "year"),
            f"is {table.at[row, 'year']}, after the plan.",
            f"Give income of {fit.years[-1]} or before.",
        )


def _positions(fit: Fit, names: list[str]) -> None:
    """Find positions of nobody, and a plan without an underlying position to start from."""
    fit.unknown("positions", "organisation", names, {ANY_TRUST, SYSTEM})
    fit.unknown("pressures", "organisation", names, {ANY_TRUST, SYSTEM})
    table = fit.inputs.positions
    _counted_twice(fit, table)
    before = label_of(start_of(fit.years[0]) - 1)
    of_year = (table["year"] == before) & (table["month"] == 0)
    bodies = set(table.loc[of_year & (table["measure"] == "underlying"), "organisation"])
    frame = fit.inputs.organisations
    icb = set(frame.loc[frame["kind"] == "icb", "organisation"])
    wholes = ({SYSTEM}, set(names), {ANY_TRUST, *icb})
    if not any(whole <= bodies for whole in wholes):
        fit.problems.add(
            fit.at("positions"),
            f"has no underlying position of the whole system for {before}.",
            "Give it for the system, or for every organisation, at the end of the year before the "
            "plan.",
        )
    elif bodies not in wholes:
        fit.problems.add(
            fit.at("positions"),
            f"gives an underlying position of {before} twice: {', '.join(sorted(bodies))}.",
            "Give it for the system, or for every organisation, or for the trusts and the ICB.",
        )


def _counted_twice(fit: Fit, table: pd.DataFrame) -> None:
    """Find money inside a position that is given for a group and for a body of it as well."""
    groups = {SYSTEM, ANY_TRUST}
    inside = table[(table["month"] == 0) & table["measure"].isin(["one_off", "deficit_support"])]
    for (year, measure, item), rows in inside.groupby(["year", "measure", "item"]):
        named = [str(name) for name in rows["organisation"]]
        if groups & set(named) and len(named) > 1:
            fit.problems.add(
                fit.at("positions"),
                f"gives {measure} {item or ''}".rstrip() + f" of {year} for {', '.join(named)}: "
                "the parts of a group would count twice.",
                "Give it for the group, or for each organisation; or name what differs in item.",
            )


def organisation_places(fit: Fit, names: list[str]) -> None:
    """Find organisations and places that are not there, and shares that do not add up.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    names
        The organisations of the system.
    """
    if fit.of_other_places("organisation_places"):
        return
    fit.unknown("organisation_places", "organisation", names, set())
    fit.unknown("organisation_places", "place", fit.inputs.places(), set())
    for name, rows in fit.inputs.organisation_places.groupby("organisation"):
        total = rows["share_pct"].sum()
        if total > 100 + 1e-9:
            fit.problems.add(
                fit.at("organisation_places", column="share_pct"),
                f"adds up to {total:g} % of {name}.",
                "It must be 100 or less; the rest goes with the system.",
            )


def prevention_years(fit: Fit) -> None:
    """Find a shift that starts before the plan.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    section = fit.scenario.prevention
    for key in ("start_year", "end_year"):
        label = getattr(section, key)
        if start_of(label) < start_of(fit.years[0]) or start_of(label) > start_of("2099/00"):
            fit.problems.add(
                f"scenario, prevention.{key}",
                f"is {label}, before the plan's first year {fit.years[0]} or after 2099/00.",
                "Give a year of the plan or later.",
            )


def asset_types(fit: Fit) -> None:
    """Find asset types that no row describes.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    known = [str(name) for name in fit.inputs.asset_types["asset_type"]]
    fit.unknown("projects", "asset_type", known, set())


def backlog(fit: Fit) -> None:
    """Find backlog of a year so late that no year of the plan begins with it.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    table = fit.inputs.backlog
    for row in table.index[table["year"] >= fit.years[-1]]:
        fit.problems.add(
            fit.at("backlog", row, "year"),
            f"is {table.at[row, 'year']}, and the plan ends with {fit.years[-1]}.",
            "Give the backlog at the end of an earlier year.",
        )


def limits(fit: Fit) -> None:
    """Find open years without a capital limit; a year that is closed needs none.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    frame = fit.inputs.capital_limits
    open_years = [year for year in fit.years if year >= fit.scenario.years.open_from]
    for (organisation, money), rows in frame.groupby(["organisation", "money"]):
        gaps = [year for year in open_years if year not in set(rows["year"])]
        if gaps and max(rows["year"]) >= open_years[0]:
            fit.problems.add(
                fit.at("capital_limits"),
                f"has no limit{f' of {money}' if money else ''} for "
                f"{organisation or 'the system'} in {', '.join(gaps)}.",
                "Add the years, or shorten the plan with years.last.",
            )
    if len(frame) and max(frame["year"]) < open_years[0]:
        fit.problems.add(
            fit.at("capital_limits"),
            f"has no limit from {open_years[0]} on, the first open year.",
            "Add the years, or correct years.now.",
        )
