"""Random capital plans of ten to thirty schemes with every rule there is, as a user's tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from plain_capital_program import Row, Tables

OWNERS, PLACES, KINDS = ("Barts", "BHRUT", "Homerton"), ("Havering", "Newham"), ("Acute", "IT")
FIRST = 2026


def label(t: int) -> str:
    return f"{FIRST + t}/{(FIRST + t + 1) % 100:02d}"


def random_tables(seed: int) -> Tables:
    """Return a case that most often has a plan."""
    rng = np.random.default_rng([18, seed])
    years = int(rng.integers(2, 7))
    projects: list[Row] = []
    for n in range(int(rng.integers(8, 26))):
        projects.append(_scheme(rng, n, years, projects))
    settings: Row = {
        "discount_rate_pct": float(rng.choice([0.0, 3.5])),
        "discount_from": str(rng.choice(["start", "completion"])),
        "price_growth_pct": float(rng.choice([0.0, 2.5, -1.0])),
        "over_programming_pct": float(rng.choice([0.0, 0.0, 10.0])),
        "carry_over_pct": float(rng.choice([0.0, 0.0, 20.0])),
        "optimism_bias_pct": {"new_build": float(rng.choice([0.0, 24.0]))},
        "place_weights": {"Newham": 1.3} if any(r["place"] == "Newham" for r in projects) else {},
        "truncate": bool(rng.random() < 0.2),
    }
    tables = Tables(projects, _limits(rng, projects, years), settings=settings)
    tables.resources = _resources(rng, projects, years)
    tables.groups = _groups(rng, projects)
    tables.rules = _rules(rng, projects, years)
    tables.deprived = {"Havering": 0.1, "Newham": 0.4}
    return tables


def _scheme(rng: np.random.Generator, n: int, years: int, before: list[Row]) -> Row:
    length = int(rng.integers(1, min(years, 3) + 1))
    spend = np.round(rng.uniform(0.1, 6.0, length), 1)
    if rng.random() < 0.15:
        spend[-1] = -np.round(rng.uniform(0.1, 3.0), 1)  # the old site is sold
    must = bool(rng.random() < 0.06)
    row: Row = {
        "project_id": f"S{n}",
        "name": f"Scheme {n}",
        "organisation": str(rng.choice(OWNERS)),
        "category": str(rng.choice(KINDS)),
        "place": str(rng.choice(PLACES)),
        "asset_type": str(rng.choice(["new_build", "equipment"])),
        "benefit": round(float(rng.uniform(0.0, 40.0)), 1),
        "must_fund": "yes" if must else "no",
        "divisible": "yes" if rng.random() < 0.1 else "no",
        "cdel_share": float(rng.choice([1.0, 1.0, 1.0, 0.5])),
        "money": "National" if rng.random() < 0.15 else "",
        "revenue_gbp_m": round(float(rng.uniform(-0.5, 0.4)), 2),
        "backlog_high_gbp_m": round(float(rng.uniform(0.0, 2.0)), 1),
        "group": "; ".join(g for g in ("Theatres", "Wards") if rng.random() < 0.25),
        "requires": "",
        "excludes": "",
    }
    if must and rng.random() < 0.5:
        row["benefit"] = -row["benefit"] / 4  # it has to be done, for all that it is worth nothing
    row |= {f"spend_{k + 1}": float(x) for k, x in enumerate(spend)}
    row |= {f"use_staff_{k + 1}": float(rng.integers(0, 6)) for k in range(length)}
    row["use_carbon_1"] = float(rng.integers(-3, 6))
    if rng.random() < 0.15 and years - length >= 1:
        row["no_start_in"] = label(int(rng.integers(0, years)))
    if rng.random() < 0.2 and not must and "no_start_in" not in row:
        row["earliest_start"] = label(int(rng.integers(0, years - length + 1)))
    if rng.random() < 0.15:
        year = int(rng.integers(0, years))
        row[f"benefit_{label(year)}"] = round(row["benefit"] * float(rng.uniform(0.3, 2.0)), 1)
    if before and rng.random() < 0.15 and not must:
        row["option_of"] = before[-1].get("option_of") or f"Hub {n}"
        before[-1]["option_of"] = row["option_of"]
    _link(rng, row, before, must)
    return row


def _link(rng: np.random.Generator, row: Row, before: list[Row], must: bool) -> None:
    option = row.get("option_of", "")
    others = [r for r in before if not option or r.get("option_of") != option]
    if not others or rng.random() > 0.35:
        return
    other = others[int(rng.integers(len(others)))]
    name = other["project_id"]
    if rng.random() < 0.4 and other.get("option_of") and other["option_of"] != option:
        name = other["option_of"]  # any option of it will do
    if rng.random() < 0.6:
        row["requires"] = f"{name}+{int(rng.integers(0, 3))}"
    elif not must:
        row["excludes"] = name


def _limits(rng: np.random.Generator, projects: list[Row], years: int) -> list[Row]:
    asked = sum(max(float(v), 0.0) for r in projects for k, v in r.items() if k.startswith("spend"))
    limits = [
        {"year": label(t), "organisation": "", "money": "",
         "limit_gbp_m": round(asked / years * float(rng.uniform(0.3, 0.8)), 1)}
        for t in range(years)
    ]  # fmt: skip
    owner = projects[0]["organisation"]
    if rng.random() < 0.5 and any(r["organisation"] == owner and not r["money"] for r in projects):
        limits += [
            {"year": label(t), "organisation": owner, "money": "",
             "limit_gbp_m": round(asked / years * float(rng.uniform(0.15, 0.4)), 1)}
            for t in range(years)
        ]  # fmt: skip
    if any(r["money"] == "National" for r in projects):
        limits += [
            {"year": label(t), "organisation": "", "money": "National", "limit_gbp_m": 4.0 + t}
            for t in range(years)
        ]
    return limits


def _resources(rng: np.random.Generator, projects: list[Row], years: int) -> list[Row]:
    found: list[Row] = []
    for name, unit, most in (("staff", "months", 5.0), ("carbon", "kt", 4.0)):
        if rng.random() < 0.6:
            found += [
                {"resource": name, "unit": unit, "year": label(t), "organisation": "",
                 "limit": round(float(rng.uniform(0.3, 1.0)) * most * len(projects) / years)}
                for t in range(years)
            ]  # fmt: skip
    for row in projects:
        for name in ("staff", "carbon"):
            if not any(r["resource"] == name for r in found):
                for key in [k for k in row if k.startswith(f"use_{name}")]:
                    del row[key]
    return found


def _groups(rng: np.random.Generator, projects: list[Row]) -> list[Row]:
    found: list[Row] = []
    for name in ("Theatres", "Wards"):
        members = [r for r in projects if name in r["group"]]
        if len(members) >= 2 and rng.random() < 0.7:
            found.append({"group": name, "at_least": 1, "at_most": max(2, len(members) // 2)})
        else:
            for row in members:
                left = [g for g in row["group"].split("; ") if g != name]
                row["group"] = "; ".join(left)
    return found


def _rules(rng: np.random.Generator, projects: list[Row], years: int) -> list[Row]:
    def rule(kind: str, name: str, amount: float, year: str = "") -> Row:
        now = 20.0 if kind == "backlog_target" else None
        return {"rule": kind, "name": name, "year": year, "amount_gbp_m": amount, "now_gbp_m": now}

    year = label(int(rng.integers(0, years)))
    every = [
        rule("category_cap", projects[0]["category"], round(float(rng.uniform(3, 15)), 1)),
        rule("category_floor", projects[-1]["category"], round(float(rng.uniform(0, 3)), 1)),
        rule("place_floor", projects[1]["place"], round(float(rng.uniform(0, 2)), 1)),
        rule("deprived_floor", "", round(float(rng.uniform(0, 1)), 1)),
        rule("revenue_limit", "", round(float(rng.uniform(0, 1)), 1), year),
        rule("backlog_target", "high", round(float(rng.uniform(15, 20)), 1)),
    ]
    return [one for one in every if rng.random() < 0.25]


def frames(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the tables as a user gives them: a cell that a row does not have is blank."""
    found: dict[str, Any] = {
        "projects": tables.projects,
        "limits": tables.limits,
        "resources": tables.resources,
        "groups": tables.groups,
        "rules": tables.rules,
    }
    return {name: pd.DataFrame(rows).astype(object).where(lambda f: f.notna(), "")
            for name, rows in found.items() if rows}  # fmt: skip
