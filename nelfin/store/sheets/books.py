"""Sheets of a workbook as texts, with what the reader of workbooks would leave out."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from nelfin.errors import InputError, nearest
from nelfin.store.sheets import texts
from nelfin.store.sheets.texts import content_of, too_many
from nelfin.store.sheets.workbook import Look, WorkbookError, check_parts, look

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

UNREAD = {".xls", ".xlsb", ".ods"}
"""Kinds of workbook in which a failed formula, or a cell far away, cannot be told beforehand."""

BOOKS = {".xlsx", ".xlsm"}
"""Endings of workbooks that are read."""

MOST_NAMED = 60
"""Sheets named in an error; a workbook of ours has fewer."""


@dataclass(frozen=True)
class Cells:
    """The cells of a sheet of a workbook.

    Parameters
    ----------
    name
        Of the sheet, as the workbook has it.
    records
        Texts by row and column; a failed formula is what Excel shows, such as #REF!.
    seen
        What the sheet is like beside.
    """

    name: str
    records: list[list[str]]
    seen: Look = field(default_factory=Look)


class Book:
    """A workbook that is open: its sheets are read when they are asked for.

    Parameters
    ----------
    file
        Its place.

    Raises
    ------
    InputError
        If it cannot be opened as a workbook.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        if file.suffix.lower() in UNREAD:
            raise InputError.one(
                str(file),
                f"is a workbook of the kind {file.suffix}, whose failed formulas would read as "
                "blanks.",
                "Save it as .xlsx or .csv.",
            )
        from python_calamine import CalamineError, SheetTypeEnum

        self.content = content_of(file)
        try:
            check_parts(self.content)
            self._book = _opened(self.content)
            sheets = self._book.sheets_metadata
        except WorkbookError as error:
            raise InputError.one(str(file), error.what, error.remedy) from None
        except (CalamineError, OSError, ValueError) as error:
            raise self._not_a_book(error) from None
        self.names: list[str] = [sheet.name for sheet in sheets]
        """Names of its sheets, in their order; charts that are sheets are among them."""
        self.tables: list[str] = [s.name for s in sheets if s.typ == SheetTypeEnum.WorkSheet]
        """Names of the sheets of cells."""
        self._left = texts.MOST_CELLS

    def named(self, name: str) -> str:
        """Return a sheet's name as the workbook has it; case makes no difference, as in Excel.

        Parameters
        ----------
        name
            As the reader wrote it.

        Raises
        ------
        InputError
            If there is no such sheet; says those there are.
        """
        if name in self.names:
            return name
        alike = [each for each in self.names if each.casefold() == name.casefold()]
        if alike:
            return alike[0]
        raise self._no_sheet(name)

    def place(self, name: str) -> str:
        """Return what a sheet is called in errors.

        Parameters
        ----------
        name
            Of the sheet.
        """
        return f"{self.file}, sheet {name}"

    def cells(self, name: str) -> Cells:
        """Read the cells of a sheet.

        Parameters
        ----------
        name
            As the workbook has it.

        Raises
        ------
        InputError
            If it cannot be read, or reaches over more cells than any table.
        """
        from python_calamine import CalamineError

        try:
            seen = look(self.content, name)
            self._left -= seen.rows * seen.columns  # of all sheets: each is laid out in memory
            if self._left < 0:
                raise too_many(self.place(name))
            rows = self._book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except WorkbookError as error:
            raise InputError.one(str(self.file), error.what, error.remedy) from None
        except (CalamineError, OSError, ValueError) as error:
            raise self._not_a_book(error) from None
        records = [[as_text(cell) for cell in row] for row in rows]
        for row, column, text in seen.errors:
            if row < len(records) and column < len(records[row]):
                records[row][column] = text
        return Cells(name, records, seen)

    def _not_a_book(self, error: Exception) -> InputError:
        what = f"cannot be opened as a workbook: {error}."
        return InputError.one(str(self.file), what, "Save it as .xlsx or .csv.")

    def _no_sheet(self, name: str) -> InputError:
        hint = nearest(name, self.names)
        close = f"{hint} " if hint.startswith("Did you mean") else ""
        return InputError.one(
            str(self.file),
            f'has no sheet "{name}".',
            f"{close}Its sheets are {listed(self.names)}.",
        )


def is_book(file: Path) -> bool:
    """Say whether a file is a workbook by its name, whether or not its kind is read.

    Parameters
    ----------
    file
        Its place.
    """
    return file.suffix.lower() in BOOKS | UNREAD


@lru_cache(maxsize=1)  # a workbook of inputs is read once for each of its sheets
def _opened(content: bytes) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def listed(names: list[str]) -> str:
    """Return the names of sheets as a list, cut where there are many.

    Parameters
    ----------
    names
        Of the sheets.
    """
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(f'"{name}"' for name in names[:MOST_NAMED]) + more


def as_text(cell: object) -> str:
    """Return a cell as people would type it.

    Parameters
    ----------
    cell
        What the reader of workbooks gives: a text, a number, a date, yes or no.
    """
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)
