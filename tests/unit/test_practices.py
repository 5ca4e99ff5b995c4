"""The importer of practice files: headings of four years, maps of places, and wrong files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nelfin.data.practices import import_practices, read_practices
from nelfin.data.specs import COMPONENTS
from nelfin.errors import InputError

pytestmark = pytest.mark.unit

GEOGRAPHY = {
    "2022/23": ("ICS22", "LTLA21", "pop 2022/23", "Final WP"),
    "2024/25": ("ICB", "LTLA", "Population", "Final WP"),
    "2025/26": ("ICB", "LADname", "Registered Patients", "Core WP"),
}
PRACTICES = (
    ("A1", "P1", "QAA", "Northtown", 100.0),
    ("A2", "P1", "QAA", "Northtown", 50.0),
    ("B1", "P2", "QAA", "Southtown", 30.0),
    ("C1", "P3", "QBB", "Elsewhere", 70.0),
)
Write = Callable[..., Path]


def text_of(year: str = "2025/26", rows: tuple = PRACTICES, pcn: bool = True) -> str:
    icb, area, people, core = GEOGRAPHY[year]
    needs = ["G&A WP", "CS WP", "MH WP", "Mat WP", "Prescr WP", "Health Ineq WP"]
    head = ["Practice_Code", "GP_Practice_Name", "PCN_Code", icb, area, people, *needs]
    head += ["Primary Medical Care WP", core, "Final PMC WP"]
    lines = [",".join(head)]
    for code, group, system, place, size in rows:
        figures = [f" {size * (1 + n / 10)} " for n in range(10)]
        lines.append(",".join([code, '"Dr X, and partners"', group if pcn else "", system, place,
                               *figures]))  # fmt: skip
    return "\n".join(lines) + "\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(text: str, name: str = "practices.csv") -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8-sig")
        return file

    return to_file


def problems_of(call: Callable[[], object]) -> list[str]:
    with pytest.raises(InputError) as caught:
        call()
    return [str(problem) for problem in caught.value.problems]


def total(table: object, place: str, component: str = "registered_population") -> float:
    rows = table[(table["place"] == place) & (table["component"] == component)]  # type: ignore[index]
    return float(rows["weighted_population"].iloc[0])


@pytest.mark.parametrize("year", GEOGRAPHY)
def test_headings_of_every_year_are_known(write: Write, year: str) -> None:
    table = import_practices(write(text_of(year)), "QAA", year=year)
    assert set(table["place"]) == {"Northtown", "Southtown"}
    assert set(table["component"]) == set(COMPONENTS)
    assert set(table["year"]) == {year}
    assert total(table, "Northtown") == pytest.approx(150.0)
    assert total(table, "Southtown", "general_and_acute") == pytest.approx(33.0)


def test_a_year_in_the_headings_need_not_be_given(write: Write) -> None:
    assert set(import_practices(write(text_of("2022/23")), "QAA")["year"]) == {"2022/23"}
    (problem,) = problems_of(
        lambda: import_practices(write(text_of("2022/23")), "QAA", year="2023/24")
    )
    assert "not the year the file names" in problem


def test_a_year_that_nothing_names_is_asked_for(write: Write) -> None:
    (problem,) = problems_of(lambda: import_practices(write(text_of()), "QAA"))
    assert "--year 2025/26" in problem


def test_a_practice_of_its_own_wins_over_its_pcn_and_that_over_its_area(write: Write) -> None:
    places = write(
        "practice_code,pcn_code,local_authority,place\nA2,,,East\n,P1,,North\n,,Southtown,South\n",
        "map.csv",
    )
    table = import_practices(write(text_of()), "QAA", places, "2025/26")
    assert {p: total(table, p) for p in set(table["place"])} == {
        "North": 100.0,
        "East": 50.0,
        "South": 30.0,
    }


def test_every_practice_of_england_may_be_grouped(write: Write) -> None:
    table = import_practices(write(text_of()), "England", year="2025/26")
    assert set(table["place"]) == {"Northtown", "Southtown", "Elsewhere"}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            "A1,,,North\nA1,,,South\nB1,,,South\nA2,,,North\n",
            "A1 is placed in South here and in North",
        ),
        ("A1,,,North\nA2,,,North\nB1,,,South\nZ9,,,South\n", "Z9 is not in QAA"),
        ("A1,,,North\nA2,,,North\n", "practice B1"),
        (",P1,,North\n,P2,,South\n,P1,Northtown,North\n", "fills 2 of"),
        ("A1,,,North\nA2,,,North\n,P2,,South\nB1,,,North\n", "South ends up empty"),
    ],
    ids=["two places", "unknown code", "no place", "two codes", "empty place"],
)
def test_a_map_that_does_not_fit_is_refused(write: Write, rows: str, says: str) -> None:
    places = write(f"practice_code,pcn_code,local_authority,place\n{rows}", "map.csv")
    problems = problems_of(lambda: import_practices(write(text_of()), "QAA", places, "2025/26"))
    assert any(says in problem for problem in problems), problems


def test_every_practice_without_a_place_is_listed(write: Write) -> None:
    places = write("practice_code,place\nA1,North\n", "map.csv")
    problems = problems_of(lambda: import_practices(write(text_of()), "QAA", places, "2025/26"))
    assert [("A2" in problem, "B1" in problem) for problem in problems] == [
        (True, False),
        (False, True),
    ]
    assert all("practices.csv, row" in problem for problem in problems)


def test_pcn_rows_are_no_fault_of_a_file_that_gives_no_pcns(write: Write) -> None:
    places = write(
        "practice_code,pcn_code,local_authority,place\n"
        ",P1,,North\n,,Northtown,North\n,,Southtown,South\n",
        "map.csv",
    )
    table = import_practices(write(text_of(pcn=False)), "QAA", places, "2025/26")
    assert total(table, "North") == pytest.approx(150.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.replace("MH WP", "Mental"), 'NHS England calls it "MH WP"'),
        (lambda t: t.replace("A2,", "A1,"), "A1 repeats row 2"),
        (lambda t: t.replace(" 50.0 ", " fifty "), 'row 3, column Registered Patients: is "fifty"'),
        (lambda t: t.replace(" 50.0 ", "  "), "row 3, column Registered Patients: is empty"),
        (lambda t: t.replace(" 50.0 ", " -50 "), 'is "-50"'),
        (lambda t: t.replace("B1,", ","), "row 4, column Practice_Code: is empty"),
    ],
    ids=["component missing", "practice twice", "text", "blank", "negative", "no code"],
)
def test_a_wrong_file_is_refused_where_it_is_wrong(
    write: Write, change: Callable[[str], str], says: str
) -> None:
    problems = problems_of(lambda: read_practices(write(change(text_of()))))
    assert any(says in problem for problem in problems), problems


def test_an_icb_that_is_not_there_is_named_with_the_nearest(write: Write) -> None:
    (problem,) = problems_of(lambda: import_practices(write(text_of()), "QAB", year="2025/26"))
    assert 'has no practice of "QAB". Did you mean "Q' in problem
