"""Checks of what place budgets rest on: people, streams, need, openings and pace."""

from __future__ import annotations

import pandas as pd

from nelfin.data.fit import Fit
from nelfin.data.specs import OTHER, WHOLE_SYSTEM
from nelfin.errors import nearest
from nelfin.scenario import main_stream
from nelfin.years import start_of


def populations(fit: Fit) -> None:
    """Find places without a component, and years before the first figures."""
    frame = fit.inputs.weighted_populations
    places, components = fit.inputs.places(), frame["component"].unique()
    for year, rows in frame[frame["place"] != WHOLE_SYSTEM].groupby("year"):
        have = set(zip(rows["place"], rows["component"], strict=True))
        for place in places:
            gaps = [c for c in components if (place, c) not in have]
            if gaps:
                fit.problems.add(
                    fit.at("weighted_populations"),
                    f"{place} has no {', '.join(gaps)} in {year}.",
                    "Add the rows.",
                )
    first = min(frame["year"])
    if first > fit.years[0]:
        fit.problems.add(
            fit.at("weighted_populations"),
            f"starts in {first}, after the plan's first year {fit.years[0]}.",
            "Add the earlier years or set years.first.",
        )


def people(fit: Fit) -> None:
    """Find places without registered people."""
    frame = fit.inputs.weighted_populations
    rows = frame[(frame["component"] == "registered_population") & (frame["place"] != WHOLE_SYSTEM)]
    if rows.empty:
        fit.problems.add(
            fit.at("weighted_populations"),
            "has no registered_population.",
            "Add it: need a head, growth and pounds a head rest on it.",
        )
    for row, line in rows[rows["weighted_population"] <= 0].iterrows():
        fit.problems.add(
            fit.at("weighted_populations", row, "weighted_population"),
            f"is 0, the registered_population of {line['place']}.",
            "Give the people registered there.",
        )


def envelope(fit: Fit) -> None:
    """Find an envelope below its streams, and a main stream that cannot be grown."""
    streams = fit.scenario.allocation.streams
    if OTHER in streams:
        fit.problems.add(
            f"scenario, allocation.streams.{OTHER}",
            "is the name of the line that balances to the plan's total.",
            "Give the stream another name.",
        )
    frame = fit.inputs.allocations
    first = frame[frame["year"] == fit.years[0]]
    published = float(first["allocation_gbp_m"].sum())
    total = fit.scenario.envelope.plan_total_gbp_m
    if published > total + 1e-9:
        fit.problems.add(
            "scenario, envelope.plan_total_gbp_m",
            f"is {total:,.3f}, less than the streams of {fit.years[0]}, {published:,.3f}.",
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
    for row in rows.index[rows["baseline_gbp_m"].isna()]:
        fit.problems.add(
            fit.at("allocations", row, "baseline_gbp_m"),
            f"is empty for {main} in the first year.",
            "Give the baseline: organisations' income growth is measured on it.",
        )


def streams(fit: Fit) -> None:
    """Find streams without an allocation or growth, and names of none."""
    streams = fit.scenario.allocation.streams
    fit.unknown("allocations", "stream", list(streams), set())
    frame = fit.inputs.allocations
    in_plan = frame[frame["year"].isin(fit.years)]
    for name in streams:
        if name not in set(in_plan["stream"]):
            fit.problems.add(
                fit.at("allocations"),
                f'has no row for the stream "{name}" from {fit.years[0]} to {fit.years[-1]}.',
                "Add one, or set years.first to a year it has.",
            )
        if name not in fit.scenario.envelope.growth_pct:
            fit.problems.add(
                f"scenario, envelope.growth_pct.{name}", "is missing.", "Add its growth."
            )
    for label, names in {
        "envelope.growth_pct": fit.scenario.envelope.growth_pct,
        "prevention.share_of": fit.scenario.prevention.share_of,
    }.items():
        for name in names:
            if name not in streams:
                fit.problems.add(f"scenario, {label}", f'names "{name}".', nearest(name, streams))


def need(fit: Fit) -> None:
    """Find needs, rules and weighted populations that streams cannot use."""
    frame = fit.inputs.weighted_populations
    components = [str(name) for name in frame["component"].unique()]
    totals = frame[frame["weighted_population"] <= 0]
    for name, stream in fit.scenario.allocation.streams.items():
        key = f"scenario, allocation.streams.{name}"
        if not stream.need:
            continue
        if stream.need not in components:
            fit.problems.add(
                f"{key}.need", f'is "{stream.need}".', nearest(stream.need, components)
            )
        for row, bad in totals[totals["component"] == stream.need].iterrows():
            fit.problems.add(
                fit.at("weighted_populations", row, "weighted_population"),
                f"is 0 for {bad['place']}, but it sets the target of {name}.",
                "Give the weighted population.",
            )
        rules = [*fit.inputs.pace_rules["rule"], "national"]
        if stream.rule == "national" and name not in set(fit.inputs.pace_rules["stream"]):
            fit.problems.add(
                f"{key}.rule",
                'is "national", but no pace rule is of this stream.',
                f"Name a rule, such as {fit.inputs.pace_rules['rule'].iloc[-1]}.",
            )
        if stream.rule not in rules:
            fit.problems.add(f"{key}.rule", f'is "{stream.rule}".', nearest(stream.rule, rules))


def what_ifs(fit: Fit) -> None:
    """Find what-ifs of need that cannot be."""
    section = fit.scenario.allocation
    weights = fit.inputs.need_weights
    for final, moved in section.need_weights.items():
        key = f"scenario, allocation.need_weights.{final}"
        known = [str(name) for name in weights["final"].unique()]
        if final not in known:
            fit.problems.add(key, "is not a final of the weights of need.", nearest(final, known))
            continue
        rows = weights[weights["final"] == final]
        parts = [str(name) for name in rows["component"].unique()]
        for component in moved:
            if component not in parts:
                fit.problems.add(
                    f"{key}.{component}",
                    "is not one of its components.",
                    nearest(component, parts),
                )
        total = float(rows.groupby("year")["weight"].sum().min())
        if sum(moved.values()) > total + 1e-9:
            fit.problems.add(
                key,
                f"adds up to {sum(moved.values()):g}, more than all weights, {total:g}.",
                "Lower the weights.",
            )
    if section.need_weights or not section.area_cost:
        gaps = sorted(set(fit.inputs.places()) - set(fit.inputs.area_costs["place"]))
        if gaps:
            fit.problems.add(
                fit.at("area_costs"),
                f"has no multiplier of {', '.join(gaps)}, which a what-if of need uses.",
                "Add the rows, or take the what-if out.",
            )


def openings(fit: Fit) -> None:
    """Find openings that lack places, mix measures or hold less than nothing."""
    frame = fit.inputs.openings
    fit.unknown("openings", "place", fit.inputs.places(), set())
    names = [*dict.fromkeys(frame["opening"]), "on-target"]
    for name, stream in fit.scenario.allocation.streams.items():
        if stream.opening not in names:
            fit.problems.add(
                f"scenario, allocation.streams.{name}.opening",
                f'is "{stream.opening}".',
                nearest(stream.opening, names),
            )
    for name, rows in frame.groupby("opening"):
        gaps = sorted(set(fit.inputs.places()) - set(rows["place"]))
        if gaps:
            fit.problems.add(
                fit.at("openings"), f'"{name}" lacks {", ".join(gaps)}.', "Add the rows."
            )
        if rows["measure"].nunique() > 1:
            fit.problems.add(
                fit.at("openings", rows.index[0], "measure"),
                f'"{name}" mixes cash and distance from target.',
                "Use one measure in an opening.",
            )
        elif rows["measure"].iloc[0] == "cash_gbp_m" and rows["value"].sum() <= 0:
            fit.problems.add(
                fit.at("openings", column="value"),
                f'"{name}" adds up to nothing.',
                "Give each place's cash.",
            )
    for row, line in frame.iterrows():
        cash = line["measure"] == "cash_gbp_m"
        if (cash and line["value"] < 0) or (not cash and line["value"] <= -100):
            fit.problems.add(
                fit.at("openings", row, "value"),
                f"is {line['value']:g}: a place cannot open with less than nothing.",
                "Give cash of 0 or more, or a distance above -100 %.",
            )


def growth(fit: Fit) -> None:
    """Find growth shares that do not add up."""
    fit.unknown("population_shares", "place", fit.inputs.places(), set())
    total = fit.inputs.population_shares["share_pct"].sum()
    if total > 100 + 1e-9:
        fit.problems.add(
            fit.at("population_shares", column="share_pct"),
            f"adds up to {total:g} %.",
            "It must be 100 or less; places left out share the rest.",
        )
    everyone = set(fit.inputs.places()) <= set(fit.inputs.population_shares["place"])
    if everyone and total < 100 - 1e-9:
        fit.problems.add(
            fit.at("population_shares", column="share_pct"),
            f"adds up to {total:g} % over all places.",
            "Make it 100, or leave out places that share the rest.",
        )
    growth_periods(fit)


def growth_periods(fit: Fit) -> None:
    """Find growth periods that overlap, run backwards or empty the system."""
    periods: list[tuple[int, int, object]] = []
    people = fit.inputs.weighted_populations
    registered = people[people["component"] == "registered_population"]
    there = registered.groupby("year")["weighted_population"].sum().min()
    for row, line in fit.inputs.population_growth.iterrows():
        first, last = start_of(line["from_year"]), start_of(line["to_year"])
        for other_first, other_last, other in periods:
            if first < other_last and other_first < last:
                fit.problems.add(
                    fit.at("population_growth", row, "from_year"),
                    f"{line['from_year']} to {line['to_year']} overlaps row {other}.",
                    "Give each year's growth once.",
                )
        periods.append((first, last, row))
        # of those who leave a place has its share; half the system is past any plan
        if -line["people_added"] >= there / 2:
            fit.problems.add(
                fit.at("population_growth", row, "people_added"),
                f"is {line['people_added']:,.0f}; there are {there:,.0f} people.",
                "Give fewer than half of them when they leave.",
            )
        if start_of(line["to_year"]) <= start_of(line["from_year"]):
            fit.problems.add(
                fit.at("population_growth", row, "to_year"),
                f"is {line['to_year']}, not after {line['from_year']}.",
                "Give a later year.",
            )


def pace_rules(fit: Fit) -> None:
    """Find pace rules without their parameters, without one answer, or twice."""
    seen: dict[tuple[str, str], object] = {}
    for row, line in fit.inputs.pace_rules.iterrows():
        form = line["form"]
        if form in {"none", "full"}:
            continue
        for column in ("over_cap_pct", "under_slope", "under_cap_pct"):
            if pd.isna(line[column]):
                fit.problems.add(
                    fit.at("pace_rules", row, column),
                    f"is empty, but a rule of the form {form} needs it.",
                    "Fill it in.",
                )
        cap = max(line["over_cap_pct"], line["under_cap_pct"])
        if form == "clipped" and line["under_slope"] + 2 * cap / 100 >= 1:
            fit.problems.add(
                fit.at("pace_rules", row, "under_slope"),
                f"is {line['under_slope']:g} beside a cap of {cap:g} %: such a rule need not "
                "have one growth at which budgets add up.",
                "Keep the slope and twice the cap together below 1.",
            )
        key = (str(line["stream"]), str(line["year"]))
        if line["stream"] and line["year"] and key in seen:
            fit.problems.add(
                fit.at("pace_rules", row, "year"),
                f"{key[0]} in {key[1]} has a rule in row {seen[key]} already.",
                "Keep one rule for a stream and year, or leave the year out.",
            )
        seen.setdefault(key, row)
