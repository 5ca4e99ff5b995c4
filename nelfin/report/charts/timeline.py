"""The capital plan as a timeline: which scheme spends when."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from nelfin.report.charts.style import (
    DARK_BLUE,
    EVERY_ORGANISATION,
    MONEY,
    WIDTH,
    Card,
    chosen,
    edge,
    themed,
)
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions
from nelfin.store.findings import Findings

MOST = 35
"""Schemes drawn: the largest of those chosen."""


def timeline(result: Findings) -> Card | str:
    """Show when the largest schemes of the plan spend, all organisations or one.

    Parameters
    ----------
    result
        A run.
    """
    plan = result.table("plan")
    spend = result.table("spend").merge(
        plan[["project_id", "name", "organisation", "category"]], on="project_id"
    )
    if not spend["spend_gbp_m"].any():
        return "The plan by year: not shown, as no scheme of it spends."
    whole = spend.groupby("project_id")["spend_gbp_m"].sum()
    years = [str(year) for year in result.data["year"].values]
    organisations = list(dict.fromkeys(plan["organisation"]))
    chart = _cells(_largest(spend, plan, whole), years)
    chart = chart.add_params(chosen("organisation", EVERY_ORGANISATION, organisations))
    chart = chart.properties(width=WIDTH - 110, height=alt.Step(18))
    owner = plan.set_index("project_id")["organisation"].reindex(whole.index)
    return Card(
        "The plan by year",
        _words(whole),
        themed(chart, row=30, upright=True),
        _table(spend, plan, years),
        words_of={name: _words(whole[owner == name], name) for name in organisations},
    )


def _words(whole: pd.Series, name: str = "") -> str:
    """Say what the schemes of an organisation, or of all, spend: £m by scheme."""
    of = f" of {short(name, 40)}" if name else ""
    if whole.empty:
        return f"No scheme{of} is in the plan."
    funded = len(whole)
    shown = f"the {MOST} largest of {funded:,}" if funded > MOST else f"all {funded:,}"
    return (
        f"Spend by year, £m in cash, of {shown} schemes{of} in the plan, largest first; all "
        f"{funded:,} spend {millions(float(whole.sum()))}."
    )


def _largest(spend: pd.DataFrame, plan: pd.DataFrame, whole: pd.Series) -> pd.DataFrame:
    """Return the spend of the schemes that can show: the largest of each organisation."""
    size = plan.set_index("project_id")[["organisation"]].assign(whole=whole).dropna(subset="whole")
    rank = size.groupby("organisation")["whole"].rank(ascending=False, method="first")
    largest = spend[spend["project_id"].isin(rank[rank <= MOST].index)]
    return largest.assign(
        whole=largest["project_id"].map(whole),
        label=[
            f"{short(key, 12)} {short(name, 48)}"
            for name, key in zip(largest["name"], largest["project_id"], strict=True)
        ],
        name=largest["name"].map(lambda name: short(name, 200)),
        category=largest["category"].map(short),
        words=[f"{v:,.1f}" if v >= 0.05 else "" for v in largest["spend_gbp_m"]],
    ).drop(columns="cdel_gbp_m")


def _cells(frame: pd.DataFrame, years: list[str]) -> Any:
    """Draw a row a scheme and a cell a year, £m: the largest of what is chosen, by size."""
    base = _rows_by_size(frame, years)
    ceiling = edge(frame["spend_gbp_m"])
    cells = base.mark_rect(stroke="white").encode(
        color=alt.Color(
            "spend_gbp_m:Q",
            legend=None,
            scale=alt.Scale(type="sqrt", domain=[0, ceiling], range=["#D6E6F5", DARK_BLUE]),
        ),
        tooltip=[
            alt.Tooltip("name:N", title="Scheme"),
            alt.Tooltip("organisation:N", title="Organisation"),
            alt.Tooltip("category:N", title="Category"),
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("spend_gbp_m:Q", title="Spend, £m", format=MONEY),
            alt.Tooltip("whole:Q", title="In the plan, £m", format=MONEY),
        ],
    )
    # the figure stands in each cell, so that colour only helps to find it; at the share of the
    # ceiling where it turns white both black and white stand out by 4.5 to 1
    figures = base.mark_text(fontSize=10).encode(
        text=alt.Text("words:N"),
        color=alt.condition(
            f"datum.spend_gbp_m > {0.38 * ceiling}", alt.value("white"), alt.value("black")
        ),
    )
    return cells + figures


def _rows_by_size(frame: pd.DataFrame, years: list[str]) -> Any:
    """Return a row a scheme of those chosen, the largest first, and a column a year."""
    return (
        alt.Chart(frame)
        .transform_filter(
            f"organisation === '{EVERY_ORGANISATION}' || datum.organisation === organisation"
        )
        .transform_window(
            place="dense_rank()",
            sort=[
                alt.SortField("whole", order="descending"),
                alt.SortField("project_id", order="ascending"),
            ],
        )
        .transform_filter(f"datum.place <= {MOST}")
        .encode(
            x=alt.X(
                "year:O",
                title=None,
                scale=alt.Scale(domain=years),
                axis=alt.Axis(labelAngle=0, orient="top", labelFontSize=10),
            ),
            y=alt.Y(
                "label:N",
                sort=alt.EncodingSortField("place", op="min"),
                title=None,
                axis=alt.Axis(labelLimit=320, labelFontSize=11),
            ),
        )
    )


def _table(spend: pd.DataFrame, plan: pd.DataFrame, years: list[str]) -> pd.DataFrame:
    """Return a row a scheme that spends, in the order of the plan, and a column a year."""
    wide = spend.pivot(index="project_id", columns="year", values="spend_gbp_m").fillna(0.0)
    wide = wide.reindex(columns=years, fill_value=0.0).rename_axis(columns=None)
    about = plan.set_index("project_id")[["name", "organisation"]]
    table = about.join(wide, how="inner").reset_index()
    return table.rename(
        columns={"project_id": "Scheme", "name": "Name", "organisation": "Organisation"}
    )
