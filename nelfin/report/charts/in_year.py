"""Charts of the year in months, and of what the model would have said at the start of a year."""

from __future__ import annotations

import altair as alt
import pandas as pd

from nelfin.data.inputs import SYSTEM
from nelfin.models.months import MONTHS
from nelfin.report.charts.style import (
    BLUE,
    DARK_BLUE,
    HEIGHT,
    INK,
    LIGHT_BLUE,
    MONEY,
    ORANGE,
    WIDTH,
    Card,
    themed,
)
from nelfin.report.text.numbers import millions
from nelfin.store.findings import Findings

AXIS = "£m, surplus positive"


def months(result: Findings) -> Card | str:
    """Show plan and actual of the system to the end of each month, and where the year heads.

    Parameters
    ----------
    result
        A run.
    """
    table = result.table("months")
    ends = table[(table["organisation"] == SYSTEM) & (table["measure"] == "forecast")]
    if ends.empty:
        return (
            "Where a year is heading is not shown: the positions have no plan and actual by month."
        )
    year = str(ends["year"].max())
    table = table[table["year"] == year]
    mine = table[(table["organisation"] == SYSTEM) & (table["note"] == "")]
    told = mine[mine["measure"].isin(["plan", "actual"])][["month", "measure", "value"]]
    actual = told[told["measure"] == "actual"].sort_values("month").iloc[-1]
    end = ends[ends["year"] == year].iloc[0]
    plan = float(mine.loc[mine["measure"] == "year plan", "value"].iloc[0])
    more = [
        (0, "plan", 0.0), (0, "actual", 0.0), (MONTHS, "plan", plan),
        (int(actual["month"]), "heading for", float(actual["value"])),
        (MONTHS, "heading for", float(end["value"])),
    ]  # fmt: skip
    lines = pd.concat([told, pd.DataFrame(more, columns=["month", "measure", "value"])])
    lines["line"] = lines["measure"].str.capitalize()
    domain = ["Plan", "Actual", "Heading for"]
    legend = alt.Legend(orient="top")
    chart = (
        alt.Chart(lines.sort_values(["measure", "month"]))
        .mark_line(point=True)
        .encode(
            x=alt.X("month:Q", title=f"Month of {year}", scale=alt.Scale(domain=[0, MONTHS])),
            y=alt.Y("value:Q", title=AXIS, scale=alt.Scale(nice=True, padding=12)),
            color=alt.Color("line:N", title=None, legend=legend,
                            scale=alt.Scale(domain=domain, range=[DARK_BLUE, BLUE, ORANGE])),
            strokeDash=alt.StrokeDash("line:N", title=None, legend=legend,
                                      scale=alt.Scale(domain=domain,
                                                      range=[[2, 3], [1, 0], [6, 4]])),
            tooltip=[alt.Tooltip("line:N", title="Line"), alt.Tooltip("month:Q", title="Month"),
                     alt.Tooltip("value:Q", title="£m", format=MONEY)],
        )
    )  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))
    words = (
        f"{year} heads for {millions(float(end['value']))}, {end['note']}, against a plan of "
        f"{millions(plan)}. Months that no paper tells are left out."
    )
    return Card(
        f"Where {year} is heading",
        words,
        themed((zero + chart).properties(width=WIDTH, height=HEIGHT)),
        months_by_body(table),
    )


def months_by_body(table: pd.DataFrame) -> pd.DataFrame:
    """Return the months of a year, a row an organisation, paper and month, £m.

    Parameters
    ----------
    table
        Rows of the table `months` of one year.
    """
    by_month = table[table["measure"].isin(["plan", "actual"])]
    wide = by_month.pivot(
        index=["organisation", "note", "month"], columns="measure", values="value"
    ).reindex(columns=["plan", "actual"])
    wide = wide.reset_index().rename(columns={"note": "paper"})
    ends = table[table["measure"].isin(["year plan", "forecast"])]
    whole = ends.pivot(index="organisation", columns="measure", values="value").reset_index()
    whole = whole.rename(columns={"year plan": "plan", "forecast": "heading for"})
    wide = pd.concat([wide, whole.assign(month=MONTHS, paper="")])
    wide = wide.sort_values(["organisation", "month", "paper"], kind="stable")
    wide = wide.reindex(columns=["organisation", "month", "paper", "plan", "actual", "heading for"])
    heads = ["Organisation", "Month", "Paper", "Plan, £m", "Actual, £m", "Heading for, £m"]
    return wide.set_axis(heads, axis="columns").reset_index(drop=True)


def back_test(result: Findings) -> Card | str:
    """Show what the model would have said at the start of each year beside what came.

    Parameters
    ----------
    result
        A run.
    """
    table = result.table("back_test")
    if table.empty:
        return (
            "What the model would have said is not shown: no year of this plan, after its first, "
            "has an outturn or a forecast yet."
        )
    wide = table.pivot(index="year", columns="measure", values="value").reset_index()
    wide = wide.reindex(
        columns=["year", "plan", "predicted_p10", "predicted", "predicted_p90", "came", "error"]
    )
    base = alt.Chart(wide)
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0))
    tips = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("predicted:Q", title="Said at the start, £m", format=MONEY),
        alt.Tooltip("came:Q", title="Came, £m", format=MONEY),
    ]
    scale = alt.Scale(nice=True, padding=12)
    band = base.mark_bar(width={"band": 0.3}, color=LIGHT_BLUE, opacity=0.6).encode(
        x=x, y=alt.Y("predicted_p10:Q", title=AXIS, scale=scale), y2="predicted_p90:Q", tooltip=tips
    )
    said = base.mark_tick(size=24, thickness=3, color=DARK_BLUE).encode(
        x=x, y=alt.Y("predicted:Q"), tooltip=tips
    )
    came = base.mark_point(size=90, filled=True, color=ORANGE, shape="diamond").encode(
        x=x, y=alt.Y("came:Q"), tooltip=tips
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))
    inside = int(wide["came"].between(wide["predicted_p10"], wide["predicted_p90"]).sum())
    words = (
        f"Bars hold eight draws in ten of what the model would have said at the start of each "
        f"year, the line their middle; diamonds show what came. {inside} of {len(wide)} lie inside."
    )
    notes = table[table["measure"] == "came"].set_index("year")["note"]
    shown = wide.assign(note=wide["year"].map(notes))
    heads = ["Year", "Plan, £m", "One draw in ten is below, £m", "Said at the start, £m",
             "One draw in ten is above, £m", "Came, £m", "Error, £m", "What came is"]  # fmt: skip
    shown = shown.set_axis(heads, axis="columns").rename_axis(columns=None)
    chart = (zero + band + said + came).properties(width=WIDTH, height=220)
    return Card("What the model would have said", words, themed(chart), shown)
