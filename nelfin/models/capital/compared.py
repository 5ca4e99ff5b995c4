"""Two capital plans compared scheme by scheme: what moved, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

NOT_FUNDED = "not funded"
NOT_LISTED = "not in the list"

COLUMNS = [
    "project_id",
    "name",
    "before",
    "after",
    "change",
    "benefit_change",
    "cdel_change_gbp_m",
    "reason_before",
    "reason_after",
    "why",
]

SEEN = 0.05
"""£m, or points a £m, below which a difference is not told: it would show as 0.0."""


class Plan(Protocol):
    """What is compared of a plan; a `CapitalPlan` has it, and so has `PlanTables`."""

    @property
    def plan(self) -> pd.DataFrame:
        """A row a scheme."""

    @property
    def limits(self) -> pd.DataFrame:
        """A row a limit; without rows where it is not known."""

    @property
    def spend(self) -> pd.DataFrame:
        """A row a funded scheme and year; without rows where it is not known."""


@dataclass(frozen=True)
class PlanTables:
    """The tables of a plan, as files have them.

    Parameters
    ----------
    plan
        A row a scheme: `project_id, start_year`, and what else is known of it.
    limits
        `year, organisation, limit_gbp_m, price_per_gbp_m`; without rows where it is not known.
    spend
        `project_id, year, cdel_gbp_m`; without rows where it is not known.
    """

    plan: pd.DataFrame
    limits: pd.DataFrame = field(default_factory=pd.DataFrame)
    spend: pd.DataFrame = field(default_factory=pd.DataFrame)


def plans_compared(before: Plan, after: Plan) -> pd.DataFrame:
    """Return the schemes that two plans do not fund alike, each with why.

    Parameters
    ----------
    before, after
        A plan and the one that takes its place.

    Returns
    -------
    pandas.DataFrame
        `project_id, name`; `before` and `after`: the year of the start, with the share where a
        scheme is funded in part, `not funded` or `not in the list`; `change`: out, in, earlier,
        later, more of it, less of it; `benefit_change` and `cdel_change_gbp_m` (£m that score
        against the limits), NaN where one is not known; the reasons of both plans, and `why` in a
        sentence. Schemes that go out come first, then those that come in, each with the largest
        change of spend first.
    """
    first, last = plans = _by_id(before), _by_id(after)
    ids = [*first.index, *(name for name in last.index if name not in first.index)]
    moves = {name: change_of(first, last, name) for name in ids}
    moved = {name: change for name, change in moves.items() if change != "not"}
    told = _Told(before, after, moved)
    rows = []
    for name, change in moved.items():
        known = last if name in last.index else first
        rows.append(
            [
                name,
                _text(known, name, "name"),
                *(shown(plan, name) for plan in plans),
                change,
                *(_difference(first, last, name, column) for column in ("benefit", "cdel_gbp_m")),
                *(_text(plan, name, "reason") for plan in plans),
                told.why(name, change),
            ]
        )
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return in_order(frame, frame["change"], frame["cdel_change_gbp_m"])


def in_order(frame: pd.DataFrame, change: pd.Series, size: pd.Series) -> pd.DataFrame:
    """Return schemes in order: those that go out, that come in, the others; the largest first.

    Parameters
    ----------
    frame
        A row a scheme.
    change, size
        What happens to each, and by how much its money changes.
    """
    rank = change.map({"out": 0, "in": 1}).fillna(2)
    order = pd.DataFrame({"rank": rank, "size": -size.astype(float).abs()})
    order = order.sort_values(["rank", "size"], kind="stable")
    return frame.loc[order.index].reset_index(drop=True)


def _by_id(plan: Plan) -> pd.DataFrame:
    return plan.plan.set_index("project_id")


def _share(plan: pd.DataFrame, name: str) -> float:
    """Return the funded share of a scheme; 0 where it is not in the list."""
    if name not in plan.index:
        return 0.0
    year = plan.at[name, "start_year"]
    if pd.isna(year) or not year:
        return 0.0
    share = plan.at[name, "funded_share"] if "funded_share" in plan else 1.0
    return 1.0 if pd.isna(share) else float(share)


def shown(plan: pd.DataFrame, name: str) -> str:
    """Return when a plan starts a scheme, as people read it.

    Parameters
    ----------
    plan
        A plan table by `project_id`.
    name
        The id of a scheme.
    """
    if name not in plan.index:
        return NOT_LISTED
    share = _share(plan, name)
    if share <= 0:
        return NOT_FUNDED
    part = f", {100 * share:.1f} %" if share < 1 - 1e-6 else ""
    return f"{plan.at[name, 'start_year']}{part}"


def change_of(first: pd.DataFrame, last: pd.DataFrame, name: str) -> str:
    """Return what happens to a scheme from one plan to another.

    Parameters
    ----------
    first, last
        Plan tables by `project_id`.
    name
        The id of a scheme.

    Returns
    -------
    str
        `out`, `in`, `earlier`, `later`, `more of it`, `less of it`, or `not`.
    """
    shares = [_share(plan, name) for plan in (first, last)]
    if shares[0] > 0 and shares[1] <= 0:
        return "out"
    if shares[0] <= 0 and shares[1] > 0:
        return "in"
    if max(shares) <= 0:
        return "not"
    starts = [str(plan.at[name, "start_year"]) for plan in (first, last)]
    if starts[0] != starts[1]:
        return "earlier" if starts[1] < starts[0] else "later"
    if abs(shares[1] - shares[0]) < 5e-3:
        return "not"
    return "more of it" if shares[1] > shares[0] else "less of it"


def _text(plan: pd.DataFrame, name: str, column: str) -> str:
    """Return a cell of a plan; "" where it is not known."""
    if name not in plan.index or column not in plan or pd.isna(plan.at[name, column]):
        return ""
    return str(plan.at[name, column])


def _difference(first: pd.DataFrame, last: pd.DataFrame, name: str, column: str) -> float:
    """Return how much more of a scheme there is; one not in a list has none of it."""
    amounts = []
    for plan in (first, last):
        there = name in plan.index and column in plan
        amounts.append(float(plan.at[name, column]) if there else float("nan"))
        if name not in plan.index:
            amounts[-1] = 0.0
    return amounts[1] - amounts[0]


LINKS = ("Asked", "Another option", "Excluded", "Needs", "Must be", "Funded for", "Its window")
"""How a reason begins that says by itself why a scheme is in or out."""


class _Told:
    """What the change of a scheme is told from: limits, prices and who else moves."""

    def __init__(self, before: Plan, after: Plan, moved: dict[str, str]) -> None:
        self.moved = moved
        self.plans = [_by_id(before), _by_id(after)]
        self.limits = [_limits(before.limits), _limits(after.limits)]
        self.use = [_use(before.spend), _use(after.spend)]

    def why(self, name: str, change: str) -> str:
        """Return why a scheme moved, in a sentence."""
        first, last = self.plans
        if name not in last.index:
            return "It is no longer in the list."
        reason = _text(last, name, "reason")
        if reason.startswith(LINKS):
            return reason.split(". ")[0].rstrip(".") + "."
        if name not in first.index:
            return "It is new in the list." if change == "in" else reason
        leaves = change in {"out", "later", "earlier", "less of it"}
        enters = change in {"in", "later", "earlier", "more of it"}
        return (
            (leaves and self._limit(name, 0, -1))
            or (enters and self._limit(name, 1, 1))
            or (leaves and self._dearer(name))
            or (leaves and self._others(name, 0, {"in", "earlier", "later", "more of it"}))
            or (enters and self._others(name, 1, {"out", "earlier", "later", "less of it"}))
            or self._price(name, 0 if leaves else 1)
            or reason
        )

    def _years(self, name: str, at: int) -> list[str]:
        """Return the years in which a plan spends on a scheme; its start where that is all."""
        found = list(self.use[at].get(name, {}))
        start = _text(self.plans[at], name, "start_year")
        return found or ([start] if start else [])

    def _owners(self, name: str) -> Iterable[str]:
        known = self.plans[1] if name in self.plans[1].index else self.plans[0]
        return dict.fromkeys(("", _text(known, name, "organisation")))

    def _moves(self, name: str, at: int, column: str) -> Iterable[tuple[str, str, float, float]]:
        """Yield how a figure of the limits of a scheme moved: owner, year, before and after."""
        for year in self._years(name, at):
            for owner in self._owners(name):
                rows = [limits.get((owner, year)) for limits in self.limits]
                if rows[0] is not None and rows[1] is not None:
                    yield owner, year, float(rows[0][column]), float(rows[1][column])

    def _limit(self, name: str, at: int, sign: int) -> str:
        """Say which limit of its years fell, or rose, the most."""
        found = [
            (sign * (now - then), owner, year, then, now)
            for owner, year, then, now in self._moves(name, at, "limit_gbp_m")
            if sign * (now - then) >= SEEN
        ]
        if not found:
            return ""
        _, owner, year, then, now = max(found, key=lambda row: row[0])
        whose = f" of {owner}" if owner else ""
        verb = "rose" if sign > 0 else "fell"
        return f"The limit{whose} in {year} {verb} from £{then:,.1f}m to £{now:,.1f}m."

    def _dearer(self, name: str) -> str:
        """Say whether the whole of a scheme costs more, where it starts in the same year."""
        if self.moved[name] != "less of it":
            return ""  # a later start costs more by itself where prices grow
        costs = [
            sum(use.get(name, {}).values()) / _share(plan, name)
            for use, plan in zip(self.use, self.plans, strict=True)
        ]
        if costs[0] and costs[1] - costs[0] >= SEEN:
            return f"The whole of it costs £{costs[1]:,.1f}m now, £{costs[0]:,.1f}m before."
        return ""

    def _others(self, name: str, at: int, changes: set[str]) -> str:
        """Name the schemes that take, or leave, the most in the years of a scheme."""
        here = self._years(name, at)
        owners = set(self._owners(name))
        found = []
        for other, change in self.moved.items():
            if other == name or change not in changes:
                continue
            now, then = (self.use[1 - at].get(other, {}), self.use[at].get(other, {}))
            amount = sum(now.get(year, 0.0) - then.get(year, 0.0) for year in here)
            # the room of the system is everybody's, that of an organisation its own
            if amount >= SEEN and (
                ("", here[0]) in self.limits[1] or set(self._owners(other)) & owners - {""}
            ):
                found.append((-amount, other))
        if not found:
            return ""
        names = ", ".join(other for _, other in sorted(found)[:3])
        years = here[0] if len(here) == 1 else f"{here[0]} to {here[-1]}"
        if at == 0:
            return f"Displaced by {names} in {years}."
        return f"Takes the room that {names} {'leaves' if len(found) == 1 else 'leave'} in {years}."

    def _price(self, name: str, at: int) -> str:
        found = [
            (abs(now - then), year, then, now)
            for _, year, then, now in self._moves(name, at, "price_per_gbp_m")
            if abs(now - then) >= SEEN
        ]
        if not found:
            return ""
        _, year, then, now = max(found)
        verb = "rose" if now > then else "fell"
        return f"The price of capital in {year} {verb} from {then:,.1f} to {now:,.1f} points a £m."


def _limits(table: pd.DataFrame) -> dict[tuple[str, str], pd.Series]:
    """Return the limits by organisation and year; those of other money are left out."""
    if not {"year", "organisation", "limit_gbp_m", "price_per_gbp_m"} <= set(table.columns):
        return {}
    ordinary = table[table["money"].fillna("") == ""] if "money" in table else table
    return {
        (str(row["organisation"]), str(row["year"])): row
        for _, row in ordinary.fillna({"organisation": ""}).iterrows()
    }


def _use(spend: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return what each scheme uses of the limits by year, £m."""
    found: dict[str, dict[str, float]] = {}
    if not {"project_id", "year", "cdel_gbp_m"} <= set(spend.columns):
        return found
    rows = zip(spend["project_id"], spend["year"], spend["cdel_gbp_m"], strict=True)
    for name, year, amount in rows:
        if amount:
            found.setdefault(str(name), {})[str(year)] = float(amount)
    return found
