"""A capital plan in force, read from a table or from a folder that nelfin has written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nelfin.data.specs import PLAN_IN_FORCE, PLAN_LIMITS, PLAN_SPEND
from nelfin.data.tables import read_table
from nelfin.errors import InputError
from nelfin.store.kept import is_run_folder


def plan_file(path: Path) -> Path:
    """Return the table of a plan: the file itself, or that of a folder.

    Parameters
    ----------
    path
        A table of a plan, the folder of `nelfin capital-solve` or `nelfin capital`, or of a run.

    Raises
    ------
    InputError
        If the folder is none of these.
    """
    if not path.is_dir():
        return path
    folder = path / "tables" if is_run_folder(path) else path
    if not (folder / "plan.csv").is_file():
        raise InputError.one(
            str(path),
            "holds no plan.csv.",
            "Name a table of a plan, a folder of capital-solve, or a folder of a run.",
        )
    return folder / "plan.csv"


def read_plan(path: Path, notes: list[str]) -> dict[str, pd.DataFrame]:
    """Read a plan with its limits and spend, as far as they stand beside it.

    Parameters
    ----------
    path
        As for `plan_file`.
    notes
        Takes what was read as something else than it is spelt, a sentence each.

    Returns
    -------
    dict
        `plan`; from a folder also `limits` and `spend`, where they are there.

    Raises
    ------
    InputError
        With every problem of the tables.
    """
    file = plan_file(path)
    tables = {"plan": read_table(file, PLAN_IN_FORCE, notes=notes)}
    for name, spec in (("limits", PLAN_LIMITS), ("spend", PLAN_SPEND)):
        beside = file.with_name(f"{name}.csv")
        if path.is_dir() and beside.is_file():
            tables[name] = read_table(beside, spec, notes=notes)
    return tables
