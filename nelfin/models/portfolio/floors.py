"""Floors of a portfolio: least spend on places, or on the most deprived people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nelfin import program as lp
from nelfin.data.specs import MOST_DEPRIVED
from nelfin.errors import Problems, nearest
from nelfin.models.capital.starts import Start
from nelfin.models.portfolio.initiative import Array, Initiative
from nelfin.models.portfolio.settings import Settings
from nelfin.store.sheets.spots import spot


@dataclass(frozen=True)
class Floor:
    """Least spend on a place in one year or over all; the key of its row in the program."""

    place: str
    year: str
    """"" for all years."""
    share: float
    """Of the spend of the portfolio; NaN where an amount is given."""
    amount: float
    """£m; NaN where a share is given."""

    def __str__(self) -> str:
        of = "the most deprived people" if self.place == MOST_DEPRIVED else self.place
        by_share = np.isnan(self.amount)
        least = f"{100 * self.share:.4g} %" if by_share else f"£{self.amount:,.1f}m"
        return f"at least {least} of spend on {of}" + (f" in {self.year}" if self.year else "")

    def least(self, spend: float) -> float:
        """Return the least spend on the place, £m.

        Parameters
        ----------
        spend
            Of the whole portfolio in its years, £m.
        """
        return self.share * spend if np.isnan(self.amount) else self.amount


def check_floors(
    floors: pd.DataFrame,
    initiatives: Iterable[Initiative],
    years: list[str],
    settings: Settings,
    problems: Problems,
) -> None:
    """Check the table of floors against the initiatives and the years.

    Parameters
    ----------
    floors
        The typed table: `place, year, share_pct, amount_gbp_m`.
    initiatives
        With their places.
    years
        Years of the pools.
    settings
        Places, deprivation, and what to call the tables in errors.
    problems
        Every problem is added to it.
    """
    called = settings.called.floors
    named = [place for each in initiatives for place in each.places]
    known = [*dict.fromkeys([*settings.place_people, *named])]
    for row, cells in zip(floors.index, floors.to_dict("records"), strict=True):
        place = cells["place"]
        if place == MOST_DEPRIVED:
            if not settings.deprived_share:
                problems.add(
                    spot(called, row, "place"),
                    "needs the share of each place's people in the most deprived areas.",
                    "Give the table deprivation, or name a place.",
                )
        elif place not in known:
            problems.add(
                spot(called, row, "place"),
                f'is "{place}", which no initiative serves.',
                nearest(place, [*known, MOST_DEPRIVED]),
            )
        if cells["year"] and years and cells["year"] not in years:
            problems.add(
                spot(called, row, "year"),
                f"is {cells['year']}, outside the years {years[0]} to {years[-1]} of the pools.",
                "Correct it, or leave it blank: over all years.",
            )
        given = [name for name in ("share_pct", "amount_gbp_m") if not pd.isna(cells[name])]
        if len(given) != 1:
            problems.add(
                spot(called, row, "share_pct"),
                "and amount_gbp_m are both given."
                if given
                else "is empty, and so is amount_gbp_m.",
                "Give one of the two.",
            )


def shares_of(initiative: Initiative, settings: Settings) -> dict[str, float]:
    """Return the shares of an initiative's spend by place: by people, or evenly.

    Parameters
    ----------
    initiative
        The initiative.
    settings
        People by place, and the most deprived.

    Returns
    -------
    dict
        Adds up to 1; empty for one of the whole system where no places are known. The share that
        reaches the most deprived stands beside, as `MOST_DEPRIVED`.
    """
    places = initiative.places or tuple(settings.place_people)
    people = {place: settings.place_people.get(place, 1.0) for place in places}
    whole = sum(people.values())
    shares = {place: count / whole for place, count in people.items()} if whole else {}
    deprived = sum(
        share * settings.deprived_share.get(place, 0.0) for place, share in shares.items()
    )
    return shares | {MOST_DEPRIVED: deprived}


def floors_in(floors: pd.DataFrame | None, years: list[str]) -> list[Floor]:
    """Return the floors of some years, in the order of the table.

    Parameters
    ----------
    floors
        The typed table; None for none.
    years
        Years of the portfolio; floors of other years are left.
    """
    return [
        Floor(cells["place"], cells["year"], cells["share_pct"] / 100, cells["amount_gbp_m"])
        for cells in ([] if floors is None else floors.to_dict("records"))
        if not cells["year"] or cells["year"] in years
    ]


def add_floors(
    program: lp.Program,
    starts: list[Start],
    floors: Iterable[Floor],
    spend: Mapping[int, Array],
    shares: Mapping[str, Mapping[str, float]],
    years: list[str],
) -> None:
    """Add a row of the kind `rule` for each floor, with the `Floor` as its key.

    Spend is cost less what stopping frees, so that a programme which is stopped counts no more.

    Parameters
    ----------
    program
        Rows are added to it.
    starts
        The starts behind its columns.
    floors
        From `floors_in`.
    spend
        Spend of each start by year, £m cash, by the number of its column.
    shares
        From `shares_of`, by initiative.
    years
        Years of the portfolio.
    """
    for floor in floors:
        inside = slice(None) if not floor.year else years.index(floor.year)
        by_amount = np.isnan(floor.share)
        terms = []
        for start in starts:
            share = shares[start.scheme.id].get(floor.place, 0.0)
            factor = share if by_amount else share - floor.share
            amount = factor * float(np.sum(spend[start.share_column][inside]))
            if amount:
                terms.append((start.share_column, amount))
        program.row("rule", floor, terms, ">=", floor.amount if by_amount else 0.0, lp.POUND)
