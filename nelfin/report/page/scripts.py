"""What stands in the page's script elements: the charts, and the program that draws them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from nelfin.report.charts.style import Card


def chart_specs(charts: Mapping[str, Card]) -> str:
    """Return charts as JSON that cannot end the script element it stands in.

    Parameters
    ----------
    charts
        By name.
    """
    specs = {name: _spec(card) for name, card in charts.items()}
    text = json.dumps(specs, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _spec(card: Card) -> dict[str, Any]:
    """Return a chart without lists to choose from: the page's own choose what it shows."""
    spec: dict[str, Any] = card.chart.to_dict(validate=False)  # see `cards`
    for parameter in spec.get("params", []):
        parameter.pop("bind", None)
    return spec


@cache
def vega_bundle() -> str:
    """Return the JavaScript that draws the charts; worked out once a process."""
    import vl_convert

    # without a snippet of its own the bundle offers window.vegaEmbed; the stubs ask for one
    script: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    return script.replace("</script", "<\\/script")
