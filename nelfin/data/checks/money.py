"""Checks of the money of places: envelope, streams, openings and what comes off the top."""

from __future__ import annotations

import pandas as pd

from nelfin.data.checks.fit import Fit
from nelfin.data.specs import OTHER
from nelfin.errors import nearest
from nelfin.scenario import main_stream
from nelfin.scenario.paths import opening_files
from nelfin.store.sheets.spots import spot


def envelope(fit: Fit) -> None:
    """Find an envelope below its streams, and a main stream that cannot be grown.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    streams = fit.scenario.allocation.streams
    if OTHER in streams:
        fit.problems.add(
            f"scenario, allocation.streams.{OTHER}",
            "is the name of the line that balances to the plan's total.",
            "Give the stream another name.",
        )
    frame = fit.inputs.allocations
    first = frame[frame["year"] == fit.years[0]]
    section = fit.scenario.envelope
    planned, total = section.plan_year or fit.years[0], section.plan_total_gbp_m
    if planned not in fit.years:
        fit.problems.add(
            "scenario, envelope.plan_year",
            f'"{planned}" is not a year of the plan.',
            nearest(planned, fit.years),
        )
    published = float(frame.loc[frame["year"] == planned, "allocation_gbp_m"].sum())
    if published > total + 1e-9:
        fit.problems.add(
            "scenario, envelope.plan_total_gbp_m",
            f"is {total:,.3f}, less than the streams of {planned}, {published:,.3f}.",
            "Give the plan's total, or correct the allocations.",
        )
    for row, line in frame[frame["baseline_gbp_m"] == 0].iterrows():
        fit.problems.add(
            fit.at("allocations", row, "baseline_gbp_m"),
            f"is 0, so {line['stream']} cannot be grown from it.",
            "Give the baseline, or leave it blank for a stream that is new.",
        )
    main = main_stream(fit.scenario)
    rows = first[first["stream"] == main]
    if rows.empty:
        fit.problems.add(
            fit.at("allocations"),
            f"has no row for {main} in the first year {fit.years[0]}.",
            "Add it, or set years.first to a year it has.",
        )


def baseline(fit: Fit) -> None:
    """Find a main stream without a baseline in the first year: incomes grow on it.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    frame, main = fit.inputs.allocations, main_stream(fit.scenario)
    rows = frame[(frame["year"] == fit.years[0]) & (frame["stream"] == main)]
    for row in rows.index[rows["baseline_gbp_m"].isna()]:
        fit.problems.add(
            fit.at("allocations", row, "baseline_gbp_m"),
            f"is empty for {main} in the first year.",
            "Give the baseline: organisations' income growth is measured on it.",
        )


def streams(fit: Fit) -> None:
    """Find streams without an allocation or growth, and names of none.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    streams = fit.scenario.allocation.streams
    fit.unknown("allocations", "stream", list(streams), set())
    frame = fit.inputs.allocations
    in_plan = frame[frame["year"].isin(fit.years)]
    for name in streams:
        if name not in set(in_plan["stream"]):
            fit.problems.add(
                fit.at("allocations"),
                f'has no row for the stream "{name}" from {fit.years[0]} to {fit.years[-1]}.',
                "Add one, with 0 where the system has none of it, or set years.first to a year it "
                "has.",
            )
        if name not in fit.scenario.envelope.growth_pct:
            fit.problems.add(
                f"scenario, envelope.growth_pct.{name}", "is missing.", "Add its growth."
            )
    for label, names in {
        "envelope.growth_pct": fit.scenario.envelope.growth_pct,
        "envelope.convergence_pct": fit.scenario.envelope.convergence_pct,
        "envelope.distance_from_target_pct": fit.scenario.envelope.distance_from_target_pct,
        "prevention.share_of": fit.scenario.prevention.share_of,
    }.items():
        for name in names:
            if name not in streams:
                fit.problems.add(f"scenario, {label}", f'names "{name}".', nearest(name, streams))


def openings(fit: Fit) -> None:
    """Find openings that lack places, mix measures or hold less than nothing.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    frame = fit.inputs.openings
    names = [*dict.fromkeys(frame["opening"]), "on-target"]
    for name, stream in fit.scenario.allocation.streams.items():
        if stream.opening not in names:
            fit.problems.add(
                f"scenario, allocation.streams.{name}.opening",
                f'is "{stream.opening}".',
                f"{nearest(stream.opening, names)} A file of your own ends in .csv or .xlsx.",
            )
    own = set(opening_files(fit.scenario))
    if not own and fit.of_other_places("openings"):
        return
    for name, rows in frame.groupby("opening"):
        # a file of a stream's own has its name for the opening's
        called = fit.inputs.called.get(str(name), str(name)) if name in own else fit.at("openings")
        _one_opening(fit, str(name), rows, called)


def _one_opening(fit: Fit, name: str, rows: pd.DataFrame, file: str) -> None:
    known = fit.inputs.places()
    for row, line in rows.iterrows():
        if line["place"] not in known:
            fit.problems.add(
                spot(file, row, "place"),
                f'is "{line["place"]}".',
                nearest(str(line["place"]), known),
            )
        cash = line["measure"] == "cash_gbp_m"
        if (cash and line["value"] < 0) or (not cash and line["value"] <= -100):
            fit.problems.add(
                spot(file, row, "value"),
                f"is {line['value']:g}: a place cannot open with less than nothing.",
                "Give cash of 0 or more, or a distance above -100 %.",
            )
    gaps = sorted(set(known) - set(rows["place"]))
    if gaps:
        fit.problems.add(file, f'"{name}" lacks {", ".join(gaps)}.', "Add the rows.")
    if rows["measure"].nunique() > 1:
        fit.problems.add(
            spot(file, rows.index[0], "measure"),
            f'"{name}" mixes cash and distance from target.',
            "Use one measure in an opening.",
        )
    elif rows["measure"].iloc[0] == "cash_gbp_m" and rows["value"].sum() <= 0:
        fit.problems.add(
            spot(file, column="value"), f'"{name}" adds up to nothing.', "Give each place's cash."
        )


def ring_fences(fit: Fit) -> None:
    """Find ring-fences of streams that are not there, or with a need that cannot share them.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    frame = fit.inputs.ring_fences
    fit.unknown("ring_fences", "stream", list(fit.scenario.allocation.streams), set())
    people = fit.inputs.weighted_populations
    totals = people.groupby("component")["weighted_population"].sum()
    for row, line in frame.iterrows():
        if line["need"] and not totals.get(line["need"], 0.0) > 0:
            fit.problems.add(
                fit.at("ring_fences", row, "need"),
                f'is "{line["need"]}", of which the weighted populations have none.',
                "Name a component they have, or leave it blank: the system keeps the item.",
            )
        stream = fit.scenario.allocation.streams.get(line["stream"])
        if stream is not None and not stream.need and line["need"]:
            fit.problems.add(
                fit.at("ring_fences", row, "stream"),
                f'is "{line["stream"]}", which the system holds whole.',
                f"Give allocation.streams.{line['stream']} a need, or take the row out.",
            )
    for (stream, item), rows in frame.groupby(["stream", "item"]):
        if rows["need"].nunique() > 1:
            fit.problems.add(
                fit.at("ring_fences", rows.index[1], "need"),
                f'"{item}" of {stream} has more than one need.',
                "Share an item on one need in all years.",
            )


def of_every_place(fit: Fit, *tables: str) -> None:
    """Find tables of places that are not there, or of only some places.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    *tables
        Tables that have a row for every place, if they have any.
    """
    for table in tables:
        if fit.of_other_places(table):
            continue
        fit.unknown(table, "place", fit.inputs.places(), set())
        have = set(fit.inputs.tables()[table]["place"])
        gaps = sorted(set(fit.inputs.places()) - have)
        if have and gaps:
            fit.problems.add(
                fit.at(table), f"lacks {', '.join(gaps)}.", "Add the rows, or leave the table out."
            )
