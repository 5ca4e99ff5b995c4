"""Linear and integer programs: the one package that talks to PuLP and its solvers."""

from nelfin.program.filling import filled, greedy
from nelfin.program.form import (
    HAS_PLAN,
    POUND,
    Program,
    Row,
    RowName,
    Sense,
    Solution,
    SolverName,
    Status,
    without_plan,
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
from nelfin.program.solvers import LoadedProgram, solve, trimmed
from nelfin.program.watch import Progress, Watch

__all__ = [
    "HAS_PLAN",
    "OWN",
    "POUND",
    "Legible",
    "LoadedProgram",
    "Program",
    "Progress",
    "Row",
    "RowName",
    "Sense",
    "Solution",
    "SolverName",
    "Status",
    "Watch",
    "different",
    "filled",
    "greedy",
    "legible",
    "maximises",
    "plain_word",
    "program_of",
    "solve",
    "trimmed",
    "without_plan",
    "write_problem",
]
