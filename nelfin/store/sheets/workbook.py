"""Look into a workbook before it is read: how large it is, where its cells end, what they hide.

The reader of workbooks lays out a sheet from A1 to its last cell in memory, so that one cell far
away would take all there is. It gives back a failed formula as empty, so that a figure which reads
#REF! in Excel would pass for a blank; and it tells nothing of merged cells and of formats. All of
this is looked up in the file itself.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from posixpath import normpath
from typing import Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

MOST_UNPACKED = 200_000_000
"""Bytes that a workbook may have when unpacked."""

CHUNK = 1 << 20

MOST_COLUMNS = 16_384
"""Columns of a sheet in Excel."""

PER_CENT = {9, 10}
"""Excel's own formats of per cent."""

_ADDRESS = re.compile(r"([A-Za-z]{1,9})(\d{1,12})")


class WorkbookError(Exception):
    """A workbook that cannot be read safely; says what is wrong, and what to do."""

    def __init__(self, what: str, remedy: str = "Save it in Excel as .xlsx again.") -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what} {remedy}")


@dataclass
class Look:
    """What a sheet is like. Rows and columns count from 0.

    Parameters
    ----------
    rows, columns
        How far its cells reach.
    errors
        Row, column and error of each failed formula.
    percents
        Row and column of each number that is shown as per cent.
    merged
        First and last row, first and last column of each range of merged cells.
    """

    rows: int = 0
    columns: int = 0
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    percents: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


@lru_cache(maxsize=1)  # a workbook of inputs is read once for each of its sheets
def check_parts(content: bytes) -> None:
    """Refuse what is no workbook, or would be too large unpacked, whatever it says of its size.

    Parameters
    ----------
    content
        Bytes of the file.

    Raises
    ------
    WorkbookError
        If it is not an .xlsx workbook, is locked, or larger than `MOST_UNPACKED`.
    """
    left = MOST_UNPACKED
    too_large = WorkbookError(
        f"unpacks to more than {MOST_UNPACKED // 1_000_000} MB.",
        "Keep only the sheets nelfin reads.",
    )
    with _opened(content) as book:
        for part in book.infolist():
            if part.file_size > left:
                raise too_large
            # what the directory says may be a lie: unpack it, and count
            part.file_size = MOST_UNPACKED + 2 * CHUNK
            with book.open(part) as packed:
                while chunk := packed.read(CHUNK):
                    left -= len(chunk)
                    if b"<!DOCTYPE" in chunk and part.filename.endswith((".xml", ".rels")):
                        raise _document_type(part.filename)
                    if left < 0:
                        raise too_large
        if "xl/workbook.xml" not in book.namelist():
            raise WorkbookError("is not a workbook of Excel.", "Save it as .xlsx or .csv.")
        if other := {"xl/workbook.bin", "content.xml"} & set(book.namelist()):
            raise WorkbookError(f"is a workbook of two kinds: it holds {other.pop()} too.")


def look(content: bytes, sheet: str) -> Look:
    """Return what a sheet of an .xlsx workbook is like.

    Parameters
    ----------
    content
        Bytes of the file.
    sheet
        Name of the sheet.

    Returns
    -------
    Look
        How far the cells of the sheet reach, and what they hide.

    Raises
    ------
    WorkbookError
        If its parts are not XML as Excel writes it, or hold entities.
    """
    with _opened(content) as book:
        target = _target(book, sheet)
        if target not in book.namelist():
            raise WorkbookError(f'has no cells for its sheet "{sheet}".')
        per_cent = _percent_styles(_part(book, "xl/styles.xml"))
        return _look(_part(book, target), per_cent)


class _opened:  # noqa: N801
    """A zip file, whose many errors become one."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __enter__(self) -> ZipFile:
        try:
            return ZipFile(BytesIO(self.content))
        except (BadZipFile, OSError, ValueError, NotImplementedError):
            raise WorkbookError(
                "cannot be opened as a workbook: it is no .xlsx, or not all of it is there.",
                "Save it as .xlsx or .csv.",
            ) from None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, RuntimeError) and "encrypted" in str(error):
            raise WorkbookError(
                "is locked with a password.", "Save it without a password."
            ) from None
        damaged = (BadZipFile, KeyError, OSError, EOFError, ValueError, RuntimeError, zlib.error)
        if isinstance(error, damaged):
            raise WorkbookError("is damaged: a part of it cannot be unpacked.") from None


def _part(book: ZipFile, name: str) -> bytes:
    return book.read(name) if name in book.namelist() else b""


def _parse(content: bytes, part: str, **handlers: Any) -> None:
    """Parse a part of the file; no entity is ever followed."""
    parser = expat.ParserCreate(namespace_separator=" ")
    for name, handler in handlers.items():
        setattr(parser, name, handler)

    def refuse(*_: object) -> None:
        raise _document_type(part)

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise WorkbookError(f"is damaged: {part} is not XML ({error}).") from None


def _document_type(part: str) -> WorkbookError:
    return WorkbookError(f"holds a document type, which no workbook has ({part}).")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _target(book: ZipFile, sheet: str) -> str:
    """Return the part that holds a sheet, or ""."""
    ids: list[str] = []
    links: dict[str, str] = {}

    def of_book(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet" and attributes.get("name") == sheet:
            ids.extend(value for key, value in attributes.items() if _local(key) == "id")

    def of_links(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            links[attributes.get("Id", "")] = attributes.get("Target", "")

    _parse(book.read("xl/workbook.xml"), "xl/workbook.xml", StartElementHandler=of_book)
    rels = "xl/_rels/workbook.xml.rels"
    _parse(book.read(rels), rels, StartElementHandler=of_links)
    path = links.get(ids[0], "") if ids else ""
    return normpath(path.lstrip("/") if path.startswith("/") else f"xl/{path}") if path else ""


def _percent_styles(content: bytes) -> set[str]:
    """Return the styles of cells, by their numbers, that show a number as per cent."""
    formats = set(PER_CENT)
    styles: list[int] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        kind = _local(name)
        inside.append(kind)
        number = attributes.get("numFmtId", "")
        if kind == "numFmt" and "%" in attributes.get("formatCode", "") and number.isdigit():
            formats.add(int(number))
        if kind == "xf" and inside[-2:-1] == ["cellXfs"]:
            styles.append(int(number) if number.isdigit() else 0)

    def end(_name: str) -> None:
        inside.pop()

    if content:
        _parse(content, "xl/styles.xml", StartElementHandler=start, EndElementHandler=end)
    return {str(at) for at, number in enumerate(styles) if number in formats}


def _look(content: bytes, per_cent: set[str]) -> Look:
    seen = Look()
    row, column, kind, style, text = -1, -1, "", "", [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, kind, style
        element = _local(name)
        if element == "row":
            number = attributes.get("r", "")
            row = int(number) - 1 if number.isdigit() else row + 1
            column = -1
        elif element == "c":
            kind, style, address = (attributes.get(key, "") for key in ("t", "s", "r"))
            row, column = _address(address) if address else (row, column + 1)
        elif element in {"v", "is"}:
            text[0] = ""
            seen.rows, seen.columns = max(seen.rows, row + 1), max(seen.columns, column + 1)
            if style in per_cent and kind in {"", "n"}:
                seen.percents.append((row, column))
        elif element == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            (top, left), (bottom, right) = _address(first), _address(last or first)
            seen.merged.append((top, bottom, left, right))

    def end(name: str) -> None:
        if kind == "e" and _local(name) == "v":
            seen.errors.append((row, column, text[0]))

    def letters(part: str) -> None:
        if kind == "e":
            text[0] += part

    _parse(
        content,
        "its sheet",
        StartElementHandler=start,
        EndElementHandler=end,
        CharacterDataHandler=letters,
    )
    return seen


def _address(text: str) -> tuple[int, int]:
    """Return row and column, from 0, of the address of a cell."""
    match = _ADDRESS.fullmatch(text)
    column = 0
    for letter in match[1].upper() if match else "":
        column = column * 26 + ord(letter) - ord("A") + 1
    if not match or not int(match[2]) or column > MOST_COLUMNS:
        raise WorkbookError(f'is damaged: a cell has the address "{text[:20]}".')
    return int(match[2]) - 1, column - 1
