"""The page read back from its HTML: its tables, the numbers in its text, and the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

CELLS = {"td", "th"}


@dataclass
class Cell:
    text: str = ""
    value: float | None = None


@dataclass
class Table:
    id: str
    holds: str
    headings: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


class Markup(HTMLParser):
    """What a page holds, script and style apart."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.data: list[Cell] = []
        """Numbers in the text."""
        self.prose = ""
        """Text outside tables."""
        self._open: list[str] = []
        self._cell: Cell | None = None
        self._datum: Cell | None = None
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        if tag == "table":
            self.tables.append(Table(found.get("id", ""), found.get("data-holds", "")))
        if tag == "tr" and "tbody" in self._open:
            self.tables[-1].rows.append([])
        if tag in CELLS:
            value = found.get("data-value")
            self._cell = Cell(value=None if value is None else float(value))
            if "tbody" in self._open:
                self.tables[-1].rows[-1].append(self._cell)
        if tag == "data":
            self._datum = Cell(value=float(found["value"]))
            self.data.append(self._datum)
        if tag not in {"meta", "input", "br", "link"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"{tag} is not closed in order"
        if tag == "th" and "thead" in self._open and self._cell is not None:
            self.tables[-1].headings.append(self._cell.text.strip())
        if tag in CELLS:
            self._cell = None
        if tag == "data":
            self._datum = None

    def handle_data(self, data: str) -> None:
        if {"script", "style"} & set(self._open):
            return
        if self._datum is not None:
            self._datum.text += data
        if self._cell is not None:
            self._cell.text += data
        elif "table" not in self._open:
            self.prose += data
