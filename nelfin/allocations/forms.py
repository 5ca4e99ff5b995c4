"""The forms of pace-of-change rules: the formulas that NHS England's allocations follow.

A rule turns distance from target (DfT = opening / target - 1) into an adjustment k, and the
allocation is opening x (1 + growth) x (1 + k). The parameters of each named rule, decoded from
published results, stand in `pace_rules.csv`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nelfin.allocations.rules import Rate, Rule

Array = npt.NDArray[np.float64]


def capped(dft: Array, over_cap: Rate, under_slope: Rate, under_cap: Rate) -> Array:
    """Return the adjustment of the form of 2023/24.

    Over target: -min(cap, DfT). Under target: +min(cap, slope x abs(DfT)).

    Parameters
    ----------
    dft
        Distance from target before growth, on the target of the prior year, a fraction; shape
        (n,), or (row, n) for rules with a row each.
    over_cap, under_cap
        The most that a place over (under) target is moved, fractions; numbers, or shape (row, 1).
    under_slope
        Part of the distance that a place under target closes; a number, or shape (row, 1).

    Returns
    -------
    numpy.ndarray
        The adjustment k on top of growth, a fraction; the shape of `dft`.

    Notes
    -----
    Source: decoded from NHS England's published allocations of all integrated care boards for
    2023/24, core and primary medical; fits exactly.

    Examples
    --------
    NHS North East London, core, 2023/24: £3,406.875m, 1.85 % over a target of £3,345.069m, moves
    by the cap of 0.71 %. With growth of 5.42212 % it has £3,566.099m, as published:

    >>> k = capped(np.array([3406.875 / 3345.069 - 1]), 0.0071, 1 / 15, 0.002)
    >>> round(float(k[0]), 4)
    -0.0071
    >>> round(3406.875 * 1.0542212 * (1 + float(k[0])), 3)
    3566.099
    """
    return np.where(dft >= 0, -np.minimum(over_cap, dft), np.minimum(under_cap, -under_slope * dft))


def capped_to_target(dft: Array, over_cap: Rate, under_slope: Rate, under_cap: Rate) -> Array:
    """Return the adjustment of the form of 2024/25: as `capped`, but never to below target.

    Over target: -min(cap, 1 - 1 / (1 + DfT)). Under target: +min(cap, slope x abs(DfT)).

    Parameters
    ----------
    dft, over_cap, under_slope, under_cap
        As for `capped`.

    Returns
    -------
    numpy.ndarray
        The adjustment k on top of growth, a fraction; the shape of `dft`.

    Notes
    -----
    Source: decoded from NHS England's published allocations of all integrated care boards for
    2024/25; fits core within 0.005 percentage points, primary medical within 0.015.

    Examples
    --------
    NHS North East London, core, 2024/25: £3,581.220m, 1.11 % over a target of £3,541.813m, and a
    cap of 1.36 %, so it goes down to target and no further. Published: -1.097 %.

    >>> dft = np.array([3581.220 / 3541.813 - 1])
    >>> k = capped_to_target(dft, 0.0136, 1 / 15, 0.002)
    >>> round(float(k[0]), 4)
    -0.011
    >>> round(float(((1 + dft) * (1 + k))[0]), 12)
    1.0
    """
    over = -np.minimum(over_cap, 1 - 1 / (1 + np.maximum(dft, 0.0)))
    return np.where(dft >= 0, over, np.minimum(under_cap, -under_slope * dft))


def clipped(dft_pre: Array, over_cap: Rate, under_slope: Rate, under_cap: Rate) -> Array:
    """Return the adjustment of the form of 2025/26: -slope x DfT, at most the caps either way.

    Parameters
    ----------
    dft_pre
        Distance from target after growth and before the adjustment, on the target of the year, a
        fraction; shape (n,), or (row, n) for rules with a row each.
    over_cap, under_cap
        The most that a place over (under) target is moved, fractions; numbers, or shape (row, 1).
    under_slope
        Part of the distance that is closed, on either side of target; a number, or shape (row, 1).

    Returns
    -------
    numpy.ndarray
        The adjustment k on top of growth, a fraction; the shape of `dft_pre`.

    Notes
    -----
    Source: decoded from NHS England's published allocations of all integrated care boards for
    2025/26, core, primary medical and specialised: a fifth of the distance, at most 0.5 %. Fits
    within 0.00006 percentage points.

    Examples
    --------
    NHS North East London, core, 2025/26: £3,942.709m and growth of 4.37 % are 2.15 % under a
    target of £4,205.559m (the published allocation over its closing distance). A fifth of that is
    the published 0.4306 %, which gives the published £4,132.727m within £1,000:

    >>> grown = 3942.709419 * 1.0437
    >>> k = clipped(np.array([grown / 4205.559 - 1]), 0.005, 0.2, 0.005)
    >>> round(float(k[0]), 6)
    0.004306
    >>> abs(grown * (1 + float(k[0])) - 4132.727) < 0.001
    True
    """
    return np.asarray(np.minimum(np.maximum(-under_slope * dft_pre, -over_cap), under_cap))


def growth_floor(dft_pre: Array, population_growth: npt.ArrayLike, rule: Rule) -> Array:
    """Return the least growth of each place by its distance from target: the form of 2018/19.

    Cash: `min_growth` up to `full_to_dft`, then a straight taper to nothing at `none_from_dft`.
    A head: `min_growth_per_head` up to `full_to_dft`, which turns into cash by the growth of
    people.

    Parameters
    ----------
    dft_pre
        Distance from target after growth and before the adjustment, on the target of the year, a
        fraction; shape (n,).
    population_growth
        Growth of people, a fraction; a number, or shape (n,).
    rule
        Of the form `floors`.

    Returns
    -------
    numpy.ndarray
        Least growth on the opening, a fraction; shape (n,).

    Notes
    -----
    Source: decoded from NHS England's published core allocations of clinical commissioning groups
    for 2018/19: 2.08 % to a distance of 5 %, none from 10 %, and 1.36 % a head; largest error 0.03
    percentage points, on the taper.

    Examples
    --------
    NHS Newham, core, 2018/19: 3.88 % over target and 1.3418 % more people. The least growth of
    1.36 % a head is the published growth of 2.72 %:

    >>> from nelfin.allocations.rules import packaged_rules
    >>> rule = packaged_rules()["ccg-2018-19"]
    >>> round(float(growth_floor(np.array([0.0388]), 0.013418, rule)[0]), 4)
    0.0272
    """
    reach = rule.none_from_dft - rule.full_to_dft
    cash = rule.min_growth * np.clip((rule.none_from_dft - dft_pre) / reach, 0.0, 1.0)
    head = (1 + rule.min_growth_per_head) * (1 + np.asarray(population_growth, dtype=float)) - 1
    # 105 / 100 is a hair above 5 %
    return np.asarray(np.where(dft_pre <= rule.full_to_dft + 1e-12, np.maximum(cash, head), cash))


def floored(opening: Array, growth: npt.ArrayLike, target: Array, floor: Array) -> Array:
    """Grow each place, never past its target, and never to below its floor.

    Parameters
    ----------
    opening, target, floor
        Opening position, target of the year and least money of each place, £m; shape (n,), or
        shapes that go together.
    growth
        Growth before floors, a fraction; a number, or shape (n,).

    Returns
    -------
    numpy.ndarray
        £m; a floor above the target counts. Shape (n,).

    Notes
    -----
    How 2018/19 shared what was left after least growth is not decoded. Here it lifts places
    evenly, none past target.

    Examples
    --------
    Growth of 3 %: one place stops at its target, one is lifted to its floor.

    >>> floored(np.array([98.0, 90.0]), 0.03, np.array([100.0, 100.0]), np.array([99.0, 95.0]))
    array([100.,  95.])
    """
    grown = opening * (1 + np.asarray(growth, dtype=float))
    return np.asarray(np.maximum(floor, np.minimum(grown, target)))


def floors_of(
    opening: Array, dft_pre: Array, target: Array, population_growth: npt.ArrayLike, rule: Rule
) -> Array:
    """Return the least money of each place: its least growth, or the lowest distance allowed.

    Parameters
    ----------
    opening, target
        Opening position and target of the year, £m; shape (n,).
    dft_pre, population_growth, rule
        As for `growth_floor`.

    Returns
    -------
    numpy.ndarray
        £m; shape (n,).

    Examples
    --------
    10 % below target: no place is left more than 5 % below it.

    >>> from nelfin.allocations.rules import packaged_rules
    >>> rule = packaged_rules()["ccg-2018-19"]
    >>> floors_of(np.array([90.0]), np.array([-0.1]), np.array([100.0]), 0.0, rule)
    array([95.])
    """
    least = opening * (1 + growth_floor(dft_pre, population_growth, rule))
    return np.asarray(np.maximum(least, (1 + rule.lowest_dft) * target))


def adjustment(rule: Rule, dft: Array) -> Array:
    """Return the adjustment k of a rule that a distance from target alone decides.

    Parameters
    ----------
    rule
        Of the form `capped`, `capped_to_target`, `clipped`, `none` or `full`.
    dft
        Distance from target on the basis of the rule (`Rule.on_prior_year`), a fraction; shape
        (n,), or (row, n) for rules with a row each.

    Returns
    -------
    numpy.ndarray
        A fraction; the shape of `dft`.
    """
    if rule.form == "none":
        return np.zeros_like(dft)
    if rule.form == "full":
        return 1 / (1 + dft) - 1
    form = {"capped": capped, "capped_to_target": capped_to_target, "clipped": clipped}[rule.form]
    return form(dft, rule.over_cap, rule.under_slope, rule.under_cap)
