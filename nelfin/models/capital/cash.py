"""Limits in cash: those given in prices of another year, brought to cash by general inflation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nelfin.errors import Problems
from nelfin.models.capital.settings import Settings
from nelfin.store.sheets.spots import spot
from nelfin.years import start_of


def in_cash(limits: pd.DataFrame, deflator_pct: float) -> pd.DataFrame:
    """Return limits in cash, with `price_year` blank: doing it again changes nothing.

    A limit in real terms keeps its worth by general inflation, as the Treasury counts it (the GDP
    deflator). What schemes cost goes by building prices, which are another thing: where these grow
    faster, a limit that is flat in real terms buys less each year.

    Parameters
    ----------
    limits
        The typed table: `year, limit_gbp_m, price_year` and more.
    deflator_pct
        General inflation, % a year.
    """
    given = limits["price_year"].fillna("").astype(str)
    if not (given != "").any():
        return limits
    years = [
        start_of(year) - start_of(of) if of else 0
        for year, of in zip(limits["year"], given, strict=True)
    ]
    growth = (1 + deflator_pct / 100) ** np.array(years, dtype=float)
    return limits.assign(limit_gbp_m=limits["limit_gbp_m"] * growth, price_year="")


def check_prices(limits: pd.DataFrame, settings: Settings, problems: Problems) -> None:
    """Ask for general inflation where a limit is in prices of another year.

    Parameters
    ----------
    limits
        The typed table: `year, price_year` and more.
    settings
        `deflator_pct`, None where it is not given; and what to call the table and it in errors.
    problems
        Every problem is added to it.
    """
    real = limits.index[limits["price_year"].fillna("").astype(bool)]
    if settings.deflator_pct is None and len(real):
        problems.add(
            spot(settings.called.limits, real[0], "price_year"),
            f"is {limits.at[real[0], 'price_year']}, and general inflation is not given.",
            f"Give it, % a year ({settings.called.deflator_pct}), or limits in cash and no "
            "price_year.",
        )
