"""The screen of capital: limits and their use, what is in, out or moved, and the price."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nelfin.app.drawing import Line, columns, lines
from nelfin.app.screens.parts import BASE, Cases, Figure, Screen, Table, Tile, looks_of
from nelfin.app.seen import Seen
from nelfin.models.capital.compared import shown
from nelfin.report.text.numbers import millions, money, percent, plural

FIRST = 60
"""Schemes of the whole list that are shown at once; the rest is found by a word."""


def capital_screen(cases: Cases) -> Screen:
    """Return the screen of capital.

    Parameters
    ----------
    cases
        What is shown side by side.
    """
    figures = [_use(cases), *_changes(cases), *_alike(cases), _prices(cases), *_by_body(cases)]
    return Screen("Capital", _tiles(cases), figures, _notes(cases))


def _notes(cases: Cases) -> list[str]:
    """Say how the plan was found, and that it keeps to the plan as it stands."""
    account = cases.now.outcome.joint.plan.solve
    notes = []
    if cases.moves and cases.now.same_plan:
        notes.append("Nothing that is moved touches the capital plan: it is the one as it stands.")
    elif cases.moves:
        count = len(cases.now.plan_changes)
        words = "No scheme moves." if not count else f"{plural(count, 'scheme')} moved."
        notes.append(f"The plan was drawn up anew, as near as can be to the one before. {words}")
    gap = account.gap
    proof = "how close to the best is not known" if gap is None else (
        f"proven within {percent(gap, 2)} of the best")  # fmt: skip
    stopped = " The search ran out of time." if account.status == "stopped" else ""
    notes.append(f"Benefit {account.objective:,.1f}, {proof}.{stopped}")
    return notes


def _tiles(cases: Cases) -> list[Tile]:
    def price(seen: Seen) -> str:
        first = seen.capital["capital_price"].sel(year=seen.capital_years[0])
        return "by organisation" if np.isnan(float(first)) else f"{float(first):,.1f} points"

    pairs = [seen.limits_used for seen in (cases.now, cases.base)]
    prices = [price(seen) for seen in (cases.now, cases.base)]
    objectives = [
        f"{seen.outcome.joint.plan.solve.objective:,.1f}" for seen in (cases.now, cases.base)
    ]
    first = cases.now.capital_years[0]
    shown_pairs = [[millions(amount) for amount in pair] for pair in pairs]
    texts = [
        ("Limits", [pair[0] for pair in shown_pairs], "Of the open years together."),
        ("Used of the limits", [pair[1] for pair in shown_pairs],
         f"Left: {millions(pairs[0][0] - pairs[0][1])}"),
        ("Benefit of the plan", objectives, "In points, or £m where it is appraised."),
        (f"Price of capital, {first}", prices, "What £1m more would bring."),
    ]  # fmt: skip
    return [
        Tile(title, now, detail, then if then != now else "")
        for title, (now, then), detail in texts
    ]


def _series(seen: Seen, name: str, years: Sequence[str]) -> list[float]:
    array = seen.capital[name]
    if "organisation" in array.dims:
        array = array.sum("organisation")
    return [float(value) for value in array.to_series().reindex(years)]


def _use(cases: Cases) -> Figure:
    """Return limits and their use by year."""
    years = cases.now.years
    used = {case.name: _series(case.seen, "capital_used", years) for case in cases.all()}
    limit = _series(cases.now, "capital_limit", years)
    before = _series(cases.base, "capital_limit", years)
    drawn = cases.lines(used)
    rows = [["Limit", *map(money, limit)]]
    if not np.array_equal(limit, before, equal_nan=True):
        rows.append([f"Limit, {BASE.lower()}", *map(money, before)])
    rows += [
        [f"Used, {name.lower()}" if len(used) > 1 else "Used", *map(money, values)]
        for name, values in used.items()
    ]
    now = list(used.values())[-1]
    rows.append(["Left", *(money(most - of) for most, of in zip(limit, now, strict=True))])
    words = (
        "Columns are what the plan uses of the limits each year, £m, lines across them the limits."
    )
    return Figure(
        "use",
        "Limits and their use by year, £m",
        words,
        columns(years, drawn, words, Line("Limit", limit, "target")),
        Table("Limits and their use by year, £m", ["", *years], rows),
        [*looks_of(drawn), ("Limit", "target")],
    )


def _changes(cases: Cases) -> list[Figure]:
    """Return the schemes in, out and moved, each with why; nothing where the plan is the same."""
    if not cases.moves or cases.now.same_plan:
        return []
    table = cases.now.plan_changes
    rows = [
        [
            f"{row['name']} ({row['project_id']})",
            money(float(row["cdel_change_gbp_m"])),
            str(row["change"]),
            str(row["before"]),
            str(row["after"]),
            str(row["why"]),
        ]
        for row in table.to_dict("records")
    ]
    heads = ["Scheme", "Use of the limit, £m", "Change", BASE, "Now", "Why"]
    counts = table["change"].value_counts()
    told = ", ".join(f"{count} {change}" for change, count in counts.items()) or "none"
    words = f"Schemes that the plan starts otherwise than as it stands: {told}."
    title = "In, out and moved"
    return [Figure("changes", title, words, None, Table(title, heads, rows, numbers=1))]


def _alike(cases: Cases) -> list[Figure]:
    """Return the schemes that the cases do not start alike, where there are kept ones."""
    if not cases.kept:
        return []
    plans = {
        case.name: case.seen.outcome.joint.plan.plan.set_index("project_id") for case in cases.all()
    }
    ids = dict.fromkeys(name for plan in plans.values() for name in plan.index)
    rows = []
    for name in ids:
        starts = [shown(plan, str(name)) for plan in plans.values()]
        if len(set(starts)) > 1:
            known = next(plan for plan in plans.values() if name in plan.index)
            rows.append([f"{known.at[name, 'name']} ({name})", *starts])
    words = f"{plural(len(rows), 'scheme')} that the cases do not start alike."
    title = "Schemes side by side"
    return [Figure("alike", title, words, None, Table(title, ["Scheme", *plans], rows, numbers=0))]


def _prices(cases: Cases) -> Figure:
    """Return the price of capital: what £1m more of a year's limit would bring."""
    years = cases.now.capital_years
    prices = {case.name: _series(case.seen, "capital_price", years) for case in cases.all()}
    if all(np.isnan(values).all() for values in prices.values()):
        return _prices_of_bodies(cases)
    drawn = cases.lines(prices)
    words = (
        "What £1m more of a year's limit would bring, in points. Where it is high, money is short."
    )
    rows = [[name, *map(money, values)] for name, values in prices.items()]
    return Figure(
        "prices",
        "Price of capital, points a £m",
        words,
        lines(years, drawn, words),
        Table("Price of capital, points a £m", ["", *years], rows),
        looks_of(drawn),
    )


def _prices_of_bodies(cases: Cases) -> Figure:
    years = cases.now.capital_years
    array = cases.now.capital["capital_price_of"].sel(year=years)
    table = pd.DataFrame(array.transpose("organisation", "year").to_pandas()).dropna(how="all")
    rows = [[str(name), *map(money, values.tolist())] for name, values in table.iterrows()]
    words = "What £1m more of an organisation's limit would bring, in points."
    title = "Price of capital by organisation, points a £m"
    return Figure("prices", title, words, None, Table(title, ["Organisation", *years], rows))


def _by_body(cases: Cases) -> list[Figure]:
    """Return limit and use of each organisation, where several use capital."""
    capital = cases.now.capital.sel(year=cases.now.capital_years)
    used = capital["capital_used"].transpose("organisation", "year").to_pandas()
    limits = capital["capital_limit_of"].transpose("organisation", "year").to_pandas()
    held = (used > 0).any(axis=1) | limits.notna().any(axis=1)
    names = [str(name) for name in used.index[held]]
    if len(names) < 2:
        return []
    rows = []
    for name in names:
        own = limits.loc[name]
        rows.append([f"{name}, used", *map(money, used.loc[name].tolist())])
        if own.notna().any():
            rows.append([f"{name}, limit", *map(money, own.tolist())])
    title = "By organisation, £m"
    words = "What each organisation uses, and its own limit where it has one."
    years = cases.now.capital_years
    return [Figure("by-body", title, words, None, Table(title, ["", *years], rows))]


def schemes_list(cases: Cases, find: str) -> tuple[Table, int]:
    """Return the list of all schemes, in or out, each with its reason.

    Parameters
    ----------
    cases
        What is shown side by side.
    find
        A word that the schemes shown hold in their name, id, organisation, place or category.

    Returns
    -------
    table : Table
        The first of them.
    count : int
        How many there are.
    """
    plan = cases.now.outcome.joint.plan.plan
    columns_found = [name for name in ("name", "project_id", "organisation", "place", "category")
                     if name in plan]  # fmt: skip
    texts = plan[columns_found].astype(str).agg(" ".join, axis=1).str.casefold()
    found = plan[texts.str.contains(find.strip().casefold(), regex=False)]
    plans = {
        case.name: case.seen.outcome.joint.plan.plan.set_index("project_id") for case in cases.all()
    }
    rows = [_scheme(row, plans) for row in found.head(FIRST).to_dict("records")]
    heads = ["Scheme", "Spend, £m", *plans, "Organisation", "Reason"]
    return Table("Schemes, in or out, and why", heads, rows, numbers=1), len(found)


def _scheme(row: dict[str, object], plans: dict[str, pd.DataFrame]) -> list[str]:
    name = str(row["project_id"])
    return [
        f"{row['name']} ({name})",
        money(float(str(row["spend_gbp_m"]))),
        *(shown(plan, name) for plan in plans.values()),
        str(row["organisation"]),
        str(row["reason"]),
    ]
