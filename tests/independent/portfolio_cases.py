"""Random portfolios of programmes with every rule there is, as a user's tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from plain_portfolio import Portfolio, Row, starts_of

PLACES = ("Newham", "Havering", "Hackney")
SKILLS = ("analyst", "nurse 2")
FIRST = 2026


def label(t: int) -> str:
    return f"{FIRST + t}/{(FIRST + t + 1) % 100:02d}"


def random_portfolio(seed: int, least: int = 3, most: int = 5, years: int = 3) -> Portfolio:
    """Return a portfolio of so many initiatives; most have something that keeps every limit."""
    rng = np.random.default_rng([19, seed])
    count, score = int(rng.integers(least, most + 1)), bool(rng.random() < 0.2)
    rows: list[Row] = []
    while len(rows) < count:
        rows.append(_initiative(rng, len(rows), rows, years, score))
    given = Portfolio(rows, _pools(rng, rows, years), _staff(rng, rows, years))
    given.settings = {
        "value": "score" if score else "qalys",
        "cost_per_qaly_gbp": float(rng.choice([13_500.0, 20_000.0, 40_000.0])),
        "discount_money_pct": float(rng.choice([0.0, 3.5])),
        "discount_qaly_pct": float(rng.choice([0.0, 1.5])),
        "price_growth_pct": float(rng.choice([0.0, 2.0, -1.0])),
        "cash_refills_pct": float(rng.choice([0.0, 0.0, 50.0, 100.0])),
        "carry_over_pct": float(rng.choice([0.0, 0.0, 40.0])),
        "value_to": str(rng.choice(["", label(years - 1), label(years + 1)])),
    }
    if rng.random() < 0.5:
        given.people = {"Newham": 3.0, "Havering": 2.0, "Hackney": 1.0}
        given.deprived = {"Newham": 0.5, "Havering": 0.1}
    given.floors = _floors(rng, given, years)
    return given


def _initiative(
    rng: np.random.Generator, n: int, before: list[Row], years: int, score: bool
) -> Row:
    running = [row for row in before if row["running"] == "yes"]
    if running and rng.random() < 0.6:
        return _stop(rng, n, running[int(rng.integers(len(running)))])
    cost = float(np.round(rng.lognormal(0.5, 0.6), 1))
    row: Row = {
        "initiative_id": f"I{n:02d}",
        "name": f"Initiative {n}",
        "places": "; ".join(rng.choice(PLACES, int(rng.integers(0, 3)), replace=False)),
        "running": "yes" if rng.random() < 0.2 else "no",
        "recurrent": "yes" if rng.random() < 0.4 else "no",
        "success_pct": float(rng.choice([30.0, 60.0, 100.0])),
        "must": "yes" if rng.random() < 0.04 else "no",
        "option_of": "Either way" if rng.random() < 0.2 else "",
        "value_points": float(rng.integers(-2, 20)) if score else None,
    }
    for a in range(3):
        there = a == 0 or rng.random() < 0.6
        row[f"cost_{a + 1}"] = float(np.round(cost * rng.random(), 1)) if there else None
        row[f"cash_{a + 1}"] = float(np.round(0.5 * cost * rng.random(), 1)) if a else None
        row[f"qalys_{a + 1}"] = float(np.round(120 * cost * rng.random())) if there else None
        for skill in SKILLS:
            there = rng.random() < 0.4
            row[f"staff_{skill}_{a + 1}"] = float(rng.integers(1, 9)) if there else None
    if row["running"] == "no":
        early = int(rng.integers(0, years)) if rng.random() < 0.3 else 0
        row["earliest_start"] = label(early) if early else ""
        late = int(rng.integers(early, years)) if rng.random() < 0.3 else years
        row["latest_start"] = label(late) if late < years else ""
    only = Portfolio([row], [{"year": label(t)} for t in range(years)])
    if not starts_of(row, only):
        row |= {"earliest_start": "", "latest_start": ""}
    if not starts_of(row, only):
        row["recurrent"] = "yes"
    alike = {row["option_of"]} - {""}
    others = [each for each in before if each["option_of"] not in alike]
    if others and rng.random() < 0.25:
        named = others[int(rng.integers(len(others)))]
        lag = "+1" if rng.random() < 0.3 and row["running"] == "no" else ""
        row["requires"] = (named["option_of"] or named["initiative_id"]) + lag
    elif others and rng.random() < 0.25 and row["must"] == row["running"] == "no":
        row["excludes"] = others[int(rng.integers(len(others)))]["initiative_id"]
    return row


def _stop(rng: np.random.Generator, n: int, what: Row) -> Row:
    """Return the stop of a programme: what it frees is a share of what it costs, or all of it."""
    share = float(rng.choice([0.5, 1.0, 1.0]))
    row = what | {"initiative_id": f"S{n:02d}", "name": f"Stop {n}", "running": "no", "must": "no"}
    row |= {"requires": what["initiative_id"], "excludes": "", "option_of": ""}
    for name, figure in what.items():
        if name.startswith(("cost_", "cash_", "qalys_", "staff_", "value_")) and figure is not None:
            row[name] = -share * figure
    if not row["cost_1"]:
        row["cost_1"] = -0.1
    return row


def _pools(rng: np.random.Generator, rows: list[Row], years: int) -> list[Row]:
    whole = sum(abs(row["cost_1"]) for row in rows)
    return [
        {"year": label(t), "pool_gbp_m": float(np.round(whole * (0.45 + 0.5 * rng.random()), 1))}
        for t in range(years)
    ]


def _staff(rng: np.random.Generator, rows: list[Row], years: int) -> list[Row]:
    return [
        {
            "skill": skill,
            "year": label(t),
            "months": float(rng.integers(2 * len(rows), 5 * len(rows))),
        }
        for skill in SKILLS
        for t in range(years)
    ]


def _floors(rng: np.random.Generator, given: Portfolio, years: int) -> list[Row]:
    named = {part for row in given.initiatives for part in row["places"].split("; ") if part}
    known = [*(given.people or sorted(named)), *(["most deprived"] if given.deprived else [])]
    found = {}
    for _ in range(int(rng.integers(0, 3)) if known else 0):
        place = str(rng.choice(known))
        year = label(int(rng.integers(years))) if rng.random() < 0.4 else ""
        by_share = rng.random() < 0.6
        found[place, year] = {
            "place": place,
            "year": year,
            "share_pct": float(rng.integers(5, 30)) if by_share else None,
            "amount_gbp_m": None if by_share else float(np.round(rng.random(), 1)),
        }
    return list(found.values())


def arguments(given: Portfolio, **more: Any) -> dict[str, Any]:
    """Return a portfolio as `solve` takes it."""
    return {
        "initiatives": pd.DataFrame(given.initiatives),
        "pools": pd.DataFrame(given.pools),
        "staff": pd.DataFrame(given.staff),
        "floors": pd.DataFrame(given.floors) if given.floors else None,
        "place_people": given.people,
        "deprived_share": given.deprived,
        "gap_pct": 0.0,
        "check_prices": False,
        "frontier_pct": (),
        **given.settings,
        **more,
    }
