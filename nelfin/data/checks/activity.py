"""Checks of what activity rests on: beds, plans of planned care, appointments, and its years."""

from __future__ import annotations

import numpy as np

from nelfin.data.checks.fit import Fit
from nelfin.data.specs import WHOLE_SYSTEM
from nelfin.data.tables import lines_of

WEIGHTED = "primary_medical_need"
"""Component of need behind weighted people on the practices' lists."""


def beds(fit: Fit) -> None:
    """Find beds of bodies that are no trust, and beds that cannot be.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    frame = fit.inputs.beds
    fit.unknown("beds", "organisation", _trusts(fit), set())
    columns = ("beds_available", "beds_occupied", "beds_fit_to_leave")
    for row, (there, occupied, fit_to_leave) in zip(
        frame.index, lines_of(frame, *columns), strict=True
    ):
        if not there > 0:
            fit.problems.add(
                fit.at("beds", row, "beds_available"),
                f"is {there:g}.",
                "Give the beds, or take the row out.",
            )
        elif occupied > there:
            fit.problems.add(
                fit.at("beds", row, "beds_occupied"),
                f"is {occupied:g}, of {there:g} beds that are there.",
                "No more beds can be occupied than there are.",
            )
        if fit_to_leave > occupied:
            fit.problems.add(
                fit.at("beds", row, "beds_fit_to_leave"),
                f"is {fit_to_leave:g}, of {occupied:g} beds with a person in.",
                "No more people can be fit to leave than there are.",
            )


def plans(fit: Fit) -> None:
    """Find plans of planned care of bodies that do none, and of years outside the plan.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    frame, organisations = fit.inputs.activity_plans, fit.inputs.organisations
    acute = organisations.loc[organisations["sector"] == "acute", "organisation"]
    fit.unknown("activity_plans", "organisation", _trusts(fit), set())
    lines = lines_of(frame, "organisation", "year")
    for row, (name, year) in zip(frame.index, lines, strict=True):
        if name in _trusts(fit) and name not in set(acute):
            fit.problems.add(
                fit.at("activity_plans", row, "organisation"),
                f"is {name}, which is no acute trust.",
                "Planned care is that of acute trusts: take the row out, or give the trust's "
                "sector in organisations.",
            )
        if year not in fit.years:
            fit.problems.add(
                fit.at("activity_plans", row, "year"),
                f"is {year}, and the plan runs from {fit.years[0]} to {fit.years[-1]}.",
                "Give a year of the plan, or take the row out.",
            )
    if len(frame) and fit.scenario.activity.break_even_per_week is None:
        fit.problems.add(
            fit.at("activity_plans"),
            "tells of planned care above the funded level, and no level is given.",
            "Give activity.break_even_per_week, or leave the table out.",
        )


def _trusts(fit: Fit) -> list[str]:
    frame = fit.inputs.organisations
    return [str(name) for name in frame.loc[frame["kind"] == "trust", "organisation"]]


def appointments(fit: Fit) -> None:
    """Find appointments of unknown places, an average that cannot be, and an aim without figure.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    section, frame = fit.scenario.activity, fit.inputs.appointments
    if fit.of_other_places("appointments"):
        return
    fit.unknown("appointments", "place", fit.inputs.places(), {WHOLE_SYSTEM})
    rates = frame.set_index("place")["appointments_per_1000_week"]
    like = section.appointments_like
    if like and like not in rates.index:
        fit.problems.add(
            "scenario, activity.appointments_like",
            f'is "{like}", which has no row in the table of appointments.',
            f"Name one of {', '.join(map(str, rates.index))}."
            if len(rates)
            else "Give data.appointments, or leave it blank.",
        )
    elif section.primary_care_gap_closed_pct and not (
        like or (section.appointments_above_pct is not None and WHOLE_SYSTEM in rates.index)
    ):
        fit.problems.add(
            "scenario, activity.primary_care_gap_closed_pct",
            f"is {section.primary_care_gap_closed_pct:g} %, and no gap is known.",
            f"Give appointments of the {WHOLE_SYSTEM} in data.appointments and "
            "activity.appointments_above_pct, or activity.appointments_like.",
        )
    _average(fit)


def _average(fit: Fit) -> None:
    """Find an average that the places with a figure leave no room for."""
    rates = fit.inputs.appointments.set_index("place")["appointments_per_1000_week"]
    people = fit.inputs.weighted_populations
    own = people[(people["component"] == WEIGHTED) & (people["year"] == fit.years[0])]
    count = own[own["place"] != WHOLE_SYSTEM].groupby("place")["weighted_population"].sum()
    known = [place for place in count.index if place in rates.index]
    if WHOLE_SYSTEM not in rates.index or count.sum() <= 0:
        return
    told = float(rates[WHOLE_SYSTEM])
    frame = fit.inputs.appointments
    row = frame.index[frame["place"] == WHOLE_SYSTEM][0]
    theirs = float((rates[known] * count[known]).sum() / count.sum())
    whole = len(known) == len(count)
    if theirs > told + 1e-9 or (whole and not np.isclose(theirs, told, rtol=0.05)):
        fit.problems.add(
            fit.at("appointments", row, "appointments_per_1000_week"),
            f"is {told:g}, of the {WHOLE_SYSTEM}, and the places with a figure come to "
            f"{theirs:.2f} of it{' together' if whole else ' without the others'}.",
            "Give figures that fit: the average goes by the weighted people of the places.",
        )


def years(fit: Fit) -> None:
    """Find years of activity that are after the plan.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    section = fit.scenario.activity
    for key in ("from_year", "price_year", "break_even_year"):
        label = getattr(section, key)
        if label > fit.years[-1]:
            fit.problems.add(
                f"scenario, activity.{key}",
                f"is {label}, after the plan's last year {fit.years[-1]}.",
                "Give a year of the plan, or an earlier one."
                if key != "from_year"
                else "Give a year of the plan, or leave it blank for the first that is open.",
            )


def parts(fit: Fit) -> None:
    """Find levers that would move nothing, since what they move has no figure.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    section = fit.scenario.activity
    needs = {
        "extra_pct": ("break_even_per_week",),
        "beds_filled_pct": ("inpatient_price_gbp", "planned_stay", "bed_day_gbp"),
        "beds_closed_pct": ("bed_day_gbp",),
        "primary_care_gap_closed_pct": ("appointment_gbp",),
    }
    for lever, wanted in needs.items():
        lacking = [f"activity.{name}" for name in wanted if getattr(section, name) is None]
        if getattr(section, lever) and lacking:
            fit.problems.add(
                f"scenario, activity.{lever}",
                f"is {getattr(section, lever):g} %, and would move nothing without "
                f"{' and '.join(lacking)}.",
                "Give it, or set the lever to 0.",
            )
    no_beds = fit.inputs.beds.empty
    for lever in ("stay_saved_pct", "fit_to_leave_freed_pct"):
        if getattr(section, lever) and no_beds:
            fit.problems.add(
                f"scenario, activity.{lever}",
                f"is {getattr(section, lever):g} %, and there are no beds to free.",
                "Give data.beds, or set the lever to 0.",
            )
