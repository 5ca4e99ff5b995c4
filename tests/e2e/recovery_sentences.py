"""The numbers of the sentences on the recovery."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd
from facts import Facts, millions, odds, plain
from families import Family, chart_says

NOT_MOVES = {"opening underlying", "closing underlying", "reported"}
ONE_OFF = {"not explained, once", "non-recurrent efficiency", "named one-offs", "double running",
           "deficit support", "repayment"}  # fmt: skip


def recovery_families(facts: Facts) -> Iterator[Family]:
    def says(begins: str, *numbers: str) -> Family:
        return Family("recovery", "", "p", begins, numbers)

    first, last, reported, under = facts.first, facts.last, facts.reported, facts.underlying
    balance, lasting = facts.lasting(reported), facts.lasting(under)
    known, at = facts.known(), balance or last
    open_years = [year for year in facts.years if year not in known]
    if known:
        if facts.attrs["shared_positions"]:
            yield says(
                "By organisation an", *re.findall(r"20\d\d/\d\d", facts.attrs["shared_positions"])
            )
        yield says("Known: ", *(text for year in known for text in (year, plain(reported[year]))))
    if facts.heads_for():
        yield says("20.* heads for ", *facts.heads_for())
    if open_years:
        path = [text for year in open_years[:4] for text in (year, plain(reported[year]))]
        yield says("Reported, years that are open", at, millions(abs(reported[at])), *path)
    ends = [text for year in (first, last) for text in (plain(under[year]), year)]
    yield says("Underlying: ", lasting or last, *ends)
    yield says("(In deficit|Every organisation)", at, *map(plain, facts.short(at)))
    if balance and under[balance] < 0:
        yield says("One-off savings ", millions(facts.one_off(balance)), balance)
    yield from chart_says("recovery", "recovery", [at])
    bridge = facts.table("recovery_bridge")
    names = list(dict.fromkeys(bridge["organisation"]))
    of_bodies = [_bridge(bridge[bridge["organisation"] == name], first, last) for name in names]
    yield from chart_says(
        "recovery", "bridge", _bridge(bridge, first, last),
        chosen=[text for own in of_bodies for text in own],
    )  # fmt: skip
    by_year = [_years(bridge[bridge["organisation"] == name]) for name in names]
    yield from chart_says(
        "recovery", "bridge_by_year", _years(bridge),
        chosen=[text for own in by_year for text in own],
    )  # fmt: skip
    bodies = facts.bodies().loc[names]
    together = [millions(reported[last])]
    yield from chart_says("recovery", "bodies", [
        *together, last, millions(bodies[last].min()),
    ], chosen=[
        text for name in names
        for text in (millions(bodies.at[name, first]), first, millions(bodies.at[name, last]),
                     last, *together)
    ])  # fmt: skip
    heading = facts.heads_for()
    if heading:
        year, forecast, month, plan = heading
        said = [year, f"(£{forecast[1:-1]}m)", month, f"(£{plan[1:-1]}m)"]
        yield from chart_says("recovery", "months", said, f"Where {year} is heading")
    table = facts.table("back_test")
    if len(table):
        wide = table.set_index(["year", "measure"])["value"].unstack("measure")
        inside = wide["came"].between(wide["predicted_p10"], wide["predicted_p90"]).sum()
        yield from chart_says("recovery", "back_test", [str(inside), str(len(wide))])
    if not facts.drawn or not open_years:
        return
    likely = [
        text for year in open_years[:5]
        for text in (year, odds(facts.draws["odds_of_balance", year]))
    ]  # fmt: skip
    yield says("Odds of balance ", f"{facts.result.provenance['draws']:,}", *likely)
    without = facts.draws["odds_without_support"]
    if (without != facts.draws["odds_of_balance"]).any():
        alone = [text for year in open_years[:5] for text in (year, odds(without[year]))]
        yield says("Without deficit support", *alone)
    table = facts.table("tornado")
    table = table[table["year"] == last]
    ends_of = table.groupby("setting")["value"].agg(["min", "max"])
    most = ends_of.loc[(ends_of["max"] - ends_of["min"]).idxmax()]
    yield says("20.*rests most on ", last, millions(most["min"]), millions(most["max"]))
    yield from chart_says("recovery", "tornado", [
        last, millions(most["max"]), millions(most["min"]),
    ])  # fmt: skip
    low, high = (facts.draws[f"reported_p{p}", last] for p in (10, 90))
    yield from chart_says("recovery", "fan", [
        millions(low), millions(high), last, millions(reported[last]),
    ])  # fmt: skip


def _bridge(bridge: pd.DataFrame, first: str, last: str) -> list[str]:
    """Return the numbers of a bridge: where it begins and ends, and its largest step."""
    moves = bridge[~bridge["step"].isin(NOT_MOVES | ONE_OFF)].groupby("step")["value"].sum()
    ends = [
        bridge[(bridge["step"] == step) & (bridge["year"] == year)]["value"].sum()
        for step, year in (("opening underlying", first), ("reported", last))
    ]
    return [*map(millions, ends), millions(moves[moves.abs().idxmax()])]


def _years(bridge: pd.DataFrame) -> list[str]:
    """Return the year that takes most from the underlying position, and how much it takes."""
    moves = bridge[~bridge["step"].isin(NOT_MOVES | ONE_OFF)].groupby("year")["value"].sum()
    return [str(moves.idxmin()), millions(moves.min())]
