"""Pages and parts of pages made from the code each time, so that they cannot go stale."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd
from scenario_keys import scenario_page  # in this folder

import nelfin
from nelfin.allocations.rules import packaged_rules
from nelfin.cli import COMMANDS, cli
from nelfin.data.notes import UNITS, in_markdown, words
from nelfin.data.specs import CONVERGE, OPENING_FILE, TABLES
from nelfin.data.specs.columns import BENEFIT_IN, SCORE, USE, Column, Table
from nelfin.evidence import MEANING
from nelfin.result import Result
from nelfin.scenario import Scenario
from nelfin.store.tidy import TIDY

if TYPE_CHECKING:  # the tests read this file where Sphinx is not installed
    from sphinx.application import Sphinx

WORK = ("start", "cfo", "place", "care", "programmes", "another", "imports")
"""Folders in which the commands shown on a page run."""

# ---- tables

FAMILY_UNITS = {SCORE: "points", BENEFIT_IN: "points"}


def unit_of(column: Column) -> str:
    """Return the unit of a column, by its kind or its name."""
    if column.kind in {"year", "yes_no", "text"}:
        return column.kind.replace("_", " or ")
    for ending, unit in (("_gbp_m", "£m"), ("_pct", "%")):
        if column.name.endswith(ending):
            return unit
    if column.pattern:
        return "as `unit` says" if column.name == USE else FAMILY_UNITS.get(column.name, "£m")
    if column.name in {"value", "low", "high"}:
        return "as the row says"
    return UNITS.get(column.name, "fraction")


def heading_of(column: Column) -> str:
    """Return the name of a column as people write it."""
    if not column.pattern:
        return f"`{column.name}`"
    other = {SCORE: "score_CRITERION", USE: "use_RESOURCE_1", BENEFIT_IN: "benefit_2027/28"}
    few = (other[column.name],) if column.name in other else column.examples[:2]
    return ", ".join(f"`{name}`" for name in few) + (", …" if len(column.examples) > 2 else "")


def column_rows(table: str, spec: Table) -> Iterator[list[str]]:
    """Yield the cells of each column: heading, unit, needed or not, words."""
    for column in spec.columns:
        if column.name in words()["every"] and column.name not in words().get(table, {}):
            continue  # told once, above all tables
        inside = []
        if column.low > float("-inf") or column.high < float("inf"):
            low, high = f"{column.low:g}", f"{column.high:g}"
            inside.append(f"{low} or more" if high == "inf" else f"{low} to {high}")
        if math.isfinite(column.usual_high):
            # what may not be at all need not be asked about
            below = column.usual_low > column.low
            usual = f"outside {column.usual_low:,g} to" if below else "above"
            inside.append(f"asked about {usual} {column.usual_high:,g}")
        if column.usual_least:
            inside.append(f"asked about nearer to 0 than {column.usual_least:g}")
        if column.usual_top:
            inside.append(f"asked about where none is above {column.usual_top:g}")
        if column.choices:
            inside.append("one of " + ", ".join(f"`{choice}`" for choice in column.choices))
        needed = "needed" if column.required else "may be left out"
        if column.required and column.blank:
            needed = "needed; a cell may be blank"
        if not column.required and column.default not in {None, ""}:
            value = column.default
            default = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
            needed += f" or blank: {default:g}" if isinstance(default, float) else (
                f" or blank: `{default}`")  # fmt: skip
        allowed = f" {'; '.join(inside).capitalize()}." if inside else ""
        about = in_markdown(table, column)
        yield [heading_of(column), unit_of(column), needed, about + allowed]


def tables_page() -> str:
    """Return every input table with its columns."""
    others = {"opening_file": OPENING_FILE, "converge": CONVERGE}
    lines, embedded = [], nelfin.load_scenario()
    for name, spec in (TABLES | others).items():
        lines += [f"(table-{name})=", f"## {spec.title[0].upper()}{spec.title[1:]}", ""]
        if name in TABLES:
            file = getattr(embedded.data, name)
            rows = sum(1 for _ in file.open(encoding="utf-8")) - 1
            needed = "" if not spec.may_be_empty else " It may be left out, or hold no rows."
            count = f"{rows:,} row{'s' if rows != 1 else ''}" if rows else "no rows"
            lines += [f"Named by `data.{name}`; the embedded `{name}.csv` has {count}.{needed}"]
        elif name == "opening_file":
            lines += ["A file that `allocation.streams.NAME.opening` names, or `--opening`."]
        else:
            lines += ["The table that `nelfin converge` reads."]
        key = ", ".join(f"`{column}`" for column in spec.key)
        lines += [f"One row for each {key}.", "", *_table(
            ["column", "unit", "needed", "what it holds"], column_rows(name, spec)
        ), ""]  # fmt: skip
    return "\n".join(lines)


def _table(headings: list[str], rows: Any) -> list[str]:
    """Return a Markdown table."""
    cells = [headings, ["---"] * len(headings), *rows]
    return [f"| {' | '.join(str(cell).replace('|', '&#124;') for cell in row)} |" for row in cells]


# ---- results

ABOUT_TABLES = {
    "place_budgets": "Budget, target, opening position and distance from target of each place.",
    "budget_change": "What moved each budget from its opening position; the parts add up to it.",
    "envelope": "Money of each stream, what the system holds, and growth.",
    "need": "Weighted populations and need indices.",
    "prevention": "The three ledgers of the shift.",
    "prevention_programmes": "Spend, cost avoided, cash and people of each programme.",
    "prevention_places": "Spend, cash and QALYs by place.",
    "activity": "The waiting list by year: who joins, is treated and leaves untreated, and how "
    "many wait.",
    "activity_by_month": "The same by month.",
    "activity_by_organisation": "Planned and urgent care beside the funded level: people, what is "
    "paid, what it costs, what is left.",
    "beds_by_use": "Freed beds by what frees them and what becomes of them.",
    "beds_by_organisation": "What freed beds cost, and what covers it.",
    "activity_clearing": "When the rate that the system's own plan tells of leaves nobody waiting "
    "over 18 weeks, counted in two ways.",
    "activity_one_percent": "What 1 % more planned care than is planned would add to the position "
    "of each organisation.",
    "activity_shorter_stays": "What planned stays at another area's median are worth, £m a year, "
    "if the beds they free are closed, or filled.",
    "primary_care": "Appointments by place, the gap to the aim, and what closing it costs.",
    "recovery_bridge": "Every step from the opening underlying to the reported position.",
    "system_position": "Positions of the system.",
    "months": "Plan and actual to the end of each month, and where a year without an outturn is "
    "heading. Two papers with two figures have a row each.",
    "savings": "Each efficiency scheme: asked, expected, what lasts, and the services it takes "
    "from.",
    "back_test": "What the model would have said of each year at its start, beside what came.",
    "capital_by_organisation": "Use of the limit, and what the plan does to revenue.",
    "backlog": "Backlog of maintenance by organisation, risk and year: what is cleared, what is "
    "added as buildings age and prices grow, what is left. What schemes say they clear beyond it "
    "is told beside.",
    "plan": "A row a scheme: in or out, when, for how much, and why.",
    "spend": "A row a funded scheme and year.",
    "plan_changes": "Schemes whose start is not that of the capital plan in force, and why; only "
    "where a scenario names one.",
    "limits": "A row a limit: used, left, the price of capital, and whether it is firm, indicative "
    "or closed.",
    "limits_of_money": "The same of limits that name a source of money.",
    "resources": "A row a limit of staff and the like: used, left, and the price of one unit more.",
    "prices": "The price of each limit beside what £1m more and £1m less do, solved again.",
    "budget_curve": "What more or less capital would buy: benefit and price as all limits move.",
    "capital_frontier": "The most benefit left as more is asked of a second aim: use of the limit "
    "in the most deprived areas, or high- and significant-risk backlog cleared. An upper bound, as "
    "schemes may be cut into shares; point 0 is the plan.",
    "portfolio_plan": "A row an initiative: chosen or not, runs on, cut or stopped, when, cost and "
    "expected cash in £m, value, and why; only where a system has a portfolio of programmes.",
    "portfolio_spend": "Cost and expected cash of each initiative of the portfolio by year, £m.",
    "portfolio_pools": "What initiatives take of the pool of each year and what is left, £m, and "
    "the value of £1m more.",
    "portfolio_staff": "What initiatives use of the months of staff by skill and year, and the "
    "value of a month more.",
    "portfolio_staff_use": "Months of staff of each initiative by skill and year.",
    "portfolio_floors": "Least spend on places or on the most deprived, and what is spent, £m.",
    "portfolio_prices": "The price of each pool beside what £1m more and £1m less do, solved "
    "again.",
    "portfolio_frontier": "The best portfolio of smaller and larger pools: cost in £m, value, and "
    "how far it may be from the best.",
    "portfolio_triangles": "Cost in £m, benefit and value of each initiative, present values.",
    "projects": "The schemes as they were read.",
    "changes": "What the plan changes from its base: settings and cells of tables, and why.",
    "sensitivity": "How far budgets move when one thing changes.",
    "sources": "Every figure with its unit, status and source.",
    "odds": "Only with draws: odds of balance, payback and staying within limits, and percentiles "
    "of positions, net cash and use of capital.",
    "odds_by_organisation": "Only with draws: odds of balance of each organisation in open years, "
    "with and without deficit support, and percentiles of its position.",
    "slips": "Only with draws: which capital schemes wait when costs are drawn, in what share of "
    "the draws, how long, how often they do not start, and the benefit lost.",
    "tornado": "Only with draws: how far each assumption alone moves the reported position.",
}
"""What each table of a run folder is; the page fails if one is missing."""


def results_page(result: Result) -> str:
    """Return the tables and variables of a run."""
    rows = []
    for name in sorted(result.tables):
        columns = ", ".join(f"`{column}`" for column in _short(result.table(name)))
        rows.append([f"`{name}.csv`", f"{ABOUT_TABLES[name]} Columns: {columns}."])
    lines = ["## Tables", "", *_table(["file", "what it holds"], rows), ""]
    lines += ["## Measures of the tidy tables", ""]
    measures = [
        [f"`{name}`", f"`{variable}`", about["long_name"], about["units"]]
        for name, variables in TIDY.items()
        for variable in variables
        for about in [result.data[variable].attrs]
    ]
    lines += [*_table(["table", "measure", "what it is", "unit"], measures), ""]
    lines += ["## Variables of `results.nc`", ""]
    variables = [
        [f"`{name}`", ", ".join(map(str, array.dims)), array.attrs.get("long_name", ""),
         array.attrs.get("units", "")]
        for name, array in sorted(result.data.data_vars.items(), key=lambda pair: str(pair[0]))
    ]  # fmt: skip
    lines += _table(["variable", "dimensions", "what it is", "unit"], variables)
    return "\n".join(lines)


def _short(table: pd.DataFrame) -> list[str]:
    """Return the columns of a table, with the spends of ten years as one."""
    names = [str(name) for name in table.columns]
    later = [name for name in names if name.startswith("spend_") and name[6:].isdigit()][1:]
    return [name for name in names if name not in later]


# ---- commands and small parts


def commands_page() -> str:
    """Return the help of every command."""
    settings = {**cli.context_settings, "terminal_width": 88}
    with click.Context(cli, info_name="nelfin", **settings) as parent:
        lines = ["## nelfin", "", "```text", cli.get_help(parent), "```", ""]
        for name in COMMANDS:
            command = cli.get_command(parent, name)
            context = click.Context(command, info_name=name, parent=parent, **settings)
            lines += [f"## nelfin {name}", "", "```text", command.get_help(context), "```", ""]
    return "\n".join(lines)


def rules_part() -> str:
    """Return the packaged rules of pace of change with their formulas."""
    rows = [[f"`{name}`", rule.formula] for name, rule in packaged_rules().items()]
    return "\n".join(_table(["rule", "formula"], rows))


def statuses_part(result: Result) -> str:
    """Return how many figures of the embedded scenario have each status."""
    sources = result.table("sources")
    schemes = sources["where"] == "projects"

    def of(status: str, rows: pd.Series) -> int:
        return int((sources.loc[rows, "status"] == status).sum())

    rows = [
        [name, words.replace("--set", "`--set`"), of(name, ~schemes), of(name, schemes)]
        for name, words in MEANING.items()
    ]
    return "\n".join(_table(["status", "meaning", "figures", "capital schemes"], rows))


def pages(result: Result, scenario: Scenario) -> dict[str, Callable[[], str]]:
    """Return what makes each page or part."""
    return {
        "scenario.md": lambda: scenario_page(scenario),
        "tables.md": tables_page,
        "results.md": lambda: results_page(result),
        "commands.md": commands_page,
        "rules.md": rules_part,
        "statuses.md": lambda: statuses_part(result),
    }


def write_all(app: Sphinx) -> None:
    """Write every page and part, and clear the folders in which commands run."""
    folder = Path(app.srcdir) / "_generated"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in WORK:
        (folder / name).mkdir()
    scenario = nelfin.load_scenario()
    result = nelfin.run(scenario, draws=100)
    for name, make in pages(result, scenario).items():
        (folder / name).write_text(make() + "\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the pages before Sphinx looks for them."""
    app.connect("builder-inited", write_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
