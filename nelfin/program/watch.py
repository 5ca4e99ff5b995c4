"""A watch on a search: one clock, a way to stop it, and word of how far it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

T = TypeVar("T")

LOOK = 0.05
"""Seconds between two looks at whether somebody wants the search to stop."""
GRACE = 0.7
"""Seconds that a solver has to end after it was asked to."""

NAME = "nelfin solver"
"""Of the threads in which solvers run."""


class Progress(NamedTuple):
    """How far a search is."""

    best: float
    """Worth of the best plan so far; minus infinity if there is none."""
    bound: float
    """No plan is worth more."""
    seconds: float
    """Since the watch was started."""


@dataclass
class Watch:
    """One clock over everything that a command does, which also hears that it is to stop.

    Parameters
    ----------
    limit_s
        Seconds there are from now; None for no limit.
    show
        Called with the progress of a search, several times a second; None for nobody who looks on.
    """

    limit_s: float | None = None
    show: Callable[[Progress], None] | None = None
    stopped: bool = False
    """Whether somebody stopped the search: the best plan is kept."""
    searching: bool = False
    """Whether there is a search to stop."""
    ceiling: float = float("inf")
    """No plan is worth more, whatever part of it is searched."""
    best: float = float("-inf")
    """Worth of the best plan so far."""
    began: float = field(default_factory=time.perf_counter)

    def spent(self) -> float:
        """Return the seconds since it was started."""
        return time.perf_counter() - self.began

    def left(self) -> float:
        """Return the seconds that are left, 0 or more; infinity without a limit."""
        return float("inf") if self.limit_s is None else max(self.limit_s - self.spent(), 0.0)

    def part(self, share: float) -> Watch:
        """Return a watch that runs for a share of the time that is left on this one.

        Parameters
        ----------
        share
            0 to 1.
        """
        return Watch(None if self.limit_s is None else max(share * self.left(), 0.01))

    @property
    def over(self) -> bool:
        """Whether to stop: the time has run out, or somebody said so."""
        return self.stopped or self.left() <= 0

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Search for another thing than worth in the meantime: the clock alone is shown to move."""
        kept = show, best, ceiling = self.show, self.best, self.ceiling
        if show is not None:
            self.show = lambda told: show(Progress(best, ceiling, told.seconds))
        try:
            yield
        finally:
            self.show, self.best, self.ceiling = kept

    def stop(self) -> None:
        """Stop the search and keep the best plan."""
        self.stopped = True

    def tell(self, best: float, bound: float) -> None:
        """Show how far a search is to whom looks on.

        Parameters
        ----------
        best, bound
            Worth of a plan, and what no plan is worth more than; NaN if they are not known.
        """
        self.best = max(self.best, best)
        self.ceiling = min(self.ceiling, bound)
        if self.show is not None:
            self.show(Progress(self.best, self.ceiling, self.spent()))


def attended(work: Callable[[], T], watch: Watch, look: Callable[[], None]) -> T | None:
    """Do work in a thread of its own, so that Ctrl-C is heard while a solver is busy.

    Parameters
    ----------
    work
        Ends soon after `watch.stopped` is set.
    watch
        Set to stopped if Ctrl-C is pressed.
    look
        Called again and again in the meantime.

    Returns
    -------
    object
        What the work returned; None if it had not ended by itself soon after it was stopped.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C was pressed and nobody has set the watch to keep the plan.
    """
    ended = threading.Event()
    found: list[T] = []
    failed: list[BaseException] = []

    def job() -> None:
        try:
            found.append(work())
        except BaseException as error:  # raised again where it is waited for
            failed.append(error)
        finally:
            ended.set()

    threading.Thread(target=job, name=NAME, daemon=True).start()
    try:
        while not ended.wait(LOOK) and not watch.stopped:
            look()
        ended.wait(GRACE)
    except KeyboardInterrupt:
        watch.stop()
        ended.wait(GRACE)
        raise
    if failed:
        raise failed[0]
    return found[0] if found else None
