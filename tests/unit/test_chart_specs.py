"""What the page embeds of each chart: strict JSON whatever the figures; series in their order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest

from nelfin.models.recovery import ONE_OFF, RECURRENT
from nelfin.report.charts import CHARTS, Card, cards, left_out
from nelfin.report.charts.bridges import GROUPS
from nelfin.report.charts.style import edge
from nelfin.report.page.render import page_text
from nelfin.report.page.scripts import chart_specs
from nelfin.result import Result

pytestmark = pytest.mark.unit


def made(result: Result, change: Callable[[str, pd.DataFrame], pd.DataFrame], data: Any) -> Result:
    """Return a run with every table changed, and other data."""
    tables = {name: change(name, result.table(name)) for name in result.tables}
    return Result(result.name, data, tables, result.scenario_toml, result.provenance)


def nothing(result: Result) -> Result:
    """All figures are 0."""

    def zero(name: str, table: pd.DataFrame) -> pd.DataFrame:
        numbers = [name for name in table.select_dtypes("number") if name not in KEYS]
        return table if name == "projects" else table.assign(**dict.fromkeys(numbers, 0.0))

    data = result.data.map(lambda array: array * 0 if array.dtype.kind == "f" else array)
    return made(result, zero, data.assign_attrs(result.data.attrs))


def one_place(result: Result) -> Result:
    place = str(result.data["place"].values[0])

    def only(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if "place" not in table or name in {"plan", "projects"}:
            return table
        return table[table["place"] == place]

    return made(result, only, result.data.sel(place=[place]))


def one_year(result: Result) -> Result:
    year = str(result.data.attrs["last_published_year"])

    def only(name: str, table: pd.DataFrame) -> pd.DataFrame:
        table = table[table["year"] == year] if "year" in table else table
        if name == "plan":
            table = table.assign(start_year=year)
        return table

    data = result.data.sel(year=[year])
    return made(result, only, data.assign_attrs(result.data.attrs, open_years=""))


def no_schemes(result: Result) -> Result:
    gone = {"plan", "spend", "projects", "budget_curve", "capital_frontier"}
    return made(result, lambda name, t: t.head(0) if name in gone else t, result.data)


def bare(result: Result) -> Result:
    """No draws, months and programmes, nothing else to try: neither openings nor need weights."""
    gone = {"odds", "tornado"}
    gone |= {name for name in result.tables if name.startswith("portfolio_")}
    empty = {"sensitivity", "months", "back_test"}
    tables = {
        name: result.table(name).head(0) if name in empty else result.table(name)
        for name in result.tables if name not in gone
    }  # fmt: skip
    about = result.provenance | {"portfolio": None}
    return Result(result.name, result.data, tables, result.scenario_toml, about)


def openings_alone(result: Result) -> Result:
    """Of what budgets rest on, only the case that is as the plan: all moves are 0."""

    def only(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name != "sensitivity":
            return table
        return table[table["kind"] == "opening"].assign(value=0.0)

    return made(result, only, result.data)


KEYS = {"point", "month", "share_of_limit"}
SCALED = {"x", "y", "xOffset", "yOffset", "color", "strokeDash", "shape", "column"}
HOSTILE = (nothing, one_place, one_year, no_schemes, bare, openings_alone)
OF_PROGRAMMES = {f"portfolio_{name}" for name in ("pools", "staff", "frontier", "triangles")}
MISSING = {
    "nothing": {"budget_change", "tornado", "timeline", "capital", "budget_curve",
                "capital_price", "capital_frontier", "portfolio_staff", "portfolio_frontier",
                "portfolio_triangles", "waiting_list", "activity_percent", "beds",
                "shorter_stays"},
    "one_place": set(),
    "one_year": {"fan", "months", "tornado", "portfolio_pools", "portfolio_staff",
                 "activity_percent", "shorter_stays"},
    "no_schemes": {"timeline", "capital", "capital_categories", "budget_curve",
                   "capital_frontier"},
    "bare": {"sensitivity", "fan", "tornado", "months", "back_test"} | OF_PROGRAMMES,
    "openings_alone": set(),
}  # fmt: skip
for names in MISSING.values():  # the plan itself does no more than is funded
    names.add("activity_margin")


@pytest.mark.parametrize("change", HOSTILE, ids=lambda one: one.__name__)
def test_every_chart_is_strict_json_or_says_why_it_is_missing(
    change: Callable[[Result], Result], result: Result
) -> None:
    hostile = change(result)
    with np.errstate(all="ignore"):  # a place with no budget and no target is no way from it
        drawn, why = cards(hostile), left_out(hostile)
    assert {*drawn, *why} == set(CHARTS)
    assert set(why) >= MISSING[change.__name__]
    assert len(drawn) > 5
    for name, sentence in why.items():
        assert "could not be drawn" not in sentence, name
        assert re.fullmatch(r"[A-Z].{10,}not shown.*\.", sentence), sentence
    specs, failed = chart_specs(drawn)
    assert failed == {}
    for name, text in specs.items():
        spec = json.loads(text, parse_constant=pytest.fail)
        spec.pop("datasets", None)
        assert not re.search(r"\b(nan|inf|infinity|none)\b", json.dumps(spec).lower()), name
        domains = [values["domain"] for values in found(spec, "scale") if "domain" in values]
        for domain in domains:
            numbers = [value for value in domain if isinstance(value, (int, float))]
            assert not numbers or min(numbers) < max(numbers), (name, "holds one value only")


def test_a_page_without_a_chart_says_why(result: Result) -> None:
    text = page_text(bare(result))
    # a run without programmes has no section for them
    assert text.count('<p class="note missing">') == len(MISSING["bare"] - OF_PROGRAMMES)
    assert 'id="portfolio"' not in text
    assert text.count("data-spec=") == len(CHARTS) - len(MISSING["bare"])


def test_a_chart_that_fails_leaves_the_others(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Result) -> Card:
        return {}["no such figure"]  # type: ignore[no-any-return]

    broken = alt.Chart(pd.DataFrame({"x": [1.0]})).mark_point().encode(
        x=alt.X("x:Q", scale=alt.Scale(domain=[float("nan"), 1.0]))
    )  # fmt: skip
    card = Card(
        "Broken", "A chart with an end that is no number.", broken, pd.DataFrame({"x": [1]})
    )
    monkeypatch.setitem(CHARTS, "budgets", replace(CHARTS["budgets"], draw=fails))
    monkeypatch.setitem(CHARTS, "fan", replace(CHARTS["fan"], draw=lambda _: card))
    fresh = made(result, lambda _, table: table, result.data)
    assert "“budgets” could not be drawn (KeyError: 'no such figure')" in left_out(fresh)["budgets"]
    specs, failed = chart_specs(cards(fresh))
    assert set(specs) == set(CHARTS) - {"budgets", "fan", "activity_margin"}
    assert failed["fan"].startswith("Broken could not be drawn")
    text = page_text(fresh)
    assert text.count("could not be drawn") >= 2
    assert text.count("data-spec=") == len(specs)
    assert "NaN" not in text.partition('data-spec="')[2].partition("<script>")[0]


def test_series_stand_in_the_order_given_not_in_that_of_the_alphabet(result: Result) -> None:
    """Vega sorts names unless a chart says how: the order of runs or steps would be lost."""
    for name, card in cards(result).items():
        spec = card.chart.to_dict(validate=False)
        of_names, told = set(), set()
        for encoding in found(spec, "encoding"):
            for channel, about in encoding.items():
                # marks of one chart share their scale: it is enough that one of them says
                if channel in SCALED and about.get("type") == "nominal":
                    of_names.add((channel, about["field"]))
                    if "sort" in about or "domain" in about.get("scale", {}):
                        told.add((channel, about["field"]))
        assert of_names == told, name


def test_every_step_of_the_bridge_is_in_one_bar_of_its_year() -> None:
    steps = [step for members in GROUPS.values() for step in members]
    assert sorted(steps) == sorted((*RECURRENT, *ONE_OFF))


def test_an_edge_is_never_nothing() -> None:
    assert edge(pd.Series([-3.0, 2.0])) == 3.0
    assert edge(pd.Series([0.0, float("nan")])) == 1.0
    assert edge(pd.Series([], dtype=float)) == 1.0


def found(spec: Any, key: str) -> Iterator[Any]:
    """Yield what stands under a key, wherever that is."""
    if isinstance(spec, dict):
        if isinstance(spec.get(key), dict):
            yield spec[key]
        for value in spec.values():
            yield from found(value, key)
    elif isinstance(spec, list):
        for value in spec:
            yield from found(value, key)
