"""Capital plans under uncertainty: frontier, budgets that move, costs that rise, what stays in.

Each function takes a `Case` (both tables checked, program built) and returns tables.
"""

from nelfin.models.capital.stress.aims import Aim
from nelfin.models.capital.stress.budgets import budget_curve, list_of, priority_list
from nelfin.models.capital.stress.chance import Chance, ChancePlan, safe_plan
from nelfin.models.capital.stress.core import core_index
from nelfin.models.capital.stress.costs import inflation, overrun, robust
from nelfin.models.capital.stress.for_all import plan_for_all
from nelfin.models.capital.stress.frontier import frontier, reached, second_measure, upper_frontier
from nelfin.models.capital.stress.futures import Future, futures_from, futures_of
from nelfin.models.capital.stress.overruns import Overruns, cost_factors, stays
from nelfin.models.capital.stress.queues import Queue, queue_of
from nelfin.models.capital.stress.slips import Slips, slips, slips_of, slips_table
from nelfin.models.capital.stress.together import FuturesAccount, FuturesPlan, plans_for

__all__ = [
    "Aim",
    "Chance",
    "ChancePlan",
    "Future",
    "FuturesAccount",
    "FuturesPlan",
    "Overruns",
    "Queue",
    "Slips",
    "budget_curve",
    "core_index",
    "cost_factors",
    "frontier",
    "futures_from",
    "futures_of",
    "inflation",
    "list_of",
    "overrun",
    "plan_for_all",
    "plans_for",
    "priority_list",
    "queue_of",
    "reached",
    "robust",
    "safe_plan",
    "second_measure",
    "slips",
    "slips_of",
    "slips_table",
    "stays",
    "upper_frontier",
]
