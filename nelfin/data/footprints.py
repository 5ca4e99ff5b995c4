"""The systems of England: the 42 to March 2026, the 36 from April 2026, and who became whom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd

from nelfin.errors import InputError, printable

FORMER, PRESENT = "42", "36"
"""Footprints: the 42 systems to March 2026, the 36 from April 2026."""


@dataclass(frozen=True)
class Part:
    """One of the former systems, or a part of one, in a system.

    Parameters
    ----------
    old_code
        Code of the system to March 2026.
    authorities
        Its lower-tier authorities in the part; None for the whole of it.
    share_core, share_primary_medical, share_population
        The part in the whole, by weighted people and by registered people; 1 for the whole.
    """

    old_code: str
    authorities: tuple[str, ...] | None = None
    share_core: float = 1.0
    share_primary_medical: float = 1.0
    share_population: float = 1.0

    @property
    def whole(self) -> bool:
        """Whether the part is the whole of the former system."""
        return self.authorities is None


@dataclass(frozen=True)
class System:
    """An integrated care system, as it was to March 2026 or as it is from April 2026.

    Parameters
    ----------
    code
        Code of its integrated care board.
    name
        Name of its integrated care board.
    parts
        The former systems it is made of; one whole one if it has not changed.
    note
        What the reader should know where one code has meant two systems, else "".
    """

    code: str
    name: str
    parts: tuple[Part, ...]
    note: str = ""

    @property
    def published(self) -> bool:
        """Whether figures are published for it: it is one of the former systems."""
        return len(self.parts) == 1 and self.parts[0].whole


@cache
def table(name: str) -> pd.DataFrame:
    """Return a table of England that comes with nelfin; not to be changed.

    Parameters
    ----------
    name
        Its file in `data/england`, such as allocations.
    """
    file = Path(str(files("nelfin") / "data" / "england")) / f"{name}.csv"
    return pd.read_csv(file, encoding="utf-8")


@cache
def _systems(footprint: str) -> dict[str, System]:
    """Return the systems of a footprint by code."""
    crosswalk, districts = table("systems"), table("local_authorities")
    side = "old" if footprint == FORMER else "new"
    made: dict[str, System] = {}
    for code, rows in crosswalk.groupby(f"{side}_code"):
        name = rows[f"{side}_name"].iloc[0]
        if footprint == FORMER:
            made[str(code)] = System(str(code), name, (Part(str(code)),))
            continue
        parts = []
        for row in rows.itertuples():
            inside = districts[
                (districts["old_code"] == row.old_code) & (districts["new_code"] == code)
            ]
            parts.append(
                Part(
                    row.old_code,
                    tuple(inside["local_authority"]) or None,
                    row.share_core,
                    row.share_primary_medical,
                    row.share_population,
                )
            )
        made[str(code)] = System(str(code), name, tuple(parts))
    return made


def systems() -> pd.DataFrame:
    """List every system there is or was to March 2026.

    Returns
    -------
    pandas.DataFrame
        Columns `code, name, kind` ("both", "to March 2026" or "from April 2026") and `made_of`,
        the former systems in words.
    """
    former, present = _systems(FORMER), _systems(PRESENT)
    crosswalk = table("systems")
    rows = []
    for system in former.values():
        same = present.get(system.code) == system
        into = crosswalk.loc[crosswalk["old_code"] == system.code, "new_name"]
        later = "more has joined it since" if system.code in present else f"now in {listed(into)}"
        text = "" if same else later
        rows.append((system.code, system.name, "both" if same else "to March 2026", text))
    for system in present.values():
        if former.get(system.code) != system:
            of = crosswalk[crosswalk["new_code"] == system.code]
            parts = [
                name if part == "whole" else f"{name} ({part})"
                for name, part in zip(of["old_name"], of["part"], strict=True)
            ]
            rows.append((system.code, system.name, "from April 2026", listed(parts)))
    frame = pd.DataFrame(rows, columns=["code", "name", "kind", "made_of"])
    return frame.sort_values(["name", "kind"], ignore_index=True)


def find_system(text: str, footprint: str = "") -> System:
    """Find a system by its code or its name.

    Case, spaces, "NHS", "ICB" and "&" for "and" make no difference; words of a name do where they
    fit one system alone. A code or name that was and is a system means the one to March 2026, which
    figures are published for.

    Parameters
    ----------
    text
        A code, such as QMF or Z9B2Z, or a name, such as North East London.
    footprint
        "42" for the systems to March 2026 alone, "36" for those from April 2026 alone.

    Returns
    -------
    System
        The system; its note says so where the code has meant another.

    Raises
    ------
    InputError
        If none or several fit, with the names nearest to the text.

    Examples
    --------
    >>> find_system("north east london").code
    'QMF'
    """
    if footprint not in {"", FORMER, PRESENT}:
        raise InputError.one(
            f"footprint {footprint}", "is none of 42 and 36.", "Give 42 or 36, or leave it out."
        )
    # the last wins: a code that lives on is the system that figures are published for
    known = [_systems(at) for at in ((PRESENT, FORMER) if not footprint else (footprint,))]
    by_code = {code: system for each in known for code, system in each.items()}
    wanted = plain_name(text)
    fits = {code: s for code, s in by_code.items() if plain_name(code) == wanted}
    fits = fits or {code: s for code, s in by_code.items() if plain_name(s.name) == wanted}
    if not fits and wanted:
        fits = {c: s for c, s in by_code.items() if f" {wanted} " in f" {plain_name(s.name)} "}
    if len(fits) == 1:
        return _noted(next(iter(fits.values())))
    shown = printable(text)[:60]
    if not wanted:
        raise InputError.one(f'system "{shown}"', "names no ICB.", "Give its code or its name.")
    if fits:
        raise InputError.one(
            f'system "{shown}"', f"may be {_called(fits.values(), 'or')}.", "Give its code."
        )
    other = _systems(PRESENT if footprint == FORMER else FORMER) if footprint else {}
    if found := [s for s in other.values() if wanted in {plain_name(s.code), plain_name(s.name)}]:
        when = "to March 2026" if footprint == PRESENT else "from April 2026"
        raise InputError.one(
            f'system "{shown}"',
            f"is {_called(found)}, {when}, and not one of the {footprint}.",
            f"Leave the footprint {footprint} out, or give another system.",
        )
    close = sorted(
        by_code.values(),
        key=lambda s: -SequenceMatcher(None, wanted, plain_name(s.name)).ratio(),
    )
    raise InputError.one(
        f'system "{shown}"',
        "is no code or name of an ICB.",
        f"The nearest are {_called(close[:3])}.",
    )


def named_in(text: str) -> list[System]:
    """Return the systems whose names stand in a text, such as the name of a plan.

    Parameters
    ----------
    text
        Any text.
    """
    words = f" {plain_name(text)} "
    every = {**_systems(PRESENT), **_systems(FORMER)}
    return [system for system in every.values() if f" {plain_name(system.name)} " in words]


def _noted(system: System) -> System:
    former, present = _systems(FORMER).get(system.code), _systems(PRESENT).get(system.code)
    if former is None or present is None or former == present:
        return system
    now = system == present
    note = (
        f"{system.code} is here {system.name} as it is from April 2026, with what has joined it."
        if now
        else f"{system.code} is here {system.name} as it was to March 2026, when its figures were "
        "published; with what has joined it since it is the footprint 36."
    )
    return System(system.code, system.name, system.parts, note)


def plain_name(text: str) -> str:
    """Return the name of a system without what differs between tables: case, "NHS", "ICB", "&".

    Parameters
    ----------
    text
        As written.

    Examples
    --------
    >>> plain_name("NHS Bedfordshire, Luton & Milton Keynes ICB")
    'bedfordshire luton and milton keynes'
    """
    words = re.sub(r"[^a-z0-9]+", " ", text.lower().replace("&", " and ")).strip()
    words = re.sub(r"\bintegrated care (board|system)\b", "", words)
    return " ".join(word for word in words.split() if word not in {"nhs", "icb", "ics"})


def _called(found: Iterable[System], last: str = "and") -> str:
    return listed((f"{system.name} ({system.code})" for system in found), last)


def listed(names: Iterable[str], last: str = "and") -> str:
    """Return names as a list in words.

    Parameters
    ----------
    names
        One or more.
    last
        The word before the last of them.

    Examples
    --------
    >>> listed(["Essex", "Devon", "Kent"], "or")
    'Essex, Devon or Kent'
    """
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
