"""Prevention programmes: their parameters as arrays, and the people they reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.specs import PROGRAMME_OPTIONS, PROGRAMME_PARAMETERS
from nelfin.scenario.schema import Prevention

Array = npt.NDArray[np.float64]

TARGETED = ("rapid", "community")
"""Classes of programme that may be aimed at the people with the highest emergency cost."""


def programme_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a programme, one column a parameter, in the order of the table.

    A parameter that a programme may have and no row gives is NaN.

    Parameters
    ----------
    table
        Rows of `programme, parameter, value`.
    """
    wide = table.pivot(index="programme", columns="parameter", values="value")
    columns = [*PROGRAMME_PARAMETERS, *PROGRAMME_OPTIONS]
    return wide.reindex(columns=columns).loc[list(dict.fromkeys(table["programme"]))]


@dataclass(frozen=True)
class Programmes:
    """Parameters of programmes as arrays; shape (programme,) or (draw, programme), shares as such.

    Parameters
    ----------
    names, kinds
        Of each programme.
    share, returns, lag, nhs, cashable
        Share of the shift, £ of gross return per £1, mean lag in years, share of the return that
        is the NHS's, and share of that which is cash.
    unit_cost, eligible, max_coverage
        £ a person a year, people who could be reached, and the share of them that can be at the
        most; NaN where not given.
    gbp_per_qaly
        £ per QALY gained; NaN takes the scenario's.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    share: Array
    returns: Array
    lag: Array
    nhs: Array
    cashable: Array
    unit_cost: Array
    eligible: Array
    max_coverage: Array
    gbp_per_qaly: Array

    @property
    def targeted(self) -> npt.NDArray[np.bool_]:
        """Which programmes may be aimed at the people with the highest emergency cost."""
        return np.array([kind in TARGETED for kind in self.kinds])


def programmes_of(table: pd.DataFrame, section: Prevention) -> Programmes:
    """Return a programme table as arrays; targeting leaves fewer people to be reached.

    Parameters
    ----------
    table
        Rows of `programme, kind, parameter, value`.
    section
        Share of people whom targeted programmes are for, %.
    """
    wide = programme_table(table)
    kinds = (
        table.drop_duplicates("programme").set_index("programme")["kind"].loc[list(wide.index)]
        if "kind" in table
        else pd.Series("", index=wide.index)
    )

    def column(name: str, scale: float = 1.0) -> Array:
        return np.asarray(wide[name], dtype=float) * scale

    reach = np.where(kinds.isin(TARGETED), section.target_people_pct / 100, 1.0)
    cover = column("max_coverage_pct", 0.01)
    return Programmes(
        names=tuple(str(name) for name in wide.index),
        kinds=tuple(str(kind) for kind in kinds),
        share=column("share_of_shift_pct", 0.01),
        returns=column("return_gbp_per_gbp"),
        lag=column("mean_lag_years"),
        nhs=column("nhs_share_pct", 0.01),
        cashable=column("cashable_share_pct", 0.01),
        unit_cost=column("unit_cost_gbp"),
        eligible=column("eligible_people") * reach,
        max_coverage=np.where(np.isnan(cover), 1.0, cover),
        gbp_per_qaly=column("gbp_per_qaly"),
    )


def coverage(x: npt.ArrayLike, most: npt.ArrayLike) -> Array:
    """Return the share of eligible people reached by capacity for a share `x` of them.

    2 a / (1 + exp(-2 x / a)) - a, with a the most that can be reached: the first places all find
    someone new, the last ones nobody.

    Parameters
    ----------
    x
        Capacity over eligible people; any shape.
    most
        The most that can be reached, a share; a shape that goes with it.
    """
    a = np.asarray(most, dtype=float)
    return np.asarray(2 * a / (1 + np.exp(-2 * np.asarray(x, dtype=float) / a)) - a)


def reach(spend: Array, programmes: Programmes) -> tuple[Array, Array]:
    """Return the people reached, and the share of the spend that finds someone new.

    Parameters
    ----------
    spend
        Extra spend, £m; shape (..., programme, year).
    programmes
        Their unit costs and eligible people. Without a unit cost nobody can be counted (NaN), and
        without eligible people there is no saturation.

    Returns
    -------
    people, effective : numpy.ndarray
        Shape of `spend`.
    """
    places = np.maximum(spend, 0.0) * 1e6 / programmes.unit_cost[..., None]
    x = places / programmes.eligible[..., None]
    covered = coverage(x, programmes.max_coverage[..., None])
    known = np.isfinite(x)
    people = np.where(known, covered * programmes.eligible[..., None], places)
    people = np.where(spend == 0, 0.0, people)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = np.where(known & (x > 0), covered / x, 1.0)
    return people, effective
