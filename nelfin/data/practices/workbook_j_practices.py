"""Practices of workbook J, as those of a practice file with the overall index alone."""

from __future__ import annotations

import pandas as pd

from nelfin.data.practices.file import Practices
from nelfin.data.practices.words import counted, few
from nelfin.data.practices.workbook_j import NeedSheet
from nelfin.data.specs import COMPONENTS
from nelfin.errors import InputError

PEOPLE = "registered_population"
LACKING = {"icb": "whose ICB a practice is in", PEOPLE: "how many people it has"}


def as_practices(sheet: NeedSheet, beside: Practices | None) -> tuple[Practices, list[str]]:
    """Return the practices of a sheet, weighted by its index.

    Parameters
    ----------
    sheet
        Indices by practice.
    beside
        A practice file, which says what the sheet does not: the ICB, PCN, local authority and
        people of a practice.

    Returns
    -------
    practices : Practices
        With `registered_population` and `final_core` alone.
    notes : list of str
        What the reader should be told.

    Raises
    ------
    InputError
        If the sheet does not say whose the practices are, and there is no practice file beside.
    """
    rows = sheet.table
    frame = pd.DataFrame({"practice_code": rows["code"], "practice_name": rows["name"]})
    given = {"icb": bool((rows["icb"] != "").any()), PEOPLE: bool(rows[PEOPLE].notna().any())}
    taken = [] if beside is None else [n for n in ("icb", PEOPLE) if not given[n]]
    lacks = [name for name, there in given.items() if not there and beside is None]
    if lacks:
        raise InputError.one(
            sheet.place,
            f"does not say {' nor '.join(LACKING[name] for name in lacks)}.",
            "Give a practice file beside it, as in nelfin need J.xlsx 2025_2026.csv --icb QMF.",
        )
    known = None if beside is None else beside.table.drop_duplicates("practice_code")
    for name in ("icb", "pcn_code", "local_authority", PEOPLE):
        if known is not None and (name in taken or name not in given):
            frame[name] = rows["code"].map(known.set_index("practice_code")[name])
        else:
            frame[name] = rows[name] if name in given else ""
    lost = frame["icb"].isna() | (frame["icb"] == "") | frame[PEOPLE].isna()
    notes = []
    if lost.any():
        codes = few(frame.loc[lost, "practice_code"])
        notes.append(
            f"{sheet.name}, {sheet.year}: {counted(int(lost.sum()), 'practice')} left out, since "
            f"nothing says {' or '.join(LACKING.values())}: {codes}."
        )
    if beside is not None:
        people = " and counted" if PEOPLE in taken else ""
        notes.append(f"{sheet.name}, {sheet.year}: practices are placed{people} by {beside.name}.")
    frame = frame[~lost].fillna({"pcn_code": "", "local_authority": ""})
    frame["final_core"] = frame[PEOPLE] * rows["index"]
    frame = frame.reindex(columns=[*frame.columns, *COMPONENTS[1:-2], COMPONENTS[-1]])
    made = Practices(
        frame,
        "",
        sheet.place,
        sheet.name,
        "",
        sheet.sha256,
        frame[list(COMPONENTS)].astype(str),
        {name: name for name in frame.columns},
        components=(PEOPLE, "final_core"),
    )
    return made, notes
