"""What is refused of the tables of a portfolio, and how it is said."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from programme_tables import drawn_up, initiative, months, pools_of, staff_of

from nelfin.data.specs import TABLES
from nelfin.data.tables import empty_table
from nelfin.errors import InputError
from nelfin.models.portfolio import TableNames, solve

pytestmark = pytest.mark.unit

A = initiative("A", 1.0, 300.0)


def problems(rows: list[dict[str, Any]], *pools: float, **more: Any) -> list[str]:
    with pytest.raises(InputError) as error:
        drawn_up(rows, *(pools or (9.0, 9.0, 9.0)), **more)
    return [str(problem) for problem in error.value.problems]


def floors(**cells: Any) -> dict[str, Any]:
    row = {"place": "Newham", "year": "", "share_pct": None, "amount_gbp_m": None}
    return {"floors": pd.DataFrame([row | cells])}


PLACED = A | {"places": "Newham"}

REFUSED: dict[str, tuple[list[dict[str, Any]], dict[str, Any], str]] = {
    "a cost that is no number": (
        [A | {"cost_1": "lots"}],
        {},
        'initiatives, row 0, column cost_1: is "lots", not a number.',
    ),
    "a cost in thousands": (
        [A | {"cost_1": 4_800.0}],
        {},
        "column cost_1: is £4,800m. If it is in £k, write 4.8; if in pounds, 0.0048.",
    ),
    "a chance as a fraction": (
        [A | {"success_pct": 0.6}],
        {},
        "column success_pct: is 0.6 %, and no figure of the column is larger. If 60 % is meant",
    ),
    "columns of cost with a gap": (
        [A | {"cost_3": 1.0}],
        {},
        "initiatives, row 1: has the cost columns cost_1, cost_3. Number them from cost_1",
    ),
    "a row without a figure": (
        [A, {"initiative_id": "B", "name": "B"}],
        {},
        "initiatives, row 1: has no cost, no staff and no value.",
    ),
    "points where QALYs are asked for": (
        [{"initiative_id": "A", "name": "A", "cost_1": 1.0, "value_points": 5}],
        {},
        "has value_points and no column qalys_1, and value is counted in QALYs.",
    ),
    "no points where value is a score": (
        [A],
        {"value": "score"},
        "column value_points: is empty. Give the points",
    ),
    "a window of what runs already": (
        [A | {"running": "yes", "earliest_start": "2027/28"}],
        {},
        "column earliest_start: is 2027/28, and it runs already.",
    ),
    "an unknown prerequisite": (
        [A, initiative("B", requires="AA")],
        {},
        'initiatives, row 1, column requires: names "AA", which no row has. Did you mean "A"?',
    ),
    "itself": ([A | {"requires": "A"}], {}, "column requires: names the initiative itself."),
    "two that must be and exclude each other": (
        [A | {"must": "yes"}, initiative("B", must="yes", excludes="A")],
        {},
        "names A, but both must be in the portfolio. Set must or running to no for one of them.",
    ),
    "a window outside the pools": (
        [A | {"earliest_start": "2035/36"}],
        {},
        "is 2035/36, outside the plan's years 2026/27 to 2028/29. Correct the year, or take the "
        "initiative out.",
    ),
    "more years of cost than there are pools": (
        [initiative("A", (1.0, 1.0, 1.0, 1.0))],
        {},
        "lets the 4 years of spend end by 2028/29. Widen the window, give pools of more years, or "
        "let it go on (recurrent).",
    ),
    "a place that is not known": (
        [A | {"places": "Newham; Havring"}],
        {"place_people": {"Newham": 1.0, "Havering": 1.0}},
        'column places: names "Havring". Did you mean "Havering"?',
    ),
    "staff of a skill of which there is none": (
        [A | months("nurse", 1.0) | months("nurze", 1.0)],
        {"staff": staff_of(nurse=4)},
        "column staff_nurze_1: is staff of the skill nurze, of which portfolio_staff has none.",
    ),
    "staff without their table": (
        [A | months("nurse", 1.0)],
        {},
        "is staff of the skill nurse, and there is no table of staff.",
    ),
    "staff that nobody needs": (
        [A],
        {"staff": staff_of(nurse=4)},
        'is "nurse", which no initiative uses: there is no column staff_nurse_1.',
    ),
    "staff in some years": (
        [A | months("nurse", 1.0)],
        {"staff": staff_of(nurse=4)[:2]},
        "portfolio_staff: has no months of nurse in 2028/29.",
    ),
    "staff of another year": (
        [A | months("nurse", 1.0)],
        {"staff": pd.concat([staff_of(nurse=4), staff_of(nurse=4)[:1].assign(year="2031/32")])},
        "is 2031/32, outside the years 2026/27 to 2028/29 of the pools.",
    ),
    "a floor without a figure": (
        [PLACED],
        floors(),
        "equity_floors, row 0, column share_pct: is empty, and so is amount_gbp_m.",
    ),
    "a floor with two": (
        [PLACED],
        floors(share_pct=10, amount_gbp_m=1),
        "column share_pct: and amount_gbp_m are both given.",
    ),
    "a floor of a place that nothing serves": (
        [PLACED],
        floors(place="Newhamm", share_pct=10),
        'column place: is "Newhamm", which no initiative serves. Did you mean "Newham"?',
    ),
    "a floor of the most deprived, who are not known": (
        [PLACED],
        floors(place="most deprived", share_pct=10),
        "needs the share of each place's people in the most deprived areas.",
    ),
    "a floor of another year": (
        [PLACED],
        floors(share_pct=10, year="2031/32"),
        "column year: is 2031/32, outside the years 2026/27 to 2028/29 of the pools.",
    ),
    "a QALY for nothing": ([A], {"cost_per_qaly_gbp": 0.0}, "cost_per_qaly_gbp: is 0."),
    "more cash than there is": ([A], {"cash_refills_pct": 120.0}, "cash_refills_pct: is 120."),
    "value that ends before the pools": (
        [A],
        {"value_to": "2027/28"},
        "value_to: is 2027/28, and the pools run from 2026/27 to 2028/29.",
    ),
    "a year that is none": ([A], {"now": "2027"}, "now: "),
    "pools that are all over": (
        [A],
        {"now": "2030/31"},
        "portfolio_pools: ends in 2028/29, and it is 2030/31.",
    ),
    "what must be and can no longer start": (
        [A | {"must": "yes", "latest_start": "2026/27"}],
        {"now": "2027/28"},
        "column must: is yes, and it can no longer start: it is 2027/28.",
    ),
    "a frontier of no pools": ([A], {"frontier_pct": (0.0,)}, "frontier_pct: holds 0."),
    "a chance of more than certain": (
        [A | {"success_pct": 130}],
        {},
        "column success_pct: is 130. It must lie between 0 and 100.",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_wrong_is_said_with_where_and_what_to_do(kind: str) -> None:
    rows, more, words = REFUSED[kind]
    found = problems(rows, **more)
    assert len(found) == 1
    assert words in found[0]


def test_every_problem_of_every_table_is_said_at_once() -> None:
    rows = [
        A | months("nurse", 1.0) | {"places": "Newham", "requires": "X"},
        initiative("B", 1.0, earliest_start="2028/29", latest_start="2027/28"),
    ]
    found = problems(
        rows, staff=staff_of(nurse=4)[:2], **floors(place="Newhm", share_pct=10, year="2040/41")
    )
    assert len(found) == 5
    assert sorted({text.partition(",")[0].partition(":")[0] for text in found}) == [
        "equity_floors",
        "initiatives",
        "portfolio_staff",
    ]


def test_pools_with_a_gap_are_refused() -> None:
    gap = pd.DataFrame({"year": ["2026/27", "2028/29"], "pool_gbp_m": [1.0, 1.0]})
    with pytest.raises(InputError, match="portfolio_pools: has no pool in 2027/28"):
        solve(pd.DataFrame([A]), gap)


def test_tables_are_called_as_the_user_calls_them() -> None:
    names = TableNames(initiatives="mine.csv", pools="money.csv")
    with pytest.raises(InputError, match=r"mine\.csv, row 0, column requires"):
        solve(pd.DataFrame([A | {"requires": "Z"}]), pools_of(1), called=names)


@pytest.mark.parametrize(("empty", "words"), [
    ("initiatives", "initiatives: holds no rows. Give at least one initiative."),
    ("pools", "portfolio_pools: holds no rows. Give at least one pool."),
])  # fmt: skip
def test_an_empty_table_beside_a_full_one_is_refused(empty: str, words: str) -> None:
    tables = {"initiatives": pd.DataFrame([A]), "pools": pools_of(1)}
    spec = TABLES["portfolio_pools" if empty == "pools" else empty]
    with pytest.raises(InputError) as error:
        solve(**(tables | {empty: empty_table(spec)}))
    assert [str(problem) for problem in error.value.problems] == [words]


CAPITAL_WORDS = ("scheme", "CDEL", "must_fund", "must-fund", "capital", "project", "funded")


@pytest.mark.parametrize("kind", REFUSED)
def test_no_word_of_capital_is_in_what_is_said(kind: str) -> None:
    rows, more, _ = REFUSED[kind]
    for text in problems(rows, **more):
        assert not [word for word in CAPITAL_WORDS if word.casefold() in text.casefold()]
