"""The page: one self-contained HTML file that opens without a network."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from nelfin.errors import OutputError
from nelfin.evidence import MEANING
from nelfin.report.charts import CHARTS, Card
from nelfin.report.headline import headline
from nelfin.report.odds import balance_odds, capital_odds, prevention_odds
from nelfin.report.summary import (
    assumption_words,
    balance_words,
    capital_words,
    prevention_words,
)
from nelfin.report.words import money, percent, pounds
from nelfin.result import Result

SECTIONS = (
    ("Recovery", "recovery", ("recovery", "fan", "tornado", "bridge")),
    ("Place budgets", "places", ("budgets", "distance", "budget_change", "sensitivity")),
    ("Prevention", "prevention", ("prevention",)),
    ("Capital", "capital", ("capital", "capital_categories", "capital_price")),
)


def write_page(result: Result, file: Path) -> None:
    """Write the page of a run.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    text = render(result)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError.at(file, error, "Choose another file.") from None


def render(result: Result) -> str:
    """Return the page of a run as HTML. Every text is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("nelfin.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"money": money, "percent": percent, "pounds": pounds}
    found = headline(result)
    words = {
        "recovery": [*balance_words(found), *balance_odds(result)],
        "places": [],
        "prevention": [*prevention_words(result), *prevention_odds(result)],
        "capital": [*capital_words(found), *capital_odds(result)],
    }
    made = {name: chart(result) for name, chart in CHARTS.items()}
    cards: dict[str, Card] = {name: card for name, card in made.items() if card is not None}
    specs = {name: card.chart.to_dict() for name, card in cards.items()}
    plan = result.table("plan").fillna("")
    return environment.get_template("report.html.j2").render(
        result=result,
        found=found,
        places=found.places.reset_index(names="place").to_dict("records"),
        sections=[
            (title, key, [name for name in names if name in cards], words[key])
            for title, key, names in SECTIONS
        ],
        cards=cards,
        tables={name: _rows(card.table) for name, card in cards.items()},
        specs=_script_json(specs),
        plan=plan.to_dict("records"),
        sources=result.table("sources").fillna("").to_dict("records"),
        assumption_words=assumption_words(found),
        meaning=MEANING,
        provenance=result.provenance,
        bundle=_bundle(),
    )


def _rows(table: pd.DataFrame) -> list[list[Any]]:
    """Return headings and cells of a small table; numbers stay numbers."""
    return [list(table.columns), *table.to_numpy(dtype=object).tolist()]


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
