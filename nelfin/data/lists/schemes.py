"""One row a scheme: rows of phases and years summed, and ids that stand twice asked about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.lists.column_map import ColumnMap
from nelfin.data.lists.phasing import by_scheme
from nelfin.data.notes import unit_of
from nelfin.errors import Problems
from nelfin.problems import named_rows
from nelfin.store.sheets.spots import spot

Array = npt.NDArray[np.float64]

SHOWN = 3
"""Names that are joined where phases have names of their own, and ids that are told."""

OWNERS = ("organisation", "money", "option_of")
"""What a scheme has one of, whatever its phases."""


def ids_asked(place: str, table: pd.DataFrame, problems: Problems) -> None:
    """Ask about ids that stand in several rows: of phases, or of several schemes.

    Parameters
    ----------
    place
        What the list is called in errors.
    table
        With `project_id`.
    problems
        Takes one problem for all of them.
    """
    ids = table["project_id"]
    again = ids[ids.duplicated(keep=False) & (ids != "")]
    if again.empty:
        return
    first = str(again.iloc[0])
    rows = named_rows(again.index[again == first].tolist())
    count = again.nunique()
    many = "1 id stands" if count == 1 else f"{count:,} ids stand"
    problems.add(
        spot(place, None, "project_id"),
        f'{many} in several rows, such as "{first}" ({rows}).',
        'If these are phases of a scheme, say rows = "phases" in a map: they are summed. If each '
        'row is a scheme, number them: project_id = "row numbers" under [columns].',
    )


def one_row_each(
    place: str,
    table: pd.DataFrame,
    spend: Array,
    given: ColumnMap,
    notes: list[str],
    problems: Problems,
) -> tuple[pd.DataFrame, Array]:
    """Sum the rows of each scheme.

    Parameters
    ----------
    place
        What the list is called in errors.
    table
        A row a phase or a year, with `project_id`.
    spend
        £m; shape (row, year).
    given
        The map.
    notes
        Takes what was summed and joined.
    problems
        Takes what the rows of a scheme disagree on.

    Returns
    -------
    table : pandas.DataFrame
        A row a scheme, under the number of its first row.
    spend : numpy.ndarray
        £m; shape (scheme, year).
    """
    ids = table["project_id"].tolist()
    for row in table.index[table["project_id"] == ""]:
        problems.add(spot(place, row, "project_id"), "is empty.", "Say of which scheme it is.")
    if len(set(ids)) == len(ids):
        return table, spend
    codes, _ = pd.factorize(table["project_id"])
    first = np.flatnonzero(~table["project_id"].duplicated().to_numpy())
    merged = table.iloc[first].copy()
    for name in table.columns.drop("project_id"):
        values = table[name].tolist()
        if unit_of(name) == "£m":
            merged[name] = by_scheme(ids, np.array(values, dtype=float)[:, None])[:, 0]
        elif name == "benefit":
            merged[name] = _benefit(place, table, codes, given, notes, problems)
        else:
            merged[name] = _text(place, table, name, codes, notes, problems)
    notes.append(f"{place}: {len(ids):,} rows summed by project_id into {len(merged):,} schemes.")
    return merged, by_scheme(ids, spend)


def _groups(values: Sequence[object], codes: npt.NDArray[np.intp]) -> list[dict[object, int]]:
    """Return the different values of each scheme that are not blank, and where each first is."""
    found: list[dict[object, int]] = [{} for _ in range(int(codes.max(initial=-1)) + 1)]
    for at, (code, value) in enumerate(zip(codes.tolist(), values, strict=True)):
        if value not in ("", None):
            found[code].setdefault(value, at)
    return found


def _text(
    place: str,
    table: pd.DataFrame,
    name: str,
    codes: npt.NDArray[np.intp],
    notes: list[str],
    problems: Problems,
) -> list[object]:
    """Return one text a scheme: of several, joined, but for what a scheme has one of."""
    groups = _groups(table[name].tolist(), codes)
    several = [group for group in groups if len(group) > 1]
    for group in several if name in OWNERS else ():
        at = list(group.values())[1]
        first, second = list(group)[:2]
        problems.add(
            spot(place, table.index[at], name),
            f'is "{second}", and another row of the scheme has "{first}".',
            "Give the scheme one of them.",
        )
    if several and name not in OWNERS:
        joined = " + ".join(map(str, list(several[0])[:SHOWN]))
        notes.append(
            f"{place}: rows of {len(several):,} schemes differ in {name}, and are joined, as in "
            f'"{joined[:80]}".'
        )
    return [" + ".join(map(str, list(group)[:SHOWN])) for group in groups]


def _benefit(
    place: str,
    table: pd.DataFrame,
    codes: npt.NDArray[np.intp],
    given: ColumnMap,
    notes: list[str],
    problems: Problems,
) -> list[object]:
    """Return the benefit of each scheme: that of its rows where they agree, or their sum."""
    values = table["benefit"].tolist()
    if given.benefit_of == "row":
        return list(by_scheme(table["project_id"].tolist(), np.array(values, float)[:, None])[:, 0])
    groups = _groups(values, codes)
    several = next((group for group in groups if len(group) > 1), None)
    if several is not None:
        first, second = list(several)[:2]
        problems.add(
            spot(place, table.index[list(several.values())[1]], "benefit"),
            f"is {second}, and another row of the scheme has {first}.",
            'If the benefit is of each row and is to be summed, say benefit_of = "row" in a map; '
            "if it is of the scheme, give it once.",
        )
    elif not given.benefit_of:
        notes.append(
            f"{place}: the rows of each scheme have one benefit, taken as that of the scheme; "
            'benefit_of = "row" in a map would sum it.'
        )
    return [next(iter(group), "") for group in groups]
