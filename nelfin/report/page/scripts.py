"""What stands in the page's script elements: the charts, and the programs that draw them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from nelfin.report.charts.style import Card

NOT_A_NUMBER = "could not be drawn, as one of its figures is not a number; its table is below."


def chart_specs(charts: Mapping[str, Card]) -> tuple[dict[str, str], dict[str, str]]:
    """Return each chart as JSON that cannot end the script element it stands in.

    Parameters
    ----------
    charts
        By name.

    Returns
    -------
    specs : dict
        By name: strict JSON, without NaN and infinity, which no browser reads.
    failed : dict
        By name: why a chart has none.
    """
    specs, failed = {}, {}
    for name, card in charts.items():
        try:
            specs[name] = safe_json(_spec(card))
        except ValueError:
            failed[name] = f"{card.title} {NOT_A_NUMBER}"
    return specs, failed


def safe_json(value: Any) -> str:
    """Return strict JSON that cannot end the script element it stands in.

    Parameters
    ----------
    value
        What `json` writes.

    Raises
    ------
    ValueError
        If a number in it is not one, or is infinite.
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
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


def content_policy(scripts: Iterable[str]) -> str:
    """Return the Content-Security-Policy of the page: its own scripts by their hash, nothing else.

    Parameters
    ----------
    scripts
        What stands in each script element that runs, to the last letter.
    """
    hashes = (hashlib.sha256(script.encode()).digest() for script in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"
    )
