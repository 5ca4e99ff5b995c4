"""The standard charts, in Altair: for a notebook, the page, and slides.

Each is a function from a result to a `Card`: the chart, its title, one sentence that says what to
see (it is the alternative text too), and the table behind it. Where the run lacks what the chart
shows it returns a sentence that says why. Colour never carries meaning alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from altair.utils.schemapi import debug_mode

from nelfin.report.charts import (
    activity,
    backlog,
    beds,
    bridges,
    capital,
    frontier,
    in_year,
    places,
    portfolio,
    prevention,
    recovery,
    sensitivity,
    timeline,
    triangles,
    uncertainty,
)
from nelfin.report.charts.style import Card
from nelfin.store.findings import Findings, once
from nelfin.system.rests_on import ACTIVITY, CAPITAL, PLACES, PORTFOLIO, PREVENTION, RECOVERY

__all__ = ["CHARTS", "RESTS_ON", "SECTIONS", "Card", "Chart", "cards", "left_out"]


@dataclass(frozen=True)
class Chart:
    """A standard chart."""

    name: str
    section: str
    """Of the page."""
    draw: Callable[[Findings], Card | str]
    """A sentence that says why where a run has nothing to show in it."""


CHARTS = {
    chart.name: chart
    for chart in (
        Chart("budgets", "places", places.budgets),
        Chart("distance", "places", places.distance),
        Chart("what_moved", "places", places.what_moved),
        Chart("budget_change", "places", places.budget_change),
        Chart("sensitivity", "places", sensitivity.sensitivity),
        Chart("prevention", "prevention", prevention.prevention),
        Chart("break_even", "prevention", prevention.break_even),
        Chart("waiting_list", "activity", activity.waiting_list),
        Chart("activity_margin", "activity", activity.activity_margin),
        Chart("activity_percent", "activity", activity.activity_percent),
        Chart("beds", "activity", beds.beds),
        Chart("shorter_stays", "activity", beds.shorter_stays),
        Chart("primary_care", "activity", activity.primary_care),
        Chart("recovery", "recovery", recovery.recovery),
        Chart("bodies", "recovery", recovery.bodies),
        Chart("months", "recovery", in_year.months),
        Chart("fan", "recovery", uncertainty.fan),
        Chart("bridge", "recovery", bridges.bridge),
        Chart("bridge_by_year", "recovery", bridges.bridge_by_year),
        Chart("tornado", "recovery", uncertainty.tornado),
        Chart("back_test", "recovery", in_year.back_test),
        Chart("capital", "capital", capital.capital),
        Chart("timeline", "capital", timeline.timeline),
        Chart("capital_price", "capital", capital.capital_price),
        Chart("capital_categories", "capital", capital.capital_categories),
        Chart("backlog", "capital", backlog.backlog),
        Chart("budget_curve", "capital", capital.budget_curve),
        Chart("capital_frontier", "capital", frontier.capital_frontier),
        Chart("portfolio_pools", "portfolio", portfolio.portfolio_pools),
        Chart("portfolio_staff", "portfolio", portfolio.portfolio_staff),
        Chart("portfolio_frontier", "portfolio", portfolio.portfolio_frontier),
        Chart("portfolio_triangles", "portfolio", triangles.portfolio_triangles),
    )
}
"""Every chart by name, in the order of the page: a new one needs its function and a line here."""

FAILED = "could not be drawn"
"""What is said of a chart that failed, rather than had nothing to show."""

RESTS_ON = {
    "places": PLACES,
    "prevention": PREVENTION,
    "activity": ACTIVITY,
    "recovery": RECOVERY,
    "capital": CAPITAL,
    "portfolio": PORTFOLIO,
}
"""What the charts of a section rest on: tables, and settings by the beginning of their key."""

SECTIONS = {
    section: [chart.name for chart in CHARTS.values() if chart.section == section]
    for section in RESTS_ON
}
"""Names of charts by section of the page."""


def cards(result: Findings) -> dict[str, Card]:
    """Return the charts that a result has, by name.

    Parameters
    ----------
    result
        A run.
    """
    return {name: card for name, card in _drawn(result).items() if isinstance(card, Card)}


def left_out(result: Findings) -> dict[str, str]:
    """Return why a result lacks charts: a sentence each, by name.

    Parameters
    ----------
    result
        A run.
    """
    return {name: why for name, why in _drawn(result).items() if isinstance(why, str)}


@once
def _drawn(result: Findings) -> dict[str, Card | str]:
    # tests hold each chart to its schema: to do so again takes a quarter of the page's time
    with debug_mode(False):
        return {name: _one(chart, result) for name, chart in CHARTS.items()}


def _one(chart: Chart, result: Findings) -> Card | str:
    """Draw a chart; one that fails must not take the page and the other charts with it."""
    try:
        return chart.draw(result)
    except Exception as error:
        name = chart.name.replace("_", " ")
        return f"The chart “{name}” {FAILED} ({type(error).__name__}: {error})."
