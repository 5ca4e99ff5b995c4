"""The settings of the portfolio of programmes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import field_validator

from nelfin.scenario.kinds import Percent, Positive, Section, Unit
from nelfin.years import start_of


class Portfolio(Section):
    """The portfolio of programmes."""

    value: Annotated[Literal["qalys", "score"], Unit("kind")] = "qalys"
    """What value is: quality-adjusted life years (QALYs), and cash less cost at what a QALY costs
    elsewhere; or a score."""
    cost_per_qaly_gbp: Annotated[Positive, Unit("£ per QALY")] | None = None
    """What a QALY costs elsewhere, in prices of the first year of the pools. Left out: what it
    costs in treatment (`prevention.gbp_per_qaly_forgone`), brought to that year."""
    value_to: Annotated[str, Unit("year")] = ""
    """Last year whose cost, cash and QALYs count towards value; blank for the last year of the
    pools."""
    cash_refills_pct: Percent = 0.0
    """Share of the cash expected from initiatives that goes back to the pool of its year."""
    carry_over_pct: Percent = 0.0
    """Share of a pool that may be carried into the next year unspent."""
    gap_pct: Percent = 0.5
    """The solver may stop when the portfolio is proven this close to the best."""
    time_limit_s: Positive = 30.0
    """The solver stops after this many seconds with the best portfolio found."""

    @field_validator("value_to")
    @classmethod
    def _blank_or_year(cls, label: str) -> str:
        if label:
            start_of(label)
        return label
