"""The year in months as text, at most 80 columns wide."""

from __future__ import annotations

import pandas as pd

from nelfin.models.months import MONTHS
from nelfin.report.text.numbers import money, parts_that_add, share_of_draws
from nelfin.report.text.terminal import table_text, title_text, wrapped


def months_text(table: pd.DataFrame, name: str, organisations: list[str]) -> str:
    """Return plan and actual by organisation and month, and where each year is heading.

    Parameters
    ----------
    table
        From `months_table`.
    name
        Of the scenario.
    organisations
        All of them: those without a month are named.
    """
    parts = [title_text(name, ", months", corner="£m, to the end of the month")]
    running = table["year"].max()
    for year, rows in table.groupby("year"):
        heading = "IS HEADING" if year == running else "WAS HEADING: NO OUTTURN WAS FOUND"
        parts.append(_of_year(str(year), heading, rows, organisations))
    if len(parts) == 1:
        parts.append("No month is known. Add rows with a month to the table positions.")
    return "\n\n".join(parts)


def _of_year(year: str, heading: str, rows: pd.DataFrame, organisations: list[str]) -> str:
    by_month = rows[rows["measure"].isin(["plan", "actual"])]
    wide = by_month.pivot(
        index=["organisation", "month", "note"], columns="measure", values="value"
    ).reindex(columns=["plan", "actual"])
    lines = []
    for (who, month, note), line in wide.iterrows():
        plan, actual = float(line["plan"]), float(line["actual"])
        # the difference of the two as they are printed
        (apart,) = parts_that_add([actual - plan], actual, start=plan)
        lines.append([who, str(month), _money(plan), _money(actual), _money(apart), note])
    heads = ["organisation", "month", "plan", "actual", "difference", "paper"]
    text = [f"{year}, MONTHS", table_text(heads, lines, "lrrrrl", indent=2)]
    ends = rows[rows["month"] == MONTHS].pivot(
        index="organisation", columns="measure", values="value"
    )
    if len(ends):
        text += [f"{year}, WHERE IT {heading}", _ends(ends)]
        text.append(_left_out(year, ends, organisations))
    return "\n\n".join(part for part in text if part)


def _ends(ends: pd.DataFrame) -> str:
    columns = {"year plan": "plan", "undelivered": "savings not coming", "forecast": "heading for"}
    drawn = "odds_of_plan" in ends
    if drawn:
        columns |= {"forecast_p10": "one in ten below", "forecast_p90": "one in ten above"}
    lines = [
        [who, *(_money(line[key]) for key in columns)]
        + ([share_of_draws(line["odds_of_plan"])] if drawn else [])
        for who, line in ends.iterrows()
    ]
    heads = ["organisation", *columns.values(), *(["odds of plan"] if drawn else [])]
    return table_text(heads, lines, indent=2)


def _left_out(year: str, ends: pd.DataFrame, organisations: list[str]) -> str:
    without = [name for name in organisations if name not in ends.index]
    words = "Heading for: actual so far, the rest of the plan, less savings that will not come."
    if without:
        words += f" No month of {year}, or no plan, is known of {', '.join(without)}."
    return "\n".join(wrapped(words, indent="  "))


def _money(value: float) -> str:
    return "" if pd.isna(value) else money(value)
