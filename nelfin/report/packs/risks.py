"""Risks: how likely balance is, what moves it, and what could go wrong."""

from __future__ import annotations

import pandas as pd

from nelfin.report.packs.parts import Cell, Section, Table, by_year, gbp_m, odds, rests_on, whole
from nelfin.report.text.odds import capital_odds, prevention_odds
from nelfin.report.text.sensitivity import case_words
from nelfin.scenario.names import plain_name, rule_name, setting_name
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of
from nelfin.system.odds import open_years
from nelfin.system.rests_on import RECOVERY

LEAST = 5e-4
"""£m: less is no move."""

MOVERS = 7
"""Assumptions that are told: those that move the position most."""

NO_DRAWS = (
    "This run made no draws of the assumptions, so there are no odds. Run it with --draws 1000 for "
    "them."
)

ODDS = {
    "odds_of_balance": "The system is in balance",
    "odds_without_support": "The same without deficit support",
    "odds_of_payback": "Prevention has paid back",
    "odds_within_limits": "Capital is within its limits",
}
"""Odds that are told, and of what."""

KINDS = {
    "opening": "Another position to start from",
    "rule": "Another rule of pace",
    "need weight": "One point more on a weight of need",
}
"""What place budgets rest on, in the order it is told."""


def odds_by_year(result: Findings) -> pd.DataFrame | None:
    """Return what the draws say, a row a measure and a column a year; None without draws.

    Parameters
    ----------
    result
        A run.
    """
    if "odds" not in result.tables:
        return None
    return result.table("odds").pivot(index="measure", columns="year", values="value")


def risks_section(result: Findings) -> Section:
    """Return the section on risks.

    Parameters
    ----------
    result
        A run.
    """
    years = headline_of(result).years
    wide = odds_by_year(result)
    tables: list[Table] = []
    if wide is None:
        sentences = [NO_DRAWS]
    else:
        draws = result.provenance["draws"]
        sentences = [
            f"Odds are shares of {draws:,} draws: each sets the uncertain assumptions anew, within "
            "their ranges.",
            *prevention_odds(result),
            *capital_odds(result),
        ]
        rows: list[tuple[str, list[Cell]]] = [
            (words, [odds(float(wide.loc[measure].get(year, float("nan")))) for year in years])
            for measure, words in ODDS.items()
            if measure in wide.index and open_years(result.data)
        ]
        tables += by_year("Odds by year", "Odds that", rows, years) if rows else []
    tables += _budgets(result)
    tables += _movers(result)
    return Section("risks", "Risks", sentences, tables=tables, statuses=rests_on(result, RECOVERY))


def _movers(result: Findings) -> list[Table]:
    """Return the assumptions that move the last year most, each at either end of its range."""
    if "tornado" not in result.tables:
        return []
    table = result.table("tornado")
    last = str(table["year"].iloc[-1])
    table = table[table["year"] == last]
    sources = result.table("sources")
    register = sources[sources["where"] == "scenario"].set_index("figure")
    rows: list[list[Cell]] = []
    for setting in list(dict.fromkeys(table["setting"]))[:MOVERS]:
        ends = table[table["setting"] == setting].set_index("end")
        known = setting in register.index
        unit = str(register.at[setting, "unit"]) if known else ""
        rows.append([
            setting_name(str(setting)),
            str(register.at[setting, "status"]) if known else "",
            *(cell for end in ("p10", "p90") for cell in (
                f"{ends.at[end, 'at']:.3g}\u00a0{unit}".strip(), gbp_m(ends.at[end, "value"]),
            )),
        ])  # fmt: skip
    heads = ["Assumption", "Status", "Low end", "£m", "High end", "£m"]
    caption = f"What moves the reported position of {last} most, £m"
    note = (
        "Each assumption alone, at the ends between which it lies in eight draws of ten, beside "
        "the plan's own value."
    )
    return [Table(caption, heads, rows, note=note)] if rows else []


def _budgets(result: Findings) -> list[Table]:
    """Return how far the place budgets move when what they rest on changes."""
    table = result.table("sensitivity").dropna(subset="value")
    moves = table[table["measure"] == "budget_move"]
    rows: list[list[Cell]] = []
    for kind, what in KINDS.items():
        mine = moves[moves["kind"] == kind]
        if len(mine) and mine["value"].abs().max() >= 0.05:
            most = mine.loc[mine["value"].abs().idxmax()]
            rows.append([what, str(most["place"]), gbp_m(float(most["value"]))])
    if not rows:
        return []
    heads = ["What changes", "Place that moves most", "Its budget moves by, £m"]
    year = str(table["year"].iloc[0])
    return [Table(f"What could move the place budgets of {year}", heads, rows)]


def budget_risks(result: Findings, place: str) -> list[Section]:
    """Return the section on what would move a place's budget most; none where nothing does.

    Parameters
    ----------
    result
        A run.
    place
        A place of it.
    """
    table = result.table("sensitivity")
    mine = table[(table["place"] == place) & (table["measure"] == "budget_move")]
    mine = mine[mine["value"].abs() >= LEAST].sort_values("value", kind="stable")
    rows: list[list[Cell]] = []
    for kind, what in KINDS.items():
        moves = mine[mine["kind"] == kind].to_dict("records")
        name = rule_name if kind == "rule" else plain_name
        # the furthest down and up
        for line in moves if len(moves) <= 2 else (moves[0], moves[-1]):
            of, how = case_words(kind, line["case"])
            final = f" ({of.partition(', ')[2]} stream)" if ", " in of else ""
            rows.append([what, f"{name(how)}{final}", whole(float(line["value"]))])
    if not rows:
        return []
    year = str(table["year"].iloc[0])
    caption = f"What the budget of {year} would move by, £, if one thing changed"
    note = "The furthest down and up of each kind. The run's report has every case."
    heads = ["What changes", "To", "Budget moves by, £"]
    body = Table(caption, heads, rows, note=note)
    return [Section("would", "What would move it", tables=[body])]
