"""What is said of freed beds adds up as printed, and of planned care that loses."""

from __future__ import annotations

import re

import pytest

from nelfin.report.charts import CHARTS, Card
from nelfin.result import Result

pytestmark = pytest.mark.unit


def with_last_year(result: Result, table: str, **values: float) -> Result:
    """Return a run in whose last year some measures of a table are others, of one body."""
    frame = result.table(table)
    last = frame["year"] == frame["year"].max()
    for name, value in values.items():
        mine = last & (frame["measure"] == name)
        frame.loc[mine, "value"] = 0.0
        frame.loc[frame[mine].index[0], "value"] = value
    tables = {name: result.table(name) for name in result.tables} | {table: frame}
    return Result(result.name, result.data, tables, result.scenario_toml, result.provenance)


def test_beds_that_are_filled_at_a_loss_are_told_in_parts_that_add(result: Result) -> None:
    found = with_last_year(
        result, "beds_by_organisation",
        beds_cost=10.0, beds_cash=2.34, beds_cash_counted=1.0, beds_margin=-5.17,
        beds_not_covered=11.83,
    )  # fmt: skip
    card = CHARTS["beds"].draw(found)
    assert isinstance(card, Card)
    words = card.words.partition("Freed beds cost ")[2]
    assert (
        words
        == "£10.0m: closing them saves £3.4m, filling them leaves (£5.2m), £11.8m is not covered."
    )
    cost, *parts = (
        (-1 if text.startswith("(") else 1) * float(re.sub(r"[^\d.]", "", text))
        for text in re.findall(r"\(?£[\d.]+m\)?", words)
    )
    assert sum(parts) == pytest.approx(cost)


def test_a_run_without_beds_says_so(result: Result) -> None:
    names = ("beds_by_use", "activity_shorter_stays", "activity_one_percent", "primary_care")
    kept = {name: result.table(name) for name in result.tables if name not in names}
    bare = Result(result.name, result.data, kept, result.scenario_toml, result.provenance)
    for chart in ("beds", "shorter_stays", "activity_percent", "primary_care"):
        why = CHARTS[chart].draw(bare)
        assert isinstance(why, str)
        assert "not shown, as" in why
