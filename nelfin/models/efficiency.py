"""What efficiency schemes deliver by body and year, and what fewer agency and bank staff save."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.inputs import Inputs
from nelfin.models.positions import split
from nelfin.models.recovery import Efficiency
from nelfin.scenario.model_settings import Recovery
from nelfin.years import start_of

Array = npt.NDArray[np.float64]

DEVELOPED = "fully developed"
"""The stage of a scheme whose savings are worked out."""

NATIONAL_AGENCY = {"2026/27": 0.7, "2029/30": 0.0}
"""What is left of agency spend by year under the national rule; evenly between, none after.

Source: NHS England, medium term planning framework, October 2025: 30 % less in 2026/27 and none by
2029/30.
"""

BANK_FROM = "2026/27"
"""First year in which bank spend falls. Source: the same."""


def efficiency(inputs: Inputs, section: Recovery, years: list[str], weights: Array) -> Efficiency:
    """Return what efficiency schemes deliver, by body and year.

    In the year: full-year value x delivery x months / 12. A scheme without a delivery of its own
    has that of its stage. Its recurrent part carries on; what a part-year scheme adds in its
    second year is the full-year effect.

    Parameters
    ----------
    inputs
        The bodies and their schemes.
    section
        Delivery by stage, %.
    years
        Years of the plan.
    weights
        Income of the bodies, £m; shape (organisation, year): schemes of all trusts, and of the
        system, are shared by it.
    """
    names = [str(name) for name in inputs.organisations["organisation"]]
    trusts = (inputs.organisations["kind"] == "trust").to_numpy()
    recurrent, full_year, one_off, named, developed = (
        np.zeros((len(names), len(years))) for _ in range(5)
    )
    whole_ask = np.zeros((len(names), len(years)), dtype=bool)
    expected = expected_delivery(inputs.efficiency_schemes, section)
    table = inputs.efficiency_schemes
    for row, delivery in zip(table.to_dict("records"), expected, strict=True):
        if row["year"] not in years:
            continue
        t = years.index(row["year"])
        share = split(str(row["organisation"]), names, trusts, weights[:, t])
        whole_ask[:, t] |= (share > 0) & bool(row["whole_ask"])
        whole = share * row["full_year_gbp_m"]
        delivered, lasting = whole * delivery / 100, row["recurrent_pct"] / 100
        part = row["months"] / 12
        named[:, t] += whole * part
        developed[:, t] += whole * part * (row["stage"] == DEVELOPED)
        recurrent[:, t] += delivered * lasting * part
        one_off[:, t] += delivered * (1 - lasting) * part
        if t + 1 < len(years):
            full_year[:, t + 1] += delivered * lasting * (1 - part)
    return Efficiency(recurrent, full_year, one_off, named, developed, whole_ask)


def expected_delivery(table: pd.DataFrame, section: Recovery) -> list[float]:
    """Return the delivery of each scheme, %: its own, else that of its stage.

    Parameters
    ----------
    table
        The table `efficiency_schemes`.
    section
        Delivery by stage, %.
    """
    odds = {
        "opportunity": section.delivery_opportunity_pct,
        "in progress": section.delivery_in_progress_pct,
        DEVELOPED: section.delivery_developed_pct,
    }
    return [
        odds[stage] if pd.isna(own) else float(own)
        for stage, own in zip(table["stage"], table["delivery_pct"], strict=True)
    ]


def schemes_table(inputs: Inputs, section: Recovery, years: list[str]) -> pd.DataFrame:
    """Return each efficiency scheme of the plan with what it is asked for and expected to bring.

    Parameters
    ----------
    inputs
        The schemes.
    section
        Delivery by stage, %.
    years
        Years of the plan.

    Returns
    -------
    pandas.DataFrame
        `year, organisation, scheme, stage, services, asked_gbp_m, expected_gbp_m,
        recurrent_gbp_m, next_year_gbp_m`: in the year, and the full-year effect in the next.
    """
    table = inputs.efficiency_schemes
    share = np.array(expected_delivery(table, section)) / 100
    part, lasting = table["months"] / 12, table["recurrent_pct"] / 100
    found = table[["year", "organisation", "scheme", "stage", "services"]].assign(
        asked_gbp_m=table["full_year_gbp_m"] * part,
        expected_gbp_m=table["full_year_gbp_m"] * part * share,
        recurrent_gbp_m=table["full_year_gbp_m"] * part * share * lasting,
        next_year_gbp_m=table["full_year_gbp_m"] * (1 - part) * share * lasting,
    )
    return found[found["year"].isin(years)].reset_index(drop=True)


def staffing_saving(section: Recovery, years: list[str]) -> Array:
    """Return what fewer agency and bank staff save a trust by year, a fraction of its income.

    A shift that agency or bank staff no longer cover is worked by the trust's own, without the
    premium: (share of the pay bill before - share then) x pay bill x premium / (1 + premium).

    Parameters
    ----------
    section
        Pay bill, shares, premiums and the rule.
    years
        Years of the plan.

    Returns
    -------
    numpy.ndarray
        Level of the yearly saving since the year before the first; shape (year,).
    """
    agency = (section.agency_share_pct - _agency_share(section, years)) / 100
    bank_years = np.array([max(start_of(y) - start_of(BANK_FROM) + 1, 0) for y in years])
    bank_left = (1 - section.bank_fall_pct / 100) ** bank_years
    bank = section.bank_share_pct / 100 * (1 - bank_left)

    def premium(percent: float) -> float:
        return percent / 100 / (1 + percent / 100)

    return np.asarray(
        section.pay_share_pct
        / 100
        * (agency * premium(section.agency_premium_pct) + bank * premium(section.bank_premium_pct))
    )


def _agency_share(section: Recovery, years: list[str]) -> Array:
    """Return agency spend by year, % of the pay bill."""
    at = np.array([start_of(year) for year in years], dtype=float)
    if section.agency_rule == "national":
        turns = [start_of(year) for year in NATIONAL_AGENCY]
        # before the rule begins nothing has fallen
        left = np.interp(at, [turns[0] - 1, *turns], [1.0, *NATIONAL_AGENCY.values()])
        return np.asarray(section.agency_share_pct * left)
    start, end = start_of(years[0]), start_of(section.agency_year)
    progress = np.clip((at - start) / max(end - start, 1), 0.0, 1.0)
    fall = section.agency_share_pct - section.agency_target_pct
    return np.asarray(section.agency_share_pct - progress * fall)
