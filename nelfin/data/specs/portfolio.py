"""What the tables of the portfolio of programmes must look like."""

from __future__ import annotations

from typing import Any

from nelfin.data.specs.columns import (
    CASH,
    COST,
    QALYS,
    SHARES_PCT,
    SOURCE,
    STAFF,
    STATUS,
    Column,
    Table,
    number,
    optional,
)

OF_A_PROGRAMME = {"usual_low": -1_000.0, "usual_high": 1_000.0}
"""What is usual of a programme in a year, £m."""

OF_ALL = {"usual_high": 5_000.0}
"""What is usual of all programmes in a year, £m."""


def _by_year(pattern: str, **details: Any) -> Column:
    """Return a family of columns by year since the start, any of which may be left out or blank."""
    return Column(
        pattern, kind="number", required=False, blank=True, default=None, pattern=True, **details
    )


PORTFOLIO: dict[str, Table] = {
    "initiatives": Table(
        "initiatives of the portfolio",
        (
            Column("initiative_id"),
            Column("name"),
            optional("aim", default=""),
            optional("places", default=""),
            optional("partners", default=""),
            optional("running", kind="yes_no", default=False),
            _by_year(COST, **OF_A_PROGRAMME),
            optional("recurrent", kind="yes_no", default=False),
            _by_year(STAFF),
            _by_year(CASH, **OF_A_PROGRAMME),
            optional("success_pct", kind="number", low=0, high=100, default=100.0, **SHARES_PCT),
            _by_year(QALYS),
            optional("value_points", kind="number"),
            optional("option_of", default=""),
            optional("requires", default=""),
            optional("excludes", default=""),
            optional("must", kind="yes_no", default=False),
            optional("earliest_start", kind="year"),
            optional("latest_start", kind="year"),
            STATUS,
            SOURCE,
        ),
        key=("initiative_id",),
        may_be_empty=True,
        free=True,
    ),
    "portfolio_pools": Table(
        "pools of money for the portfolio",
        (
            Column("year", kind="year"),
            number("pool_gbp_m", low=0, **OF_ALL),
            STATUS,
            SOURCE,
        ),
        key=("year",),
        may_be_empty=True,
    ),
    "portfolio_staff": Table(
        "staff for the portfolio",
        (
            Column("skill"),
            Column("year", kind="year"),
            number("months", low=0),
            STATUS,
            SOURCE,
        ),
        key=("skill", "year"),
        may_be_empty=True,
    ),
    "equity_floors": Table(
        "floors of spend on places",
        (
            Column("place"),
            optional("year", kind="year", default=""),
            optional("share_pct", kind="number", low=0, high=100, **SHARES_PCT),
            optional("amount_gbp_m", kind="number", low=0, **OF_ALL),
            STATUS,
            SOURCE,
        ),
        key=("place", "year"),
        may_be_empty=True,
    ),
}
"""Tables of the portfolio by their key in `[data]`; where they are empty there is none."""

MOST_DEPRIVED = "most deprived"
"""Stands for a place in `equity_floors`: people who live in the most deprived areas."""
