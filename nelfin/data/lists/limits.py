"""Limits in pounds or thousands, as nelfin's table of limits in £m."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nelfin.data.lists.column_map import UNITS
from nelfin.data.specs import TABLES
from nelfin.data.tables import raw_frame
from nelfin.store.sheets.amounts import read_amount

MONEY = "limit_gbp_m"


def read_limits(path: str | Path, unit: str, notes: list[str]) -> pd.DataFrame:
    """Read a table of limits as texts, its money turned into £m.

    Parameters
    ----------
    path
        A .csv, .xlsx or .xlsm file; a sheet of a workbook may follow.
    unit
        £, £k or £m; "" is £m.
    notes
        Takes what was read as something else than it is spelt.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    table = raw_frame(path, TABLES["capital_limits"], notes)
    if unit in {"", "£m"} or MONEY not in table:
        return table
    table[MONEY] = [_in_millions(text, round(1 / UNITS[unit])) for text in table[MONEY]]
    notes.append(f"{Path(path).name}: {MONEY} is read in {unit}, as --limit-unit says.")
    return table


def _in_millions(text: str, many: int) -> str:
    amount = read_amount(text, "£")
    return text if amount is None else repr(amount.value / many)
