"""Tables of the page: each cell keeps its exact value beside the text that is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from nelfin.comparison import Comparison
from nelfin.report.charts import Card
from nelfin.report.headline import Headline
from nelfin.report.words import money, percent, pounds
from nelfin.result import Result

Shown = Callable[[float], str]


@dataclass(frozen=True)
class Column:
    """A column: where its values come from, its heading, and how a number is shown."""

    field: str
    heading: str
    shown: Shown | None = None
    """None for text."""
    style: str = ""


@dataclass(frozen=True)
class Row:
    """A row: its values, and what the filters of the page look for."""

    values: Sequence[Any]
    filters: Mapping[str, str] = field(default_factory=dict)
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
        Column("place", "Place"),
        Column("base", f"Budget {first}, £m", money),
        Column("budget", f"Budget {year}, £m", money),
        Column("target", f"Target {year}, £m", money),
        Column("per_head", f"A head {year}", pounds),
        Column("per_weighted_head", f"A weighted head, {main_stream.replace('_', ' ')}", pounds),
        Column("dft", f"From target {year}", percent),
        Column("dft_last", f"From target {last}", percent),
    ]
    frame = found.places.reset_index(names="place")
    rows = [Row(values, {"place": str(values[0])}) for values in _values(frame, columns)]
    return Grid("place-table", "places", "Place budgets against target", columns, rows)


def scheme_grid(result: Result, sources: pd.DataFrame) -> Grid:
    """Return every scheme: in or out, and why; linked to its source."""
    columns = [
        Column("project_id", "Scheme"),
        Column("name", "Name"),
        Column("organisation", "Organisation"),
        Column("place", "Place"),
        Column("category", "Category"),
        Column("status", "Plan", style="short"),
        Column("start_year", "Start", style="short"),
        Column("spend_gbp_m", "Spend, £m", money),
        Column("benefit", "Benefit, points", money),
        Column("reason", "Why"),
    ]
    plan = result.table("plan")
    mine = sources[sources["where"] == "projects"]
    row_of = dict(zip(mine["figure"], mine.index, strict=True))
    rows = []
    for values, line in zip(_values(plan, columns), plan.to_dict("records"), strict=True):
        filters = {key: _text(line[key]) for key in ("organisation", "place", "category", "status")}
        source = row_of.get(line["project_id"])
        rows.append(
            Row(
                values,
                filters,
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
        Column("status", "Status", style="status"),
        Column("source", "Source"),
    ]
    printed = sources["status"].isin(["assumption", "illustrative", "given"])
    printed &= sources["where"] != "projects"
    rows = [
        Row(values, {"status": str(values[4])}, f"source-{at}", printed=bool(shown))
        for at, (values, shown) in enumerate(zip(_values(sources, columns), printed, strict=True))
    ]
    return Grid("source-table", "sources", "Every figure, its status and its source", columns, rows)


def chart_grid(name: str, card: Card) -> Grid:
    """Return the table behind a chart."""
    columns = [
        Column(str(heading), str(heading), money2 if _is_number(card.table.iloc[:, at]) else None)
        for at, heading in enumerate(card.table.columns)
    ]
    # of two columns with one name the first is the one that filters
    places = {
        key.lower(): list(card.table.columns).index(key)
        for key in ("Place", "Organisation")
        if key in card.table.columns
    }
    rows = [
        Row(values, {key: str(values[at]) for key, at in places.items()})
        for values in _cells(card.table)
    ]
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


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124
