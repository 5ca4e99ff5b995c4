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
from nelfin.program.legible import (
    OWN,
    Legible,
    different,
    legible,
    maximises,
    plain_word,
    program_of,
    write_problem,
)
from nelfin.program.solvers import LoadedProgram, solve

__all__ = [
    "HAS_PLAN",
    "OWN",
    "Legible",
    "LoadedProgram",
    "Program",
    "Row",
    "RowName",
    "Sense",
    "Solution",
    "SolverName",
    "Status",
    "different",
    "filled",
    "legible",
    "maximises",
    "plain_word",
    "program_of",
    "solve",
    "write_problem",
]
