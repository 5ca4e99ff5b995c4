"""The standard charts, in Altair: for a notebook, the page, and slides.

Each is a function from a result to a `Card`: the chart, its title, one sentence that says what to
see (it is the alternative text too), and the table behind it. It returns None where the run lacks
what the chart shows. Colour never carries meaning alone.
"""

from __future__ import annotations

from collections.abc import Callable

from nelfin.report.charts.capital import budget_curve, capital, capital_categories, capital_price
from nelfin.report.charts.doubt import fan, tornado
from nelfin.report.charts.frontier import capital_frontier
from nelfin.report.charts.places import budget_change, budgets, distance, what_moved
from nelfin.report.charts.prevention import break_even, prevention
from nelfin.report.charts.recovery import bridge, recovery
from nelfin.report.charts.sensitivity import sensitivity
from nelfin.report.charts.style import Card
from nelfin.report.charts.timeline import timeline
from nelfin.store.findings import Findings

__all__ = ["CHARTS", "DRAWN", "FIGURES", "Card", "cards"]

CHARTS: dict[str, Callable[[Findings], Card | None]] = {
    "budgets": budgets,
    "distance": distance,
    "what_moved": what_moved,
    "budget_change": budget_change,
    "sensitivity": sensitivity,
    "prevention": prevention,
    "break_even": break_even,
    "recovery": recovery,
    "fan": fan,
    "bridge": bridge,
    "tornado": tornado,
    "timeline": timeline,
    "capital": capital,
    "capital_price": capital_price,
    "capital_categories": capital_categories,
    "budget_curve": budget_curve,
    "capital_frontier": capital_frontier,
}

FIGURES = {
    "places": ("budgets", "distance", "what_moved", "budget_change", "sensitivity"),
    "prevention": ("prevention", "break_even"),
    "recovery": ("recovery", "fan", "bridge", "tornado"),
    "capital": (
        "timeline", "capital", "capital_price", "capital_categories", "budget_curve",
        "capital_frontier",
    ),
}  # fmt: skip
"""Charts by section of the page, in their order; one that a run has not is left out."""

DRAWN = ("fan", "tornado")
"""Charts that need draws."""


def cards(result: Findings) -> dict[str, Card]:
    """Return the charts that a result has, by name."""
    found = {name: chart(result) for name, chart in CHARTS.items()}
    return {name: card for name, card in found.items() if card is not None}
