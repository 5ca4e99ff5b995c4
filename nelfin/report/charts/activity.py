"""Charts of planned care and of primary care: who waits, what more care earns, appointments."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from nelfin.report.charts.style import (
    BLUE,
    DARK_BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT_BLUE,
    MONEY,
    ORANGE,
    WIDTH,
    Card,
    themed,
)
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions, money
from nelfin.store.findings import Findings

WAITS = {"over": "Over 18 weeks", "within": "Up to 18 weeks"}
"""How long people have waited."""

FLOWS = {
    "activity_additions": "Join",
    "activity_treated": "Treated",
    "activity_removals": "Leave untreated",
}
"""What moves the list."""

PEOPLE = ",.0f"


def by_measure(result: Findings, table: str) -> pd.DataFrame:
    """Return the measures of a tidy table by year, of all that it is of together.

    Parameters
    ----------
    result
        A run.
    table
        Its name.

    Returns
    -------
    pandas.DataFrame
        A row a year, a column a measure.
    """
    frame = result.table(table)
    sums = frame.groupby(["year", "measure"])["value"].sum()
    return sums.unstack("measure").rename_axis(columns=None)


def waiting_list(result: Findings) -> Card | str:
    """Show who waits at the end of each year, and what moves the list.

    Parameters
    ----------
    result
        A run.
    """
    title = "Planned care: who waits"
    nothing = f"{title}: not shown, as the waiting list of the system is not given."
    if "activity" not in result.tables:
        return nothing
    frame = by_measure(result, "activity")
    names = ["activity_list_start", *FLOWS, "activity_list", "activity_over_18_weeks"]
    if not set(names) <= set(frame) or frame.empty or not frame["activity_list"].any():
        return nothing
    first, last = frame.iloc[0], frame.iloc[-1]
    words = (
        f"At the end of {last.name} {money(float(last['activity_list']), 0)} people wait, "
        f"{money(float(last['activity_over_18_weeks']), 0)} of them over 18 weeks; at the end of "
        f"{first.name} {money(float(first['activity_list']), 0)} and "
        f"{money(float(first['activity_over_18_weeks']), 0)}. Over 18 weeks is counted as if the "
        "first to come were the first treated; in truth more wait so long."
        f"{_clearing(result)}"
    )
    table = frame[names].reset_index()
    table.columns = [
        "Year", "Waiting at the start", "Join", "Treated", "Leave untreated",
        "Waiting at the end", "Of whom over 18 weeks",
    ]  # fmt: skip
    chart = alt.hconcat(_waiting(frame), _flows(frame)).resolve_scale(color="independent")
    return Card(title, words, themed(chart), table)


def _clearing(result: Findings) -> str:
    """Say when the rate that the system's own plan tells of clears the list over 18 weeks."""
    if "activity_clearing" not in result.tables:
        return ""
    ways = []
    for row in result.table("activity_clearing").to_dict("records"):
        weeks = float(row["weeks"])
        when = f"after {weeks:,.0f} weeks" if np.isfinite(weeks) else "never"
        if row["on"]:
            when += f" ({date.fromisoformat(str(row['on'])):%B %Y})"
        ways.append(f"{when}, {row['way']}")
    if not ways:
        return ""
    return (
        f" At the rate that the system's own plan tells of nobody waits so long {'; '.join(ways)}."
    )


def _waiting(frame: pd.DataFrame) -> Any:
    """Draw who waits at the end of each year, by how long."""
    over = frame["activity_over_18_weeks"]
    parts = pd.DataFrame({"over": over, "within": frame["activity_list"] - over})
    long = parts.rename(columns=WAITS).reset_index().melt("year", var_name="wait")
    long["at"] = long["wait"].map(list(WAITS.values()).index)
    return (
        alt.Chart(long)
        .mark_bar(stroke="white")
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=-90)),
            y=alt.Y("value:Q", title="people who wait", stack="zero"),
            color=alt.Color(
                "wait:N",
                title=None,
                scale=alt.Scale(domain=list(WAITS.values()), range=[DARK_BLUE, LIGHT_BLUE]),
                legend=alt.Legend(orient="top"),
            ),
            order=alt.Order("at:Q"),
            tooltip=[
                alt.Tooltip("year:O", title="End of"),
                alt.Tooltip("wait:N", title="Wait"),
                alt.Tooltip("value:Q", title="People", format=PEOPLE),
            ],
        )
        .properties(width=270, height=240, title="At the end of the year")
    )


def _flows(frame: pd.DataFrame) -> Any:
    """Draw who joins the list, is treated and leaves untreated, by year."""
    long = frame[list(FLOWS)].rename(columns=FLOWS).reset_index().melt("year", var_name="flow")
    domain = list(FLOWS.values())
    return (
        alt.Chart(long)
        .mark_line(point=True, strokeWidth=2.5)
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=-90)),
            y=alt.Y("value:Q", title="people a year"),
            color=alt.Color(
                "flow:N",
                title=None,
                scale=alt.Scale(domain=domain, range=[ORANGE, BLUE, INK]),
                legend=alt.Legend(orient="top"),
            ),
            strokeDash=alt.StrokeDash(
                "flow:N",
                legend=None,
                scale=alt.Scale(domain=domain, range=[[1, 0], [6, 3], [2, 2]]),
            ),
            tooltip=[
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("flow:N", title="People"),
                alt.Tooltip("value:Q", title="A year", format=PEOPLE),
            ],
        )
        .properties(width=270, height=240, title="In the year")
    )


def activity_margin(result: Findings) -> Card | str:
    """Show what planned care beside the funded level is paid and costs.

    Parameters
    ----------
    result
        A run.
    """
    title = "Planned care: what is paid for more of it, and what it costs"
    nothing = f"{title}: not shown, as no planned care is above or below what is funded."
    if "activity_by_organisation" not in result.tables:
        return nothing
    frame = by_measure(result, "activity_by_organisation")
    names = ["activity_extra", "activity_filled", "activity_income", "activity_cost"]
    if not set(names) <= set(frame) or not (frame[names[2:]].abs() > 0).any(axis=None):
        return nothing
    unpaid = frame["activity_unpaid"]
    table = pd.DataFrame(
        {
            "Above the funded level, people": frame["activity_extra"],
            "In freed beds, people": frame["activity_filled"],
            "Paid, £m": frame["activity_income"],
            "Costs, £m": -frame["activity_cost"],
            "Left, £m": frame["activity_income"] - frame["activity_cost"],
            "Past the payment limit, £m": unpaid,
        }
    )
    last = table.iloc[-1]
    words = (
        f"In {last.name} {money(float(last.iloc[0] + last.iloc[1]), 0)} more people than funded "
        f"are treated. Trusts are paid {millions(float(last.iloc[2]))} for it, it costs "
        f"{millions(-float(last.iloc[3]))} and leaves {millions(float(last.iloc[4]))}. "
    )
    words += (
        f"Care worth {millions(float(unpaid.iloc[-1]))} passes the payment limit and is not paid."
        if unpaid.iloc[-1] > 0.05
        else "None of it passes the payment limit."
    )
    shown = table.reset_index(names="Year")
    return Card(title, words, themed(_paid_and_cost(shown)), shown)


def _paid_and_cost(table: pd.DataFrame) -> Any:
    """Draw what is paid and what it costs by year, £m, and a line of what is left."""
    names = {"Paid, £m": "Paid", "Costs, £m": "Costs"}
    bars = table.rename(columns=names).melt("Year", list(names.values()), "flow", "value")
    scale = alt.Scale(domain=["Paid", "Costs", "Left"], range=[GREEN, ORANGE, DARK_BLUE])
    tooltip = [
        alt.Tooltip("Year:O"),
        alt.Tooltip("flow:N", title="What"),
        alt.Tooltip("value:Q", title="£m", format=MONEY),
    ]
    color = alt.Color("flow:N", title=None, scale=scale, legend=alt.Legend(orient="top"))
    drawn = (
        alt.Chart(bars)
        .mark_bar(width={"band": 0.4})
        .encode(
            x=alt.X("Year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("value:Q", title="£m, cash"),
            color=color,
            tooltip=tooltip,
        )
    )
    left = table[["Year", "Left, £m"]].set_axis(["Year", "value"], axis="columns")
    line = (
        alt.Chart(left.assign(flow="Left"))
        .mark_line(point=True, strokeWidth=3)
        .encode(x=alt.X("Year:O"), y=alt.Y("value:Q"), color=color, tooltip=tooltip)
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))
    return (drawn + line + zero).properties(width=WIDTH, height=240)


def activity_percent(result: Findings) -> Card | str:
    """Show what 1 % more planned care than is planned would add to positions.

    Parameters
    ----------
    result
        A run.
    """
    title = "Planned care: what 1\u00a0% more would earn or lose"
    nothing = f"{title}: not shown, as what it would be paid is not known."
    if "activity_one_percent" not in result.tables:
        return nothing
    frame = result.table("activity_one_percent")
    from_year = str(result.data.attrs["activity_from"])
    frame = frame[frame["year"] >= from_year]
    if frame.empty or not frame["value"].any():
        return nothing
    boards = set(_boards(result))
    whose = frame["organisation"].map(lambda name: name if name in boards else "Trusts")
    wide = frame.groupby([whose, "year"], sort=False)["value"].sum().unstack("organisation")
    system = wide.sum(axis=1)
    first, last = str(wide.index[0]), str(wide.index[-1])
    words = (
        f"1\u00a0% more than is planned from {from_year} on would add "
        f"{millions(float(system.iloc[0]))} to the position of the system in {first} and "
        f"{millions(float(system.iloc[-1]))} in {last}. It costs more for some years, as staff and "
        "theatres follow it; past the payment limit it is not paid, and where the list runs out "
        "nobody is left to treat."
    )
    table = wide.assign(System=system).rename(columns=lambda name: f"{name}, £m").reset_index()
    table = table.rename(columns={"year": "Year"})
    long = wide.reset_index().melt("year", var_name="whose")
    return Card(title, words, themed(_of_whom(long, system)), table)


def _boards(result: Findings) -> list[str]:
    names: list[str] = json.loads(result.data.attrs["boards"])
    return names


def _of_whom(long: pd.DataFrame, system: pd.Series) -> Any:
    """Draw what positions gain by year, £m: of trusts and of each board, and of the system."""
    names = list(dict.fromkeys(long["whose"]))
    labels = {name: short(name, 40) for name in names}
    long = long.assign(whose=long["whose"].map(labels))
    domain = [*labels.values(), "System"]
    bars = [BLUE, *([GREY, ORANGE, GREEN] * len(domain))][: len(names)]
    color = alt.Color(
        "whose:N",
        title=None,
        scale=alt.Scale(domain=domain, range=[*bars, DARK_BLUE]),
        legend=alt.Legend(orient="top"),
    )
    tooltip = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("whose:N", title="Whose"),
        alt.Tooltip("value:Q", title="£m", format=MONEY),
    ]
    drawn = (
        alt.Chart(long)
        .mark_bar(width={"band": 0.5})
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("value:Q", title="£m, cash"),
            color=color,
            tooltip=tooltip,
        )
    )
    whole = system.rename("value").reset_index().assign(whose="System")
    line = (
        alt.Chart(whole)
        .mark_line(point=True, strokeWidth=3)
        .encode(x=alt.X("year:O"), y=alt.Y("value:Q"), color=color, tooltip=tooltip)
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))
    return (drawn + line + zero).properties(width=WIDTH, height=240)


def primary_care(result: Findings) -> Card | str:
    """Show the appointments of each place beside the aim.

    Parameters
    ----------
    result
        A run.
    """
    title = "Primary care: appointments against the aim"
    nothing = f"{title}: not shown, as no place has a published figure of its own."
    if "primary_care" not in result.tables:
        return nothing
    table = result.table("primary_care")
    fixed = table[(table["place"] != "") & (table["year"] == "")]
    wide = fixed.pivot(index="place", columns="measure", values="value")
    if wide.empty or "primary_care_appointments" not in wide:
        return nothing
    wide = wide.loc[list(dict.fromkeys(fixed["place"]))]
    year = str(result.data.attrs["activity_from"]) or str(result.data["year"].values[-1])
    of_year = table[(table["year"] == year) & (table["measure"] == "primary_care_gap_cost")]
    wide["cost"] = of_year.set_index("place")["value"]
    aim = float(result.data.attrs["primary_care_aim"])
    words = (
        f"Appointments a week for 1,000 weighted people; the black line is the aim, "
        f"{money(aim)}. To close the gaps would cost {millions(float(wide['cost'].sum()))} in "
        f"{year}."
    )
    shown = wide[["primary_care_appointments", "primary_care_gap", "cost"]].reset_index()
    shown.columns = [
        "Place", "Appointments a week for 1,000", "Short of the aim",
        f"Cost of closing it in {year}, £m",
    ]  # fmt: skip
    return Card(title, words, themed(_against_aim(wide, aim), row=34), shown)


def _against_aim(wide: pd.DataFrame, aim: float) -> Any:
    """Draw the appointments of each place, and a line for the aim."""
    frame = pd.DataFrame(
        {
            "place": [short(name) for name in wide.index],
            "value": wide["primary_care_appointments"].to_numpy(),
        }
    )
    base = alt.Chart(frame).encode(
        x=alt.X("value:Q", title="appointments a week for 1,000 weighted people"),
        y=alt.Y("place:N", sort=list(frame["place"]), title=None),
        tooltip=[
            alt.Tooltip("place:N", title="Place"),
            alt.Tooltip("value:Q", title="Appointments", format=MONEY),
        ],
    )
    bars = base.mark_bar(color=BLUE, height={"band": 0.6})
    figures = base.mark_text(align="left", dx=6, color="white").encode(
        x=alt.XDatum(0), text=alt.Text("value:Q", format=MONEY)
    )
    line = (
        alt.Chart(pd.DataFrame({"x": [aim]}))
        .mark_rule(color="black", strokeWidth=2)
        .encode(x=alt.X("x:Q"))
    )
    return (bars + figures + line).properties(width=WIDTH - 140, height=34 * len(frame))
