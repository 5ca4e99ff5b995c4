"""Options of benefit by appraisal: what a QALY is worth, and kinds of benefit side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from nelfin.cli.grouped import options
from nelfin.cli.shares import SHARE

if TYPE_CHECKING:
    import pandas as pd

    from nelfin.models.capital import CapitalPlan
    from nelfin.models.capital.case import Case
    from nelfin.models.capital.checked import Checked
    from nelfin.program import Watch

compare_option = click.option(
    "--compare-benefits",
    is_flag=True,
    help="Which schemes are in by score, by weighted criteria and by net present social value: "
    "the best plan by each, whatever plan is in force.",
)

worth_options = options(
    compare_option,
    click.option(
        "--qaly-value", type=click.FloatRange(0, 10_000_000), default=70_000.0, show_default=True,
        metavar="£", help="Worth of a quality-adjusted life year (column qalys).",
    ),
    click.option(
        "--qaly-prices", default="2024/25", show_default=True, metavar="Y",
        help="Year in whose prices it is.",
    ),
    click.option("--last-rate", type=SHARE, metavar="R", help="Discount rate after 75 years."),
    click.option(
        "--health-rate", type=SHARE, default="1.5%", show_default=True, metavar="R",
        help="Discount rate of quality-adjusted life years.",
    ),
    click.option(
        "--health-later-rate", type=SHARE, metavar="R", help="The same after 30 years.",
    ),
    click.option(
        "--revenue-beside-cash", is_flag=True,
        help="revenue_gbp_m and cash_releasing_gbp_m of a scheme are different money.",
    ),
)  # fmt: skip
"""Options of this file."""


def worth_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the options of this file into fields of `Settings`.

    Parameters
    ----------
    given
        Options by name.

    Raises
    ------
    InputError
        If the year of prices is none.
    """
    from nelfin.errors import InputError
    from nelfin.years import start_of

    try:
        start_of(given["qaly_prices"])
    except ValueError:
        raise InputError.one(
            f"--qaly-prices {given['qaly_prices']}", "is not a financial year.",
            "Write it as in 2024/25.",
        ) from None  # fmt: skip
    return {
        "gbp_per_qaly": given["qaly_value"],
        "qaly_price_year": given["qaly_prices"],
        "discount_last_pct": given["last_rate"],
        "discount_health_pct": given["health_rate"],
        "discount_health_later_pct": given["health_later_rate"],
        "revenue_beside_cash": given["revenue_beside_cash"],
    }


def kinds_tables(
    checked: Checked, limits: pd.DataFrame | None = None, watch: Watch | None = None
) -> dict[str, pd.DataFrame]:
    """Return plans by each kind of benefit side by side, and tell of kinds that are not to be had.

    Parameters
    ----------
    checked, limits, watch
        As for `kinds_compared`. Where no time is left, that is told, and there are no tables.

    Raises
    ------
    InputError
        If there are fewer than two kinds.
    """
    from nelfin.errors import NoAnswerError
    from nelfin.models.capital.kinds import kinds_compared, missing_kinds

    if watch is not None and watch.over:
        click.echo("Note: benefits are not compared: there was no time left.", err=True)
        return {}
    try:
        schemes, plans = kinds_compared(checked, limits, watch)
    except NoAnswerError as error:
        click.echo(f"Note: benefits are not compared: {error}", err=True)
        return {}
    for kind, needs in missing_kinds(checked).items():
        click.echo(f"Note: there is no {kind} to compare: it needs {needs}.", err=True)
    return {"benefit_kinds": schemes, "benefit_plans": plans}


def worth_tables(case: Case, plan: CapitalPlan) -> dict[str, pd.DataFrame]:
    """Return what each scheme is worth in money, where that is the benefit.

    Parameters
    ----------
    case, plan
        The case and its plan.
    """
    from nelfin.models.capital.kinds import worth_table

    return {"worth": worth_table(case, plan)} if case.settings.benefit == "npsv" else {}
