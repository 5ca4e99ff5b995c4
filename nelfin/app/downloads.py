"""What is downloaded: a full run in a process of its own, so that the page stays quick."""

from __future__ import annotations

import multiprocessing
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path

from nelfin.app.desk import DRAWS, SEED, Desk
from nelfin.app.keeping import Said, keep, slug_of
from nelfin.app.moves import Moves, hashable
from nelfin.app.worker import FAULT, BusyError
from nelfin.errors import NelfinError
from nelfin.store.writing import write_whole

LIMIT_S = 1_800.0
"""Seconds that a full run may take."""

MOST_KEPT = 4
"""Runs whose files are kept for downloading."""

DONE, FAILED = "done", "failed: "
"""How the words of a run that has ended begin."""

FILES = {"page": "report.html", "workbook": "report.xlsx"}
"""Files of a run, by what they are."""


class Process:
    """A process that is started at once and can be stopped: what a run works in."""

    def __init__(self, work: Callable[..., None], *args: object) -> None:
        # started anew: what other threads hold at the moment is not in it
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=work, args=args, daemon=True)
        self._process.start()

    @property
    def goes_on(self) -> bool:
        """Whether it still works."""
        return self._process.is_alive()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.join(5)


@dataclass
class Work:
    """A full run, and what is written of it.

    Parameters
    ----------
    name
        By which the page asks for it; nobody guesses it.
    key
        What it is of.
    slug
        What its files are called.
    folder
        Where it writes.
    process
        What it works in.
    place
        The place whose pack is written too; "" for none.
    """

    name: str
    key: Hashable
    slug: str
    folder: Path
    place: str
    process: Process | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def words(self) -> str:
        """How far it is, as it says itself; it ends with `DONE`, or begins with `FAILED`."""
        try:
            said = (self.folder / "progress").read_text(encoding="utf-8")
        except OSError:
            said = "Starting"
        ended = said == DONE or said.startswith(FAILED)
        if not ended and self.process is not None and not self.process.goes_on:
            return f"{FAILED}The run ended without a word: its memory may have run out."
        return said

    @property
    def goes_on(self) -> bool:
        """Whether it still works."""
        return self.words != DONE and not self.words.startswith(FAILED)

    def file(self, what: str) -> Path | None:
        """Return a file of it.

        Parameters
        ----------
        what
            `page`, `workbook` or `place`.

        Returns
        -------
        pathlib.Path or None
            None where there is none, or not yet.
        """
        file = self.folder / "place.html" if what == "place" else (
            self.folder / "run" / FILES[what] if what in FILES else None)  # fmt: skip
        return file if file is not None and self.words == DONE and file.is_file() else None


class Downloads:
    """The full runs that pages have asked for: one at a time.

    Parameters
    ----------
    desk
        The desk.
    process
        Makes what a run works in.
    """

    def __init__(self, desk: Desk, process: Callable[..., Process] = Process) -> None:
        self._desk = desk
        self._process = process
        self._works: dict[str, Work] = {}
        self._lock = threading.Lock()

    def start(self, moves: Moves, place: str) -> Work:
        """Start a full run of the scenario with what is moved, unless there is one of it.

        Parameters
        ----------
        moves
            What is moved.
        place
            A place whose pack is wanted; "" for none.

        Raises
        ------
        BusyError
            If another run is under way.
        """
        key = (tuple((name, hashable(value)) for name, value in moves.items()), place)
        with self._lock:
            for work in self._works.values():
                if work.key == key and not work.words.startswith(FAILED):
                    return work
            self._stop_late()
            if any(work.goes_on for work in self._works.values()):
                raise BusyError(
                    "Another run is under way, and one is done at a time. Wait until it is done, "
                    "then ask again."
                )
            self._clear()
            name = secrets.token_hex(16)
            folder = self._desk.folder / f"run-{name}"
            file = keep(self._desk, moves, Said(self._name(moves), why="moved in the app"), folder)
            work = self._works[name] = Work(name, key, file.stem, folder, place)
            allowed = [str(folder) for folder in self._desk.scenario.allowed]
            work.process = self._process(work_out, str(file), allowed, place)
        return work

    def find(self, name: str) -> Work | None:
        """Return a run by its name; None if there is none of it, or no more.

        Parameters
        ----------
        name
            Of the work.
        """
        with self._lock:
            self._stop_late()
            return self._works.get(name)

    def close(self) -> None:
        """Stop what is under way."""
        with self._lock:
            for work in self._works.values():
                if work.process is not None and work.process.goes_on:
                    work.process.stop()

    def _name(self, moves: Moves) -> str:
        name = self._desk.scenario.name[:50]
        name = f"{name}, moved" if moves else name
        return name if slug_of(name) else f"Plan {name}"

    def _stop_late(self) -> None:
        for work in self._works.values():
            late = time.monotonic() - work.began > LIMIT_S
            if late and work.process is not None and work.process.goes_on:
                work.process.stop()
                _say(work.folder, f"{FAILED}It took longer than {LIMIT_S / 60:.0f} minutes.")

    def _clear(self) -> None:
        """Delete the files of the oldest runs."""
        for name in list(self._works)[: max(len(self._works) - MOST_KEPT + 1, 0)]:
            shutil.rmtree(self._works.pop(name).folder, ignore_errors=True)


def work_out(file: str, allowed: list[str], place: str) -> None:
    """Run a scenario, and write its page, its workbook and the pack of a place beside it.

    Parameters
    ----------
    file
        The scenario.
    allowed
        Folders in which its tables may stand.
    place
        A place of it; "" for none.
    """
    folder = Path(file).parent
    try:
        _work_out(file, allowed, place, folder)
    except NelfinError as error:
        _say(folder, f"{FAILED}{error}")
    except Exception as error:  # the process ends here: what it says is all that is seen of it
        _say(folder, f"{FAILED}{FAULT.format(type(error).__name__)}")
    else:
        _say(folder, DONE)


def _work_out(file: str, allowed: list[str], place: str, folder: Path) -> None:
    from nelfin.report.packs import write_place
    from nelfin.result import run
    from nelfin.scenario import load_scenario

    _say(folder, "Budgets, prevention, capital, positions and 1,000 draws")
    result = run(load_scenario(file, allow=allowed), DRAWS, SEED)
    _say(folder, "Tables, page and workbook")
    result.save(folder / "run")
    if place:
        _say(folder, f"The pack of {place}")
        write_place(result, place, folder / "place.html")


def _say(folder: Path, words: str) -> None:
    write_whole(folder / "progress", lambda part: part.write_text(words, encoding="utf-8"))
