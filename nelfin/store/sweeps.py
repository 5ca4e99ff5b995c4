"""A sweep's folder: batches of cases as they come, then one table that is read in part.

While the sweep runs, `batches/` holds what is done. At its end one file, `sweep.parquet`, takes
their place: a row group a batch, so that what is asked for is read and nothing else.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from nelfin.errors import InputError, OutputError
from nelfin.store.refused import not_opened
from nelfin.store.versions import require_readable
from nelfin.store.writing import write_whole
from nelfin.version import __version__

REMEDY = "Free space, or choose another folder; go on with --resume."

RESULTS = ["case", "measure", "of", "year", "value", "unit", "error"]
"""Columns of results; a case without an answer has one row, with its error."""


class Sweep:
    """The results of a sweep in its folder, read when asked for.

    Parameters
    ----------
    folder
        Folder of the sweep.
    about
        What `sweep.json` says: scenario, version, settings that vary, number of cases.
    """

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self.folder = folder
        self.about = about

    def __repr__(self) -> str:
        return f"<nelfin.Sweep {self.folder.name}, {len(self):,} cases>"

    def __len__(self) -> int:
        return int(self.about["cases"])

    @property
    def cases(self) -> pd.DataFrame:
        """The cases: a row each, `case` and the settings that vary."""
        return pd.read_parquet(self.folder / "cases.parquet")

    def table(
        self,
        measure: str | None = None,
        of: str | None = None,
        year: str | None = None,
        cases: Iterable[int] | None = None,
    ) -> pd.DataFrame:
        """Return the results asked for, and read no others.

        Parameters
        ----------
        measure, of, year
            Such as `system_reported`, a place, and 2030/31; all by default.
        cases
            Numbers of cases; all by default.

        Returns
        -------
        pandas.DataFrame
            A column a varied setting, then `case, measure, of, year, value, unit, error`.
        """
        import pyarrow.dataset as ds

        wanted = {"measure": measure, "of": of, "year": year}
        rules = [ds.field(name) == value for name, value in wanted.items() if value is not None]
        if cases is not None:
            rules.append(ds.field("case").isin(list(cases)))
        all_rules = None
        for rule in rules:
            all_rules = rule if all_rules is None else all_rules & rule
        file = ds.dataset(self.folder / "sweep.parquet")
        return file.to_table(filter=all_rules).to_pandas()

    def errors(self) -> pd.DataFrame:
        """Return the cases without an answer: their settings and `error`."""
        import pyarrow.dataset as ds

        file = ds.dataset(self.folder / "sweep.parquet")
        failed = file.to_table(filter=ds.field("error") != "").to_pandas()
        return failed.drop(columns=["measure", "of", "year", "value", "unit"])


def open_sweep(folder: str | Path) -> Sweep:
    """Open the folder of a sweep that is done.

    Parameters
    ----------
    folder
        Of the sweep.

    Raises
    ------
    InputError
        If it is not one, is not done yet, or a newer version wrote it.
    """
    path = Path(folder)
    about = read_about(path)
    require_readable(str(about["version"]), str(path))
    if not (path / "sweep.parquet").is_file():
        raise InputError.one(
            str(path), "holds a sweep that is not done.", "Go on with it: nelfin sweep --resume."
        )
    return Sweep(path, about)


def read_about(folder: Path) -> dict[str, Any]:
    """Return what `sweep.json` says.

    Parameters
    ----------
    folder
        Of a sweep.

    Raises
    ------
    InputError
        If the folder has none that can be read.
    """
    try:
        about = json.loads((folder / "sweep.json").read_text(encoding="utf-8"))
        if not isinstance(about, dict) or not {"version", "cases", "batch"} <= about.keys():
            raise ValueError("sweep.json is not that of a sweep")
    except (OSError, ValueError) as error:
        raise not_opened(folder, error, "sweep.json") from None
    return about


class SweepFolder:
    """The folder of a sweep that runs: batches are kept in it as they come.

    Parameters
    ----------
    folder
        Folder of the sweep.
    cases
        `case`, and a column a varied setting.
    about
        What the sweep is of; a folder of any other is refused.
    resume
        Go on with the batches that are there.

    Raises
    ------
    InputError
        If the folder holds another sweep or other files, or one and `resume` is not asked for.
    """

    def __init__(
        self, folder: Path, cases: pd.DataFrame, about: dict[str, Any], resume: bool
    ) -> None:
        self.folder, self.cases, self.batch = folder, cases, int(about["batch"])
        about = {"version": __version__, "cases": len(cases)} | about
        file = folder / "sweep.json"
        if file.is_file():
            if not resume:
                raise InputError.one(
                    str(folder), "holds a sweep.", "Add --resume, or choose another folder."
                )
            before = read_about(folder)
            require_readable(str(before["version"]), str(folder))
            started = before.pop("started", "")
            if before != about:
                raise InputError.one(
                    str(folder),
                    "holds another sweep, one of other tables, or of another version.",
                    "Choose another folder.",
                )
            self.about = about | {"started": started}
        else:
            if folder.is_file():
                raise InputError.one(str(folder), "is a file.", "Name a folder.")
            # what begins with a dot was being written when a sweep died before it began
            if folder.exists() and any(path.name[0] != "." for path in folder.iterdir()):
                raise InputError.one(str(folder), "is not empty.", "Choose another folder.")
            self.about = about | {"started": datetime.now(UTC).isoformat(timespec="seconds")}
        self.done = (folder / "sweep.parquet").is_file()
        if self.done:
            shutil.rmtree(folder / "batches", ignore_errors=True)
            return
        text = json.dumps(self.about, indent=1, ensure_ascii=False)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # first of all, so that a sweep that dies is known to be one
            write_whole(file, lambda part: part.write_text(text, encoding="utf-8"), REMEDY)
            write_whole(folder / "cases.parquet", cases.to_parquet, REMEDY)
            (folder / "batches").mkdir(exist_ok=True)
        except OSError as error:
            raise OutputError.at(folder, error, REMEDY) from None

    def _file(self, at: int) -> Path:
        return self.folder / "batches" / f"{at:06d}.parquet"

    def has(self, at: int) -> bool:
        """Say whether a batch is there.

        Parameters
        ----------
        at
            Number of the batch, from 0.
        """
        return self.done or self._file(at).is_file()

    def put(self, at: int, table: pd.DataFrame) -> None:
        """Keep a batch.

        Parameters
        ----------
        at
            Number of the batch, from 0.
        table
            Its results: the columns `RESULTS`.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        try:
            write_whole(self._file(at), lambda part: table.to_parquet(part, index=False), REMEDY)
        except OutputError:
            if not self._elsewhere():
                raise

    def finish(self) -> Sweep:
        """Put one table in the place of the batches, a batch at a time."""
        if not self.done and not self._elsewhere():
            try:
                write_whole(self.folder / "sweep.parquet", self._join, REMEDY)
            except OutputError:
                if not self._elsewhere():
                    raise
            shutil.rmtree(self.folder / "batches", ignore_errors=True)
        return Sweep(self.folder, self.about)

    def _elsewhere(self) -> bool:
        """Say whether another process has finished the same sweep meanwhile."""
        return (self.folder / "sweep.parquet").is_file()

    def _join(self, part: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        settings = pa.Table.from_pandas(self.cases, preserve_index=False).schema
        results = [(name, pa.string()) for name in RESULTS]
        results[RESULTS.index("value")] = ("value", pa.float64())
        schema = pa.schema([*settings, *(pair for pair in results if pair[0] != "case")])
        with pq.ParquetWriter(part, schema, compression="zstd") as writer:
            for at, begin in enumerate(range(0, len(self.cases), self.batch)):
                cases = self.cases.iloc[begin : begin + self.batch]
                whole = cases.merge(pd.read_parquet(self._file(at)), on="case")
                writer.write_table(pa.Table.from_pandas(whole, schema, preserve_index=False))
