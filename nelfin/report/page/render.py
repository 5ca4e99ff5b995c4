"""The page: one self-contained HTML file that opens without a network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from nelfin.data.projects import spend_profile
from nelfin.evidence import MEANING
from nelfin.report.basis import groups_of, unpublished
from nelfin.report.charts import CHARTS, RESTS_ON, SECTIONS, cards
from nelfin.report.charts.comparison import positions
from nelfin.report.page.place_leads import place_leads
from nelfin.report.page.scripts import chart_specs, vega_bundle
from nelfin.report.page.tables import (
    chart_table,
    comparison_tables,
    place_table,
    scheme_table,
    source_table,
)
from nelfin.report.text.names import short
from nelfin.report.text.numbers import (
    money,
    percent,
    plural,
    pounds,
    share_of_draws,
    whole_pounds,
)
from nelfin.report.text.odds import odds_in
from nelfin.report.text.summary import sentences_of
from nelfin.store.findings import Findings
from nelfin.store.writing import write_whole
from nelfin.system.compare import Comparison, compare
from nelfin.system.headline import headline_of

TITLES = {
    "places": "Place budgets",
    "prevention": "Prevention",
    "recovery": "Recovery",
    "capital": "Capital",
    "comparison": "Compared",
    "assumptions": "Assumptions",
    "provenance": "Provenance",
}


def write_page(result: Findings, file: Path, baseline: Findings | None = None) -> None:
    """Write the page of a run.

    Parameters
    ----------
    result
        The run.
    file
        Where to.
    baseline
        A run to compare it with, if there is one.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    text = page_text(result, baseline)
    write_whole(file, lambda part: part.write_text(text, encoding="utf-8"), "Choose another file.")


def page_text(result: Findings, baseline: Findings | None = None) -> str:
    """Return the page of a run as HTML. Every text is escaped.

    Parameters
    ----------
    result
        The run.
    baseline
        A run to compare it with, if there is one.
    """
    page: str = _environment().get_template("report.html.j2").render(_values(result, baseline))
    return page


def _values(result: Findings, baseline: Findings | None) -> dict[str, Any]:
    """Return what the template fills in."""
    headline, sources = headline_of(result), result.table("sources")
    charts = cards(result)
    comparison: Comparison | None = None
    if baseline is not None:
        comparison = compare(baseline, result)
        charts = charts | {"positions": positions(baseline, result, comparison)}
    groups = {section: groups_of(sources, RESTS_ON[section]) for section in SECTIONS}
    return {
        "result": result,
        "headline": headline,
        "places": headline.places.reset_index(names="place").to_dict("records"),
        "place_leads": place_leads(result),
        "odds": odds_in(result, headline.balance_year or headline.years[-1]),
        "left_out": _left_out(result),
        "titles": {key: title for key, title in TITLES.items() if key != "comparison" or baseline},
        "sentences": sentences_of(result),
        "cards": charts,
        "charts": {
            section: [name for name in names if name in charts]
            for section, names in SECTIONS.items()
        },
        "chart_tables": {name: chart_table(name, card) for name, card in charts.items()},
        "rests_on": {name: groups[CHARTS[name].section] for name in charts if name in CHARTS},
        "specs": chart_specs(charts),
        "place_table": place_table(headline, str(result.data.attrs["main_stream"])),
        "scheme_table": scheme_table(result, sources),
        "source_table": source_table(sources),
        "comparison": comparison,
        "comparison_tables": comparison_tables(comparison) if comparison else [],
        "choices": _choices(result),
        "meaning": MEANING,
        "provenance": result.provenance,
        "bundle": vega_bundle(),
    }


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("nelfin.report.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = {
        "money": money,
        "percent": percent,
        "share": share_of_draws,
        "pounds": pounds,
        "count": _count,
        "whole_pounds": whole_pounds,
    }
    # in the text each number carries its exact value, as the cells of the tables do
    environment.filters |= {
        name: lambda value, *how, shown=function: Markup('<data value="{}">{}</data>').format(
            float(value), shown(value, *how)
        )
        for name, function in shown.items()
    }
    environment.filters |= {"short": short, "plural": plural, "plain_percent": percent}
    environment.filters["unpublished"] = unpublished
    return environment


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _left_out(result: Findings, most: int = 3) -> pd.DataFrame:
    """Return the largest schemes that are left out: name and what they ask for, £m."""
    plan, projects = result.table("plan"), result.table("projects")
    asked = pd.Series(spend_profile(projects).sum(axis=1), index=projects["project_id"])
    out = plan[plan["status"] == "not funded"]
    out = out.assign(asked=asked.reindex(out["project_id"]).to_numpy())
    return out.nlargest(most, "asked")[["name", "asked"]]


def _choices(result: Findings) -> dict[str, list[str]]:
    """Return what each filter of the page offers."""
    plan = result.table("plan")
    choices = {
        name: sorted(set(plan[name].dropna().astype(str)) - {""})
        for name in ("organisation", "place", "category", "status")
    }
    return choices | {
        "places": [str(name) for name in headline_of(result).places.index],
        "organisations": [str(name) for name in result.data["organisation"].values],
        "statuses": list(MEANING),
    }
