"""The result of a run: labelled data, tables, charts, and a folder to keep it in."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from nelfin.errors import InputError, nearest
from nelfin.versions import require_readable
from nelfin.writing import restore, unmarked, whole_folder, write_csv

TIDY: dict[str, tuple[str, ...]] = {
    "place_budgets": ("budget", "target", "opening", "ring_fence", "dft_opening", "dft"),
    "budget_change": ("budget_change",),
    "envelope": ("envelope", "system_held", "like_for_like_growth", "uniform_growth"),
    "need": ("weighted_population", "need_index"),
    "prevention": (
        "prevention_share",
        "prevention_extra_spend",
        "prevention_cash",
        "prevention_double_running",
        "prevention_net_cash",
        "prevention_capacity",
        "prevention_society",
        "prevention_qalys_gained",
        "prevention_qalys_forgone",
    ),
    "prevention_programmes": (
        "prevention_programme_spend",
        "prevention_programme_avoided",
        "prevention_programme_cash",
        "prevention_programme_people",
    ),
    "prevention_places": (
        "prevention_place_spend",
        "prevention_place_cash",
        "prevention_place_qalys",
    ),
    "recovery_bridge": ("recovery_bridge",),
    "system_position": (
        "system_underlying",
        "system_reported",
        "system_do_nothing",
        "pressures_pct",
    ),
    "capital_by_organisation": ("capital_used", "capital_consequences"),
}
"""Tidy tables and the variables they hold: one value a row, with its unit."""


def tidy_tables(data: xr.Dataset) -> dict[str, pd.DataFrame]:
    """Return the tidy tables whose variables the data has; a value that is not there has no row."""
    tables = {}
    for name, variables in TIDY.items():
        if not set(variables) <= set(data.data_vars):
            continue
        parts = []
        for variable in variables:
            array = data[variable]
            frame = array.to_series().rename("value").reset_index()
            frame["measure"], frame["unit"] = variable, array.attrs["units"]
            dims = [str(dim) for dim in array.dims]
            parts.append(frame[[*dims, "measure", "value", "unit"]].dropna(subset="value"))
        tables[name] = pd.concat(parts, ignore_index=True)
    return tables


class Result:
    """What a run found.

    Attributes
    ----------
    name : str
        Name of the scenario.
    data : xarray.Dataset
        Dims `place, year, stream, organisation, project, programme` and others; every variable
        has `units` and `long_name`.
    provenance : dict
        Versions, SHA-256 of every input, times, the solver's account and warnings.
    scenario_toml : str
        The scenario as run, with the source of every figure.
    """

    def __init__(
        self,
        name: str,
        data: xr.Dataset,
        tables: dict[str, pd.DataFrame],
        scenario_toml: str,
        provenance: dict[str, Any],
    ) -> None:
        self.name = name
        self.data = data
        self.provenance = provenance
        self.scenario_toml = scenario_toml
        self._tables = tables

    def __repr__(self) -> str:
        years = self.data["year"].values
        return f"<nelfin.Result {self.name}, {years[0]} to {years[-1]}>"

    @property
    def tables(self) -> list[str]:
        """Names of the tables."""
        return list(self._tables)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by name.

        Raises
        ------
        InputError
            If there is no such table; says which there are.
        """
        if name not in self._tables:
            raise InputError.one("table", f'"{name}" is not known.', nearest(name, self._tables))
        return self._tables[name].copy()

    @property
    def charts(self) -> list[str]:
        """Names of the standard charts that this run has."""
        from nelfin.report.charts import cards

        return list(cards(self))

    def chart(self, name: str) -> Any:
        """Return a standard chart by name, an Altair chart to show or to style further.

        Raises
        ------
        InputError
            If there is no such chart, or the run has nothing to show in it.
        """
        from nelfin.report.charts import CHARTS, DRAWN

        if name not in CHARTS:
            raise InputError.one("chart", f'"{name}" is not known.', nearest(name, CHARTS))
        card = CHARTS[name](self)
        if card is None:
            what, remedy = (
                ("needs draws, and the run has none.", "Run it with draws.")
                if name in DRAWN
                else ("shows what this run does not have.", "See Result.charts.")
            )
            raise InputError.one("chart", f'"{name}" {what}', remedy)
        return card.chart.properties(title=card.title, description=f"{card.title}. {card.words}")

    def summary(self) -> str:
        """Return the summary a finance director reads in half a minute."""
        from nelfin.report.summary import summary

        return summary(self)

    def save(self, folder: str | Path, force: bool = False, report: bool = True) -> Path:
        """Write the run folder: data, tables, scenario, provenance, page and workbook.

        Everything is written beside the folder first and then renamed, so that a run which dies
        leaves nothing half-made.

        Parameters
        ----------
        folder
            Folder to make.
        force
            Replace a run folder that is there.
        report
            Write `report.html` and `report.xlsx` too.

        Raises
        ------
        InputError
            If the folder exists and `force` is not given.
        OutputError
            If it cannot be written.
        """
        target = Path(folder).absolute()
        check_folder(target, force)
        with whole_folder(target, force) as part:
            self._write(part, report)
        return target

    def _write(self, folder: Path, report: bool) -> None:
        # made in memory: on a full disk HDF5 itself does not return an error but dies
        (folder / "results.nc").write_bytes(self.data.to_netcdf(engine="h5netcdf"))
        (folder / "tables").mkdir()
        for name, table in self._tables.items():
            write_csv(table, folder / "tables" / f"{name}.csv")
        (folder / "scenario.resolved.toml").write_text(self.scenario_toml, encoding="utf-8")
        account = json.dumps({"name": self.name} | self.provenance, indent=2, ensure_ascii=False)
        (folder / "run.json").write_text(account + "\n", encoding="utf-8")
        if report:
            from nelfin.report import write_page, write_workbook

            write_page(self, folder / "report.html")
            write_workbook(self, folder / "report.xlsx")


def check_folder(folder: Path, force: bool) -> None:
    """Refuse a folder that cannot become a run folder, before any work is done.

    Raises
    ------
    InputError
        If it exists and may not be replaced, or its parent cannot be written.
    """
    where = str(folder)
    restore(folder)
    try:
        there = folder.exists()
    except (OSError, ValueError) as error:
        raise InputError.one(
            where, f"cannot be a folder: {error}.", "Choose another folder with a shorter name."
        ) from None
    if there:
        if not force:
            raise InputError.one(
                where, "already exists.", "Choose another folder, or add --force to replace it."
            )
        empty = folder.is_dir() and not any(folder.iterdir())
        if not empty and not (folder / "run.json").is_file():
            raise InputError.one(
                where, "is not a run folder, so it is not replaced.", "Choose another folder."
            )
    parent = folder.absolute().parent
    while not parent.exists():
        parent = parent.parent
    try:
        Path(tempfile.mkdtemp(dir=parent, prefix=".nelfin-")).rmdir()
    except OSError:
        raise InputError.one(
            where,
            f"cannot be made: {parent} is not a folder you may write to.",
            "Choose another folder.",
        ) from None


def open_result(folder: str | Path) -> Result:
    """Open a run folder.

    Raises
    ------
    InputError
        If the folder is not a run folder, a file of it is missing, or a newer version wrote it.
    """
    path = Path(folder)
    restore(path)
    try:
        account = json.loads((path / "run.json").read_text(encoding="utf-8"))
        if not isinstance(account, dict) or "capital" not in account:
            raise ValueError("run.json is not that of a run")
        require_readable(str(account["versions"]["nelfin"]), str(path))
        toml = (path / "scenario.resolved.toml").read_text(encoding="utf-8")
        with xr.open_dataset(path / "results.nc", engine="h5netcdf") as stored:
            data = stored.load()
        tables = {
            file.stem: unmarked(pd.read_csv(file, keep_default_na=False, na_values=[""]))
            for file in sorted((path / "tables").glob("*.csv"))
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError.one(
            str(path), f"is not a run folder that can be read: {error}.", "Name a folder of a run."
        ) from None
    return Result(account.pop("name"), data, tables, toml, account)
