"""One case: something is broken, the commands run on it, and what comes of it is judged."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from random import Random
from unittest import mock

import pandas as pd
import xarray as xr

from hostile import desk
from hostile.books import BOOK_BREAKERS
from hostile.contents import BYTE_BREAKERS, as_bytes
from hostile.scenarios import SCENARIO_BREAKERS
from hostile.sums import wrong_totals
from hostile.tables import ROW_BREAKERS, NotHereError
from nelfin.cli import main
from nelfin.data.specs import TABLES

OUT = "out"

SOLVE = ("capital-solve", "schemes.csv", "--limits", "limits.csv", "--rules", "rules.csv",
         "--time-limit", "5", "-o", OUT)  # fmt: skip
RULES = ("nhse-core-2023-24", "nhse-core-2024-25", "nhse-core-2025-26", "nhse-specialised-2025-26",
         "ccg-2018-19", "lp", "none", "full")  # fmt: skip
PLAN = ("run", "scenario.toml", "--draws", "0", "-o", OUT)

COMMANDS: dict[str, tuple[str, ...]] = {
    "schemes": SOLVE,
    "limits": SOLVE,
    "rules": SOLVE,
    "converge": ("converge", "converge.csv", "-o", "out.csv", "--rule"),
    "practices": ("import-practices", "practices.csv", "--icb", "QAA", "--places", "map.csv",
                  "--year", "2025/26", "-o", "out.csv"),
    "core_sheet": ("import-allocations", "core_sheet.csv", "--icb", "QAA", "--icb", "QBB",
                   "-o", "out.csv"),
    "capital_by_year": ("import-capital", "capital_by_year.csv", "--icb", "QAA", "-o", "out.csv"),
    "capital_rows": ("import-capital", "capital_rows.csv", "--by-organisation", "-o", "out.csv"),
    "board_paper": ("import-positions", "board_paper.csv", "-o", "out.csv"),
}  # fmt: skip
"""Commands that read the tables no scenario names; all others are read by `check` and `run`."""
COMMANDS["map"] = COMMANDS["practices"]

SCENARIO, BOOK = "scenario.toml", "tables.xlsx"


@dataclass(frozen=True)
class Case:
    """What is broken, how, and the seed of where."""

    target: str
    breaker: str
    seed: int

    def __str__(self) -> str:
        return f"{self.target} | {self.breaker} | {self.seed}"


@dataclass(frozen=True)
class Outcome:
    """How a case ended, and every fault: what must not be, whatever the input."""

    kind: str
    """ran, refused, no answer, or not applicable."""
    faults: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True)
class Said:
    """What a command ended with."""

    status: int
    out: str
    err: str


def targets() -> dict[str, list[str]]:
    """Return everything that is broken, with the names of its breakers."""
    tables = [*TABLES, *desk.OWN, "practices", "schemes"]
    found = {name: [*ROW_BREAKERS, *(f"bytes: {name}" for name in BYTE_BREAKERS),
                    "file gone", "a folder in its place"] for name in tables}  # fmt: skip
    sheets = {f"{BOOK}#{name}": list(BOOK_BREAKERS) for name in TABLES}
    return found | {SCENARIO: list(SCENARIO_BREAKERS)} | sheets


def every_pair() -> list[tuple[str, str]]:
    """Return every target with every breaker; the scenario counts 20 times, with its many keys."""
    pairs = [(target, name) for target, names in targets().items() for name in names]
    return pairs + 19 * [pair for pair in pairs if pair[0] == SCENARIO]


def call(*words: str) -> Said:
    """Run a command in this process, warnings as errors, and return what it ended with."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    with (
        mock.patch.object(sys, "argv", ["nelfin", *words]),
        redirect_stdout(out),
        redirect_stderr(err),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("error")
        try:
            main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        except BaseException as error:
            status = 101
            err.write(f"escaped: {''.join(traceback.format_exception(error)[-9:])}")
    return Said(status, out.getvalue(), err.getvalue())


class Bench:
    """A desk that is broken, looked at and mended, over and over."""

    def __init__(self, folder: Path) -> None:
        self.folder = desk.lay_out(folder)
        self.tables = desk.sound_tables()
        self.sheets = {name: self.tables[name] for name in TABLES}
        self.sound = desk.scenario_text()
        self.before = self._listing()

    def _listing(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}

    def run(self, case: Case, whole: bool = False) -> Outcome:
        """Break, run, judge and mend.

        Parameters
        ----------
        case
            What to break and how.
        whole
            Write the page and the workbook too, and reckon the sensitivities.
        """
        random = Random(case.seed)
        name, _, sheet = case.target.partition("#")
        broken = self.folder / (name if "." in name else f"{name}.csv")
        try:
            self._break(case, broken, sheet, random)
        except (NotHereError, UnicodeError):
            self._mend(broken)
            return Outcome("not applicable")
        there = self._listing()
        try:
            with _in(self.folder), _quick(whole):
                return self._judged(self._commands(name, random, whole), there)
        finally:
            self._mend(broken)

    def _break(self, case: Case, broken: Path, sheet: str, random: Random) -> None:
        kind, _, name = case.breaker.partition(": ")
        if case.target == SCENARIO:
            content = SCENARIO_BREAKERS[case.breaker](self.sound.encode(), random)
        elif sheet:
            content = BOOK_BREAKERS[case.breaker](self.sheets, sheet, random)
            text = desk.scenario_text(f"{BOOK}#{{}}")
            (self.folder / SCENARIO).write_text(text, encoding="utf-8")
        elif case.breaker == "file gone":
            broken.unlink()
            return
        elif case.breaker == "a folder in its place":
            broken.unlink()
            broken.mkdir()
            return
        elif kind == "bytes":
            content = BYTE_BREAKERS[name](as_bytes(self.tables[case.target]), random)
        else:
            content = as_bytes(ROW_BREAKERS[case.breaker](self.tables[case.target], random))
        broken.write_bytes(content)

    def _mend(self, broken: Path) -> None:
        for path in (self.folder / OUT, self.folder / "out.csv"):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if broken.is_dir():
            broken.rmdir()
        if broken.stem in self.tables and broken.suffix == ".csv":
            desk.write_rows(self.tables[broken.stem], broken)
        else:
            broken.unlink(missing_ok=True)
        (self.folder / SCENARIO).write_text(self.sound, encoding="utf-8")
        left = self._listing() - self.before
        for extra in sorted(left, reverse=True):
            path = self.folder / extra
            path.rmdir() if path.is_dir() else path.unlink()

    def _commands(self, name: str, random: Random, whole: bool) -> Iterator[tuple[str, ...]]:
        if name not in COMMANDS:
            yield ("check", SCENARIO)
            yield PLAN if whole else (*PLAN, "--no-report")
        else:
            rule = (random.choice(RULES),) if name == "converge" else ()
            yield (*COMMANDS[name], *rule)

    def _judged(self, commands: Iterator[Sequence[str]], there: set[str]) -> Outcome:
        last = Said(0, "", "")
        kind, checked = "ran", False
        faults: list[str] = []
        for words in commands:
            last = call(*words)
            if last.status:
                kind, found = self._refusal(last, there)
                faults += found
                if checked and last.status == 2:
                    faults.append("check found nothing wrong, but the run was refused")
                break
            checked = words[0] == "check"
            if not checked:
                faults += wrong_totals(self.folder, words[0], last.err)
        return Outcome(kind, tuple(faults), last.err)

    def _refusal(self, said: Said, there: set[str]) -> tuple[str, list[str]]:
        faults = []
        if said.status not in {1, 2}:
            faults.append(f"status {said.status}")
        if "Traceback" in said.err or "fault of ours" in said.err:
            faults.append("a fault of ours")
        if said.out:
            faults.append("something on stdout")
        if new := self._listing() - there:
            faults.append(f"left behind: {sorted(new)[:3]}")
        if said.status == 2:
            faults += _unclear(said.err)
        elif not re.search(r"\d|scheme|limit|budget", said.err):
            faults.append("no reason for there being no answer")
        return ("no answer" if said.status == 1 else "refused"), faults


PLACE = re.compile(r"\.(?:csv|toml|xlsx)\b|^ {2}(?:scenario, |/)|^ {2}(?:--\w|data\.|allocation\.)")
JARGON = re.compile(r"\b(?:NoneType|object has no|KeyError|dtype|ndarray|Errno|pydantic|panicked|"
                    r"<class|0x[0-9a-f]{6}|utf-?8' codec|nan\b)")  # fmt: skip


def _unclear(text: str) -> list[str]:
    """Return what is wrong with the words of a refusal: each must name a place and a remedy."""
    lines = re.split(r"\n(?=  \S)", text.strip())
    if "Nothing was written" not in lines[0]:
        return ["does not say that nothing was written"]
    faults = []
    for line in lines[1:]:
        if re.fullmatch(r"  and [\d,]+ more\.", line):
            continue
        if not PLACE.search(line):
            faults.append(f"names no place: {line[:120]}")
        if ": " not in line or not re.search(r"[.?]$", line):
            faults.append(f"names no remedy: {line[-120:]}")
        if JARGON.search(line) and '"' not in line:
            faults.append(f"is jargon: {line[:120]}")
        if len(line) > 1500:
            faults.append(f"is too long: {len(line)}")
        if any(ord(letter) < 32 and letter not in "\n\t" for letter in line):
            faults.append("prints control characters")
    return faults or ([] if len(lines) > 1 else ["names no problem"])


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _quick(whole: bool) -> Iterator[None]:
    """Leave out what takes longest and rests on the same tables: data cube and sensitivities."""
    if whole:
        yield
        return
    none = mock.patch("nelfin.system.run.sensitivity", return_value=pd.DataFrame())
    no_cube = mock.patch.object(xr.Dataset, "to_netcdf", return_value=b"")
    with none, no_cube:
        yield
