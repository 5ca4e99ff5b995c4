"""Runs side by side as text, at most 80 columns wide, and what made them differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from nelfin.report.text.numbers import money, rows_that_add
from nelfin.report.text.terminal import (
    WIDTH,
    are_figures,
    by_year_text,
    cut,
    table_text,
    title_text,
    wrapped,
)

if TYPE_CHECKING:
    from nelfin.system.compare import Comparison


def comparison_text(comparison: Comparison, most: int = 20) -> str:
    """Return settings that differ, then the largest changes of results, then flags.

    Parameters
    ----------
    comparison
        Two or more runs side by side; the first and the last are shown.
    most
        Results shown.
    """
    names = comparison.names
    half = (WIDTH - len(" and ")) // 2
    parts = [title_text(cut(names[0], half), f" and {cut(names[-1], half)}")]
    if len(names) > 2:
        parts.append(f"Of {len(names)} runs the first and the last are shown; -o writes all.")
    parts += [_settings_text(comparison), _results_text(comparison, most)]
    if comparison.flags:
        parts.append("\n".join(line for flag in comparison.flags for line in wrapped(flag)))
    return "\n\n".join(parts)


def _settings_text(comparison: Comparison) -> str:
    rows = [[str(row[0]), str(row[1]), str(row[-1])] for row in comparison.settings.values]
    if not rows:
        return "SETTINGS THAT DIFFER\n  No setting differs."
    align = "l" + "".join("r" if are_figures(row[at] for row in rows) else "l" for at in (1, 2))
    return table_text(["setting", "first", "last"], rows, align, "SETTINGS THAT DIFFER")


def _results_text(comparison: Comparison, most: int) -> str:
    ends = (comparison.names[0], comparison.names[-1], "change")
    rows = []
    for _, row in comparison.results.head(most).iterrows():
        amounts = (money(float(row[name])) for name in ends)
        rows.append([str(row["measure"]), str(row["of"]), str(row["year"]), *amounts])
    if not rows:
        return "RESULT, £m\n  No result differs."
    heads = ["measure", "of", "year", "first", "last", "change"]
    text = table_text(heads, rows, "llrrrr", "RESULT, £m")
    more = len(comparison.results) - most
    return f"{text}\nand {more:,} smaller changes." if more > 0 else text


def causes_text(causes: pd.DataFrame) -> str:
    """Return the difference of two scenarios by cause.

    Parameters
    ----------
    causes
        From `explain`: `year, cause, measure, value, unit`, of one measure.
    """
    wide = causes.pivot(index="cause", columns="year", values="value")
    names = list(dict.fromkeys(causes["cause"]))
    first, *parts, last = (wide.loc[name].tolist() for name in names)
    shown = [first, *rows_that_add(parts, last, first), last]
    rows = [
        (str(name), pd.Series(values, index=wide.columns))
        for name, values in zip(names, shown, strict=True)
    ]
    measure, unit = (str(causes[name].iloc[0]) for name in ("measure", "unit"))
    return by_year_text(f"{measure.upper()} BY CAUSE, {unit}", "cause", rows, [-1])
