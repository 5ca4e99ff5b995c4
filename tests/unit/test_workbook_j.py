"""Workbook J of every round, its layout invented after what is known of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from practice_case import book, csv, problems_of, text_of

import nelfin
from nelfin.data.practices.workbook_j import is_workbook_j, read_workbook_j
from nelfin.system.need_indices import ALL_PLACES

pytestmark = pytest.mark.unit

INDEX = {"A1": 0.9, "A2": 1.2, "B1": 1.5, "C1": 1.0, "Z9": 0.7}
PEOPLE = {"A1": 110, "A2": 50, "B1": 30, "C1": 70, "Z9": 10}


def laid_out(
    first_row: int, columns: dict[int, str], cells: dict[int, object]
) -> list[list[object]]:
    """Rows of a sheet: titles, headings above the first row, and a practice a row."""
    width = max(columns)
    rows: list[list[object]] = [[f"Title {n}"] for n in range(first_row - 2)]
    rows.append([columns.get(at, f"other {at}") for at in range(1, width + 1)])
    for code in INDEX:
        given = {
            at: value[code] if isinstance(value, dict) else value for at, value in cells.items()
        }
        rows.append([given.get(at, 1.5) for at in range(1, width + 1)])
    return rows


CODES = {code: code for code in INDEX}
NAMES = {code: f"Practice {code}" for code in INDEX}


def round_of(year: str) -> dict[str, list[list[object]]]:
    """Sheets of practices as each round is said to place them (columns from 1)."""
    if year == "2022/23":
        heads = {1: "GP practice code", 2: "GP practice name", 25: "Overall need index",
                 7: "General & acute need index", 9: "Registered population",
                 10: "Overall weighted population"}  # fmt: skip
        return {
            "GP weighted population": laid_out(4, heads, {1: CODES, 2: NAMES, 25: INDEX, 9: PEOPLE})
        }
    if year == "2023/24":
        heads = {1: "Year", 2: "Practice Code", 3: "Practice Name", 26: "Overall Index"}
        now = laid_out(4, heads, {1: "2023/24", 2: CODES, 3: NAMES, 26: INDEX})
        later = laid_out(
            4, heads, {1: "2024/25", 2: CODES, 3: NAMES, 26: dict.fromkeys(INDEX, 1.0)}
        )
        base = laid_out(4, heads, {1: "2022 base", 2: CODES, 3: NAMES, 26: INDEX})
        return {"GP_need_index": [*base, *now[3:], *later[3:]]}
    sheets = {}
    for short, shift in (("2627", 0.0), ("2728", 0.1), ("2829", 0.2)):
        heads = {
            1: "Practice code",
            2: "Practice name",
            24: "Overall\nneed  index",
            12: "Index of age",
        }
        moved = {code: index + shift for code, index in INDEX.items()}
        sheets[f"gp_index_{short}"] = laid_out(3, heads, {1: CODES, 2: NAMES, 24: moved})
        boards = {4: "ICB code", 5: "ICB name", 22: "Overall need index"}
        sheets[f"icb_index_{short}"] = laid_out(3, boards, {4: CODES, 5: NAMES, 22: INDEX})
    return sheets


NOTES = [["Workbook J"], ["The index of a practice stands by its code"]]


@pytest.mark.parametrize(
    ("name", "year", "years"),
    [
        ("j-overall-weighted-populations-22-23.xlsx", "2022/23", ["2022/23"]),
        ("j-overall-weighted-populations-2023-24-v1.xlsx", "2023/24", ["2023/24", "2024/25"]),
        ("j-overall-2627-to-2829-v3.xlsx", "2026/27", ["2026/27", "2027/28", "2028/29"]),
    ],
)
def test_every_round_is_read_by_its_headings(
    tmp_path: Path, name: str, year: str, years: list[str]
) -> None:
    file = book(tmp_path / name, Notes=NOTES, **round_of(year))
    assert is_workbook_j(file)
    sheets, notes = read_workbook_j(file)
    practices = [sheet for sheet in sheets if sheet.level == "practice"]
    assert [sheet.year for sheet in practices] == years
    first = practices[0].table.set_index("code")
    assert first["index"].to_dict() == INDEX
    assert first["name"].to_dict() == NAMES
    assert first["registered_population"].notna().all() == (year == "2022/23")
    assert ['5 rows of "2022 base" left out' in note for note in notes] == [True] * (
        year == "2023/24"
    )
    assert len(sheets) == len(years) * (2 if year == "2026/27" else 1)


def test_columns_may_stand_anywhere_and_headings_fill_two_rows(tmp_path: Path) -> None:
    heads = [
        ["", "", "Overall", "", "General and acute", ""],
        ["Name", "Code", "Need index", "Weighted population", "Need index", "Weighted population"],
    ]
    rows = [[NAMES[code], code, INDEX[code], 1, 0.1, 2] for code in INDEX]
    file = book(tmp_path / "j.xlsx", **{"GP 2025-26": [["Title"], [], *heads, *rows]})
    ((sheet,), _) = read_workbook_j(file)
    assert (sheet.year, sheet.level) == ("2025/26", "practice")
    assert sheet.table.set_index("code")["index"].to_dict() == INDEX


def test_places_are_weighted_by_the_index_with_a_practice_file_beside(tmp_path: Path) -> None:
    file = book(tmp_path / "j-2627-to-2829.xlsx", **round_of("2026/27"))
    beside = csv(tmp_path, text_of("2025/26"), "2025_26.csv")
    found = nelfin.need([file, beside], "QAA", ["2026/27", "2028/29"])
    assert list(found.table["year"].unique()) == ["2026/27", "2028/29"]
    assert set(found.table["component"]) == {"final_core"}
    now = found.table[found.table["year"] == "2026/27"].set_index("place")
    north, system = (100 * 0.9 + 50 * 1.2) / 150, (100 * 0.9 + 50 * 1.2 + 30 * 1.5) / 180
    england = (180 * system + 70 * 1.0) / 250
    assert now.loc["Northtown", "index_in_system"] == pytest.approx(north / system)
    assert now.loc["Northtown", "index_in_england"] == pytest.approx(north / england)
    assert now.loc[ALL_PLACES, "registered_population"] == 180.0
    assert set(found.files) == {"j-2627-to-2829.xlsx", "2025_26.csv"}
    said = " ".join(found.notes)
    assert "practices are placed and counted by 2025_26.csv" in said
    assert "1 practice left out, since nothing says whose ICB a practice is in" in said
    assert "Z9" in said


def test_a_workbook_that_says_it_all_needs_no_file_beside(tmp_path: Path) -> None:
    heads = [
        "Practice code",
        "Practice name",
        "ICB code",
        "Registered patients",
        "Overall need index",
    ]
    rows = [[code, NAMES[code], "Z9B2Z" if code < "C" else "QMF", PEOPLE[code], INDEX[code]]
            for code in INDEX]  # fmt: skip
    file = book(tmp_path / "j.xlsx", gp_index_2627=[["Title"], heads, *rows])
    places = csv(tmp_path, "practice_code,place\nA1,North\nB1,South\n", "map.csv")
    found = nelfin.need(file, "z9b2z", places=places)
    table = found.table.set_index("place")
    assert table["registered_population"].to_dict() == {
        "North": 110.0, "South": 30.0, "not placed": 50.0, ALL_PLACES: 190.0,
    }  # fmt: skip
    assert table.loc["South", "index_in_system"] == pytest.approx(1.5 * 190 / (99 + 60 + 45))


@pytest.mark.parametrize(
    ("sheets", "options", "says"),
    [
        ({"Notes": NOTES}, {}, "has no column for practice code. NHS England calls it"),
        (round_of("2026/27"), {}, "does not say whose ICB a practice is in nor how many people"),
        (round_of("2026/27"), {"year": "2030/31"}, "has no need indices of 2030/31"),
        (
            {"icb_index_2627": round_of("2026/27")["icb_index_2627"]}, {},
            "gives the indices of ICBs in 2026/27, and no sheet those of practices",
        ),
        ({"gp_index": round_of("2026/27")["gp_index_2627"]}, {}, "does not say its year"),
        (
            {"gp_2627": round_of("2026/27")["gp_index_2627"],
             "gp_2627_b": round_of("2026/27")["gp_index_2728"]}, {},
            "gives the practice indices of 2026/27, as",
        ),
    ],
    ids=["nothing there", "nothing beside", "other year", "boards alone", "no year", "two sheets"],
)  # fmt: skip
def test_what_is_not_there_is_named(
    tmp_path: Path, sheets: dict[str, list], options: dict[str, str], says: str
) -> None:
    file = book(tmp_path / "j.xlsx", **sheets)
    problems = problems_of(lambda: nelfin.need(file, "QAA", **options))
    assert says in problems[0], problems


def test_what_was_looked_for_is_named(tmp_path: Path) -> None:
    file = book(tmp_path / "j.xlsx", Notes=NOTES, Data=[["Code", "Rate"], ["A1", 1]])
    assert not is_workbook_j(file)
    (problem,) = problems_of(lambda: read_workbook_j(file))
    unread = problems_of(lambda: nelfin.need(file, "QAA"))
    assert 'with "overall" and "index" (or "need index") in the same rows' in unread[-1]
    assert 'Its sheets are "Notes", "Data". Looked for a heading with "code" and one' in problem


def test_a_cell_that_is_no_index_is_refused_where_it_stands(tmp_path: Path) -> None:
    sheets = round_of("2022/23")
    sheets["GP weighted population"][4][24] = "n/a"
    file = book(tmp_path / "j-22-23.xlsx", **sheets)
    (problem,) = problems_of(lambda: read_workbook_j(file))
    assert 'cell Y5 (Overall need index): is "n/a"' in problem
    twice = [*round_of("2022/23")["GP weighted population"]]
    file = book(tmp_path / "j-22-23.xlsx", GP=[*twice, twice[-1]])
    (problem,) = problems_of(lambda: read_workbook_j(file))
    assert "gives Z9 twice" in problem
