"""A search that is watched: its clock, its progress on a terminal, and Ctrl-C that keeps a plan."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from nelfin.cli.options import in_terminal

if TYPE_CHECKING:
    from nelfin.models.capital import SolverAccount
    from nelfin.program import Progress, Watch


@contextmanager
def watched(limit_s: float | None) -> Iterator[Watch]:
    """Start the clock of a command, and let Ctrl-C end a search with the best plan so far.

    Ctrl-C before or after the search ends the command, and so does a second one.

    Parameters
    ----------
    limit_s
        Seconds for the whole command; None for no limit.
    """
    from nelfin.program import Watch

    watch = Watch(limit_s)

    def heard(_number: int, _frame: Any) -> None:
        if watch.stopped or not watch.searching:
            raise KeyboardInterrupt
        watch.stop()

    with ExitStack() as stack:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                before = signal.signal(number, heard)
                stack.callback(signal.signal, number, before)
        if in_terminal():
            from rich.console import Console

            status = stack.enter_context(Console(stderr=True).status("The capital plan"))
            watch.show = lambda progress: status.update(words_of(progress))
        yield watch


def words_of(progress: Progress) -> str:
    """Return how far a search is, in a line.

    Parameters
    ----------
    progress
        Of the search.
    """
    from nelfin.models.capital.words import points

    best, bound, seconds = progress
    if not abs(best) < float("inf"):  # not a number either
        return f"No plan yet. {seconds:,.0f} s"
    words = f"Best plan {points(best)}"
    if abs(bound) < float("inf"):
        words += f", no plan above {points(bound)}"
        if best > 0:
            words += f": within {100 * max(bound - best, 0.0) / best:.2f} %"
    return f"{words}. {seconds:,.0f} s. Ctrl-C keeps it."


def ended(account: SolverAccount) -> str:
    """Return what ended a search before the gap asked, and what there was no time for; or "".

    Parameters
    ----------
    account
        Of the plan.
    """
    words = {"time": " The time ran out.", "you": " Stopped by you."}.get(account.stopped_by, "")
    if not account.prices_confirmed:
        words += (
            " There was no time to confirm the prices of capital: prices.csv leaves them blank."
        )
    return words
