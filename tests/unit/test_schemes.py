"""The project table: what a scheme becomes, and what is wrong, at once and with its row."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import pandas as pd
import pytest
from project_tables import YEARS, limits, one, problems_in, problems_of, read, schemes, table

from nelfin.errors import Problem
from nelfin.models.capital import TableNames, solve
from nelfin.years import label_of

pytestmark = pytest.mark.unit


# What a scheme becomes


def test_defaults_fill_the_columns_left_out() -> None:
    (scheme,) = schemes({})
    assert scheme.cdel_share == 1
    assert scheme.group == "P1"
    assert not scheme.must_fund
    assert not scheme.divisible
    assert scheme.requires == ()
    assert scheme.excludes == ()
    assert scheme.starts == (0, 1, 2)


def test_the_table_returned_has_typed_columns_and_every_default() -> None:
    frame, _ = read(table({"must_fund": "yes"}, {"must_fund": ""}))
    assert frame["must_fund"].tolist() == [True, False]
    assert frame["cdel_share"].tolist() == [1.0, 1.0]
    assert frame["revenue_gbp_m"].tolist() == [0.0, 0.0]
    assert frame["asset_type"].tolist() == ["", ""]
    assert frame.index.tolist() == [2, 3]


def test_starts_leave_room_for_the_whole_build() -> None:
    found = schemes({"spend_3": 1.0}, {"spend_2": 1.0}, {})
    assert [scheme.starts for scheme in found] == [(0,), (0, 1), (0, 1, 2)]
    assert [scheme.build_years for scheme in found] == [3, 2, 1]


def test_years_without_spend_at_the_end_are_not_part_of_the_build() -> None:
    (scheme,) = schemes({"spend_1": 0.0, "spend_2": 4.0, "spend_3": 0.0})
    assert scheme.spend.tolist() == [0, 4]
    assert scheme.starts == (0, 1)


def test_a_scheme_without_spend_takes_one_year() -> None:
    (scheme,) = schemes({"spend_1": 0.0, "spend_2": ""})
    assert scheme.spend.tolist() == [0]
    assert scheme.starts == (0, 1, 2)


def test_spend_columns_are_read_by_number_in_whatever_order_they_stand() -> None:
    row = {f"spend_{n}": float(n) for n in (10, 2, 9, 1, 3, 11, 4, 5, 6, 7, 8)}
    years = [label_of(2025 + n) for n in range(12)]
    (scheme,) = schemes(row, years=years)
    assert scheme.spend.tolist() == [float(n) for n in range(1, 12)]


def test_optimism_bias_lifts_the_spend_of_its_asset_type_alone() -> None:
    rows = [{"asset_type": "new_build", "spend_1": 8.0}, {"asset_type": "plant", "spend_1": 8.0}]
    found = schemes(*rows, optimism_bias_pct={"new_build": 25.0, "plant": 0.0})
    assert [scheme.spend.tolist() for scheme in found] == [[10.0], [8.0]]


def test_a_scheme_that_must_be_funded_is_funded_whole() -> None:
    first, second = schemes({"must_fund": "yes", "divisible": "yes"}, {"divisible": "yes"})
    assert not first.divisible
    assert second.divisible


@pytest.mark.parametrize("everywhere", [False, True])
def test_truncate_lets_spend_run_past_the_last_year(everywhere: bool) -> None:
    rows = [{"spend_2": 1.0, "truncate": "yes"}, {"spend_2": 1.0}]
    first, second = schemes(*rows, truncate=everywhere)
    assert first.starts == (0, 1, 2)
    assert second.starts == ((0, 1, 2) if everywhere else (0, 1))


def test_a_window_wider_than_the_plan_is_cut_to_it() -> None:
    (scheme,) = schemes({"earliest_start": "2019/20", "latest_start": "2040/41"})
    assert scheme.starts == (0, 1, 2)


def test_options_of_one_project_share_a_group() -> None:
    found = schemes({"option_of": "Hub"}, {"option_of": "Hub"}, {})
    assert [scheme.group for scheme in found] == ["Hub", "Hub", "P3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P2", (("P2", 0),)),
        ("P2+2", (("P2", 2),)),
        (" P2 + 10 ", (("P2", 10),)),
        ("P2+0", (("P2", 0),)),
        ("P2; P3+1;", (("P2", 0), ("P3", 1))),
        (";;", ()),
    ],
)
def test_prerequisites_and_their_lags_are_read(
    text: str, expected: tuple[tuple[str, int], ...]
) -> None:
    assert schemes({"requires": text}, {}, {})[0].requires == expected


def test_exclusions_are_read() -> None:
    assert schemes({"excludes": " P2;P3 ; "}, {}, {})[0].excludes == ("P2", "P3")


# Cells and columns


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("spend_1", "0,5"),
        ("spend_1", "1,200"),
        ("spend_1", "£3m"),
        ("spend_1", "inf"),
        ("benefit", "-"),
        ("benefit", ""),
        ("benefit", "nan"),
        ("cdel_share", 1.01),
        ("cdel_share", -0.01),
        ("cdel_share", "60 %"),
        ("must_fund", "maybe"),
        ("divisible", "2"),
        ("truncate", "x"),
        ("project_id", ""),
        ("organisation", ""),
        ("revenue_gbp_m", "two"),
        ("backlog_high_gbp_m", -1),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(column: str, value: object) -> None:
    found = one(problems_in({column: value}, {column: 1 if "gbp_m" in column else "1"}))
    assert found.where == f"projects, row 2, column {column}"


def test_a_repeated_id_names_both_rows() -> None:
    found = one(problems_in({}, {}, {"project_id": "P1"}))
    assert found.where == "projects, row 4, column project_id"
    assert "row 2" in found.what


@pytest.mark.parametrize(
    ("columns", "shown"), [(("spend_1", "spend_3"), "spend_1, spend_3"), (("spend_2",), "spend_2")]
)
def test_spend_columns_with_a_gap_are_refused(columns: tuple[str, ...], shown: str) -> None:
    frame = table({}).drop(columns="spend_1").assign(**dict.fromkeys(columns, 1.0))
    found = one(problems_of(lambda: read(frame)))
    assert found.where == "projects, row 1"
    assert shown in found.what
    assert "spend_1" in found.remedy


@pytest.mark.parametrize("heading", ["Spend_2", "spend 2", "spend2", "spend_02", "spend_0"])
def test_a_heading_that_means_spend_but_is_not_read_as_spend_is_refused(heading: str) -> None:
    # read as a column of the team's own, its money would silently be left out
    found = one(problems_in({heading: 100.0}))
    assert found.where == "projects, row 1"
    assert heading in found.what


def test_columns_of_the_teams_own_are_left_alone() -> None:
    assert len(schemes({"sponsor": "A. Manager", "notes": "x"})) == 1


@pytest.mark.parametrize("column", ["project_id", "name", "organisation", "category", "spend_1"])
def test_a_missing_column_is_named(column: str) -> None:
    found = one(problems_of(lambda: read(table({}).drop(columns=column))))
    assert found.where == "projects, row 1"
    assert f'"{column}"' in found.what


def test_a_table_without_rows_is_refused() -> None:
    assert "no rows" in one(problems_of(lambda: read(table({}).iloc[:0]))).what


def test_the_table_is_called_by_the_name_given() -> None:
    found = one(problems_in({"excludes": "P1"}, called=TableNames("/folder/pipeline.csv")))
    assert found.where == "/folder/pipeline.csv, row 2, column excludes"


# All at once


def row_of(problem: Problem) -> int:
    return int(problem.where.split("row ")[1].split(",")[0])


def test_problems_of_links_windows_and_years_come_together() -> None:
    found = problems_in(
        {"requires": "P9x"},
        {"excludes": "P2"},
        {"requires": "P1+x"},
        {"requires": "P6"},
        {"requires": "P7", "excludes": "P7"},
        {"requires": "P4"},
        {"spend_2": 1.0, "earliest_start": "2027/28"},
        {"latest_start": "2020/21"},
        {"must_fund": "yes", "excludes": "P10"},
        {"must_fund": "yes"},
        {"earliest_start": "2027/28", "latest_start": "2025/26"},
    )
    # the loop of P4 and P6 stands at its first row, 5
    assert sorted(row_of(problem) for problem in found) == [2, 3, 4, 5, 6, 8, 9, 10, 12]


def test_bad_cells_and_bad_links_come_together() -> None:
    found = problems_in(
        {"spend_1": "1 m"},
        {"requires": "Nobody"},
        {"benefit": "much"},
        {"excludes": "P4"},
        {"earliest_start": "2026"},
        {"latest_start": "2020/21"},
    )
    assert sorted(row_of(problem) for problem in found) == [2, 3, 4, 5, 6, 7]


def test_problems_of_both_tables_come_together() -> None:
    limits = pd.DataFrame({"year": ["2025/26", "2027/28"], "limit_gbp_m": [5.0, -5.0]})
    frame = table({"spend_1": "1 m"})
    found = problems_of(
        lambda: solve(frame, limits, called=TableNames("projects.csv", "limits.csv"))
    )
    assert {problem.where.split(",")[0] for problem in found} == {"projects.csv", "limits.csv"}


def test_10_000_problems_are_reported_together_each_with_its_row() -> None:
    links = ({"excludes": "{own}"}, {"requires": "{own}"}, {"latest_start": "2020/21"})
    rows = [
        {column: text.format(own=f"P{n}") for column, text in links[n % 3].items()}
        for n in range(1, 10_001)
    ]
    found = problems_in(*rows)
    assert len(found) == 10_000
    assert sorted(row_of(problem) for problem in found) == list(range(2, 10_002))


def test_10_000_bad_cells_are_reported_together_each_with_its_row() -> None:
    found = problems_in(*[{"spend_1": f"{n} m"} for n in range(1, 10_001)])
    assert [problem.where for problem in found] == [
        f"projects, row {n}, column spend_1" for n in range(2, 10_002)
    ]


def test_10_000_unknown_ids_do_not_each_cost_a_search_through_10_000_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # a column pasted one cell off makes every link unknown; the answer must not take minutes
    compared = 0

    def counted(word: str, possibilities: Iterable[str], **kwargs: object) -> list[str]:
        nonlocal compared
        names = list(possibilities)
        compared += len(names)
        return names[:1]

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    found = problems_in(*[{"requires": f"Q{n}"} for n in range(1, 10_001)])
    assert len(found) == 10_000
    assert compared <= 5_000_000


# A plan cut short


def test_a_scheme_beyond_a_short_plan_is_left_out_when_asked() -> None:
    rows = [{}, {"earliest_start": "2035/36"}, {"spend_3": 2.0, "spend_4": 2.0}]
    _, found = read(table(*rows), leave_out=True)
    assert [bool(scheme.starts) for scheme in found] == [True, False, False]
    plan = solve(table(*rows), limits(YEARS), leave_out=True)
    reason = plan.plan["reason"].tolist()[1]
    assert reason == f"Its window and build do not fit {YEARS[0]} to {YEARS[-1]}."


def test_a_scheme_that_must_be_funded_runs_past_a_short_plan() -> None:
    row = {"must_fund": "yes", "spend_3": 2.0, "spend_4": 2.0}
    _, (found,) = read(table(row), leave_out=True)
    assert found.starts == tuple(range(len(YEARS)))
