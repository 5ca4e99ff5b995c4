"""The portfolio of programmes as text: what is in and what is out and why, money and staff."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nelfin.models.portfolio import Portfolio
from nelfin.report.basis import illustrative_note
from nelfin.report.text.numbers import money, plural
from nelfin.report.text.terminal import table_text, title_text, wrapped

SHOWN = 60
"""Initiatives printed of those in, and of those out; the tables have them all."""

STANDING = {
    "chosen": "chosen", "runs on": "running on", "cut": "cut short", "stopped": "stopped",
}  # fmt: skip
"""How initiatives of the portfolio stand, after their number."""

BESIDE = (
    "The portfolio stands beside the plan: its money and its cash are not in the bridge, since its "
    "programmes are partly those of prevention and of the savings."
)


def portfolio_text(found: Portfolio, name: str, illustrative: str = "") -> str:
    """Return a portfolio as text, at most 80 columns wide.

    Parameters
    ----------
    found
        The portfolio.
    name
        Of the scenario.
    illustrative
        The illustrative figures that it rests on, in words; "" for none.
    """
    years = list(found.pools["year"])
    span = years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
    parts = [
        title_text(name, f", portfolio of programmes {span}", illustrative_note(illustrative)),
        "\n".join(wrapped(_summary(found))),
        _money(found),
        *([_staff(found)] if len(found.staff) else []),
        *([_floors(found)] if len(found.floors) else []),
        *_inside(found),
        *_outside(found),
        *([_frontier(found)] if len(found.frontier) else []),
        "\n".join(wrapped(BESIDE)),
    ]
    return "\n\n".join(parts)


def no_portfolio_text(name: str) -> str:
    """Say that a scenario has no portfolio, and how to give one.

    Parameters
    ----------
    name
        Of the scenario.
    """
    return "\n".join(
        wrapped(
            f"{name} has no portfolio of programmes: its tables are empty. Fill in initiatives and "
            "portfolio_pools (and portfolio_staff), or name files of your own with --initiatives, "
            "--pools and --staff."
        )
    )


def _summary(found: Portfolio) -> str:
    count = found.plan["status"].value_counts()
    words = [
        f"{count.get(status, 0)} {said}"
        for status, said in STANDING.items()
        if status in count or status == "chosen"
    ]
    gap = found.solve.gap
    proof = "not known how close" if gap is None else f"proven within {100 * gap:.2f}\u00a0%"
    sentence = (
        f"Of {plural(len(found.plan), 'initiative')}: {', '.join(words)}. "
        f"Value {money(found.solve.objective)} {found.unit}, {proof} of the best."
    )
    if found.unit == "QALYs":
        sentence += (
            " Value is in quality-adjusted life years (QALYs): those expected, and cash less cost "
            f"at the £{found.cost_per_qaly_gbp:,.0f} that a QALY costs elsewhere."
        )
    return sentence


def _money(found: Portfolio) -> str:
    columns = {
        "pool_gbp_m": "pool, £m",
        "carried_in_gbp_m": "carried in",
        "cost_gbp_m": "cost, £m",
        "cash_back_gbp_m": "cash back",
        "left_gbp_m": "left, £m",
    }
    pools = found.pools
    shown = {
        name: head
        for name, head in columns.items()
        if name not in {"carried_in_gbp_m", "cash_back_gbp_m"} or pools[name].any()
    }
    rows = [
        [
            str(row["year"]),
            *(money(row[name]) for name in shown),
            money(row["price_per_gbp_m"]),
        ]
        for _, row in pools.iterrows()
    ]
    heads = ["year", *shown.values(), "£1m more"]
    text = table_text(heads, rows, title="MONEY BY YEAR")
    said = (
        f"£1m more: value in {found.unit} that £1m more in the pool would add, with initiatives "
        "cut into shares."
    )
    return "\n\n".join([text, "\n".join(wrapped(said))])


def _staff(found: Portfolio) -> str:
    rows = []
    for skill, part in found.staff.groupby("skill", sort=False):
        share = part["used"] / part["months"].where(part["months"] > 0)
        fullest = part.loc[share.fillna(-1.0).idxmax()]
        dearest = part.loc[part["price_per_month"].idxmax()]
        price = float(dearest["price_per_month"])
        rows.append(
            [
                str(skill),
                money(part["months"].sum(), 0),
                money(part["used"].sum(), 0),
                str(fullest["year"]),
                money(100 * share.max(), 0),
                money(price),
                str(dearest["year"]) if price else "–",
            ]
        )
    heads = ["skill", "months", "used", "fullest year", "used in it, %", "one more", "in year"]
    text = table_text(heads, rows, "lrrrrrr", "STAFF, months over all years")
    said = (
        f"One more: value in {found.unit} that a month more of the skill would add, in the year "
        "in which it adds most."
    )
    return "\n\n".join([text, "\n".join(wrapped(said))])


def _floors(found: Portfolio) -> str:
    rows = [
        [
            str(row.place),
            str(row.year) or "all years",
            money(_number(row.floor_gbp_m)),
            money(_number(row.spend_gbp_m)),
        ]
        for row in found.floors.itertuples()
    ]
    heads = ["place", "year", "at least, £m", "spend, £m"]
    return table_text(heads, rows, "llrr", "FLOORS OF SPEND")


def _inside(found: Portfolio) -> list[str]:
    plan = found.plan[found.plan["status"] != "not chosen"]
    if plan.empty:
        return []
    rows = [
        [
            _named(row),
            row["status"],
            row["start_year"],
            money(row["cost_gbp_m"]),
            money(row["value"]),
        ]
        for _, row in plan.head(SHOWN).iterrows()
    ]
    heads = ["initiative", "status", "from", "cost, £m", f"value, {found.unit}"]
    text = table_text(heads, rows, "lllrr", "IN THE PORTFOLIO")
    return [text + _more(len(plan))]


def _outside(found: Portfolio) -> list[str]:
    plan = found.plan[found.plan["status"] == "not chosen"]
    if plan.empty:
        return []
    lines = ["LEFT OUT, and why"]
    for _, row in plan.head(SHOWN).iterrows():
        why = row["reason"].replace(" %", "\u00a0%")
        lines += wrapped(f"{_named(row)}: {why}", indent="  ", hang="    ")
    return ["\n".join(lines) + _more(len(plan))]


def _more(count: int) -> str:
    return f"\nand {count - SHOWN} more; -o writes all." if count > SHOWN else ""


def _frontier(found: Portfolio) -> str:
    rows = [
        [
            money(_number(row.pool_pct), 0),
            money(_number(row.pool_gbp_m)),
            money(_number(row.cost_gbp_m)),
            money(_number(row.value)),
            "–" if pd.isna(row.initiatives) else money(_number(row.initiatives), 0),
        ]
        for row in found.frontier.itertuples()
    ]
    heads = ["pools, %", "pools, £m", "cost, £m", f"value, {found.unit}", "initiatives"]
    text = table_text(heads, rows, "rrrrr", "FRONTIER: the best portfolio of other pools")
    if not found.frontier["value"].isna().any():
        return text
    return f"{text}\n\n–: these pools do not pay for what must be in or runs already."


def _named(row: pd.Series) -> str:
    return f"{row['initiative_id']} {row['name']}"


def _number(value: Any) -> float:
    return float(value)
