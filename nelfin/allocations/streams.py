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
from nelfin.allocations.lp import OutOfReachError
from nelfin.allocations.openings import opening_position
from nelfin.allocations.pace import Rule, rules_of, together
from nelfin.data import Inputs
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


@dataclass
class _Standing:
    """Where places stand: in the pot that is shared, in ring-fences, and their shares of need.

    Shape (stream, place); £m but for the shares.
    """

    pot: Array
    fence: Array
    need: Array

    def of(self, rows: list[int]) -> _Standing:
        return _Standing(self.pot[rows], self.fence[rows], self.need[rows])

    def move(self, rows: list[int], to: _Standing) -> None:
        self.pot[rows], self.fence[rows], self.need[rows] = to.pot, to.fence, to.need


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
    size = (len(envelope), *people.shape)
    fence, held, share = np.zeros(size), envelope.copy(), np.zeros(size)
    for s, (name, stream) in enumerate(streams.items()):
        if stream.need:
            called = inputs.called.get("ring_fences", "ring_fences")
            rate = scenario.envelope.growth_pct[name]
            top = off_the_top(inputs.ring_fences, name, envelope[s], years, needs, rate, called)
            fence[s], held[s] = top.shared, top.held
            share[s] = needs[stream.need] / needs[stream.need].sum(axis=0)
    money = envelope - fence.sum(axis=1) - held
    rules = _rules_by_year(scenario, inputs)
    moves = np.array([[stream.restricted_share] for stream in streams.values()])
    opening, target = np.full(size, np.nan), np.full(size, np.nan)
    budget, growth = np.zeros(size), np.full(envelope.shape, np.nan)
    change = np.full((*size, len(CHANGES)), np.nan)
    last = _begun(scenario, inputs, envelope, baseline, fence, money, share)
    for t in range(len(years)):
        now = _Standing(money[:, t, None], fence[:, :, t], share[:, :, t])
        for rows, rule in _by_form({s: rules[s][t] for s in rules if envelope[s, t] > 0}):
            settings: dict[str, Any] = {
                "restricted_share": moves[rows],
                "population_growth": people[:, t] / people[:, t - 1] - 1 if t else 0.0,
            }
            here = (names[rows[0]], years[t], places)
            if rule.form == "lp":
                settings |= _growth_bounds(inputs.growth_bounds, *here)
            before, given = last.of(rows), now.of(rows)
            try:
                pot, growth[rows, t], change[rows, :, t] = _one_year(before, given, rule, settings)
            except OutOfReachError as error:
                raise _out_of_reach(error, before.pot[0], *here, rule) from None
            opening[rows, :, t] = before.pot + before.fence
            target[rows, :, t] = given.need * given.pot + given.fence
            budget[rows, :, t] = pot + given.fence
            last.move(rows, _Standing(pot, given.fence, given.need))
    divided, total = (envelope - held)[:, None], opening.sum(axis=1, keepdims=True)
    opening_share = opening / np.where(total > 0, total, np.nan)
    return {
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


def _begun(
    scenario: Scenario,
    inputs: Inputs,
    envelope: Array,
    baseline: Array,
    fence: Array,
    money: Array,
    share: Array,
) -> _Standing:
    """Return where places stand before the first year of each stream that has money."""
    last = _Standing(*(np.zeros(fence.shape[:2]) for _ in range(3)))
    for s, stream in enumerate(scenario.allocation.streams.values()):
        if not stream.need or not (envelope[s] > 0).any():
            continue
        t = int(np.argmax(envelope[s] > 0))
        amount, total = envelope[s, t], baseline[s, t]
        total = amount if np.isnan(total) else total
        last.need[s] = share[s, :, t]
        position = opening_position(stream, float(total), last.need[s], inputs)
        last.pot[s] = position * (money[s, t] / amount)
        # a ring-fence of the first year is taken to have been there the year before
        last.fence[s] = fence[s, :, t] * (position.sum() / amount)
    return last


def _rules_by_year(scenario: Scenario, inputs: Inputs) -> dict[int, list[Rule]]:
    """Return the rule of each year, by number of the streams that places share.

    `national` is the rule that NHS England used in a year, or the last it did.
    """
    rules, years = rules_of(inputs.pace_rules), scenario.years.labels()
    columns = (inputs.pace_rules[name].tolist() for name in ("year", "rule", "stream"))
    used = list(zip(*columns, strict=True))
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


def _one_year(
    last: _Standing, now: _Standing, rule: Rule, settings: dict[str, Any]
) -> tuple[Array, Array, Array]:
    """Share one year and split the change from the year before into parts that add up exactly.

    Envelope: last year's budget grown evenly to this year's money. Ring-fence: what leaving the
    pot and coming back on a need of its own does beside that; over all places it is nothing.
    Pace: what the rule then does at last year's need. Need: what this year's need does on top.

    Parameters
    ----------
    last, now
        Of the year before, and of this: its pot is yet to share, shape (stream, 1).
    rule, settings
        For `share_envelope`.

    Returns
    -------
    pot : numpy.ndarray
        Shared; shape (stream, place).
    growth : numpy.ndarray
        Before pace of change; shape (stream,).
    change : numpy.ndarray
        Shape (stream, place, change).
    """
    opening = last.pot + last.fence
    even = opening * (now.pot + now.fence.sum(axis=1, keepdims=True))
    even /= opening.sum(axis=1, keepdims=True)
    kept = last.pot * (now.pot / last.pot.sum(axis=1, keepdims=True)) + now.fence
    needs = np.array([last.need, now.need])
    shared, growth = share_envelope(last.pot, needs, now.pot[:, 0], rule, **settings)
    unmoved, pot = shared
    parts = (even - opening, pot - unmoved, unmoved + now.fence - kept, kept - even)
    return pot, growth[1], np.stack(parts, axis=-1)


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
