"""The numbers of the sentences on the portfolio of programmes."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from facts import Facts, millions, percent, plain
from families import Family, chart_says, tokens

FULL = ["chosen", "runs on"]


def programme_families(facts: Facts) -> Iterator[Family]:
    """Give the sentences of the portfolio; none where a run has no programmes."""
    if "portfolio_plan" not in facts.result.tables:
        return
    plan, spend = facts.table("portfolio_plan"), facts.table("portfolio_spend")
    pools, staff = facts.table("portfolio_pools"), facts.table("portfolio_staff")
    about = facts.result.provenance["portfolio"]
    years, unit = list(pools["year"]), about["unit"]
    status = plan["status"]

    def says(begins: str, *numbers: str) -> Family:
        return Family("portfolio", "", "p", begins, numbers)

    made_up = facts.sources[facts.sources["where"] == "initiatives"]["status"] == "illustrative"
    # what is chosen to free money, such as a programme's end, starts nothing
    starts = plan[(status == "chosen") & (plan["cost_gbp_m"] >= 0)]
    running = plan[plan["running"]]
    stands = running["status"].value_counts()
    yield says(
        r"Of [\d,]+ initiatives", str(len(plan)), str(made_up.sum()), str(len(starts)),
        str(len(running)), *(str(stands[one]) for one in ("runs on", "cut", "stopped")
                             if one in stands),
    )  # fmt: skip
    elsewhere = [f"£{plain(about['cost_per_qaly_gbp'], 0)}"] if unit == "QALYs" else []
    worth = plain(plan["value"].sum(), 0)
    yield says("Together they are worth", worth, *elsewhere, percent(about["gap"], 2))
    stopped = list(plan.loc[status == "stopped", "name"])
    more = [str(len(stopped) - 3)] if len(stopped) > 3 else []
    yield says("Stopped", *tokens(" ".join(stopped[:3])), *more)
    cost, there = spend["cost_gbp_m"].sum(), pools["pool_gbp_m"].sum()
    yield says(
        "They take ", millions(cost), millions(there), years[0], years[-1],
        millions(spend["cash_gbp_m"].sum()),
    )  # fmt: skip
    yield says("(£1m|A month) more ", *_more(pools, staff))
    short = set(staff.loc[staff["price_per_month"] > 0, "year"])
    idle = pools[pools["year"].isin(short) & (pools["price_per_gbp_m"] == 0)]
    idle = idle[idle["left_gbp_m"] > 0.05]
    yield says("Staff are short ", *(
        text for row in idle.itertuples() for text in (millions(row.left_gbp_m), row.year)
    ))  # fmt: skip
    if "portfolio_floors" in facts.result.tables:
        yield says("Spend asked for", *(
            millions(value)
            for row in facts.table("portfolio_floors").itertuples()
            for value in (row.floor_gbp_m, row.spend_gbp_m)
        ))  # fmt: skip
    yield says("Printed: ", str(len(plan)))
    yield from _charts(facts, plan, pools, staff)


def _charts(
    facts: Facts, plan: pd.DataFrame, pools: pd.DataFrame, staff: pd.DataFrame
) -> Iterator[Family]:
    about = facts.result.provenance["portfolio"]
    left = pools.set_index("year")["left_gbp_m"]
    cost = plan["cost_gbp_m"].sum()
    yield from chart_says("portfolio", "portfolio_pools", [
        millions(pools["pool_gbp_m"].sum()), pools["year"].iloc[0], pools["year"].iloc[-1],
        millions(cost), left.idxmax(), millions(left.max()), left.idxmin(), millions(left.min()),
    ])  # fmt: skip
    share = staff["used"] / staff["months"]
    fullest = staff.loc[share.idxmax()]
    yield from chart_says("portfolio", "portfolio_staff", [
        fullest["year"], percent(share.max(), 0), plain(fullest["months"], 0),
        *_scarcest(staff),
    ])  # fmt: skip
    line = facts.table("portfolio_frontier").dropna(subset="value")
    low, high = line.iloc[0], line.iloc[-1]
    yield from chart_says("portfolio", "portfolio_frontier", [
        percent(line["gap"].max()),
        *(percent(end["pool_pct"] / 100, 0) for end in (low, high)),
        *(text for end in (low, high)
          for text in (millions(end["cost_gbp_m"]), plain(end["value"], 0))),
        millions(cost), plain(plan["value"].sum(), 0),
    ])  # fmt: skip
    each = facts.table("portfolio_triangles")
    shown = each[(each["cost_gbp_m"] > 0) & (each["benefit"] > 0)]
    slope = shown["benefit"] / shown["cost_gbp_m"]
    full = shown["status"].isin(FULL)
    sides = [slope[full], slope[~full]]
    yield from chart_says("portfolio", "portfolio_triangles", [
        "£1m", plain(1e6 / about["cost_per_qaly_gbp"]),
        *(text for side in sides for at in (side.idxmax(), side.idxmin())
          for text in (*tokens(shown.at[at, "name"]), plain(side[at]))),
        str(len(shown)), str(len(each)),
    ])  # fmt: skip


def _more(pools: pd.DataFrame, staff: pd.DataFrame) -> list[str]:
    """Return what more money and a month more would add, where either would."""
    dear = pools.loc[pools["price_per_gbp_m"].idxmax()]
    price = dear["price_per_gbp_m"]
    money = ["£1m", dear["year"], plain(price)] if price > 0 else []
    return [*money, *_scarcest(staff)]


def _scarcest(staff: pd.DataFrame) -> list[str]:
    scarce = staff.loc[staff["price_per_month"].idxmax()]
    price = scarce["price_per_month"]
    return [scarce["year"], plain(price)] if price > 0 else []
