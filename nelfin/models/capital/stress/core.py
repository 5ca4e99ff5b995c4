"""The core of the plan: how often a scheme is in a good one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from nelfin.models.capital.case import Case
from nelfin.models.capital.solving import solve_program
from nelfin.models.capital.stress.variants import counted, funded, with_limits


def core_index(
    case: Case,
    draws: int = 30,
    benefit_pct: float = 20.0,
    cost_pct: float = 10.0,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how often each scheme is in a good plan when benefits and limits are uncertain.

    Each draw moves every scheme's benefit and every limit by a share of its own, even between plus
    and minus. A plan is found for each within the gap asked.

    Parameters
    ----------
    case
        The capital case.
    draws
        Plans to find.
    benefit_pct
        How far a benefit may move, either way.
    cost_pct
        How far the limits may move together, either way: costs that all rise or fall.
    seed
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        A row a scheme, the most certain first: `project_id, name, core_index` (share of the plans
        that fund it whole) and `verdict`: core (in all), borderline, or exterior (in none).

    Notes
    -----
    Method: the core index of robust portfolio modelling (Liesiö, Mild and Salo 2007), over drawn
    plans in place of all that are not dominated.
    """
    rng = np.random.default_rng(seed)
    ids = list(dict.fromkeys(start.scheme.id for start in case.starts))
    count = dict.fromkeys(case.projects["project_id"], 0)
    for _ in range(draws):
        factor = dict(zip(ids, 1 + benefit_pct / 100 * rng.uniform(-1, 1, len(ids)), strict=True))
        value = list(case.program.value)
        for start in case.starts:
            value[start.share_column] *= factor[start.scheme.id]
        moved = with_limits(case, 1 / (1 + cost_pct / 100 * rng.uniform(-1, 1)), firm_too=True)
        drawn = replace(moved, program=replace(moved.program, value=value))
        for start in funded(case, solve_program(drawn)[1], whole=True):
            count[start.scheme.id] += 1
    return counted(case, count, draws, "core_index")
