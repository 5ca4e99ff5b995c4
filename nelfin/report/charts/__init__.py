"""The standard charts, in Altair: for a notebook, the page, and slides.

Each is a function from a result to a `Card`: the chart, its title, one sentence that says what to
see (it is the alternative text too), and the table behind it. Colour never carries meaning alone.
Where a run has nothing to show there is no card: the fan and the tornado need draws.
"""

from __future__ import annotations

from collections.abc import Callable

from nelfin.report.charts.capital import capital, capital_categories, capital_price
from nelfin.report.charts.doubt import fan, tornado
from nelfin.report.charts.places import budget_change, budgets, distance, sensitivity
from nelfin.report.charts.recovery import bridge, prevention, recovery
from nelfin.report.charts.style import Card
from nelfin.result import Result

__all__ = ["CHARTS", "Card"]

CHARTS: dict[str, Callable[[Result], Card | None]] = {
    "recovery": recovery,
    "fan": fan,
    "tornado": tornado,
    "bridge": bridge,
    "budgets": budgets,
    "distance": distance,
    "budget_change": budget_change,
    "sensitivity": sensitivity,
    "prevention": prevention,
    "capital": capital,
    "capital_categories": capital_categories,
    "capital_price": capital_price,
}
