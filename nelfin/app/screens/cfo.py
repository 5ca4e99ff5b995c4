"""The screen of the finance director: positions, what moved them, and capital by category."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nelfin.app.drawing import Step, bars, lines, steps
from nelfin.app.screens.parts import BASE, NOW, Cases, Figure, Screen, Table, looks_of
from nelfin.models.recovery import STEPS
from nelfin.report.text.numbers import millions, money, parts_that_add, rows_that_add

TITLE = "The system"

FROM_BEFORE = "from the years before"
"""What the opening of a year brings with it: the difference of the years before."""

SUMS = ("opening underlying", "closing underlying", "reported")


def cfo_screen(cases: Cases) -> Screen:
    """Return the screen of the finance director.

    Parameters
    ----------
    cases
        What is shown side by side.
    """
    figures = [
        _positions(cases), *_difference(cases), _bodies(cases), *_waiting(cases), _categories(cases)
    ]  # fmt: skip
    return Screen(TITLE, (), figures)


def _positions(cases: Cases) -> Figure:
    """Return the position by year of every case."""
    years = cases.now.years
    reported = {case.name: case.seen.reported.tolist() for case in cases.all()}
    drawn = cases.lines(reported)
    rows = []
    for case in cases.all():
        for label, values in (
            ("reported", case.seen.reported),
            ("underlying", case.seen.underlying),
        ):
            rows.append([f"{case.name}, {label}", *(money(float(v)) for v in values)])
    first, last = years[0], years[-1]
    now = cases.now.reported
    words = (
        f"Reported position of the system, £m: {millions(float(now[first]))} in {first}, "
        f"{millions(float(now[last]))} in {last}."
    )
    if cases.moves:
        apart = float(now[last] - cases.base.reported[last])
        words += f" What is moved changes {last} by {millions(apart)}."
    return Figure(
        "positions",
        "Reported position by year, £m",
        words,
        lines(years, drawn, words),
        Table("Position by year, £m", ["", *years], rows),
        looks_of(drawn),
    )


def difference_by_step(cases: Cases) -> pd.DataFrame:
    """Return what makes now differ from the scenario as it stands, £m.

    Parameters
    ----------
    cases
        Both.

    Returns
    -------
    pandas.DataFrame
        A row a step of the bridge that differs, a column a year; a column adds up to the
        difference of the reported position. The first row is what the years before bring.
    """
    apart = cases.now.bridge - cases.base.bridge
    rows = [step for step in STEPS if step not in SUMS]
    table = apart.loc[["opening underlying", *rows]].rename({"opening underlying": FROM_BEFORE})
    return table[(table.abs() > 1e-9).any(axis=1)]


def _difference(cases: Cases) -> list[Figure]:
    """Return what the difference comes from, year by year; nothing where nothing is moved."""
    if not cases.moves:
        return []
    table, years = difference_by_step(cases), cases.now.years
    whole = [float(now - then) for now, then in
             zip(cases.now.reported, cases.base.reported, strict=True)]  # fmt: skip
    shown = rows_that_add(table.to_numpy().tolist(), whole)
    rows = [
        [str(name).capitalize(), *map(money, values)]
        for name, values in zip(table.index, shown, strict=True)
    ]
    rows.append(["Reported, now less as it stands", *map(money, whole)])
    last = years[-1]
    begin, end = (float(seen.reported[last]) for seen in (cases.base, cases.now))
    parts = [float(value) for value in table[last]]
    moves = parts_that_add(parts, end, start=begin)
    bridge = [
        Step(f"{BASE}, {last}", begin, level=True),
        *(Step(str(name).capitalize(), value) for name, value in
          zip(table.index, moves, strict=True) if abs(value) >= 0.05),
        Step(f"{NOW}, {last}", end, level=True),
    ]  # fmt: skip
    words = (
        f"From {millions(begin)} to {millions(end)} in {last}: each step of the yearly bridge, now "
        "less as it stands. The years before add up in the first."
    )
    return [
        Figure(
            "difference",
            "What the difference comes from, £m",
            words,
            steps(bridge, words),
            Table(
                "Difference of the reported position by step and year, £m",
                ["Step", *years],
                rows,
                strong=frozenset({len(rows) - 1}),
            ),
        )
    ]


def _bodies(cases: Cases) -> Figure:
    """Return the position of each organisation."""
    years, last = cases.now.years, cases.now.years[-1]
    names = [str(name) for name in cases.now.bodies.index]
    values = {case.name: case.seen.bodies[last].reindex(names).tolist() for case in cases.all()}
    drawn = cases.lines(values)
    rows = [
        [name if len(cases.all()) == 1 else f"{name}, {case.name.lower()}",
         *map(money, case.seen.bodies.loc[name].tolist())]
        for name in names
        for case in cases.all()
        if name in case.seen.bodies.index
    ]  # fmt: skip
    count = len(cases.now.in_deficit(last))
    words = f"Reported position of each organisation in {last}, £m; {count} in deficit."
    return Figure(
        "organisations",
        f"Organisations, {last}, £m",
        words,
        bars(names, drawn, words),
        Table("Reported position by organisation and year, £m", ["", *years], rows),
        looks_of(drawn),
    )


def _waiting(cases: Cases) -> list[Figure]:
    """Return who waits for planned care, where the cases differ in that."""
    waiting = {case.name: case.seen.over_18_weeks.to_numpy() for case in cases.all()}
    first, *others = waiting.values()
    if np.isnan(first).any() or all(np.abs(first - other).max() < 0.5 for other in others):
        return []
    years, last = cases.now.years, cases.now.years[-1]
    drawn = cases.lines({name: people.tolist() for name, people in waiting.items()})
    words = (
        f"People who wait over 18 weeks for planned care at the end of the year, at the least: "
        f"{first[-1]:,.0f} as it stands in {last}, {cases.now.over_18_weeks[last]:,.0f} now."
    )
    rows = [[name, *(f"{people:,.0f}" for people in each)] for name, each in waiting.items()]
    return [
        Figure(
            "waiting",
            "Waiting over 18 weeks, people",
            words,
            lines(years, drawn, words),
            Table("People over 18 weeks at the end of the year", ["", *years], rows),
            looks_of(drawn),
        )
    ]


def _categories(cases: Cases) -> Figure:
    """Return what the capital plan spends on each category."""
    names = [str(name) for name in cases.now.categories.index]
    values = {
        case.name: case.seen.categories["in the plan"].reindex(names).tolist()
        for case in cases.all()
    }
    drawn = cases.lines(values)
    heads = ["Category", *(f"{case.name}: in the plan" for case in cases.all()), "After the plan",
             "Left out"]  # fmt: skip
    rows = []
    for at, name in enumerate(names):
        own = cases.now.categories.loc[name]
        rows.append([
            name or "No category",
            *(money(values[case.name][at]) for case in cases.all()),
            money(float(own["after the plan"])), money(float(own["left out"])),
        ])  # fmt: skip
    words = "What the capital plan spends by category, £m at prices of the first year."
    return Figure(
        "categories",
        "Capital by category, £m",
        words,
        bars([name or "No category" for name in names], drawn, words),
        Table("Capital by category, £m at prices of the first year", heads, rows),
        looks_of(drawn),
    )
