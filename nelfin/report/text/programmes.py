"""The portfolio of programmes of a run in sentences: what starts and stops, and what is short."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions, money, plural
from nelfin.report.text.portfolio import BESIDE
from nelfin.store.findings import Findings, once
from nelfin.system.headline import headline_of

INSIDE = ("chosen", "runs on")
"""How an initiative stands that is done in full."""

NAMED = 3
"""Initiatives named in a sentence."""


def has_portfolio(result: Findings) -> bool:
    """Say whether a run has a portfolio of programmes, or lacks one that was asked for.

    Parameters
    ----------
    result
        A run.
    """
    return result.provenance.get("portfolio") is not None


@once
def programme_words(result: Findings) -> list[str]:
    """Say which programmes start and stop, what they are worth, and what holds others back.

    Parameters
    ----------
    result
        A run.

    Returns
    -------
    list of str
        Sentences; none where the run has no portfolio.
    """
    if not has_portfolio(result):
        return []
    if "portfolio_plan" not in result.tables:
        return [result.provenance["portfolio"]["why"], BESIDE]
    return [
        _counted(result),
        _worth(result),
        *_stopped(result),
        _money(result),
        *_short_of(result),
        *_floors(result),
        BESIDE,
    ]


def span_of(pools: pd.DataFrame) -> str:
    """Return the years of the pools in words.

    Parameters
    ----------
    pools
        The table of pools of a portfolio.
    """
    years = [str(year) for year in pools["year"]]
    return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"


def _counted(result: Findings) -> str:
    plan = result.table("portfolio_plan")
    status = plan["status"]
    starts = int(((status == "chosen") & (plan["cost_gbp_m"] >= 0)).sum())
    running, on = int(plan["running"].sum()), int((status == "runs on").sum())
    made_up = headline_of(result).illustrative_initiatives
    mark = f" ({made_up:,} illustrative)" if made_up else ""
    words = f"Of {plural(len(plan), 'initiative')}{mark} {starts:,} {_verb('start', starts)}."
    if not running:
        return words
    parts = [
        f"{count:,} {_verb(verb, count)}"
        for count, verb in (
            (on, "go on"),
            (int((status == "cut").sum()), "are cut"),
            (int((status == "stopped").sum()), "are stopped"),
        )
        if count
    ]
    return f"{words} Of {running:,} that run already {' and '.join(parts)}."


def _verb(verb: str, count: int) -> str:
    if count != 1:
        return verb
    one = {"start": "starts", "go on": "goes on"}
    return one.get(verb, verb.replace("are", "is"))


def _worth(result: Findings) -> str:
    account = result.provenance["portfolio"]
    value = money(account["objective"], 0)
    gap = account["gap"]
    proof = (
        "how close that is to the best is not known"
        if gap is None
        else f"proven within {100 * gap:.2f}\u00a0% of the best"
    )
    if account["cost_per_qaly_gbp"] is None:
        return f"Together they are worth {value} {account['unit']}; {proof}."
    return (
        f"Together they are worth {value} quality-adjusted life years (QALYs) more than their "
        f"money would gain elsewhere in the NHS, at £{account['cost_per_qaly_gbp']:,.0f} each; "
        f"{proof}."
    )


def _stopped(result: Findings) -> list[str]:
    plan = result.table("portfolio_plan")
    names = [short(str(name), 70) for name in plan.loc[plan["status"] == "stopped", "name"]]
    if not names:
        return []
    more = f"; and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    mark = " (by illustrative figures)" if headline_of(result).illustrative_initiatives else ""
    return [f"Stopped{mark}: {'; '.join(names[:NAMED])}{more}."]


def _money(result: Findings) -> str:
    pools = result.table("portfolio_pools")
    cost, cash = float(pools["cost_gbp_m"].sum()), float(_cash(result))
    there = float(pools["pool_gbp_m"].sum())
    return (
        f"They take {millions(cost)} of the {millions(there)} of the pools, {span_of(pools)}, and "
        f"are expected to release {millions(cash)} of cash in these years."
    )


def _cash(result: Findings) -> float:
    return float(result.table("portfolio_plan")["cash_gbp_m"].sum())


def _short_of(result: Findings) -> list[str]:
    """Say what more money and more staff would add, where they would add most."""
    unit = result.provenance["portfolio"]["unit"]
    pools = result.table("portfolio_pools")
    staff = _staff(result)
    parts = [
        f"£1m more in {row['year']} would add {money(row['price_per_gbp_m'])} {unit}"
        for row in _dearest(pools, "price_per_gbp_m")
    ] + [
        f"a month more of {row['skill']} in {row['year']} would add "
        f"{money(row['price_per_month'])} {unit}"
        for row in _dearest(staff, "price_per_month")
    ]
    if not parts:
        return [f"Neither more money nor more staff would add {unit}."]
    words = "; ".join(parts)
    return [f"{words[:1].upper()}{words[1:]}.", *_unspent(pools, staff)]


def _staff(result: Findings) -> pd.DataFrame:
    if "portfolio_staff" in result.tables:
        return result.table("portfolio_staff")
    return pd.DataFrame(columns=["skill", "year", "months", "used", "left", "price_per_month"])


def _dearest(table: pd.DataFrame, price: str) -> list[dict[str, Any]]:
    """Return the row of the highest price; none where no price is above nothing."""
    dear = table[table[price] > 0]
    return [] if dear.empty else [dear.loc[dear[price].idxmax()].to_dict()]


def _unspent(pools: pd.DataFrame, staff: pd.DataFrame) -> list[str]:
    """Say where money is left as staff are short before it."""
    scarce = set(staff.loc[staff["price_per_month"] > 0, "year"])
    idle = pools[pools["year"].isin(scarce) & (pools["price_per_gbp_m"] == 0)]
    idle = idle[idle["left_gbp_m"] > 0.05]
    if idle.empty:
        return []
    left = ", ".join(f"{millions(row.left_gbp_m)} in {row.year}" for row in idle.itertuples())
    return [f"Staff are short before money is: of the pools {left} is left."]


def _floors(result: Findings) -> list[str]:
    if "portfolio_floors" not in result.tables:
        return []
    floors = result.table("portfolio_floors")
    parts = [
        f"{row.place}{f' in {row.year}' if row.year else ''} at least {millions(row.floor_gbp_m)}, "
        f"gets {millions(row.spend_gbp_m)}"
        for row in floors.itertuples()
    ]
    more = f"; and {len(parts) - NAMED:,} more" if len(parts) > NAMED else ""
    return [f"Spend asked for: {'; '.join(parts[:NAMED])}{more}."]
