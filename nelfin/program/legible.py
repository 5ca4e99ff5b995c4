"""A program as a PuLP problem whose names can be read, to be added to, and back again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pulp

from nelfin.program.form import POUND, Program, Row, RowName, Sense

LONGEST = 90
"""Letters of a name: PuLP writes no file with more than 100."""

SENSES: dict[Sense, int] = {
    "<=": pulp.LpConstraintLE,
    ">=": pulp.LpConstraintGE,
    "==": pulp.LpConstraintEQ,
}
OWN = "own"
"""Kind of the rows that are not the program's; their key is their name."""

CONSTANT = "constant"
"""Column that holds the constant of an objective, so that every worth counts it."""


@dataclass(frozen=True)
class Legible:
    """A program as PuLP has it.

    Parameters
    ----------
    problem
        To be maximised; it may be added to and changed.
    columns
        Its variables, in the order of the program's columns.
    rows
        Names of its constraints by the kind and key of the program's rows.
    given
        The program's rows by the name of their constraint.
    """

    problem: pulp.LpProblem
    columns: list[pulp.LpVariable]
    rows: dict[RowName, str]
    given: dict[str, Row]

    def row(self, name: RowName) -> pulp.LpConstraint | None:
        """Return a constraint as it now stands; None if it is gone.

        Parameters
        ----------
        name
            Kind and key of the row.
        """
        return self.problem.get_constraint_by_name(self.rows[name])


def plain_word(text: str) -> str:
    """Return a text in letters that every file of programs can hold.

    Parameters
    ----------
    text
        Such as the name of an organisation.

    Examples
    --------
    >>> plain_word("Barts Health"), plain_word("Å-1"), plain_word("2026/27")
    ('Barts_Health', 'A_1', '2026_27')
    """
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return re.sub(r"[^A-Za-z0-9_]", "_", bare)


def different(names: Iterable[str]) -> list[str]:
    """Return legal names, each its own: of two that would be alike the second gets a number.

    Parameters
    ----------
    names
        As they would be called.

    Examples
    --------
    >>> different(["A-1", "A_1", "A_1_2"])
    ['A_1', 'A_1_2', 'A_1_2_2']
    """
    taken: set[str] = set()
    found = []
    for name in names:
        word = plain_word(name)[:LONGEST]
        number, own = 1, word
        while own in taken:
            number += 1
            own = f"{word}_{number}"
        taken.add(own)
        found.append(own)
    return found


def legible(program: Program, title: str, columns: Sequence[str], rows: Sequence[str]) -> Legible:
    """Build a program in PuLP with names that can be read.

    Parameters
    ----------
    program
        Columns and rows.
    title
        Name of the problem.
    columns, rows
        What to call each column and row, all different.
    """
    problem = pulp.LpProblem(plain_word(title), pulp.LpMaximize)
    variables = [
        problem.add_variable(
            name,
            None if low == -np.inf else low,
            high,
            pulp.LpInteger if whole else pulp.LpContinuous,
        )
        for name, low, high, whole in zip(
            columns, program.low, program.high, program.whole, strict=True
        )
    ]
    problem.setObjective(pulp.LpAffineExpression(zip(variables, program.value, strict=True)))
    for name, row in zip(rows, program.rows, strict=True):
        terms = pulp.LpAffineExpression([(variables[c], factor) for c, factor in row.terms])
        problem.addConstraint(pulp.LpConstraint(terms, SENSES[row.sense], name, row.bound))
    names = {row.name: name for row, name in zip(program.rows, rows, strict=True)}
    return Legible(problem, variables, names, dict(zip(rows, program.rows, strict=True)))


def program_of(built: Legible) -> Program:
    """Return the program that a problem has become.

    Parameters
    ----------
    built
        From `legible`, added to and changed since.

    Returns
    -------
    Program
        The columns it was built of first, in their order; then those that were added. Rows that
        were added are of the kind `own`. Nothing added and changed gives the same program.
    """
    problem = built.problem
    objective = problem.objective
    added = _added(built)
    columns = [*built.columns, *added]
    number = {id(column): at for at, column in enumerate(columns)}
    worth = {} if objective is None else {number[id(v)]: float(f) for v, f in objective.items()}
    program = Program()
    for at, column in enumerate(columns):
        low = -np.inf if column.lowBound is None else column.lowBound
        program.column(worth.get(at, 0.0), low, column.upBound, column.cat == pulp.LpInteger)
    senses = {code: sign for sign, code in SENSES.items()}
    for row in problem.constraints():
        terms = tuple((number[id(column)], float(factor)) for column, factor in row.items())
        bound = -float(row.constant) + 0.0
        given = built.given.get(row.name, Row(OWN, row.name, (), "<=", 0.0, POUND))
        program.rows.append(replace(given, terms=terms, sense=senses[row.sense], bound=bound))
    constant = 0.0 if objective is None else float(objective.constant)
    if constant:
        program.column(constant, 1.0, 1.0)
    return program


def _added(built: Legible) -> list[pulp.LpVariable]:
    """Return the variables that were added, in the order in which rows and objective name them."""
    ours = {id(column) for column in built.columns}
    objective = built.problem.objective
    expressions = [*built.problem.constraints(), *([] if objective is None else [objective])]
    found = {
        id(column): column
        for expression in expressions
        for column in expression.keys()  # noqa: SIM118 of PuLP, not of a dict
        if id(column) not in ours
    }
    return list(found.values())


def maximises(problem: pulp.LpProblem) -> bool:
    """Say whether a problem is to be maximised.

    Parameters
    ----------
    problem
        As it now stands.
    """
    return bool(problem.sense == pulp.LpMaximize)


def write_problem(problem: pulp.LpProblem, path: Path) -> None:
    """Write a problem as a file that solvers read: MPS, or CPLEX's LP.

    Parameters
    ----------
    problem
        As it now stands.
    path
        Its ending says which: `.mps` or `.lp`.
    """
    problem.checkDuplicateVars()
    objective = problem.objective
    if objective is not None and objective.constant:
        # files of either kind have no place for a constant
        problem = problem.copy()
        one = problem.add_variable(CONSTANT, 1.0, 1.0)
        problem.setObjective(
            pulp.LpAffineExpression([*objective.items(), (one, objective.constant)])
        )
    if path.suffix.lower() == ".mps":
        # without its sense a reader would make the least of it
        problem.writeMPS(str(path), with_objsense=True)
    else:
        problem.writeLP(str(path))
