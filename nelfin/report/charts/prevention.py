"""Charts of prevention."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import xarray as xr

from nelfin.report.charts.style import (
    BLUE,
    DARK_BLUE,
    GREEN,
    INK,
    MONEY,
    ORANGE,
    WIDTH,
    Card,
    themed,
)
from nelfin.report.text.numbers import millions
from nelfin.report.text.prevention import comes_back
from nelfin.store.findings import Findings

LEDGERS = {
    "prevention_net_cash": "Net cash, £m",
    "prevention_capacity": "Capacity, not cash, £m",
    "prevention_society": "Saved outside the NHS, £m",
}


def prevention(result: Findings) -> Card:
    """Show the three ledgers of prevention side by side, never added.

    Parameters
    ----------
    result
        A run.
    """
    data = result.data
    frame = pd.concat(
        data[name].to_series().rename("value").reset_index().assign(ledger=title)
        for name, title in LEDGERS.items()
    )
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("year:O", title=None),
            y=alt.Y("value:Q", title="£m"),
            color=alt.condition("datum.value < 0", alt.value(ORANGE), alt.value(BLUE)),
            tooltip=[
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("ledger:N", title="Ledger"),
                alt.Tooltip("value:Q", title="£m", format=MONEY),
            ],
        )
        .properties(width=195, height=200)
        .facet(column=alt.Column("ledger:N", title=None, sort=list(LEDGERS.values())))
    )
    last = str(data["year"].values[-1])
    net = float(data["prevention_net_cash"].sel(year=last))
    words = (
        f"Three ledgers that are never added. Net cash is {millions(net)} in {last}; the other two "
        "are real but pay no bill."
    )
    table = data[list(LEDGERS)].to_dataframe().reset_index().rename(columns=LEDGERS)
    return Card(
        "Prevention: three ledgers", words, themed(chart), table.rename(columns={"year": "Year"})
    )


def break_even(result: Findings) -> Card:
    """Show what the shift costs, the cash that comes back, and the sum of both so far.

    Parameters
    ----------
    result
        A run.
    """
    data = result.data
    years = [str(year) for year in data["year"].values]
    back = data["prevention_cash"].to_numpy()
    net = data["prevention_net_cash"].to_numpy()
    table = pd.DataFrame(
        {
            "Year": years,
            "Paid out, £m": net - back,
            "Cash back, £m": back,
            "Net cash, £m": net,
            "Net cash so far, £m": np.cumsum(net),
        }
    )
    chart = _flows(table).properties(width=WIDTH, height=240)
    words = _break_even_words(data)
    return Card("Prevention: does it break even in cash?", words, themed(chart), table)


def _flows(table: pd.DataFrame) -> Any:
    """Draw what is paid out and comes back by year, £m, and a line for the sum of both so far."""
    names = {"Paid out, £m": "Paid out", "Cash back, £m": "Cash back"}
    bars = table.rename(columns=names).melt("Year", list(names.values()), "flow", "value")
    tooltip = [
        alt.Tooltip("Year:O"),
        alt.Tooltip("flow:N", title="Flow"),
        alt.Tooltip("value:Q", title="£m", format=MONEY),
    ]
    drawn = (
        alt.Chart(bars)
        .mark_bar(width={"band": 0.4})
        .encode(
            x=alt.X("Year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("value:Q", title="£m, cash"),
            color=alt.Color(
                "flow:N",
                title=None,
                scale=alt.Scale(
                    domain=[*names.values(), "Net cash so far"], range=[ORANGE, GREEN, DARK_BLUE]
                ),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=tooltip,
        )
    )
    so_far = table[["Year", "Net cash so far, £m"]].set_axis(["Year", "value"], axis="columns")
    line = (
        alt.Chart(so_far.assign(flow="Net cash so far"))
        .mark_line(point=True, strokeWidth=3)
        .encode(x=alt.X("Year:O"), y=alt.Y("value:Q"), color=alt.Color("flow:N"), tooltip=tooltip)
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))
    return drawn + line + zero


def _break_even_words(data: xr.Dataset) -> str:
    """Say when a year's cash covers its cost, when all is back, and what the cash is worth."""
    even, paid = (str(data.attrs[f"prevention_{n}_year"]) for n in ("break_even", "payback"))
    npv, later, mature = (
        float(data.attrs[f"prevention_{name}"])
        for name in ("npv_gbp_m", "return_after_plan_gbp_m", "mature_cash_return")
    )
    first, last = (str(data["year"].values[at]) for at in (0, -1))
    covered = (
        f"From {even} a year's cash back covers the year's cost."
        if even
        else f"No year's cash back covers its cost by {last}."
    )
    unpaid = (
        f"What was paid out never pays back: {comes_back(mature)}."
        if data.attrs["prevention_never_pays_back"]
        else "What was paid out is not back within the plan."
    )
    back = f"All that was paid out is back in {paid}." if paid else unpaid
    return (
        f"{covered} {back} In prices of {first} the cash is worth {millions(npv)} (net present "
        f"value); {millions(later)} more comes back after the plan."
    )
