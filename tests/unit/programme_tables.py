"""A small portfolio of programmes, and ways to change it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nelfin.models.portfolio import Portfolio, solve

Row = dict[str, Any]

K = 10_000.0
"""£ a QALY elsewhere: £1m is worth 100 QALYs."""

YEARS = ("2026/27", "2027/28", "2028/29")


def initiative(name: str, cost: object = 1.0, qalys: object = 300.0, **more: Any) -> Row:
    """Return a row: cost and QALYs by year, or those of the first year."""
    row: Row = {"initiative_id": name, "name": f"Programme {name}"}
    for stem, given in (("cost", cost), ("qalys", qalys)):
        figures = given if isinstance(given, tuple) else (given,)
        row |= {f"{stem}_{n}": figure for n, figure in enumerate(figures, start=1)}
    return row | more


def months(skill: str, *figures: float) -> Row:
    """Return the staff months of a row by year."""
    return {f"staff_{skill}_{n}": figure for n, figure in enumerate(figures, start=1)}


def staff_of(**skills: float) -> pd.DataFrame:
    """Return as many months of each skill in every year."""
    rows = [[skill, year, there] for skill, there in skills.items() for year in YEARS]
    return pd.DataFrame(rows, columns=["skill", "year", "months"])


def pools_of(*pools: float, first: int = 0) -> pd.DataFrame:
    return pd.DataFrame({"year": YEARS[first : first + len(pools)], "pool_gbp_m": pools})


def drawn_up(rows: list[Row], *pools: float, **more: Any) -> Portfolio:
    """Return the portfolio of some rows, with money and health undiscounted."""
    about = {
        "cost_per_qaly_gbp": K,
        "discount_money_pct": 0.0,
        "discount_qaly_pct": 0.0,
        "gap_pct": 0.0,
        "check_prices": False,
        "frontier_pct": (),
    }
    return solve(pd.DataFrame(rows), pools_of(*pools), **(about | more))


def status(found: Portfolio) -> dict[str, str]:
    return dict(zip(found.plan["initiative_id"], found.plan["status"], strict=True))


def starts(found: Portfolio) -> dict[str, str]:
    chosen = found.plan[found.plan["start_year"] != ""]
    return dict(zip(chosen["initiative_id"], chosen["start_year"], strict=True))


def reason(found: Portfolio, name: str) -> str:
    return str(found.plan.set_index("initiative_id").at[name, "reason"])
