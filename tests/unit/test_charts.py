"""The table behind each chart against the tables of the result, worked out another way."""

from __future__ import annotations

import altair as alt
import numpy as np
import pytest
from chart_tables import EXPECTED

from nelfin.errors import InputError
from nelfin.report.basis import counted, groups_of, illustrative_count, unpublished
from nelfin.report.charts import CHARTS, RESTS_ON, SECTIONS, Card, cards
from nelfin.report.page.render import page_text
from nelfin.result import Result
from nelfin.system.headline import headline_of

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def drawn(result: Result) -> dict[str, Card]:
    return cards(result)


def test_every_chart_is_checked_here(drawn: dict[str, Card]) -> None:
    assert set(EXPECTED) == set(drawn)


@pytest.mark.parametrize("name", EXPECTED)
def test_table_behind_a_chart_equals_the_tables_of_the_result(
    name: str, result: Result, drawn: dict[str, Card]
) -> None:
    table = drawn[name].table
    numbers = table.select_dtypes("number")
    if name == "capital_categories":
        numbers = numbers.sum(axis="columns").to_frame()
    expected = EXPECTED[name](result).to_numpy(dtype=float)
    np.testing.assert_allclose(numbers.to_numpy(), expected, rtol=1e-9, atol=1e-9)


def test_every_chart_has_a_place_on_the_page_and_says_what_it_rests_on() -> None:
    shown = [name for names in SECTIONS.values() for name in names]
    assert len(shown) == len(set(shown))
    assert set(CHARTS) == set(shown)
    assert all(RESTS_ON[chart.section] for chart in CHARTS.values())


def test_planned_care_beside_the_funded_level_is_drawn_where_there_is_some(
    result: Result,
) -> None:
    table = result.table("activity_by_organisation")
    figures = {"activity_extra": 900.0, "activity_filled": 100.0, "activity_income": 5.0,
               "activity_cost": 3.5, "activity_unpaid": 0.25}  # fmt: skip
    mine = (table["organisation"] == "Homerton") & (table["year"] == table["year"].max())
    for name, value in figures.items():
        table.loc[mine & (table["measure"] == name), "value"] = value
    tables = {name: result.table(name) for name in result.tables}
    tables["activity_by_organisation"] = table
    more = Result(result.name, result.data, tables, result.scenario_toml, result.provenance)
    card = CHARTS["activity_margin"].draw(more)
    assert isinstance(card, Card)
    assert card.table.iloc[-1].tolist()[1:] == [900.0, 100.0, 5.0, -3.5, 1.5, 0.25]
    assert not card.table.iloc[:-1, 1:].to_numpy().any()
    assert "1,000 more people" in card.words
    assert "are paid £5.0m for it, it costs £3.5m and leaves £1.5m" in card.words
    assert "£0.2m passes" in card.words
    assert card.chart.to_dict()


def test_groups_count_the_figures_of_the_sources(result: Result) -> None:
    sources = result.table("sources")
    for group in groups_of(sources, RESTS_ON["recovery"]):
        assert sum(group.counts.values()) > 0
        assert 0 <= group.row < len(sources)
    groups = {group.label: group for group in groups_of(sources, RESTS_ON["capital"])}
    schemes = sources[sources["where"] == "projects"]
    illustrative = int((schemes["status"] == "illustrative").sum())
    assert groups["capital schemes"].counts["illustrative"] == illustrative
    assert unpublished([groups["capital schemes"]]) == {"illustrative": illustrative}
    assert groups["capital schemes"].row == schemes.index[0]


def test_illustrative_figures_are_counted_once_with_long_tables_apart(result: Result) -> None:
    sources = result.table("sources")
    made_up = sources[sources["status"] == "illustrative"]["where"]
    schemes, initiatives = (int((made_up == name).sum()) for name in ("projects", "initiatives"))
    figures = len(made_up) - schemes - initiatives
    total, rows = (int((sources["where"] == name).sum()) for name in ("projects", "initiatives"))
    words = illustrative_count(headline_of(result))
    assert words == (
        f"{figures} illustrative figures, {schemes} illustrative capital schemes of {total} and "
        f"{initiatives} illustrative initiatives of {rows}"
    )
    assert f"{figures} illustrative." in " ".join(result.summary().split())
    assert f"{schemes} of {total} capital schemes" in " ".join(result.summary().split())
    assert words in page_text(result)
    parts = [*(f"{name}." for name in ("prevention", "recovery")), "projects", "initiatives"]
    groups = groups_of(sources, [*parts, "openings"])
    apart = {"capital schemes": schemes, "initiatives": initiatives}
    mine = sum(group.counts["illustrative"] for group in groups if group.label not in apart)
    assert ("illustrative", mine, "figures") in counted(groups)
    for label, count in apart.items():
        assert ("illustrative", count, label) in counted(groups)


def test_a_chart_can_be_styled_on(result: Result) -> None:
    for name in result.charts:
        chart = result.chart(name)
        assert isinstance(chart, alt.TopLevelMixin)
        styled = chart.properties(title="Ours").configure_axis(labelFontSize=20).to_dict()
        assert styled["title"] == "Ours"
        assert styled["config"]["axis"]["labelFontSize"] == 20
        assert chart.to_dict()["description"]  # holds it to the schema, too


def test_a_chart_that_is_not_known_or_not_there_is_refused(result: Result) -> None:
    with pytest.raises(InputError, match='Did you mean "bridge"'):
        result.chart("brigde")
    bare = Result(
        result.name, result.data,
        {name: result.table(name) for name in result.tables if name != "budget_curve"},
        result.scenario_toml, result.provenance,
    )  # fmt: skip
    assert "budget_curve" not in bare.charts
    with pytest.raises(InputError, match="shows what this run does not have"):
        bare.chart("budget_curve")


def test_the_price_of_a_system_whose_limits_are_all_of_organisations(result: Result) -> None:
    limits = result.table("limits").assign(organisation="BHRUT")
    limits.loc[0, ["status", "price_per_gbp_m"]] = ["closed", np.nan]
    tables = {name: result.table(name) for name in result.tables} | {"limits": limits}
    bare = Result(result.name, result.data, tables, result.scenario_toml, result.provenance)
    prices = CHARTS["capital_price"].draw(bare)
    assert isinstance(prices, Card)
    assert prices.title == "The price of capital by organisation"
    # a year that is closed has no price
    assert prices.table["Year"].tolist() == limits["year"].tolist()[1:]
    assert set(prices.table["Organisation"]) == {"BHRUT"}
    card = CHARTS["capital"].draw(bare)
    assert isinstance(card, Card)
    assert card.chart.to_dict()
