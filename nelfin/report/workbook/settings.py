"""Every setting of the scenario of a run, as a table."""

from __future__ import annotations

import pandas as pd

from nelfin.scenario.resolved import resolved_figures
from nelfin.store.findings import Findings
from nelfin.store.kept import kept_name


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
        rows.append([key, kept_name(_shown(figure.value)), *about, figure.low, figure.high])
    columns = ["setting", "value", "unit", "status", "source", "low", "high"]
    return pd.DataFrame(rows, columns=columns).astype({"low": float, "high": float})


def _shown(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return value
