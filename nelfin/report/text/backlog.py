"""The backlog of maintenance in words and as a table: what the plan clears, and what is left."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions, money
from nelfin.report.text.terminal import table_text, wrapped
from nelfin.store.findings import Findings

MEASURES = ("opening", "cleared", "left", "left_real", "left_without")
"""What a table of the backlog says of an organisation."""


def backlog_table(data: xr.Dataset) -> pd.DataFrame:
    """Return the backlog of each organisation over the plan, £m, and of all; none without any.

    Parameters
    ----------
    data
        With `backlog_opening` and more, by organisation, band and year.

    Returns
    -------
    pandas.DataFrame
        A row an organisation whose backlog is known, and `All`; columns `opening` (of the first
        year that it is known at the start of), `cleared` (of all years), `left`, `left_real` and
        `left_without` (at the end).
    """
    if "backlog_left" not in data:
        return pd.DataFrame(columns=list(MEASURES))
    of = {
        name: pd.DataFrame(
            data[f"backlog_{name}"]
            .sum("band", min_count=1)
            .transpose("organisation", "year")
            .to_numpy(),
            index=[str(each) for each in data["organisation"].values],
        )
        for name in MEASURES
    }
    frame = pd.DataFrame(
        {
            "opening": of["opening"].bfill(axis=1).iloc[:, 0],
            "cleared": of["cleared"].sum(axis=1),
            **{name: of[name].iloc[:, -1] for name in MEASURES[2:]},
        }
    )
    frame = frame[frame["left"].notna()]
    frame.loc["All"] = frame.sum()
    return frame


def backlog_sentences(data: xr.Dataset) -> list[str]:
    """Say what of the backlog the plan clears, and what is left.

    Parameters
    ----------
    data
        As for `backlog_table`; its attribute `backlog_stated_gbp_m` is what the plan states.
    """
    frame = backlog_table(data)
    if len(frame) < 2:
        return []
    every = frame.loc["All"]
    years = [str(year) for year in data["year"].values]
    starts = data["backlog_opening"].sum(["organisation", "band"], min_count=1).to_series()
    since = starts.first_valid_index()
    unknown = [str(name) for name in data["organisation"].values if name not in frame.index]
    none = (
        f" (none is known of {', '.join(short(name, 40) for name in unknown)})" if unknown else ""
    )
    sentences = [
        f"Backlog of maintenance: {millions(every['opening'])} at the start of {since}{none}. The "
        f"plan clears {millions(every['cleared'])}, in cash; {millions(every['left'])} is left at "
        f"the end of {years[-1]}, {millions(every['left_real'])} in prices of {since}. If "
        f"nothing were cleared it would be {millions(every['left_without'])}."
    ]
    stated = float(data.attrs.get("backlog_stated_gbp_m", 0.0))
    if stated > 0:
        sentences.append(f"The system's own plan states {millions(stated)} of it.")
    missing = float(data["backlog_not_there"].sum())
    if missing > 0.05:
        sentences.append(
            f"Schemes say that they clear {millions(missing)} more than there is of a trust and a "
            "risk: that is not counted."
        )
    return sentences


def backlog_words(result: Findings) -> list[str]:
    """Say what of the backlog the plan of a run clears, and what is left.

    Parameters
    ----------
    result
        A run.
    """
    return backlog_sentences(result.data)


def backlog_line(result: Findings, body: str) -> str:
    """Say what is left of the backlog of an organisation; "" where none is known.

    Parameters
    ----------
    result
        A run.
    body
        The organisation.
    """
    frame = backlog_table(result.data)
    if body not in frame.index or body == "All":
        return ""
    own, years = frame.loc[body], result.data["year"].values
    return (
        f"Of its backlog of maintenance of {millions(own['opening'])} the plan clears "
        f"{millions(own['cleared'])}, in cash; {millions(own['left'])} is left at the end of "
        f"{years[-1]}, as buildings age and prices grow."
    )


def backlog_text(data: xr.Dataset) -> str:
    """Return the backlog of each organisation as text; "" where none is known.

    Parameters
    ----------
    data
        As for `backlog_sentences`.
    """
    frame = backlog_table(data)
    if len(frame) < 2:
        return ""
    rows = [[str(name), *(money(value) for value in row)] for name, row in frame.iterrows()]
    heads = ["organisation", "start", "cleared", "left", "at first prices", "if none cleared"]
    table = table_text(heads, rows, title="BACKLOG OF MAINTENANCE, £m", ruled=[-1])
    return "\n\n".join([table, "\n".join(wrapped(" ".join(backlog_sentences(data))))])
