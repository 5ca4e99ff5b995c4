"""The screen of a place: its budget, what moved it, and the others beside it."""

from __future__ import annotations

import pandas as pd

from nelfin.app.drawing import Line, Step, bars, columns, steps
from nelfin.app.screens.parts import Case, Cases, Figure, Screen, Table, Tile, looks_of
from nelfin.app.seen import Seen
from nelfin.report.text.names import short
from nelfin.report.text.numbers import (
    millions,
    money,
    parts_that_add,
    percent,
    pounds,
    whole_pounds,
)
from nelfin.report.text.places import moves_of

EVERY = "All places"


def place_screen(cases: Cases, place: str, year: str) -> Screen:
    """Return the screen of a place.

    Parameters
    ----------
    cases
        What is shown side by side.
    place, year
        A place and a year of the plan.
    """
    figures = [_by_year(cases, place), _moved(cases, place, year), _others(cases, place, year)]
    notes = []
    if year <= cases.now.budget_year:
        notes = [
            f"To {cases.now.budget_year} the system's money is published. Growth that is assumed "
            "moves the years after it."
        ]
    return Screen(f"{place}, {year}", _tiles(cases, place, year), figures, notes)


def _tiles(cases: Cases, place: str, year: str) -> list[Tile]:
    now, base = (each.places_in(year) for each in (cases.now, cases.base))
    own, then = now.loc[place], base.loc[place]
    count = len(now) - 1

    def rank(frame: pd.DataFrame) -> int:
        others = frame.drop(index=EVERY)["gbp_per_head"]
        return int((others > others[place]).sum()) + 1

    shown = [
        ("Budget", "budget_gbp_m", millions, f"Target {millions(float(own['target_gbp_m']))}"),
        ("From target", "dft", lambda v: percent(v, 2), "Brackets are below target."),
        ("A head", "gbp_per_head", pounds, f"{rank(now)} of {count}; all places "
         f"{pounds(float(now.loc[EVERY, 'gbp_per_head']))}"),
        ("Share of all places", "share", percent, ""),
    ]  # fmt: skip
    return [
        Tile(
            f"{title}, {year}",
            told(float(own[name])),
            detail,
            told(float(then[name])) if told(float(own[name])) != told(float(then[name])) else "",
        )
        for title, name, told, detail in shown
    ]


def _totals(seen: Seen, place: str, name: str) -> list[float]:
    values = seen.place_totals[name].sel(place=place).to_series()
    return [float(value) for value in values.reindex(seen.years)]


def _by_year(cases: Cases, place: str) -> Figure:
    """Return budget and target of each year."""
    years = cases.now.years
    shown = _of_place(cases, place)
    budgets = {case.name: _totals(case.seen, place, "budget") for case in shown}
    target = _totals(cases.now, place, "target")
    drawn = [line for line in cases.lines({**_none(cases, years), **budgets})
             if line.name in budgets]  # fmt: skip
    marks = Line("Target", target, "target")
    rows = [[f"Budget, {name.lower()}" if len(budgets) > 1 else "Budget", *map(money, values)]
            for name, values in budgets.items()]  # fmt: skip
    rows += [
        ["Target", *map(money, target)],
        ["From target", *(percent(v) for v in _totals(cases.now, place, "dft"))],
        ["A head, £", *(money(v, 0) for v in _totals(cases.now, place, "per_head"))],
    ]
    words = (
        f"Columns are the budget of {short(place)}, £m, lines across them its target. "
        f"{percent(_totals(cases.now, place, 'dft')[-1])} from target in {years[-1]}."
    )
    return Figure(
        "budgets",
        "Budget and target by year, £m",
        words,
        columns(years, drawn, words, marks),
        Table(f"Budget of {place} by year, £m", ["", *years], rows),
        [*looks_of(drawn), ("Target", "target")],
    )


def _of_place(cases: Cases, place: str) -> list[Case]:
    """Return the cases that have the place."""
    return [case for case in cases.all() if place in case.seen.places]


def _none(cases: Cases, years: list[str]) -> dict[str, list[float]]:
    return {case.name: [float("nan")] * len(years) for case in cases.all()}


def _moved(cases: Cases, place: str, year: str) -> Figure:
    """Return what moved the budget from the year before, to the pound."""
    moves = moves_of(_moves(cases.now, place, year), year)
    rows = [[words, whole_pounds(value, shown)] for words, value, shown in moves]
    begins = len(moves) > 1 and moves[0][0] == "Budget of the year before"
    first = moves[0][1] if begins else 0.0
    parts = moves[int(begins) : -1]
    tenths = parts_that_add([value for _, value, _ in parts], moves[-1][1], start=first)
    bridge = [Step(moves[0][0], first, level=True)] if begins else []
    bridge += [
        Step(words.partition(":")[0].partition(",")[0], value)
        for (words, _, _), value in zip(parts, tenths, strict=True)
    ]
    bridge.append(Step(moves[-1][0], moves[-1][1], level=True))
    words = f"What moved the budget of {short(place)} in {year}; the parts add up to the pound."
    return Figure(
        "moved",
        f"What moved the budget in {year}, £m",
        words,
        steps(bridge, words),
        Table(
            f"What moved the budget of {place} in {year}, £",
            ["Part", "£"],
            rows,
            strong=frozenset({len(rows) - 1, *([0] if begins else [])}),
        ),
    )


def _moves(seen: Seen, place: str, year: str) -> pd.Series:
    return seen.place_moves.sel(place=place, year=year, drop=True).to_series()


def _others(cases: Cases, place: str, year: str) -> Figure:
    """Return every place beside the others, the furthest below target first."""
    now = cases.now.places_in(year)
    places = now.drop(index=EVERY).sort_values("dft", kind="stable", key=lambda dft: dft.round(9))
    names = [str(name) for name in places.index]
    values = {
        case.name: [100 * float(v) for v in case.seen.places_in(year)["dft"].reindex(names)]
        for case in cases.all()
    }
    drawn = cases.lines(values)
    rows = [_row(name, cases, year) for name in [*names, EVERY]]
    heads = ["Place", *(f"{case.name}: budget, £m" for case in cases.all()),
             *(f"{case.name}: from target" for case in cases.all()), "A head, £"]  # fmt: skip
    words = (
        f"Distance of each place from its target in {year}, %; brackets are below target. "
        f"{short(names[0])} is furthest below."
    )
    marked = [f"{name} (this place)" if name == place else name for name in names]
    return Figure(
        "others",
        f"Beside the others: distance from target in {year}, %",
        words,
        bars(marked, drawn, words),
        Table(f"Places side by side, {year}", heads, rows, strong=frozenset({len(rows) - 1})),
        looks_of(drawn),
    )


def _row(name: str, cases: Cases, year: str) -> list[str]:
    frames = [case.seen.places_in(year) for case in cases.all()]

    def of(frame: pd.DataFrame, column: str) -> float:
        return float(frame.at[name, column]) if name in frame.index else float("nan")

    return [
        name,
        *(money(of(frame, "budget_gbp_m")) for frame in frames),
        *(percent(of(frame, "dft")) for frame in frames),
        money(of(cases.now.places_in(year), "gbp_per_head"), 0),
    ]
