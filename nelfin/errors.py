"""What can go wrong, said so that the reader can mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong in what the user gave us.

    Parameters
    ----------
    where
        File, sheet, row as a spreadsheet shows it, column, or the scenario key.
    what
        What is wrong, with the value seen.
    remedy
        What to do about it.
    """

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{_short(self.where, 400)}: {_short(self.what)} {_short(self.remedy)}"


LONG = 100
"""Letters past which a value of the user's is cut short in an error."""


def printable(text: str) -> str:
    r"""Return a text as a terminal may print it: what would move its cursor is spelt, as \x1b.

    Parameters
    ----------
    text
        Any text, such as a name of a file or a cell.

    Examples
    --------
    >>> printable("New\x1b[2Jham")
    'New\\x1b[2Jham'
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def _short(text: str, longest: int = LONG) -> str:
    """Cut long values short, so that an error stays a few lines."""
    for pattern in (rf'"([^"]{{{longest},}})"', rf"(\S{{{longest},}})"):
        text = re.sub(pattern, lambda found: found[0].replace(found[1], f"{found[1][:60]}…"), text)
    return text


class NelfinError(Exception):
    """Base of every error nelfin raises on purpose."""

    exit_status = 101


class InputError(NelfinError):
    """The user's input is wrong. Carries every problem found, not only the first."""

    exit_status = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def one(cls, where: str, what: str, remedy: str) -> InputError:
        """Make an error of a single problem.

        Parameters
        ----------
        where
            File, sheet, row and column, or the key of a scenario.
        what
            What is wrong, with the value seen.
        remedy
            What to do about it.
        """
        return cls([Problem(where, what, remedy)])


class OutputError(InputError):
    """What was worked out cannot be written: the disk is full, or the place may not be used."""

    @classmethod
    def at(cls, place: object, error: OSError, remedy: str) -> OutputError:
        """Make the error of a place that cannot be written.

        Parameters
        ----------
        place
            File or folder.
        error
            What the system answered.
        remedy
            What to do about it.
        """
        return cls([Problem(str(place), f"cannot be written: {error.strerror or error}.", remedy)])


class NoAnswerError(NelfinError):
    """The question has no answer: limits that cannot all hold, a goal out of reach."""

    exit_status = 1


class SolverError(NelfinError):
    """The solver stopped without a plan for a reason that is not the user's."""


class WorkerError(NelfinError):
    """A process that ran cases died: its memory ran out, or its machine went away."""

    exit_status = 1


MOST_PROBLEMS = 10_000
"""Problems after which no more are looked for: a file of junk has one in every cell."""


class Problems:
    """A list of problems that grows while input is read, and is raised once at the end.

    It is raised before the end when there are more than anyone would mend at once.
    """

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, where: str, what: str, remedy: str) -> None:
        """Note one more problem.

        Parameters
        ----------
        where, what, remedy
            As for `Problem`.
        """
        self.found.append(Problem(where, what, remedy))
        if len(self.found) >= MOST_PROBLEMS:
            self.raise_if_any()

    def extend(self, error: InputError) -> None:
        """Take over the problems of another reader.

        Parameters
        ----------
        error
            An error of another reader, with its problems.
        """
        self.found.extend(error.problems)

    def raise_if_any(self) -> None:
        """Raise an `InputError` if anything was found."""
        if self.found:
            raise InputError(self.found)


MANY = 400
"""Names past which the closest is not looked for: 10,000 wrong ids would take minutes."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return "Did you mean x?" for the closest known name, or the known names if none is close.

    Parameters
    ----------
    word
        What was written.
    known
        The names there are.
    """
    import difflib

    names = list(known)
    if len(names) > MANY:
        return f"Check it against the {len(names):,} names there are."
    # a name cut short, such as Barking for Barking and Dagenham, is closer than a like spelling
    begun = [name for name in names if len(word) > 2 and name.lower().startswith(word.lower())]
    close = begun or difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{close[0]}"?'
    listed = ", ".join(sorted(names)[:12])
    more = "" if len(names) <= 12 else f" and {len(names) - 12} more"
    return f"Known here: {listed}{more}."
