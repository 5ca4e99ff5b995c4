"""What a run found: labelled data, tables and where every figure comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import xarray as xr

from nelfin.errors import InputError, nearest


class Findings:
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
    base_toml : str
        What the scenario is a change of, in the same way; "" where it changes nothing.
    folder : pathlib.Path or None
        Folder of the run; None before it is saved.
    """

    base_toml = ""
    folder: Path | None = None

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
        self._tables = {key: plain(table) for key, table in tables.items()}
        self._worked_out: dict[str, Any] = {}
        self._kept: dict[str, bytes] = {}

    @property
    def called(self) -> str:
        """What the run is called: the name it was given, else its folder's, else the scenario's."""
        given = str(self.provenance.get("run", {}).get("name", ""))
        return given or (self.folder.name if self.folder is not None else self.name)

    def keep(self, files: Mapping[str, bytes], base_toml: str) -> None:
        """Keep what the run has read.

        Parameters
        ----------
        files
            Contents by path in the folder of the run.
        base_toml
            What the scenario is a change of; "" for nothing.
        """
        self._kept = dict(files)
        self.base_toml = base_toml

    @property
    def kept(self) -> dict[str, bytes]:
        """The files that the run has read, by their path in its folder."""
        return self._kept

    def __repr__(self) -> str:
        years = self.data["year"].values
        return f"<nelfin.{type(self).__name__} {self.name}, {years[0]} to {years[-1]}>"

    @property
    def tables(self) -> list[str]:
        """Names of the tables."""
        return list(self._tables)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by name.

        Parameters
        ----------
        name
            One of `tables`.

        Returns
        -------
        pandas.DataFrame
            A copy, so that what is changed in it changes nothing else.

        Raises
        ------
        InputError
            If there is no such table; says which there are.
        """
        if name not in self._tables:
            raise InputError.one("table", f'"{name}" is not known.', nearest(name, self._tables))
        return self._tables[name].copy()


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of numbers, whole numbers, yes or no, and text; a blank text is "".

    So a table read again from its file is as it was.

    Parameters
    ----------
    table
        Any table; columns of other types become text.
    """
    columns = {}
    for name, column in table.items():
        kind = column.dtype.kind
        if kind in "bif":
            columns[str(name)] = column.astype({"b": bool, "i": "int64", "f": "float64"}[kind])
        elif column.dtype == "str":
            columns[str(name)] = column.fillna("")
        else:
            cells = zip(column.tolist(), column.notna().tolist(), strict=True)
            texts = [str(cell) if there else "" for cell, there in cells]
            columns[str(name)] = pd.Series(texts, index=column.index, dtype="str")
    return pd.DataFrame(columns).reset_index(drop=True)


Answer = TypeVar("Answer")


def once(work: Callable[[Findings], Answer]) -> Callable[[Findings], Answer]:
    """Work something out once for what a run found, and keep it with the findings.

    Everybody who asks gets the same object, so nobody may change it.

    Parameters
    ----------
    work
        Takes the findings of a run, which do not change once the run is done.

    Returns
    -------
    Callable
        A function that works it out when it is first asked for.

    Examples
    --------
    >>> import pandas as pd
    >>> @once
    ... def rows(findings):
    ...     print("counted")
    ...     return len(findings.table("plan"))
    >>> findings = Findings("A", None, {"plan": pd.DataFrame({"id": ["P1", "P2"]})}, "", {})
    >>> rows(findings), rows(findings)
    counted
    (2, 2)
    """
    # by name, so that findings can be sent from one process to another
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def kept(findings: Findings) -> Answer:
        answers = findings._worked_out
        if name not in answers:
            answers[name] = work(findings)
        answer: Answer = answers[name]
        return answer

    return kept
