"""Practice files of several years: which year each is of, and places like for like."""

from __future__ import annotations

from pathlib import Path

import pytest
from practice_case import Rows, csv, problems_of, text_of

from nelfin.data.practices import Imported, import_practices
from nelfin.data.practices.years import years_in

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "years"),
    [
        ("2023_2024.csv", ["2023/24"]),
        ("practices 2023-24 v2.csv", ["2023/24"]),
        ("practice_weighted_populations_2025_26.csv", ["2025/26"]),
        ("wp202526.csv", ["2025/26"]),
        ("J--overall-2025-to-2026.xlsx", ["2025/26"]),
        ("gp_index_2728", ["2027/28"]),
        ("j-overall-22-23.xlsx", ["2022/23"]),
        ("2022_23 to 2023_24.csv", ["2022/23", "2023/24"]),
        ("2022_23 (2022-2023).csv", ["2022/23"]),
        ("wp_data_2022LAD.csv", []),
        ("practices.csv", []),
        ("download 2024-11-12.csv", []),
        ("map_2024.csv", []),
        ("report 2023_25.csv", []),
        ("practices 12-13.csv", []),
        ("QMF 120242025 x.csv", []),
    ],
)
def test_the_year_is_read_from_the_name(name: str, years: list[str]) -> None:
    assert years_in(name) == years


@pytest.mark.parametrize("given", ["", "2023/24"])
def test_a_heading_out_of_date_does_not_decide(tmp_path: Path, given: str) -> None:
    file = csv(tmp_path, text_of("2023/24"), "2023_2024.csv")
    done = import_practices(file, "QAA", year=given)
    assert set(done.table["year"]) == {"2023/24"}
    assert done.notes == (
        '2023_2024.csv: taken as 2023/24, though its heading "pop 2022/23" says 2022/23.',
    )


def test_the_year_given_wins_and_the_name_is_told(tmp_path: Path) -> None:
    file = csv(tmp_path, text_of("2024/25"), "wp 2024-25.csv")
    done = import_practices(file, "QAA", year="2025/26")
    assert set(done.table["year"]) == {"2025/26"}
    assert "though its name says 2024/25" in done.notes[0]


@pytest.mark.parametrize(
    ("name", "year", "says"),
    [
        ("practices.csv", "2025/26", "does not say its year in its name. Give it"),
        ("practices.csv", "2022/23", 'heading "pop 2022/23" says 2022/23, but NHS England left'),
        ("2022_23 2023_24.csv", "2022/23", "names 2 years, 2022/23, 2023/24"),
    ],
)
def test_a_year_that_nothing_decides_is_asked_for(
    tmp_path: Path, name: str, year: str, says: str
) -> None:
    file = csv(tmp_path, text_of(year), name)
    (problem,) = problems_of(lambda: import_practices(file, "QAA"))
    assert says in problem
    assert f"--year {year}" in problem


ROWS: dict[str, Rows] = {
    "2023_24": (
        ("A1", "", "QAA", "North", 1000.0),
        ("A2", "", "QAA", "North", 4000.0),
        ("A3", "", "QAA", "Gone", 300.0),
        ("A4", "", "QAA", "Gone", 200.0),
        ("A5", "", "QAA", "South", 2000.0),
        ("A6", "", "QAA", "South", 5000.0),
        ("A7", "", "QAA", "Stray", 20.0),
        ("A8", "", "QAA", "North", 10.0),
    ),
    "2024_25": (
        ("A1", "", "QAA", "South", 1000.0),  # moved from North
        ("A3", "", "QAA", "South", 300.0),  # its authority became a part of South
        ("A5", "", "QAA", "South", 6300.0),  # took over A2
        ("A6", "", "QAA", "South", 5000.0),
        ("A8", "", "QBB", "North", 10.0),  # left the system
        ("A9", "", "QAA", "North", 700.0),
    ),
}


def both(folder: Path, successors: str = "", **options: bool) -> Imported:
    files = [csv(folder, text_of("2025/26", rows), f"{year}.csv") for year, rows in ROWS.items()]
    places = csv(folder, successors, "map.csv") if successors else None
    return import_practices(files[::-1], "QAA", places, **options)


def people(done: Imported) -> dict[tuple[str, str], float]:
    rows = done.table[done.table["component"] == "registered_population"]
    return {
        (year, place): round(value, 6)
        for year, place, value in zip(
            rows["year"], rows["place"], rows["weighted_population"], strict=True
        )
    }


def test_a_practice_stands_where_the_last_year_has_it(tmp_path: Path) -> None:
    done = both(tmp_path)
    assert people(done) == {
        ("2023/24", "North"): 4010.0,
        # with A1, with A3, and with A4, closed, of the authority that became a part of South
        ("2023/24", "South"): 8500.0,
        ("2023/24", "Stray"): 20.0,
        ("2024/25", "North"): 700.0,
        ("2024/25", "South"): 12600.0,
    }
    assert list(done.table["year"].unique()) == ["2023/24", "2024/25"]
    status = dict(zip(done.table["year"], done.table["status"], strict=True))
    assert status == {"2023/24": "derived", "2024/25": "published"}
    said = "\n".join(done.notes)
    for words in (
        "1 practice of North is in South in 2024/25, and put there in the years before: "
        "A1 (1,000 people)",
        "2 practices of Gone are in South",
        "Registered people of North fall by 83 % from 2023/24 to 2024/25, 4,010 to 700. "
        "No longer there: A2 Dr X, And Partners (4,000 people; A5 of South grew by 4,300), "
        "A8 Dr X, And Partners (10 people, now in QBB).",
        "Registered people of South rise by 48 %",
        "Most of it: A5 (2,000 to 6,300 people)",
        "Stray has no practice in 2024/25; in 2023/24 it has 1 practice of 20 people (A7)",
        "Places of 1 practice: Stray (20 people in 2023/24)",
    ):
        assert words in said, said
    said = "\n".join(both(tmp_path, as_text(A2="A5")).notes)
    assert "rise by 6,900 %" in said
    assert "New: A9 of North (700 people)" in said
    assert "A8 of North (10 people, now in QBB)" in said


def as_text(**successors: str) -> str:
    rows = "".join(f"{code},{heir}\n" for code, heir in successors.items())
    return f"practice_code,successor\n{rows}"


def test_the_people_of_a_practice_that_merged_go_with_its_successor(tmp_path: Path) -> None:
    done = both(tmp_path, as_text(A2="X1", X1="A5", Z1="A5"))
    assert people(done)["2023/24", "North"] == 10.0
    assert people(done)["2023/24", "South"] == 12500.0
    assert not any("A2" in note and "no file says" in note for note in done.notes)
    assert any("2 practices with a successor not in QAA: X1, Z1" in note for note in done.notes)
    (problem,) = problems_of(lambda: both(tmp_path, as_text(A2="A4")))
    assert "A4, the successor of A2, is not in 2024_25.csv" in problem


def test_as_published_leaves_each_year_as_it_is(tmp_path: Path) -> None:
    done = both(tmp_path, like_for_like=False)
    assert people(done)["2023/24", "North"] == 5010.0
    assert people(done)["2023/24", "Gone"] == 500.0
    assert set(done.table["status"]) == {"published"}
    assert any("Registered people of North fall by 86 %" in note for note in done.notes)
    told = both(tmp_path, as_text(A2="A5"), like_for_like=False)
    assert any("Successors have an effect only" in note for note in told.notes)


def test_years_and_files_go_together(tmp_path: Path) -> None:
    files = [csv(tmp_path, text_of(rows=ROWS["2023_24"]), f"{name}.csv") for name in "ab"]
    done = import_practices(files, "QAA", year=("2025/26", "2024/25"))
    assert list(done.table["year"].unique()) == ["2024/25", "2025/26"]
    (problem,) = problems_of(lambda: import_practices(files, "QAA", year="2025/26"))
    assert "is given for 1 file, but there are 2" in problem
    (problem,) = problems_of(lambda: import_practices(files, "QAA", year=("2025/26",) * 2))
    assert "is of 2025/26, as" in problem
    problems = problems_of(lambda: import_practices(files, "QAA", year=("2025", "24/25")))
    assert ["is not a financial year" in problem for problem in problems] == [True, True]


def test_the_problems_of_all_years_are_told_at_once(tmp_path: Path) -> None:
    wrong = [csv(tmp_path, text_of().replace(" 50.0 ", f" {n} people "), f"202{n}_2{n + 1}.csv")
             for n in (3, 4)]  # fmt: skip
    problems = problems_of(lambda: import_practices(wrong, "QAA"))
    assert [f"202{n}_2" in problem for n, problem in zip((3, 4), problems, strict=True)] == [
        True
    ] * 2
