"""Tables as they are meant: what is certain is read and told, and the rest stands to be asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nelfin.data.reading.cells import read_cells
from nelfin.data.reading.headings import rank_of, read_headings
from nelfin.data.reading.totals import without_remarks, without_totals
from nelfin.data.specs.columns import Table
from nelfin.store.sheets.files import Raw
from nelfin.store.sheets.finding import find_table
from nelfin.store.sheets.names import split_sheet

__all__ = ["read_meant"]


def read_meant(
    path: str | Path, spec: Table, sheet: str | None = None
) -> tuple[Raw, tuple[str, ...]]:
    """Read a table as texts, each as it is meant where that is certain.

    Headings are told by their words, whatever their capitals, spaces and signs; numbers may hold
    pound signs, commas, per cent signs and brackets; a row of totals is left out. A text that is
    not certain stays as it is, for the check that follows to ask about.

    Parameters
    ----------
    path
        A .csv, .xlsx or .xlsm file; `tables.xlsx#projects` names a sheet.
    spec
        What the table must look like.
    sheet
        Sheet of a workbook; by default the first, or the one that has the headings.

    Returns
    -------
    raw : Raw
        The table with the headings of `spec`, and numbers of digits only.
    readings : tuple of str
        What was read as something else than it is spelt, a sentence each; none for a clean file.

    Raises
    ------
    InputError
        If the file cannot be read, or it is not certain which sheet is meant.
    """
    raw = find_table(path, rank_of(spec), sheet)
    notes: list[str] = []
    raw = read_headings(raw, spec, notes)
    raw = without_remarks(without_totals(raw, spec, notes), spec)
    raw = read_cells(raw, spec, notes)
    # by the name of the file alone, so that notes are alike wherever it stands
    file = split_sheet(path)[0]
    place = str(raw.place).replace(str(file), file.name, 1)
    said = [f"{place}: {words}" for words in raw.readings]
    said += [note.replace(str(raw.place), place, 1) for note in notes]
    return replace(raw, readings=()), tuple(said)
