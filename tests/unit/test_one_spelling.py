"""Names of places, bodies and streams are spelt alike where only capitals or signs differ."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from nelfin.data.reading.names import one_spelling
from nelfin.errors import Problems
from nelfin.scenario import Scenario

pytestmark = pytest.mark.unit


def spelt(scenario: Scenario, **tables: Any) -> tuple[dict[str, pd.DataFrame], list[str], Problems]:
    """Spell the names of some tables, beside those that name places and bodies."""
    named = {
        "weighted_populations": {"place": ["Newham", "City and Hackney"]},
        "organisations": {"organisation": ["Barts Health", "ELFT", "Elft"]},
    }
    frames = {name: pd.DataFrame(cells) for name, cells in (named | tables).items()}
    for frame in frames.values():
        frame.index += 2
    notes, problems = list[str](), Problems()
    called = {name: f"/home/me/{name}.csv" for name in frames}
    one_spelling(scenario, frames, called, notes, problems)
    return frames, notes, problems


def test_a_name_is_spelt_as_the_table_that_names_it_does(scenario: Scenario) -> None:
    frames, notes, problems = spelt(
        scenario,
        deprivation={"place": ["NEWHAM", "City &  Hackney"]},
        pressures={"driver": ["x", "y", "z"], "organisation": ["barts health", "System", "ELFT"],
                   "year": ["", "", ""]},
        ring_fences={"stream": ["Core"], "item": ["a"], "year": ["2026/27"]},
    )  # fmt: skip
    assert frames["deprivation"]["place"].tolist() == ["Newham", "City and Hackney"]
    assert frames["pressures"]["organisation"].tolist() == ["Barts Health", "system", "ELFT"]
    assert frames["ring_fences"]["stream"].tolist() == ["core"]
    assert not problems.found
    assert notes == [
        'deprivation.csv, column place: read "NEWHAM" as Newham, "City &  Hackney" as City and '
        "Hackney.",
        'pressures.csv, column organisation: read "barts health" as Barts Health, "System" as '
        "system.",
        'ring_fences.csv, column stream: read "Core" as core.',
    ]


def test_names_that_might_be_two_or_none_stay_for_the_check(scenario: Scenario) -> None:
    frames, notes, _ = spelt(
        scenario, deprivation={"place": ["Newam", "East"]},
        projects={"project_id": ["a"], "organisation": ["eLFT"]},
    )  # fmt: skip
    assert frames["deprivation"]["place"].tolist() == ["Newam", "East"]
    assert frames["projects"]["organisation"].tolist() == ["eLFT"]
    assert notes == []


def test_a_row_that_then_repeats_another_is_refused(scenario: Scenario) -> None:
    _, _, problems = spelt(scenario, deprivation={"place": ["Newham", "NEWHAM"]})
    (problem,) = problems.found
    assert problem.where == "/home/me/deprivation.csv, row 3, column place"
    assert "repeats another row, once names are spelt alike." in problem.what
