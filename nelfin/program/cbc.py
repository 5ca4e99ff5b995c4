"""Programs solved by CBC: PuLP writes and reads its files, and its own log tells what is proven."""

from __future__ import annotations

import re
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pulp

from nelfin.errors import SolverError
from nelfin.program.built import build, unit_of
from nelfin.program.form import HAS_PLAN, Program, Solution, Status, solution_of, without_plan
from nelfin.program.watch import Watch, attended

FRACTION = 1e-5
"""How far from a whole number a value may be: CBC itself allows a millionth."""


def solve_by_cbc(
    program: Program,
    relax: bool = False,
    gap: float = 0.0,
    time_limit: float | None = None,
    watch: Watch | None = None,
) -> Solution:
    """Maximise a program by CBC.

    Parameters
    ----------
    program, relax, gap, time_limit, watch
        As for `solve`.

    Raises
    ------
    SolverError
        If CBC is not there, or fails.
    """
    watch, start = watch or Watch(), time.perf_counter()
    whole = not relax and any(program.whole)
    # CBC measures its gap against its bound, which is the larger
    options: dict[str, Any] = {"gapRel": gap / (1 + gap)} if whole else {}
    left = min(watch.left(), np.inf if time_limit is None else time_limit)
    if np.isfinite(left):
        options |= {"timeLimit": round(left, 3), "timeMode": "elapsed"}
    problem, columns = build(program, relax, exact=not whole)
    try:
        # CBC's preprocessing has lost the best plan of small programs; without it CBC is right,
        # but stops with an error where no whole-number plan exists
        log = _run(problem, options, ["increment 1e-9", "preprocess off"], watch)
    except pulp.PulpSolverError:
        try:
            log = _run(problem, options, ["increment 1e-9"], watch)
        except pulp.PulpSolverError as error:
            raise SolverError(f"The solver cbc failed: {error}") from error
    seconds, status = time.perf_counter() - start, _status(problem)
    if log is None or status not in HAS_PLAN:
        status = "no plan found" if log is None else status
        return without_plan(status, len(columns), seconds)
    values = np.array([column.varValue or 0.0 for column in columns])
    duals = np.array([row.pi or 0.0 for row in problem.constraints()]) * unit_of(program, relax)
    if whole:
        kept = values[np.asarray(program.whole)]
        # stopped at the wrong moment it writes the relaxation, and calls it what it likes
        if (np.abs(kept - np.round(kept)) > FRACTION).any():
            return without_plan("no plan found", len(columns), seconds)
        if status == "optimal" and "Partial search" in log:
            status = "stopped"
    bound = _proven(log) * unit_of(program, relax)
    if np.isnan(bound) and status == "optimal":  # found without a search: within the gap
        bound = float(np.dot(program.value, np.round(values))) if whole else np.nan
        bound += gap * abs(bound)
    return solution_of(program, status, values, duals, whole, bound, seconds)


def _run(problem: Any, options: dict[str, Any], more: list[str], watch: Watch) -> str | None:
    """Let CBC solve a problem, and return its log; None if it does not end when it is to.

    CBC runs in a process of its own, which hears Ctrl-C in a terminal by itself, and ends with the
    plan that it has.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # PuLP 3 brings CBC along and warns that PuLP 4 will not; pyproject holds PuLP below 4
        warnings.simplefilter("ignore", DeprecationWarning)
        log = Path(folder, "log")
        solver = pulp.PULP_CBC_CMD(msg=False, logPath=str(log), options=more, **options)
        # it tells nothing on its way
        done = attended(lambda: problem.solve(solver), watch, lambda: watch.tell(np.nan, np.nan))
        return None if done is None else log.read_text(encoding="utf-8", errors="replace")


def _status(problem: Any) -> Status:
    if problem.status == pulp.LpStatusInfeasible:
        return "infeasible"  # of whole numbers CBC says so here, and nothing of the solution
    solved = {
        pulp.LpSolutionOptimal: "optimal",
        pulp.LpSolutionIntegerFeasible: "stopped",
        pulp.LpSolutionInfeasible: "infeasible",
        pulp.LpSolutionUnbounded: "unbounded",
    }
    return solved.get(problem.sol_status, "no plan found")  # type: ignore[return-value]


NUMBER = r"(-?[\d.]+(?:e[+-]?\d+)?)"


def _proven(log: str) -> float:
    """Return what CBC's log proves no plan to be worth more than, as CBC counts; NaN if nothing.

    It searches twice, and only what the last search says counts. A figure of the log has eight
    digits, so that a bound is taken a little higher.

    Parameters
    ----------
    log
        All that CBC printed.
    """
    worth = rf"best objective {NUMBER}(?: \(best possible {NUMBER}\))?"
    ends = re.findall(rf"(Search completed|Partial search) - {worth}", log)
    if not ends:
        return float("nan")
    how, worth, possible = ends[-1]
    if how == "Partial search":
        bound = -float(possible) if possible else float("nan")
    else:
        # it calls a search complete as well where it stopped within its gap
        gaps = re.findall(rf"Exiting as integer gap of {NUMBER}", log)
        bound = -float(worth) + max(map(float, gaps), default=0.0)
        if not gaps:
            return bound
    return bound + 1e-7 * abs(bound)
