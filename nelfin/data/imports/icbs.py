"""Which rows of a published table belong to the systems that were asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from nelfin.data.footprints import (
    PRESENT,
    Part,
    System,
    find_system,
    listed,
    plain_name,
    systems,
)
from nelfin.data.imports.headings import Block, is_total
from nelfin.data.national import SHARE_OF
from nelfin.errors import InputError, Problems, nearest

_CODE = re.compile(r"[A-Z](?=\w*\d|\w{2}$)[A-Z0-9]{2,4}")
"""Codes of systems: QMF, Z9B2Z; the codes of regions, such as Y56, look alike."""

LONGEST_CODE = 5

_REGION = re.compile(r"Y\d\d")

_KINDS = frozenset({"icb", "ics"})
_BESIDE = frozenset(
    {"icb", "ics", "integrated", "care", "board", "system", "code", "name", "nhs",
     "org", "organisation", "ods"}
)  # fmt: skip


def heads_systems(words: frozenset[str]) -> bool:
    """Say whether a heading is of the codes or the names of systems.

    Parameters
    ----------
    words
        From `plain_words`.

    Examples
    --------
    >>> heads_systems(frozenset({"icb", "code"})), heads_systems(frozenset({"icb", "core"}))
    (True, False)
    """
    named = words & _KINDS or {"integrated", "board"} <= words or "system" in words
    return bool(named) and words <= _BESIDE


def plain_code(text: str) -> str:
    """Return a code without spaces, in capitals.

    Parameters
    ----------
    text
        As written.
    """
    return "".join(text.split()).upper()


def is_code(text: str) -> bool:
    """Say whether a text may be the code of a system.

    Parameters
    ----------
    text
        As written.
    """
    return bool(_CODE.fullmatch(plain_code(text)))


def system_columns(block: Block) -> tuple[int | None, int | None]:
    """Return the columns of the codes and of the names of systems, by what they hold.

    Parameters
    ----------
    block
        A table with a heading of systems.

    Returns
    -------
    tuple of int or None
        The first column of codes, and the first of names; None for one that is not there.
    """
    code = name = None
    for column, heading in enumerate(block.headings):
        if not heading.text or not heads_systems(heading.words):
            continue
        texts = [text for row in block.rows if (text := block.text(row, column))]
        coded = sum(1 for text in texts if is_code(text))
        national = sum(1 for text in texts if re.fullmatch(r"E\d{8}", plain_code(text)))
        if texts and coded > len(texts) / 2:
            code = column if code is None else code
        elif texts and national <= len(texts) / 2:
            name = column if name is None else name
    return code, name


def rows_by_system(block: Block) -> dict[str, list[int]]:
    """Return the rows of a table by the codes and by the names of their systems.

    Parameters
    ----------
    block
        A table with a heading of systems.

    Returns
    -------
    dict
        Rows, from 0, by `plain_code` and by `plain_name`; without rows of totals.
    """
    code, name = system_columns(block)
    found: dict[str, list[int]] = {}
    for row in block.rows:
        coded, called = plain_code(block.text(row, code)), block.text(row, name)
        if is_total(coded, called) or _REGION.fullmatch(coded or plain_code(called)):
            continue
        for key in {coded, plain_name(called)} - {""}:
            found.setdefault(key, []).append(row)
    return found


@dataclass(frozen=True)
class Taken:
    """A row of a table that counts for a system.

    Parameters
    ----------
    row
        From 0.
    part
        The part of the row's system that is in the one asked for; None for the whole of it.
    """

    row: int
    part: Part | None = None

    def share(self, stream: str) -> float:
        """Return the share of the row that counts.

        Parameters
        ----------
        stream
            Stream of money; the parts of a system share each by its own people.
        """
        if self.part is None:
            return 1.0
        return float(getattr(self.part, SHARE_OF.get(stream, "share_population")))

    def overlaps(self, other: Taken) -> bool:
        """Say whether two rows count the same people.

        Parameters
        ----------
        other
            Row of the same table.
        """
        if self.row != other.row or self.part is None or other.part is None:
            return self.row == other.row
        return bool(set(self.part.authorities or ()) & set(other.part.authorities or ()))


def taken_for(rows: Mapping[str, list[int]], wanted: str) -> tuple[list[Taken], str]:
    """Return the rows that count for a system: its own, or those of the systems it was made of.

    Parameters
    ----------
    rows
        From `rows_by_system`.
    wanted
        Code or name of the system, as written; a code from April 2026 may stand for several of
        the codes before, and parts of them.

    Returns
    -------
    taken : list of Taken
        Rows; none if the table has not all of them.
    note : str
        What to tell of them, else "".
    """
    own = rows.get(plain_code(wanted)) or rows.get(plain_name(wanted))
    if own:
        system, note = known_system(wanted, PRESENT), ""
        if system is not None and sum(part.old_code in rows for part in system.parts) > 1:
            note = (
                f"{wanted}: the row of that code is taken, the system to March 2026. Since then "
                f"{system.name} is made of {listed(_words(part) for part in system.parts)}."
            )
        return [Taken(row) for row in own], note
    system = known_system(wanted)
    if system is None:
        return [], ""
    if direct := rows.get(system.code):
        return [Taken(row) for row in direct], ""
    if not all(part.old_code in rows for part in system.parts):
        return [], ""
    taken = [
        Taken(row, None if part.whole else part)
        for part in system.parts
        for row in rows[part.old_code]
    ]
    made = listed(_words(part) for part in system.parts)
    return taken, f"{wanted}: {system.name} is made of {made}; what is published for them is used."


def known_system(text: str, footprint: str = "") -> System | None:
    """Return the system that a code or a name is of; None where none or several fit.

    Parameters
    ----------
    text
        As written.
    footprint
        As for `find_system`.
    """
    try:
        return find_system(text, footprint)
    except InputError:
        return None


def _words(part: Part) -> str:
    return part.old_code if part.whole else f"part of {part.old_code}"


def hint_for(wanted: str, known: Collection[str]) -> str:
    """Return what to do about a system that a table has not.

    Parameters
    ----------
    wanted
        Code or name, as written.
    known
        Codes and names that the table has.
    """
    system = known_system(wanted)
    every = systems()
    made = every.loc[every["code"] == system.code, "made_of"] if system is not None else []
    if system is not None and any(made):
        return f"{system.name}: {next(text for text in made if text)}. Give a code of the table."
    code = len(wanted.strip()) <= LONGEST_CODE
    return nearest(wanted, sorted({n for n in known if n.isupper() == code} or known))


def called(block: Block, row: int) -> str:
    """Return the code of the system of a row, or its name where the table has no codes.

    Parameters
    ----------
    block
        A table with a heading of systems.
    row
        From 0.
    """
    code, name = system_columns(block)
    return plain_code(block.text(row, code)) or block.text(row, name)


def asked_once(icbs: Iterable[str]) -> list[str]:
    """Return the systems asked for, none of them twice.

    Parameters
    ----------
    icbs
        Codes or names, as written.

    Raises
    ------
    InputError
        If there is none, or one is given twice: it would count twice.
    """
    first: dict[str, str] = {}
    problems = Problems()
    for text in icbs:
        if not text.strip():
            problems.add("--icb", "is empty.", "Give the code of the system, such as QMF.")
        elif plain_name(text) in first:
            problems.add(f"--icb {text}", "is given twice.", "Give each system once.")
        first[plain_name(text)] = text.strip()
    problems.raise_if_any()
    if not first:
        raise InputError.one("--icb", "is not given.", "Give the code of the system, such as QMF.")
    return list(first.values())
