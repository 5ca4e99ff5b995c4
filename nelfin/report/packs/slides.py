"""The pack of a board as slides: charts and tables that PowerPoint can edit, words in the notes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nelfin.errors import InputError
from nelfin.report.packs.parts import Drawing, Section, Table, text_of, told_statuses
from nelfin.report.text.origin import run_words
from nelfin.store.findings import Findings
from nelfin.store.writing import write_whole
from nelfin.system.headline import headline_of

if TYPE_CHECKING:
    from nelfin.report.packs.slide_charts import Box

WIDTH, HEIGHT, EDGE = 13.333, 7.5, 0.6
"""Inches of a slide, and of its edges."""

ROWS, TOGETHER = 18, 12
"""Rows of a table that a slide holds, the rest goes on to the next; and lines of several tables
that stand on one."""

LONG = 60
"""Letters that a column is as wide as, at most; a cell holds four times as many."""

BLUE, INK, GREY = "003087", "212B32", "4C6272"


def require_library() -> None:
    """Refuse to make slides where the library for them is not installed.

    Raises
    ------
    InputError
        Saying how to install it.
    """
    try:
        import pptx  # noqa: F401
    except ImportError:
        raise InputError.one(
            "--slides",
            "needs the library python-pptx, which is not installed.",
            'Install it with: pip install "nelfin[slides]" (or: pip install python-pptx).',
        ) from None


def write_slides(result: Findings, file: Path) -> None:
    """Write the slides of a run.

    Parameters
    ----------
    result
        The run.
    file
        Where to; its name ends in .pptx.

    Raises
    ------
    InputError
        If the library for slides is not installed.
    OutputError
        If the file cannot be written.
    """
    require_library()
    deck = deck_of(result)
    write_whole(file, lambda part: deck.save(str(part)), "Choose another file.")


def deck_of(result: Findings) -> Any:
    """Return the slides of a run, as python-pptx has them.

    Parameters
    ----------
    result
        A run.
    """
    from pptx import Presentation
    from pptx.util import Inches

    from nelfin.report.packs.board import board_sections

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    deck.core_properties.title = result.name
    deck.core_properties.author = "nelfin"
    source = f"Source: {run_words(result)}. Every figure and its source is in the run's report."
    years = headline_of(result).years
    _title_slide(deck, result.name, f"The plan in brief, {years[0]} to {years[-1]}", source)
    for section in board_sections(result):
        for slide in _slides_of(section):
            _add(deck, slide, source)
    return deck


@dataclass(frozen=True)
class _Slide:
    """What one slide shows of a section."""

    section: Section
    title: str
    words: str
    drawing: Drawing | None = None
    tables: Sequence[Table] = ()
    facts: bool = False


def _slides_of(section: Section) -> list[_Slide]:
    """Return the slides of a section: its chart with what stands beside it, then its tables."""
    every = " ".join(section.sentences)
    slides: list[_Slide] = []
    if section.drawings:
        drawing, beside = section.drawings[0], [t for t in section.beside if t.on_slide][:1]
        slides.append(_Slide(section, section.title, drawing.words, drawing, beside))
    elif section.facts or not (section.tables or section.unpublished):
        slides.append(_Slide(section, section.title, every, facts=True))
    tables = [part for table in section.across for part in _parts(table)]
    tables += [_unpublished(section)] if section.unpublished else []
    while tables:
        some = [tables.pop(0)]
        while tables and _size([*some, tables[0]]) <= TOGETHER:
            some.append(tables.pop(0))
        words = " ".join(table.note for table in some if table.note) if slides else every
        title = some[0].caption if len(some) == 1 and slides else section.title
        slides.append(_Slide(section, title, words, tables=some))
    return slides


def _size(tables: Sequence[Table]) -> int:
    """Return how many lines tables take, with their headings and captions."""
    return sum(len(table.rows) + 2 for table in tables)


def _parts(table: Table) -> list[Table]:
    """Return a table in parts that each fit a slide."""
    rows = list(table.rows)[: table.printed]
    return [
        replace(
            table,
            caption=table.caption if not start else f"{table.caption} (continued)",
            rows=rows[start : start + ROWS],
            strong=frozenset(at - start for at in table.strong),
        )
        for start in range(0, len(rows), ROWS)
    ]


def _unpublished(section: Section) -> Table:
    """Return the first figures that are not published, as a table."""
    rows = list(section.unpublished)[: min(section.printed or ROWS, ROWS - 5)]
    left = len(section.unpublished) - len(rows)
    more = f" (and {left} more in the run's report)" if left else ""
    return Table(f"Figures that are not published{more}", ["Figure", "Value", "Status"], rows)


def _title_slide(deck: Any, name: str, about: str, source: str) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    title, subtitle = slide.shapes.title, slide.placeholders[1]
    _place(title, (EDGE, 2.3, WIDTH - 2 * EDGE, 1.4))
    _place(subtitle, (EDGE, 3.8, WIDTH - 2 * EDGE, 1.2))
    title.text_frame.text, subtitle.text_frame.text = name, about
    _letters(title.text_frame, 40, BLUE, bold=True)
    _letters(subtitle.text_frame, 20, INK)
    _source(slide, source)


def _add(deck: Any, what: _Slide, source: str) -> None:
    """Add a slide: title, what there is to see, the status of its figures, and the source."""
    from nelfin.report.packs.slide_charts import add_chart

    section = what.section
    slide = deck.slides.add_slide(deck.slide_layouts[5])  # a title and nothing else
    title = slide.shapes.title
    _place(title, (EDGE, 0.3, WIDTH - 2 * EDGE, 0.8))
    title.text_frame.text = what.title
    _letters(title.text_frame, 26, BLUE, bold=True)
    top, bottom, full = 1.15, HEIGHT - 0.95, WIDTH - 2 * EDGE
    if what.facts:
        top = _facts(slide, section, top)
    if what.words:
        high = 0.3 * math.ceil(len(what.words) / 105) + 0.15
        _text(slide, what.words, (EDGE, top, full, high), 16)
        top += high
    half = (full - EDGE) / 2
    beside = (2 * EDGE + half, top, half, bottom - top)
    if what.drawing is not None:
        text = "" if what.tables else "\n".join(section.sentences)
        wide = half if what.tables else full * (0.68 if text else 1)
        add_chart(slide, what.drawing, _inches((EDGE, top, wide, bottom - top)))
        if what.tables:
            _table(slide, what.tables[0], beside, 12)
        elif text:
            _text(slide, text, (EDGE + wide + 0.2, top, full - wide - 0.2, bottom - top), 15)
    else:
        _stacked(slide, what, (EDGE, top, full, bottom - top))
    _source(slide, " ".join([_status(section), source]).strip())
    slide.notes_slide.notes_text_frame.text = _notes(what)


def _stacked(slide: Any, what: _Slide, box: Box) -> None:
    """Put tables below each other; each has its caption where the title is not that of it."""
    left, top, width, height = box
    line = min(0.36, height / max(_size(what.tables), 1))
    for table in what.tables:
        if table.caption != what.title:
            _text(slide, table.caption, (left, top, width, line), 13, bold=True)
            top += 0.36
        down = line * (len(table.rows) + 1)
        _table(slide, table, (left, top, width, down), 12 if line > 0.3 else 11)
        top += down + 0.1


def _notes(what: _Slide) -> str:
    """Return what is said beside a slide: every sentence, and what is not on it."""
    notes = [*what.section.sentences]
    notes += [f"{what.drawing.title}. {what.drawing.words}"] if what.drawing else []
    notes += [table.note for table in what.tables if table.note]
    if what.drawing:
        notes += [
            f"{text_of(row[0])}: {text_of(row[1])}."
            for table in what.section.tables
            if not table.on_slide
            for row in table.rows
        ]
    return "\n".join(notes)


def _status(section: Section) -> str:
    told = told_statuses(section.statuses)
    return f"Rests on {told}." if told else ""


def _facts(slide: Any, section: Section, top: float) -> float:
    """Put the headline figures in rows of four; return where they end."""
    across, high = 4, 0.95
    wide = (WIDTH - 2 * EDGE) / across
    for at, (name, value) in enumerate(section.facts):
        left = EDGE + at % across * wide
        down = top + at // across * high
        box = _text(slide, text_of(value), (left, down, wide - 0.1, 0.5), 22, BLUE, bold=True)
        paragraph = box.text_frame.add_paragraph()
        paragraph.text = name
        _paragraph(paragraph, 13, GREY)
    return top + high * (1 + (len(section.facts) - 1) // across) + 0.15


def _table(slide: Any, table: Table, box: Box, size: int) -> None:
    """Put a table on a slide; its columns are as wide as their words ask for."""
    from pptx.util import Inches, Pt

    left, top, width, height = box
    rows = [[_cut(text_of(cell)) for cell in row] for row in table.rows]
    line = min(0.36, height / (len(rows) + 1))
    frame = slide.shapes.add_table(
        len(rows) + 1, len(table.heads), *_inches((left, top, width, line * (len(rows) + 1)))
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", table.caption)
    shown = frame.table
    for at, wide in enumerate(_widths(table.heads, rows, width, size)):
        shown.columns[at].width = Inches(wide)
    for down, texts in enumerate([list(table.heads), *rows]):
        shown.rows[down].height = Inches(line)
        strong = down - 1 in table.strong
        for across, text in enumerate(texts):
            cell = shown.cell(down, across)
            cell.margin_top = cell.margin_bottom = Pt(1)
            cell.margin_left = cell.margin_right = Pt(4)
            cell.text_frame.text = text
            _paragraph(
                cell.text_frame.paragraphs[0], size, INK if down else "FFFFFF",
                bold=strong or not down, right=table.numeric(across),
            )  # fmt: skip
            cell.fill.solid()
            cell.fill.fore_color.rgb = _rgb(("E8EDEE" if strong else "FFFFFF") if down else BLUE)


def _cut(text: str) -> str:
    return text if len(text) <= 4 * LONG else f"{text[: 4 * LONG - 1]}…"


def _widths(
    heads: Sequence[str], rows: Sequence[Sequence[str]], width: float, size: int
) -> list[float]:
    """Return the width of each column, inches: no word is broken, and long texts get the rest."""
    letter = 0.0088 * size
    columns = [[head, *(row[at] for row in rows)] for at, head in enumerate(heads)]
    least = [
        letter * max(len(word) for text in texts for word in (text.split(" ") or [""])) + 0.16
        for texts in columns
    ]
    wants = [
        max(min(letter * max(map(len, texts)) + 0.16, letter * LONG), low)
        for texts, low in zip(columns, least, strict=True)
    ]
    if sum(wants) <= width:
        return [want * width / sum(wants) for want in wants]
    spare = max(width - sum(least), 0.0)
    over = sum(want - low for want, low in zip(wants, least, strict=True)) or 1.0
    scale = min(1.0, width / sum(least))
    return [
        scale * low + spare * (want - low) / over for want, low in zip(wants, least, strict=True)
    ]


def _source(slide: Any, text: str) -> None:
    _text(slide, text, (EDGE, HEIGHT - 0.85, WIDTH - 2 * EDGE, 0.6), 11, GREY)


def _text(slide: Any, text: str, box: Box, size: int, colour: str = INK, bold: bool = False) -> Any:
    shape = slide.shapes.add_textbox(*_inches(box))
    shape.text_frame.word_wrap = True
    shape.text_frame.text = text
    _letters(shape.text_frame, size, colour, bold)
    return shape


def _letters(frame: Any, size: int, colour: str, bold: bool = False) -> None:
    for paragraph in frame.paragraphs:
        _paragraph(paragraph, size, colour, bold)


def _paragraph(
    paragraph: Any, size: int, colour: str, bold: bool = False, right: bool = False
) -> None:
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    paragraph.font.size, paragraph.font.bold = Pt(size), bold
    paragraph.font.name = "Arial"
    paragraph.font.color.rgb = _rgb(colour)


def _place(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = _inches(box)


def _inches(box: Box) -> list[Any]:
    from pptx.util import Inches

    return [Inches(each) for each in box]


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour)
