"""The page read back from its HTML: its tables, the numbers in its text, and the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

CELLS = {"td", "th"}
BLOCKS = CELLS | {
    "title", "h1", "h2", "h3", "p", "li", "dt", "dd", "summary", "caption", "option", "button",
}  # fmt: skip
"""Elements that hold a sentence or a name."""
SPOKEN = ("aria-label", "placeholder", "alt", "title")
"""Attributes that are seen or heard."""


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


@dataclass
class Block:
    """Sentences that stand together."""

    section: str
    article: str
    """The chart or the place it is of, if it is of one."""
    tag: str
    """Element or attribute."""
    text: str = ""
    names: list[str] = field(default_factory=list)
    """Names of places, schemes and the like, as others wrote them; the text is without."""


class Markup(HTMLParser):
    """What a page holds, script and style apart."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.data: list[Cell] = []
        """Numbers in the text."""
        self.blocks: list[Block] = []
        """All text, but for the cells of tables that hold a table of the result or of a chart."""
        self._open: list[str] = []
        self._cell: Cell | None = None
        self._datum: Cell | None = None
        self._section = self._article = ""
        self._told: list[Block] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        if tag == "section":
            self._section = found["id"]
        if tag == "article":
            self._article = found.get("data-lead", found.get("id", "").removeprefix("figure-"))
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
        self._read(tag, found)
        if tag not in {"meta", "input", "br", "link"}:
            self._open.append(tag)

    def _read(self, tag: str, found: dict[str, str]) -> None:
        """Begin the blocks of text that an element holds or speaks."""
        if tag in BLOCKS:
            self._told.append(Block(self._section, self._article, tag))
            if not (tag in CELLS and self.tables[-1].holds):
                self.blocks.append(self._told[-1])
        for name in SPOKEN:
            if name in found:
                self.blocks.append(Block(self._section, self._article, name, found[name]))
        if tag == "bdi" and self._told:
            self._told[-1].names.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"{tag} is not closed in order"
        if tag == "th" and "thead" in self._open and self._cell is not None:
            self.tables[-1].headings.append(self._cell.text.strip())
        if tag in CELLS:
            self._cell = None
        if tag == "data":
            self._datum = None
        if tag in BLOCKS:
            self._told.pop()
        if tag in {"section", "article"}:
            self._article = ""
        if tag == "section":
            self._section = ""

    def handle_data(self, data: str) -> None:
        if {"script", "style"} & set(self._open):
            return
        if self._datum is not None:
            self._datum.text += data
        if self._cell is not None:
            self._cell.text += data
        if self._told and "bdi" in self._open:
            self._told[-1].names[-1] += data
        elif self._told:
            self._told[-1].text += data
        elif data.strip():
            self.blocks.append(Block(self._section, self._article, "", data))
