"""The chart of a triangle for each initiative: as wide as its cost, as high as its benefit."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from nelfin.report.charts.portfolio import none_of
from nelfin.report.charts.style import BLUE, GREY, INK, MONEY, ORANGE, WIDTH, Card, themed
from nelfin.report.text.names import short
from nelfin.report.text.numbers import money
from nelfin.report.text.programmes import INSIDE
from nelfin.store.findings import Findings

MOST = 42
"""Triangles of a block: those of most benefit; the table has all."""

ACROSS = 6
"""Triangles in a row."""

HIGH = 78
"""Height of a row of triangles."""

LABEL = 9
"""Letters of an initiative's id that stand under its triangle."""

BLOCKS = {True: ("In the portfolio", BLUE), False: ("Left out, cut or stopped", GREY)}
"""Blocks by whether they are in the portfolio in full, with their colours."""


def portfolio_triangles(result: Findings) -> Card | str:
    """Show each initiative as a triangle: the steeper, the more good a pound of it does.

    Parameters
    ----------
    result
        A run.

    Notes
    -----
    Method: the triangles of STAR, the socio-technical allocation of resources. Those that free
    money, such as a programme that stops, have no triangle.
    """
    title = "Programmes: cost against benefit"
    if "portfolio_triangles" not in result.tables:
        return none_of(title)
    account = result.provenance["portfolio"]
    table = result.table("portfolio_triangles")
    drawn = table[(table["cost_gbp_m"] > 0) & (table["benefit"] > 0)]
    if drawn.empty:
        return f"{title}: not shown, as no initiative has both cost and benefit."
    frame = drawn.assign(inside=drawn["status"].isin(INSIDE))
    frame = frame.sort_values("benefit_per_gbp_m", ascending=False, kind="stable")
    elsewhere = 1e6 / (account["cost_per_qaly_gbp"] or np.inf)
    full = [float(frame[name].max()) for name in ("cost_gbp_m", "benefit")]
    parts = [
        _block(rows.nlargest(MOST, "benefit"), inside, full, elsewhere)
        for inside in BLOCKS
        if len(rows := frame[frame["inside"] == inside])
    ]
    unit = account["unit"]
    shown = table.assign(name=table["name"].map(lambda name: short(name, 200)))
    shown.columns = [
        "Initiative", "Name", "Stands", "Starts", "Cost, £m", f"Benefit, {unit}",
        f"{unit} for £1m", f"Value, {unit}",
    ]  # fmt: skip
    chart = alt.vconcat(*parts)
    return Card(title, _words(frame, len(table), unit, elsewhere), themed(chart), shown)


def _words(frame: pd.DataFrame, count: int, unit: str, elsewhere: float) -> str:
    """Say how to read triangles, and which are the steepest of those in and of those left out."""
    words = (
        f"Each triangle is an initiative, as wide as its cost and as high as its benefit, the "
        f"steepest first: the steeper, the more {unit} for a pound. The number under it is {unit} "
        "for £1m."
    )
    if elsewhere:
        words += (
            f" The orange line is what its money would gain elsewhere in the NHS, "
            f"{money(elsewhere)}."
        )
    for inside, name in ((True, "those in the portfolio"), (False, "those left out or stopped")):
        of = frame[frame["inside"] == inside]
        if len(of):
            ends = [
                f"is {short(row['name'], 70)}, {money(float(row['benefit_per_gbp_m']))}"
                for row in (of.iloc[0], of.iloc[-1])
            ]
            words += f" Of {name} the steepest {ends[0]}"
            words += f"; the flattest {ends[1]}." if len(of) > 1 else "."
    if len(frame) < count:
        words += f" {len(frame)} of {count} cost money and bring benefit, and have a triangle."
    if any((frame["inside"] == inside).sum() > MOST for inside in BLOCKS):
        words += f" Drawn are the {MOST} of most benefit on either side."
    return words


def _block(frame: pd.DataFrame, inside: bool, full: list[float], elsewhere: float) -> Any:
    """Draw triangles in rows, the steepest first, all to one scale."""
    placed = _placed(frame, full, elsewhere)
    title, colour = BLOCKS[inside]
    rows = (len(placed) - 1) // ACROSS + 1
    across = alt.Scale(domain=[0, ACROSS], nice=False, zero=False)
    up = alt.Scale(domain=[0.45 - rows, 0.5], nice=False, zero=False)
    tooltip = [
        alt.Tooltip("name:N", title="Initiative"),
        alt.Tooltip("status:N", title="Stands"),
        alt.Tooltip("cost_gbp_m:Q", title="Cost, £m", format=MONEY),
        alt.Tooltip("benefit:Q", title="Benefit", format=",.0f"),
        alt.Tooltip("benefit_per_gbp_m:Q", title="For £1m", format=MONEY),
    ]
    drawn = (
        alt.Chart(placed)
        .transform_fold(["left", "right"], as_=["end", "x"])
        .transform_calculate(y="datum.end === 'left' ? datum.floor : datum.top")
        .mark_area(color=colour, line=False)
        .encode(
            x=alt.X("x:Q", axis=None, scale=across),
            y=alt.Y("y:Q", axis=None, scale=up),
            y2=alt.Y2("floor:Q"),
            detail=alt.Detail("initiative_id:N"),
            tooltip=tooltip,
        )
    )
    corner = alt.Chart(placed).encode(x=alt.X("left:Q"), y=alt.Y("floor:Q"))
    if elsewhere:
        drawn += corner.mark_rule(color=ORANGE, strokeWidth=2).encode(
            x2=alt.X2("far:Q"), y2=alt.Y2("elsewhere:Q")
        )
    text: dict[str, Any] = {"align": "left", "baseline": "top", "fontSize": 11}
    labels = corner.mark_text(**text, dy=3, color=INK).encode(text=alt.Text("label:N"))
    slopes = corner.mark_text(**text, dy=16, color="black").encode(text=alt.Text("words:N"))
    return (drawn + labels + slopes).properties(title=title, width=WIDTH, height=HIGH * rows)


def _placed(frame: pd.DataFrame, full: list[float], elsewhere: float) -> pd.DataFrame:
    """Return the corners of each triangle, in columns and rows of triangles."""
    frame = frame.sort_values("benefit_per_gbp_m", ascending=False, kind="stable")
    order = np.arange(len(frame))
    left, floor = order % ACROSS + 0.05, -(order // ACROSS) - 0.15
    cost, benefit = frame["cost_gbp_m"].to_numpy(), frame["benefit"].to_numpy()
    wide, gained = 0.9 * cost / full[0], elsewhere * cost / full[1]
    # what the money would gain elsewhere may pass the highest triangle: its line ends there
    reach = np.minimum(1.0, 1.0 / np.maximum(gained, 1e-9))
    corners = {
        "left": left,
        "floor": floor,
        "right": left + wide,
        "top": floor + 0.56 * benefit / full[1],
        "far": left + wide * reach,
        "elsewhere": floor + 0.56 * gained * reach,
    }
    about = frame[["initiative_id", "name", "status", "cost_gbp_m", "benefit", "benefit_per_gbp_m"]]
    return about.assign(
        **{name: np.round(at, 4) for name, at in corners.items()},
        name=about["name"].map(lambda name: short(name, 200)),
        label=[short(name, LABEL) for name in about["initiative_id"]],
        words=[money(float(slope), 0) for slope in about["benefit_per_gbp_m"]],
    )
