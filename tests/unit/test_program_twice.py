"""HiGHS says "infeasible" of a smaller program that it made: the one as it stands has the word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nelfin import program as lp
from nelfin.program import solvers

pytestmark = pytest.mark.unit


def program_of(whole: bool) -> lp.Program:
    """Return two columns and rows whose amounts are of very different size; both at 1 keep them."""
    program = lp.Program()
    for value in (1.0, -1.0):
        program.column(value, 0.0, 1.0, whole)
    rows = [
        ([(1, -3e-06)], ">=", -3e-06),
        ([(0, 30.0), (1, -4e-08)], ">=", 29.99999996),
        ([(0, -7e-06), (1, -80.0)], "<=", -80.000007),
    ]
    for key, (terms, sense, bound) in enumerate(rows):
        program.row("row", key, terms, sense, bound)
    return program


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take down with what presolve each run is made."""
    made: list[str] = []
    run = solvers.LoadedProgram._run

    def noted(loaded: Any, *words: Any) -> bool:
        made.append(str(loaded._model.getOptionValue("presolve")[1]))
        return run(loaded, *words)

    monkeypatch.setattr(solvers.LoadedProgram, "_run", noted)
    return made


@pytest.mark.parametrize(("whole", "relax"), [(True, False), (True, True), (False, False)])
def test_a_plan_of_amounts_of_very_different_size_is_found(whole: bool, relax: bool) -> None:
    found = lp.solve(program_of(whole), relax=relax)
    assert found.status == "optimal"
    assert found.values == pytest.approx([1.0, 1.0], abs=1e-6)


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_called_infeasible_is_run_again_without_presolve(
    whole: bool, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status = solvers.LoadedProgram._status

    def hasty(loaded: Any) -> str:
        presolved = loaded._model.getOptionValue("presolve")[1] != "off" and len(runs) == 1
        return "infeasible" if presolved else status(loaded)

    monkeypatch.setattr(solvers.LoadedProgram, "_status", hasty)
    program = lp.Program()
    for value in (3.0, 2.0):
        program.column(value, 0.0, 1.0, whole)
    program.row("row", "a", [(0, 1.0), (1, 1.0)], "<=", 1.0)
    found = lp.solve(program)
    assert runs == ["choose", "off"]
    assert (found.status, found.objective) == ("optimal", pytest.approx(3.0))
    # the next run is as usual
    loaded = solvers.LoadedProgram(program)
    loaded.solve()
    loaded.solve()
    assert runs[2:] == ["choose", "choose"]


@pytest.mark.parametrize("whole", [True, False])
def test_what_has_no_plan_indeed_stays_infeasible(whole: bool, runs: list[str]) -> None:
    program = lp.Program()
    for _ in range(3):
        program.column(1.0, 0.0, 1.0, whole)
    every = [(column, 1.0) for column in range(3)]
    program.row("row", "a", every, ">=", 2.5)
    program.row("row", "b", every, "<=", 2.4)
    assert lp.solve(program).status == "infeasible"
    assert runs == ["choose", "off"]


def test_the_first_word_stands_where_there_is_no_time_for_another(runs: list[str]) -> None:
    program = lp.Program()
    column = program.column(1.0, 0.0, 1.0)
    program.row("row", "a", [(column, 1.0)], ">=", 2.0)
    watch = lp.Watch()
    loaded = solvers.LoadedProgram(program)
    run = loaded._run

    def last(*words: Any) -> bool:
        ended = run(*words)
        watch.stop()
        return ended

    loaded._run = last  # type: ignore[method-assign]
    found = loaded.solve(watch=watch)
    assert found.status == "infeasible"
    assert np.isnan(found.objective)
    assert runs == ["choose"]
