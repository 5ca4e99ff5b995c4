"""Linear and integer programs: the one room that talks to PuLP and its solvers."""

from nelfin.program.form import HAS_PLAN, Program, Row, Solution, SolverName, Status, filled
from nelfin.program.solvers import Kept, solve

__all__ = [
    "HAS_PLAN",
    "Kept",
    "Program",
    "Row",
    "Solution",
    "SolverName",
    "Status",
    "filled",
    "solve",
]
