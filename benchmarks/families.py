"""Families of capital cases of many shapes, made by seeded code, to measure the search on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from conftest import copies

from nelfin.data import Inputs
from nelfin.models.capital import Settings
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.checked import check_capital

FIRST = 2026
CATEGORIES = ("Acute", "Mental health", "Community", "IT", "Equipment", "Backlog", "Routine")


@dataclass(frozen=True)
class Family:
    """A case, and the gap it is solved to.

    Parameters
    ----------
    name
        What it is like.
    make
        Makes the case.
    gap_pct
        Asked of both searches.
    """

    name: str
    make: Callable[[], Case]
    gap_pct: float = 0.5


def label(year: int) -> str:
    """Return a financial year as in 2026/27."""
    return f"{year}/{(year + 1) % 100:02d}"


@dataclass(frozen=True)
class Shape:
    """What a list of schemes is like.

    Parameters
    ----------
    schemes, years
        How many.
    build
        The most years a scheme takes.
    middle, spread
        Middle and spread (of the logarithm) of the cost, £m.
    tied
        How closely benefit follows cost, 0 to 1.
    room
        Share of all cost that the limits hold.
    owners, own_limits, system_limit
        Organisations, whether each has limits, and whether the system has one.
    needs, excludes, options, must, divisible, fixed, equal
        Share of schemes with a prerequisite, an exclusion, that are an option of another, must be
        funded, may be cut, start in one year only, or are copies of each other.
    floors, cap, place, revenue, backlog
        Which rules there are.
    """

    schemes: int
    years: int = 10
    build: int = 4
    middle: float = 4.0
    spread: float = 0.9
    tied: float = 0.6
    room: float = 0.5
    owners: int = 4
    own_limits: bool = False
    system_limit: bool = True
    needs: float = 0.0
    excludes: float = 0.0
    options: float = 0.0
    must: float = 0.0
    divisible: float = 0.0
    fixed: float = 0.0
    equal: float = 0.0
    floors: bool = False
    cap: bool = False
    place: bool = False
    revenue: bool = False
    backlog: bool = False


def lists(shape: Shape, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return projects, limits and rules of a shape."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for n in range(shape.schemes):
        length = int(rng.integers(1, shape.build + 1))
        cost = float(shape.middle * np.exp(shape.spread * rng.normal()))
        spend = cost * rng.dirichlet(np.ones(length))
        own = float(np.exp(0.7 * rng.normal()))
        row: dict[str, Any] = {
            "project_id": f"S{n:04d}",
            "name": f"Scheme {n}",
            "organisation": f"Trust {int(rng.integers(shape.owners))}",
            "place": f"Place {int(rng.integers(5))}",
            "category": CATEGORIES[int(rng.integers(len(CATEGORIES)))],
            "benefit": round(cost * (shape.tied + (1 - shape.tied) * own), 3),
            "revenue_gbp_m": round(float(rng.normal(0.0, 0.03) * cost), 4),
            "backlog_high_gbp_m": round(0.3 * cost, 3) if rng.random() < 0.4 else 0.0,
            **{f"spend_{t + 1}": round(float(s), 4) for t, s in enumerate(spend)},
        }
        if n and rng.random() < shape.needs:
            row["requires"] = f"S{int(rng.integers(n)):04d}"
        elif n and rng.random() < shape.excludes:
            row["excludes"] = f"S{int(rng.integers(n)):04d}"
        elif n > 2 and rng.random() < shape.options:
            row["option_of"] = f"Site {int(rng.integers(shape.schemes // 3))}"
        elif rng.random() < shape.must:
            row["must_fund"] = "yes"
        elif rng.random() < shape.divisible:
            row["divisible"] = "yes"
        if rng.random() < shape.fixed:
            first = int(rng.integers(shape.years - length + 1))
            row["earliest_start"] = row["latest_start"] = label(FIRST + first)
        if rows and rng.random() < shape.equal:
            of = rows[int(rng.integers(len(rows)))]
            row = of | {"project_id": row["project_id"], "name": row["name"]}
        rows.append(row)
    projects = pd.DataFrame(rows)
    spends = [column for column in projects if column.startswith("spend_")]
    blank = {name: 0.0 if name in spends else "" for name in projects}
    projects = projects.fillna(blank)
    return projects, _limits(projects, spends, shape, rng), _rules(projects, spends, shape)


def _limits(
    projects: pd.DataFrame, spends: list[str], shape: Shape, rng: np.random.Generator
) -> pd.DataFrame:
    total = projects[spends].sum(axis=1).groupby(projects["organisation"]).sum()
    rows = []
    for t in range(shape.years):
        near = float(rng.uniform(0.85, 1.15)) * shape.room / shape.years
        if shape.system_limit:
            rows.append([label(FIRST + t), "", near * total.sum()])
        if shape.own_limits:
            rows += [[label(FIRST + t), name, 1.1 * near * cost] for name, cost in total.items()]
    frame = pd.DataFrame(rows, columns=["year", "organisation", "limit_gbp_m"])
    return frame.assign(limit_gbp_m=frame["limit_gbp_m"].round(2))


def _rules(projects: pd.DataFrame, spends: list[str], shape: Shape) -> pd.DataFrame:
    cost = projects[spends].sum(axis=1)
    rows: list[list[Any]] = []
    if shape.floors:
        for name, asked in cost.groupby(projects["category"]).sum().items():
            rows.append(["category_floor", name, "", 0.8 * shape.room * asked, ""])
    if shape.cap:
        rows.append(["category_cap", "IT", "", 0.15 * shape.room * cost.sum(), ""])
    if shape.place:
        for name in ("Place 0", "Place 1"):
            asked = cost[projects["place"] == name].sum()
            rows.append(["place_floor", name, "", 0.9 * shape.room * asked, ""])
    if shape.revenue:
        rows.append(["revenue_limit", "", "", 0.01 * shape.room * cost.sum(), ""])
    if shape.backlog:
        there = projects["backlog_high_gbp_m"].astype(float).sum()
        rows.append(["backlog_target", "high", "", 0.6 * there, there])
    return pd.DataFrame(rows, columns=["rule", "name", "year", "amount_gbp_m", "now_gbp_m"])


def case(shape: Shape, seed: int, shuffled: bool = False, **settings: Any) -> Case:
    """Return the case of a shape, its rows in an order of its own if shuffled."""
    projects, limits, rules = lists(shape, seed)
    if shuffled:
        projects = projects.sample(frac=1.0, random_state=seed).reset_index(drop=True)
        limits = limits.sample(frac=1.0, random_state=seed).reset_index(drop=True)
    usual: dict[str, Any] = {
        "leave_out": True,
        "check_prices": False,
        "rules": rules if len(rules) else None,
    }
    return case_of(check_capital(projects, limits, Settings(**usual | settings)))


def pipeline(
    inputs: Inputs, count: int = 1, shuffled: bool = False, room: float = 1.0, **settings: Any
) -> Case:
    """Return copies of the embedded pipeline under one limit."""
    projects, _ = copies(inputs, count)
    if shuffled:
        projects = projects.sample(frac=1.0, random_state=1).reset_index(drop=True)
    limits = inputs.capital_limits
    limits = limits.assign(limit_gbp_m=limits["limit_gbp_m"] * count * room)
    usual: dict[str, Any] = {"leave_out": True, "check_prices": False, "price_growth_pct": 2.5}
    return case_of(check_capital(projects, limits, Settings(**usual | settings)))


def families(inputs: Inputs) -> Iterator[Family]:
    """Yield the families, small ones first."""

    def of(
        name: str, shape: Shape, seed: int, gap: float = 0.5, mixed: bool = False, **settings: Any
    ) -> Family:
        return Family(name, lambda: case(shape, seed, mixed, **settings), gap)

    start: dict[str, Any] = {"discount_from": "start"}
    yield of("35 schemes, 6 years", Shape(35, 6, 2), 1)
    yield of("35 schemes, 6 years, to 2 %", Shape(35, 6, 2, tied=1.0), 2, 2.0, **start)
    yield of("60 schemes, floors", Shape(60, 5, 3, floors=True), 3)
    yield of("81 schemes, links", Shape(81, 8, needs=0.3, excludes=0.1), 4, **start)
    yield of("120 schemes in options", Shape(120, 8, options=0.8), 5)
    yield of("150 long builds, 15 years", Shape(150, 15, 7), 6)
    yield of("150 schemes, must-fund", Shape(150, 8, must=0.15), 7, **start)
    yield of("200 schemes, ring-fenced", Shape(200, 5, 3, owners=8, own_limits=True,
             system_limit=False), 8)  # fmt: skip
    yield of("200 schemes, ring-fenced and a system limit, shuffled",
             Shape(200, 5, 3, owners=8, own_limits=True), 9, mixed=True)  # fmt: skip
    yield of("250 schemes, carry-over, over-programming", Shape(250, 8), 10,
             carry_over_pct=20.0, over_programming_pct=10.0)  # fmt: skip
    yield of("250 schemes, equal ones", Shape(250, 8, equal=0.7), 11, **start)
    yield of("300 schemes, many in part", Shape(300, 8, divisible=0.4), 12)
    yield of("300 schemes, benefit follows cost", Shape(300, 6, tied=0.97), 13, 0.2)
    yield of("332 schemes, 7 floors", Shape(332, floors=True), 14)
    yield of("332 schemes, 7 floors, shuffled", Shape(332, floors=True), 15, mixed=True, **start)
    yield of("332 schemes, every rule", Shape(332, floors=True, cap=True, place=True,
             revenue=True, backlog=True), 16)  # fmt: skip
    yield of("332 schemes, links, floors, carry-over", Shape(332, needs=0.2, excludes=0.1,
             floors=True, own_limits=True), 17, mixed=True, carry_over_pct=10.0)  # fmt: skip
    yield of("400 one-year projects in fixed years", Shape(400, 5, 1, 1.5, fixed=0.9), 18)
    yield of("500 of a public list: one year, ring-fenced", Shape(500, 6, 1, 0.8, 1.2, fixed=0.5,
             owners=12, own_limits=True, system_limit=False), 19, **start)  # fmt: skip
    yield of("600 schemes, tight limits", Shape(600, 10, room=0.15, spread=1.2), 20)
    yield of("600 schemes, wide limits", Shape(600, 10, room=0.85), 21, **start)
    yield of("1,500 tiny schemes", Shape(1500, 10, 2, 0.2, 0.6), 22, 0.1)
    yield of("1,200 schemes to 0.05 %", Shape(1200, 10, 4), 23, 0.05)
    yield Family("embedded pipeline", lambda: pipeline(inputs))
    yield Family("embedded pipeline, from the start, shuffled, to 0.3 %",
                 lambda: pipeline(inputs, shuffled=True, **start), 0.3)  # fmt: skip
    yield Family("embedded pipeline, half the money", lambda: pipeline(inputs, room=0.5))
    yield Family("1,328 schemes: 4 pipelines to 0.2 %", lambda: pipeline(inputs, 4), 0.2)
    yield Family("3,320 schemes: 10 pipelines", lambda: pipeline(inputs, 10))
    yield Family("3,320 schemes, from the start, to 0.1 %",
                 lambda: pipeline(inputs, 10, **start), 0.1)  # fmt: skip
