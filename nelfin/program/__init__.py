"""Linear and integer programs: the one package that talks to PuLP and its solvers."""

from nelfin.program.form import (
    HAS_PLAN,
    Program,
    Row,
    RowName,
    Sense,
    Solution,
    SolverName,
    Status,
    filled,
)
from nelfin.program.solvers import LoadedProgram, solve

__all__ = [
    "HAS_PLAN",
    "LoadedProgram",
    "Program",
    "Row",
    "RowName",
    "Sense",
    "Solution",
    "SolverName",
    "Status",
    "filled",
    "solve",
]
