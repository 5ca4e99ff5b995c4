"""Links and windows of schemes that cannot be: each is named with its row."""

from __future__ import annotations

import pytest
from project_tables import one, problems_in, schemes

pytestmark = pytest.mark.unit


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
