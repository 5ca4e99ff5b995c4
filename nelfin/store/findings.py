"""What a run found: labelled data, tables and where every figure comes from."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

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
        self._tables = {key: plain(table) for key, table in tables.items()}

    def __repr__(self) -> str:
        years = self.data["year"].values
        return f"<nelfin.{type(self).__name__} {self.name}, {years[0]} to {years[-1]}>"

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


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of numbers, whole numbers, yes or no, and text; a blank text is "".

    So a table read again from its file is as it was.
    """
    columns = {}
    for name, column in table.items():
        kind = column.dtype.kind
        if kind in "bif":
            columns[str(name)] = column.astype({"b": bool, "i": "int64", "f": "float64"}[kind])
        else:
            columns[str(name)] = column.astype(object).where(column.notna(), "").astype("str")
    return pd.DataFrame(columns).reset_index(drop=True)


Found = TypeVar("Found")


def once(work: Callable[[Findings], Found]) -> Callable[[Findings], Found]:
    """Work something out once for each run's findings, and keep it as long as they live."""
    kept: WeakKeyDictionary[Findings, Found] = WeakKeyDictionary()

    @wraps(work)
    def found(findings: Findings) -> Found:
        if findings not in kept:
            kept[findings] = work(findings)
        return kept[findings]

    return found
