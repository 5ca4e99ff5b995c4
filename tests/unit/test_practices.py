"""The importer of practice files: headings of four years, layouts, and wrong files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from practice_case import GEOGRAPHY, PRACTICES, book, csv, headings, problems_of, text_of

from nelfin.data.practices import Imported, import_practices, read_practices
from nelfin.data.specs import COMPONENTS

pytestmark = pytest.mark.unit


def total(done: Imported, place: str, component: str = "registered_population") -> float:
    rows = done.table[(done.table["place"] == place) & (done.table["component"] == component)]
    (value,) = rows["weighted_population"]
    return float(value)


def imported(file: Path, *icbs: str, **options: object) -> Imported:
    return import_practices(file, icbs or ("QAA",), year="2025/26", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("year", GEOGRAPHY)
def test_headings_of_every_year_are_known(tmp_path: Path, year: str) -> None:
    done = import_practices(csv(tmp_path, text_of(year)), "QAA", year=year)
    assert set(done.table["place"]) == {"Northtown", "Southtown"}
    assert set(done.table["component"]) == set(COMPONENTS)
    assert set(done.table["year"]) == {year}
    assert set(done.table["status"]) == {"published"}
    assert total(done, "Northtown") == pytest.approx(150.0)
    assert total(done, "Southtown", "general_and_acute") == pytest.approx(33.0)


def test_every_practice_of_england_may_be_grouped(tmp_path: Path) -> None:
    done = imported(csv(tmp_path, text_of()), "england")
    assert set(done.table["place"]) == {"Northtown", "Southtown", "Elsewhere"}


def test_systems_are_taken_together_whatever_their_case_and_once_each(tmp_path: Path) -> None:
    file = csv(tmp_path, text_of().replace("QAA", "q aa "))
    done = imported(file, "qaa", " QBB")
    assert done.label == "QAA + QBB"
    assert set(done.table["place"]) == {"Northtown", "Southtown", "Elsewhere"}
    (problem,) = problems_of(lambda: imported(file, "QAA", "qaa"))
    assert "Give each system once" in problem


def test_a_present_system_is_made_of_the_former_ones_and_of_parts_by_authority(
    tmp_path: Path,
) -> None:
    rows = (
        ("A1", "", "QH8", "Basildon", 10.0),
        ("A2", "", "QM7", "Harlow", 20.0),
        ("A3", "", "QM7", "Watford", 40.0),
        ("A4", "", "QJG", "Colchester", 80.0),
        ("A5", "", "QJG", "Ipswich", 160.0),
    )
    done = imported(csv(tmp_path, text_of(rows=rows)), "Essex")
    assert done.label == "D7T5G"
    assert set(done.table["place"]) == {"Basildon", "Harlow", "Colchester"}
    assert set(done.table["status"]) == {"derived"}  # the split is not an official one
    lacks = problems_of(lambda: imported(csv(tmp_path, text_of(rows=rows[:3])), "D7T5G"))
    assert ['no practice of "QJG" as a part of NHS Essex ICB' in lack for lack in lacks] == [True]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.replace("MH WP", "Mental"), 'NHS England calls it "MH WP"'),
        (lambda t: t.replace("A2,", "a1 ,"), "A1 repeats row 2"),
        (lambda t: t.replace(",QBB", ",QAA").replace("C1,", "A1,"), "row 5, column Pr"),
        (lambda t: t.replace("C1,", "A1,"), "row 2, column Practice_Code: A1 repeats row 5"),
        (lambda t: t.replace(" 50.0 ", " fifty "), 'row 3, column Registered Patients: is "fifty"'),
        (lambda t: t.replace(" 50.0 ", "  "), "row 3, column Registered Patients: is empty"),
        (lambda t: t.replace(" 90.0 ", "  "), "row 3, column Core WP: is empty"),
        (lambda t: t.replace(" 60.0 ", " #N/A "), 'row 3, column CS WP: is "#N/A"'),
        (lambda t: t.replace(" 50.0 ", " -50 "), 'is "-50"'),
        (lambda t: t.replace("B1,", ","), "row 4, column Practice_Code: is empty"),
        (lambda t: t.replace("B1,", "#REF!,"), 'row 4, column Practice_Code: is "#REF!"'),
        (lambda t: t.replace("QBB", ""), "row 5, column ICB: is empty"),
        (lambda t: t.replace("QBB", "#VALUE!"), 'row 5, column ICB: is "#VALUE!"'),
        (lambda t: t.replace("B1,", "B1,,"), "has 16 cells"),
        (lambda t: t.replace("P2,QAA", "QAA"), 'row 4, column ICB: is "Southtown", no code of'),
        (lambda t: t + "D1\n", "row 6, column ICB: is empty"),
        (lambda t: t.replace("Southtown", "#N/A"), 'row 4, column LADname: is "#N/A"'),
        (lambda t: t.replace('"Dr X, and partners"', "Dr X, and partners", 1), "has 16 cells"),
        (lambda t: t.replace("GP_Practice_Name", "CS  wp"), "has 2 columns for community: CS  wp"),
        (lambda t: t.replace("PCN_Code", "ICS23"), "has 2 columns for icb: ICB (D), ICS23 (C)"),
    ],
    ids=["component missing", "practice twice", "twice in two systems made one", "twice elsewhere",
         "text", "no people", "no final", "failed formula", "negative", "no code",
         "failed formula for code", "no system", "failed formula for system",
         "slipped to the right", "slipped to the left", "cut short",
         "failed formula for authority", "row too long", "heading twice", "two columns"],
)  # fmt: skip
def test_a_wrong_file_is_refused_where_it_is_wrong(
    tmp_path: Path, change: Callable[[str], str], says: str
) -> None:
    problems = problems_of(lambda: imported(csv(tmp_path, change(text_of()))))
    assert any(says in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda t: t.replace(" 119.0 ", " many ").replace(" 91.0 ", " "), ""),
        (lambda t: t.replace(" 36.0 ", " "), "1 practice of QAA has a blank community, counted as"),
        (lambda t: t + ",England,,QAA,," + "250," * 9 + "250\n", 'as a total: row 6 "England"'),
        (lambda t: t + ",,,Total,," + "250," * 9 + "250\n", 'as a total: row 6 "Total"'),
        (lambda t: t + "Source: NHS England\n", 'as no figure: row 6 "Source: NHS England"'),
        (lambda t: t.replace("Southtown", "southtown").replace("Northtown", "NORTHTOWN", 1), ""),
    ],
    ids=["other systems", "blank", "total by name", "total by system", "footnote", "case of names"],
)
def test_what_does_not_touch_the_system_stops_nobody_and_the_rest_is_told(
    tmp_path: Path, change: Callable[[str], str], note: str
) -> None:
    done = imported(csv(tmp_path, change(text_of())))
    assert {done.table["place"].nunique(), len(done.table)} == {2, 20}
    people = done.table[done.table["component"] == "registered_population"]
    assert people["weighted_population"].sum() == pytest.approx(180.0)
    assert note in " ".join(done.notes)
    assert bool(note) == bool(done.notes)
    blank = "blank" in note
    assert set(done.table["status"]) == {"derived" if blank else "published"}


def test_practices_of_no_system_are_told(tmp_path: Path) -> None:
    rows = (("A1", "", "QMM", "North", 10.0), ("A2", "", "QQQ", "North", 20.0))
    done = imported(csv(tmp_path, text_of(rows=rows)), "QMM")
    assert done.notes == ("practices.csv: 1 practice of a code that is no ICB's: QQQ (A2).",)


def test_a_system_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    (problem,) = problems_of(lambda: imported(csv(tmp_path, text_of()), "QAB"))
    assert 'has no practice of "QAB". Did you mean "Q' in problem
    (problem,) = problems_of(lambda: imported(csv(tmp_path, text_of()), "QAA,QBB"))
    assert "an --icb of its own" in problem
    (problem,) = problems_of(lambda: imported(csv(tmp_path, text_of()), "North East Londonn"))
    assert "NHS North East London ICB (QMF)" in problem


def sheet_of(year: str, rows: tuple = PRACTICES, titles: int = 3) -> list[list[object]]:
    wide = [heading.upper().replace(" ", "  ").replace("_", "\n") for heading in headings(year)]
    body = [[code, "Dr X", pcn, icb, area, *(size * (1 + n / 10) for n in range(10))]
            for code, pcn, icb, area, size in rows]  # fmt: skip
    return [*([f"Title {n}"] for n in range(titles)), [], wide, *body]


def test_a_workbook_has_titles_above_and_its_sheet_is_found(tmp_path: Path) -> None:
    notes = [["Notes"], ["Practice_Code is the code of a practice"]]
    file = book(tmp_path / "wp 2024-25.xlsx", Notes=notes, Data=sheet_of("2024/25"))
    done = import_practices(file, "QAA")
    assert set(done.table["year"]) == {"2024/25"}
    assert total(done, "Northtown", "community") == pytest.approx(180.0)
    wrong = sheet_of("2024/25")
    wrong[6][5] = "fifty"
    file = book(tmp_path / "wrong.xlsx", Data=wrong)
    (problem,) = problems_of(lambda: imported(file))
    assert "sheet Data, cell F7 (POPULATION)" in problem


def test_one_of_several_sheets_is_asked_for_and_its_name_may_say_the_year(tmp_path: Path) -> None:
    file = book(
        tmp_path / "wp.xlsx", **{"2023-24": sheet_of("2023/24"), "2024-25": sheet_of("2024/25")}
    )
    (problem,) = problems_of(lambda: read_practices(file))
    assert 'on 2 sheets: "2023-24", "2024-25". Choose one, as in --sheet "2023-24"' in problem
    done = import_practices(file, "QAA", sheet="2024-25")
    assert set(done.table["year"]) == {"2024/25"}
    (problem,) = problems_of(lambda: read_practices(file, "2025-26"))
    assert 'has no sheet "2025-26"' in problem
    bare = book(tmp_path / "bare.xlsx", One=[["a"]], Two=[["b"]])
    (problem,) = problems_of(lambda: read_practices(bare))
    assert 'no sheet with the headings of a practice file; its sheets are "One", "Two"' in problem
