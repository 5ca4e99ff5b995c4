"""The price of capital confirmed: the relaxation solved again with more and less of each limit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nelfin import program as lp
from nelfin.data.tables import rows_of
from nelfin.models.capital.case import Case
from nelfin.models.capital.limits import key_of


def price_table(
    case: Case, limits: pd.DataFrame, relaxed: lp.Solution, watch: lp.Watch
) -> tuple[pd.DataFrame, bool]:
    """Set the price of each limit beside what £1m more and less of it really do.

    Parameters
    ----------
    case
        The capital case.
    limits
        A row a limit: `year, organisation, price_per_gbp_m`.
    relaxed
        The relaxation.
    watch
        The clock: prices are confirmed as long as there is time.

    Returns
    -------
    prices : pandas.DataFrame
        The limits with `gain_of_1m_more, loss_of_1m_less`; NaN where they are not known.
    confirmed : bool
        Whether there was time for all that was to be confirmed.
    """
    asked = case.settings.check_prices and case.settings.solver == "highs"
    moves, confirmed = _moves(case, relaxed, watch) if asked else ({}, True)
    keys = map(key_of, rows_of(limits))
    # a limit that no scheme uses has no row: more of it gains nothing
    unused = (0.0, 0.0) if asked and confirmed else (np.nan, np.nan)
    gains = [
        (np.nan, np.nan) if closed else moves.get(("limit", key), unused)
        for key, closed in zip(keys, limits["status"] == "closed", strict=True)
    ]
    columns: dict[str, Any] = {
        **{name: limits[name] for name in ("year", "organisation", "price_per_gbp_m")},
        "gain_of_1m_more": [gain for gain, _ in gains],
        "loss_of_1m_less": [loss for _, loss in gains],
    }
    if "money" in limits:
        columns["money"] = limits["money"]
    return pd.DataFrame(columns, index=limits.index), confirmed


def _moves(
    case: Case, relaxed: lp.Solution, watch: lp.Watch
) -> tuple[dict[lp.RowName, tuple[float, float]], bool]:
    """Return what more and less of each limit do to the relaxation, a £1m: a check of prices.

    A limit below £1m can only fall to nothing: what is lost is divided by what was taken. Where the
    time has run out there is no figure; whether there was time for all is returned as well.
    """
    if watch.over:
        return {}, False
    loaded = lp.LoadedProgram(case.program, relax=True)
    loaded.solve(watch=watch)
    moves: dict[lp.RowName, tuple[float, float]] = {}
    for row in case.program.rows_of("limit"):
        ends = []
        for step in (1.0, -min(row.bound, 1.0)):
            end = np.nan
            if step and not watch.over:
                loaded.set_bound(row.name, row.bound + step)
                again = loaded.solve(watch=watch)
                if again.has_plan:
                    end = (again.objective - relaxed.objective) / step + 0.0
                elif watch.over:
                    return moves, False
            elif step:
                return moves, False
            ends.append(end)
        loaded.set_bound(row.name, row.bound)
        moves[row.name] = (ends[0], ends[1])
    return moves, True
