"""Charts of the recovery and of prevention."""

from __future__ import annotations

import altair as alt
import pandas as pd

from nelfin.models.recovery import ONE_OFF, RECURRENT
from nelfin.report.charts.style import (
    BLUE,
    DARK_BLUE,
    GREEN,
    HEIGHT,
    MONEY,
    ORANGE,
    WIDTH,
    Card,
    themed,
)
from nelfin.report.headline import headline
from nelfin.report.words import millions, money
from nelfin.result import Result

LEDGERS = {
    "prevention_net_cash": "Net cash, £m",
    "prevention_capacity": "Capacity, not cash, £m",
    "prevention_society": "Saved outside the NHS, £m",
}


def prevention(result: Result) -> Card:
    """Show the three ledgers of prevention side by side, never added."""
    data = result.data
    frame = pd.concat(
        data[name].to_series().rename("value").reset_index().assign(ledger=title)
        for name, title in LEDGERS.items()
    )
    chart = (
        alt.Chart(frame)
        .mark_bar(color=BLUE)
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
        .properties(width=190, height=200)
        .facet(column=alt.Column("ledger:N", title=None, sort=list(LEDGERS.values())))
    )
    last = str(data["year"].values[-1])
    net = float(data["prevention_net_cash"].sel(year=last))
    words = (
        f"Three ledgers that are never added. Net cash is {millions(net)} in {last}; the other two "
        "are real but pay no bill."
    )
    table = data[list(LEDGERS)].to_dataframe().round(3).reset_index()
    return Card("Prevention: three ledgers", words, themed(chart), table.rename(columns=LEDGERS))


def recovery(result: Result) -> Card:
    """Show the underlying and the reported position of the system."""
    data = result.data
    names = {"system_reported": "Reported", "system_underlying": "Underlying"}
    frame = pd.concat(
        data[name].to_series().rename("value").reset_index().assign(position=title)
        for name, title in names.items()
    )
    lines = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y(
                "value:Q", title="£m, surplus positive", scale=alt.Scale(nice=True, padding=12)
            ),
            color=alt.Color(
                "position:N",
                title=None,
                scale=alt.Scale(domain=list(names.values()), range=[BLUE, ORANGE]),
                legend=alt.Legend(orient="top"),
            ),
            strokeDash=alt.StrokeDash(
                "position:N",
                title=None,
                scale=alt.Scale(domain=list(names.values()), range=[[1, 0], [6, 4]]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("position:N", title="Position"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("value:Q", title="£m", format=MONEY),
            ],
        )
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color="#425563").encode(y="y:Q")
    found = headline(result)
    words = (
        f"Reported balance holds from {found.balance_year}."
        if found.balance_year
        else f"The reported position does not hold a balance by {found.years[-1]}."
    )
    table = data[list(names)].to_dataframe().round(3).reset_index().rename(columns=names)
    chart = (zero + lines).properties(width=WIDTH, height=HEIGHT)
    return Card("When the system balances", words, themed(chart), table)


def bridge(result: Result) -> Card:
    """Draw the waterfall from the first opening underlying to the last reported position."""
    array = result.data["recovery_bridge"].sum("organisation")
    years = [str(year) for year in array["year"].values]
    opening = float(array.sel(year=years[0], step="opening underlying"))
    moves = {step: float(array.sel(step=step).sum()) for step in RECURRENT}
    once = {step: float(array.sel(step=step, year=years[-1])) for step in ONE_OFF}
    closing = opening + sum(moves.values())
    bars: list[tuple[str, float, float, str]] = [
        (f"opening underlying {years[0]}", 0.0, opening, "position")
    ]
    level = opening
    for step, value in moves.items():
        bars.append((step, level, level + value, "better" if value >= 0 else "worse"))
        level += value
    bars.append((f"closing underlying {years[-1]}", 0.0, closing, "position"))
    for step, value in once.items():
        bars.append((step, level, level + value, "better" if value >= 0 else "worse"))
        level += value
    bars.append((f"reported {years[-1]}", 0.0, level, "position"))
    frame = pd.DataFrame(bars, columns=["step", "from", "to", "kind"])
    frame["value"] = frame["to"] - frame["from"]
    frame["words"] = [money(value) for value in frame["value"]]
    frame = frame[(frame["value"].abs() > 0.05) | (frame["kind"] == "position")]
    base = alt.Chart(frame).encode(y=alt.Y("step:N", sort=list(frame["step"]), title=None))
    drawn = base.mark_bar(height=16).encode(
        x=alt.X("from:Q", title=f"£m, all steps of {years[0]} to {years[-1]}"),
        x2="to:Q",
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(
                domain=["position", "better", "worse"], range=[DARK_BLUE, GREEN, ORANGE]
            ),
            legend=alt.Legend(orient="top"),
        ),
        tooltip=[
            alt.Tooltip("step:N", title="Step"),
            alt.Tooltip("value:Q", title="£m", format=MONEY),
        ],
    )
    labels = (
        base.mark_text(align="left", dx=5, fontSize=12)
        .transform_calculate(end="max(datum.from, datum.to)")
        .encode(x=alt.X("end:Q"), text="words:N")
    )
    largest = max(moves.items(), key=lambda item: abs(item[1]))
    words = (
        f"From {millions(opening)} underlying to {millions(level)} reported. The largest step is "
        f"{largest[0]} at {millions(largest[1])}. The steps add up exactly."
    )
    chart = (drawn + labels).properties(width=WIDTH, height=28 * len(frame))
    table = frame[["step", "value"]].rename(columns={"value": "£m"}).round(3)
    return Card("The bridge to balance", words, themed(chart), table)
