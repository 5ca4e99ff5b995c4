"""Place budgets from the text of the methods alone: lists, loops and floats.

Nothing of the library is called. Where the methods leave a choice, "reading:" names the docstring
that makes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

STEPS = 200
"""Halvings of a bracket: far past the last bit of a float."""


def need_indices(weighted: list[float], people: list[float]) -> list[float]:
    """Return (W_i / N_i) / (sum W / sum N)."""
    whole = sum(weighted) / sum(people)
    return [w / n / whole for w, n in zip(weighted, people, strict=True)]


def targets(envelope: float, weighted: list[float]) -> list[float]:
    return [envelope * w / sum(weighted) for w in weighted]


def rebuilt(
    weights: dict[str, tuple[float, bool]], parts: dict[str, float], multiplier: float
) -> float:
    """Return m x (sum of w_c X_c) + the other components without m, of one place."""
    total = 0.0
    for component, (weight, local) in weights.items():
        total += weight * parts[component] * (multiplier if local else 1.0)
    return total


def with_weights(
    weights: dict[str, tuple[float, bool]], new: dict[str, float]
) -> dict[str, tuple[float, bool]]:
    """Replace some weights; reading (`moved_weights`): the others scale so that the sum stays."""
    total = sum(weight for weight, _ in weights.values())
    rest = sum(weight for name, (weight, _) in weights.items() if name not in new)
    left = total - sum(new.values())
    return {
        name: (new[name] if name in new else weight * left / rest, local)
        for name, (weight, local) in weights.items()
    }


# The rules of the table of the methods, written out: adjustment k by distance from target.


def core_2023_24(d: float) -> float:
    return -min(0.0071, d) if d > 0 else min(0.0020, abs(d) / 15)


def core_2024_25(d: float) -> float:
    return -min(0.0136, 1 - 1 / (1 + d)) if d > 0 else min(0.0020, abs(d) / 15)


def primary_2023_24(d: float) -> float:
    return -min(0.0038, d) if d > 0 else min(0.01, abs(d) / 4)


def primary_2024_25(d: float) -> float:
    return -min(0.0040, 1 - 1 / (1 + d)) if d > 0 else min(0.01, abs(d) / 4)


def fifth(d: float) -> float:
    return max(-0.005, min(0.005, -0.2 * d))


BEFORE_GROWTH: dict[str, Callable[[float], float]] = {
    "nhse-core-2023-24": core_2023_24,
    "nhse-core-2024-25": core_2024_25,
    "nhse-pmc-2023-24": primary_2023_24,
    "nhse-pmc-2024-25": primary_2024_25,
}
AFTER_GROWTH: dict[str, Callable[[float], float]] = {
    "nhse-core-2025-26": fifth,
    "nhse-pmc-2025-26": fifth,
    "nhse-specialised-2025-26": fifth,
}
RULES = [*BEFORE_GROWTH, *AFTER_GROWTH, "ccg-2018-19", "none", "full", "lp"]


def root(sum_at: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Find where a sum that never falls reaches what is wanted, by halving."""
    for _ in range(STEPS):
        middle = (low + high) / 2
        if sum_at(middle) < wanted:
            low = middle
        else:
            high = middle
    return high


def allocation(
    rule: str, baseline: float, growth: float, target: float, moves: float = 1.0
) -> float:
    """Return baseline x (1 + g) x (1 + k) of one row of a published table."""
    if rule in BEFORE_GROWTH:
        k = BEFORE_GROWTH[rule](baseline / target - 1)
    else:
        k = AFTER_GROWTH[rule](baseline * (1 + growth) / target - 1)
    return baseline * (1 + growth) * (1 + k * moves)


def ccg_floors(
    opening: list[float], target: list[float], even: float, people_growth: list[float]
) -> list[float]:
    """Return the least money of each place under the rule of 2018/19.

    Reading (`growth_floor`, `floors_of`): distance after growth is measured at the even growth of
    the envelope; growth a head is guaranteed as far as the whole of the cash growth is, to 5 %.
    """
    least = []
    for place, was in enumerate(opening):
        d = was * (1 + even) / target[place] - 1
        if d <= 0.05 + 1e-12:
            share = 1.0
        elif d < 0.10:
            share = (0.10 - d) / 0.05
        else:
            share = 0.0
        growth = 0.0208 * share
        if share == 1.0:
            growth = max(growth, 1.0136 * (1 + people_growth[place]) - 1)
        least.append(max(was * (1 + growth), 0.95 * target[place]))
    return least


def closed(
    rule: str,
    opening: list[float],
    weighted: list[float],
    envelope: float,
    moves: float = 1.0,
    people_growth: list[float] | None = None,
    bounds: list[tuple[float, float]] | None = None,
) -> list[float] | None:
    """Share an envelope under a rule; None where least or most growth cannot be had."""
    goal = targets(envelope, weighted)
    even = envelope / sum(opening) - 1
    everyone = range(len(opening))
    if rule in BEFORE_GROWTH:
        # reading (`share_envelope`): the prior year's target is the opening total shared by need
        before = targets(sum(opening), weighted)
        k = [moves * BEFORE_GROWTH[rule](opening[i] / before[i] - 1) for i in everyone]

        def money(g: float) -> list[float]:
            return [opening[i] * (1 + g) * (1 + k[i]) for i in everyone]

    elif rule in AFTER_GROWTH:

        def money(g: float) -> list[float]:
            return [allocation(rule, opening[i], g, goal[i], moves) for i in everyone]

    elif rule == "none":
        return [share * (1 + even) for share in opening]
    else:
        # reading (`share_envelope`): what does not move grows with the envelope
        best: list[float] | None
        if rule == "full":
            best = goal
        elif rule == "lp":
            best = nearest(opening, goal, envelope, bounds or [(-1.0, 1e9)] * len(opening))
        else:
            return _lifted(opening, goal, envelope, moves, people_growth or [0.0] * len(opening))
        if best is None:
            return None
        return [moves * best[i] + (1 - moves) * opening[i] * (1 + even) for i in everyone]
    growth = root(lambda g: sum(money(g)), envelope, -0.99, 2 * abs(even) + 1.0)
    return money(growth)


def _lifted(
    opening: list[float],
    goal: list[float],
    envelope: float,
    moves: float,
    people_growth: list[float],
) -> list[float] | None:
    """Reading (source of the rule's row): the rest lifts places evenly, none past target."""
    floor = ccg_floors(opening, goal, envelope / sum(opening) - 1, people_growth)
    if sum(floor) > envelope * (1 + 1e-12):
        return None
    everyone = range(len(opening))

    def money(g: float) -> list[float]:
        return [
            moves * max(floor[i], min(opening[i] * (1 + g), goal[i]))
            + (1 - moves) * opening[i] * (1 + g)
            for i in everyone
        ]

    most = max(max(goal[i], floor[i]) / opening[i] for i in everyone)
    return money(root(lambda g: sum(money(g)), envelope, -1.0, most + 1.0))


def nearest(
    opening: list[float], goal: list[float], envelope: float, bounds: list[tuple[float, float]]
) -> list[float] | None:
    """Return the budgets whose largest distance from target is least, then the next, and so on.

    All places that no bound stops stand at one distance: were two apart, money moved from the
    higher to the lower would bring the further one nearer.
    """
    low = [opening[i] * (1 + bounds[i][0]) for i in range(len(opening))]
    high = [opening[i] * (1 + bounds[i][1]) for i in range(len(opening))]
    if sum(low) > envelope * (1 + 1e-12) or sum(high) < envelope * (1 - 1e-12):
        return None

    def money(distance: float) -> list[float]:
        return [min(max(goal[i] * (1 + distance), low[i]), high[i]) for i in range(len(opening))]

    far = max(high[i] / goal[i] for i in range(len(opening)))
    return money(root(lambda d: sum(money(d)), envelope, -1.0, far))


# Several years.


@dataclass(frozen=True)
class Year:
    """One stream in one year, a list of places each."""

    opening: list[float]
    target: list[float]
    budget: list[float]
    envelope: list[float]
    need: list[float]
    pace: list[float]


def grown_people(
    people: list[float], added: float, shares: list[float | None], years: int
) -> list[float]:
    """Return the growth of each place: named shares of the people added, the rest by population."""
    rest = sum(n for n, share in zip(people, shares, strict=True) if share is None)
    left = 1 - sum(share for share in shares if share is not None)
    out = []
    for n, share in zip(people, shares, strict=True):
        part = left * n / rest if share is None else share
        out.append(1 + added * years * part / n)
    return out


def shares_that_move(published: list[float | None], otherwise: float) -> list[float]:
    """Return the share of each year: the last that is published, else that of the scenario."""
    found: list[float] = []
    for share in published:
        before = found[-1] if found else otherwise
        found.append(before if share is None else share)
    return found


def over_years(
    rules: list[str],
    opening: list[float],
    weighted: list[list[float]],
    people: list[list[float]],
    envelopes: list[float],
    moves: list[float],
) -> list[Year] | None:
    """Share a stream year after year: last year's budget is this year's opening.

    Reading (`_one_year`): envelope is the even growth; pace what the rule does at last year's
    need; need what this year's need does on top. In the first year there is no need before.
    """
    found: list[Year] = []
    for t, (rule, envelope) in enumerate(zip(rules, envelopes, strict=True)):
        was = found[-1].budget if found else opening
        last = weighted[t - 1] if t else weighted[0]
        growth = [
            now / then - 1 for now, then in zip(people[t], people[max(t - 1, 0)], strict=True)
        ]
        now = closed(rule, was, weighted[t], envelope, moves[t], growth)
        old = closed(rule, was, last, envelope, moves[t], growth)
        if now is None or old is None:
            return None
        even = [x * envelope / sum(was) for x in was]
        found.append(
            Year(
                was,
                targets(envelope, weighted[t]),
                now,
                [e - x for e, x in zip(even, was, strict=True)],
                [n - o for n, o in zip(now, old, strict=True)],
                [o - e for o, e in zip(old, even, strict=True)],
            )
        )
    return found
