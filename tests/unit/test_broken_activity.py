"""Each fault in a table or a setting of activity is named where it stands, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from activity_case import settings_of
from changed_tables import Fault, edit, embedded_copy, problems_of, put

from nelfin.errors import InputError
from nelfin.scenario import load_scenario

pytestmark = pytest.mark.unit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return embedded_copy(tmp_path)


PLAN = {"organisation": "Barts Health", "year": "2028/29", "extra_pct": "3"}

UNFIT: list[Fault] = [
    ("beds", put(2, organisation="Barts"), "beds.csv, row 2, column organisation: ",
     ['"Barts"', '"Barts Health"']),
    ("beds", put(3, beds_occupied="999"), "beds.csv, row 3, column beds_occupied: ",
     ["is 999, of 998.85 beds", "No more beds"]),
    ("beds", put(4, beds_fit_to_leave="260"), "beds.csv, row 4, column beds_fit_to_leave: ",
     ["is 260, of 253.72 beds", "No more people"]),
    ("beds", put(5, beds_available="0"), "beds.csv, row 5, column beds_available: ",
     ["is 0", "take the row out"]),
    ("beds", put(6, organisation="NEL ICB"), "beds.csv, row 6, column organisation: ",
     ['"NEL ICB"']),
    ("appointments", put(2, appointments_per_1000_week="9"),
     "appointments.csv, row 2, column appointments_per_1000_week: ",
     ["is 9, of the whole system", "without the others", "Give figures that fit"]),
    ("appointments", put(4, place="Haverings"), "appointments.csv, row 4, column place: ",
     ['"Haverings"', '"Havering"']),
    ("activity_plans", lambda rows: [*rows, PLAN | {"organisation": "Bart's"}],
     "activity_plans.csv, row 2, column organisation: ", ["Bart's"]),
    ("activity_plans", lambda rows: [*rows, PLAN | {"organisation": "ELFT"}],
     "activity_plans.csv, row 3, column organisation: ", ["is ELFT, which is no acute trust"]),
    ("activity_plans", lambda rows: [*rows, PLAN | {"year": "2040/41"}],
     "activity_plans.csv, row 4, column year: ", ["is 2040/41", "from 2023/24 to 2032/33"]),
]  # fmt: skip
"""Cells that do not fit the rest."""

NO_FIGURES: list[Fault] = [
    ("beds", put(2, beds_available="-1"), "beds.csv, row 2, column beds_available: ", ["-1"]),
    ("beds", put(3, beds_occupied="most"), "beds.csv, row 3, column beds_occupied: ", ["most"]),
    ("beds", put(4, organisation="BHRUT"), "beds.csv, row 4", ["BHRUT"]),
    ("appointments", put(4, appointments_per_1000_week="-2"),
     "appointments.csv, row 4, column appointments_per_1000_week: ", ["-2"]),
    ("activity_plans", lambda rows: [*rows, PLAN | {"extra_pct": "-101"}],
     "activity_plans.csv, row 2, column extra_pct: ", ["-101"]),
    ("activity_plans", lambda rows: [*rows, PLAN | {"year": "2029/30", "extra_pct": "0.03"}],
     "activity_plans.csv, row 3, column extra_pct: ", ["0.03"]),
]  # fmt: skip
"""Cells that no such table can have."""


@pytest.mark.parametrize("faults", [UNFIT, NO_FIGURES], ids=["unfit", "no figures"])
def test_every_fault_of_a_table_is_named_at_once(folder: Path, faults: list[Fault]) -> None:
    for table, change, _, _ in faults:
        edit(folder, table, change)
    told = problems_of(folder)
    for _, _, where, says in faults:
        assert [
            one for one in told if one.startswith(where) and all(word in one for word in says)
        ], (where, told)


def test_settings_that_do_not_fit_the_tables_are_named_at_once(folder: Path) -> None:
    told = problems_of(
        folder,
        [
            "activity.appointments_like=Newham",
            "activity.from_year=2040/41",
            "activity.by_year=",
            "activity.price_year=2041/42",
            "data.beds=",
            "activity.stay_saved_pct=13",
        ],
    )
    for says in (
        ['activity.appointments_like: is "Newham"', "no row", "Tower Hamlets"],
        ["activity.from_year: is 2040/41", "2032/33", "leave it blank"],
        ["activity.price_year: is 2041/42", "2032/33"],
        ["activity.stay_saved_pct: is 13 %, and there are no beds to free", "data.beds"],
    ):
        assert [one for one in told if all(word in one for word in says)], (says, told)
    (gap,) = problems_of(folder, ["data.appointments=", "activity.primary_care_gap_closed_pct=10"])
    assert "primary_care_gap_closed_pct: is 10 %, and no gap is known" in gap


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            ["activity.beds_closed_pct=60", "activity.beds_filled_pct=50"],
            "beds_closed_pct 60 and beds_filled_pct 50 are uses of the same beds and add up to 110",
        ),
        (
            ["activity.from_year=2030/31", "activity.by_year=2028/29"],
            "by_year 2028/29 is before from_year 2030/31",
        ),
        (["activity.from_year=2030/32"], '"2030/32" is not a financial year'),
        (["activity.waiting_list_on=December"], '"December" is not a day such as 2022-12-31'),
        (["activity.payment_limit_pct=90"], "payment_limit_pct"),
        (["activity.stay_saved_pct=91"], "stay_saved_pct"),
        (["activity.extra=3"], "activity.extra"),
        (["activity.extra_pct=much"], "activity.extra_pct"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(settings: list[str], says: str) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario("nel", settings)
    assert says in str(caught.value)


def test_activity_changes_no_year_that_is_known() -> None:
    with pytest.raises(InputError, match="2025/26, a year whose positions are known") as caught:
        settings_of(from_year="2025/26")
    assert "the first that is open is 2026/27" in str(caught.value)


def test_a_system_without_a_level_cannot_do_more_than_it(folder: Path) -> None:
    file = folder / "scenario.toml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("break_even_per_week")]
    assert len(kept) == len(lines) - 1
    file.write_text("".join(kept), encoding="utf-8")
    (told,) = problems_of(folder, ["activity.extra_pct=2"])
    assert "activity.extra_pct: is 2 %, and would move nothing without" in told
    assert "activity.break_even_per_week" in told
