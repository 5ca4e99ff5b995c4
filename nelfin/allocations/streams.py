"""Streams shared year after year: opening position, pace, and what moved each budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.allocations.closed import share_envelope
from nelfin.allocations.fences import off_the_top
from nelfin.allocations.minimax import OutOfReachError
from nelfin.allocations.openings import opening_position
from nelfin.allocations.pace import Rule, rules_of, together
from nelfin.data import Inputs, lines_of
from nelfin.errors import NoAnswerError
from nelfin.scenario.schema import Scenario

Array = npt.NDArray[np.float64]

CHANGES = ("envelope", "need", "pace", "ring-fence")
"""What moves a budget from one year to the next, in order."""

SHARED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "opening": (("place", "year"), "Opening position", "£m"),
    "target": (("place", "year"), "Target: envelope shared by need", "£m"),
    "budget": (("place", "year"), "Budget", "£m"),
    "ring_fence": (("place", "year"), "Ring-fenced part of the budget", "£m"),
    "dft_opening": (("place", "year"), "Distance from target before pace of change", "fraction"),
    "dft": (("place", "year"), "Distance from target after pace of change", "fraction"),
    "budget_change": (
        ("place", "year", "change"),
        "What moved the budget from its opening position",
        "£m",
    ),
    "uniform_growth": (("year",), "Growth of every place before pace of change", "fraction"),
    "system_held": (("year",), "Held at system level", "£m"),
}
"""What sharing a stream gives: dims beside `stream`, name and unit."""


@dataclass(frozen=True)
class _Before:
    """Where places stood before a year: in the pot that is shared, and in ring-fences; and need.

    The pot is that before the first year, shape (stream, place); the others have a row a year,
    that of the last year in which the stream had money, shape (year, stream, place). £m; need in
    shares.
    """

    pot: Array
    fence: Array
    need: Array


def share_streams(
    scenario: Scenario,
    inputs: Inputs,
    envelope: Array,
    baseline: Array,
    needs: dict[str, Array],
) -> dict[str, Array]:
    """Share every stream among places, year after year.

    Streams whose rules are of one form are worked out together, a row each.

    Parameters
    ----------
    scenario, inputs
        As for `allocate`.
    envelope
        Money of each stream of the scenario, and of what else the system has, £m; shape
        (stream, year).
    baseline
        Published baselines, £m, NaN where there is none; the same shape.
    needs
        Weighted populations by component; shape (place, year).

    Returns
    -------
    dict
        The arrays of `SHARED`. A stream that places do not share, or that has no money in a
        year, has no target and no distance from it.

    Raises
    ------
    InputError, NoAnswerError
        As for `allocate`.
    """
    streams, years = scenario.allocation.streams, scenario.years.labels()
    names, places = list(streams), inputs.places()
    people = needs["registered_population"]
    # years first: each is worked out for all streams
    envelope, baseline = envelope.T, baseline.T
    size = (*envelope.shape, len(people))
    fence, share, held = np.zeros(size), np.zeros(size), envelope.copy()
    for s, (name, stream) in enumerate(streams.items()):
        if stream.need:
            called = inputs.called.get("ring_fences", "ring_fences")
            rate = scenario.envelope.growth_pct[name]
            mine = envelope[:, s]
            top = off_the_top(inputs.ring_fences, name, mine, years, needs, rate, called)
            fence[:, s], held[:, s] = top.shared.T, top.held
            share[:, s] = (needs[stream.need] / needs[stream.need].sum(axis=0)).T
    money = envelope - fence.sum(axis=2) - held
    last = _before(scenario, inputs, envelope, baseline, fence, money, share)
    # the pot before a year, at the need of the year before, and at that of the year
    opening, unmoved, pot = (np.full(size, np.nan) for _ in range(3))
    growth, standing = np.full(envelope.shape, np.nan), last.pot
    moves = np.array([[stream.restricted_share] for stream in streams.values()])
    rules = _rules_by_year(scenario, inputs)
    for t, year in enumerate(years):
        for rows, rule in _by_form({s: rules[s][t] for s in rules if envelope[t, s] > 0}):
            settings: dict[str, Any] = {"restricted_share": moves[rows]}
            here = (names[rows[0]], year, places)
            if rule.form == "floors" and t:
                settings["population_growth"] = people[:, t] / people[:, t - 1] - 1
            if rule.form == "lp":
                settings |= _growth_bounds(inputs.growth_bounds, *here)
            stood, need = standing[rows], np.array([last.need[t][rows], share[t][rows]])
            try:
                shared, rates = share_envelope(stood, need, money[t][rows], rule, **settings)
            except OutOfReachError as error:
                raise _out_of_reach(error, stood[0], *here, rule) from None
            opening[t, rows], growth[t, rows] = stood, rates[1]
            unmoved[t, rows], pot[t, rows] = shared
            standing[rows] = shared[1]
    change = _change(opening, last.fence, unmoved, pot, fence, money)
    opening += last.fence
    shares_money = ~np.isnan(opening)
    budget = np.where(shares_money, pot + fence, 0.0)
    target = np.where(shares_money, share * money[..., None] + fence, np.nan)
    divided, total = (envelope - held)[..., None], opening.sum(axis=2, keepdims=True)
    opening_share = opening / np.where(total > 0, total, np.nan)
    found = {
        "opening": opening,
        "target": target,
        "budget": budget,
        "ring_fence": fence,
        "dft_opening": opening_share / (target / np.where(divided > 0, divided, np.nan)) - 1,
        "dft": budget / target - 1,
        "budget_change": change,
        "uniform_growth": growth,
        "system_held": held,
    }
    # years stand after places, and changes after years
    return {name: np.moveaxis(array, 0, min(array.ndim, 3) - 1) for name, array in found.items()}


def _before(
    scenario: Scenario,
    inputs: Inputs,
    envelope: Array,
    baseline: Array,
    fence: Array,
    money: Array,
    share: Array,
) -> _Before:
    """Return where places stood before each year in which a stream has money."""
    pot, fenced, need = np.zeros(fence.shape[1:]), np.zeros_like(fence), np.zeros_like(share)
    for s, stream in enumerate(scenario.allocation.streams.values()):
        years = np.flatnonzero(envelope[:, s] > 0)
        if not stream.need or not len(years):
            continue
        first = years[0]
        amount, total = envelope[first, s], baseline[first, s]
        total = amount if np.isnan(total) else total
        position = opening_position(stream, float(total), share[first, s], inputs)
        pot[s] = position * (money[first, s] / amount)
        # a ring-fence and the need of the first year are taken to have been there the year before
        fenced[first, s] = fence[first, s] * (position.sum() / amount)
        fenced[years[1:], s] = fence[years[:-1], s]
        need[years, s] = share[[first, *years[:-1]], s]
    return _Before(pot, fenced, need)


def _rules_by_year(scenario: Scenario, inputs: Inputs) -> dict[int, list[Rule]]:
    """Return the rule of each year, by number of the streams that places share.

    `national` is the rule that NHS England used in a year, or the last it did.
    """
    rules, years = rules_of(inputs.pace_rules), scenario.years.labels()
    used = lines_of(inputs.pace_rules, "year", "rule", "stream")
    found = {}
    for s, (name, stream) in enumerate(scenario.allocation.streams.items()):
        if not stream.need:
            continue
        names = [stream.rule] * len(years)
        if stream.rule == "national":
            known = sorted((begun, rule) for begun, rule, of in used if of == name)
            names = [max((k for k in known if k[0] <= y), default=known[0])[1] for y in years]
        found[s] = [rules[name] for name in names]
    return found


def _by_form(rules: dict[int, Rule]) -> Iterator[tuple[list[int], Rule]]:
    """Yield streams that can be worked out together, and their rules as one."""
    forms: dict[object, list[int]] = {}
    for s, rule in rules.items():
        # a rule that may have no answer goes alone, so that an error names its stream
        alone = rule.form in {"lp", "floors"}
        forms.setdefault((rule.form, s if alone else None), []).append(s)
    for rows in forms.values():
        yield rows, rules[rows[0]] if len(rows) == 1 else together(tuple(rules[s] for s in rows))


def _change(
    opening: Array, fenced: Array, unmoved: Array, pot: Array, fence: Array, money: Array
) -> Array:
    """Split the change of budgets from the year before into parts that add up exactly.

    Envelope: last year's budget grown evenly to this year's money. Ring-fence: what leaving the
    pot and coming back on a need of its own does beside that; over all places it is nothing.
    Pace: what the rule then does at last year's need. Need: what this year's need does on top.

    Parameters
    ----------
    opening, fenced
        The pot and the ring-fences of the year before, £m; shape (year, stream, place).
    unmoved, pot
        The pot as shared at last year's need, and as it is shared. Same shape.
    fence, money
        Ring-fences, and money of the pot; shape (year, stream) of the latter.

    Returns
    -------
    numpy.ndarray
        Shape (year, stream, place, change).
    """
    last, now = opening + fenced, money[..., None] + fence.sum(axis=2, keepdims=True)
    even = last * (now / last.sum(axis=2, keepdims=True))
    kept = opening * (money[..., None] / opening.sum(axis=2, keepdims=True)) + fence
    parts = (even - last, pot - unmoved, unmoved + fence - kept, kept - even)
    return np.stack(parts, axis=-1)


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
        mine = np.array([row["place"] in {"", place} for place in places])
        for bound, column in ((least, "min_growth_pct"), (most, "max_growth_pct")):
            if pd.notna(row[column]):
                bound[mine] = row[column] / 100
    return {"min_growth": least, "max_growth": most}


def _out_of_reach(
    error: OutOfReachError, opening: Array, stream: str, year: str, places: list[str], rule: Rule
) -> NoAnswerError:
    """Say which places ask more, or can take less, than the money of a year allows."""
    growth = error.bounds / opening - 1
    even = error.envelope / opening.sum() - 1
    apart = growth - even if error.least else even - growth
    first = [i for i in np.argsort(-apart, kind="stable") if apart[i] > 0][:3]
    named = ", ".join(f"{places[i]} {100 * growth[i]:.2f} %" for i in first)
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
