"""Which run something is made from, in words."""

from __future__ import annotations

from datetime import datetime

from nelfin.report.text.names import short
from nelfin.store.findings import Findings


def run_words(result: Findings) -> str:
    """Return which run something is made from: name, date and version.

    Parameters
    ----------
    result
        A run.
    """
    started = datetime.fromisoformat(str(result.provenance["started"]))
    day = f"{started.day} {started:%B %Y}"
    version = result.provenance["versions"]["nelfin"]
    given = str(result.provenance.get("run", {}).get("name", ""))
    called = f"“{short(given)}” ({short(result.name)})" if given else f"“{short(result.name)}”"
    return f"Run {called} of {day}, nelfin {version}"
