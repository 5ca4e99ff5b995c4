"""Portfolios of programmes, made by seeded code: initiatives, pools, staff and floors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nelfin.years import label_of

PLACES = ("North", "South", "East", "West", "Centre")
FIRST = 2026


def programmes(
    count: int, years: int = 5, skills: int = 6, seed: int = 0, share: float = 0.4
) -> dict[str, Any]:
    """Return the tables of a portfolio that has too little money and too few staff.

    One initiative in twelve runs already and can be stopped; one in six has an alternative, one in
    five a prerequisite, one in ten an exclusion; half of them go on after their last year.

    Parameters
    ----------
    count
        Initiatives, those that stop one among them.
    years
        Years of the pools.
    skills
        Skills of staff.
    seed
        Of the generator.
    share
        Money and staff there are, as a share of what all would need.

    Returns
    -------
    dict
        `initiatives`, `pools`, `staff` and `floors`.
    """
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    runs = max(count // 12, 1)
    for n in range(count - runs):
        cost = np.round(rng.lognormal(0.0, 0.8) * np.array([1.0, 0.9, 0.7]), 2)
        worth = rng.lognormal(5.4, 0.5) * cost[0] / 2.0
        row: dict[str, Any] = {
            "initiative_id": f"I{n:03d}",
            "name": f"Initiative {n}",
            "places": "; ".join(rng.choice(PLACES, rng.integers(1, 3), replace=False))
            if rng.random() < 0.6
            else "",
            "running": "yes" if n < runs else "no",
            "recurrent": "yes" if n < runs or rng.random() < 0.5 else "no",
            "success_pct": int(rng.integers(40, 100)),
            "option_of": f"G{n // 12}" if n >= runs and n % 12 < 2 else "",
            "requires": f"I{rng.integers(0, n):03d}" if n > runs and rng.random() < 0.2 else "",
            "excludes": f"I{rng.integers(0, n):03d}" if n > runs and rng.random() < 0.1 else "",
        }
        if row["requires"] == row["excludes"]:
            row["excludes"] = ""
        for at in range(3):
            row[f"cost_{at + 1}"] = float(cost[at])
            row[f"cash_{at + 1}"] = float(np.round(rng.random() * 0.4 * at * cost[0], 2))
            row[f"qalys_{at + 1}"] = float(np.round(worth * (0.3, 0.8, 1.0)[at], 1))
            for skill in range(skills):
                months = rng.integers(0, 13) * (rng.random() < 0.6) * (2 - 0.7 * at)
                row[f"staff_skill {skill}_{at + 1}"] = float(np.round(months, 1))
        rows.append(row)
    for n in range(runs):
        stop = dict(rows[n])
        stop |= {"initiative_id": f"S{n:03d}", "name": f"Stop initiative {n}", "running": "no"}
        stop |= {"requires": rows[n]["initiative_id"], "option_of": "", "excludes": ""}
        stop |= {key: -value for key, value in stop.items() if key[:4] in {"cost", "cash", "qaly"}}
        stop |= {key: -value for key, value in stop.items() if key.startswith("staff_")}
        rows.append(stop)
    return {"initiatives": pd.DataFrame(rows), **_room(pd.DataFrame(rows), years, skills, share)}


def _room(table: pd.DataFrame, years: int, skills: int, share: float) -> dict[str, Any]:
    """Return pools, staff and floors: a share of what all would need in a middling year."""
    new = table[~table["initiative_id"].str.startswith("S")]
    labels = [label_of(FIRST + at) for at in range(years)]
    money = share * float(new[["cost_1", "cost_2", "cost_3"]].mean(axis=1).sum()) / 2
    staff = [
        [name, label, round(share * float(new[f"staff_{name}_2"].sum()) * 0.7, 1)]
        for name in (f"skill {n}" for n in range(skills))
        for label in labels
    ]
    return {
        "pools": pd.DataFrame({"year": labels, "pool_gbp_m": round(money, 1)}),
        "staff": pd.DataFrame(staff, columns=["skill", "year", "months"]),
        "floors": pd.DataFrame({"place": ["North", "West"], "share_pct": [12.0, 10.0]}),
    }
