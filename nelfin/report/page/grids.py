"""Tables of the page: each cell keeps its exact value beside the text that is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nelfin.report.charts import Card
from nelfin.report.text.words import money, percent, pounds
from nelfin.store.findings import Findings
from nelfin.system.compare import Comparison
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


@dataclass(frozen=True)
class Grid:
    """A table: its name on the page, what it holds, columns and rows."""

    name: str
    holds: str
    """Name of the table of the result, or of the chart, whose values it shows."""
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]


def money2(value: float) -> str:
    """Return a number to two decimals, negatives in brackets."""
    return money(value, 2)


def place_grid(found: Headline, main_stream: str) -> Grid:
    """Return the place budgets."""
    year, first, last = found.budget_year, found.years[0], found.years[-1]
    columns = [
        Column("place", "Place", filter="place"),
        Column("base", f"Budget {first}, £m", money),
        Column("budget", f"Budget {year}, £m", money),
        Column("target", f"Target {year}, £m", money),
        Column("per_head", f"A head {year}", pounds),
        Column("per_weighted_head", f"A weighted head, {main_stream.replace('_', ' ')}", pounds),
        Column("dft", f"From target {year}", percent),
        Column("dft_last", f"From target {last}", percent),
    ]
    frame = found.places.reset_index(names="place")
    rows = [Row(values) for values in _values(frame, columns)]
    return Grid("place-table", "places", "Place budgets against target", columns, rows)


def scheme_grid(result: Findings, sources: pd.DataFrame) -> Grid:
    """Return every scheme: in or out, and why; linked to its source."""
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
    mine = sources[sources["where"] == "projects"]
    row_of = dict(zip(mine["figure"], mine.index, strict=True))
    rows = []
    for values, line in zip(_values(plan, columns), plan.to_dict("records"), strict=True):
        source = row_of.get(line["project_id"])
        rows.append(
            Row(
                values,
                link="" if source is None else f"#source-{source}",
                printed=line["status"] != "not funded",
            )
        )
    return Grid("scheme-table", "plan", "Schemes: in or out, and why", columns, rows)


def source_grid(sources: pd.DataFrame) -> Grid:
    """Return every figure with its status and source."""
    columns = [
        Column("where", "Where"),
        Column("figure", "Figure"),
        Column("value", "Value", style="right"),
        Column("unit", "Unit"),
        Column("status", "Status", style="status", filter="status"),
        Column("source", "Source"),
    ]
    printed = sources["status"].isin(["assumption", "illustrative", "given"])
    printed &= sources["where"] != "projects"
    rows = [
        Row(values, f"source-{at}", printed=bool(shown))
        for at, (values, shown) in enumerate(zip(_values(sources, columns), printed, strict=True))
    ]
    return Grid("source-table", "sources", "Every figure, its status and its source", columns, rows)


def chart_grid(name: str, card: Card) -> Grid:
    """Return the table behind a chart."""
    columns: list[Column] = []
    for at, heading in enumerate(map(str, card.table.columns)):
        number = _is_number(card.table.iloc[:, at])
        # of two columns with one name the first is the one that filters
        first = heading not in [column.heading for column in columns]
        filters = heading.lower() if first and heading in {"Place", "Organisation"} else ""
        place = heading if number and card.places_across else ""
        columns.append(Column(heading, heading, money2 if number else None, "", filters, place))
    rows = [Row(values) for values in _cells(card.table)]
    return Grid(f"table-{name}", name, f"Table behind “{card.title}”", columns, rows)


def comparison_grids(found: Comparison) -> list[Grid]:
    """Return the settings that differ between two runs, and the results, largest first."""
    settings, results = found.settings, found.results
    setting = [Column(str(name), str(name).capitalize() if at == 0 else str(name))
               for at, name in enumerate(settings.columns)]  # fmt: skip
    result = [
        Column(
            str(name),
            str(name).capitalize() if name in {"measure", "of", "year", "unit", "change"} else name,
            money2 if _is_number(results[name]) else None,
        )
        for name in results.columns
    ]
    return [
        Grid(f"compared-{name}", name, caption, columns, [Row(v) for v in _values(frame, columns)])
        for name, caption, columns, frame in (
            ("settings", "Settings that differ", setting, settings),
            ("results", "Results that differ, largest first", result, results),
        )
    ]


def _is_number(series: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(series)) and series.dtype != bool


def _values(frame: pd.DataFrame, columns: Sequence[Column]) -> list[list[Any]]:
    """Return cells by row; what is missing is None."""
    return _cells(frame[[column.field for column in columns]])


def _cells(frame: pd.DataFrame) -> list[list[Any]]:
    kept = frame.astype(object)
    cells: list[list[Any]] = kept.where(kept.notna(), None).to_numpy().tolist()
    return cells
