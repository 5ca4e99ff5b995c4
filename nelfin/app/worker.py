"""One thread for what takes long: capital plans are drawn up, and odds are drawn, one by one."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Literal

from nelfin.errors import NelfinError
from nelfin.program import Watch

MOST_WAITING = 8
"""Jobs that may wait; who asks for more is asked to come again."""

STALE_S = 10.0
"""Seconds after which a job that nobody asks for any more is given up."""

FAULT = "A fault of ours, not of your input: {}. Please report it."

Kind = Literal["plan", "odds"]

RANK: dict[Kind, int] = {"plan": 0, "odds": 1}
"""Which of the jobs that wait is done first."""

State = Literal["waiting", "working", "done", "failed", "given up"]


class BusyError(NelfinError):
    """So much waits to be worked out already that no more is taken on."""


@dataclass
class Job:
    """Something that is worked out in its turn.

    Parameters
    ----------
    key, kind
        What it is of, and what kind of work.
    work
        Does it; the clock that it is given may stop it.
    limit_s
        Seconds that it may take.
    """

    key: Hashable
    kind: Kind
    work: Callable[[Watch], object]
    limit_s: float
    state: State = "waiting"
    words: str = ""
    """Why it has failed."""
    pages: dict[str, float] = field(default_factory=dict)
    """When each page has asked for it last; "" for one without a script."""
    watch: Watch = field(default_factory=Watch)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def wanted(self) -> bool:
        """Whether a page has asked for it of late."""
        return any(time.monotonic() - asked < STALE_S for asked in self.pages.values())


class Worker:
    """A thread that does one job after another, and stops what nobody waits for any more."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[Kind, Hashable], Job] = {}
        self._changed = threading.Condition()
        self._working: Job | None = None
        self._closed = False
        threading.Thread(target=self._go_on, name="nelfin app", daemon=True).start()

    def ask(
        self,
        kind: Kind,
        key: Hashable,
        work: Callable[[Watch], object],
        limit_s: float,
        page: str = "",
    ) -> Job:
        """Ask for a job; it is put in the queue where it is not there yet.

        Parameters
        ----------
        kind, key, work, limit_s
            As for `Job`.
        page
            Which page asks: what it has asked for before and is not done is no longer wanted by it.

        Raises
        ------
        BusyError
            If too much waits.
        """
        with self._changed:
            if page:
                self._forget(page, key)
            self._give_up()
            job = self._jobs.get((kind, key))
            if job is None:
                if len(self._jobs) >= MOST_WAITING:
                    raise BusyError(
                        "Too much is being worked out at the moment. Wait a little, then try again."
                    )
                job = self._jobs[kind, key] = Job(key, kind, work, limit_s)
            job.pages[page] = time.monotonic()
            self._changed.notify()
        return job

    def close(self) -> None:
        """Stop what is worked on, and take on no more."""
        with self._changed:
            self._closed = True
            if self._working is not None:
                self._working.watch.stop()
            self._changed.notify()

    def _forget(self, page: str, key: Hashable) -> None:
        """Take a page's name off the jobs that it no longer asks for."""
        for (_, of_key), job in self._jobs.items():
            if of_key != key:
                job.pages.pop(page, None)

    def _give_up(self) -> None:
        """Drop the jobs that nobody wants, and stop the one that is worked on."""
        for name, job in list(self._jobs.items()):
            if not job.wanted:
                if job is self._working:
                    job.watch.stop()
                else:
                    del self._jobs[name]
                    _end(job, "given up")

    def _go_on(self) -> None:
        while True:
            with self._changed:
                self._give_up()
                while not self._jobs and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                name = min(self._jobs, key=lambda name: RANK[name[0]])
                job = self._working = self._jobs[name]
                job.state, job.watch = "working", Watch(job.limit_s)
            state, words = _done(job)
            with self._changed:
                # asked for again while it was stopped: from the beginning then
                again = state == "given up" and job.wanted and not self._closed
                self._working = None
                if again:
                    job.state = "waiting"
                else:
                    del self._jobs[name]
                    job.words = words
                    _end(job, state)


def _done(job: Job) -> tuple[State, str]:
    """Do a job, and say how it ended and why it failed."""
    try:
        job.work(job.watch)
    except NelfinError as error:
        return ("given up", "") if job.watch.stopped else ("failed", str(error))
    except Exception as error:  # the thread goes on: a fault of ours ends one job, not the page
        if job.watch.stopped:
            return "given up", ""
        logging.getLogger(__name__).exception("A job of the app failed")
        return "failed", FAULT.format(type(error).__name__)
    return ("given up", "") if job.watch.stopped else ("done", "")


def _end(job: Job, state: State) -> None:
    job.state = state
    job.ended.set()
