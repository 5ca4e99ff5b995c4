"""Whether totals hold: read back from the files a command wrote, not from the program's memory."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd

from hostile.desk import rows_of
from nelfin.data.specs import TABLES
from nelfin.data.tables import read_table
from nelfin.errors import InputError

TOLERANCE = 1e-6
"""£m, and as a share of large figures."""


def wrong_totals(folder: Path, command: str, said: str) -> list[str]:
    """Return every total that does not hold in what a command wrote.

    Parameters
    ----------
    folder
        The desk; what was written stands in `out` or `out.csv`.
    command
        The command that wrote.
    said
        Its last words, which tell the totals of some.
    """
    if command == "run":
        return _of_run(folder / "out" / "tables", folder)
    if command == "capital-solve":
        return _of_plan(folder / "out")
    return _of_rows(folder, command, said)


def _same(one: object, other: object) -> bool:
    return bool(np.allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=False))  # type: ignore[arg-type]


def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values=[""])


def _of_run(tables: Path, folder: Path) -> list[str]:
    faults = []
    budgets, envelope = _table(tables, "place_budgets"), _table(tables, "envelope")
    at = ["stream", "year"]
    shared = budgets[budgets["measure"] == "budget"].groupby(at)["value"].sum()
    whole = envelope[envelope["measure"] == "envelope"].set_index(at)["value"]
    held = envelope[envelope["measure"] == "system_held"].set_index(at)["value"]
    if not _same(held.add(shared, fill_value=0.0).reindex(whole.index), whole):
        faults.append("budgets and what the system holds are not the envelope")
    bridge = _table(tables, "recovery_bridge")
    position = _table(tables, "system_position")
    reported = position[position["measure"] == "system_reported"].set_index("year")["value"]
    steps = bridge.pivot_table(index=["organisation", "year"], columns="step", values="value")
    if not _same(steps["reported"].groupby("year").sum().reindex(reported.index), reported):
        faults.append("organisations do not sum to the system's position")
    parts = steps.drop(columns=["closing underlying", "reported"]).sum(axis=1)
    if not _same(parts, steps["reported"]):
        faults.append("the steps of a bridge do not add up")
    for name, table in {"place_budgets": budgets, "bridge": bridge, "position": position}.items():
        if not np.isfinite(table["value"].to_numpy(dtype=float)).all():
            faults.append(f"{name} holds what is not a number")
    return faults + _of_plan(tables) + _envelope_as_given(folder, whole)


ALLOCATION_HEADS = ("stream", "year", "allocation_gbp_m")


def _envelope_as_given(folder: Path, whole: pd.Series) -> list[str]:
    """Compare published allocations with the table as a plain reader of CSV sees it."""
    file = folder / "allocations.csv"
    text = (folder / "scenario.toml").read_text(encoding="utf-8", errors="replace")
    if 'allocations = "allocations.csv"' not in text:
        return []
    plain = io.StringIO(file.read_bytes().decode("utf-8-sig", errors="replace"), newline="")
    rows = [[cell.strip() for cell in row] for row in csv.reader(plain)]
    # titles may stand above the heads; what a plain reader does not find is not compared
    at = next((n for n, row in enumerate(rows) if {*ALLOCATION_HEADS} <= {*row}), len(rows))
    heads = [*rows, list(ALLOCATION_HEADS)][at]
    stream, year, amount = map(heads.index, ALLOCATION_HEADS)
    for row in rows[at + 1 :]:
        cells = row + [""] * len(heads)
        key = (cells[stream], cells[year])
        if key in whole.index and not _same(whole[key], float(cells[amount].replace(",", ""))):
            return [f"the envelope of {key} is {whole[key]}, not the {cells[amount]} given"]
    return []


def _of_plan(folder: Path) -> list[str]:
    plan, spend, limits = (_table(folder, name) for name in ("plan", "spend", "limits"))
    faults = []
    if ((limits["used_gbp_m"] - limits["limit_gbp_m"]) > TOLERANCE).any():
        faults.append("the plan passes a limit")
    if not np.isfinite(plan[["spend_gbp_m", "cdel_gbp_m", "benefit"]].to_numpy(float)).all():
        faults.append("the plan holds what is not a number")
    by_scheme = spend.groupby("project_id")["cdel_gbp_m"].sum()
    stated = plan.set_index("project_id")["cdel_gbp_m"]
    if not _same(by_scheme.reindex(stated.index, fill_value=0.0), stated):
        faults.append("the years of a scheme are not its spend")
    system = limits[limits["organisation"].isna()].set_index("year")["used_gbp_m"]
    by_year = spend.groupby("year")["cdel_gbp_m"].sum()
    if not _same(by_year.reindex(system.index, fill_value=0.0), system):
        faults.append("the schemes of a year are not the use of its limit")
    solve = folder / "solve.json"
    if solve.is_file():
        objective = json.loads(solve.read_text(encoding="utf-8"))["objective"]
        if not _same(plan["benefit"].sum(), objective):
            faults.append("benefits do not sum to the objective")
    return faults


IMPORTED = {
    "import-allocations": "allocations",
    "import-capital": "capital_limits",
    "import-positions": "positions",
}
"""Commands that write a table of a scenario, and which."""


def _of_rows(folder: Path, command: str, said: str) -> list[str]:
    if command in IMPORTED:
        try:
            read_table(folder / "out.csv", TABLES[IMPORTED[command]])
        except InputError as error:
            return [f"writes what no scenario takes: {error}"]
        return []
    table = pd.read_csv(folder / "out.csv")
    if command == "converge":
        grown = table["baseline"] * (1 + table["growth"]) * (1 + table["convergence"])
        return [] if _same(table["allocation"], grown) else ["growth and convergence do not add up"]
    people = table[table["component"] == "registered_population"]["weighted_population"].sum()
    rows = rows_of(folder / "practices.csv")
    # the headings may stand below a title
    first = next(n for n, row in enumerate(rows) if "Registered Patients" in map(str.strip, row))
    heads = [cell.strip().removeprefix("\ufeff") for cell in rows[first]]
    at = heads.index("Registered Patients")
    icb = heads.index("ICB")
    given = sum(float(row[at]) for row in rows[first + 1:]
                if len(row) > max(at, icb) and row[icb].strip().upper() == "QAA")  # fmt: skip
    faults = [] if _same(people, given) else [f"{people} people, but {given} in the file"]
    printed = re.search(r"([\d,]+) registered people", said)
    if printed and abs(float(printed[1].replace(",", "")) - given) > 1:
        faults.append("prints another sum of people")
    return faults
