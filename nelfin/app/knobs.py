"""Settings as the page offers them: those that matter beside the figures, and all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from nelfin.app.moves import Moves, as_text
from nelfin.evidence import Figure
from nelfin.scenario import Scenario
from nelfin.scenario.keys import SchemaKey
from nelfin.scenario.names import in_words, setting_name
from nelfin.system.rests_on import touches

GROUPS: dict[str, tuple[str, ...]] = {
    "Money": (
        "envelope.growth_pct.", "recovery.other_income_growth_pct", "recovery.support_gbp_m",
    ),
    "Demand and cost": (
        "recovery.demand_planned_pct", "recovery.demand_urgent_pct", "recovery.marginal_cost_pct",
        "recovery.cost_uplift_pct", "recovery.pressures_pct",
    ),
    "Savings": (
        "recovery.efficiency_pct", "recovery.efficiency_delivery_pct",
        "recovery.efficiency_recurrent_pct",
    ),
    "Planned care and beds": ("activity.extra_pct", "activity.beds_closed_pct"),
    "Prevention": ("prevention.share_end_pct", "prevention.new_money_pct"),
    "Capital": (
        "capital.price_growth_pct", "capital.over_programming_pct", "capital.carry_over_pct",
        "capital.discount_rate_pct",
    ),
}  # fmt: skip
"""Settings that matter most: what moves the position most of what has a range, and what a board
decides. A key that ends in a full stop stands for those below it that have a range."""

SECTIONS = {
    "envelope": "Money",
    "allocation": "Places",
    "prevention": "Prevention",
    "activity": "Planned care and beds",
    "recovery": "Recovery",
    "capital": "Capital",
    "uncertainty": "Odds",
}
"""Sections of a scenario in words."""

POSITIONS = 100
"""Positions that a slider has at the least."""

NO_RANGE = {"%": 5.0, "£m": 50.0}
"""How far a slider leads either way from a value without a range, by unit."""


@dataclass(frozen=True)
class Slider:
    """A slider: its ends, its step, and the decimals of what stands on it."""

    low: str
    high: str
    step: str
    decimals: int


@dataclass(frozen=True)
class Knob:
    """A setting as the page offers it.

    Parameters
    ----------
    key, name, about, unit
        Dotted key; the setting in a few words; more of them; its unit.
    kind
        How it is put in.
    value, base
        What it is now and as the scenario stands, as text.
    low, high
        The range that the scenario gives it, as text; "" for none.
    least, most
        What it may be, as text; "" for no limit.
    outside
        Whether the value lies outside that range.
    choices
        What it may be, where that is one of a few.
    slider
        Its slider; None where it has none.
    status, source
        Where the value of the scenario comes from.
    capital
        Whether a capital plan is drawn up anew when it moves.
    """

    key: str
    name: str
    about: str
    unit: str
    kind: Literal["number", "choice", "text"]
    value: str
    base: str
    low: str
    high: str
    least: str
    most: str
    outside: bool
    choices: tuple[str, ...]
    slider: Slider | None
    status: str
    source: str
    capital: bool

    @property
    def moved(self) -> bool:
        """Whether it is another than in the scenario."""
        return self.value != self.base

    @property
    def range_words(self) -> str:
        """The range in words; "" for none."""
        return f"{self.low} to {self.high}" if self.low else ""


def that_matter(
    scenario: Scenario, settings: Mapping[str, SchemaKey], moves: Moves
) -> dict[str, list[Knob]]:
    """Return the settings that stand beside the figures, by group.

    Parameters
    ----------
    scenario
        As it stands.
    settings
        From `movable`.
    moves
        What is moved: what else is moved stands there too.
    """
    chosen = {
        group: [key for part in parts for key in _keys_of(part, scenario, settings)]
        for group, parts in GROUPS.items()
    }
    there = {key for keys in chosen.values() for key in keys}
    more = {"Also moved": [key for key in moves if key not in there]}
    return {
        group: [knob_of(key, scenario, settings[key], moves) for key in keys]
        for group, keys in {**more, **chosen}.items()
        if keys
    }


def _keys_of(part: str, scenario: Scenario, settings: Mapping[str, SchemaKey]) -> Iterable[str]:
    if not part.endswith("."):
        return [part] if part in settings else []
    below = [key for key in settings if key.startswith(part)]
    ranged = [key for key in below if scenario.evidence[key].low is not None]
    return ranged or below


def found(
    scenario: Scenario, settings: Mapping[str, SchemaKey], moves: Moves, find: str
) -> dict[str, list[Knob]]:
    """Return all settings that hold some words, by section.

    Parameters
    ----------
    scenario, settings, moves
        As for `that_matter`.
    find
        Words, each of which stands in the name, the description or the source of a setting; ""
        for all settings.
    """
    words = find.casefold().split()
    sections: dict[str, list[Knob]] = {}
    for key, here in settings.items():
        knob = knob_of(key, scenario, here, moves)
        text = " ".join([knob.name, knob.about, knob.source, knob.status, key]).casefold()
        if all(word in text for word in words):
            section = SECTIONS.get(key.partition(".")[0], "More")
            sections.setdefault(section, []).append(knob)
    return sections


def knob_of(key: str, scenario: Scenario, here: SchemaKey, moves: Moves) -> Knob:
    """Return a setting as the page offers it.

    Parameters
    ----------
    key
        Dotted key.
    scenario
        As it stands.
    here
        What the schema says of it.
    moves
        What is moved.
    """
    figure = scenario.evidence[key]
    base, value = figure.value, moves.get(key, figure.value)
    choices = _choices(here)
    kind: Literal["number", "choice", "text"] = (
        "choice" if choices else "number" if here.type in {int, float} else "text"
    )
    outside = figure.low is not None and not figure.low <= value <= (figure.high or figure.low)
    return Knob(
        key=key,
        name=setting_name(key),
        about=in_words(here.description),
        unit=figure.unit or here.unit,
        kind=kind,
        value=as_text(value),
        base=as_text(base),
        low=_plain(figure.low),
        high=_plain(figure.high),
        least=_plain(here.least),
        most=_plain(here.most),
        outside=outside,
        choices=choices,
        slider=_slider(base, figure, here) if kind == "number" and base is not None else None,
        status=figure.status,
        source=in_words(figure.source),
        capital=touches("capital", [key], scenario.capital.feedback),
    )


def _choices(here: SchemaKey) -> tuple[str, ...]:
    if here.type is bool:
        return ("yes", "no")
    return tuple(map(str, get_args(here.type))) if get_origin(here.type) is Literal else ()


def _plain(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) or abs(value) >= 1e12 else as_text(
        float(value)
    )  # fmt: skip


def _slider(base: Any, figure: Figure, here: SchemaKey) -> Slider | None:
    """Return a slider about a value: over its range and as far again on either side."""
    if figure.low is not None and figure.high is not None and figure.high > figure.low:
        low, high = 2 * figure.low - figure.high, 2 * figure.high - figure.low
    else:
        away = max(NO_RANGE.get(here.unit, 0.0), abs(float(base)))
        if not away:
            return None
        low, high = base - away, base + away
    low, high = max(low, here.least), min(high, here.most)
    if not low < high or not math.isfinite(high - low):
        return None
    step = 10.0 ** math.floor(math.log10((high - low) / POSITIONS))
    step = next(step * part for part in (5, 2, 1) if (high - low) / (step * part) >= POSITIONS)
    if here.type is int:
        step = max(1.0, round(step))
    # the value itself is on it
    low = base - step * math.floor((base - low) / step + 1e-9)
    high = base + step * math.floor((high - base) / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9), _decimals(base))
    ends = [f"{end:.{decimals}f}" for end in (low, high)]
    return Slider(ends[0], ends[1], as_text(round(step, 10)), decimals)


def _decimals(value: float) -> int:
    """Return how many decimals a value has."""
    return len(as_text(float(value)).partition(".")[2])
