"""`nelfin import-practices` and `nelfin converge`, as a person uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command import run

pytestmark = pytest.mark.e2e

# NEL core 2023/24, from NHS England's allocation workbook, on the prior year's target
ROWS = "id,baseline,growth,target\nNEL,3406.8747063430916,0.05422122061427914,3345.0691846085377\n"


def test_converge_returns_the_published_allocation(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    done = run("converge", "rows.csv", "--rule", "nhse-core-2023-24", "-o", "out.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    line = pd.read_csv(tmp_path / "out.csv").iloc[0]
    assert line["allocation"] == pytest.approx(3566.099, abs=0.001)
    assert line["convergence"] == pytest.approx(-0.0071)
    assert line["closing_dft"] == pytest.approx(0.011245349, abs=1e-6)


def test_converge_refuses_an_unknown_rule_and_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    wrong = run("converge", "rows.csv", "--rule", "nhse-core", "-o", "out.csv", cwd=tmp_path)
    assert wrong.returncode == 2
    assert 'rule: "nhse-core" is not known' in wrong.stderr
    assert not (tmp_path / "out.csv").exists()
    (tmp_path / "out.csv").write_text("mine")
    there = run("converge", "rows.csv", "--rule", "none", "-o", "out.csv", cwd=tmp_path)
    assert there.returncode == 2
    assert (tmp_path / "out.csv").read_text() == "mine"


def test_imported_places_run_in_a_scenario(tmp_path: Path, shared_data: Path) -> None:
    practices = shared_data / "nhse_practice_weighted_populations_2025_26.csv"
    words = ("import-practices", str(practices), "--icb", "QMF", "--year", "2025/26")
    done = run(*words, "-o", "wp.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "8 places" in done.stderr
    table = pd.read_csv(tmp_path / "wp.csv")
    assert list(table.columns[:4]) == ["year", "place", "component", "weighted_population"]
    (tmp_path / "mine.toml").write_text(
        'extends = "nel"\n[data]\nweighted_populations = "both.csv"\n'
    )
    from nelfin.scenario.load import packaged_folder

    packaged = pd.read_csv(packaged_folder() / "weighted_populations.csv")
    earlier = packaged[packaged["year"] != "2025/26"]
    pd.concat([earlier, table]).to_csv(tmp_path / "both.csv", index=False)
    checked = run("check", "mine.toml", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr


def test_allocate_prints_a_page_for_a_place_and_writes_the_tables(tmp_path: Path) -> None:
    done = run("allocate", "--place", "Havering", "-o", "tables", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "WHY IT MOVED" in done.stdout
    assert "illustrative: cash shares of 2018/19" in done.stdout
    assert {file.name for file in (tmp_path / "tables").iterdir()} == {
        "budget_change.csv",
        "envelope.csv",
        "need.csv",
        "place_budgets.csv",
    }


def test_allocate_prints_numbers_for_a_machine(tmp_path: Path) -> None:
    done = run("allocate", "--year", "2024/25", "--place", "Newham", "--json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert found["year"] == "2024/25"
    (line,) = found["places"]
    assert line["place"] == "Newham"
    assert line["budget_gbp_m"] == pytest.approx(found["what_moved_gbp_m"]["this year"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--place", "Havring"], 'Did you mean "Havering"?'),
        (["--year", "2050/51"], "--year 2050/51: is not a year of the plan"),
        (["-o", "."], "already exists"),
        (["-o", "/proc/nope"], "cannot be made"),
    ],
    ids=["place", "year", "folder", "no place to write"],
)
def test_allocate_refuses_what_it_does_not_know(
    tmp_path: Path, words: list[str], says: str
) -> None:
    done = run("allocate", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_converge_lists_its_rules(tmp_path: Path) -> None:
    done = run("converge", "--list", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "nhse-core-2025-26\n    -0.2 x DfT after growth" in done.stdout
    assert {"ccg-2018-19", "lp", "none", "full"} <= set(done.stdout.splitlines())


def test_converge_says_why_the_linear_program_has_no_answer(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "id,baseline,growth,target,min_growth\nA,100,0.02,100,0.05\nB,100,0.02,104,0.01\n"
    )
    done = run("converge", "rows.csv", "--rule", "lp", "-o", "out.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "The least growth of all rows needs 206.000; there is 204.000" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_allocate_shows_how_far_budgets_move(tmp_path: Path) -> None:
    done = run("allocate", "--sensitivity", "-o", "tables", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "NEED WEIGHT, CORE" in done.stdout
    table = pd.read_csv(tmp_path / "tables" / "sensitivity.csv")
    assert set(table["kind"]) == {"need weight", "opening", "rule"}


def test_allocate_takes_an_opening_by_name_or_from_a_file(tmp_path: Path) -> None:
    named = run("allocate", "--opening", "dft-2018-19", cwd=tmp_path)
    assert "Opening position illustrative: distances from target of 2018/19." in named.stdout
    places = [
        "Barking and Dagenham", "City and Hackney", "Havering", "Newham", "Redbridge",
        "Tower Hamlets", "Waltham Forest",
    ]  # fmt: skip
    rows = "".join(f"{place},100\n" for place in places)
    (tmp_path / "own.csv").write_text(f"place,value\n{rows}")
    own = run("allocate", "--opening", "own.csv", "--place", "Newham", cwd=tmp_path)
    assert own.returncode == 0, own.stderr
    assert "Opening position given: own.csv." in own.stdout
    wrong = run("allocate", "--opening", "cash", cwd=tmp_path)
    assert wrong.returncode == 2
    assert 'is "cash". Did you mean "cash-share-2018-19"?' in wrong.stderr


def test_bounds_of_growth_that_cannot_be_had_name_the_place_and_the_year(tmp_path: Path) -> None:
    (tmp_path / "bounds.csv").write_text("place,year,min_growth_pct\n,,0\nHavering,2024/25,30\n")
    done = run(
        "allocate", "--set", "allocation.streams.core.rule=lp",
        "--set", "data.growth_bounds=bounds.csv", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert "core in 2024/25, rule lp: the least growth of the places needs" in done.stderr
    assert "Havering 30.00 %" in done.stderr


def test_several_years_are_imported_to_a_workbook_like_for_like(tmp_path: Path) -> None:
    from practice_case import csv, text_of

    csv(tmp_path, text_of("2023/24"), "2023_2024.csv")
    moved = text_of("2024/25").replace(
        'A2,"Dr X, and partners",P1,QAA,North', "A2,Dr Y,P1,QAA,South"
    )
    csv(tmp_path, moved, "2024_2025.csv")
    files = ("2024_2025.csv", "2023_2024.csv")
    people = {}
    for kept, more in (("like.xlsx", ()), ("each.csv", ("--as-published",))):
        done = run("import-practices", *files, "--icb", "qaa", *more, "-o", kept, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"QAA: 2 places, 180 registered people in 2024/25. Written: {kept}" in done.stderr
        file = tmp_path / kept
        table = pd.read_excel(file, engine="calamine") if more == () else pd.read_csv(file)
        rows = table[
            (table["component"] == "registered_population") & (table["place"] == "Southtown")
        ]
        people[kept] = list(rows["weighted_population"])
    assert people == {"like.xlsx": [80.0, 80.0], "each.csv": [30.0, 80.0]}


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("converge", "a.csv", "--rule", "none", "--rule", "full", "-o", "b.csv"), "--rule"),
        (("allocate", "--year", "2024/25", "--json", "--json", "--year", "2025/26"), "--year"),
        (("import-practices", "a.csv", "--icb", "QMF", "-o", "b.csv", "-o", "c.csv"), "--output"),
    ],
)
def test_an_option_of_one_value_is_not_taken_twice(
    tmp_path: Path, words: tuple[str, ...], option: str
) -> None:
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert f"{option}: is given 2 times" in done.stderr
    assert list(tmp_path.iterdir()) == []
