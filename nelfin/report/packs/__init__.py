"""Packs: what people send of a run. A place's, an organisation's, a board's, and slides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nelfin.errors import InputError, nearest
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of

__all__ = ["find_body", "find_place", "write_board", "write_body", "write_place"]


def find_place(result: Findings, name: str, where: str = "place") -> str:
    """Return the name of a place as the run has it.

    Parameters
    ----------
    result
        A run.
    name
        As it was written; capitals and blanks at its ends do not matter.
    where
        What to name in the error: an option.

    Raises
    ------
    InputError
        If the run has no such place; says which is nearest.
    """
    return _found(name, [str(place) for place in headline_of(result).places.index], where)


def find_body(result: Findings, name: str, where: str = "body") -> str:
    """Return the name of an organisation as the run has it.

    Parameters
    ----------
    result
        A run.
    name
        As it was written; capitals and blanks at its ends do not matter.
    where
        What to name in the error: an option.

    Raises
    ------
    InputError
        If the run has no such organisation; says which is nearest.
    """
    return _found(name, [str(body) for body in headline_of(result).bodies.index], where)


def _found(name: str, known: Sequence[str], where: str) -> str:
    if name in known:
        return name
    plain = " ".join(name.split()).casefold()
    alike = [each for each in known if " ".join(each.split()).casefold() == plain]
    if len(alike) == 1:
        return alike[0]
    raise InputError.one(f"{where} {name}", "is not in this run.", nearest(name, known))


def write_place(result: Findings, place: str, file: Path) -> None:
    """Write the pack of a place: a small page of two to four printed ones.

    Parameters
    ----------
    result
        A run.
    place
        A place of it, as `find_place` gives it.
    file
        Where to.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    from nelfin.report.packs.place import place_pack
    from nelfin.report.packs.render import write_page

    write_page(place_pack(result, place), file)


def write_body(result: Findings, body: str, file: Path) -> None:
    """Write the pack of an organisation.

    Parameters
    ----------
    result
        A run.
    body
        An organisation of it, as `find_body` gives it.
    file
        Where to.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    from nelfin.report.packs.body import body_pack
    from nelfin.report.packs.render import write_page

    write_page(body_pack(result, body), file)


def write_board(result: Findings, file: Path) -> None:
    """Write the pack of a board: at most four printed pages.

    Parameters
    ----------
    result
        A run.
    file
        Where to.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    from nelfin.report.packs.board import board_pack
    from nelfin.report.packs.render import write_page

    write_page(board_pack(result), file)
