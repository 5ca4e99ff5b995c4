"""Income of the bodies by where it comes from: streams of the envelope, other commissioners, other.

Each part grows as its stream grows like for like, on the year before. So one envelope stands under
places and bodies, and a stream that joins the envelope moves nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.inputs import OTHERS

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Income:
    """Income of the bodies by part; any array may have draws in front.

    Parameters
    ----------
    parts
        Streams of the envelope, then `OTHERS`.
    before, level
        £m in the year before each year, and in it; shape (..., organisation, part, year).
    growth, convergence
        Growth of each part in a year, and what convergence adds to it, fractions; shape
        (..., part, year).
    """

    parts: list[str]
    before: Array
    level: Array
    growth: Array
    convergence: Array

    @property
    def total(self) -> Array:
        """Income of each body, £m; shape (..., organisation, year)."""
        return np.asarray(self.level.sum(axis=-2))

    @property
    def total_before(self) -> Array:
        """Income of each body in the year before, £m; shape (..., organisation, year)."""
        return np.asarray(self.before.sum(axis=-2))

    def grown(self) -> Array:
        """Return what growth without convergence brings, £m; shape (..., organisation, year)."""
        return np.asarray((self.before * self.growth[..., None, :, :]).sum(axis=-2))

    def converged(self) -> Array:
        """Return what convergence brings, £m; shape (..., organisation, year)."""
        return np.asarray((self.before * self.convergence[..., None, :, :]).sum(axis=-2))


def income_of(
    table: pd.DataFrame,
    organisations: list[str],
    streams: list[str],
    all_years: list[str],
    years: list[str],
    growth: Array,
    convergence: Array,
    other_growth: Array,
) -> Income:
    """Return the income of the bodies in each year of the plan.

    Parameters
    ----------
    table
        The table `organisation_income`: income by body, part and the year it is known for, £m.
    organisations, streams
        Their names.
    all_years
        Years from the first that any income is known for, to the plan's last.
    years
        Years of the plan: the last of `all_years`.
    growth, convergence
        Like-for-like growth of the streams without convergence, and what convergence adds,
        fractions; shape (..., stream, all_years). NaN where a stream is not in the envelope yet:
        its income then grows as that of other commissioners.
    other_growth
        Growth of income from outside the envelope, a fraction; shape (..., all_years).

    Returns
    -------
    Income
        A part that is known for an earlier or a later year grows on, or is taken back, to each.
    """
    parts = [*streams, *OTHERS]
    draws = np.broadcast_shapes(growth.shape[:-2], other_growth.shape[:-1])
    outside = np.broadcast_to(other_growth[..., None, :], (*draws, 1, len(all_years)))
    inside = np.where(np.isnan(growth), outside, growth)
    rates = np.concatenate(
        [np.broadcast_to(inside, (*draws, *growth.shape[-2:])), *[outside] * len(OTHERS)], axis=-2
    )
    added = np.zeros_like(rates)
    added[..., : len(streams), :] = convergence
    index = np.cumprod(1 + rates + added, axis=-1)
    before = np.concatenate([np.ones_like(index[..., :1]), index[..., :-1]], axis=-1)
    base = np.zeros((*draws, len(organisations), len(parts)))
    for row in table.to_dict("records"):
        o, p = organisations.index(row["organisation"]), parts.index(row["stream"])
        known = index[..., p, all_years.index(row["year"])]
        base[..., o, p] += float(row["income_gbp_m"]) / known
    last = slice(len(all_years) - len(years), None)
    return Income(
        parts,
        base[..., None] * before[..., None, :, last],
        base[..., None] * index[..., None, :, last],
        rates[..., last],
        added[..., last],
    )
