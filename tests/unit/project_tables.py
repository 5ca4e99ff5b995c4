"""Project and limits tables as a spreadsheet numbers them, and the problems found in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import pandas as pd
import pytest

from nelfin.errors import InputError, Problem, Problems
from nelfin.models.capital import Settings
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.windows import with_starts

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


def read(
    frame: pd.DataFrame, years: list[str] = YEARS, **kwargs: object
) -> tuple[pd.DataFrame, list[Scheme]]:
    """Check a project table over some years; return it typed, and its schemes with their starts."""
    given = Settings(**kwargs)  # type: ignore[arg-type]
    checked = check_capital(frame, limits(years), given)
    return checked.projects, with_starts(checked.schemes, years, given, Problems())


def schemes(*rows: dict[str, object], years: list[str] = YEARS, **kwargs: object) -> list[Scheme]:
    return read(table(*rows), years, **kwargs)[1]


def problems_of(check: Callable[[], object]) -> Sequence[Problem]:
    with pytest.raises(InputError) as caught:
        check()
    return caught.value.problems


def problems_in(
    *rows: dict[str, object], years: list[str] = YEARS, **kwargs: object
) -> Sequence[Problem]:
    return problems_of(lambda: read(table(*rows), years, **kwargs))


def one(found: Iterable[Problem]) -> Problem:
    (problem,) = found
    assert problem.remedy, "a problem says what to do about it"
    return problem


# Limits


def limits(years: Sequence[str], **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame({"year": list(years), "limit_gbp_m": 10.0}).assign(**columns)
    return frame.set_axis(range(2, len(frame) + 2), axis=0)
