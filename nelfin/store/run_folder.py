"""The folder of a run: written whole, and opened again as it was."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from nelfin.errors import InputError, reason
from nelfin.store.findings import Findings
from nelfin.store.kept import BASE, INPUTS, RECORD, SCENARIO, check_record, kept_files
from nelfin.store.refused import not_opened
from nelfin.store.versions import require_readable
from nelfin.store.writing import restore, unmarked, whole_folder, write_csv

KINDS = {"bool": "yes_no", "int64": "integer", "float64": "number", "str": "text"}
"""Kinds of columns that `run.json` tells, by their type."""

TYPES = {kind: name for name, kind in KINDS.items()}


MayReplace = Callable[[Path], str]
"""Says why a folder is not one to replace; "" where it is."""


def unless_of_a_run(folder: Path) -> str:
    """Say why a folder is not that of a run; "" where it is.

    Parameters
    ----------
    folder
        That is there.
    """
    if folder.is_file():
        return "is a file"
    return "" if (folder / RECORD).is_file() else "is not a run folder"


def write_run_folder(
    findings: Findings, folder: Path, force: bool, write_more: Callable[[Path], object]
) -> None:
    """Write the folder of a run: data, tables, scenario and provenance.

    Everything is written beside the folder first and then renamed, so that a run which dies
    leaves nothing half-made.

    Parameters
    ----------
    findings
        What the run found.
    folder
        Folder to make.
    force
        Replace a run folder that is there.
    write_more
        Writes the files that people look at to the folder it is given.

    Raises
    ------
    InputError
        If the folder exists and `force` is not given.
    OutputError
        If it cannot be written.
    """
    check_folder(folder, force, replace_by="force=True")
    with whole_folder(folder, force) as part:
        _write(findings, part)
        write_more(part)


def _write(findings: Findings, folder: Path) -> None:
    # made in memory: on a full disk HDF5 itself does not return an error but dies
    (folder / "results.nc").write_bytes(findings.data.to_netcdf(engine="h5netcdf"))
    (folder / "tables").mkdir()
    columns = {}
    for name in findings.tables:
        table = findings.table(name)
        write_csv(table, folder / "tables" / f"{name}.csv")
        columns[name] = {str(column): KINDS[str(of)] for column, of in table.dtypes.items()}
    account = {"name": findings.name} | findings.provenance | {"columns": columns}
    _write_what_ran(findings, folder, account)


def _write_what_ran(findings: Findings, folder: Path, account: dict[str, Any]) -> None:
    """Write what a run is done again from: its scenario, what it has read, and its account."""
    (folder / SCENARIO).write_text(findings.scenario_toml, encoding="utf-8")
    if findings.base_toml:
        (folder / BASE).write_text(findings.base_toml, encoding="utf-8")
    (folder / INPUTS).mkdir()
    for file, content in findings.kept.items():
        (folder / file).write_bytes(content)
    text = json.dumps(account, indent=2, ensure_ascii=False)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


@contextmanager
def what_ran(findings: Findings) -> Iterator[Path]:
    """Give a folder that a run can be done again from, while it is looked at.

    Parameters
    ----------
    findings
        What the run found; it may not have been saved, or its folder may be gone.

    Yields
    ------
    pathlib.Path
        The folder: scenario, inputs and account, without results.
    """
    with tempfile.TemporaryDirectory() as made:
        _write_what_ran(findings, Path(made), findings.provenance)
        yield Path(made)


def open_run_folder(folder: Path) -> Findings:
    """Open the folder of a run: its data and tables are as they were when the run was done.

    Parameters
    ----------
    folder
        Of a run.

    Raises
    ------
    InputError
        If the folder is not a run folder, a file of it is missing, or a newer version wrote it.
    """
    restore(folder)
    try:
        account = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if not isinstance(account, dict) or "capital" not in account:
            raise ValueError("run.json is not that of a run")
        require_readable(str(account["versions"]["nelfin"]), str(folder))
        check_record(account)
        toml = (folder / SCENARIO).read_text(encoding="utf-8")
        base = folder / BASE
        base_toml = base.read_text(encoding="utf-8") if base.is_file() else ""
        with xr.open_dataset(folder / "results.nc", engine="h5netcdf") as stored:
            data = stored.load()
        columns = account.pop("columns", {})
        tables = {
            file.stem: _read_table(file, columns.get(file.stem, {}))
            for file in sorted((folder / "tables").glob("*.csv"))
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise not_opened(folder, error) from None
    found = Findings(account.pop("name"), data, tables, toml, account)
    there = [file for file in kept_files(account) if (folder / file).is_file()]
    found.keep({file: (folder / file).read_bytes() for file in there}, base_toml)
    found.folder = folder.absolute()
    return found


def _read_table(file: Path, kinds: dict[str, str]) -> pd.DataFrame:
    """Read a table with the types that its columns had; guessed where a run tells none."""
    if not kinds:
        return unmarked(pd.read_csv(file, keep_default_na=False, na_values=[""]))
    # read as texts, since pandas may be a last bit off where it reads numbers
    texts = unmarked(pd.read_csv(file, dtype=str, keep_default_na=False))
    return pd.DataFrame({name: _typed(texts[name], kind) for name, kind in kinds.items()})


def _typed(texts: pd.Series, kind: str) -> pd.Series:
    if kind == "yes_no":
        return texts == "True"
    if kind == "text":
        return texts
    return texts.replace("", "nan").to_numpy().astype(TYPES[kind])


def check_folder(
    folder: Path,
    force: bool | None = None,
    may_replace: MayReplace = unless_of_a_run,
    replace_by: str = "--force",
) -> None:
    """Refuse a folder that cannot become that of a result, before any work is done.

    An empty folder may; the one that the caller stands in only if it may be replaced, since files
    are seldom meant to go there.

    Parameters
    ----------
    folder
        To be made.
    force
        A folder that is there may be replaced; None where the caller has no such choice.
    may_replace
        Says why a folder that is there is not replaced even so; "" where it is.
    replace_by
        What the caller adds to have it replaced.

    Raises
    ------
    InputError
        If it exists and may not be replaced, or its parent cannot be written.
    """
    where = str(folder)
    restore(folder)
    try:
        there = folder.exists() and not (_is_empty(folder) and not folder.samefile(Path.cwd()))
    except (OSError, ValueError) as error:
        raise InputError.one(
            where, f"cannot be a folder: {reason(error)}.", "Choose another folder."
        ) from None
    may_be = force is not None and there and not _is_empty(folder)
    why = may_replace(folder) if may_be else ""
    if there and not force:
        # only what would help is advised
        or_replace = "" if force is None or why else f", or add {replace_by} to replace it"
        raise InputError.one(
            where,
            f"already exists{' and ' if why else ''}{why}.",
            f"Choose another folder{or_replace}.",
        )
    if why:
        raise InputError.one(where, f"{why}, so it is not replaced.", "Choose another folder.")
    check_writable(folder)


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def check_writable(path: Path) -> None:
    """Refuse a file or folder that could not be made where it is to be, before any work is done.

    Parameters
    ----------
    path
        To be made; folders above it may be made with it.

    Raises
    ------
    InputError
        If the nearest folder above it that exists is not one to write to.
    """
    parent = path.absolute().parent
    while not parent.exists():
        parent = parent.parent
    try:
        Path(tempfile.mkdtemp(dir=parent, prefix=".nelfin-")).rmdir()
    except OSError:
        raise InputError.one(
            str(path),
            f"cannot be made: {parent} is not a folder you may write to.",
            "Choose another folder.",
        ) from None
