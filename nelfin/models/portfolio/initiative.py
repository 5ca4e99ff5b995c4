"""An initiative: a row of its table, as amounts by year since the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.projects import numbered, use_columns
from nelfin.errors import Problems, nearest
from nelfin.models.capital.naming import names_in
from nelfin.models.portfolio.settings import Settings
from nelfin.store.sheets.spots import spot

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Initiative:
    """One initiative, or one option of it.

    Amounts are by year since the start; what recurs goes on to the end.
    """

    id: str
    row: int
    """Row of its table, as errors name it."""
    places: tuple[str, ...]
    """None for the whole system."""
    running: bool
    must: bool
    recurrent: bool
    chance: float
    """How likely it is to bring its cash and its value, 0 to 1."""
    cost: Array
    """£m, prices of the first year; negative where it frees money. Shape (year,)."""
    cash: Array
    """£m released if it succeeds, prices of the first year; shape (year,)."""
    qalys: Array
    """QALYs gained if it succeeds; shape (year,)."""
    staff: Mapping[str, Array]
    """Months by skill; each of shape (year,)."""
    points: float
    """Value if it succeeds, where value is a score."""

    @property
    def busy(self) -> int:
        """Years from the start in which it costs money or needs staff; 1 at the least."""
        used = np.maximum(self.cost, 0.0)
        for months in self.staff.values():
            used = used + np.maximum(months, 0.0)
        return int(np.max(np.flatnonzero(used), initial=0)) + 1

    def over(self, first: int, count: int) -> Initiative:
        """Return it over some of its years.

        Parameters
        ----------
        first
            Years after its start that are over.
        count
            Years that are left.
        """
        part = slice(first, first + count)
        return replace(
            self,
            cost=self.cost[part],
            cash=self.cash[part],
            qalys=self.qalys[part],
            staff={skill: months[part] for skill, months in self.staff.items()},
        )


def initiatives_of(
    table: pd.DataFrame, count: int, settings: Settings, problems: Problems
) -> list[Initiative]:
    """Turn the rows of a typed table into initiatives.

    Parameters
    ----------
    table
        The typed table of initiatives.
    count
        Years over which amounts are wanted; they are longer where the table has more.
    settings
        What value is, the places there are, and what to call the table in errors.
    problems
        Every problem is added to it.

    Returns
    -------
    list of Initiative
        In the order of the table.
    """
    called = settings.called.initiatives
    families = {name: numbered(table.columns, f"{name}_") for name in ("cost", "cash", "qalys")}
    skills = use_columns(table.columns, "staff_")
    if families["cost"] != [f"cost_{n + 1}" for n in range(len(families["cost"]))]:
        problems.add(
            spot(called, 1),
            f"has the cost columns {', '.join(families['cost'])}.",
            "Number them from cost_1 without a gap.",
        )
    if settings.value == "qalys" and not families["qalys"] and table["value_points"].notna().any():
        problems.add(
            spot(called, 1),
            "has value_points and no column qalys_1, and value is counted in QALYs.",
            'Give QALYs by year, or let value be a score (value "score").',
        )
    numbers = [int(str(name).rpartition("_")[2]) for each in families.values() for name in each]
    count = max([count, *numbers, *(1 + max(columns) for columns in skills.values())])
    known = list(dict.fromkeys(settings.place_people))
    found = []
    for row, cells in zip(table.index, table.to_dict("records"), strict=True):
        at = partial(spot, called, row)
        amounts = {
            name: _series(cells, dict(_positions(columns)), count, cells["recurrent"])
            for name, columns in families.items()
        }
        staff = {
            skill: _series(cells, columns, count, cells["recurrent"])
            for skill, columns in skills.items()
        }
        staff = {skill: months for skill, months in staff.items() if months.any()}
        points = 0.0 if pd.isna(cells["value_points"]) else float(cells["value_points"])
        if not (staff or points or any(each.any() for each in amounts.values())):
            problems.add(
                at(),
                "has no cost, no staff and no value.",
                "Give its figures, or take the row out.",
            )
        if settings.value == "score" and pd.isna(cells["value_points"]):
            problems.add(at("value_points"), "is empty.", "Give the points; 0 for none.")
        if cells["running"]:
            _check_running(cells, at, problems)
        places = tuple(named.name for named in names_in(cells["places"], known))
        for name in places if known else ():
            if name not in known:
                problems.add(at("places"), f'names "{name}".', nearest(name, known))
        found.append(
            Initiative(
                id=cells["initiative_id"],
                row=row,
                places=tuple(dict.fromkeys(places)),
                running=bool(cells["running"]),
                must=bool(cells["must"]),
                recurrent=bool(cells["recurrent"]),
                chance=cells["success_pct"] / 100,
                cost=amounts["cost"],
                cash=amounts["cash"],
                qalys=amounts["qalys"],
                staff=staff,
                points=points,
            )
        )
    return found


def _check_running(cells: Mapping[str, Any], at: Any, problems: Problems) -> None:
    for column in ("earliest_start", "latest_start"):
        if cells[column]:
            problems.add(
                at(column),
                f"is {cells[column]}, and it runs already.",
                "Leave the window blank, or set running to no.",
            )


def _positions(columns: Iterable[str]) -> Iterable[tuple[int, str]]:
    for name in columns:
        yield int(name.rpartition("_")[2]) - 1, name


def _series(
    cells: Mapping[str, Any], columns: Mapping[int, str], count: int, recurrent: bool
) -> Array:
    """Return the amounts of a family of columns by year since the start; shape (count,)."""
    amounts = np.zeros(count)
    last = -1
    for position, name in columns.items():
        if not np.isnan(cells[name]):
            last = max(last, position)
            amounts[position] = cells[name]
    if recurrent and last >= 0:
        amounts[last + 1 :] = cells[columns[last]]
    return amounts
