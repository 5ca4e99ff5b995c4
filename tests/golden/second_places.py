"""The embedded scenario's places computed a second time, in plain Python, from its files alone.

Nothing here calls the library's models: lists, dictionaries and the formulas of the methods.
"""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nelfin

Row = dict[str, str]
ByPlace = dict[str, float]

FOLDER = Path(nelfin.__file__).parent / "data"
WHOLE = "whole system"


def plain(value: Any) -> Any:
    """Strip unit, status and source from the values of a scenario."""
    if not isinstance(value, dict):
        return value
    if "value" in value:
        return value["value"]
    return {key: plain(item) for key, item in value.items()}


def layered(name: str) -> dict[str, Any]:
    """Return the plain values of a scenario over those of the one it extends, section by section.

    Tables are named from the folder of all data.
    """
    own = plain(tomllib.loads((FOLDER / name / "scenario.toml").read_text("utf-8")))
    own["data"] = {table: f"{name}/{file}" for table, file in own["data"].items()}
    return over(layered(own.pop("extends")), own) if "extends" in own else own


def over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {key for key in below if isinstance(below[key], dict) and key in above}
    return below | above | {key: over(below[key], above[key]) for key in both}


def rows(name: str) -> list[Row]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def year_of(label: str) -> int:
    return int(label[:4])


def number(text: str, blank: float = math.nan) -> float:
    return float(text) if text else blank


class Second:
    """The scenario's figures, and need, envelopes and budgets computed a second time."""

    def __init__(self) -> None:
        self.scenario = layered("nel")
        first, last = (year_of(self.scenario["years"][key]) for key in ("first", "last"))
        self.years = [f"{y}/{(y + 1) % 100:02d}" for y in range(first, last + 1)]
        populations = rows(self.scenario["data"]["weighted_populations"])
        self.places = list(dict.fromkeys(r["place"] for r in populations if r["place"] != WHOLE))
        self.components = list(dict.fromkeys(r["component"] for r in populations))
        self.weighted = self._weighted(populations)
        self.envelope = self._envelope()
        self.streams = {
            name: self._stream(name, settings)
            for name, settings in self.scenario["allocation"]["streams"].items()
            if settings["need"]
        }

    # Need.

    def _weighted(self, table: list[Row]) -> dict[str, dict[str, ByPlace]]:
        """Return weighted populations by year, component and place."""
        published: dict[str, dict[str, ByPlace]] = {}
        for row in table:
            cell = published.setdefault(row["year"], {}).setdefault(row["component"], {})
            cell[row["place"]] = float(row["weighted_population"])
        for by_component in published.values():
            for cell in by_component.values():
                everywhere = cell.pop(WHOLE)
                total = sum(cell.values())
                for place in cell:
                    cell[place] *= 1 + everywhere / total
        found = {}
        for year in self.years:
            base = max(known for known in published if known <= year)
            growth = self._growth(published[base]["registered_population"], base, year)
            found[year] = {
                component: {place: cell[place] * growth[place] for place in self.places}
                for component, cell in published[base].items()
            }
        return found

    def _growth(self, people: ByPlace, base: str, year: str) -> ByPlace:
        """Return people of a year over those of the published year it grows from."""
        shares = {
            row["place"]: float(row["share_pct"]) / 100
            for row in rows(self.scenario["data"]["population_shares"])
        }
        rest = sum(people[place] for place in self.places if place not in shares)
        left = 1 - sum(shares.values())
        added = 0.0
        for row in rows(self.scenario["data"]["population_growth"]):
            start, end = year_of(row["from_year"]), year_of(row["to_year"])
            overlap = min(end, year_of(year)) - max(start, year_of(base))
            added += max(overlap, 0) * float(row["people_added"]) / (end - start)
        return {
            place: 1 + added * shares.get(place, left * people[place] / rest) / people[place]
            for place in self.places
        }

    # Envelope, opening, pace and budgets.

    def _envelope(self) -> dict[str, list[float]]:
        published = {
            (row["stream"], row["year"]): float(row["allocation_gbp_m"])
            for row in rows(self.scenario["data"]["allocations"])
        }
        settings = self.scenario["envelope"]
        found: dict[str, list[float]] = {}
        for name in self.scenario["allocation"]["streams"]:
            line: list[float] = []
            for year in self.years:
                before = line[-1] if line else 0.0
                grown = before * (1 + settings["growth_pct"][name] / 100)
                line.append(published.get((name, year), grown))
            found[name] = line
        balance = settings["plan_total_gbp_m"] - sum(line[0] for line in found.values())
        found["other"] = [balance] + [0.0] * (len(self.years) - 1)
        return found

    def _opening(self, name: str, settings: dict[str, Any], year: str, need: ByPlace) -> ByPlace:
        baseline = next(
            number(row["baseline_gbp_m"])
            for row in rows(self.scenario["data"]["allocations"])
            if (row["stream"], row["year"]) == (name, year)
        )
        amount = self.envelope[name][self.years.index(year)]
        total = amount if math.isnan(baseline) else baseline
        if settings["opening"] == "on-target":
            return {place: need[place] * total for place in self.places}
        value = {
            row["place"]: (row["measure"], float(row["value"]))
            for row in rows(self.scenario["data"]["openings"])
            if row["opening"] == settings["opening"]
        }
        cash = {
            place: figure if measure == "cash_gbp_m" else need[place] * (1 + figure / 100)
            for place, (measure, figure) in value.items()
        }
        whole = sum(cash.values())
        return {place: cash[place] / whole * total for place in self.places}

    def _stream(self, name: str, settings: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return opening, target, budget and parts of the change by year."""
        found: dict[str, dict[str, Any]] = {}
        budget: ByPlace | None = None
        need_before: ByPlace | None = None
        before: dict[str, float] = {}
        for year, amount in zip(self.years, self.envelope[name], strict=True):
            if amount == 0:
                continue
            people = self.weighted[year][settings["need"]]
            total = sum(people.values())
            need = {place: people[place] / total for place in self.places}
            opening = budget or self._opening(name, settings, year, need)
            rule = self._rule(name, settings["rule"], year)
            moves = self._moves(name, year, settings.get("restricted_share", 1.0))
            unmoved = self._share(opening, need_before or need, amount, rule, moves)
            budget = self._share(opening, need, amount, rule, moves)
            even = amount / sum(opening.values())
            # transfers and pay awards that the allocation of the year before did not hold
            restated, last = self._baseline(name, year), before.get(name)
            kept = restated / last if restated is not None and last else 1.0
            before[name] = amount
            found[year] = {
                "opening": opening,
                "target": {place: need[place] * amount for place in self.places},
                "budget": budget,
                "restated": {p: opening[p] * (kept - 1) for p in self.places},
                "envelope": {p: opening[p] * (even - kept) for p in self.places},
                "need": {p: budget[p] - unmoved[p] for p in self.places},
                "pace": {p: unmoved[p] - opening[p] * even for p in self.places},
            }
            need_before = need
        return found

    def _moves(self, stream: str, year: str, otherwise: float) -> float:
        """Return the latest share that stands with an allocation up to the year."""
        told = {
            row["year"]: float(row["restricted_share"])
            for row in rows(self.scenario["data"]["allocations"])
            if row["stream"] == stream and row["year"] <= year and row["restricted_share"]
        }
        return told[max(told)] if told else otherwise

    def _baseline(self, stream: str, year: str) -> float | None:
        table = rows(self.scenario["data"]["allocations"])
        mine = [row for row in table if row["stream"] == stream and row["year"] == year]
        return float(mine[0]["baseline_gbp_m"]) if mine and mine[0]["baseline_gbp_m"] else None

    def _rule(self, stream: str, rule: str, year: str) -> Row:
        table = rows(self.scenario["data"]["pace_rules"])
        if rule != "national":
            return next(row for row in table if row["rule"] == rule)
        own = sorted((r for r in table if r["stream"] == stream), key=lambda r: r["year"])
        used = [row for row in own if row["year"] <= year]
        return used[-1] if used else own[0]

    def _share(
        self, opening: ByPlace, need: ByPlace, amount: float, rule: Row, moves: float
    ) -> ByPlace:
        if rule["form"] == "full":
            whole = sum(opening.values())
            return {
                p: moves * need[p] * amount + (1 - moves) * opening[p] * amount / whole
                for p in self.places
            }
        over = number(rule["over_cap_pct"], 0.0) / 100
        slope = number(rule["under_slope"], 0.0)
        under = number(rule["under_cap_pct"], 0.0) / 100
        if rule["form"] != "clipped":
            adjust: dict[str, Callable[[float], float]] = {
                "none": lambda _: 0.0,
                "capped": lambda d: -min(over, d) if d > 0 else min(under, -slope * d),
                "capped_to_target": lambda d: (
                    -min(over, 1 - 1 / (1 + d)) if d > 0 else min(under, -slope * d)
                ),
            }
            whole = sum(opening.values())
            moved = {
                p: opening[p]
                * (1 + moves * adjust[rule["form"]](opening[p] / (need[p] * whole) - 1))
                for p in self.places
            }
            scale = amount / sum(moved.values())
            return {p: moved[p] * scale for p in self.places}

        def at(growth: float) -> ByPlace:
            after = {}
            for p in self.places:
                grown = opening[p] * (1 + growth)
                distance = grown / (need[p] * amount) - 1
                after[p] = grown * (1 + moves * min(max(-slope * distance, -over), under))
            return after

        low, high = -0.9, 5.0
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if sum(at(middle).values()) < amount else (low, middle)
        return at(low)
