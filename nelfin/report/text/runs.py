"""A list of runs as text, at most 80 columns wide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from nelfin.report.text.changes import changes_in_words
from nelfin.report.text.numbers import money
from nelfin.report.text.terminal import table_text, wrapped

TOLD = 3
"""Changes from the base that a list of runs tells of each."""


def runs_text(runs: pd.DataFrame) -> str:
    """Return a list of runs: when, balance, last position, schemes, and who is under target.

    Below the table stands what is said of each run, and what it changes from its base.

    Parameters
    ----------
    runs
        From `list_runs`: a row a run or sweep.
    """
    if runs.empty:
        return "No run fits."
    heads = ["run", "day", "balance from", "reported, £m", "schemes", "furthest under target",
             "by, %"]  # fmt: skip
    rows, about = [], []
    for row in runs.to_dict("records"):
        started = str(row["started"])[:10]
        about += _about(row)
        if row["kind"] == "sweep" or row["remark"]:
            cases = f"{int(row['cases']):,} cases" if pd.notna(row["cases"]) else ""
            note = ", ".join(words for words in (cases, row["remark"]) if words)
            rows.append([row["called"], started, "", "", "", note, ""])
            continue
        balance = row["balance_from"] if isinstance(row["balance_from"], str) else None
        under = row["furthest_under_target"]
        rows.append(
            [
                row["called"],
                started,
                "–" if balance is None else balance or "none",
                _number(row["reported_gbp_m"], money),
                _number(row["schemes_funded"], lambda value: f"{value:.0f}"),
                under if isinstance(under, str) else "–",
                _number(row["dft"], lambda value: money(100 * value)),
            ]
        )
    text = table_text(heads, rows, "lllrrlr")
    return "\n".join([text, "", *about]) if about else text


def _about(row: Mapping[str, Any]) -> list[str]:
    """Return what there is to say of a run: where it is if its name is another, who, and why."""
    parts = []
    if row["called"] != row["folder"]:
        parts.append(f"in {row['folder']}")
    if row["by"]:
        parts.append(f"by {row['by']}")
    sentences = [f"{row['called']}: {', '.join(parts)}." if parts else f"{row['called']}."]
    if row["note"]:
        sentences.append(str(row["note"]))
    if row["base"]:
        changes = changes_in_words(pd.DataFrame([{"why": ""} | each for each in row["changes"]]))[
            :TOLD
        ]
        more = int(row["changed"]) - len(changes)
        told = [change.words for change in changes] + ([f"{more} more"] if more > 0 else [])
        sentences.append(f"Changed from its base: {'; '.join(told) or 'nothing'}.")
    return wrapped(" ".join(sentences), hang="  ") if len(sentences) > 1 or len(parts) > 1 else []


def _number(value: object, shown: Callable[[float], str]) -> str:
    return "–" if pd.isna(value) else shown(float(str(value)))
