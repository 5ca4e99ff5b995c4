"""Each fault in a table of the recovery is named by file, row, column and value."""

from __future__ import annotations

from pathlib import Path

import pytest
from changed_tables import (
    Fault,
    check_named,
    drop,
    edit,
    embedded_copy,
    load,
    problems_of,
    put,
    put_where,
)

from nelfin.data import load_inputs
from nelfin.data.specs import TABLES
from nelfin.errors import InputError
from nelfin.scenario import load_scenario

pytestmark = pytest.mark.unit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return embedded_copy(tmp_path)


BROKEN: dict[str, Fault] = {
    "no ICB": (
        "organisations",
        drop(lambda r: r["kind"] == "icb"),
        "organisations.csv, column kind: ",
        ["0 ICBs", "5 trusts"],
    ),
    "two ICBs": (
        "organisations",
        put(2, kind="icb"),
        "organisations.csv, column kind: ",
        ["2 ICBs", "4 trusts"],
    ),
    "incomes of nothing": (
        "organisation_income",
        put_where(lambda _: True, income_gbp_m="0"),
        "organisations.csv, row 7, column organisation: ",
        ["NEL ICB, which has no income", "the table organisation_income"],
    ),
    "trust with an income of nothing": (
        "organisation_income",
        put_where(lambda r: r["organisation"] == "NELFT", income_gbp_m="0"),
        "organisations.csv, row 6, column organisation: ",
        ["NELFT, which has no income", "the table organisation_income"],
    ),
    "trust without a row of income": (
        "organisation_income",
        drop(lambda r: r["organisation"] == "ELFT"),
        "organisations.csv, row 5, column organisation: ",
        ["ELFT, which has no income", "the table organisation_income"],
    ),
    "income below zero": (
        "organisation_income",
        put(3, income_gbp_m="-1"),
        "organisation_income.csv, row 3, column income_gbp_m: ",
        ["-1"],
    ),
    "income of an unknown organisation": (
        "organisation_income",
        put(4, organisation="Barts"),
        "organisation_income.csv, row 4, column organisation: ",
        ['"Barts"', '"Barts Health"'],
    ),
    "income from an unknown stream": (
        "organisation_income",
        put(3, stream="specialized"),
        "organisation_income.csv, row 3, column stream: ",
        ['"specialized"', '"specialised"'],
    ),
    "income of a stream twice": (
        "organisation_income",
        put(3, stream="core"),
        "organisation_income.csv, row 3, column organisation: ",
        ["repeats row 2", "Barts Health, stream core"],
    ),
    "income of a year after the plan": (
        "organisation_income",
        put(5, year="2033/34"),
        "organisation_income.csv, row 5, column year: ",
        ["2033/34", "after the plan", "2032/33"],
    ),
    "unknown organisation of a position": (
        "positions",
        put(4, organisation="Trust"),
        "positions.csv, row 4, column organisation: ",
        ['"Trust"', '"trusts"'],
    ),
    "measure of a position that is none": (
        "positions",
        put(3, measure="reported"),
        "positions.csv, row 3, column measure: ",
        ['"reported"', "outturn", "deficit_support"],
    ),
    "month that no year has": (
        "positions",
        put(3, month="13"),
        "positions.csv, row 3, column month: ",
        ["13", "12"],
    ),
    "unknown organisation of a pressure": (
        "pressures",
        put(2, organisation="NEL ICS"),
        "pressures.csv, row 2, column organisation: ",
        ['"NEL ICS"', '"NEL ICB"'],
    ),
    "stage of a scheme that is none": (
        "efficiency_schemes",
        put_where(lambda _: True, stage="green"),
        "efficiency_schemes.csv, row 2, column stage: ",
        ['"green"', "opportunity", "fully developed"],
    ),
    "scheme with neither delivery nor stage": (
        "efficiency_schemes",
        put(4, delivery_pct=""),
        "efficiency_schemes.csv, row 4, column delivery_pct: ",
        ["is empty, and so is stage", "opportunity, in progress, fully developed"],
    ),
    "unknown organisation of an efficiency scheme": (
        "efficiency_schemes",
        put(4, organisation="NEL"),
        "efficiency_schemes.csv, row 4, column organisation: ",
        ['"NEL"'],
    ),
    "support of the trusts and of one of them": (
        "positions",
        lambda rows: [
            *rows,
            rows[0] | {"organisation": "trusts", "year": "2025/26", "measure": "deficit_support"},
        ],
        "positions.csv: ",
        ["gives deficit_support of 2025/26 for BHRUT, Homerton, trusts", "count twice"],
    ),
    "no opening position of the system": (
        "positions",
        put(2, year="2021/22"),
        "positions.csv: ",
        ["has no underlying position of the whole system for 2022/23"],
    ),
    "opening position of a part of the year": (
        "positions",
        put(2, month="11"),
        "positions.csv: ",
        ["has no underlying position of the whole system for 2022/23"],
    ),
    "opening position of the trusts without the ICB": (
        "positions",
        put(2, organisation="trusts"),
        "positions.csv: ",
        ["has no underlying position of the whole system for 2022/23"],
    ),
    "opening position of the system and of one that is in it": (
        "positions",
        lambda rows: [*rows, rows[0] | {"organisation": "Homerton"}],
        "positions.csv: ",
        ["underlying position of 2022/23 twice: Homerton, system"],
    ),
    "opening position of the trusts and of one of them": (
        "positions",
        lambda rows: [
            *(rows[0] | {"organisation": name} for name in ("trusts", "NEL ICB", "Homerton")),
            *rows[1:],
        ],
        "positions.csv: ",
        ["underlying position of 2022/23 twice: Homerton, NEL ICB, trusts"],
    ),
    "no rows": ("positions", lambda _: [], "positions.csv: ", ["holds no rows"]),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_in_a_table_of_the_recovery_is_named_where_it_stands(
    folder: Path, fault: str
) -> None:
    check_named(folder, BROKEN[fault])


@pytest.mark.parametrize(
    "bodies",
    [
        ("system",),
        ("trusts", "NEL ICB"),
        ("Barts Health", "BHRUT", "Homerton", "ELFT", "NELFT", "NEL ICB"),
    ],
    ids=["the system", "the trusts and the ICB", "every organisation"],
)
def test_an_opening_position_of_the_whole_system_is_taken(
    folder: Path, bodies: tuple[str, ...]
) -> None:
    opening = [{"organisation": body} for body in bodies]
    edit(folder, "positions", lambda rows: [*(rows[0] | cell for cell in opening), *rows[1:]])
    table = load(folder).positions
    given = table[(table["measure"] == "underlying") & (table["year"] == "2022/23")]
    assert given["organisation"].tolist() == list(bodies)


def test_a_missing_icb_is_named_whatever_positions_stand_on(folder: Path) -> None:
    edit(folder, "organisations", drop(lambda row: row["kind"] == "icb"))
    edit(folder, "positions", put(2, organisation="trusts"))
    assert any("0 ICBs and 5 trusts" in problem for problem in problems_of(folder))


@pytest.mark.parametrize("table", ["organisations", "efficiency_schemes", "uplift_factors"])
def test_a_column_of_before_is_refused_with_what_to_do(table: str, tmp_path: Path) -> None:
    ((heading, instead),) = TABLES[table].former.items()
    packaged = getattr(load_scenario().data, table)
    rows = packaged.read_text(encoding="utf-8").splitlines()
    text = "\n".join([f"{rows[0]},{heading}", *(f"{row},1" for row in rows[1:])])
    (tmp_path / "old.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_inputs(load_scenario(overrides={f"data.{table}": str(tmp_path / "old.csv")}))
    (problem,) = caught.value.problems
    assert f'the column "{heading}" is no longer read. {instead}' in str(problem)
