"""Maps of places: look-ups as people keep them, rows without effect, and maps that do not fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from practice_case import book, csv, problems_of, text_of

from nelfin.data.practices import Imported, import_practices

pytestmark = pytest.mark.unit

HEAD = "practice_code,pcn_code,local_authority,place\n"


def imported(folder: Path, rows: str, head: str = HEAD, **options: bool) -> Imported:
    file = csv(folder, text_of(**options))
    return import_practices(file, "QAA", csv(folder, head + rows, "map.csv"), "2025/26")


def people(done: Imported) -> dict[str, float]:
    rows = done.table[done.table["component"] == "registered_population"]
    return dict(zip(rows["place"], rows["weighted_population"].round(6), strict=True))


def test_a_practice_of_its_own_wins_over_its_pcn_and_that_over_its_area(tmp_path: Path) -> None:
    done = imported(tmp_path, "A2,,,East\n,p1,,North\n,,SOUTHTOWN ,South\n")
    assert people(done) == {"North": 100.0, "East": 50.0, "South": 30.0}
    assert done.notes == ()


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ("practice_code,practice_name,pcn_code,pcn_name,place", "a1,,P1,One,N\nA2,,P2,,N\nB1,,,,S"),
        ("Practice Code,PCN Code,Place", "A1,P1,N\nA2,U,N\nB1,P1,S"),
        ("GP PRACTICE CODE,PCN_Name,Local  authority,PLACE NAME", "A1,,,N\n,,Northtown,N\nB1,,,S"),
        ("Look-up of places\n\nPractice Code,Place", "A1,N\nA2,N\nA2,N\nB1,S"),
        ("pcn_code,practice_code,place", "P1,,N\nP9,B1,S\nU,A1,N"),
    ],
    ids=["usual look-up", "headings of Excel", "local authority", "titles above, twice", "PCN"],
)
def test_the_usual_look_up_is_taken_as_it_is(tmp_path: Path, head: str, rows: str) -> None:
    done = imported(tmp_path, rows + "\n", head + "\n")
    assert people(done) == {"N": 150.0, "S": 30.0}
    assert done.notes == ()


def test_a_map_may_be_a_workbook(tmp_path: Path) -> None:
    rows = [["Places"], ["Practice  Code", "Place"], ["A1", "N"], ["A2", "N"], ["B1", "S"]]
    places = book(tmp_path / "map.xlsx", Map=rows)
    done = import_practices(csv(tmp_path, text_of()), "QAA", places, "2025/26")
    assert people(done) == {"N": 150.0, "S": 30.0}


def test_rows_of_closed_practices_and_of_other_systems_are_told(tmp_path: Path) -> None:
    rows = (
        ",P1,,North\n,,Southtown,South\nZ8,,,South\nC1,,,Far\n,P3,,Far\n,P7,,North\n,,Elsewhere,\n"
    )
    done = imported(tmp_path, rows)
    assert people(done) == {"North": 150.0, "South": 30.0}
    assert done.notes == (
        "map.csv: 2 rows by practice have no effect, not in QAA: Z8, C1. Of these Z8 is nowhere in "
        "the file.",
        "map.csv: 2 rows by PCN have no effect, not in QAA: P3, P7. Of these P7 is nowhere in the "
        "file.",
        "map.csv: 1 row by local authority has no effect, not in QAA: Elsewhere.",
        "map.csv: no practice of QAA is in Far.",
    )


def test_rows_by_pcn_are_told_where_the_file_gives_no_pcns(tmp_path: Path) -> None:
    rows = ",P1,,North\n,P9,,South\n,,Northtown,North\n,,Southtown,South\n"
    done = imported(tmp_path, rows, pcn=False)
    assert people(done) == {"North": 150.0, "South": 30.0}
    (note,) = done.notes
    assert note == "practices.csv gives no PCNs: 2 rows of map.csv have no effect: P1, P9."


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("A1,,,N\nA1,,,S\nB1,,,S\nA2,,,N\n", "row 3, column practice_code: A1 is placed in S here"),
        (",P1,,N\n,p1,,S\n,P2,,S\n", "p1 is placed in S here and in N in row 2"),
        ("A1,,,N\nA2,,,N\n", "practice B1 (PCN P2, Southtown) has no place"),
        ("A1,,,N\nA2,,,N\n,P2,,S\nB1,,,N\n", "S ends up empty"),
        (",P1,,N\n,P2,,N\n,P9,,S\n", "S ends up empty"),
        (",,Northtown,N\n,,Southtown,N\n,,Southtwon,S\n", "S ends up empty"),
        ("Z1,,,N\n,P9,,S\n", "map.csv: places nobody of QAA"),
        (",P1,,North\n,P2,,north\n", 'is "north", but row 2 says "North"'),
        (",P1,,N\n,P2,,\n", "row 3, column place: is empty. Give the place of PCN P2"),
        (",P1,,N\n,P2,,S\n,,,S\n", "row 4: fills none of practice_code"),
        (",P1,,N\n,P2,,#N/A\n", 'column place: is "#N/A"'),
    ],
    ids=["two places", "two places of a PCN", "no place", "shadowed", "PCN misspelt",
         "authority misspelt", "nobody", "case", "no place given", "no key", "failed formula"],
)  # fmt: skip
def test_a_map_that_does_not_fit_is_refused(tmp_path: Path, rows: str, says: str) -> None:
    problems = problems_of(lambda: imported(tmp_path, rows))
    assert any(says in problem for problem in problems), problems


def test_a_place_by_pcn_alone_is_empty_where_there_are_no_pcns(tmp_path: Path) -> None:
    rows = ",,Northtown,N\n,,Southtown,N\n,P2,,S\n"
    (problem,) = problems_of(lambda: imported(tmp_path, rows, pcn=False))
    assert "S ends up empty. The file gives no PCNs" in problem


@pytest.mark.parametrize("head", ["practise_code,place\n", "practice_code,plaice\n"])
def test_a_heading_misspelt_is_not_passed_over(tmp_path: Path, head: str) -> None:
    problems = problems_of(lambda: imported(tmp_path, "A1,N\n", head))
    assert "pra" in problems[0] or "place" in problems[0]


def test_every_practice_without_a_place_is_listed(tmp_path: Path) -> None:
    problems = problems_of(lambda: imported(tmp_path, "A1,,,North\n"))
    assert [("A2" in problem, "B1" in problem) for problem in problems] == [
        (True, False),
        (False, True),
    ]
    assert all("practices.csv, row" in problem for problem in problems)
