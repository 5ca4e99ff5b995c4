"""Ways to break a table: its headings, its rows, its cells and its links."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hostile.desk import PLACES, Rows


class NotHereError(Exception):
    """A breaker that has nothing to break in this table."""


Breaker = Callable[[Rows, Random], Rows]

# What a cell may hold that it should not, or that looks as if it should not.
TEXTS = {
    "blank": "",
    "spaces": "   ",
    "words": "to be confirmed",
    "dash": "-",
    "not available": "N/A",
    "nan": "NaN",
    "infinity": "inf",
    "minus infinity": "-Infinity",
    "huge": "1e308",
    "beyond numbers": "1e999",
    "thousands of digits": "9" * 5000,
    "very large": "123456789012345",
    "tiny": "1e-300",
    "negative": "-12.5",
    "zero": "0",
    "minus zero": "-0",
    "thousands comma": "1,234",
    "decimal comma": "12,5",
    "pounds": "£5m",
    "per cent": "5%",
    "brackets": "(5)",
    "underscore": "1_000",
    "hexadecimal": "0x10",
    "wide digits": "１２",
    "arabic digits": "١٢",
    "exponent": "5E1",
    "complex": "1j",
    "boolean": "TRUE",
    "quotes": '"5"',
    "apostrophe": "'5",
    "formula": "=1+1",
    "command": "=cmd|' /C calc'!A0",
    "at sign": "@SUM(A1)",
    "failed formula": "#REF!",
    "markup": "<script>alert(1)</script>",
    "template": "{{ 7 * 7 }}",
    "line break": "a\nb",
    "tab": "a\tb",
    "zero byte": "a\x00b",
    "escape sequence": "\x1b[31mred",
    "no-break space": "\u00a012\u00a0",
    "zero width": "New\u200bham",
    "right to left": "\u202eabc",
    "emoji": "🏥",
    "lone surrogate": "\ud800",
    "long text": "x" * 40_000,
    "year": "2026/27",
    "year alone": "2026",
    "year with a dash": "2026-27",
    "year of four and four": "2026/2027",
    "years apart": "2026/29",
    "year long ago": "1066/67",
    "last year there is": "9999/00",
    "year outside the plan": "2045/46",
    "excel serial": "46113",
    "date": "2026-04-01 00:00:00",
    "british date": "01/04/2026",
    "unknown name": "Nowhere",
    "whole system": "whole system",
    "path": "../../etc/passwd",
    "separator": ";",
    "two names": "Newham; Havering",
}


def _body(rows: Rows) -> int:
    if len(rows) < 2:
        raise NotHereError
    return len(rows)


def _spot(rows: Rows, random: Random) -> tuple[int, int]:
    return random.randrange(1, _body(rows)), random.randrange(len(rows[0]))


def _with(rows: Rows, row: int, column: int, text: str) -> Rows:
    changed = [list(line) for line in rows]
    changed[row][column] = text
    return changed


def cell(text: str) -> Breaker:
    """Return the breaker that writes a text into one cell."""

    def breaker(rows: Rows, random: Random) -> Rows:
        return _with(rows, *_spot(rows, random), text)

    return breaker


def column_of(text: str) -> Breaker:
    """Return the breaker that writes a text into a whole column."""

    def breaker(rows: Rows, random: Random) -> Rows:
        at = random.randrange(len(rows[0]))
        return [rows[0], *([*line[:at], text, *line[at + 1 :]] for line in rows[1:])]

    return breaker


def heading(change: Callable[[str], str]) -> Breaker:
    """Return the breaker that changes one heading."""

    def breaker(rows: Rows, random: Random) -> Rows:
        at = random.randrange(len(rows[0]))
        return _with(rows, 0, at, change(rows[0][at]))

    return breaker


def drop_column(rows: Rows, random: Random) -> Rows:
    at = random.randrange(len(rows[0]))
    return [[*line[:at], *line[at + 1 :]] for line in rows]


def extra_column(rows: Rows, random: Random) -> Rows:
    at = random.randrange(len(rows[0]) + 1)
    return [
        [*line[:at], "our own remark" if n == 0 else "see the minutes", *line[at:]]
        for n, line in enumerate(rows)
    ]


def column_without_heading(rows: Rows, random: Random) -> Rows:
    return [[*line, "" if n == 0 else "stray"] for n, line in enumerate(rows)]


def duplicate_column(rows: Rows, random: Random) -> Rows:
    at = random.randrange(len(rows[0]))
    return [[*line, line[at]] for line in rows]


def shuffled_columns(rows: Rows, random: Random) -> Rows:
    order = list(range(len(rows[0])))
    random.shuffle(order)
    return [[line[at] for at in order] for line in rows]


def swapped_headings(rows: Rows, random: Random) -> Rows:
    if len(rows[0]) < 2:
        raise NotHereError
    one, other = random.sample(range(len(rows[0])), 2)
    heads = list(rows[0])
    heads[one], heads[other] = heads[other], heads[one]
    return [heads, *rows[1:]]


def drop_row(rows: Rows, random: Random) -> Rows:
    at = random.randrange(1, _body(rows))
    return [*rows[:at], *rows[at + 1 :]]


def drop_half_the_rows(rows: Rows, random: Random) -> Rows:
    _body(rows)
    return [rows[0], *(line for line in rows[1:] if random.random() < 0.5)]


def duplicate_row(rows: Rows, random: Random) -> Rows:
    return [*rows, list(rows[random.randrange(1, _body(rows))])]


def shuffled_rows(rows: Rows, random: Random) -> Rows:
    body = [list(line) for line in rows[1:]]
    random.shuffle(body)
    return [rows[0], *body]


def blank_rows(rows: Rows, random: Random) -> Rows:
    at = random.randrange(1, len(rows) + 1)
    return [*rows[:at], [""] * len(rows[0]), [], *rows[at:]]


def total_row(rows: Rows, random: Random) -> Rows:
    def total(at: int) -> str:
        try:
            return str(sum(float(line[at] or 0) for line in rows[1:]))
        except ValueError:
            return "Total" if at == 0 else ""

    return [*rows, [total(at) for at in range(len(rows[0]))]]


def note_below(rows: Rows, random: Random) -> Rows:
    return [*rows, [], ["Source: finance team, not yet agreed"]]


def title_above(rows: Rows, random: Random) -> Rows:
    return [["Table 3: what we plan"], [], *rows]


def headings_again(rows: Rows, random: Random) -> Rows:
    at = random.randrange(1, _body(rows) + 1)
    return [*rows[:at], list(rows[0]), *rows[at:]]


def no_headings(rows: Rows, random: Random) -> Rows:
    _body(rows)
    return rows[1:]


def only_headings(rows: Rows, random: Random) -> Rows:
    return rows[:1]


def longer_row(rows: Rows, random: Random) -> Rows:
    at = random.randrange(1, _body(rows))
    return [*rows[:at], [*rows[at], "more"], *rows[at + 1 :]]


def shorter_row(rows: Rows, random: Random) -> Rows:
    at = random.randrange(1, _body(rows))
    return [*rows[:at], rows[at][: random.randrange(len(rows[0]))], *rows[at + 1 :]]


def shifted_row(rows: Rows, random: Random) -> Rows:
    at = random.randrange(1, _body(rows))
    return [*rows[:at], ["", *rows[at][:-1]], *rows[at + 1 :]]


def transposed(rows: Rows, random: Random) -> Rows:
    return [list(line) for line in zip(*rows, strict=False)]


def many_rows(rows: Rows, random: Random) -> Rows:
    _body(rows)
    return [rows[0], *(line for _ in range(40) for line in rows[1:])]


def _text_spots(rows: Rows) -> list[tuple[int, int]]:
    return [(r, c) for r, line in enumerate(rows) for c, text in enumerate(line)
            if r and text and not text[0].isdigit()]  # fmt: skip


def other_case(rows: Rows, random: Random) -> Rows:
    row, column = random.choice(_text_spots(rows) or [_spot(rows, random)])
    return _with(rows, row, column, rows[row][column].swapcase())


def cut_name(rows: Rows, random: Random) -> Rows:
    row, column = random.choice(_text_spots(rows) or [_spot(rows, random)])
    return _with(rows, row, column, rows[row][column][:-2])


def spaces_around(rows: Rows, random: Random) -> Rows:
    row, column = _spot(rows, random)
    return _with(rows, row, column, f"  {rows[row][column]}\t")


def cells_swapped(rows: Rows, random: Random) -> Rows:
    (one, left), (other, right) = _spot(rows, random), _spot(rows, random)
    return _with(_with(rows, one, left, rows[other][right]), other, right, rows[one][left])


def _scaled(factor: float) -> Breaker:
    """Return the breaker that enters a column of numbers in another unit, or with another sign."""

    def breaker(rows: Rows, random: Random) -> Rows:
        def number(text: str) -> bool:
            return bool(text) and text.lstrip("-").replace(".", "", 1).isdigit()

        found = [
            at
            for at in range(len(rows[0]))
            if any(at < len(line) and number(line[at]) for line in rows[1:])
        ]
        if not found:
            raise NotHereError
        at = random.choice(found)
        return [
            [repr(float(text) * factor) if n == at and number(text) else text
             for n, text in enumerate(line)]
            for line in rows
        ]  # fmt: skip

    return breaker


def one_place_less(rows: Rows, random: Random) -> Rows:
    gone = random.choice(PLACES)
    left = [line for line in rows if gone not in line]
    if len(left) == len(rows):
        raise NotHereError
    return left


def _linked(rows: Rows) -> tuple[int, int, int]:
    """Return the positions of id, requires and excludes in a table of schemes."""
    if "requires" not in rows[0] or "excludes" not in rows[0]:
        raise NotHereError
    heads = rows[0]
    return heads.index("project_id"), heads.index("requires"), heads.index("excludes")


def loop_of_prerequisites(rows: Rows, random: Random) -> Rows:
    name, requires, _ = _linked(rows)
    chosen = random.sample(range(1, len(rows)), random.randint(1, 5))
    for at, row in enumerate(chosen):
        before = rows[chosen[at - 1]][name]
        rows = _with(rows, row, requires, f"{before}{random.choice(['', '+1', '+3'])}")
    return rows


def unknown_prerequisite(rows: Rows, random: Random) -> Rows:
    _, requires, excludes = _linked(rows)
    text = random.choice(["P999", "P003+", "P003+99", "P003+-1", "+2", ";;", "P003;P003", "P003 2"])
    return _with(rows, random.randrange(1, len(rows)), random.choice([requires, excludes]), text)


def required_and_excluded(rows: Rows, random: Random) -> Rows:
    name, requires, excludes = _linked(rows)
    row, other = random.sample(range(1, len(rows)), 2)
    return _with(_with(rows, row, requires, rows[other][name]), row, excludes, rows[other][name])


def excludes_itself(rows: Rows, random: Random) -> Rows:
    name, _, excludes = _linked(rows)
    row = random.randrange(1, len(rows))
    return _with(rows, row, excludes, rows[row][name])


def all_must_be_funded(rows: Rows, random: Random) -> Rows:
    if "must_fund" not in rows[0]:
        raise NotHereError
    at = rows[0].index("must_fund")
    return [rows[0], *([*line[:at], "yes", *line[at + 1 :]] for line in rows[1:])]


def all_are_options_of_one(rows: Rows, random: Random) -> Rows:
    if "option_of" not in rows[0]:
        raise NotHereError
    at = rows[0].index("option_of")
    return [rows[0], *([*line[:at], "Z", *line[at + 1 :]] for line in rows[1:])]


ROW_BREAKERS: dict[str, Breaker] = {
    **{f"cell: {name}": cell(text) for name, text in TEXTS.items()},
    **{f"column: {name}": column_of(TEXTS[name]) for name in (
        "blank", "words", "zero", "negative", "huge", "very large", "tiny", "year", "nan",
        "unknown name", "failed formula")},
    "heading in capitals": heading(str.upper),
    "heading with a space": heading(lambda text: text.replace("_", " ")),
    "heading misspelt": heading(lambda text: text[:2] + text[3:]),
    "heading of another": heading(lambda text: "benefit"),
    "heading blank": heading(lambda text: ""),
    "heading with markup": heading(lambda text: f"<b>{text}</b>"),
    "heading with a zero byte": heading(lambda text: text + "\x00"),
    "heading spend_41": heading(lambda text: "spend_41"),
    "values in pounds": _scaled(1e6),
    "values as fractions": _scaled(0.01),
    "signs turned": _scaled(-1.0),
    **{function.__name__.replace("_", " "): function for function in (
        drop_column, extra_column, column_without_heading, duplicate_column, shuffled_columns,
        swapped_headings, drop_row, drop_half_the_rows, duplicate_row, shuffled_rows, blank_rows,
        total_row, note_below, title_above, headings_again, no_headings, only_headings, longer_row,
        shorter_row, shifted_row, transposed, many_rows, other_case, cut_name, spaces_around,
        cells_swapped, one_place_less, loop_of_prerequisites, unknown_prerequisite,
        required_and_excluded, excludes_itself, all_must_be_funded, all_are_options_of_one)},
}  # fmt: skip
"""Breakers of rows by name."""
