"""Units of figures, where a table gives each row its own."""

from __future__ import annotations

from nelfin.data.notes import unit_of
from nelfin.data.specs.columns import Column, Table
from nelfin.store.sheets.files import Raw


def row_unit(raw: Raw, spec: Table, column: Column, row: list[str]) -> str:
    """Return the unit of a figure.

    Parameters
    ----------
    raw
        The table as texts, with the headings of its specification.
    spec
        What it must look like.
    column
        Column of the figure.
    row
        Cells of its row.

    Returns
    -------
    str
        By the name of the column; where that tells none, by the cell of the row that says what is
        measured, such as cash_gbp_m. "" where neither does.
    """
    unit = unit_of(column.name)
    if unit or not spec.unit_from:
        return unit
    says = next(each for each in spec.columns if each.name == spec.unit_from)
    text = row[raw.headings.index(says.name)] if says.name in raw.headings else ""
    name = text or str(says.default or "")
    return "£" if name.endswith("_gbp") else unit_of(name)
