"""Capital plans of a few schemes: rows of the project table, limits, and what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pytest

from nelfin.errors import NoAnswerError
from nelfin.models.capital import CapitalPlan, solve
from nelfin.years import label_of

both_solvers = pytest.mark.parametrize("solver", ["highs", "cbc"])

Limits = Sequence[float] | Mapping[str, Sequence[float]]


def scheme(name: str, spend: Sequence[float] | float, benefit: float = 0.0, **more: Any) -> dict:
    """Make a row of the project table."""
    profile = [spend] if isinstance(spend, int | float) else spend
    return {
        "project_id": name,
        "name": f"Scheme {name}",
        "organisation": "Barts",
        "category": "Backlog",
        "benefit": benefit,
        **{f"spend_{n}": float(value) for n, value in enumerate(profile, start=1)},
        **more,
    }


def table(rows: Sequence[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    spend = sorted((c for c in frame.columns if c.startswith("spend_")), key=lambda c: int(c[6:]))
    others = [c for c in frame.columns if c not in spend]
    return frame[others + spend].set_axis(range(2, len(frame) + 2), axis=0)


def limit_table(limits: Limits) -> pd.DataFrame:
    """Make a limits table from 2025/26; a list is the system's, a mapping one an organisation."""
    named = limits if isinstance(limits, Mapping) else {"": limits}
    rows = [
        (label_of(2025 + t), float(value), organisation)
        for organisation, values in named.items()
        for t, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["year", "limit_gbp_m", "organisation"])


def plan_of(rows: Sequence[dict], limits: Limits, **settings: Any) -> CapitalPlan:
    """Solve to the best plan, undiscounted unless a test says otherwise."""
    settings = {"gap_pct": 0.0, "discount_rate_pct": 0.0} | settings
    return solve(table(rows), limit_table(limits), **settings)


def starts(plan: CapitalPlan) -> dict[str, str]:
    """Return the start year of each scheme that is funded, whole or in part."""
    chosen = plan.plan[plan.plan["status"] != "not funded"]
    return dict(zip(chosen["project_id"], chosen["start_year"], strict=True))


def line(plan: CapitalPlan, name: str) -> pd.Series:
    return plan.plan.set_index("project_id").loc[name]


def no_answer(rows: Sequence[dict], limits: Limits, **settings: Any) -> str:
    with pytest.raises(NoAnswerError) as caught:
        plan_of(rows, limits, **settings)
    assert caught.value.exit_status == 1
    return str(caught.value)


# Reasons


def reasons(plan: CapitalPlan) -> dict[str, str]:
    return dict(zip(plan.plan["project_id"], plan.plan["reason"], strict=True))
