"""Many cases of one scenario: every combination of some settings, on any number of processes.

A case that has no answer is a row with its error, not a dead sweep. Batches are kept in a folder as
they come, so that a sweep which is stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from nelfin import __version__
from nelfin.data import Inputs, load_inputs
from nelfin.errors import InputError, NelfinError, Problems
from nelfin.explain import CAPITAL
from nelfin.joint import Joint, join, solve_capital
from nelfin.models.capital import CapitalPlan
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed, field_of
from nelfin.writing import write_whole

BATCH = 8
"""Cases handed out together: what they share travels once."""

MOST = 1_000_000
"""Cases of one sweep at the most."""

COLUMNS = ["case", "measure", "of", "year", "value", "unit", "error"]

REMEDY = "Free space, or choose another folder; go on with --resume."

Progress = Callable[[int, int], None]
"""Told how many cases are done, and of how many."""


@dataclass(frozen=True)
class Job:
    """A batch of cases, and what they share."""

    scenario: Scenario
    plan: CapitalPlan | None
    cases: list[tuple[int, dict[str, Any]]]


def cases_of(scenario: Scenario, vary: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return every combination of values: a row a case, a column a setting.

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
    folder: str | Path | None = None,
    resume: bool = False,
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
    folder
        Where to keep batches as they come (Parquet).
    resume
        Go on with the batches that are in the folder.
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
        If a key or a value is wrong, or the folder holds another sweep.
    """
    cases = cases_of(scenario, vary)
    keys = list(vary)
    kept = Kept(Path(folder), scenario, cases, resume) if folder is not None else None
    jobs = list(_jobs(scenario, cases, keys))
    waiting = [at for at in range(len(jobs)) if kept is None or not kept.has(at)]
    done = len(cases) - sum(len(jobs[at].cases) for at in waiting)
    if progress is not None:
        progress(done, len(cases))
    found: dict[int, pd.DataFrame] = {}
    for at, table in _answers(jobs, waiting, executor):
        if kept is None:
            found[at] = table
        else:
            kept.put(at, table)
        done += len(jobs[at].cases)
        if progress is not None:
            progress(done, len(cases))
    tables = [found[at] if kept is None else kept.get(at) for at in range(len(jobs))]
    results = pd.concat(tables, ignore_index=True)
    return cases.merge(results, on="case", validate="one_to_many")


def _jobs(scenario: Scenario, cases: pd.DataFrame, keys: list[str]) -> Iterator[Job]:
    plan = None
    if not any(key.startswith(CAPITAL) for key in keys) and not scenario.capital.feedback:
        plan = solve_capital(scenario, load_inputs(scenario))
    rows = [(int(row["case"]), {key: row[key] for key in keys}) for row in cases.to_dict("records")]
    for begin in range(0, len(rows), BATCH):
        yield Job(scenario, plan, rows[begin : begin + BATCH])


def _answers(
    jobs: list[Job], waiting: list[int], executor: Executor | None
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield batches as they are done; those not begun are called off if the caller stops."""
    if executor is None:
        for at in waiting:
            yield at, run_batch(jobs[at])
        return
    futures: dict[Future[pd.DataFrame], int] = {
        executor.submit(run_batch, jobs[at]): at for at in waiting
    }
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()


READS = {"data", "years", "allocation", "envelope", "prevention", "capital"}
"""Sections that the tables are checked against."""


def run_batch(job: Job) -> pd.DataFrame:
    """Run a batch of cases; an error of a case is a row of it."""
    parts = []
    tables: dict[str, Inputs] = {}
    for case, settings in job.cases:
        try:
            mine = changed(job.scenario, settings)
            read = mine.model_dump_json(by_alias=True, include=READS)
            if read not in tables:
                tables = {read: load_inputs(mine)}
            parts.append(_rows(case, join(mine, tables[read], job.plan)))
        except NelfinError as error:
            row = [case, "", "", "", float("nan"), "", str(error)]
            parts.append(pd.DataFrame([row], columns=COLUMNS))
    return pd.concat(parts, ignore_index=True)


def _rows(case: int, joint: Joint) -> pd.DataFrame:
    """Return what a case found: system measures by year, and budgets by place and year."""
    parts = []
    for name, array in joint.measures().items():
        frame = array.to_series().rename("value").reset_index()
        parts.append(frame.assign(measure=name, of="", unit=array.attrs.get("units", "")))
    budget = joint.budgets["budget"].sum("stream").rename(place="of")
    frame = budget.transpose("of", "year").to_series().rename("value").reset_index()
    parts.append(frame.assign(measure="budget", unit="£m"))
    return pd.concat(parts, ignore_index=True).assign(case=case, error="")[COLUMNS]


class Kept:
    """Batches of a sweep kept in a folder.

    Raises
    ------
    InputError
        If the folder is there without `resume`, or holds another sweep.
    """

    def __init__(self, folder: Path, scenario: Scenario, cases: pd.DataFrame, resume: bool) -> None:
        self.folder = folder
        about = {
            "version": __version__,
            "scenario": _digest(scenario.model_dump_json(by_alias=True)),
            "cases": _digest(cases.to_csv(index=False)),
            "batch": BATCH,
        }
        file = folder / "sweep.json"
        if file.is_file():
            before = json.loads(file.read_text(encoding="utf-8"))
            if not resume:
                raise InputError.one(
                    str(folder), "holds a sweep.", "Add --resume, or choose another folder."
                )
            if before != about:
                raise InputError.one(
                    str(folder),
                    "holds another sweep, or one of another version.",
                    "Choose another folder.",
                )
        elif folder.exists() and any(folder.iterdir()):
            raise InputError.one(str(folder), "is not empty.", "Choose another folder.")
        try:
            (folder / "batches").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError.one(
                str(folder), f"cannot be written: {error.strerror or error}.", REMEDY
            ) from None
        write_whole(file, lambda part: part.write_text(json.dumps(about), encoding="utf-8"), REMEDY)

    def _file(self, at: int) -> Path:
        return self.folder / "batches" / f"{at:06d}.parquet"

    def has(self, at: int) -> bool:
        """Say whether a batch is there."""
        return self._file(at).is_file()

    def put(self, at: int, table: pd.DataFrame) -> None:
        """Keep a batch."""
        write_whole(self._file(at), lambda part: table.to_parquet(part, index=False), REMEDY)

    def get(self, at: int) -> pd.DataFrame:
        """Read a batch."""
        return pd.read_parquet(self._file(at))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
