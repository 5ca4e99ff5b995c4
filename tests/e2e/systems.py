"""Systems of another size or with other names, cut and copied from the embedded tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nelfin.data.start.folder import write_scenario_folder
from nelfin.scenario import load_scenario

WHOLE = "whole system"
"""Stands for all places in the weighted populations."""

INITIATIVES = 12
"""Initiatives kept of those that are new."""


def write_system(
    folder: Path,
    places: int = 7,
    schemes: int = 332,
    names: Mapping[str, str] | None = None,
    title: str = "A test system",
) -> Path:
    """Write a scenario with its tables, and return its file.

    Parameters
    ----------
    folder
        A new folder.
    places, schemes
        How many of each: the first of the embedded ones, or those and copies of them.
    names
        Other names for places, organisations, schemes and categories, wherever they stand.
    title
        Name of the scenario.
    """
    folder.mkdir()
    target = write_scenario_folder(load_scenario(), folder)
    known = [name for name in _read("weighted_populations")["place"].unique() if name != WHOLE]
    for file in folder.glob("*.csv"):
        frame = _read(file.stem)
        if file.stem == "projects":
            frame = _schemes(frame, schemes, known[:places])
        elif file.stem == "initiatives":
            frame = _initiatives(frame)
            frame["places"] = [
                _named(cell, known[:places], names or {}) for cell in frame["places"]
            ]
        elif file.stem == "equity_floors":
            frame = frame.head(0)  # what its places can keep is not known
        elif "place" in frame and not frame.empty:
            frame = _places(frame, places, known)
        for old, new in (names or {}).items():
            frame = frame.replace(old, new)
        frame.to_csv(file, index=False)
    text = target.read_text(encoding="utf-8")
    quoted = '"' + "".join(f"\\U{ord(letter):08X}" for letter in title) + '"'
    text = re.sub(r'(?m)^name = ".*"$', lambda _: f"name = {quoted}", text)
    assert "gap_pct = { value = 0.5," in text
    text = text.replace("gap_pct = { value = 0.5,", "gap_pct = { value = 10.0,")
    target.write_text(text, encoding="utf-8")
    return target


def _read(name: str) -> pd.DataFrame:
    packaged = getattr(load_scenario().data, name)
    return pd.read_csv(packaged, dtype=str, keep_default_na=False)


def _named(cell: str, places: list[str], names: Mapping[str, str]) -> str:
    """Return the places of an initiative that are there, under their names."""
    return "; ".join(names.get(name, name) for name in cell.split("; ") if name in places)


def _places(frame: pd.DataFrame, count: int, known: list[str]) -> pd.DataFrame:
    """Keep the rows of the first places, and copy them for places beyond those there are."""
    extra = {f"Place {at + 1}": known[at % len(known)] for at in range(len(known), count)}
    if "share_pct" in frame:  # places left out share the rest
        return frame[frame["place"].isin(known[:count])]
    parts = [frame[frame["place"].isin([*known[:count], "", WHOLE])]]
    parts += [frame[frame["place"] == old].assign(place=new) for new, old in extra.items()]
    return pd.concat(parts, ignore_index=True)


def _schemes(frame: pd.DataFrame, count: int, places: list[str]) -> pd.DataFrame:
    parts, copy = [frame.head(count)], 1
    while sum(map(len, parts)) < count:
        left = count - sum(map(len, parts))
        again = frame.head(left).assign(requires="", excludes="", option_of="", must_fund="no")
        parts.append(again.assign(
            project_id=again["project_id"] + f"-{copy}", name=again["name"] + f" {copy}"
        ))  # fmt: skip
        copy += 1
    table = pd.concat(parts, ignore_index=True)
    ids = set(table["project_id"])
    for column in ("requires", "excludes"):
        kept = table[column].map(lambda text: _known(text, ids))
        table[column] = table[column].where(kept, "")
    table["place"] = table["place"].where(table["place"].isin(places), "")
    return table


def _initiatives(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the first initiatives, and those that run and stop."""
    kept = frame["initiative_id"].str.startswith(("RUN", "STP"))
    table = frame[kept | (frame.index < INITIATIVES)].copy()
    ids = set(table["initiative_id"])
    for column in ("requires", "excludes"):
        table[column] = table[column].where(table[column].map(lambda text: _known(text, ids)), "")
    return table


def _known(text: str, ids: set[str]) -> bool:
    """Say whether every scheme that a link names is there."""
    return all(one.partition("+")[0].strip() in ids for one in text.split(";"))
