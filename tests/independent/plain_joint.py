"""How the models hand on to each other, from the text of the methods alone: loops and floats.

Nothing of the library is called. Where the methods leave a choice, "reading:" names the docstring
that makes it.
"""

from __future__ import annotations


def changes(level: list[float]) -> list[float]:
    return [now - before for now, before in zip(level, [0.0, *level], strict=False)]


def place_income(
    budgets: dict[str, list[float]],
    serves: dict[tuple[str, str], float],
    turnover: dict[str, float],
) -> dict[str, list[float]]:
    """Return what place budgets move between organisations in each year.

    Reading (`income_by_place`): an organisation's income in a place grows as the place's share of
    the money does, and what is gained and lost adds up to nothing.
    """
    years = len(next(iter(budgets.values())))
    out: dict[str, list[float]] = {name: [] for name in turnover}
    for t in range(years):
        gained = dict.fromkeys(turnover, 0.0)
        for (name, place), share in serves.items():
            if t:
                now = budgets[place][t] / sum(line[t] for line in budgets.values())
                before = budgets[place][t - 1] / sum(line[t - 1] for line in budgets.values())
                gained[name] += turnover[name] * share * (now / before - 1)
        for name, gain in gained.items():
            part = turnover[name] / sum(turnover.values())
            out[name].append(gain - part * sum(gained.values()))
    return out


def next_limits(
    limits: list[float],
    reported: list[float],
    turnover: float,
    penalty: float,
    whole_at: float,
    bonus: float,
    fair: float,
) -> list[float]:
    """Return limits as the position of the year before moves them.

    Reading (`limits_after`): the whole penalty falls at a stated deficit, as a share of turnover,
    and in proportion below it; balance adds a share of the gap to the fair share.
    """
    out = [limits[0]]
    for limit, position in zip(limits[1:], reported, strict=False):
        if position < 0:
            depth = min(1.0, -position / (turnover * whole_at))
            out.append(limit - limit * penalty * depth)
        else:
            out.append(limit + bonus * max(0.0, fair - limit))
    return out
