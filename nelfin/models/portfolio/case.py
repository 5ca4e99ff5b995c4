"""The program of a portfolio: that of a capital plan, its money a pool and its resources staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from nelfin.models.appraisal import price_index
from nelfin.models.capital.case import Case as CapitalCase
from nelfin.models.capital.case import case_of as capital_case_of
from nelfin.models.capital.checked import Checked as CapitalChecked
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import Settings as CapitalSettings
from nelfin.models.capital.settings import TableNames as CapitalNames
from nelfin.models.portfolio.checked import Checked
from nelfin.models.portfolio.floors import Floor, add_floors, floors_in, shares_of
from nelfin.models.portfolio.freed import add_freed, stops_of
from nelfin.models.portfolio.initiative import Array, Initiative
from nelfin.models.portfolio.worth import Worth, factors_of, worth_of


@dataclass(frozen=True)
class Case:
    """Everything a portfolio is drawn from.

    Parameters
    ----------
    checked
        The tables.
    capital
        The same as a capital case: initiatives are its schemes, pools its limits, staff its other
        resources. Its rules are the floors.
    initiatives
        By their id.
    worth
        What each initiative is worth by position of its start.
    shares
        Shares of each initiative's spend by place.
    floors
        Of the portfolio's years.
    stops
        What stops or cuts each programme that runs already.
    """

    checked: Checked
    capital: CapitalCase
    initiatives: Mapping[str, Initiative]
    worth: Mapping[str, Mapping[int, Worth]]
    shares: Mapping[str, Mapping[str, float]]
    floors: list[Floor]
    stops: Mapping[str, list[str]]


def case_of(checked: Checked) -> Case:
    """Build the program of a portfolio.

    Parameters
    ----------
    checked
        From `check_portfolio`.
    """
    settings, years = checked.settings, checked.years
    by_id = {each.id: each for each in checked.initiatives}
    count = len(checked.initiatives[0].cost)
    factors = factors_of(settings, checked.counted, count)
    worth = {
        scheme.id: {
            start: worth_of(by_id[scheme.id], start, factors, settings) for start in scheme.starts
        }
        for scheme in checked.schemes
    }
    schemes = [_scheme(scheme, by_id[scheme.id], worth[scheme.id], checked)
               for scheme in checked.schemes]  # fmt: skip
    capital = capital_case_of(_as_capital(checked, schemes))
    shares = {each.id: shares_of(each, settings) for each in checked.initiatives}
    floors = floors_in(checked.floors, years)
    spend = {
        start.share_column: spend_of(by_id[start.scheme.id].cost, start.year, checked)
        for start in capital.starts
    }
    add_floors(capital.program, capital.starts, floors, spend, shares, years)
    stops = stops_of(schemes, by_id)
    add_freed(capital.program, capital.starts, stops, spend, years)
    return Case(checked, capital, by_id, worth, shares, floors, stops)


def spend_of(amounts: Array, start: int, checked: Checked) -> Array:
    """Return amounts of an initiative in the years of the pools, £m in cash of each year.

    Parameters
    ----------
    amounts
        By year since the start, £m in prices of the first year; shape (year,).
    start
        Position of the start in the portfolio's years.
    checked
        The years and what prices grow by.

    Returns
    -------
    numpy.ndarray
        Shape (year of the pools,).
    """
    count = len(checked.years)
    prices = price_index(checked.settings.price_growth_pct, np.arange(count))
    found = np.zeros(count)
    found[start:] = amounts[: count - start] * prices[start:]
    return found


def _scheme(
    scheme: Scheme, initiative: Initiative, worth: Mapping[int, Worth], checked: Checked
) -> Scheme:
    """Return a scheme that takes from the pool what the initiative does, and is worth as much."""
    years, count = checked.years, len(checked.years)
    window = [years[start] for start in scheme.starts]
    back = checked.settings.cash_refills_pct / 100 * initiative.chance * initiative.cash
    return replace(
        scheme,
        spend=(initiative.cost - back)[:count],
        uses={skill: months[:count] for skill, months in initiative.staff.items()},
        worth_in={start: each.value for start, each in worth.items()},
        saved_in={start: each.benefit - each.value for start, each in worth.items()},
        # what goes on after the last year is cut there; the starts have been found
        truncate=True,
        earliest_start=window[0] if window else "",
        latest_start=window[-1] if window else "",
        no_start_in=() if window else tuple(years),
    )


def _as_capital(checked: Checked, schemes: list[Scheme]) -> CapitalChecked:
    """Return the tables in the words of a capital plan."""
    settings, called = checked.settings, checked.settings.called
    table = checked.table
    projects = pd.DataFrame(
        {
            "project_id": table["initiative_id"],
            "name": table["name"],
            "organisation": "",
            "place": table["places"],
            "category": "",
            "must_fund": table["must"] | table["running"],
            "money": "",
        }
    )
    uses = {
        f"use_{skill}_{at + 1}": [_at(scheme.uses.get(skill), at) for scheme in schemes]
        for skill in dict.fromkeys(skill for scheme in schemes for skill in scheme.uses)
        for at in range(len(checked.years))
    }
    limits = pd.DataFrame(
        {
            "year": checked.years,
            "organisation": "",
            "limit_gbp_m": [checked.pools[year] for year in checked.years],
            "status": "firm",
        }
    )
    staff = checked.staff
    return CapitalChecked(
        projects=projects.join(pd.DataFrame(uses, index=table.index)),
        schemes=schemes,
        limits=limits,
        rules=None,
        resources=None if staff is None else pd.DataFrame(
            {
                "resource": staff["skill"],
                "unit": "months",
                "year": staff["year"],
                "organisation": "",
                "limit": staff["months"],
            }
        ),
        groups=None,
        settings=CapitalSettings(
            price_growth_pct=settings.price_growth_pct,
            carry_over_pct=settings.carry_over_pct,
            leave_out=True,
            gap_pct=settings.gap_pct,
            time_limit_s=settings.time_limit_s,
            solver=settings.solver,
            check_prices=settings.check_prices,
            called=CapitalNames(
                projects=called.initiatives,
                limits=called.pools,
                time_limit_s=f"{called.settings}time_limit_s",
            ),
            words=settings.words,
        ),
    )  # fmt: skip


def _at(months: Array | None, at: int) -> float:
    return 0.0 if months is None else float(months[at])
