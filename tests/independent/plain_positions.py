"""What is known of positions, by body, from the text of the methods alone: dictionaries and loops.

Nothing of the library is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plain_income import Row, number, span

ByBody = dict[str, float]


@dataclass(frozen=True)
class Case:
    """A plan: settings and tables as their files have them, and what other models hand on."""

    first: str
    last: str
    planned_to: str
    streams: list[str]
    envelope: dict[str, Any]
    settings: dict[str, Any]
    tables: dict[str, list[Row]]
    budgets: dict[str, dict[str, list[float]]]
    """Of each stream and place, by year."""
    prevention: dict[str, list[float]]
    """Recurrent net cash of each body, by year."""
    double: dict[str, list[float]]
    capital: dict[str, list[float]]
    activity: dict[str, dict[str, list[float]]]
    """What activity betters a position by: by step, of each body, by year."""

    def years(self) -> list[str]:
        return span(self.first, self.last)

    def bodies(self) -> list[str]:
        return [row["organisation"] for row in self.tables["organisations"]]

    def trusts(self) -> list[str]:
        rows = self.tables["organisations"]
        return [row["organisation"] for row in rows if row["kind"] == "trust"]

    def share(self, name: str) -> float:
        """Return a setting in % as a fraction."""
        return float(self.settings[f"{name}_pct"]) / 100


def part_of(case: Case, owner: str, body: str, income: ByBody) -> float:
    """Return a body's part of what is an owner's; what is a group's goes by income."""
    group = {"system": case.bodies(), "trusts": case.trusts()}.get(owner, [owner])
    if body not in group:
        return 0.0
    return 1.0 if owner == body else income[body] / sum(income[name] for name in group)


def divided(case: Case, figures: ByBody, income: ByBody) -> ByBody:
    """Return the figure of each body, and shares of what a total leaves for those without."""
    found = {body: figures[body] for body in case.bodies() if body in figures}
    for owner, group in (("trusts", case.trusts()), ("system", case.bodies())):
        if owner not in figures:
            continue
        rest = figures[owner] - sum(found.get(body, 0.0) for body in group)
        without = [body for body in group if body not in found]
        whole = sum(income[body] for body in without)
        for body in without:
            found[body] = rest * income[body] / whole
    return found


def whole_year(case: Case, measure: str, year: str) -> list[Row]:
    return [
        row
        for row in case.tables["positions"]
        if (row["measure"], row["year"]) == (measure, year) and number(row["month"]) == 0
    ]


def reported(case: Case, year: str, income: ByBody) -> ByBody | None:
    """Return what a known year reports, by body; None for an open year.

    A figure of a second paper is left out. One of all trusts and one of the ICB are of all bodies.
    """
    for measure in ("outturn", "forecast", "plan"):
        if measure == "plan" and year > case.planned_to:
            continue
        rows = [row for row in whole_year(case, measure, year) if not row["item"]]
        found = divided(
            case, {row["organisation"]: float(row["value_gbp_m"]) for row in rows}, income
        )
        if len(found) == len(income):
            return found
    return None


def inside(case: Case, measure: str, year: str, income: ByBody) -> ByBody:
    """Return what is inside the positions of a year by body: one-offs by name, or support."""
    total = dict.fromkeys(income, 0.0)
    for row in whole_year(case, measure, year):
        for body in total:
            part = part_of(case, row["organisation"], body, income)
            total[body] += float(row["value_gbp_m"]) * part
    return total
