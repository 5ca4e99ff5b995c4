"""What efficiency schemes deliver by organisation and year, and what fewer agency staff save."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.inputs import ANY_TRUST, SYSTEM, Inputs
from nelfin.scenario.model_settings import Recovery
from nelfin.years import start_of

Array = npt.NDArray[np.float64]


def efficiency(
    inputs: Inputs, section: Recovery, years: list[str], weight: Array
) -> tuple[Array, Array, Array, Array]:
    """Return what efficiency schemes deliver, by organisation and year, £m.

    In the year: full-year value x delivery x months / 12. A scheme without a delivery of its own
    has that of its rating. Its recurrent part carries on; what a
    part-year scheme adds in its second year is the full-year effect.

    Parameters
    ----------
    inputs
        Organisations and efficiency schemes.
    section
        Delivery by rating, %.
    years
        Years of the plan.
    weight
        Shares by which schemes of all trusts, and of the system, are split; shape
        (organisation,).

    Returns
    -------
    recurrent, full_year, one_off, named : numpy.ndarray
        Recurrent delivery in the year, full-year effect of the year before, delivery that does
        not recur, and what the schemes are to bring in the year before any slips; each of shape
        (organisation, year).
    """
    names = [str(name) for name in inputs.organisations["organisation"]]
    trusts = (inputs.organisations["kind"] == "trust").to_numpy()
    recurrent, full_year, one_off, named = (np.zeros((len(names), len(years))) for _ in range(4))
    odds = {
        "green": section.delivery_green_pct,
        "amber": section.delivery_amber_pct,
        "red": section.delivery_red_pct,
    }
    for row in inputs.efficiency_schemes.to_dict("records"):
        if row["year"] not in years:
            continue
        delivery = row["delivery_pct"]
        delivery = odds[row["rating"]] if pd.isna(delivery) else delivery
        t = years.index(row["year"])
        if row["organisation"] == SYSTEM:
            split = weight
        elif row["organisation"] == ANY_TRUST:
            split = np.where(trusts, weight, 0.0) / weight[trusts].sum()
        else:
            split = np.array([float(name == row["organisation"]) for name in names])
        whole = split * row["full_year_gbp_m"] * delivery / 100
        lasting = row["recurrent_pct"] / 100
        named[:, t] += split * row["full_year_gbp_m"] * row["months"] / 12
        recurrent[:, t] += whole * lasting * row["months"] / 12
        one_off[:, t] += whole * (1 - lasting) * row["months"] / 12
        if t + 1 < len(years):
            full_year[:, t + 1] += whole * lasting * (12 - row["months"]) / 12
    return recurrent, full_year, one_off, named


def agency_saving(section: Recovery, years: list[str]) -> Array:
    """Return what fewer agency staff save in each year, as a fraction of turnover.

    (share now - share then) x pay bill x premium / (1 + premium): a shift that agency staff no
    longer cover is worked by the trust's own, without the premium.

    Parameters
    ----------
    section
        Pay bill, shares of agency staff, premium and year.
    years
        Years of the plan; the saving is that of each of them, shape (year,).
    """
    premium = section.agency_premium_pct / 100
    start, end = start_of(years[0]), start_of(section.agency_year)
    at = np.array([start_of(year) for year in years], dtype=float)
    progress = np.clip((at - start) / max(end - start, 1), 0.0, 1.0)
    fall = (section.agency_share_pct - section.agency_target_pct) / 100 * progress
    return np.asarray(fall * section.pay_share_pct / 100 * premium / (1 + premium))
