"""The difference of two scenarios by cause names its measure and its unit."""

from __future__ import annotations

import pandas as pd
import pytest

from nelfin.report.text.comparison import causes_text
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.explain import explain

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("measure", "unit", "title"),
    [
        ("Reported position of the system", "£m", "REPORTED POSITION OF THE SYSTEM BY CAUSE, £m"),
        ("QALYs gained", "QALYs", "QALYS GAINED BY CAUSE, QALYs"),
        ("Share of spend on prevention", "%", "SHARE OF SPEND ON PREVENTION BY CAUSE, %"),
    ],
)
def test_causes_stand_under_their_measure_and_unit(measure: str, unit: str, title: str) -> None:
    causes = pd.DataFrame(
        [["2026/27", "baseline", measure, 1.0, unit], ["2026/27", "scenario", measure, 3.0, unit]],
        columns=["year", "cause", "measure", "value", "unit"],
    )
    first, *rest = causes_text(causes).splitlines()
    assert first == title
    assert [line.split()[-1] for line in rest if line.startswith(("baseline", "scenario"))] == [
        "1.0", "3.0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "title"),
    [
        ("prevention_qalys_gained", "QALYS GAINED BY CAUSE, QALYs"),
        ("prevention_share", "SHARE OF SPEND ON PREVENTION BY CAUSE, %"),
    ],
)
def test_measure_and_unit_of_what_is_explained_are_told(
    scenario: Scenario, measure: str, title: str
) -> None:
    more = changed(scenario, {"prevention.share_end_pct": 8.0})
    causes = explain(more, scenario, measure)
    assert list(causes.columns) == ["year", "cause", "measure", "value", "unit"]
    assert causes_text(causes).splitlines()[0] == title
    last = causes[causes["year"] == causes["year"].iloc[-1]].set_index("cause")["value"]
    assert last["scenario"] > last["baseline"] > 0
