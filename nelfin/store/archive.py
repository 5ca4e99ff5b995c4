"""A folder of runs and sweeps as a table: all from their files, nothing to administer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from nelfin.errors import InputError
from nelfin.store.versions import require_readable

FIGURES = [
    "balance_from",
    "last_year",
    "reported_gbp_m",
    "underlying_gbp_m",
    "schemes_funded",
    "capital_used_gbp_m",
    "furthest_under_target",
    "dft",
    "odds_of_balance",
]
"""What `run.json` tells of a run under `headline`."""

COLUMNS = [
    "folder", "kind", "called", "name", "started", "by", *FIGURES, "draws", "cases", "varies",
    "base", "changed", "changes", "version", "remark", "note",
]  # fmt: skip


def list_runs(folder: str | Path = "nelfin-runs") -> pd.DataFrame:
    """List the runs and sweeps of a folder, the newest first.

    Parameters
    ----------
    folder
        Holds run folders and folders of sweeps, at any depth up to three.

    Returns
    -------
    pandas.DataFrame
        A row a run or sweep: its folder, name, when it started (UTC), headline figures (NaN or ""
        where there are none), what it changes from its base, what was said of it in `note`, and a
        `remark` if it cannot be read or is not done.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    root = Path(folder)
    if not root.is_dir():
        what = "is a file, not a folder." if root.exists() else "does not exist."
        raise InputError.one(
            str(root), what, 'Name the folder that holds your runs, or make one: "nelfin run".'
        )
    rows = []
    for depth in ("", "*/", "*/*/", "*/*/*/"):
        for file in sorted(root.glob(f"{depth}run.json")):
            rows.append(_row(root, file, "run"))
        for file in sorted(root.glob(f"{depth}sweep.json")):
            rows.append(_row(root, file, "sweep"))
    # what begins with a dot is being written
    runs = pd.DataFrame([row for row in rows if not _hidden(row["folder"])], columns=COLUMNS)
    return runs.sort_values(["started", "folder"], ascending=False, ignore_index=True)


def _hidden(folder: str) -> bool:
    return any(part.startswith(".") for part in Path(folder).parts if part != ".")


def _row(root: Path, file: Path, kind: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "folder": str(file.parent.relative_to(root)),
        "kind": kind,
        "name": "",
        "started": "",
        "note": "",
        "remark": "",
        "called": file.parent.name,
        "by": "",
        "base": "",
        "changed": 0,
        "changes": [],
    }
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        row |= _of_sweep(about, file.parent) if kind == "sweep" else _of_run(about, row["called"])
        require_readable(str(row["version"]), str(file.parent))
    except InputError:
        row["remark"] = "of a newer version"
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        row["remark"] = f"{file.name} cannot be read"
    return row


def _of_run(about: Mapping[str, Any], folder: str) -> dict[str, Any]:
    headline, told = about.get("headline", {}), about.get("run", {})
    return {
        "name": str(about["name"]),
        "started": str(about["started"]),
        "called": told.get("name") or folder,
        "by": told.get("by", ""),
        "note": told.get("note", ""),
        "base": about.get("base", {}).get("name", ""),
        "changed": about.get("base", {}).get("changed", 0),
        "changes": about.get("base", {}).get("changes", []),
        "draws": about["draws"],
        "version": about["versions"]["nelfin"],
        **{name: headline.get(name) for name in FIGURES},
    }


def _of_sweep(about: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    done = (folder / "sweep.parquet").is_file()
    return {
        "name": str(about["name"]),
        "started": str(about["started"]),
        "cases": about["cases"],
        "version": about["version"],
        "varies": ", ".join(about["vary"]),
        "remark": "" if done else "not done",
    }


def picked(
    runs: pd.DataFrame,
    name: str = "",
    since: date | None = None,
    balance_by: str = "",
    kind: str = "",
) -> pd.DataFrame:
    """Return the runs that fit.

    Parameters
    ----------
    runs
        From `list_runs`.
    name
        Part of the name, the scenario's or the folder, in capitals or not; "" for any.
    since
        Day from which they started.
    balance_by
        Year by which they are in balance, such as 2027/28; "" for any.
    kind
        `run` or `sweep`; "" for both.
    """
    fits = pd.Series(True, index=runs.index)
    if name:
        words = runs["called"] + "\n" + runs["name"] + "\n" + runs["folder"]
        fits &= words.str.contains(name, case=False, regex=False)
    if since is not None:
        fits &= runs["started"].str[:10] >= since.isoformat()
    if balance_by:
        by = runs["balance_from"].fillna("").astype(str)
        fits &= (by != "") & (by <= balance_by)
    if kind:
        fits &= runs["kind"] == kind
    return runs[fits].reset_index(drop=True)


def folder_of(root: str | Path, runs: pd.DataFrame, word: str) -> Path:
    """Return the folder of a run.

    Parameters
    ----------
    root
        Folder of the runs.
    runs
        From `list_runs`, or those of them that fit.
    word
        The folder as listed, a part of it, or `latest`.

    Raises
    ------
    InputError
        If there is none, or the word fits more than one.
    """
    folders = [str(folder) for folder in runs.loc[runs["kind"] == "run", "folder"]]
    if not folders:
        raise InputError.one(str(root), "holds no run that fits.", "Look at all: nelfin runs.")
    if word == "latest":
        return Path(root) / folders[0]
    fits = [folder for folder in folders if folder == word] or [
        folder for folder in folders if word.lower() in folder.lower()
    ]
    if len(fits) != 1:
        what = "fits no run" if not fits else f"fits {len(fits)} runs: {', '.join(fits[:5])}"
        raise InputError.one(f"--open {word}", f"{what}.", "Give the folder as listed.")
    return Path(root) / fits[0]
