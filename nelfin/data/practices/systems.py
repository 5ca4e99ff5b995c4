"""Choose the practices of the systems asked for, and check their rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from nelfin.data.footprints import System, find_system, table
from nelfin.data.practices.file import Practices
from nelfin.data.practices.words import code_of, counted, few, plain
from nelfin.data.specs import FINALS
from nelfin.data.typed import EXCEL_ERRORS
from nelfin.errors import InputError, Problems, nearest
from nelfin.store.sheets.spots import spot

EVERYWHERE = "ENGLAND"
"""What is asked for in place of a system to have all of them."""

LONGEST_CODE = 5

NEEDED = {"registered_population", *FINALS}
"""Figures that no practice may lack: what else is blank is counted as 0, and told."""


@dataclass(frozen=True)
class Chosen:
    """Practices of the systems asked for in one file.

    Parameters
    ----------
    label
        Codes of the systems.
    practices
        The file.
    table
        Its rows of the systems, blanks of components filled with 0.
    derived
        The figures are more than those of the file: a blank is filled, or a system is split.
    notes
        What the reader should be told.
    """

    label: str
    practices: Practices
    table: pd.DataFrame
    derived: bool
    notes: tuple[str, ...]


def label_of(icbs: Sequence[str]) -> str:
    """Return what the systems asked for are called together: their codes.

    Parameters
    ----------
    icbs
        As the person gives them.

    Examples
    --------
    >>> label_of(["qrv", "north central london"])
    'QRV + QMJ'
    """
    return " + ".join(_code(text) for text in icbs)


def _code(text: str) -> str:
    if code_of(text) == EVERYWHERE:
        return "England"
    try:
        return find_system(text).code
    except InputError:  # a code that only the file knows
        return code_of(text)


def choose(practices: Practices, icbs: Sequence[str]) -> Chosen:
    """Return the practices of the systems asked for, with their figures checked.

    Parameters
    ----------
    practices
        From `read_practices`.
    icbs
        Codes or names of systems, of the 42 to March 2026 or the 36 since; "England" for all.

    Returns
    -------
    Chosen
        Their rows.

    Raises
    ------
    InputError
        If a system is not in the file, two of them overlap, or a row of theirs is wrong.
    """
    every = practices.table
    problems = Problems()
    notes: list[str] = _unknown_systems(practices)
    taken = pd.Series("", index=every.index)
    split = False
    for text in icbs:
        inside, system = _rows(practices, text, problems)
        split = split or (system is not None and not all(p.whole for p in system.parts))
        if system is not None and system.note:
            notes.append(system.note)
        again = sorted(set(taken[inside & (taken != "")]))
        if again:
            problems.add(
                "--icb",
                f"{text} holds practices of {few(again)}, asked for too.",
                "Give each system once.",
            )
        taken[inside] = text
    problems.raise_if_any()
    chosen = every[taken != ""].copy()
    _check_keys(practices, chosen, problems)
    filled = _check_figures(practices, chosen, label_of(icbs), problems, notes)
    problems.raise_if_any()
    return Chosen(label_of(icbs), practices, chosen, split or filled, tuple(notes))


def _unknown_systems(practices: Practices) -> list[str]:
    """Tell of codes that are no ICB's in a file of England: their practices are nobody's."""
    codes = practices.table["icb"]
    crosswalk = table("systems")
    known = codes.isin([*crosswalk["old_code"], *crosswalk["new_code"]])
    if known.all() or not known.any():
        return []
    named = codes[~known] + " (" + practices.table["practice_code"][~known] + ")"
    return [
        f"{practices.name}: {counted(int((~known).sum()), 'practice')} of a code that is no ICB's: "
        f"{few(named)}."
    ]


def _rows(practices: Practices, text: str, problems: Problems) -> tuple[pd.Series, System | None]:
    """Return which rows belong to a system, and the system where it is a known one."""
    icb = practices.table["icb"]
    if code_of(text) == EVERYWHERE:
        return pd.Series(True, index=icb.index), None
    none = pd.Series(False, index=icb.index)
    if (icb == code_of(text)).any():
        # the file's own code, whichever footprint it has
        former = set(icb) <= set(table("systems")["old_code"])
        return icb == code_of(text), find_system(text) if former else None
    try:
        system = find_system(text)
    except InputError as error:
        remedy = error.problems[0].remedy
        if "," in text:
            remedy = "Give each system by an --icb of its own."
        elif len(code_of(text)) <= LONGEST_CODE:
            remedy = nearest(code_of(text), sorted(set(icb)))
        problems.add(practices.file, f'has no practice of "{text}".', remedy)
        return none, None
    areas = practices.table["local_authority"].map(plain)
    found = none.copy()
    for part in system.parts:
        inside = icb == part.old_code
        if part.authorities is not None:
            inside &= areas.isin({plain(name) for name in part.authorities})
        if not inside.any():
            whole = "" if system.published else f" as a part of {system.name}"
            problems.add(
                practices.file,
                f'has no practice of "{part.old_code}"{whole}.',
                nearest(part.old_code, sorted(set(icb))),
            )
        found |= inside
    return found, system


def _check_keys(practices: Practices, chosen: pd.DataFrame, problems: Problems) -> None:
    """Find practices without a code or an authority, and codes that stand twice."""
    codes = practices.table["practice_code"]
    heading = practices.headings["practice_code"]
    repeated = codes[codes.duplicated(keep=False) & (codes != "")]
    for row, code in chosen["practice_code"].items():
        where = spot(practices.file, row, heading)
        if not code or code in EXCEL_ERRORS:
            what = f'is "{code}", what a failed formula leaves.' if code else "is empty."
            problems.add(where, what, "Give the practice's code, or take the row out.")
        elif row in repeated.index:
            others = repeated.index[(repeated == code) & (repeated.index != row)]
            # of two rows of the systems asked for the second is told
            if others[0] < row or not others.isin(chosen.index).any():
                problems.add(where, f"{code} repeats row {others[0]}.", "Keep one row a practice.")
    areas = chosen["local_authority"]
    for row, area in areas[areas.isin(EXCEL_ERRORS)].items():
        problems.add(
            spot(practices.file, row, practices.headings["local_authority"]),
            f'is "{area}", what a failed formula leaves.',
            "Correct the formula.",
        )


def _check_figures(
    practices: Practices,
    chosen: pd.DataFrame,
    label: str,
    problems: Problems,
    notes: list[str],
) -> bool:
    """Refuse what is no figure; count blanks of components as 0, with a word."""
    filled = False
    for name in practices.components:
        what = name.replace("_", " ")
        wrong = chosen.index[chosen[name].isna()]
        texts = practices.texts.loc[wrong, name]
        blank = texts.index[texts == ""] if name not in NEEDED else texts.index[:0]
        for row in wrong.difference(blank):
            text = texts[row]
            problems.add(
                spot(practices.file, row, practices.headings[name]),
                f'is "{text[:60]}".' if text else "is empty.",
                f"Give the {what} as a number, 0 or more.",
            )
        if len(blank):
            codes = few(chosen.loc[blank, "practice_code"])
            notes.append(
                f"{practices.name}: {counted(len(blank), 'practice')} of {label} "
                f"{'has' if len(blank) == 1 else 'have'} a blank {what}, counted as 0, as NHS "
                f"England's tool does: {codes}."
            )
            chosen.loc[blank, name] = 0.0
            filled = True
    return filled
