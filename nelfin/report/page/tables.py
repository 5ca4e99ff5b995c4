"""Tables of the page: each cell keeps its exact value beside the text that is shown."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nelfin.evidence import STATUSES
from nelfin.report.basis import groups_of
from nelfin.report.charts.style import Card
from nelfin.report.text.numbers import money, percent, pounds
from nelfin.scenario.names import in_words, plain_name, rule_name, setting_name
from nelfin.store.findings import Findings
from nelfin.system.headline import Headline

Shown = Callable[[float], str]


@dataclass(frozen=True)
class Column:
    """A column: where its values come from, its heading, and how a number is shown."""

    field: str
    heading: str
    shown: Shown | None = None
    """None for text."""
    style: str = ""
    filter: str = ""
    """The list of the page that finds rows by this column."""
    place: str = ""
    """The place whose figures it holds; another place that is chosen hides it."""


@dataclass(frozen=True)
class Row:
    """A row: its values, and what leads to it and from it."""

    values: Sequence[Any]
    id: str = ""
    link: str = ""
    """Where the text of its first cell leads."""
    printed: bool = True
    code: str = ""
    """The code word of what it is of, which a search finds too."""


@dataclass(frozen=True)
class PageTable:
    """A table of the page: its name there, what it holds, columns and rows."""

    name: str
    holds: str
    """Name of the table of the result, or of the chart, whose values it shows."""
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]


LED_TO = ("projects", "initiatives")
"""Tables of which each row of the register is led to from a list of the page."""

MOST_PRINTED = 30
"""Schemes printed on paper, the largest of the plan; the screen has them all."""


def money2(value: float) -> str:
    """Return a number to two decimals, negatives in brackets.

    Parameters
    ----------
    value
        £m, or any other number; NaN is a dash.
    """
    return money(value, 2)


def whole(value: float) -> str:
    """Return a whole number.

    Parameters
    ----------
    value
        A count.
    """
    return f"{value:,.0f}"


def place_table(headline: Headline, main_stream: str) -> PageTable:
    """Return the place budgets.

    Parameters
    ----------
    headline
        The headline figures of a run.
    main_stream
        The stream whose pounds a weighted head are shown.
    """
    year, first, last = headline.budget_year, headline.years[0], headline.years[-1]
    before = [Column("base", f"Budget {first}, £m", money)] if first != year else []
    columns = [
        Column("place", "Place", filter="place"),
        *before,
        Column("budget", f"Budget {year}, £m", money),
        Column("target", f"Target {year}, £m", money),
        Column("per_head", f"A head {year}", pounds),
        Column("per_weighted_head", f"A weighted head, {plain_name(main_stream)}", pounds),
        Column("dft", f"From target {year}", percent),
        Column("dft_last", f"From target {last}", percent),
    ]
    frame = headline.places.reset_index(names="place")
    rows = [Row(values) for values in values_of(frame, columns)]
    return PageTable("place-table", "places", "Place budgets against target", columns, rows)


def scheme_table(result: Findings, sources: pd.DataFrame) -> PageTable:
    """Return every scheme: in or out, and why; linked to its source.

    Parameters
    ----------
    result
        A run.
    sources
        Its register of figures.
    """
    columns = [
        Column("project_id", "Scheme"),
        Column("name", "Name"),
        Column("organisation", "Organisation", filter="organisation"),
        Column("place", "Place", filter="place"),
        Column("category", "Category", filter="category"),
        Column("status", "Plan", filter="status"),
        Column("start_year", "Start"),
        Column("spend_gbp_m", "Spend, £m", money),
        Column("benefit", "Benefit, points", money),
        Column("reason", "Why"),
    ]
    plan = result.table("plan")
    largest = plan[plan["status"] != "not funded"].nlargest(MOST_PRINTED, "spend_gbp_m")
    printed = set(largest["project_id"])
    rows = _rows_with_source(plan, columns, LED_TO[0], "project_id", sources, printed)
    return PageTable("scheme-table", "plan", "Schemes: in or out, and why", columns, rows)


def programme_table(result: Findings, sources: pd.DataFrame) -> PageTable | None:
    """Return every initiative of the portfolio: how it stands, and why; linked to its source.

    Parameters
    ----------
    result
        A run.
    sources
        Its register of figures.

    Returns
    -------
    PageTable or None
        None where the run has no portfolio.
    """
    if "portfolio_plan" not in result.tables:
        return None
    unit = str(result.provenance["portfolio"]["unit"])
    columns = [
        Column("initiative_id", "Initiative"),
        Column("name", "Name"),
        Column("aim", "Aim"),
        Column("places", "Places"),
        Column("status", "Stands", filter="stands"),
        Column("start_year", "Starts"),
        Column("cost_gbp_m", "Cost, £m", money),
        Column("cash_gbp_m", "Cash, £m", money),
        Column("value", f"Value, {unit}", whole),
        Column("reason", "Why"),
    ]
    plan = result.table("portfolio_plan")
    plan["places"] = plan["places"].replace("", "every place")
    printed = set(plan.loc[plan["status"] != "not chosen", "initiative_id"])
    rows = _rows_with_source(plan, columns, LED_TO[1], "initiative_id", sources, printed)
    caption = "Programmes: in or out, and why"
    return PageTable("programme-table", "portfolio_plan", caption, columns, rows)


def source_table(sources: pd.DataFrame) -> PageTable:
    """Return every figure with its status and source.

    Parameters
    ----------
    sources
        The register of figures of a run.
    """
    columns = [
        Column("where", "Where"),
        Column("figure", "Figure"),
        Column("value", "Value", style="right"),
        Column("unit", "Unit"),
        Column("status", "Status", style="status", filter="status"),
        Column("source", "Source"),
    ]
    rows, linked = [], _linked(sources)
    for at, (where, figure, value, unit, status, source) in enumerate(values_of(sources, columns)):
        named = _named(where, figure, value)
        code = "" if figure == named[1] else figure
        cells = [*named, unit, status, in_words(source or "")]
        rows.append(Row(cells, f"source-{at}" if at in linked else "", code=code))
    return PageTable(
        "source-table", "sources", "Every figure, its status and its source", columns, rows
    )


def basis_table(sources: pd.DataFrame) -> PageTable:
    """Return how many figures of each status every part of a scenario has.

    Parameters
    ----------
    sources
        The register of figures of a run.
    """
    settings = sources["where"] == "scenario"
    sections = sources.loc[settings, "figure"].str.partition(".")[0].unique()
    parts = [*(f"{name}." for name in sections), *sources.loc[~settings, "where"].unique()]
    heads = ["Part", *(status.capitalize() for status in STATUSES)]
    columns = [Column(heads[0], heads[0]), *(Column(head, head, whole) for head in heads[1:])]
    rows = [
        Row(
            [group.label.capitalize(), *(group.counts[status] or None for status in STATUSES)],
            link=f"#source-{group.row}",
        )
        for group in groups_of(sources, parts)
    ]
    caption = "How many figures of each part are published, derived, assumed and so on"
    return PageTable("basis-table", "basis", caption, columns, rows)


def _linked(sources: pd.DataFrame) -> set[int]:
    """Return the rows that others lead to: the first of each part, and of schemes every one."""
    section = sources["figure"].astype(str).str.partition(".")[0]
    part = sources["where"].where(sources["where"] != "scenario", "scenario " + section)
    return set(np.flatnonzero(sources["where"].isin(LED_TO) | ~part.duplicated()).tolist())


def _rows_with_source(
    plan: pd.DataFrame,
    columns: Sequence[Column],
    table: str,
    key: str,
    sources: pd.DataFrame,
    printed: Container[str],
) -> list[Row]:
    """Return the rows of a plan, each linked to its source; paper has those named."""
    mine = sources[sources["where"] == table]
    row_of = dict(zip(mine["figure"], mine.index, strict=True))
    return [
        Row(
            values,
            link="" if name not in row_of else f"#source-{row_of[name]}",
            printed=name in printed,
        )
        for values, name in zip(values_of(plan, columns), plan[key], strict=True)
    ]


def _named(where: Any, figure: Any, value: Any) -> list[Any]:
    """Return where a figure stands, what it is and its value, without code words."""
    if where == "scenario":
        name = setting_name(figure)
    elif where == "pace_rules":
        name = rule_name(figure)
    else:
        name = plain_name(figure)
    text = "" if value is None else str(value)
    shown = {"True": "yes", "False": "no"}.get(text)
    if shown is None:
        shown = rule_name(text) if str(figure).endswith(".rule") else plain_name(text)
    return [plain_name(where), name, shown]


def chart_table(name: str, card: Card) -> PageTable:
    """Return the table behind a chart.

    Parameters
    ----------
    name
        Of the chart.
    card
        The chart with its table.
    """
    columns: list[Column] = []
    for at, heading in enumerate(map(str, card.table.columns)):
        number = _is_number(card.table.iloc[:, at])
        # of two columns with one name the first is the one that filters
        first = heading not in [column.heading for column in columns]
        filters = heading.lower() if first and heading in {"Place", "Organisation"} else ""
        place = heading if number and card.places_across else ""
        columns.append(Column(heading, heading, money2 if number else None, "", filters, place))
    rows = [Row(values) for values in _cells(card.table)]
    return PageTable(f"table-{name}", name, f"Table behind “{card.title}”", columns, rows)


def _is_number(series: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(series)) and series.dtype != bool


def values_of(frame: pd.DataFrame, columns: Sequence[Column]) -> list[list[Any]]:
    """Return cells by row; what is missing is None.

    Parameters
    ----------
    frame
        A table.
    columns
        Which of its columns.
    """
    return _cells(frame[[column.field for column in columns]])


def _cells(frame: pd.DataFrame) -> list[list[Any]]:
    values = frame.astype(object)
    cells: list[list[Any]] = values.where(values.notna(), None).to_numpy().tolist()
    return cells
