"""Capital limits read from NHS England's workbook, or from a table of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from click.testing import CliRunner
from table_files import problems_of, workbook_writer

from nelfin.cli import cli
from nelfin.data.footprints import find_system
from nelfin.data.imports.capital_figures import import_capital
from nelfin.data.national import trusts_of
from nelfin.data.specs import TABLES
from nelfin.data.tables import read_table

pytestmark = pytest.mark.unit

YEARS = ("2026/27", "2027/28", "2028/29", "2029/30")
AMOUNTS = {"RA1": 40.0, "RA2": 12.5, "RB1": 30.0}
NAMES = {"RA1": "Ambridge NHS Trust", "RA2": "Penny Hassett NHS FT", "RB1": "Total Care NHS Trust"}
BOARDS = {"RA1": "QAA", "RA2": "QAA", "RB1": "QBB"}

Written = Callable[..., Path]


@pytest.fixture
def book(tmp_path: Path) -> Written:
    """Write a workbook whose sheet of providers has some rows."""
    write = workbook_writer(tmp_path)
    return lambda rows, name="Provider Op Cap": write(
        {"Notes": [["Capital"]], "ICB Op Cap": [["ICB code", "2026/27 £k"], ["QAA", 9]], name: rows}
    )


@pytest.fixture
def table(tmp_path: Path) -> Written:
    """Write a table of one's own."""

    def write(text: str) -> Path:
        file = tmp_path / "capital.csv"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def rows(heads: Iterable[Any], *, unit: float = 1e3, each: int = 4) -> list[list[Any]]:
    """Return providers as the sheet may have them: titles, headings, a row each, a total."""
    body = [
        [code, NAMES[code], "Acute", BOARDS[code], *[amount * unit] * each]
        for code, amount in AMOUNTS.items()
    ]
    total = ["", "Total", "", "", *[sum(AMOUNTS.values()) * unit] * each]
    titles: list[list[Any]] = [["Provider operational capital"], []]
    return [*titles, ["Org code", "Provider name", "Sector", "ICB code", *heads], *body, total]


def limits(found: pd.DataFrame) -> dict[str, float]:
    return dict(zip(found["year"], found["limit_gbp_m"], strict=True))


LONG = "code,organisation,year,amount_gbp_m\n" + "".join(
    f"{code},{NAMES[code]},{year},{AMOUNTS[code]}\n" for code in ("RA1", "RA2") for year in YEARS
)
WIDE = f"code,organisation,{','.join(f'{year} £m' for year in YEARS)}\n" + "".join(
    f"{code},{NAMES[code]}{f',{AMOUNTS[code]}' * 4}\n" for code in ("RA1", "RA2")
)


@pytest.mark.parametrize(
    "heads",
    [
        [f"{year} (£k)" for year in YEARS],
        [f"{year} Operational capital £000" for year in YEARS],
        [
            "Total operational capital 2026/27 (£k)",
            *[f"{year} allocation £k" for year in YEARS[1:]],
        ],
        [*[f"{year[:4]}-{year[5:]} £'000" for year in YEARS]],
    ],
)
def test_columns_of_the_workbook_are_found_by_their_years(book: Written, heads: list[str]) -> None:
    found, notes = import_capital(book(rows(heads)), ["qaa"])
    assert limits(found) == dict.fromkeys(YEARS, 52.5)
    assert set(found["organisation"]) == {""}
    assert set(found["status"]) == {"firm"}
    assert set(found["figure_status"]) == {"derived"}
    assert "sum of 2 bodies" in found["source"][0]
    assert "Left out as totals: row 7." in notes


def test_years_may_stand_over_their_columns(book: Written) -> None:
    sheet = rows(["Operational capital (£k)"] * 4)
    sheet.insert(2, ["", "", "", "", *YEARS])
    assert limits(import_capital(book(sheet), ["QAA"])[0]) == dict.fromkeys(YEARS, 52.5)


@pytest.mark.parametrize("order", [(3, 1, 0, 2, 4, 5, 6, 7), (7, 6, 5, 4, 3, 2, 1, 0)])
def test_columns_may_move(book: Written, order: tuple[int, ...]) -> None:
    sheet = rows([f"{year} (£k)" for year in YEARS])
    moved = [[row[at] for at in order] if len(row) == 8 else row for row in sheet]
    assert limits(import_capital(book(moved), ["QAA"])[0]) == dict.fromkeys(YEARS, 52.5)


@pytest.mark.parametrize(
    "head",
    ["2026/27 to 2029/30 total (£k)", "Total 2026-30 £k", "Four-year total, 2026/27-2029/30 (£k)"],
)
def test_one_total_is_spread_evenly_and_told(book: Written, head: str) -> None:
    found, notes = import_capital(book(rows([head], each=1)), ["QAA"])
    assert limits(found) == dict.fromkeys(YEARS, 52.5 / 4)
    assert set(found["figure_status"]) == {"derived"}
    assert any("spread evenly over its 4 years" in note for note in notes)


def test_a_total_of_no_years_takes_those_of_its_title_or_is_refused(book: Written) -> None:
    sheet = rows(["Total (£k)"], each=1)
    (problem,) = problems_of(lambda: import_capital(book(sheet), ["QAA"]))
    assert "nowhere the years it is for" in problem
    sheet[0] = ["Provider operational capital 2026/27 to 2029/30"]
    assert set(import_capital(book(sheet), ["QAA"])[0]["year"]) == set(YEARS)


def test_a_limit_for_each_body(book: Written) -> None:
    found, _ = import_capital(book(rows([f"{year} (£k)" for year in YEARS])), ["QAA"], True)
    assert list(found["organisation"].unique()) == [NAMES["RA1"], NAMES["RA2"]]
    assert set(found["figure_status"]) == {"published"}
    assert found.groupby("organisation")["limit_gbp_m"].sum().to_dict() == {
        NAMES["RA1"]: 160, NAMES["RA2"]: 50
    }  # fmt: skip


def test_systems_are_summed_and_none_counts_twice(book: Written) -> None:
    file = book(rows([f"{year} (£k)" for year in YEARS]))
    assert limits(import_capital(file, ["QAA", "QBB"])[0]) == dict.fromkeys(YEARS, 82.5)
    (problem,) = problems_of(lambda: import_capital(file, ["QAA", "QAX"]))
    assert 'has no row of the system "QAX". Did you mean "QAA"?' in problem
    (problem,) = problems_of(lambda: import_capital(file))
    assert "has several systems: QAA, QBB. Say which, with --icb CODE." in problem


def test_a_system_named_once_for_its_merged_rows(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(file)) as made:
        page = made.add_worksheet("Provider Op Cap")
        page.write_row("A1", ["ICB", "Provider", "2026/27 (£k)"])
        page.merge_range("A2:A3", "NHS Ambridge ICB")
        page.write_row("B2", [NAMES["RA1"], 40_000])
        page.write_row("B3", [NAMES["RA2"], 12_500])
        page.write_row("A4", ["NHS Borchester ICB", NAMES["RB1"], 30_000])
    assert limits(import_capital(file, ["Ambridge"])[0]) == {"2026/27": 52.5}


@pytest.mark.parametrize("cell", ["", "#REF!", "unknown"])
def test_a_provider_of_no_system_is_refused(book: Written, cell: str) -> None:
    sheet = rows([f"{year} (£k)" for year in YEARS])
    sheet[4][3] = cell
    (problem,) = problems_of(lambda: import_capital(book(sheet), ["QAA"]))
    assert "cell D5 (ICB code): is " + (f'"{cell}"' if cell else "empty") in problem


@pytest.mark.parametrize("named", ["code", "trust"])
def test_providers_without_systems_are_those_that_report_to_it(book: Written, named: str) -> None:
    own = list(trusts_of(find_system("QMF"))[named])
    sheet = [["Provider", "2026/27 (£k)"], ["RZZ", 90_000], *([name, 10_000] for name in own[1:])]
    found, notes = import_capital(book(sheet), ["North East London"])
    assert limits(found) == {"2026/27": 10 * (len(own) - 1)}
    assert any(f"Not in the table: {trusts_of(find_system('QMF'))['trust'][0]}" in n for n in notes)
    for icbs in ([], ["QAX"]):
        (problem,) = problems_of(lambda icbs=icbs: import_capital(book(sheet), icbs))
        assert "sheet Provider Op Cap" in problem


@pytest.mark.parametrize("text", [LONG, WIDE, LONG.replace("organisation", "trust")])
def test_a_table_of_ones_own(table: Written, text: str) -> None:
    found, notes = import_capital(table(text), ["QAA"])
    assert limits(found) == dict.fromkeys(YEARS, 52.5)
    assert set(found["figure_status"]) == {"given"}
    assert "The table names no systems: all its rows are taken to be of QAA." in notes


def test_years_without_a_unit_are_taken_to_be_millions_and_told(table: Written) -> None:
    found, notes = import_capital(table("organisation,2026/27,2030/31\nA,5,6\nB,-,7\n"))
    assert limits(found) == {"2026/27": 5, "2030/31": 13}
    assert list(found["status"]) == ["firm", "indicative"]
    assert "A dash is read as 0: row 3." in notes
    assert any("taken to be £m" in note for note in notes)


def test_a_table_may_say_what_is_indicative_and_where_it_is_from(table: Written) -> None:
    text = "organisation,year,amount_gbp_k,status,source\nA,2026/27,5000,indicative,Board paper\n"
    found, _ = import_capital(table(text), by_organisation=True)
    assert found.iloc[0].to_dict() == {
        "year": "2026/27", "limit_gbp_m": 5.0, "organisation": "A", "status": "indicative",
        "figure_status": "given", "source": "Board paper; read in capital.csv",
    }  # fmt: skip


def test_a_year_that_a_body_lacks_is_told(table: Written) -> None:
    text = "organisation,year,amount_gbp_m\nA,2026/27,5\nB,2026/27,5\nA,2027/28,5\n"
    for each in (False, True):
        assert "2027/28: no amount of B." in import_capital(table(text), (), each)[1]


@pytest.mark.parametrize("total", ["Total", "England", "Grand total", "All trusts total"])
def test_totals_are_left_out_and_told(table: Written, total: str) -> None:
    found, notes = import_capital(table(f"{WIDE},{total},52.5,52.5,52.5,52.5\n"))
    assert limits(found) == dict.fromkeys(YEARS, 52.5)
    assert "Left out as totals: row 4." in notes


def test_a_board_with_what_all_others_have_is_a_total_and_one_with_its_own_is_not(
    table: Written,
) -> None:
    head = "organisation,2026/27 £m\nA,5\nB,6\n"
    found, notes = import_capital(table(f"{head}Ambridge ICB,11\n"))
    assert limits(found) == {"2026/27": 11}
    assert "Left out as a total: row 4, which has what all others have." in notes
    assert limits(import_capital(table(f"{head}Ambridge ICB,2\n"))[0]) == {"2026/27": 13}


def test_words_below_the_table_are_left_out_and_told(book: Written) -> None:
    sheet = rows([f"{year} (£k)" for year in YEARS])
    found, notes = import_capital(book([*sheet, [], ["Source: NHS England"]]), ["QAA"])
    assert limits(found) == dict.fromkeys(YEARS, 52.5)
    assert "Left out as words without figures: row 9." in notes


def test_columns_left_alone_and_a_total_that_does_not_fit_are_told(table: Written) -> None:
    text = (
        "trust,2026/27 £m,2027/28 £m,2026/27 growth £m,2026/27 to 2027/28 total £m,beds,lead\n"
        "A,5,6,1,12,700,me\n"
    )
    _, notes = import_capital(table(text))
    assert "Columns left alone: 2026/27 growth £m, beds." in notes
    assert any("add up to £11.0m" in note and "£12.0m" in note for note in notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LONG + f"RA1,{NAMES['RA1']},2026/27,1\n", "row 10: repeats row 2 (Ambridge NHS Trust"),
        (LONG + "ra1 ,Ambridge,2026/27,1\n", "repeats row 2"),
        (LONG + "RA9,New,2026,1\n", 'is "2026". Write a financial year'),
        (LONG + "RA9,New,2026/27,x\n", 'is "x", not a number'),
        (LONG + "RA9,New,2026/27,\n", "is empty"),
        (LONG + "RA9,New,2026/27,-5\n", "is -5. Give capital as 0 or more"),
        (LONG + "RA9,New,2026/27,#REF!\n", "what a failed formula leaves"),
        (LONG + ",,2026/27,5\n", "names no body"),
        (LONG + "RA9,New,2026/27,5,000\n", "has 5 cells, but there are 4 headings"),
        (LONG + "RA9,New,2026/27,5000\n", "gives New £5,000.0m in 2026/27, more than any has"),
        (LONG + "RA9,New,2030/31,0.1\n", "gives £0.100m in 2030/31 for all bodies"),
        (LONG + "RA9,New,2030/31,1\n", "gives £1.000m in 2030/31 for all bodies together, and up"),
        (LONG + "RA9,New,2026/27,5%\n", 'is "5%", not a number'),
        (LONG + LONG, "headings stand in rows 1 and 10"),
        ("organisation,2026/27 £m,2026/27 capital £m\nA,5,5\n", "several columns for 2026/27"),
        ("organisation,trust,2026/27 £m\nA,B,5\n", 'in "organisation" and "trust"'),
        ("organisation,year,money\nA,2026/27,5\n", "no amounts by year"),
        ("a,b\n1,2\n", "has no table of capital: none has a heading such as provider"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(table: Written, text: str, said: str) -> None:
    (problem,) = problems_of(lambda: import_capital(table(text)))
    assert said in problem


def test_the_workbook_needs_a_unit_and_one_sheet(tmp_path: Path, book: Written) -> None:
    problems = problems_of(lambda: import_capital(book(rows(YEARS)), ["QAA"]))
    assert len(problems) == 8
    assert "cell E4 (2026/27): has no unit" in problems[0]
    sheet = rows([f"{year} (£k)" for year in YEARS])
    file = workbook_writer(tmp_path)({"A": sheet, "B": sheet})
    (problem,) = problems_of(lambda: import_capital(file, ["QAA"]))
    assert 'on several sheets: "A", "B"' in problem
    assert limits(import_capital(f"{file}#B", ["QAA"])[0]) == dict.fromkeys(YEARS, 52.5)


def test_the_command_writes_what_a_scenario_takes(table: Written, tmp_path: Path) -> None:
    out = tmp_path / "limits.csv"
    words = ["import-capital", str(table(LONG)), "--icb", "QAA", "--by-organisation"]
    done = CliRunner().invoke(cli, [*words, "-o", str(out)])
    assert done.exit_code == 0, done.exception
    assert "2026/27 £52.5m, 2027/28 £52.5m" in done.stderr
    assert read_table(out, TABLES["capital_limits"])["limit_gbp_m"].sum() == 210
