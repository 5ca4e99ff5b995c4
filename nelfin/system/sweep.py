"""Many cases of one scenario: every combination of some settings, on any number of processes.

A case that has no answer is a row with its error, not a dead sweep. Batches are kept in a folder as
they come, so that a sweep which is stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from nelfin.data import load_inputs
from nelfin.data.load import input_hashes
from nelfin.errors import InputError, NelfinError, Problems, WorkerError
from nelfin.models.capital import CapitalPlan
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed, field_of
from nelfin.store.sweeps import RESULTS, Sweep, SweepFolder
from nelfin.system.capital import solve_capital
from nelfin.system.joint import Joint
from nelfin.system.recompute import Outcome, outcome_of, recompute
from nelfin.system.rests_on import touches

BATCH = 8
"""Cases handed out together at the least: what they share travels once."""

MOST = 1_000_000
"""Cases of one sweep at the most."""

BATCHES, MOST_IN_BATCH = 1024, 256
"""Batches that are aimed at, and cases in one of them at the most."""

AHEAD = 512
"""Batches handed out ahead of their answers at the most."""

Progress = Callable[[int, int], None]
"""Told how many cases are done, and of how many."""


@dataclass(frozen=True)
class Job:
    """A batch of cases, and what they share."""

    scenario: Scenario
    plan: CapitalPlan | None
    cases: list[tuple[int, dict[str, Any]]]


def cases_of(scenario: Scenario, vary: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return every combination of values.

    Parameters
    ----------
    scenario
        The scenario.
    vary
        Values by dotted key.

    Returns
    -------
    pandas.DataFrame
        A row a case: `case`, counted from 0, and a column a setting.

    Raises
    ------
    InputError
        If a key is not a setting, has no values, or one it may not have; with every problem.
    """
    problems = Problems()
    for key, values in vary.items():
        try:
            field_of(scenario, key, "--vary")
        except InputError as error:
            problems.extend(error)
            continue
        if not len(values):
            problems.add(f"--vary {key}", "has no values.", "Give one or more.")
        for value in values:
            try:
                changed(scenario, {key: value})
            except InputError as error:
                problems.extend(error)
    if not vary:
        problems.add("sweep", "varies nothing.", "Name a setting and its values.")
    problems.raise_if_any()
    count = 1
    for values in vary.values():
        count *= len(values)
    if count > MOST:
        raise InputError.one("sweep", f"has {count:,} cases.", f"Ask for {MOST:,} at the most.")
    frame = pd.DataFrame(list(itertools.product(*vary.values())), columns=list(vary))
    return frame.rename_axis("case").reset_index()


def sweep(
    scenario: Scenario,
    vary: Mapping[str, Sequence[Any]],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run the joint model for every combination of some settings.

    Parameters
    ----------
    scenario
        The scenario; every setting not varied stays.
    vary
        Values by dotted key.
    executor
        Where to run: any executor of `concurrent.futures`, or a Dask client's
        (`client.get_executor()`). None runs here, one after another. The table is the same.
    progress
        Told of every batch that is done.

    Returns
    -------
    pandas.DataFrame
        Tidy: a column a varied setting, then `case, measure, of, year, value, unit, error`. A case
        without an answer has one row, with its error.

    Raises
    ------
    InputError
        If a key or a value is wrong.
    WorkerError
        If a worker died.
    """
    cases = cases_of(scenario, vary)
    jobs = Jobs(scenario, cases)
    tables: dict[int, pd.DataFrame] = {}
    _run(jobs, range(jobs.count), executor, progress, tables.__setitem__)
    results = pd.concat([tables[at] for at in range(jobs.count)], ignore_index=True)
    return cases.merge(results, on="case", validate="one_to_many")


def sweep_to(
    folder: str | Path,
    scenario: Scenario,
    vary: Mapping[str, Sequence[Any]],
    executor: Executor | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Sweep:
    """Run a sweep and keep it in a folder, batch by batch: memory does not grow with the cases.

    Parameters
    ----------
    folder
        Folder of the sweep, new or empty.
    resume
        Go on with a sweep that was stopped there.
    scenario, vary, executor, progress
        As for `sweep`.

    Returns
    -------
    Sweep
        The results in the folder, read when asked for.

    Raises
    ------
    InputError
        If a key or a value is wrong, or the folder holds another sweep.
    WorkerError
        If a worker died: what is done is kept.
    """
    cases = cases_of(scenario, vary)
    jobs = Jobs(scenario, cases)
    about = {
        "name": scenario.name,
        "vary": {key: len(values) for key, values in vary.items()},
        "scenario": _digest(scenario.model_dump_json(by_alias=True)),
        "inputs": input_hashes(scenario),
        "digest": _digest(cases.to_csv(index=False)),
        "batch": jobs.batch,
    }
    batches = SweepFolder(Path(folder), cases, about, resume)
    waiting = [at for at in range(jobs.count) if not batches.has(at)]
    _run(jobs, waiting, executor, progress, batches.put)
    return batches.finish()


class Jobs:
    """The batches of a sweep, made when asked for; every one has the same plan.

    Parameters
    ----------
    scenario
        The scenario.
    cases
        From `cases_of`.
    """

    def __init__(self, scenario: Scenario, cases: pd.DataFrame) -> None:
        self.scenario, self.cases = scenario, cases
        self.keys = [key for key in cases.columns if key != "case"]
        self.batch = min(max(BATCH, len(cases) // BATCHES), MOST_IN_BATCH)

    @property
    def count(self) -> int:
        """How many batches there are."""
        return math.ceil(len(self.cases) / self.batch)

    def size(self, at: int) -> int:
        """Return how many cases a batch has.

        Parameters
        ----------
        at
            Number of the batch, from 0.
        """
        return min(self.batch, len(self.cases) - at * self.batch)

    @cached_property
    def plan(self) -> CapitalPlan | None:
        """The capital plan, if no case changes what it rests on."""
        if touches("capital", self.keys, self.scenario.capital.feedback):
            return None
        return solve_capital(self.scenario, load_inputs(self.scenario))

    def job(self, at: int) -> Job:
        """Make a batch.

        Parameters
        ----------
        at
            Number of the batch, from 0.
        """
        rows = self.cases.iloc[at * self.batch : (at + 1) * self.batch].to_dict("records")
        cases = [(int(row["case"]), {key: row[key] for key in self.keys}) for row in rows]
        return Job(self.scenario, self.plan, cases)


def _run(
    jobs: Jobs,
    waiting: Sequence[int],
    executor: Executor | None,
    progress: Progress | None,
    keep: Callable[[int, pd.DataFrame], None],
) -> None:
    """Run the batches that wait, and keep each as it is done."""
    total = len(jobs.cases)
    done = total - sum(jobs.size(at) for at in waiting)
    if progress is not None:
        progress(done, total)
    for at, table in _answers(jobs, waiting, executor):
        keep(at, table)
        done += jobs.size(at)
        if progress is not None:
            progress(done, total)


def _answers(
    jobs: Jobs, waiting: Sequence[int], executor: Executor | None
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield batches as they are done; those not begun are called off if the caller stops."""
    if executor is None:
        for at in waiting:
            yield at, run_batch(jobs.job(at))
        return
    left = iter(waiting)
    futures: dict[Future[pd.DataFrame], int] = {}
    try:
        while True:
            # no more at once than workers can be waiting for, so that memory stays flat
            for at in itertools.islice(left, _most_waiting(executor) - len(futures)):
                futures[executor.submit(run_batch, jobs.job(at))] = at
            if not futures:
                return
            for future in wait(futures, return_when=FIRST_COMPLETED).done:
                at = futures.pop(future)
                yield at, future.result()
    except Exception as error:
        if isinstance(error, BrokenExecutor | CancelledError) or _of_cluster(error):
            raise WorkerError(
                f"A worker died ({type(error).__name__}: {error}). What is done is kept where the "
                "sweep has a folder: go on with --resume, with fewer --jobs if memory ran out."
            ) from error
        raise
    finally:
        for future in futures:
            future.cancel()


def _most_waiting(executor: Executor) -> int:
    """Return how many batches may be handed out at once: to processes no more than they are.

    A batch that waits for a process stands half written in a pipe. If a process dies then, Python
    before 3.11.5 waits for ever for somebody to read the rest.
    """
    workers = getattr(executor, "_max_workers", AHEAD)
    return min(AHEAD, workers) if isinstance(executor, ProcessPoolExecutor) else AHEAD


def _of_cluster(error: Exception) -> bool:
    return type(error).__module__.startswith("distributed")


def run_batch(job: Job) -> pd.DataFrame:
    """Run a batch of cases; an error of a case is a row of it.

    What one case has worked out stands for the next where it would come out the same.

    Parameters
    ----------
    job
        The batch.

    Returns
    -------
    pandas.DataFrame
        `case, measure, of, year, value, unit, error`.
    """
    parts = []
    last: Outcome | None = None
    for case, settings in job.cases:
        try:
            scenario = changed(job.scenario, settings)
            if last is None:
                last = outcome_of(scenario, plan=job.plan)
            else:
                last = recompute(last, scenario)
            parts.append(_rows(case, last.joint))
        except Exception as error:  # one case must not cost the others
            why = str(error) if isinstance(error, NelfinError) else f"fault of ours: {error!r}"
            row = [case, "", "", "", float("nan"), "", why]
            parts.append(pd.DataFrame([row], columns=RESULTS))
    return pd.concat(parts, ignore_index=True)


def _rows(case: int, joint: Joint) -> pd.DataFrame:
    """Return what a case found: system measures by year, and budgets by place and year."""
    budget = joint.budgets["budget"].sum("stream")
    found = [
        *(
            (name, "", array, array.attrs.get("units", ""))
            for name, array in joint.measures().items()
        ),
        *(
            ("budget", place, budget.sel(place=place), "£m")
            for place in joint.budgets["place"].to_numpy()
        ),
    ]
    rows = [
        [case, measure, of, year, value, unit, ""]
        for measure, of, array, unit in found
        for year, value in zip(array["year"].to_numpy(), array.to_numpy().tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=RESULTS)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
