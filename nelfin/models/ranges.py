"""What may come: ranges, outcomes of schemes, and Latin hypercube shares to draw them by.

A spread turns a share between 0 and 1 into the value below which that share of what may come lies
(its inverse distribution), so that one set of shares draws them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

from nelfin.evidence import Shape

Array = npt.NDArray[np.float64]

TENTH = 1.2815515655446004
"""The standard normal value that nine in ten lie below."""


@dataclass(frozen=True)
class Range:
    """A range about a value.

    Parameters
    ----------
    low, middle, high
        Ends and value.
    shape
        `triangle`: from low to high, its peak at the value. `interval_80`: half of what may come
        lies on either side of the value, a tenth below low and a tenth above high; each side is
        half of a normal distribution.
    least, most
        What a value may be at the least and the most; what lies outside is put on the end.
    """

    low: float
    middle: float
    high: float
    shape: Shape = "triangle"
    least: float = -np.inf
    most: float = np.inf

    def at(self, share: Array) -> Array:
        """Return the value below which a share of what may come lies.

        Parameters
        ----------
        share
            Shares between 0 and 1; any shape.
        """
        found = (
            triangle(share, self.low, self.middle, self.high)
            if self.shape == "triangle"
            else interval_80(share, self.low, self.middle, self.high)
        )
        return np.clip(found, self.least, self.most)


@dataclass(frozen=True)
class Outcomes:
    """A return that comes out in one of three ways: costs more, neither, or saves.

    Evaluated schemes tell how often. One that costs more returns evenly anything between `low` and
    £1 for £1; one that does neither returns £1; one that saves, anything between £1 and `high`.

    Parameters
    ----------
    low, middle, high
        Least return, the return of the base case, and the most.
    costs_more, neither, saves
        Numbers of schemes.
    """

    low: float
    middle: float
    high: float
    costs_more: int
    neither: int
    saves: int

    def at(self, share: Array) -> Array:
        """Return the return below which a share of what may come lies.

        Parameters
        ----------
        share
            Shares between 0 and 1; any shape.
        """
        count = self.costs_more + self.neither + self.saves
        edges = [0.0, self.costs_more / count, (self.costs_more + self.neither) / count, 1.0]
        low, high = min(self.low, 1.0), max(self.high, 1.0)
        return np.interp(share, edges, [low, 1.0, 1.0, high])


Spread = Range | Outcomes


def triangle(share: Array, low: float, middle: float, high: float) -> Array:
    """Return the value below which a share of a triangular distribution lies.

    Parameters
    ----------
    share
        Shares between 0 and 1; any shape.
    low, middle, high
        Ends and peak of the triangle.
    """
    if high <= low:
        return np.full_like(share, middle)
    peak = (middle - low) / (high - low)
    below = low + np.sqrt(share * (high - low) * (middle - low))
    above = high - np.sqrt((1 - share) * (high - low) * (high - middle))
    return np.where(share < peak, below, above)


def interval_80(share: Array, low: float, middle: float, high: float) -> Array:
    """Return the value below which a share lies, of two half normals that meet at the middle.

    Parameters
    ----------
    share
        Shares between 0 and 1; any shape.
    low, middle, high
        A tenth lies below the first, half below the second, a tenth above the third.
    """
    from scipy.special import ndtri

    away = ndtri(share) / TENTH
    return np.asarray(middle + np.where(away < 0, middle - low, high - middle) * away)


def latin_hypercube(draws: int, count: int, seed: int) -> Array:
    """Return shares by which to draw: each of `count` ranges is seen evenly; (draws, count).

    Parameters
    ----------
    draws, count
        How many draws, and of how many ranges.
    seed
        The same seed gives the same shares.
    """
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(d=count, rng=seed).random(draws))


def own_shares(name: str, draws: int, seed: int, part: int = 0) -> Array:
    """Return shares to draw one thing by, of its own stream: whatever else is drawn, they stay.

    Parameters
    ----------
    name
        Of what is drawn.
    draws
        How many; every part of the range is seen alike.
    seed, part
        The same give the same shares.

    Returns
    -------
    numpy.ndarray
        Shares above 0 and below 1; shape (draws,).
    """
    return _evenly(np.random.default_rng([seed, crc32(name.encode()), part]), draws)


def shares_by_year(
    name: str,
    draws: int,
    years: int,
    seed: int,
    part: int = 0,
    persistence: float = 0.0,
    moves_with: str = "",
    correlation: float = 0.0,
) -> Array:
    """Return shares to draw a rate by in each year: it persists, and may move with others.

    In standard normal terms the rate follows an autoregression of the first order, so that in
    every year alone it has its whole range: z_t = a z_(t-1) + sqrt(1 - a^2) e_t. Rates that move
    together share a factor: z = sqrt(c) of the factor and sqrt(1 - c) of their own.

    Parameters
    ----------
    name, draws, seed, part
        As for `own_shares`.
    years
        How many.
    persistence
        Correlation a of a year with the year before, from 0 to 1.
    moves_with
        Name of the factor shared with others; "" for none.
    correlation
        Correlation c with each that shares it, from 0 to 1.

    Returns
    -------
    numpy.ndarray
        Shares above 0 and below 1; shape (draws, years).

    Notes
    -----
    Source: an AR(1) path, the simplest in which a bad year is likely to follow a bad one.
    """
    from scipy.special import ndtr

    path = _path(name, draws, years, seed, part, persistence)
    if moves_with:
        shared = _path(moves_with, draws, years, seed, part, persistence)
        path = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * path
    return np.asarray(ndtr(path))


def _path(name: str, draws: int, years: int, seed: int, part: int, persistence: float) -> Array:
    """Return an autoregression of the first order with variance 1; shape (draws, years)."""
    from scipy.special import ndtri

    source = np.random.default_rng([seed, crc32(name.encode()), part])
    news = np.stack([ndtri(_evenly(source, draws)) for _ in range(years)], axis=-1)
    path = news.copy()
    for t in range(1, years):
        path[:, t] = persistence * path[:, t - 1] + np.sqrt(1 - persistence**2) * news[:, t]
    return np.asarray(path)


def _evenly(source: np.random.Generator, draws: int) -> Array:
    """Return one share in each of so many even parts of 0 to 1, in any order."""
    return np.asarray((source.permutation(draws) + source.uniform(1e-9, 1.0, draws)) / draws)
