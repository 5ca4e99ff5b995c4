"""A scenario as one file that needs no other, as it is kept with a run."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from nelfin.evidence import Figure
from nelfin.scenario.draft import section
from nelfin.scenario.keys import dotted, walk
from nelfin.scenario.paths import called, names_file
from nelfin.scenario.schema import Scenario
from nelfin.store.sheets.names import split_sheet


def resolved_toml(scenario: Scenario, kept: Mapping[str, str] | None = None, base: str = "") -> str:
    """Return the scenario as one TOML file that needs no other scenario file.

    Every setting has its unit, status, source and range, so that the file loads to the same
    scenario with the same evidence; only what the plan is and the paths of tables stand bare.
    Tables of nelfin's own are named `nel:file.csv`, so that the file works elsewhere.

    Parameters
    ----------
    scenario
        The scenario.
    kept
        Where its files are kept, by their path without a sheet; those that it names by default.
    base
        File of what the scenario is a change of, where that is kept too.

    Returns
    -------
    str
        TOML.
    """
    import tomli_w

    tree: dict[str, Any] = {}
    held = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    if base:
        held["base"] = base
    for parts, here, value in walk(held):
        key, written = dotted(parts), value
        if names_file(value, key) and written != base:
            written = _kept(value, kept or {})
        if parts[0] != "data" and here is not None and here.is_setting and len(parts) > 1:
            written = figure_table(written, scenario.evidence[key])
        section(tree, parts[:-1])[parts[-1]] = written
    return tomli_w.dumps(tree)


def _kept(path: str, kept: Mapping[str, str]) -> str:
    """Return where a file is kept, with its sheet."""
    file, sheet = split_sheet(path)
    place = kept.get(str(file), called(file))
    return place if sheet is None else f"{place}#{sheet}"


def figure_table(value: Any, figure: Figure) -> dict[str, Any]:
    """Return the table that a figure is written as.

    Parameters
    ----------
    value
        Its value, as TOML can hold it.
    figure
        What is said of it.

    Returns
    -------
    dict
        `value`, the range if there is one, `unit`, `status` and `source`.
    """
    ends: dict[str, Any] = {}
    if figure.low is not None:
        ends = {"low": figure.low, "high": figure.high, "shape": figure.shape}
    about = {"unit": figure.unit, "status": figure.status, "source": figure.source}
    return {"value": value, **ends, **about}


def resolved_figures(text: str) -> dict[str, Figure]:
    """Return the figures that a scenario file says by itself.

    Parameters
    ----------
    text
        The file as `resolved_toml` writes it. Keys of other versions are read too.

    Returns
    -------
    dict
        Figure by dotted key, in the order of the file. A bare value is given, without a source.
    """
    figures = {}
    for parts, _, given in walk(tomllib.loads(text)):
        if isinstance(given, dict) and "value" in given:
            figures[dotted(parts)] = Figure(
                given["value"],
                given.get("unit", ""),
                given.get("status", "given"),
                given.get("source", ""),
                given.get("low"),
                given.get("high"),
                given.get("shape", "triangle"),
            )
        elif given != {}:
            figures[dotted(parts)] = Figure(given, "", "given", "")
    return figures
