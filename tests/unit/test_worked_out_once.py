"""What page, workbook, pictures, summary and list of runs all show is worked out once a run."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import vl_convert

from nelfin.report.charts import CHARTS
from nelfin.report.charts.pictures import titled_charts
from nelfin.report.page import write_page
from nelfin.report.page.scripts import vega_bundle
from nelfin.result import Result
from nelfin.store.findings import Findings
from nelfin.system import headline, place_figures
from nelfin.system.headline import listed_figures

pytestmark = pytest.mark.unit


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what is worked out, by name."""
    counts: Counter[str] = Counter()

    def counted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def also(*args: Any, **named: Any) -> Any:
            counts[name] += 1
            return work(*args, **named)

        return also

    for module, name in (
        (headline, "Headline"),
        (place_figures, "compare_places"),
        (place_figures, "moves_by_year"),
        (vl_convert, "javascript_bundle"),
    ):
        monkeypatch.setattr(module, name, counted(name, getattr(module, name)))
    for name, chart in CHARTS.items():
        monkeypatch.setitem(CHARTS, name, replace(chart, draw=counted(f"chart {name}", chart.draw)))
    vega_bundle.cache_clear()
    return counts


def fresh(result: Result) -> Findings:
    """Return findings of which nothing is worked out yet."""
    tables = {name: result.table(name) for name in result.tables}
    return Findings(result.name, result.data, tables, result.scenario_toml, result.provenance)


def test_a_run_with_page_workbook_pictures_and_summary_works_everything_out_once(
    result: Result, count: Counter[str], tmp_path: Path
) -> None:
    findings = fresh(result)
    listed_figures(findings)  # as the models end
    made = Result.of(findings)
    made.save(tmp_path / "run")
    made.summary()
    titled_charts(made)
    assert made.charts
    once = {
        "Headline", "compare_places", "moves_by_year", "javascript_bundle",
        *(f"chart {name}" for name in CHARTS),
    }  # fmt: skip
    assert count == Counter(dict.fromkeys(once, 1))


def test_another_run_is_worked_out_anew_but_the_program_of_the_charts_is_not(
    result: Result, count: Counter[str], tmp_path: Path
) -> None:
    for at in range(2):
        write_page(fresh(result), tmp_path / f"{at}.html")
    assert count["Headline"] == count["chart budgets"] == 2
    assert count["javascript_bundle"] == 1


def test_a_run_can_be_sent_to_another_process_with_what_is_worked_out(result: Result) -> None:
    findings = fresh(result)
    listed_figures(findings)
    made = Result.of(findings)
    assert made.charts
    there = pickle.loads(pickle.dumps(made))  # noqa: S301 - its own bytes
    assert there.summary() == made.summary()
    assert there.charts == made.charts
