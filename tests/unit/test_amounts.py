"""Numbers and years as people type them: read where their meaning is certain, and only there."""

from __future__ import annotations

import pytest

from nelfin.store.sheets.amounts import decimal_mark, no_amount, read_amount, read_year

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("£1,390", "£m", 1390.0),
        ("£ 1,390.00", "£m", 1390.0),
        ("£1.5m", "£m", 1.5),
        ("1.5M", "£m", 1.5),
        ("£390 million", "£m", 390.0),
        ("-£5", "£m", -5.0),
        ("£-5", "£m", -5.0),
        ("(3.4)", "£m", -3.4),
        ("(£3.4m)", "£m", -3.4),
        ("£(1,003.4)m", "£m", -1003.4),
        ("(3)%", "%", -3.0),
        ("\N{MINUS SIGN}5.25", "", -5.25),
        ("\N{EN DASH}5", "", -5.0),
        ("1,234,567", "people", 1234567.0),
        ("1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567", "people", 1234567.0),
        ("12 000.5", "", 12000.5),
        ("3%", "%", 3.0),
        ("3.5 per cent", "%", 3.5),
        ("80%", "share", 0.8),
        ("5.42%", "fraction", 0.0542),
        ("60 years", "years", 60.0),
        ("£13,500", "£ per QALY", 13500.0),
        ("0.1%", "share", 0.001),
        (".5", "", 0.5),
    ],
)
def test_a_number_whose_meaning_is_certain_is_read(text: str, unit: str, value: float) -> None:
    amount = read_amount(text, unit)
    assert amount is not None
    assert amount.value == value


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("12,5", "£m"),  # 12.5 or 125
        ("1,39", "£m"),
        ("0,123", "£m"),
        ("1,2345", "£m"),
        ("1234,567", "£m"),
        ("12,34,567", "£m"),
        ("1.390,50", "£m"),
        ("£1,390k", "£m"),
        ("£1.2bn", "£m"),
        ("1.5m", "people"),
        ("1.5m", ""),
        ("£5", "%"),
        ("£5", ""),
        ("5%", "£m"),
        ("5%", ""),
        ("5 months", "years"),
        ("-(5)", ""),
        ("(-5)", ""),
        ("--5", ""),
        ("-£-5", "£m"),
        ("5-", ""),
        ("5-6", ""),
        ("5–6", ""),
        ("1 39", ""),
        ("about 5", ""),
        ("~5", ""),
        ("5 (est)", ""),
        ("<5", ""),
        ("n/a", "£m"),
        ("-", "£m"),
        ("tbc", "£m"),
        ("", "£m"),
        ("£", "£m"),
        ("%", "%"),
        ("2026-04-01", ""),
        ("1 April 2026", ""),
        ("５", ""),
        ("1.2.3", ""),
    ],
)
def test_what_might_be_something_else_is_not_read(text: str, unit: str) -> None:
    assert read_amount(text, unit) is None
    assert no_amount(text, unit)


@pytest.mark.parametrize(
    ("text", "value"),
    [("390,5", 390.5), ("1.390,5", 1390.5), ("-0,25", -0.25), ("(3,4)", -3.4), ("390", 390.0)],
)
def test_a_decimal_comma_is_read_in_a_file_that_has_them(text: str, value: float) -> None:
    amount = read_amount(text, "£m", decimal_comma=True)
    assert amount is not None
    assert amount.value == value


@pytest.mark.parametrize("text", ["1.390", "12.5", "1,390.00", "1,2,3"])
def test_a_point_in_a_file_of_decimal_commas_is_not_read(text: str) -> None:
    assert read_amount(text, "£m", decimal_comma=True) is None


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["390,5", "12"], ","),
        (["0,390"], ","),
        (["1.390,50"], ","),
        (["390.5", "12"], "."),
        (["1,390.50"], "."),
        (["1,390"], ""),  # thousands, or three decimals
        (["12"], ""),
        (["390,5", "390.5"], ""),
    ],
)
def test_numbers_tell_what_stands_before_their_decimals(texts: list[str], mark: str) -> None:
    assert decimal_mark(texts) == mark


@pytest.mark.parametrize(
    "text", ["2026-27", "2026–27", "2026/2027", "2026-2027", "FY2026/27", "fy 2026/27", "2026 / 27"]
)
def test_a_financial_year_is_read_however_it_is_set(text: str) -> None:
    assert read_year(text) == "2026/27"


@pytest.mark.parametrize(
    "text", ["2026", "26/27", "2026/28", "2026/2028", "2026-04-01", "April 2026", "1026/27", ""]
)
def test_what_is_not_certainly_a_financial_year_is_not_read(text: str) -> None:
    assert read_year(text) is None


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("£1,390k", "£m", "Write 1.39, the figure in £m."),
        ("£1.2bn", "£m", "Write 1200, the figure in £m."),
        ("12,5", "£m", "Write 12.5 if the comma is one of decimals, or 125."),
        ("5%", "£m", "Write the figure in digits, in £m."),
        ("n/a", "£m", "Put in the figure in digits or leave the cell blank."),
        ("2026-04-01", "£m", "It is a date"),
        ("lots", "£m", "Write digits only"),
    ],
)
def test_what_is_not_read_is_asked_for_in_words_that_help(text: str, unit: str, says: str) -> None:
    assert says in no_amount(text, unit, may_be_blank=True)
