"""Goal seek: the value of one setting at which a goal is met, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import annotated_types
import numpy as np

from nelfin.errors import InputError, NoAnswerError, nearest
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed, field_of
from nelfin.system.recompute import Outcome, outcome_of, recompute

TRIED = 9
"""Values tried over the range before the nearest crossing is narrowed down."""

GOAL = re.compile(r"\s*(\w+)\s*(>=|<=)\s*(-?[\d.]+)\s*@\s*(\d{4}/\d{2})\s*", re.ASCII)


@dataclass(frozen=True)
class Goal:
    """What should hold: a measure of the joint run against a level in a year."""

    measure: str
    sense: str
    level: float
    year: str

    def short(self, value: float) -> float:
        """Return how far a value is from the goal; 0 or less if it is met.

        Parameters
        ----------
        value
            Of the measure in the goal's year, in its unit.
        """
        return self.level - value if self.sense == ">=" else value - self.level

    def __str__(self) -> str:
        return f"{self.measure} {self.sense} {self.level:g} in {self.year}"


@dataclass(frozen=True)
class GoalMet:
    """The value of a setting at which a goal is met.

    Parameters
    ----------
    goal, key
        As asked.
    now, value
        The setting as the scenario has it, and as it must be.
    measure_now, measure_then
        The measure at both, by year, in its unit.
    """

    goal: Goal
    key: str
    now: float
    value: float
    measure_now: Mapping[str, float]
    measure_then: Mapping[str, float]


def goal_of(text: str) -> Goal:
    """Read a goal such as `system_reported>=0@2027/28`.

    Parameters
    ----------
    text
        The measure, >= or <=, the level, @ and the year.

    Raises
    ------
    InputError
        If it is not of that form.
    """
    match = GOAL.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        return Goal(match[1], match[2], float(match[3]), match[4])
    except ValueError:
        raise InputError.one(
            f"--goal {text}",
            "is not MEASURE>=LEVEL@YEAR.",
            'Write, say, --goal "system_reported>=0@2027/28".',
        ) from None


def seek(
    scenario: Scenario,
    goal: Goal | str,
    key: str,
    low: float | None = None,
    high: float | None = None,
) -> GoalMet:
    """Find the value of a setting, nearest to the one it has, at which a goal is met.

    Parameters
    ----------
    scenario
        The scenario; nothing else of it changes.
    goal
        Such as `system_reported>=0@2027/28`: any measure of the joint run with one value a year.
    key
        Dotted key of a number, such as `recovery.efficiency_pct`.
    low, high
        Range to look in; by default the range the setting may have.

    Returns
    -------
    GoalMet
        The value, and the measure before and after.

    Raises
    ------
    InputError
        If the goal or the key is not known.
    NoAnswerError
        If no value in the range meets the goal; says how near it comes, and why.

    Notes
    -----
    Method: values over the range are tried, and the crossing nearest to today's value is narrowed
    down by Brent's method (R. P. Brent, Algorithms for Minimization without Derivatives, 1973).
    """
    from scipy.optimize import brentq

    goal = goal_of(goal) if isinstance(goal, str) else goal
    now, least, most = _range(scenario, key, low, high)
    base = outcome_of(scenario)

    def measured(value: float) -> dict[str, float]:
        return _by_year(recompute(base, changed(scenario, {key: value})), goal)

    def short(value: float) -> float:
        return goal.short(measured(value)[goal.year])

    before = measured(now)
    if goal.short(before[goal.year]) <= 0:
        return GoalMet(goal, key, now, now, before, before)
    points = np.unique([*np.linspace(least, most, TRIED), now])
    gaps = [short(point) for point in points]
    met = [at for at, gap in enumerate(gaps) if gap <= 0]
    if not met:
        known = str(base.joint.recovery.attrs["known_years"])
        raise NoAnswerError(_why_not(goal, key, points, gaps, before, known))
    here = int(np.searchsorted(points, now))
    value = float(points[min(met, key=lambda at: abs(points[at] - now))])
    # the crossing lies between the nearest point that meets the goal and its neighbour towards now
    at = int(np.searchsorted(points, value))
    beside = float(points[at - 1 if at > here else at + 1])
    far, near = short(beside), short(value)

    def crossed(point: float) -> float:
        """Return the gap; a goal just met, as of nobody who waits, is met as far as it was not."""
        gap = short(point)
        return gap if near < 0 or gap > 0 else -far

    root = float(brentq(crossed, beside, value, xtol=1e-9, rtol=1e-12))
    # the root is met to rounding; a hair towards the side that meets it makes it certain
    value = root if short(root) <= 0 else root + np.sign(value - beside) * 1e-7 * max(1, abs(root))
    return GoalMet(goal, key, now, value, before, measured(value))


def odds_of(scenario: Scenario, goal: Goal, draws: int, seed: int = 0) -> float:
    """Return the share of draws in which a goal is met.

    Parameters
    ----------
    scenario
        The scenario.
    goal
        Of a measure that draws have.
    draws
        How many.
    seed
        Of the draws.

    Returns
    -------
    float
        A fraction.

    Raises
    ------
    InputError
        If the goal's measure is not one that draws have.
    """
    from nelfin.system.draws import draw_positions

    base = outcome_of(scenario)
    positions = draw_positions(scenario, base.inputs, base.joint, draws, seed)
    measures = [str(name) for name in positions.data_vars if positions[name].dtype == float]
    measures.remove("drawn")
    if goal.measure not in measures:
        raise InputError.one(
            "--draws", f"have no {goal.measure}.", f"They have {', '.join(measures)}."
        )
    drawn = positions[goal.measure].sel(year=goal.year).to_numpy()
    return float((np.array([goal.short(value) for value in drawn]) <= 0).mean())


def _by_year(outcome: Outcome, goal: Goal) -> dict[str, float]:
    """Return the measure of a goal by year."""
    array = outcome.measure(goal.measure, "goal")
    years = [str(year) for year in array["year"].values]
    if goal.year not in years:
        raise InputError.one(
            "goal", f"{goal.year} is not a year of the plan.", nearest(goal.year, years)
        )
    return dict(zip(years, (float(value) for value in array), strict=True))


def _range(
    scenario: Scenario, key: str, low: float | None, high: float | None
) -> tuple[float, float, float]:
    """Return the setting's value and the range to look in."""
    setting = field_of(scenario, key)
    if isinstance(setting.value, bool) or not isinstance(setting.value, int | float):
        raise InputError.one(
            f"--by {key}", f'is "{setting.value}", not a number.', "Name a number."
        )
    ends: dict[str, Any] = {"low": low, "high": high}
    for limit in setting.limits:
        if isinstance(limit, annotated_types.Ge | annotated_types.Gt) and ends["low"] is None:
            ends["low"] = getattr(limit, "ge", getattr(limit, "gt", None))
        if isinstance(limit, annotated_types.Le | annotated_types.Lt) and ends["high"] is None:
            ends["high"] = getattr(limit, "le", getattr(limit, "lt", None))
    now = float(setting.value)
    reach = 10 * max(abs(now), 100.0)
    least = now - reach if ends["low"] is None else float(ends["low"])
    most = now + reach if ends["high"] is None else float(ends["high"])
    if not least < most:
        raise InputError.one(
            f"--by {key}", f"has nothing between {least:g} and {most:g}.", "Give a wider range."
        )
    return now, least, most


def _why_not(
    goal: Goal,
    key: str,
    points: Any,
    gaps: list[float],
    before: Mapping[str, float],
    known: str,
) -> str:
    best = int(np.argmin(gaps))
    value = goal.level - gaps[best] if goal.sense == ">=" else goal.level + gaps[best]
    start = f"No value of {key} from {points[0]:g} to {points[-1]:g} gives {goal}"
    if max(gaps) - min(gaps) < 1e-9:
        if goal.measure in ("system_reported", "system_underlying") and goal.year in known:
            return (
                f"{start}: that year's position is known ({before[goal.year]:,.1f}), so no setting "
                "moves it. Ask for a later year."
            )
        return f"{start}: {key} does not move it (it stays at {before[goal.year]:,.1f})."
    return (
        f"{start}: the nearest is {value:,.1f}, at {points[best]:g}. Ask for a later year, or "
        "change another setting too."
    )
