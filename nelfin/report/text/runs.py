"""A list of runs as text, at most 80 columns wide."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from nelfin.report.text.numbers import money
from nelfin.report.text.terminal import table_text


def runs_text(runs: pd.DataFrame) -> str:
    """Return a list of runs: when, balance, last position, schemes, and who is under target.

    Parameters
    ----------
    runs
        From `list_runs`: a row a run or sweep.
    """
    if runs.empty:
        return "No run fits."
    heads = ["folder", "day", "balance from", "reported, £m", "schemes", "furthest under target",
             "by, %"]  # fmt: skip
    rows = []
    for row in runs.to_dict("records"):
        started = str(row["started"])[:10]
        if row["kind"] == "sweep" or row["note"]:
            cases = f"{int(row['cases']):,} cases" if pd.notna(row["cases"]) else ""
            note = ", ".join(words for words in (cases, row["note"]) if words)
            rows.append([row["folder"], started, "", "", "", note, ""])
            continue
        balance = row["balance_from"] if isinstance(row["balance_from"], str) else None
        under = row["furthest_under_target"]
        rows.append(
            [
                row["folder"],
                started,
                "–" if balance is None else balance or "none",
                _number(row["reported_gbp_m"], money),
                _number(row["schemes_funded"], lambda value: f"{value:.0f}"),
                under if isinstance(under, str) else "–",
                _number(row["dft"], lambda value: money(100 * value)),
            ]
        )
    return table_text(heads, rows, "lllrrlr")


def _number(value: object, shown: Callable[[float], str]) -> str:
    return "–" if pd.isna(value) else shown(float(str(value)))
