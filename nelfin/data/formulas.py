"""Find cells of a workbook whose formula failed.

The reader of workbooks gives them back as empty, so a figure that reads #REF! in Excel would pass
for a blank. They are looked up in the sheet itself.
"""

from __future__ import annotations

import re
import zlib
from html import unescape
from pathlib import Path
from zipfile import BadZipFile, ZipFile

_CELL = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>.*?<v>([^<]*)</v>', re.S
)
_SHEET = re.compile(r'<sheet\b[^>]*?\bname="([^"]*)"[^>]*?\br:id="([^"]*)"')
_LINK = re.compile(r"<Relationship\b[^>]*>")


def failed_formulas(file: Path, sheet: str) -> list[tuple[int, int, str]]:
    """Return row, column (both from 0) and error of each failed formula of an .xlsx sheet."""
    try:
        with ZipFile(file) as book:
            target = _target(book, sheet)
            content = book.read(target) if target else b""
    except (BadZipFile, KeyError, OSError, EOFError, ValueError, RuntimeError, zlib.error):
        return []  # not an .xlsx; other kinds are read as they are
    return [
        (int(row) - 1, _number(column.decode()), error.decode())
        for column, row, error in _CELL.findall(content)
    ]


def _target(book: ZipFile, sheet: str) -> str:
    text = book.read("xl/workbook.xml").decode("utf-8", "replace")
    links = {
        found[1]: path[1]
        for link in _LINK.findall(book.read("xl/_rels/workbook.xml.rels").decode())
        if (found := re.search(r'\bId="([^"]*)"', link))
        and (path := re.search(r'\bTarget="([^"]*)"', link))
    }
    for name, link in _SHEET.findall(text):
        if unescape(name) == sheet and link in links:
            part = links[link]
            return part.lstrip("/") if part.startswith("/") else f"xl/{part}"
    return ""


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
