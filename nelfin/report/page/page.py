"""The page: one self-contained HTML file that opens without a network."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from nelfin.data.projects import spend_profile
from nelfin.evidence import MEANING
from nelfin.report.charts import FIGURES, Card, cards
from nelfin.report.charts.comparison import positions
from nelfin.report.grounds import doubtful, grounds
from nelfin.report.page.grids import (
    chart_grid,
    comparison_grids,
    place_grid,
    scheme_grid,
    source_grid,
)
from nelfin.report.page.leads import leads
from nelfin.report.text.odds import odds_in, share
from nelfin.report.text.summary import words_of
from nelfin.report.text.words import money, percent, plural, pounds, short
from nelfin.store.findings import Findings
from nelfin.store.writing import write_whole
from nelfin.system.compare import Comparison
from nelfin.system.compare import compare as compare_runs
from nelfin.system.headline import headline

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
    text = render(result, baseline)
    write_whole(file, lambda part: part.write_text(text, encoding="utf-8"), "Choose another file.")


def render(result: Findings, baseline: Findings | None = None) -> str:
    """Return the page of a run as HTML. Every text is escaped."""
    page: str = _environment().get_template("report.html.j2").render(_parts(result, baseline))
    return page


def _parts(result: Findings, baseline: Findings | None) -> dict[str, Any]:
    """Return what the template fills in."""
    found, sources = headline(result), result.table("sources")
    drawn = cards(result)
    compared: Comparison | None = None
    if baseline is not None:
        compared = compare_runs(baseline, result)
        drawn["positions"] = positions(baseline, result, compared)
    return {
        "result": result,
        "found": found,
        "places": found.places.reset_index(names="place").to_dict("records"),
        "leads": leads(result),
        "odds": odds_in(result, found.balance_year or found.years[-1]),
        "left_out": _left_out(result),
        "titles": {key: words for key, words in TITLES.items() if key != "comparison" or compared},
        "figures": {key: [n for n in names if n in drawn] for key, names in FIGURES.items()},
        "lines": words_of(result),
        "cards": drawn,
        "grids": {name: chart_grid(name, card) for name, card in drawn.items()},
        "grounds": {name: grounds(sources, name) for name in drawn},
        "specs": _script_json({name: _spec(card) for name, card in drawn.items()}),
        "place_grid": place_grid(found, str(result.data.attrs["main_stream"])),
        "scheme_grid": scheme_grid(result, sources),
        "source_grid": source_grid(sources),
        "compared": compared,
        "comparison_grids": comparison_grids(compared) if compared else [],
        "choices": _choices(result),
        "meaning": MEANING,
        "provenance": result.provenance,
        "bundle": _bundle(),
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
        "share": share,
        "pounds": pounds,
        "count": _count,
        "exact": _exact,
        "whole_millions": _count,
    }
    # in the text each number carries its exact value, as the cells of the tables do
    environment.filters |= {
        name: lambda value, *how, shown=function: Markup('<data value="{}">{}</data>').format(
            float(value), shown(value, *how)
        )
        for name, function in shown.items()
    }
    environment.filters |= {"short": short, "plural": plural, "plain_percent": percent}
    environment.filters["doubtful"] = doubtful
    return environment


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _exact(value: float) -> str:
    """Return £m as whole pounds, negatives in brackets."""
    return money(round(value * 1e6), 0)


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
    found = {
        name: sorted(set(plan[name].dropna().astype(str)) - {""})
        for name in ("organisation", "place", "category", "status")
    }
    return found | {
        "places": [str(name) for name in headline(result).places.index],
        "organisations": [str(name) for name in result.data["organisation"].values],
        "statuses": list(MEANING),
    }


def _spec(card: Card) -> dict[str, Any]:
    """Return a chart for the page, whose own lists choose what the chart shows."""
    spec: dict[str, Any] = card.chart.to_dict()
    for parameter in spec.get("params", []):
        parameter.pop("bind", None)
    return spec


def _script_json(value: Any) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _bundle() -> str:
    """Return the JavaScript that draws the charts, to stand in the page."""
    import vl_convert

    # without a snippet of its own the bundle offers window.vegaEmbed; the stubs ask for one
    script: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    return script.replace("</script", "<\\/script")
