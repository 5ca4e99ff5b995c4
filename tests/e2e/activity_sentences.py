"""The numbers of the sentences on planned care, beds and primary care."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

import pandas as pd
from facts import Facts, millions, plain
from families import Family, chart_says

STEPS = {
    ("activity_by_organisation", "activity_margin"): 1,
    ("beds_by_organisation", "beds_cash"): 1,
    ("primary_care", "primary_care_cost"): -1,
}
"""What moves the position, and its sign; in the order of the bridge."""


def activity_families(facts: Facts) -> Iterator[Family]:
    def says(begins: str, *numbers: str) -> Family:
        return Family("activity", "", "p", begins, numbers)

    last, begin = facts.last, str(facts.attrs["activity_from"])
    week = facts.series("activity", "activity_break_even_week")
    waiting = facts.series("activity", "activity_list")
    over = facts.series("activity", "activity_over_18_weeks")
    yield says(
        "To hold the waiting list still", plain(week[begin], 0), begin, plain(week[last], 0), last,
        plain(waiting[last], 0), plain(over[last], 0), "18",
    )  # fmt: skip
    moved = [sign * facts.series(*of)[last] for of, sign in STEPS.items()]
    shown = [millions(amount) for amount in moved if abs(amount) > 0.05]
    yield says("Added to the position", *([last, *shown] if shown else []))
    paid = facts.series_by("activity_by_organisation", "activity_urgent_paid", "organisation")
    to_trusts = paid[paid > 0].groupby("year").sum().get(last, 0.0)
    if to_trusts > 0.05:
        yield says("The variable payment", millions(to_trusts), last)
    freed = facts.table("beds_by_use")
    freed = freed[freed["year"] == last]
    beds = freed.groupby("use", sort=False)["value"].sum()
    if beds.sum() > 0.05:
        avoided = freed.loc[freed["lever"] == "admissions avoided", "value"].sum()
        by = [plain(avoided, 0)] if avoided > 0.05 else []
        yield says("Beds that are freed", last, *(plain(value, 0) for value in beds), *by)
    yield from chart_says("activity", "waiting_list", [
        last, plain(waiting[last], 0), plain(over[last], 0), "18", facts.first,
        plain(waiting[facts.first], 0), plain(over[facts.first], 0), "18", *_clearing(facts),
    ])  # fmt: skip
    more = facts.table("activity_one_percent").groupby("year")["value"].sum()
    yield from chart_says("activity", "activity_percent", [
        "1\u00a0%", begin, millions(more[begin]), begin, millions(more[last]), last,
    ], "Planned care: what 1\u00a0% more would earn or lose")  # fmt: skip
    yield from chart_says("activity", "beds", [
        last, plain(beds.sum(), 0),
        *(plain(beds[use], 0) for use in ("closed", "filled", "stranded") if beds[use] > 0.05),
        *_covered(facts),
    ])  # fmt: skip
    yield from chart_says("activity", "shorter_stays", list(_stays(facts)))
    care = facts.table("primary_care")
    aim = care[care["measure"].isin(["primary_care_appointments", "primary_care_gap"])]
    short = aim.pivot(index="place", columns="measure", values="value")
    short = short[short["primary_care_gap"] > 0].sum(axis=1)
    assert short.max() - short.min() < 1e-9
    cost = care[(care["measure"] == "primary_care_gap_cost") & (care["year"] == begin)]
    yield from chart_says("activity", "primary_care", [
        "1,000", plain(short.iloc[0]), millions(cost["value"].sum()), begin,
    ])  # fmt: skip


def _covered(facts: Facts) -> list[str]:
    """Return what freed beds cost, and what covers it in parts that add up as printed."""
    cost, cash, counted, margin, rest = (
        facts.series("beds_by_organisation", f"beds_{one}")[facts.last]
        for one in ("cost", "cash", "cash_counted", "margin", "not_covered")
    )
    parts = [10 * part for part in (cash + counted, margin, rest) if abs(part) > 1e-9]
    down = [math.floor(part) for part in parts]
    most = sorted(range(len(parts)), key=lambda at: down[at] - parts[at])
    for at in most[: round(10 * cost) - sum(down)]:
        down[at] += 1
    return [millions(cost), *(millions(part / 10) for part in down)]


def _clearing(facts: Facts) -> Iterator[str]:
    """Yield when the list is cleared, and how many weeks are long, each way of counting."""
    for way in facts.table("activity_clearing").to_dict("records"):
        yield plain(way["weeks"], 0)
        yield str(date.fromisoformat(way["on"]).year)
        yield "18"


def _stays(facts: Facts) -> Iterator[str]:
    table = facts.table("activity_shorter_stays")
    of_last: pd.DataFrame = table[table["year"] == facts.last]
    yield facts.last
    yield millions(of_last["system_gbp_m"].max())
    yield millions(of_last["system_gbp_m"].min())
    if of_last["unpaid_gbp_m"].max() > 0.05:
        yield millions(of_last["unpaid_gbp_m"].max())
