"""The chart of two aims of capital: how much benefit is left as more is asked of the other."""

from __future__ import annotations

import altair as alt

from nelfin.report.charts.style import BLUE, DARK_BLUE, MONEY, ORANGE, Card, themed
from nelfin.report.text.numbers import millions
from nelfin.store.findings import Findings

TITLES = {
    "deprived": "Spend reaching the most deprived areas",
    "backlog": "High and significant backlog cleared",
}
"""Second aims, and what they are called."""


def capital_frontier(result: Findings) -> Card | str:
    """Show the most benefit that is left as more is asked of a second aim.

    Parameters
    ----------
    result
        A run.
    """
    nothing = (
        "What a second aim costs: not shown, as no plan reaches more of the most deprived areas or "
        "clears more backlog than this one."
    )
    if "capital_frontier" not in result.tables:
        return nothing
    table = result.table("capital_frontier")
    wide = table.pivot(index=["aim", "point"], columns="measure", values="value").dropna()
    if wide.empty:
        return nothing
    reached = wide.groupby("aim")["reached"]
    span = reached.max() - reached.min()
    aims = [aim for aim in TITLES if span.get(aim, 0.0) > 0.05]
    if not aims:
        return nothing
    frame = wide.rename_axis(columns=None).reset_index()
    tooltip = [
        alt.Tooltip("reached:Q", title="Reached, £m", format=MONEY),
        alt.Tooltip("benefit:Q", title="Points of benefit", format=",.0f"),
    ]
    scale = alt.Scale(zero=False, padding=16)
    up = alt.Y("benefit:Q", title="points of benefit", scale=scale)
    parts, sentences = [], []
    for aim in aims:
        points = frame.loc[frame["aim"] == aim, ["point", "reached", "benefit"]]
        plan, line = points[points["point"] == 0], points[points["point"] > 0]
        across = alt.X("reached:Q", title="£m", scale=scale)
        drawn = alt.Chart(line).mark_line(point=True, color=BLUE)
        point = alt.Chart(plan).mark_point(
            shape="diamond", size=180, filled=True, color=ORANGE, stroke=DARK_BLUE, opacity=1
        )
        label = alt.Chart(plan.assign(words="this plan")).mark_text(
            align="left", dx=-6, dy=22, fontSize=12
        )
        layers = alt.layer(
            drawn.encode(x=across, y=up, tooltip=tooltip),
            point.encode(x=alt.X("reached:Q"), y=alt.Y("benefit:Q"), tooltip=tooltip),
            label.encode(x=alt.X("reached:Q"), y=alt.Y("benefit:Q"), text=alt.Text("words:N")),
        )
        parts.append(layers.properties(width=275, height=240, title=TITLES[aim]))
        ends = [
            f"{millions(float(end['reached']))} with {end['benefit']:,.0f}"
            for end in (line.iloc[0], line.iloc[-1], *(row for _, row in plan.iterrows()))
        ]
        where = f"; this plan {ends[2]}" if len(plan) else ""
        sentences.append(f"{TITLES[aim]}: from {ends[0]} points to {ends[1]}{where}.")
    words = (
        f"The most benefit as more is asked of a second aim. {' '.join(sentences)} The lines are "
        "upper bounds: they let schemes be cut into shares. Points of illustrative schemes are "
        "illustrative."
    )
    shown = frame.set_index("aim").loc[aims].reset_index()
    shown["point"] = ["this plan" if at == 0 else "upper bound" for at in shown["point"]]
    shown["aim"] = shown["aim"].map(TITLES)
    shown = shown[["aim", "point", "reached", "benefit"]]
    shown.columns = ["Second aim", "What", "Reached, £m", "Points of benefit"]
    return Card("What a second aim costs", words, themed(alt.hconcat(*parts)), shown)
