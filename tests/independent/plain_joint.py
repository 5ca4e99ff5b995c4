"""How the models hand on to each other, from the text of the methods alone: loops and floats.

Nothing of the library is called. Where the methods leave a choice, "reading:" names the docstring
that makes it.
"""

from __future__ import annotations


def changes(level: list[float]) -> list[float]:
    return [now - before for now, before in zip(level, [0.0, *level], strict=False)]


def place_income(
    budgets: dict[str, dict[str, list[float]]],
    serves: dict[tuple[str, str], float],
    before: list[dict[str, float]],
) -> dict[str, list[float]]:
    """Return what place budgets move between bodies in each year.

    Budgets are by stream and place; `before` is the income of each body in the year before. A
    stream that joins or leaves moves nobody: only those with money in both years count.

    Reading (`places_effect`): a body's income in a place grows as the place's share of the money
    does, and what is gained and lost adds up to nothing.
    """
    out: dict[str, list[float]] = {name: [] for name in before[0]}
    for t, income in enumerate(before):
        gained = dict.fromkeys(income, 0.0)
        both = [
            places
            for places in budgets.values()
            if t and all(sum(line[year] for line in places.values()) > 0 for year in (t - 1, t))
        ]
        for (name, place), share in serves.items():
            if both:
                moved = place_share(both, place, t) / place_share(both, place, t - 1) - 1
                gained[name] += income[name] * share * moved
        whole = sum(income.values())
        for name, gain in gained.items():
            out[name].append(gain - sum(gained.values()) * income[name] / whole)
    return out


def place_share(streams: list[dict[str, list[float]]], place: str, t: int) -> float:
    mine = sum(places[place][t] for places in streams)
    return mine / sum(line[t] for places in streams for line in places.values())


def next_limits(
    limits: list[float],
    reported: list[float],
    income: float,
    penalty: float,
    whole_at: float,
    bonus: float,
    fair: float,
) -> list[float]:
    """Return limits as the position of the year before moves them.

    Reading (`limits_after`): the whole penalty falls at a stated deficit, as a share of the
    first year's income, and in proportion below it; balance adds a share of the gap to the fair
    share.
    """
    out = [limits[0]]
    for limit, position in zip(limits[1:], reported, strict=False):
        if position < 0:
            depth = min(1.0, -position / (income * whole_at))
            out.append(limit - limit * penalty * depth)
        else:
            out.append(limit + bonus * max(0.0, fair - limit))
    return out
