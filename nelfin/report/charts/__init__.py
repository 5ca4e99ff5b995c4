"""The standard charts, in Altair: for a notebook, the page, and slides.

Each is a function from a result to a `Card`: the chart, its title, one sentence that says what to
see (it is the alternative text too), and the table behind it. It returns None where the run lacks
what the chart shows. Colour never carries meaning alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from altair.utils.schemapi import debug_mode

from nelfin.report.charts import (
    capital,
    frontier,
    in_year,
    places,
    prevention,
    recovery,
    sensitivity,
    timeline,
    uncertainty,
)
from nelfin.report.charts.style import Card
from nelfin.store.findings import Findings, once
from nelfin.system.rests_on import CAPITAL, PLACES, PREVENTION, RECOVERY

__all__ = ["CHARTS", "RESTS_ON", "SECTIONS", "Card", "Chart", "cards"]


@dataclass(frozen=True)
class Chart:
    """A standard chart."""

    name: str
    section: str
    """Of the page."""
    draw: Callable[[Findings], Card | None]
    """None where a run has nothing to show in it."""
    needs_draws: bool = False


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
        Chart("recovery", "recovery", recovery.recovery),
        Chart("months", "recovery", in_year.months),
        Chart("fan", "recovery", uncertainty.fan, needs_draws=True),
        Chart("bridge", "recovery", recovery.bridge),
        Chart("tornado", "recovery", uncertainty.tornado, needs_draws=True),
        Chart("back_test", "recovery", in_year.back_test),
        Chart("timeline", "capital", timeline.timeline),
        Chart("capital", "capital", capital.capital),
        Chart("capital_price", "capital", capital.capital_price),
        Chart("capital_categories", "capital", capital.capital_categories),
        Chart("budget_curve", "capital", capital.budget_curve),
        Chart("capital_frontier", "capital", frontier.capital_frontier),
    )
}
"""Every chart by name, in the order of the page: a new one needs its function and a line here."""

RESTS_ON = {"places": PLACES, "prevention": PREVENTION, "recovery": RECOVERY, "capital": CAPITAL}
"""What the charts of a section rest on: tables, and settings by the beginning of their key."""

SECTIONS = {
    section: [chart.name for chart in CHARTS.values() if chart.section == section]
    for section in RESTS_ON
}
"""Names of charts by section of the page."""


@once
def cards(result: Findings) -> dict[str, Card]:
    """Return the charts that a result has, by name.

    Parameters
    ----------
    result
        A run.
    """
    # tests hold each chart to its schema: to do so again takes a quarter of the page's time
    with debug_mode(False):
        drawn = {name: chart.draw(result) for name, chart in CHARTS.items()}
    return {name: card for name, card in drawn.items() if card is not None}
