"""What goal seek found as text, at most 80 columns wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from nelfin.report.text.terminal import by_year_text, wrapped

if TYPE_CHECKING:
    from nelfin.system.seek import GoalMet


def seek_text(met: GoalMet, unit: str) -> str:
    """Return the value that meets a goal, and the measure by year now and then.

    Parameters
    ----------
    met
        What goal seek found.
    unit
        Of the setting; "" for none.
    """
    words = f" {unit}".rstrip()
    if met.value == met.now:
        sentence = f"{met.goal} holds already, with {met.key} at {met.now:g}{words}."
    else:
        sentence = f"{met.goal} needs {met.key} at {met.value:,.4f}{words}; it is {met.now:g} now."
    rows = [
        (f"{label}, at {value}", pd.Series(by_year))
        for label, value, by_year in (
            ("now", f"{met.now:g}", met.measure_now),
            ("then", f"{met.value:,.4f}", met.measure_then),
        )
    ]
    title = met.goal.measure.replace("_", " ").upper()
    return "\n".join([*wrapped(sentence), "", by_year_text(title, met.key, rows)])
