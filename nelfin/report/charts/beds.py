"""Charts of beds: what becomes of those that are freed, and what shorter stays are worth."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from nelfin.report.charts.style import (
    BLUE,
    GREEN,
    INK,
    LIGHT_BLUE,
    MONEY,
    ORANGE,
    WIDTH,
    Card,
    themed,
)
from nelfin.report.text.numbers import millions, money, parts_that_add
from nelfin.store.findings import Findings

USES = {
    "closed": ("1 Closed", BLUE),
    "filled": ("2 Filled", GREEN),
    "stranded": ("3 Left as they are", INK),
}
"""What becomes of a freed bed; each has a number too, for who sees no colours."""

DONE = {"closed": "are closed", "filled": "are filled", "stranded": "stay as they are"}

SHOWN = 0.05
"""Beds below which a figure prints as nothing."""

COVERS = {
    "beds_cost": "Cost, £m",
    "beds_cash": "Cash of closing, £m",
    "beds_cash_counted": "Cash counted with prevention, £m",
    "beds_margin": "Margin of filling, £m",
    "beds_not_covered": "Not covered, £m",
}
"""What freed beds cost, and what covers it."""


def beds(result: Findings) -> Card | str:
    """Show the beds that are freed by what becomes of them.

    Parameters
    ----------
    result
        A run.
    """
    title = "Beds that are freed, and what becomes of them"
    if "beds_by_use" not in result.tables:
        return f"{title}: not shown, as the beds of the system are not given."
    frame = result.table("beds_by_use")
    by_use = frame.groupby(["year", "use"])["value"].sum().unstack("use")
    if by_use.empty or not by_use.to_numpy().any():
        return f"{title}: not shown, as no bed is freed."
    by_use = by_use.reindex(columns=list(USES), fill_value=0.0).rename_axis(columns=None)
    last = by_use.iloc[-1]
    lever = frame[frame["year"] == last.name].groupby("lever")["value"].sum()
    parts = ", ".join(
        f"{money(float(last[use]), 0)} {said}" for use, said in DONE.items() if last[use] > SHOWN
    )
    covers = _covers(result)
    words = (
        f"By {last.name} {money(float(last.sum()), 0)} beds are freed, most of them by "
        f"{lever.idxmax()}: {parts}. A bed that stays as it is costs what it did."
    )
    if covers is not None:
        words += _covered(covers.loc[last.name])
    table = by_use.rename(columns={use: label[2:] for use, (label, _) in USES.items()})
    if covers is not None:
        table = table.join(covers.rename(columns=COVERS))
    return Card(title, words, themed(_stacked(by_use)), table.reset_index(names="Year"))


def _covers(result: Findings) -> pd.DataFrame | None:
    """Return what freed beds cost and what covers it, £m by year; None where it is not known."""
    if "beds_by_organisation" not in result.tables:
        return None
    table = result.table("beds_by_organisation")
    wide = table.groupby(["year", "measure"])["value"].sum().unstack("measure")
    return None if wide.empty else wide[list(COVERS)].rename_axis(columns=None)


def _covered(of_year: pd.Series) -> str:
    """Say what freed beds cost in a year, and what covers it; as printed the parts add up."""
    cost = float(of_year["beds_cost"])
    closed = float(of_year["beds_cash"] + of_year["beds_cash_counted"])
    parts = [closed, float(of_year["beds_margin"]), float(of_year["beds_not_covered"])]
    saved, left, rest = parts_that_add(parts, cost)
    filled = f", filling them leaves {millions(left)}" if left else ""
    return (
        f" Freed beds cost {millions(cost)}: closing them saves {millions(saved)}{filled}, "
        f"{millions(rest)} is not covered."
    )


def _stacked(by_use: pd.DataFrame) -> Any:
    """Draw freed beds by year and use."""
    labels = {use: label for use, (label, _) in USES.items()}
    long = by_use.rename(columns=labels).reset_index(names="year").melt("year", var_name="use")
    long["at"] = long["use"].map(list(labels.values()).index)
    highest = float(by_use.sum(axis=1).max())
    base = alt.Chart(long).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
        order=alt.Order("at:Q"),
        tooltip=[
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("use:N", title="Use"),
            alt.Tooltip("value:Q", title="Beds", format=MONEY),
        ],
    )
    bars = base.mark_bar(stroke="white").encode(
        y=alt.Y("value:Q", title="beds", stack="zero"),
        color=alt.Color(
            "use:N",
            title=None,
            scale=alt.Scale(
                domain=list(labels.values()), range=[colour for _, colour in USES.values()]
            ),
            legend=alt.Legend(orient="top"),
        ),
    )
    numbers = (
        base.transform_calculate(shown=f"datum.value > {0.06 * highest} ? datum.use[0] : ''")
        .mark_text(color="white", fontSize=11)
        .encode(y=alt.Y("value:Q", stack="zero", bandPosition=0.5), text=alt.Text("shown:N"))
    )
    return (bars + numbers).properties(width=WIDTH - 60, height=240)


def shorter_stays(result: Findings) -> Card | str:
    """Show what planned stays at another area's median are worth, closed and filled.

    Parameters
    ----------
    result
        A run.
    """
    title = "What shorter planned stays are worth"
    if "activity_shorter_stays" not in result.tables:
        return f"{title}: not shown, as the money of beds, or other areas' stays, are not given."
    table = result.table("activity_shorter_stays")
    last = str(table["year"].max())
    frame = table[table["year"] == last]
    frame = frame.assign(label=frame["area"] + ": all " + frame["use"])
    if not frame[["trusts_gbp_m", "system_gbp_m", "cost_of_beds_gbp_m"]].to_numpy().any():
        return f"{title}: not shown, as they free no beds."
    gain = frame["system_gbp_m"]
    best, worst = (
        f"{millions(float(gain[at]))} ({frame.at[at, 'label']})"
        for at in (gain.idxmax(), gain.idxmin())
    )
    words = (
        f"Each by itself, in {last}, if all beds that shorter stays free are closed, or filled "
        f"with more planned care. The most for the system is {best}, the least {worst}."
    )
    passing = frame.loc[frame["unpaid_gbp_m"].idxmax()]
    if passing["unpaid_gbp_m"] > 0.05:
        words += (
            f" Filled beds lose where care passes the payment limit: up to "
            f"{millions(float(passing['unpaid_gbp_m']))} of it is not paid ({passing['label']})."
        )
    shown = frame[
        ["area", "saved_pct", "use", "beds_freed", "beds_used", "cost_of_beds_gbp_m",
         "unpaid_gbp_m", "trusts_gbp_m", "system_gbp_m"]
    ]  # fmt: skip
    shown.columns = [
        "Stays as in", "Fewer bed days, %", "Freed beds are", "Freed", "So used",
        "Cost of them, £m", "Not paid, £m", "Trusts gain, £m", "System gains, £m",
    ]  # fmt: skip
    return Card(title, words, themed(_gains(frame), row=40), shown)


def _gains(frame: pd.DataFrame) -> Any:
    """Draw what the system gains, £m, a bar a case, its figure beside it."""
    far = max(float(frame["system_gbp_m"].abs().max()), 0.1)
    base = alt.Chart(frame[["label", "system_gbp_m", "beds_freed", "beds_used"]]).encode(
        x=alt.X(
            "system_gbp_m:Q",
            title="the system gains, £m",
            scale=alt.Scale(domain=[min(-0.3 * far, 1.3 * float(frame["system_gbp_m"].min())),
                                    max(0.3 * far, 1.3 * float(frame["system_gbp_m"].max()))]),
        ),
        y=alt.Y("label:N", sort=list(frame["label"]), title=None),
        tooltip=[
            alt.Tooltip("label:N", title="Stays as in"),
            alt.Tooltip("beds_freed:Q", title="Beds freed", format=MONEY),
            alt.Tooltip("beds_used:Q", title="So used", format=MONEY),
            alt.Tooltip("system_gbp_m:Q", title="The system gains, £m", format=MONEY),
        ],
    )  # fmt: skip
    bars = base.mark_bar(height={"band": 0.6}).encode(
        color=alt.condition("datum.system_gbp_m < 0", alt.value(ORANGE), alt.value(LIGHT_BLUE))
    )
    text = alt.Text("system_gbp_m:Q", format=MONEY)
    above = base.transform_filter("datum.system_gbp_m >= 0").mark_text(align="left", dx=4)
    below = base.transform_filter("datum.system_gbp_m < 0").mark_text(align="right", dx=-4)
    zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=INK).encode(x=alt.X("x:Q"))
    drawn = bars + above.encode(text=text) + below.encode(text=text) + zero
    return drawn.properties(width=WIDTH - 160, height=34 * len(frame))
