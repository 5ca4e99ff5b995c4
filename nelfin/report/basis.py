"""What of a result rests on illustrative figures, in a few words, and the settings of a run."""

from __future__ import annotations

import pandas as pd

from nelfin.scenario.resolved import resolved_figures
from nelfin.store.findings import Findings


def illustrative(sources: pd.DataFrame, parts: tuple[str, ...]) -> str:
    """Return which figures of some sections and tables are illustrative; "" if none is.

    Parameters
    ----------
    sources
        The register of figures of a run.
    parts
        Sections of the scenario, ending in a full stop, and tables.
    """
    settings = sources[sources["where"] == "scenario"]
    of_parts = settings["figure"].str.startswith(
        tuple(part for part in parts if part.endswith("."))
    )
    made_up = list(settings.loc[of_parts & (settings["status"] == "illustrative"), "figure"])
    named = made_up[:2]
    if len(made_up) > 2:
        more = len(made_up) - 2
        named.append(f"{more} more {'setting' if more == 1 else 'settings'}")
    for table in parts:
        rows = sources.loc[sources["where"] == table, "status"]
        count = int((rows == "illustrative").sum())
        if count:
            named.append(f"{count} of {len(rows)} rows of {table}")
    return ", ".join(named)


def rests_on(made_up: str) -> str:
    """Say, above a table, which illustrative figures it rests on; "" if on none."""
    return f"Illustrative: rests on {made_up}." if made_up else ""


def settings_table(result: Findings) -> pd.DataFrame:
    """Return every setting of the scenario of a run.

    Parameters
    ----------
    result
        What the run found, with its scenario as TOML and its table `sources`.

    Returns
    -------
    pandas.DataFrame
        Columns `setting, value, unit, status, source, low, high`; a table has its file for value
        and the file's SHA-256 for source.
    """
    sources = result.table("sources")
    registered = sources[sources["where"] == "scenario"].set_index("figure")
    hashes = result.provenance.get("inputs", {})
    rows = []
    for key, figure in resolved_figures(result.scenario_toml).items():
        about = [figure.unit, figure.status, figure.source]
        if key in registered.index:
            about = list(registered.loc[key, ["unit", "status", "source"]].fillna(""))
        elif key.startswith("data."):
            digest = hashes.get(key.removeprefix("data."), "not known")
            about = ["file", "given", f"SHA-256 {digest}"]
        rows.append([key, _shown(figure.value), *about, figure.low, figure.high])
    columns = ["setting", "value", "unit", "status", "source", "low", "high"]
    return pd.DataFrame(rows, columns=columns).astype({"low": float, "high": float})


def _shown(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return value
