"""What can go wrong, said so that the reader can mend it."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable
from pathlib import Path

from nelfin.problems import Problem, printable, told_together

__all__ = [
    "MANY",
    "MOST_PROBLEMS",
    "InputError",
    "NelfinError",
    "NoAnswerError",
    "OutputError",
    "Problem",
    "Problems",
    "SolverError",
    "WorkerError",
    "closest",
    "nearest",
    "printable",
    "reason",
]


REASONS = {
    errno.ENOENT: "a folder in its path is not there",
    errno.ENOTDIR: "a part of its path is a file, not a folder",
    errno.EISDIR: "it is a folder",
    errno.EACCES: "you have no right to it, or it is open in another program, such as Excel",
    errno.EPERM: "you have no right to it, or it is open in another program, such as Excel",
    errno.EROFS: "the disk may only be read",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EFBIG: "it would be larger than a file may be",
    errno.EIO: "the disk does not answer",
    errno.EINVAL: "its name has a letter that no name may have",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ELOOP: "it is a link that leads back to itself",
    errno.EEXIST: "something of that name is there already",
    errno.ENOTEMPTY: "another process has written there meanwhile",
    errno.EMFILE: "too many files are open",
    errno.ECONNREFUSED: "nothing answers at that address",
    errno.ETIMEDOUT: "nothing answers at that address",
}
"""What a system answers about files, in plain words."""


def reason(error: Exception) -> str:
    """Return why a file or an address cannot be used, in words without a full stop.

    Parameters
    ----------
    error
        What the system answered.

    Examples
    --------
    >>> reason(FileNotFoundError(2, "No such file or directory"))
    'a folder in its path is not there'
    """
    if isinstance(error, OSError) and error.errno is not None:
        otherwise = (error.strerror or "the system refuses it").rstrip(".")
        return REASONS.get(error.errno, otherwise[:1].lower() + otherwise[1:])
    if "null" in str(error):  # a ValueError of Python's, for a zero byte
        return REASONS[errno.EINVAL]
    return str(error).rstrip(".") or type(error).__name__


class NelfinError(Exception):
    """Base of every error nelfin raises on purpose."""

    exit_status = 101


class InputError(NelfinError):
    """The user's input is wrong. Carries every problem found, not only the first."""

    exit_status = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.told())))

    def told(self) -> list[Problem]:
        """Return the problems as they are told: those of one kind in one column together.

        Returns
        -------
        list of Problem
            In the order in which they were found.
        """
        return told_together(self.problems)

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

    @classmethod
    def unread(
        cls, place: object, error: Exception, remedy: str = "Check the path and the name."
    ) -> InputError:
        """Make the error of a file that cannot be read.

        Parameters
        ----------
        place
            The file.
        error
            What the system answered.
        remedy
            What to do if it is not there, or is none that can be read.
        """
        where = str(place)
        if isinstance(error, FileNotFoundError):
            return cls.one(where, "does not exist.", _name_like(Path(where)) or remedy)
        if _is_folder(where):  # which Windows says in other words
            return cls.one(where, "is a folder, not a file.", "Name a file in it.")
        if isinstance(error, PermissionError):
            remedy = "Close it there, or ask for the right to read it."
        return cls.one(where, f"cannot be read: {reason(error)}.", remedy)


def _name_like(file: Path) -> str:
    """Offer the file beside one that is not there whose name is most like it; "" for none."""
    try:
        beside = {path.stem: path for path in sorted(file.parent.glob(f"*{file.suffix}"))}
    except (OSError, ValueError):
        return ""
    close = closest(file.stem, beside) if file.suffix and len(beside) <= MANY else []
    return f'Did you mean "{beside[close[0]]}"?' if close else ""


def _is_folder(place: str) -> bool:
    try:
        return Path(place).is_dir()
    except (OSError, ValueError):  # no path at all
        return False


class OutputError(InputError):
    """What was worked out cannot be written: the disk is full, or the place may not be used."""

    @classmethod
    def at(cls, place: object, error: Exception, remedy: str) -> OutputError:
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
        if isinstance(error, PermissionError):
            remedy = f"Close it there, or {remedy[:1].lower()}{remedy[1:]}"
        return cls([Problem(str(place), f"cannot be written: {reason(error)}.", remedy)])


class NoAnswerError(NelfinError):
    """The question has no answer: limits that cannot all hold, a goal out of reach."""

    exit_status = 1


class SolverError(NelfinError):
    """The solver stopped without a plan for a reason that is not the user's."""


class WorkerError(NelfinError):
    """A process that ran cases died: its memory ran out, or its machine went away."""

    exit_status = 1


MOST_PROBLEMS = 100_000
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

_FILE = re.compile(r"\.(?:csv|txt|toml|xls\w?)\b")
"""What a name has that is a file's, and no key of a scenario."""

OFFERED = 3
"""Names that are offered where several are as close."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return "Did you mean x?" for the closest known name, or the known names if none is close.

    Parameters
    ----------
    word
        What was written.
    known
        The names there are; keys of a scenario stand with their sections before them.
    """
    names = list(known)
    if len(names) > MANY:
        return f"Check it against the {len(names):,} names there are."
    close = closest(word, names)
    if 0 < len(close) <= OFFERED:
        *others, last = [f'"{name}"' for name in close]
        return f"Did you mean {', '.join(others)}{' or ' if others else ''}{last}?"
    names = close or names
    listed = ", ".join(sorted(names)[:12])
    more = "" if len(names) <= 12 else f" and {len(names) - 12} more"
    return f"Known here: {listed}{more}."


def closest(word: str, names: Iterable[str]) -> list[str]:
    """Return the known names that a word may have been meant to be; none if none is close.

    A name in other capitals or with other zeros, as P2 for P002, is closest; then one cut short, as
    Barking for Barking and Dagenham; then a key without its section; then a like spelling.

    Parameters
    ----------
    word
        What was written.
    names
        The names there are.

    Examples
    --------
    >>> closest("efficiency_pct", ["capital.gap_pct", "recovery.efficiency_pct"])
    ['recovery.efficiency_pct']
    """
    import difflib

    whole = {name: _folded(name) for name in names}
    # the last name of a key, where names are keys
    keys = (name for name, text in whole.items() if "." in text and not _FILE.search(text))
    ends = {name: whole[name].rpartition(".")[2] for name in keys}
    wanted = _folded(word)
    end = wanted.rpartition(".")[2] if ends else ""
    for fits in (
        [name for name, text in whole.items() if text == wanted],
        [name for name, text in whole.items() if len(wanted) > 2 and text.startswith(wanted)],
        [name for name, text in ends.items() if text == end],
        [name for name, text in ends.items() if len(end) > 2 and text.startswith(end)],
    ):
        if fits:
            return fits
    by_text: dict[str, str] = {}
    for name, text in [*whole.items(), *ends.items()]:
        by_text.setdefault(text, name)
    alike = difflib.get_close_matches(wanted, list(by_text), n=1, cutoff=0.6)
    if end and not alike:
        alike = difflib.get_close_matches(end, list(ends.values()), n=1, cutoff=0.7)
    return [by_text[text] for text in alike]


def _folded(name: str) -> str:
    """Return a name in small letters, without leading zeros in its numbers."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", name.strip().lower())
