"""What plans for several futures aim at: expected benefit, the worst of it, or weights unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nelfin import program as lp
from nelfin.errors import InputError
from nelfin.models.capital.stress.variants import Terms

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Aim:
    """What is made as large as it can be.

    Parameters
    ----------
    risk_weight
        Weight, 0 to 1, of the mean of the worst futures (conditional value at risk) beside
        expected benefit, which has the rest.
    level
        Share of futures, by weight, that are not among the worst: at 0.8 the worst fifth counts.
    radius
        How far the weights may be wrong: what they are moved by, times how far, is at most this,
        and the worst such weights count (a Wasserstein ball). None: the weights are as given.
    distances
        How far apart futures are, in the unit of the radius; (future, future).
    """

    risk_weight: float = 0.0
    level: float = 0.9
    radius: float | None = None
    distances: Array | None = None

    def check(self) -> None:
        """Refuse an aim that means nothing.

        Raises
        ------
        InputError
            Naming the setting.
        """
        if not 0 <= self.risk_weight <= 1:
            raise InputError.one("risk weight", f"is {self.risk_weight:g}.", "Give 0 to 1.")
        if not 0 <= self.level < 1:
            raise InputError.one(
                "level of CVaR", f"is {self.level:g}.", "Give 0 or more and less than 1."
            )
        if self.radius is not None and not self.radius >= 0:
            raise InputError.one("ambiguity", f"is {self.radius:g}.", "Give 0 or more.")
        if self.radius is not None and self.risk_weight:
            raise InputError.one(
                "ambiguity", "stands beside CVaR.", "Ask for one of the two at a time."
            )


def add_aim(program: lp.Program, worth: Sequence[Terms], weights: Array, aim: Aim) -> None:
    """Set the objective of a program over several futures, with columns and rows it needs.

    Parameters
    ----------
    program
        Its columns are worth nothing yet.
    worth
        Of each future: columns with what a unit of each is worth in it.
    weights
        Of the futures, adding up to 1.
    aim
        Checked.

    Notes
    -----
    CVaR as in Rockafellar and Uryasev (2000): u less the mean shortfall below u over the share
    1 - level, at its best u. The worst weights in a Wasserstein ball by duality, as in Esfahani
    and Kuhn (2018): γ is the price of moving weight by one unit of distance.
    """
    if aim.radius is not None:
        _add_ambiguity(program, worth, weights, aim)
        return
    for terms, weight in zip(worth, weights, strict=True):
        for column, value in terms:
            program.value[column] += float((1 - aim.risk_weight) * weight * value)
    if aim.risk_weight:
        most = _reach(program, worth)
        at_risk = program.column(aim.risk_weight, low=-most, high=most)
        for future, (terms, weight) in enumerate(zip(worth, weights, strict=True)):
            short = program.column(-aim.risk_weight * float(weight) / (1 - aim.level), high=None)
            own = [(short, 1.0), (at_risk, -1.0), *terms]
            program.row("shortfall", future, own, ">=", 0.0)


def _add_ambiguity(program: lp.Program, worth: Sequence[Terms], weights: Array, aim: Aim) -> None:
    distances = aim.distances
    if distances is None or distances.shape != (len(worth), len(worth)):
        raise ValueError("ambiguity needs the distance of each future from each other")
    most = _reach(program, worth)
    price = program.column(-float(aim.radius or 0.0), high=None)
    for here, weight in enumerate(weights):
        least = program.column(float(weight), low=-most, high=most)
        for there, terms in enumerate(worth):
            moved = [] if here == there else [(price, float(distances[here, there]))]
            less = [(column, value) for column, value in terms]
            program.row(
                "ambiguity", (here, there), [(least, -1.0), *moved, *less], ">=", 0.0
            )  # fmt: skip


def _reach(program: lp.Program, worth: Sequence[Terms]) -> float:
    """Return a bound on what any future can be worth, up or down."""
    return max(
        sum(abs(value) * (program.high[column] or 1.0) for column, value in terms)
        for terms in worth
    ) + 1.0  # fmt: skip


def filled_in(program: lp.Program, values: Array, worth: Sequence[Terms], aim: Aim) -> Array:
    """Return a plan with the columns of its aim filled in, so that a search can begin from it.

    Parameters
    ----------
    program
        With the columns of the aim.
    values
        Of the columns before the aim was added.
    worth, aim
        As the aim was added.
    """
    full = np.zeros(len(program.value))
    full[: len(values)] = values
    benefits = np.array([sum(value * full[c] for c, value in terms) for terms in worth])
    extra = np.arange(len(values), len(full))
    if aim.radius is not None:
        full[extra[1:]] = benefits.min()
    elif aim.risk_weight:
        full[extra[0]] = benefits.min()  # then no future falls short
    return full


def mean_of_worst(benefits: Array, weights: Array, level: float) -> float:
    """Return the mean of the worst futures by weight: conditional value at risk.

    Parameters
    ----------
    benefits, weights
        Of the futures; the weights add up to 1.
    level
        Share of the weight that is not among the worst.
    """
    order = np.argsort(benefits, kind="stable")
    tail = 1 - level
    before = np.concatenate([[0.0], np.cumsum(weights[order])[:-1]])
    counted = np.clip(tail - before, 0.0, weights[order])
    return float(counted @ benefits[order] / tail)


def worst_mean(benefits: Array, weights: Array, radius: float, distances: Array) -> float:
    """Return the least mean over weights that are wrong by no more than a radius.

    Parameters
    ----------
    benefits, weights
        Of the futures; the weights add up to 1.
    radius
        What weight is moved, times how far, at most.
    distances
        How far apart futures are; (future, future).
    """
    program = lp.Program()
    count = len(benefits)
    moved = [[program.column(-float(benefits[j])) for j in range(count)] for _ in range(count)]
    for i in range(count):
        program.row("moved", i, [(column, 1.0) for column in moved[i]], "==", float(weights[i]))
    far = [
        (moved[i][j], float(distances[i, j]))
        for i in range(count)
        for j in range(count)
        if distances[i, j]
    ]
    if far:
        program.row("far", None, far, "<=", radius)
    return -lp.solve(program, relax=True).objective
