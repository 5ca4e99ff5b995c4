"""Ways to break a workbook: its sheets as Excel would hold them, and the file they are in."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter

from hostile.contents import BYTE_BREAKERS
from hostile.desk import Rows
from hostile.tables import ROW_BREAKERS, Breaker, NotHereError

Sheets = dict[str, Rows]
BookBreaker = Callable[[Sheets, str, Random], bytes]
"""Takes the sheets, and the name of the one to break."""

Quirk = Callable[[Any, Any, Rows, Random], None]
"""Changes a sheet that is written: the workbook, the sheet, its rows."""

YEAR = re.compile(r"\d{4}/\d\d")
BOMB = 300_000_000
"""Bytes that a bomb unpacks to."""


def _fill(sheet: Any, rows: Rows) -> None:
    for at, line in enumerate(rows):
        for column, text in enumerate(line):
            try:
                sheet.write_number(at, column, float(text)) if at else sheet.write(at, column, text)
            except (ValueError, TypeError):
                sheet.write_string(at, column, text)


def book_of(
    sheets: Sheets, broken: str = "", random: Random | None = None, quirk: Quirk | None = None
) -> bytes:
    """Return a workbook of the sheets; a quirk is done to the broken one."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            _fill(sheet, rows)
            if name == broken and quirk and random:
                quirk(book, sheet, rows, random)
    return held.getvalue()


def _quirk(quirk: Quirk) -> BookBreaker:
    return lambda sheets, name, random: book_of(sheets, name, random, quirk)


def _rows(breaker: Breaker) -> BookBreaker:
    def broken(sheets: Sheets, name: str, random: Random) -> bytes:
        try:
            return book_of({**sheets, name: breaker(sheets[name], random)})
        except UnicodeEncodeError:
            raise NotHereError from None

    return broken


def _spot(rows: Rows, random: Random) -> tuple[int, int]:
    if len(rows) < 2:
        raise NotHereError
    return random.randrange(1, len(rows)), random.randrange(len(rows[0]))


def _dates_for_years(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    form = book.add_format({"num_format": random.choice(["mmm-yy", "dd/mm/yyyy", "yyyy"])})
    found = [(at, column) for at, line in enumerate(rows) for column, text in enumerate(line)
             if YEAR.fullmatch(text)]  # fmt: skip
    if not found:
        raise NotHereError
    for at, column in found:
        year = int(rows[at][column][:4])
        sheet.write_datetime(at, column, datetime(year, 4, 1), form)  # noqa: DTZ001


def _merged(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    at, column = _spot(rows, random)
    last = min(at + random.randint(1, 4), len(rows) - 1)
    if last == at:
        raise NotHereError
    for below in range(at + 1, last + 1):
        sheet.write_blank(below, column, None)
    sheet.merge_range(at, column, last, column, rows[at][column])


def _merged_headings(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    if len(rows[0]) < 2:
        raise NotHereError
    sheet.merge_range(0, 0, 0, 1, rows[0][0])


def _formula(value: str | float) -> Quirk:
    def quirk(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
        sheet.write_formula(*_spot(rows, random), "=1/A1", None, value)

    return quirk


def _formula_of_its_own_value(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    at, column = _spot(rows, random)
    sheet.write_formula(at, column, "=Z99", None, rows[at][column])


def _boolean(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    sheet.write_boolean(*_spot(rows, random), True)


def _number(value: float, form: str = "General") -> Quirk:
    def quirk(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
        at, column = _spot(rows, random)
        sheet.write_number(at, column, value, book.add_format({"num_format": form}))

    return quirk


def _numbers_as_text(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    for at, line in enumerate(rows):
        for column, text in enumerate(line):
            sheet.write_string(at, column, text)


def _hidden_column(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    at = random.randrange(len(rows[0]))
    sheet.set_column(at, at, None, None, {"hidden": True})


def _hidden_row(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    sheet.set_row(random.randrange(len(rows)), None, None, {"hidden": True})


def _far_cell(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    sheet.write(1_048_575, random.choice([0, len(rows[0]), 16_383]), random.choice(["x", 1]))


def _far_format(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))


def _rich_text(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    at, column = _spot(rows, random)
    sheet.write_rich_string(at, column, "a", book.add_format({"bold": True}), "b", "c")


def _picture_of_a_table(book: Any, sheet: Any, rows: Rows, random: Random) -> None:
    sheet.insert_textbox(2, 2, "see attached")


def _without_sheet(sheets: Sheets, name: str, random: Random) -> bytes:
    return book_of({key: rows for key, rows in sheets.items() if key != name})


def _empty_sheet(sheets: Sheets, name: str, random: Random) -> bytes:
    return book_of({**sheets, name: []})


def _sheet_renamed(sheets: Sheets, name: str, random: Random) -> bytes:
    return book_of({name.upper() if key == name else key: rows for key, rows in sheets.items()})


def _shifted_right(sheets: Sheets, name: str, random: Random) -> bytes:
    return book_of({**sheets, name: [["", *line] for line in sheets[name]]})


def _chart_sheet(sheets: Sheets, name: str, random: Random) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        for key, rows in sheets.items():
            if key == name:
                chart = book.add_chart({"type": "line"})
                chart.add_series({"values": "=allocations!$C$2:$C$4"})
                book.add_chartsheet(key).set_chart(chart)
            else:
                _fill(book.add_worksheet(key), rows)
    return held.getvalue()


# Parts of the zip file.


def _parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def _zip(parts: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return held.getvalue()


def _part(change: Callable[[dict[str, bytes], str, Random], dict[str, bytes]]) -> BookBreaker:
    """Return a breaker of the parts of the file; it is told the part of the broken sheet."""

    def broken(sheets: Sheets, name: str, random: Random) -> bytes:
        sheet = f"xl/worksheets/sheet{list(sheets).index(name) + 1}.xml"
        return _zip(change(_parts(book_of(sheets)), sheet, random))

    return broken


def _part_gone(parts: dict[str, bytes], sheet: str, random: Random) -> dict[str, bytes]:
    gone = random.choice([sheet, *parts])
    return {name: content for name, content in parts.items() if name != gone}


def _part_empty(parts: dict[str, bytes], sheet: str, random: Random) -> dict[str, bytes]:
    return {**parts, random.choice([sheet, *parts]): b""}


def _part_cut(parts: dict[str, bytes], sheet: str, random: Random) -> dict[str, bytes]:
    name = random.choice([sheet, *parts])
    return {**parts, name: parts[name][: random.randrange(len(parts[name]) + 1)]}


def _part_noise(parts: dict[str, bytes], sheet: str, random: Random) -> dict[str, bytes]:
    name = random.choice([sheet, *parts])
    at = random.randrange(len(parts[name]) + 1)
    return {**parts, name: parts[name][:at] + random.randbytes(9) + parts[name][at:]}


ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


def _laughs(parts: dict[str, bytes], sheet: str, random: Random) -> dict[str, bytes]:
    """Put an entity of a thousand million letters where a text was."""
    name = random.choice([sheet, "xl/sharedStrings.xml"])
    text = parts[name].decode()
    head, mark, rest = text.partition("?>")
    kind = "sst" if name != sheet else "worksheet"
    laughs = f'{head}{mark}<!DOCTYPE {kind} [<!ENTITY a0 "ha">{ENTITIES}]>{rest}'
    return {**parts, name: re.sub(r"(<t>|<v>)[^<]*", r"\1&a9;", laughs, count=3).encode()}


def _outside_entity(parts: dict[str, bytes], sheet: str, random: Random) -> dict[str, bytes]:
    name = "xl/sharedStrings.xml"
    head, mark, rest = parts[name].decode().partition("?>")
    text = f'{head}{mark}<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/hostname">]>{rest}'
    return {**parts, name: text.replace("<t>year</t>", "<t>&x;</t>").encode()}


def _bomb(parts: dict[str, bytes], sheet: str, random: Random) -> dict[str, bytes]:
    name = random.choice([sheet, "xl/sharedStrings.xml", "xl/styles.xml", "xl/media/a.bin"])
    return {**parts, name: parts.get(name, b"") + b" " * BOMB}


def _in_sheet(pattern: str, replacement: str) -> BookBreaker:
    def change(parts: dict[str, bytes], sheet: str, random: Random) -> dict[str, bytes]:
        found = list(re.finditer(pattern.encode(), parts[sheet]))
        if not found:
            raise NotHereError
        hit = random.choice(found)
        text = parts[sheet]
        new = text[: hit.start()] + hit.expand(replacement.encode()) + text[hit.end() :]
        return {**parts, sheet: new}

    return _part(change)


def _lying_size(sheets: Sheets, name: str, random: Random) -> bytes:
    """Say in the directory of the zip that every part has ten bytes."""
    content = bytearray(book_of(sheets))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 24 : at + 28] = (10).to_bytes(4, "little")
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def _locked(sheets: Sheets, name: str, random: Random) -> bytes:
    """Say in the directory of the zip that every part is encrypted."""
    content = bytearray(book_of(sheets))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def _bytes(name: str) -> BookBreaker:
    return lambda sheets, sheet, random: BYTE_BREAKERS[name](book_of(sheets), random)


BOOK_BREAKERS: dict[str, BookBreaker] = {
    "dates for years": _quirk(_dates_for_years),
    "merged cells": _quirk(_merged),
    "merged headings": _quirk(_merged_headings),
    "formula without a value": _quirk(_formula("")),
    "formula of a text": _quirk(_formula("text")),
    "formula that failed": _quirk(_formula("#DIV/0!")),
    "formula not there": _quirk(_formula("#N/A")),
    "formula of its own value": _quirk(_formula_of_its_own_value),
    "boolean": _quirk(_boolean),
    "number: huge": _quirk(_number(1e300)),
    "number: negative": _quirk(_number(-7.5)),
    "number: of 17 digits": _quirk(_number(0.1 + 0.2)),
    "number: a per cent": _quirk(_number(0.05, "0.0%")),
    "number: a time": _quirk(_number(0.5, "hh:mm:ss")),
    "number: a length of time": _quirk(_number(40.25, "[h]:mm:ss")),
    "number: a date out of range": _quirk(_number(9e9, "dd/mm/yyyy")),
    "number: a date before any": _quirk(_number(-5, "dd/mm/yyyy")),
    "numbers as text": _quirk(_numbers_as_text),
    "hidden column": _quirk(_hidden_column),
    "hidden row": _quirk(_hidden_row),
    "a cell far away": _quirk(_far_cell),
    "a format far away": _quirk(_far_format),
    "rich text": _quirk(_rich_text),
    "a text box": _quirk(_picture_of_a_table),
    "sheet missing": _without_sheet,
    "sheet empty": _empty_sheet,
    "sheet in capitals": _sheet_renamed,
    "sheet shifted right": _shifted_right,
    "sheet of a chart": _chart_sheet,
    "part gone": _part(_part_gone),
    "part empty": _part(_part_empty),
    "part cut": _part(_part_cut),
    "part with noise": _part(_part_noise),
    "entities that grow": _part(_laughs),
    "entity from outside": _part(_outside_entity),
    "zip bomb": _part(_bomb),
    "sizes that lie": _lying_size,
    "locked": _locked,
    "cell of no address": _in_sheet(r'<c r="[A-Z]+\d+"', "<c"),
    "cell of a wrong address": _in_sheet(r'<c r="[A-Z]+(\d+)"', r'<c r="\1"'),
    "cell of an address too far": _in_sheet(r'<c r="[A-Z]+\d+"', '<c r="ZZZZZZ99999999999"'),
    "cell of row 0": _in_sheet(r'<c r="([A-Z]+)\d+"', r'<c r="\g<1>0"'),
    "row of a wrong number": _in_sheet(r'<row r="\d+"', '<row r="-4"'),
    "text that is not there": _in_sheet(r't="s"><v>\d+', 't="s"><v>99999999'),
    "cell of a wrong kind": _in_sheet(r't="s"', 't="zz"'),
    "size of the sheet that lies": _in_sheet(r'<dimension ref="[^"]*"',
                                             '<dimension ref="A1:XFD1048576"'),
    **{f"bytes: {name}": _bytes(name) for name in (
        "empty file", "truncated", "random bytes", "noise inside", "zero bytes", "gzip",
        "a zip's beginning", "a picture", "a page", "two byte order marks")},
    **{f"rows: {name}": _rows(breaker) for name, breaker in ROW_BREAKERS.items()},
}  # fmt: skip
"""Breakers of a workbook by name."""
