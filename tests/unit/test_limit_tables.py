"""The limits table: everything wrong in it is named, at once and with its row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from project_tables import YEARS, limits, one, problems_of, table

from nelfin.errors import Problem
from nelfin.models.capital import Settings, TableNames
from nelfin.models.capital.checked import check_capital
from nelfin.years import label_of

pytestmark = pytest.mark.unit


def require_limits(frame: pd.DataFrame) -> pd.DataFrame:
    """Check a limits table beside a scheme of each organisation in it, and return it typed."""
    called = TableNames(limits="limits.csv")
    named = [str(name) for name in frame.get("organisation", []) if isinstance(name, str) and name]
    owners = dict.fromkeys(named or ["Barts Health"])
    schemes = table(*({"organisation": name} for name in owners))
    return check_capital(schemes, frame, Settings(called=called)).limits


def bad_limits(frame: pd.DataFrame) -> Sequence[Problem]:
    return problems_of(lambda: require_limits(frame))


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
