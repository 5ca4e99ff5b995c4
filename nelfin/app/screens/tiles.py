"""The tiles that are always in view: what a finance director asks first."""

from __future__ import annotations

import math

from nelfin.app.screens.parts import Cases, Tile
from nelfin.app.seen import Seen
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions, percent, share_of_draws

DRAWING = "being drawn"


def tiles_of(cases: Cases) -> list[Tile]:
    """Return the tiles of a case beside those of the scenario as it stands.

    Parameters
    ----------
    cases
        The scenario as it stands, and with what is moved.
    """
    now, base = cases.now, cases.base
    return [
        _tile(make(now), make(base) if cases.moves else make(now))
        for make in (_balance, _underlying, _odds, _deficits, _furthest, _schemes)
    ]


def _tile(now: Tile, before: Tile) -> Tile:
    """Return a tile that tells the figure before, where it was another."""
    if (now.title, now.value, now.detail) == (before.title, before.value, before.detail):
        return now
    same_value = now.value == before.value
    told = before.detail if same_value else before.value
    if not same_value and before.title != now.title:
        told = f"{before.value} ({before.title.rpartition(', ')[2]})"
    return Tile(now.title, now.value, now.detail, told)


def _balance(seen: Seen) -> Tile:
    last = seen.years[-1]
    when = f"from {seen.balance_from}" if seen.balance_from else f"not by {last}"
    return Tile("Balance", when, f"Reported {last}: {millions(float(seen.reported[last]))}")


def _underlying(seen: Seen) -> Tile:
    last = seen.years[-1]
    when = f"from {seen.underlying_from}" if seen.underlying_from else f"not by {last}"
    detail = f"Underlying {last}: {millions(float(seen.underlying[last]))}"
    return Tile("Underlying balance", when, detail)


def _odds(seen: Seen) -> Tile:
    if words := seen.no_odds or seen.odds_fail:
        return Tile("Odds of balance", "none", words)
    year = seen.odds_year
    title = f"Odds of balance, {year}"
    if seen.odds is None:
        return Tile(title, DRAWING, "1,000 draws of the ranges.")
    return Tile(title, share_of_draws(seen.odds[year]), "Of 1,000 draws of the ranges.")


def _deficits(seen: Seen) -> Tile:
    last = seen.years[-1]
    names = seen.in_deficit(last)
    detail = ", ".join(short(name, 24) for name in names[:4]) or "None."
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    title = f"Organisations in deficit, {last}"
    return Tile(title, f"{len(names)} of {len(seen.bodies)}", f"{detail}{more}")


def _furthest(seen: Seen) -> Tile:
    year = seen.budget_year
    place, distance = seen.furthest_under(year)
    return Tile(f"Furthest under target, {year}", short(place, 28), f"{percent(distance)} from it")


def _schemes(seen: Seen) -> Tile:
    funded, every = seen.schemes
    limit, used = seen.limits_used
    detail = (
        f"{millions(used)} used of {millions(limit)}" if math.isfinite(limit) else millions(used)
    )
    return Tile("Schemes in the capital plan", f"{funded:,} of {every:,}", detail)
