"""The page: one self-contained HTML file that opens without a network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from nelfin.data.projects import spend_profile
from nelfin.evidence import MEANING
from nelfin.report.basis import (
    counted,
    groups_of,
    illustrative_count,
    illustrative_words,
    unpublished,
)
from nelfin.report.charts import CHARTS, RESTS_ON, SECTIONS, cards, left_out
from nelfin.report.charts.style import EVERY_ORGANISATION, EVERY_PLACE
from nelfin.report.page.comparison import changes_table, compared
from nelfin.report.page.place_leads import place_leads
from nelfin.report.page.scripts import chart_specs, content_policy, vega_bundle
from nelfin.report.page.tables import (
    MOST_PRINTED,
    basis_table,
    chart_table,
    place_table,
    programme_table,
    scheme_table,
    source_table,
)
from nelfin.report.text import origin
from nelfin.report.text.changes import base_of_run, changes_of_run, opening_lines
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
from nelfin.report.text.programmes import has_portfolio
from nelfin.report.text.summary import sentences_of
from nelfin.scenario.names import in_words, plain_name
from nelfin.store.findings import Findings
from nelfin.store.writing import write_whole
from nelfin.system.headline import headline_of

TITLES = {
    "changes": "What is changed",
    "comparison": "Compared",
    "places": "Place budgets",
    "prevention": "Prevention",
    "activity": "Planned care and beds",
    "recovery": "Recovery",
    "capital": "Capital",
    "portfolio": "Portfolio",
    "assumptions": "Assumptions",
    "provenance": "Provenance",
}


def write_page(result: Findings, file: Path, others: Sequence[Findings] = ()) -> None:
    """Write the page of a run.

    Parameters
    ----------
    result
        The run.
    file
        Where to.
    others
        Runs to compare it with, in their order; it is the last of them.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    text = page_text(result, others)
    write_whole(file, lambda part: part.write_text(text, encoding="utf-8"), "Choose another file.")


def page_text(result: Findings, others: Sequence[Findings] = ()) -> str:
    """Return the page of a run as HTML. Every text is escaped.

    Parameters
    ----------
    result
        The run.
    others
        Runs to compare it with, in their order; it is the last of them.
    """
    page: str = _environment().get_template("report.html.j2").render(_values(result, others))
    return page


def _values(result: Findings, others: Sequence[Findings]) -> dict[str, Any]:
    """Return what the template fills in."""
    headline, sources = headline_of(result), result.table("sources")
    charts = cards(result)
    side_by_side = compared([*others, result]) if others else None
    if side_by_side is not None:
        charts = charts | {"positions": side_by_side.chart}
    base, run_words = base_of_run(result), opening_lines(result)
    absent = {"comparison"} if not others else set()
    absent |= {"changes"} if not base else set()
    absent |= set() if has_portfolio(result) else {"portfolio"}
    groups = {section: groups_of(sources, RESTS_ON[section]) for section in SECTIONS}
    specs, failed = chart_specs(charts)
    scripts = {"bundle": vega_bundle(), "program": _program()}
    return {
        "result": result,
        "headline": headline,
        "places": headline.places.reset_index(names="place").to_dict("records"),
        "place_leads": place_leads(result),
        "odds": odds_in(result, headline.balance_year or headline.years[-1]),
        "left_out": _left_out(result),
        "missing": left_out(result) | failed,
        "everything": {
            "places": EVERY_PLACE,
            "recovery": EVERY_ORGANISATION,
            "capital": EVERY_ORGANISATION,
            "prevention": "",
            "activity": "",
            "portfolio": "",
            "comparison": "",
        },
        "titles": {key: title for key, title in TITLES.items() if key not in absent},
        "sentences": sentences_of(result),
        "left_out_of_activity": result.data.attrs["activity_left_out"],
        "cards": charts,
        "charts": SECTIONS,
        "chart_tables": {name: chart_table(name, card) for name, card in charts.items()},
        "rests_on": {name: groups[CHARTS[name].section] for name in charts if name in CHARTS},
        "specs": specs,
        "notes": {
            section: f"Rests on illustrative figures: {words}." if words else ""
            for section in SECTIONS
            for words in [illustrative_words(sources, RESTS_ON[section])]
        },
        "place_table": place_table(headline, str(result.data.attrs["main_stream"])),
        "scheme_table": scheme_table(result, sources),
        "programme_table": programme_table(result, sources),
        "most_printed": MOST_PRINTED,
        "basis_table": basis_table(sources),
        "illustrative": illustrative_count(headline),
        "source_table": source_table(sources),
        "compared": side_by_side,
        "base": base,
        "run_words": run_words,
        "origin": origin.run_words(result),
        "changes": changes_of_run(result),
        "changes_table": changes_table(result),
        "choices": _choices(result),
        "meaning": MEANING,
        "provenance": result.provenance,
        "policy": content_policy(scripts.values()),
    } | scripts


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
    environment.filters |= {
        "short": short,
        "plural": plural,
        "plain_percent": percent,
        "plain_count": _count,
    }
    environment.filters |= {
        "unpublished": unpublished,
        "counted": counted,
        "named": plain_name,
        "apart": _apart,
        "in_words": in_words,
    }
    return environment


def _apart(value: Any) -> Any:
    """Return a text that cannot turn the text around it, as right-to-left letters would.

    Most cells hold plain letters, and what would keep them apart is a tenth of the page.
    """
    text = str(value)
    if text.replace("£", "").isascii():
        return text
    return Markup("<bdi>{}</bdi>").format(text)


@cache
def _program() -> str:
    """Return the page's own program."""
    loader = _environment().loader
    return "\n".join(
        loader.get_source(_environment(), name)[0] for name in ("shape.js", "report.js")
    )


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
        "stands": sorted(set(result.table("portfolio_plan")["status"]))
        if "portfolio_plan" in result.tables
        else [],
    }
