"""Name a spot in a table: the cell of a workbook, or the row and column of a CSV file."""

from __future__ import annotations


class Sheet(str):
    """What a sheet of a workbook is called in errors; with its headings, so that cells have names.

    Parameters
    ----------
    name
        Workbook and sheet.
    headings
        Headings of the sheet from column A on.
    """

    headings: tuple[str, ...]

    def __new__(cls, name: str, headings: tuple[str, ...] = ()) -> Sheet:
        """Make a text that knows its headings."""
        made = super().__new__(cls, name)
        made.headings = headings
        return made


def spot(table: str, row: object = None, column: str = "") -> str:
    """Return where something is wrong, as the reader will look for it.

    Parameters
    ----------
    table
        What the table is called in errors: a file, or a `Sheet`.
    row
        Row as a spreadsheet shows it.
    column
        Heading of the column.

    Examples
    --------
    >>> spot("projects.csv", 12, "benefit")
    'projects.csv, row 12, column benefit'
    >>> spot(Sheet("tables.xlsx, sheet projects", ("project_id", "benefit")), 12, "benefit")
    'tables.xlsx, sheet projects, cell B12 (benefit)'
    """
    if row is not None and column and isinstance(table, Sheet) and column in table.headings:
        return f"{table}, cell {letters(table.headings.index(column))}{row} ({column})"
    parts = [table]
    if row is not None:
        parts.append(f"row {row}")
    if column:
        parts.append(f"column {column}")
    return ", ".join(parts)


def letters(position: int) -> str:
    """Return the letters of a column of a sheet; the first, A, is at 0.

    Parameters
    ----------
    position
        Position of the column, from 0.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    text = ""
    position += 1
    while position:
        position, left = divmod(position - 1, 26)
        text = chr(ord("A") + left) + text
    return text
