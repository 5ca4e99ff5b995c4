"""Capital: building, solving, sweeping budgets, and 42 systems at once."""

from __future__ import annotations

import resource
import sys
import warnings
from dataclasses import replace
from typing import Any

import highspy
import numpy as np
import pulp
import pytest
from conftest import SETTINGS, Size, copies

from nelfin import program as lp
from nelfin.data import Inputs
from nelfin.models.capital import Settings, solve_systems
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.checked import check_capital
from nelfin.models.capital.solving import solve_case, solve_program
from nelfin.models.capital.stress import budget_curve


def peak_mb() -> float:
    """Return the most memory this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


# Building


def ours(program: lp.Program) -> Any:
    return lp.LoadedProgram(program, relax=True)


def plain_pulp(program: lp.Program) -> Any:
    """Build as PuLP's own guide does: variables, sums, constraints."""
    problem = pulp.LpProblem("plain", pulp.LpMaximize)
    columns = [
        problem.add_variable(f"x{at}", low, high)
        for at, (low, high) in enumerate(zip(program.low, program.high, strict=True))
    ]
    problem.setObjective(
        pulp.lpSum(v * column for v, column in zip(program.value, columns, strict=True))
    )
    for at, row in enumerate(program.rows):
        total = pulp.lpSum(v * columns[j] for j, v in row.terms)
        made = {"<=": total <= row.bound, ">=": total >= row.bound, "==": total == row.bound}
        problem.addConstraint(made[row.sense], f"r{at}")
    solver = pulp.HiGHS(msg=False)
    solver.createAndConfigureSolver(problem)
    solver.buildSolverModel(problem)
    return problem


def direct(program: lp.Program) -> Any:
    """Pass the matrix to HiGHS whole, without PuLP."""
    highs, model = highspy.Highs(), highspy.HighsLp()
    highs.setOptionValue("output_flag", False)
    model.num_col_, model.num_row_ = len(program.value), len(program.rows)
    model.col_cost_ = -np.array(program.value)
    model.col_lower_ = np.array(program.low)
    model.col_upper_ = np.array([np.inf if high is None else high for high in program.high])
    bounds = np.array([row.bound for row in program.rows])
    senses = np.array([row.sense for row in program.rows])
    model.row_lower_ = np.where(senses == "<=", -np.inf, bounds)
    model.row_upper_ = np.where(senses == ">=", np.inf, bounds)
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.cumsum([0, *(len(row.terms) for row in program.rows)], dtype=np.int32)
    matrix.index_ = np.array([j for row in program.rows for j, _ in row.terms], dtype=np.int32)
    matrix.value_ = np.array([v for row in program.rows for _, v in row.terms])
    highs.passModel(model)
    return highs


@pytest.mark.parametrize("way", [direct, ours, plain_pulp], ids=["direct", "ours", "plain PuLP"])
def test_build(benchmark: Any, size: Size, way: Any, smoke: bool) -> None:
    benchmark.group = f"build {size.schemes:,} schemes"
    benchmark.extra_info["columns"] = len(size.case.program.value)
    benchmark.extra_info["size"] = size.schemes
    benchmark.pedantic(way, (size.case.program,), rounds=1 if smoke else 9, warmup_rounds=1)


# Solving the embedded pipeline


@pytest.fixture(scope="module")
def pipeline(inputs: Inputs) -> Case:
    return case_of(check_capital(inputs.projects, inputs.capital_limits, Settings(**SETTINGS)))


def plain_solve(case: Case, solver: Any) -> float:
    """Solve by plain PuLP, and return the gap against the relaxation."""
    problem = plain_pulp(case.program)
    for variable in problem.variables():
        variable.cat = pulp.LpInteger
    problem.solve(solver)
    worth = float(pulp.value(problem.objective))
    return (lp.solve(case.program, relax=True).objective - worth) / worth


@pytest.mark.parametrize("gap", [0.5, 0.2])
def test_solve_ours(benchmark: Any, pipeline: Case, gap: float, smoke: bool) -> None:
    gap = 5.0 if smoke else gap
    benchmark.group = f"solve 332 schemes to {gap:g} %"
    case = replace(pipeline, settings=replace(pipeline.settings, gap_pct=gap, time_limit_s=120.0))
    plan = benchmark.pedantic(solve_case, (case,), rounds=1 if smoke else 3)
    benchmark.extra_info["gap_pct"] = round(100 * plan.solve.gap, 3)
    benchmark.extra_info["status"] = plan.solve.status


@pytest.mark.parametrize("name", ["HiGHS", "CBC"])
@pytest.mark.parametrize("gap", [0.5, 0.2])
def test_solve_plain(benchmark: Any, pipeline: Case, gap: float, name: str, smoke: bool) -> None:
    gap = 5.0 if smoke else gap
    benchmark.group = f"solve 332 schemes to {gap:g} %"
    kind = pulp.HiGHS if name == "HiGHS" else pulp.PULP_CBC_CMD
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # CBC leaves PuLP with its version 4
        solver = kind(msg=False, gapRel=gap / 100, timeLimit=60)
    found = benchmark.pedantic(plain_solve, (pipeline, solver), rounds=1)
    benchmark.extra_info["gap_pct"] = round(100 * found, 3)


# Sizes


@pytest.mark.parametrize("count", [1, 3, 10, 42])
def test_relaxation_of(benchmark: Any, inputs: Inputs, count: int, smoke: bool) -> None:
    """One program under one limit, built and relaxed: how cost grows with the schemes."""
    benchmark.group = "relaxation by size"
    count = 1 if smoke else count
    projects, _ = copies(inputs, count)
    limits = inputs.capital_limits.assign(limit_gbp_m=inputs.capital_limits["limit_gbp_m"] * count)
    case = case_of(check_capital(projects, limits, Settings(**SETTINGS, relax=True)))
    benchmark.pedantic(solve_program, (case,), rounds=1 if smoke or count > 3 else 3)
    benchmark.extra_info["size"] = len(projects)


@pytest.mark.parametrize("count", [1, 10, 42])
def test_whole_plan_of(benchmark: Any, inputs: Inputs, count: int, smoke: bool) -> None:
    """Whole schemes within 0.5 % of the best, under one limit."""
    benchmark.group = "whole plan to 0.5 % by size"
    count = 1 if smoke else count
    projects, _ = copies(inputs, count)
    limits = inputs.capital_limits.assign(limit_gbp_m=inputs.capital_limits["limit_gbp_m"] * count)
    settings = Settings(**SETTINGS, gap_pct=5.0 if smoke else 0.5, time_limit_s=120.0)
    plan = benchmark.pedantic(
        solve_case, (case_of(check_capital(projects, limits, settings)),), rounds=1
    )
    benchmark.extra_info["size"] = len(projects)
    benchmark.extra_info["gap_pct"] = round(100 * plan.solve.gap, 3)
    benchmark.extra_info["status"] = plan.solve.status


# Budgets


def test_relaxation_cold(benchmark: Any, pipeline: Case, smoke: bool) -> None:
    benchmark.group = "budgets of the relaxation"
    benchmark.pedantic(
        lp.solve, (pipeline.program,), {"relax": True}, rounds=1 if smoke else 9, warmup_rounds=1
    )


def test_relaxation_at_100_budgets(benchmark: Any, pipeline: Case, smoke: bool) -> None:
    benchmark.group = "budgets of the relaxation"
    curve = benchmark.pedantic(budget_curve, (pipeline,), rounds=1 if smoke else 3)
    benchmark.extra_info["budgets"] = len(curve)


# 42 systems


def test_42_systems_relaxed(benchmark: Any, inputs: Inputs, smoke: bool) -> None:
    benchmark.group = "42 systems relaxed"
    projects, limits = copies(inputs, 2 if smoke else 42)
    settings = SETTINGS | {"relax": True}
    found = benchmark.pedantic(solve_systems, (projects, limits), settings, rounds=1)
    benchmark.extra_info["schemes"] = len(projects)
    benchmark.extra_info["peak_mb"] = round(peak_mb())
    assert (found.solve["status"] == "optimal").all()


def test_42_systems_in_one_program(benchmark: Any, inputs: Inputs, smoke: bool) -> None:
    """Under one limit for all: nothing to take apart."""
    benchmark.group = "42 systems relaxed"
    count = 2 if smoke else 42
    projects, _ = copies(inputs, count)
    limits = inputs.capital_limits.assign(limit_gbp_m=inputs.capital_limits["limit_gbp_m"] * count)
    settings = Settings(**SETTINGS, relax=True)
    benchmark.pedantic(
        lambda: solve_program(case_of(check_capital(projects, limits, settings))), rounds=1
    )
    benchmark.extra_info["schemes"] = len(projects)
    benchmark.extra_info["peak_mb"] = round(peak_mb())
