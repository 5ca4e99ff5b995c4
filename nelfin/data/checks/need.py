"""Checks of people and need: weighted populations, what-ifs and growth of population."""

from __future__ import annotations

from nelfin.data.checks.fit import Fit
from nelfin.data.specs import WHOLE_SYSTEM
from nelfin.errors import nearest
from nelfin.years import start_of


def populations(fit: Fit) -> None:
    """Find places without a component, and years before the first figures.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    frame = fit.inputs.weighted_populations
    places, components = fit.inputs.places(), frame["component"].unique()
    for year, rows in frame[frame["place"] != WHOLE_SYSTEM].groupby("year"):
        have = set(zip(rows["place"], rows["component"], strict=True))
        there = {place for place, _ in have}
        for place in places:
            gaps = [c for c in components if (place, c) not in have]
            if place not in there:
                fit.problems.add(
                    fit.at("weighted_populations"),
                    f"{place} has no row in {year}: it has no practice in that year, or its rows "
                    "were left out.",
                    "Join it to another place in all years with a map (import-practices --places "
                    "MAP.csv), take its rows out of the other years, or add those of this one.",
                )
            elif gaps:
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
    """Find places without registered people.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
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


def need(fit: Fit) -> None:
    """Find needs, rules and weighted populations that streams cannot use.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
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
    """Find what-ifs of need that cannot be.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
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


def area_costs(fit: Fit) -> None:
    """Find years without weights of need in which some places lack a multiplier.

    In a year with weights a place left out has the multiplier that rebuilds its published need.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    frame = fit.inputs.area_costs
    derivable = set(fit.inputs.need_weights["year"])
    for year, rows in frame.groupby("year"):
        gaps = sorted(set(fit.inputs.places()) - set(rows["place"]))
        if gaps and year not in derivable:
            fit.problems.add(
                fit.at("area_costs"),
                f"has no multiplier of {', '.join(gaps)} in {year}.",
                "Add the rows, or take the year out.",
            )


def growth(fit: Fit) -> None:
    """Find growth shares that do not add up.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    growth_periods(fit)
    if fit.of_other_places("population_shares"):
        return
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


def growth_periods(fit: Fit) -> None:
    """Find growth periods that overlap, run backwards or empty the system.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
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
