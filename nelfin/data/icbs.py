"""Which rows of a published table belong to the systems that were asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nelfin.data.headings import Block, is_total
from nelfin.errors import InputError, Problems

_CODE = re.compile(r"[A-Z](?=\w*\d|\w{2}$)[A-Z0-9]{2,4}")
"""Codes of systems: QMF, Z9B2Z; the codes of regions, such as Y56, look alike."""

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


def plain_name(text: str) -> str:
    """Return the name of a system without what differs between tables.

    Parameters
    ----------
    text
        As written: `NHS North East London Integrated Care Board`, say.

    Examples
    --------
    >>> plain_name("NHS Bedfordshire, Luton & Milton Keynes ICB")
    'bedfordshire luton and milton keynes'
    """
    words = re.findall(r"[a-z0-9]+", text.lower().replace("&", " and ").replace("’", "'"))
    plain = " ".join(words)
    plain = re.sub(r"\bintegrated care (?:board|system)\b|\bicb\b|\bics\b|^nhs\b", " ", plain)
    return " ".join(plain.split())


def plain_code(text: str) -> str:
    """Return a code without spaces, in capitals.

    Parameters
    ----------
    text
        As written.
    """
    return "".join(text.split()).upper()


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
        coded = sum(1 for text in texts if _CODE.fullmatch(plain_code(text)))
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
        if is_total(coded, called) or _REGION.fullmatch(coded):
            continue
        for key in {coded, plain_name(called)} - {""}:
            found.setdefault(key, []).append(row)
    return found


def rows_of(rows: dict[str, list[int]], wanted: str) -> list[int]:
    """Return the rows of a system, by its code or its name.

    Parameters
    ----------
    rows
        From `rows_by_system`.
    wanted
        As written.
    """
    return rows.get(plain_code(wanted)) or rows.get(plain_name(wanted)) or []


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
