"""What a plan is a change of, and what was changed."""

from __future__ import annotations

import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from nelfin.data import Inputs, load_inputs
from nelfin.data.differences import DIFFER, WHY, rests_on, what_differs
from nelfin.data.start.folder import start_system
from nelfin.errors import InputError, printable
from nelfin.scenario import Scenario, load_scenario
from nelfin.scenario.load import SET
from nelfin.scenario.paths import NATIONAL, PACKAGED, SCENARIO_FILES, SCENARIOS
from nelfin.scenario.schema import ABOUT
from nelfin.scenario.wording import spot_of
from nelfin.store.sheets.names import split_sheet

CHANGES = [*DIFFER, "from", "to", WHY]
"""Columns of the table of changes."""


@contextmanager
def base_of(scenario: Scenario) -> Iterator[Scenario | None]:
    """Give what a scenario is a change of, while its tables are there.

    Parameters
    ----------
    scenario
        It says so by its `base`; otherwise it is the scenario that its file extends, or its own
        file before anything was set over it.

    Yields
    ------
    Scenario or None
        None for a scenario that changes nothing: a file as it stands, which extends no plan.
    """
    named = scenario.base or ""
    if not named and not _is_a_change(scenario):
        yield None
    elif not named or named in {*SCENARIOS} - {NATIONAL} or named.lower().endswith(SCENARIO_FILES):
        base = load_scenario(named or scenario.parent, allow=scenario.allowed)
        base._originals = scenario.originals  # a run keeps both with the same files
        yield base
    else:
        footprint, _, code = named.rpartition(":")
        with tempfile.TemporaryDirectory() as folder:
            try:
                start = start_system(code, Path(folder), footprint)[0]
            except InputError:
                raise InputError.one(
                    spot_of(scenario.origins.get("base", ""), "base"),
                    f'is "{printable(named)[:60]}", the code or name of no ICB.',
                    f'Give the code of a system, "{PACKAGED}", a scenario file, or "".',
                ) from None
            yield start.scenario


def _is_a_change(scenario: Scenario) -> bool:
    """Say whether a scenario extends another, or something was set over its file."""
    if scenario.parent is None:
        return False
    extends = scenario.parent != scenario.files[-1]
    return extends or any(origin in {"", SET} for origin in scenario.origins.values())


def changes_of(scenario: Scenario, inputs: Inputs, base: Scenario | None) -> pd.DataFrame:
    """Return what a scenario changes: settings, then cells of tables.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    base
        What it is a change of, if anything.

    Returns
    -------
    pandas.DataFrame
        `where, row, figure, unit, from, to, why`; what is set over the file comes first.
    """
    if base is None or _alike(scenario, base):
        return pd.DataFrame(columns=CHANGES, dtype="str")
    found = what_differs(
        {"from": rests_on(base, load_inputs(base)), "to": rests_on(scenario, inputs)}
    )
    order = (found[WHY] != SET).sort_values(kind="stable").index
    return found.loc[order].reset_index(drop=True)


def _alike(scenario: Scenario, base: Scenario) -> bool:
    """Say whether a scenario and its base have the same settings, and tables of the same bytes."""
    ours, theirs = (
        {key: figure for key, figure in each.evidence.items()
         if key not in ABOUT and not key.startswith("data.")}
        for each in (scenario, base)
    )  # fmt: skip
    return (ours, scenario.icb) == (theirs, base.icb) and all(
        mine == other or (mine is not None and other is not None and _bytes(mine) == _bytes(other))
        for mine, other in zip(dict(scenario.data).values(), dict(base.data).values(), strict=True)
    )


def _bytes(path: Path) -> tuple[bytes, str | None]:
    """Return what a table's file holds, without the mark that Excel asks for, and its sheet."""
    file, sheet = split_sheet(path)
    return file.read_bytes().removeprefix(BOM_UTF8), sheet


def first_changes(changes: pd.DataFrame, most: int = 5) -> list[dict[str, str]]:
    """Return the first changes, as a list of runs shows them.

    Parameters
    ----------
    changes
        From `changes_of`.
    most
        How many.

    Returns
    -------
    list of dict
        Texts by `where, row, figure, from, to`.
    """
    told = changes[["where", "row", "figure", "from", "to"]].head(most)
    return [{str(name): str(cell) for name, cell in row.items()} for row in told.to_dict("records")]
