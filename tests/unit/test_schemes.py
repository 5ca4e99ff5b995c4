"""Project and limits tables: everything wrong in them is named, at once and with its row."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
import pytest

from nelfin.errors import InputError, Problem
from nelfin.models.capital import Settings, solve
from nelfin.models.capital.limits import require_limits
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.schemes import schemes_of
from nelfin.years import label_of

pytestmark = pytest.mark.unit

YEARS = ["2025/26", "2026/27", "2027/28"]


def table(*rows: dict[str, object]) -> pd.DataFrame:
    """Make a project table; rows are numbered as a spreadsheet shows them, from 2."""
    usual = {"organisation": "Barts Health", "category": "Backlog", "benefit": 10.0, "spend_1": 1.0}
    named = [usual | {"project_id": f"P{n}"} | row for n, row in enumerate(rows, start=1)]
    frame = pd.DataFrame([row | {"name": f"Scheme {row['project_id']}"} for row in named])
    last = max(int(name[6:]) for name in frame.columns if re.fullmatch(r"spend_[1-9]\d*", name))
    between = [f"spend_{n}" for n in range(1, last) if f"spend_{n}" not in frame.columns]
    frame = frame.assign(**dict.fromkeys(between, 0.0))
    return frame.set_axis(range(2, len(frame) + 2), axis=0)


def schemes(*rows: dict[str, object], years: list[str] = YEARS, **kwargs: object) -> list[Scheme]:
    return schemes_of(table(*rows), years, Settings(**kwargs))[1]  # type: ignore[arg-type]


def problems_of(check: Callable[[], object]) -> Sequence[Problem]:
    with pytest.raises(InputError) as caught:
        check()
    return caught.value.problems


def problems_in(
    *rows: dict[str, object], years: list[str] = YEARS, **kwargs: object
) -> Sequence[Problem]:
    return problems_of(lambda: schemes_of(table(*rows), years, Settings(**kwargs)))  # type: ignore[arg-type]


def one(found: Iterable[Problem]) -> Problem:
    (problem,) = found
    assert problem.remedy, "a problem says what to do about it"
    return problem


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
    frame, _ = schemes_of(table({"must_fund": "yes"}, {"must_fund": ""}), YEARS)
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


# Links that cannot be


@pytest.mark.parametrize("column", ["requires", "excludes"])
def test_an_unknown_id_is_named_with_its_cell_and_the_nearest_id(column: str) -> None:
    found = one(problems_in({}, {"project_id": "Boiler 7"}, {column: "Boiler 8"}))
    assert found.where == f"projects, row 4, column {column}"
    assert '"Boiler 8"' in found.what
    assert found.remedy == 'Did you mean "Boiler 7"?'


@pytest.mark.parametrize("column", ["requires", "excludes"])
def test_a_scheme_cannot_link_to_itself(column: str) -> None:
    found = one(problems_in({}, {column: "P2"}))
    assert found.where == f"projects, row 3, column {column}"
    assert "itself" in found.what


def test_ids_separated_by_a_comma_are_refused() -> None:
    found = one(problems_in({"requires": "P2,P3"}, {}, {}))
    assert '"P2,P3"' in found.what


@pytest.mark.parametrize("lag", ["", "x", "-1", "1.5", "2 years", "²", "1+1"])
def test_a_lag_that_is_not_a_number_of_years_is_refused(lag: str) -> None:
    found = one(problems_in({"requires": f"P2+{lag}"}, {}))
    assert found.where == "projects, row 2, column requires"
    assert f"P2+{lag}" in found.what
    assert "P12+2" in found.remedy


def test_a_loop_of_two_is_reported_once_and_spelt_out() -> None:
    found = one(problems_in({"requires": "P2"}, {"requires": "P1+1"}))
    assert found.where == "projects, row 2, column requires"
    assert "P1 needs P2 needs P1" in found.what


def test_every_loop_is_reported() -> None:
    found = problems_in(
        {"requires": "P2;P3"},
        {"requires": "P1"},
        {"requires": "P1"},
        {"requires": "P5"},
        {"requires": "P6"},
        {"requires": "P4"},
    )
    loops = [problem.what for problem in found]
    assert len(loops) == 3
    assert any("P1 needs P2 needs P1" in what for what in loops)
    assert any("P1 needs P3 needs P1" in what for what in loops)
    assert any("P4 needs P5 needs P6 needs P4" in what for what in loops)


def test_a_shared_prerequisite_is_not_a_loop() -> None:
    found = schemes({"requires": "P2;P3"}, {"requires": "P4"}, {"requires": "P4"}, {})
    assert len(found) == 4


@pytest.mark.parametrize("step", [1, -1])
def test_a_chain_of_5_000_prerequisites_is_read(step: int) -> None:
    ends = {1, 5_000}
    rows = [
        {"requires": f"P{n + step}"} if n + step in range(1, 5_001) else {} for n in range(1, 5_001)
    ]
    found = schemes(*rows)
    assert sum(not scheme.requires for scheme in found) == 1
    assert {scheme.id for scheme in found if not scheme.requires} < {f"P{n}" for n in ends}


def test_a_loop_of_5_000_is_one_problem() -> None:
    rows = [{"requires": f"P{n % 5_000 + 1}"} for n in range(1, 5_001)]
    found = one(problems_in(*rows))
    assert "loop" in found.what
    assert found.where == "projects, row 2, column requires"


def test_the_sentence_on_a_long_loop_stays_short_enough_to_read() -> None:
    rows = [{"requires": f"P{n % 500 + 1}"} for n in range(1, 501)]
    assert len(one(problems_in(*rows)).what) < 1_000


@pytest.mark.parametrize("side", [0, 1])
def test_a_prerequisite_that_excludes_its_follower_is_refused(side: int) -> None:
    links = [{"requires": "P2"}, {}]
    links[side]["excludes"] = "P2" if side == 0 else "P1"
    found = one(problems_in(*links))
    assert found.where == "projects, row 2, column requires"
    assert "exclude each other" in found.what
    assert "P2" in found.what


def test_a_prerequisite_that_is_another_option_of_the_same_project_is_refused() -> None:
    # at most one option is chosen, so the follower could never be
    rows = [{"option_of": "Hub", "requires": "P2"}, {"option_of": "Hub"}]
    assert one(problems_in(*rows)).where == "projects, row 2, column requires"


def test_schemes_that_must_be_funded_cannot_exclude_each_other() -> None:
    found = one(problems_in({"must_fund": "yes"}, {"must_fund": "yes", "excludes": "P1"}))
    assert found.where == "projects, row 3, column excludes"
    assert "both must be funded" in found.what


def test_a_must_fund_scheme_may_exclude_one_that_need_not_be() -> None:
    assert len(schemes({"must_fund": "yes", "excludes": "P2"}, {})) == 2


# Windows and years


def test_a_window_that_cannot_hold_the_build_is_refused() -> None:
    found = one(problems_in({}, {"earliest_start": "2026/27", "spend_3": 2.0}))
    assert found.where.startswith("projects, row 3")
    assert "3 years" in found.what
    assert "2027/28" in found.what


def test_a_build_longer_than_the_plan_is_refused_whatever_the_window() -> None:
    found = one(problems_in({"spend_4": 2.0}))
    assert found.where.startswith("projects, row 2")
    assert "4 years" in found.what
    assert "truncate" in found.remedy


def test_a_latest_start_before_the_earliest_is_refused() -> None:
    found = one(problems_in({"earliest_start": "2027/28", "latest_start": "2026/27"}))
    assert found.where == "projects, row 2, column latest_start"
    assert found.remedy == "Swap or correct them."
    assert "2027/28" in found.what


@pytest.mark.parametrize(
    ("column", "year"), [("earliest_start", "2028/29"), ("latest_start", "2024/25")]
)
def test_a_start_outside_the_plan_is_refused(column: str, year: str) -> None:
    found = one(problems_in({}, {column: year}))
    assert found.where == f"projects, row 3, column {column}"
    assert year in found.what
    assert "2025/26 to 2027/28" in found.what


@pytest.mark.parametrize("year", ["2026", "2026-27", "2026/2027", "2026/28", "soon"])
def test_a_year_that_is_no_financial_year_is_refused(year: str) -> None:
    found = one(problems_in({"earliest_start": year}))
    assert found.where == "projects, row 2, column earliest_start"
    assert year in found.what


# Cells and columns


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("spend_1", -0.5),
        ("spend_1", "1,200"),
        ("spend_1", "£3m"),
        ("spend_1", "inf"),
        ("benefit", -1),
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
    found = one(problems_of(lambda: schemes_of(frame, YEARS)))
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
    found = one(problems_of(lambda: schemes_of(table({}).drop(columns=column), YEARS)))
    assert found.where == "projects, row 1"
    assert f'"{column}"' in found.what


def test_a_table_without_rows_is_refused() -> None:
    assert "no rows" in one(problems_of(lambda: schemes_of(table({}).iloc[:0], YEARS))).what


def test_the_table_is_called_by_the_name_given() -> None:
    found = one(problems_in({"excludes": "P1"}, place=("/folder/pipeline.csv", "limits")))
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
        {"spend_1": -1.0},
        {"requires": "Nobody"},
        {"benefit": "much"},
        {"excludes": "P4"},
        {"earliest_start": "2026"},
        {"latest_start": "2020/21"},
    )
    assert sorted(row_of(problem) for problem in found) == [2, 3, 4, 5, 6, 7]


def test_problems_of_both_tables_come_together() -> None:
    limits = pd.DataFrame({"year": ["2025/26", "2027/28"], "limit_gbp_m": [5.0, -5.0]})
    frame = table({"spend_1": -1.0})
    found = problems_of(lambda: solve(frame, limits, place=("projects.csv", "limits.csv")))
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
    found = problems_in(*[{"spend_1": -float(n)} for n in range(1, 10_001)])
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


# Limits


def limits(years: Sequence[str], **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame({"year": list(years), "limit_gbp_m": 10.0}).assign(**columns)
    return frame.set_axis(range(2, len(frame) + 2), axis=0)


def bad_limits(frame: pd.DataFrame) -> Sequence[Problem]:
    return problems_of(lambda: require_limits(frame, "limits.csv"))


def test_a_blank_organisation_is_the_whole_system() -> None:
    found = require_limits(limits(YEARS, organisation=["", None, np.nan]))
    assert found["organisation"].tolist() == ["", "", ""]
    assert found["limit_gbp_m"].tolist() == [10.0, 10.0, 10.0]


def test_limits_with_years_missing_between_name_each_of_them() -> None:
    found = one(bad_limits(limits(["2025/26", "2027/28", "2029/30"])))
    assert found.where == "limits.csv"
    assert "2026/27, 2028/29" in found.what


def test_limits_that_start_in_1999_are_read_across_the_century() -> None:
    assert len(require_limits(limits(["1998/99", "1999/00", "2000/01"]))) == 3


def test_an_organisation_without_every_year_is_named_with_the_years() -> None:
    whole = limits(YEARS)
    part = limits(YEARS[:1], organisation="BHRUT")
    found = one(bad_limits(pd.concat([whole, part], ignore_index=True)))
    assert "BHRUT" in found.what
    assert "2026/27, 2027/28" in found.what
    assert "2025/26" not in found.what


def test_a_system_without_every_year_is_called_the_system() -> None:
    both = [limits(YEARS, organisation="BHRUT"), limits(YEARS[1:])]
    found = one(bad_limits(pd.concat(both, ignore_index=True)))
    assert "the system" in found.what
    assert "2025/26" in found.what


def test_gaps_of_the_years_and_of_organisations_come_together() -> None:
    both = [
        limits(["2025/26", "2027/28"], organisation="BHRUT"),
        limits(["2027/28"], organisation="Homerton"),
    ]
    found = bad_limits(pd.concat(both, ignore_index=True))
    assert len(found) == 2
    assert any("2026/27" in problem.what for problem in found)
    assert any("Homerton" in problem.what for problem in found)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("limit_gbp_m", -0.01),
        ("limit_gbp_m", np.nan),
        ("limit_gbp_m", "86m"),
        ("year", "2026"),
        ("year", ""),
        ("status", "perhaps"),
    ],
)
def test_a_bad_cell_of_the_limits_is_named_by_row_and_column(column: str, value: object) -> None:
    frame = limits(YEARS, status="firm").astype(object)
    frame.loc[3, column] = value
    assert one(bad_limits(frame)).where == f"limits.csv, row 3, column {column}"


def test_a_limit_given_twice_names_both_rows() -> None:
    found = one(bad_limits(limits(["2025/26", "2026/27", "2025/26"])))
    assert found.where == "limits.csv, row 4, column year"
    assert "row 2" in found.what


def test_40_years_of_limits_are_taken_and_41_refused() -> None:
    years = [label_of(2025 + n) for n in range(41)]
    assert len(require_limits(limits(years[:40]))) == 40
    assert one(bad_limits(limits(years))).what == "runs from 2025/26 to 2065/66, 41 years."
    # of a span that is too long the gaps are told within the first 40 years only
    apart = bad_limits(limits([years[0], *years[2:39], label_of(2025 + 41)]))
    assert [found.what for found in apart][1:] == [
        f"has no limit for the system in {years[1]}, {years[39]}."
    ]


def test_limits_without_rows_are_refused() -> None:
    assert "no rows" in one(bad_limits(limits([]))).what


# A plan cut short


def test_a_scheme_beyond_a_short_plan_is_left_out_when_asked() -> None:
    rows = [{}, {"earliest_start": "2035/36"}, {"spend_3": 2.0, "spend_4": 2.0}]
    _, found = schemes_of(table(*rows), YEARS, Settings(leave_out=True))
    assert [bool(scheme.starts) for scheme in found] == [True, False, False]
    plan = solve(table(*rows), limits(YEARS), leave_out=True)
    reason = plan.plan["reason"].tolist()[1]
    assert reason == f"Its window and build do not fit {YEARS[0]} to {YEARS[-1]}."


def test_a_scheme_that_must_be_funded_runs_past_a_short_plan() -> None:
    row = {"must_fund": "yes", "spend_3": 2.0, "spend_4": 2.0}
    _, (found,) = schemes_of(table(row), YEARS, Settings(leave_out=True))
    assert found.starts == tuple(range(len(YEARS)))
