"""Every setting of the scenario of a run, as a table."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pandas as pd

from nelfin.store.findings import Findings


def settings_table(result: Findings) -> pd.DataFrame:
    """Return every setting of the scenario of a run.

    Returns
    -------
    pandas.DataFrame
        Columns `setting, value, unit, status, source, low, high`; a table has its file for value
        and the file's SHA-256 for source.
    """
    sources = result.table("sources")
    known = sources[sources["where"] == "scenario"].set_index("figure")
    hashes = result.provenance.get("inputs", {})
    rows = []
    for key, leaf in _leaves(tomllib.loads(result.scenario_toml)):
        about = leaf if isinstance(leaf, dict) else {"value": leaf}
        unit, status, source = (about.get(name, "") for name in ("unit", "status", "source"))
        if key in known.index:
            unit, status, source = known.loc[key, ["unit", "status", "source"]].fillna("")
        elif key.startswith("data."):
            unit, status = "file", "given"
            source = f"SHA-256 {hashes.get(key.removeprefix('data.'), 'not known')}"
        else:
            status = status or "given"
        value = _shown(about["value"])
        rows.append([key, value, unit, status, source, about.get("low"), about.get("high")])
    columns = ["setting", "value", "unit", "status", "source", "low", "high"]
    return pd.DataFrame(rows, columns=columns).astype({"low": float, "high": float})


def _leaves(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        key = f"{prefix}{name}"
        # a section may have a key named value, but not beside a unit
        if isinstance(value, dict) and not {"value", "unit"} <= value.keys():
            yield from _leaves(value, f"{key}.")
        else:
            yield key, value


def _shown(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return value
