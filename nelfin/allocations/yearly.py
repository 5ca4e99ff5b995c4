"""Pace of change year by year: the rule of each year, its bounds, and what it makes of each pot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.allocations.closed import share_envelope
from nelfin.allocations.fences import Pots
from nelfin.allocations.minimax import OutOfReachError
from nelfin.allocations.openings import Before
from nelfin.allocations.rules import Rule, rules_of, together
from nelfin.data import Inputs, lines_of
from nelfin.errors import NoAnswerError
from nelfin.scenario.schema import Scenario

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Paced:
    """What pace of change makes of the pots; NaN in a year in which a stream has no money.

    Parameters
    ----------
    opening
        The pot of the year before, £m; shape (year, stream, place).
    at_last_need
        The pot as the rule would share it at the need of the year before. Same unit and shape.
    pot
        The pot as the rule shares it. Same unit and shape.
    growth
        Growth of every place before pace of change, a fraction; shape (year, stream).
    """

    opening: Array
    at_last_need: Array
    pot: Array
    growth: Array


def pace_by_year(
    scenario: Scenario, inputs: Inputs, pots: Pots, before: Before, people: Array
) -> Paced:
    """Move the pot of every stream from where places stand to its target, year after year.

    Streams whose rules are of one form are worked out together, a row each.

    Parameters
    ----------
    scenario
        Streams, their rules and restricted shares, and years.
    inputs
        Pace rules, bounds on growth, and places.
    pots
        Money and need of every stream.
    before
        Positions before the first year, and the need of each year before.
    people
        Registered population; shape (place, year).

    Returns
    -------
    Paced
        The pot of each stream and year before and after its rule.

    Raises
    ------
    NoAnswerError
        If least or most growth of places cannot be had within a stream.
    """
    streams, years, places = scenario.allocation.streams, scenario.years.labels(), inputs.places()
    names = list(streams)
    restricted = restricted_shares(scenario, inputs)
    rules = _rules_by_year(scenario, inputs)
    opening, at_last_need, pot = (np.full(pots.need_share.shape, np.nan) for _ in range(3))
    growth = np.full(pots.pot.shape, np.nan)
    position = before.pot.copy()
    for t, year in enumerate(years):
        with_money = {s: rules[s][t] for s in rules if pots.envelope[t, s] > 0}
        for rows, rule in _by_form(with_money):
            start = position[rows]
            # at last year's need and at this year's, to tell what need moves from what pace does
            need = np.array([before.need_share[t][rows], pots.need_share[t][rows]])
            settings: dict[str, Any] = {"restricted_share": restricted[rows, t : t + 1]}
            if rule.form == "floors" and t:
                settings["population_growth"] = people[:, t] / people[:, t - 1] - 1
            if rule.form == "lp":
                settings |= _growth_bounds(inputs.growth_bounds, names[rows[0]], year, places)
            try:
                shared, rates = share_envelope(start, need, pots.pot[t][rows], rule, **settings)
            except OutOfReachError as error:
                name = names[rows[0]]
                raise _out_of_reach(error, start[0], name, year, places, rule) from None
            opening[t, rows], growth[t, rows] = start, rates[1]
            at_last_need[t, rows], pot[t, rows] = shared
            position[rows] = shared[1]
    return Paced(opening, at_last_need, pot, growth)


def restricted_shares(scenario: Scenario, inputs: Inputs) -> Array:
    """Return the share of each stream's baseline that pace of change may move.

    The share that stands with an allocation goes on until the next one; before the first, and
    where none stands, it is that of the scenario.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Returns
    -------
    numpy.ndarray
        Fractions; shape (stream, year).
    """
    years = scenario.years.labels()
    published = lines_of(inputs.allocations, "stream", "year", "restricted_share")
    shares = np.empty((len(scenario.allocation.streams), len(years)))
    for s, (name, stream) in enumerate(scenario.allocation.streams.items()):
        told = sorted((year, share) for of, year, share in published if of == name)
        told = [(year, share) for year, share in told if not np.isnan(share)]
        for t, year in enumerate(years):
            before = [share for of_year, share in told if of_year <= year]
            shares[s, t] = before[-1] if before else stream.restricted_share
    return shares


def _rules_by_year(scenario: Scenario, inputs: Inputs) -> dict[int, list[Rule]]:
    """Return the rule of each year, by number of the streams that places share.

    `national` is the rule that NHS England used in a year, or else the last before it, or else
    the first.
    """
    rules, years = rules_of(inputs.pace_rules), scenario.years.labels()
    lines = lines_of(inputs.pace_rules, "year", "rule", "stream")
    by_stream = {}
    for s, (name, stream) in enumerate(scenario.allocation.streams.items()):
        if not stream.need:
            continue
        names = [stream.rule] * len(years)
        if stream.rule == "national":
            used = sorted((first, rule) for first, rule, of_stream in lines if of_stream == name)
            names = [max((u for u in used if u[0] <= y), default=used[0])[1] for y in years]
        by_stream[s] = [rules[name] for name in names]
    return by_stream


def _by_form(rules: dict[int, Rule]) -> Iterator[tuple[list[int], Rule]]:
    """Yield streams that can be worked out together, and their rules as one."""
    forms: dict[object, list[int]] = {}
    for s, rule in rules.items():
        # a rule that may have no answer goes alone, so that an error names its stream
        alone = rule.form in {"lp", "floors"}
        forms.setdefault((rule.form, s if alone else None), []).append(s)
    for rows in forms.values():
        yield rows, rules[rows[0]] if len(rows) == 1 else together(tuple(rules[s] for s in rows))


def _growth_bounds(
    table: pd.DataFrame, stream: str, year: str, places: list[str]
) -> dict[str, Array]:
    """Return least and most growth of each place, fractions, as `share_envelope` takes them.

    A row that names more of stream, place and year wins; of two that name as many, the later.
    """
    least, most = np.full(len(places), -1.0), np.full(len(places), np.inf)
    keys = ("stream", "place", "year")
    rows = table.to_dict("records")
    for row in sorted(rows, key=lambda row: sum(row[key] != "" for key in keys)):
        if row["stream"] not in {"", stream} or row["year"] not in {"", year}:
            continue
        named = np.array([row["place"] in {"", place} for place in places])
        for bound, column in ((least, "min_growth_pct"), (most, "max_growth_pct")):
            if pd.notna(row[column]):
                bound[named] = row[column] / 100
    return {"min_growth": least, "max_growth": most}


def _out_of_reach(
    error: OutOfReachError, opening: Array, stream: str, year: str, places: list[str], rule: Rule
) -> NoAnswerError:
    """Say which places ask more, or can take less, than the money of a year allows."""
    growth = error.bounds / opening - 1
    even = error.envelope / opening.sum() - 1
    apart = growth - even if error.least else even - growth
    furthest = [i for i in np.argsort(-apart, kind="stable") if apart[i] > 0][:3]
    named = ", ".join(f"{places[i]} {100 * growth[i]:.2f} %" for i in furthest)
    gap = abs(error.bounds.sum() - error.envelope)
    side, verb, short = (
        ("least", "needs", "more than there is to share")
        if error.least
        else ("most", "takes", "less than there is to share")
    )
    remedy = (
        f"{'Lower' if error.least else 'Raise'} it in growth_bounds"
        if rule.form == "lp"
        else "Lower the rule's least growth in pace_rules"
    )
    return NoAnswerError(
        f"{stream} in {year}, rule {rule.name}: the {side} growth of the places {verb} "
        f"£{error.bounds.sum():,.1f}m, £{gap:,.1f}m {short} (£{error.envelope:,.1f}m, "
        f"{100 * even:.2f} % growth). Furthest off: {named}. {remedy}, or choose another rule."
    )
