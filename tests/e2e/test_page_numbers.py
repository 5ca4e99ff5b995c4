"""Every number of the page's tables, and the exact value behind each marked one in its text.

What its sentences say is in `test_page_sentences`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from facts import plain
from markup import Markup

from nelfin.report.charts import Card, cards
from nelfin.result import Result
from nelfin.scenario.names import in_words, plain_name, rule_name, setting_name

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def page(run_folder: Path) -> Markup:
    return Markup(run_folder / "report.html")


@pytest.fixture(scope="module")
def drawn(result: Result) -> dict[str, Card]:
    return cards(result)


def budgets_of(result: Result) -> pd.DataFrame:
    """Return the place budgets from the tidy tables alone."""
    year = result.data.attrs["last_published_year"]
    table = result.table("place_budgets")
    total = table.groupby(["measure", "place", "year"])["value"].sum()
    years = sorted(set(table["year"]))
    need = result.table("need")
    need = need[(need["measure"] == "weighted_population") & (need["year"] == year)]
    people = need.set_index(["component", "place"])["value"]
    core = table[(table["stream"] == "core") & (table["measure"] == "budget")]
    core = core[core["year"] == year].set_index("place")["value"]
    budget, target = (total[name].unstack("year") for name in ("budget", "target"))
    return pd.DataFrame({
        "base": budget[years[0]],
        "budget": budget[year],
        "target": target[year],
        "per_head": budget[year] * 1e6 / people["registered_population"],
        "per_weighted_head": core * 1e6 / people["final_core"],
        "dft": budget[year] / target[year] - 1,
        "dft_last": budget[years[-1]] / target[years[-1]] - 1,
    })  # fmt: skip


def test_place_table_equals_the_tidy_tables(page: Markup, result: Result) -> None:
    table = next(table for table in page.tables if table.holds == "places")
    expected = budgets_of(result)
    assert len(table.rows) == len(expected)
    shapes = ["{}", "{}", "{}", "£{}", "£{}", "{}\u00a0%", "{}\u00a0%"]
    places = [1, 1, 1, 0, 0, 1, 1]
    for row in table.rows:
        numbers = [cell.value for cell in row[1:]]
        np.testing.assert_allclose(numbers, expected.loc[row[0].text].to_numpy(), rtol=1e-9)
        for cell, shape, digits in zip(row[1:], shapes, places, strict=True):
            value = cell.value * 100 if shape.endswith("%") else cell.value
            assert cell.text == shape.format(plain(value, digits))


def test_every_scheme_is_as_in_the_plan(page: Markup, result: Result) -> None:
    table = next(table for table in page.tables if table.holds == "plan")
    plan = result.table("plan").set_index("project_id")
    assert [row[0].text for row in table.rows] == list(plan.index)
    columns = ["name", "organisation", "place", "category", "status", "start_year"]
    for row, line in zip(table.rows, plan.fillna("").to_dict("records"), strict=True):
        assert [cell.text for cell in row[1:7]] == [line[name] for name in columns]
        assert row[9].text == line["reason"]
        for cell, name in zip(row[7:9], ("spend_gbp_m", "benefit"), strict=True):
            assert cell.value == line[name]
            assert cell.text == plain(line[name], 1)


def test_every_source_is_as_in_the_table(page: Markup, result: Result) -> None:
    table = next(table for table in page.tables if table.holds == "sources")
    expected = result.table("sources").fillna("").astype(str)
    assert len(table.rows) == len(expected)
    for row, line in zip(table.rows, expected.itertuples(), strict=True):
        where, figure, value, *rest = (cell.text for cell in row)
        assert (where, rest) == (
            plain_name(line.where), [line.unit, line.status, in_words(line.source)],
        )  # fmt: skip
        settings = line.where == "scenario"
        names = {setting_name(line.figure)} if settings else {
            plain_name(line.figure), rule_name(line.figure)
        }  # fmt: skip
        assert figure in names
        plainly = {"True": "yes", "False": "no"}.get(line.value, plain_name(line.value))
        assert value in {plainly, rule_name(line.value)}


def test_table_behind_each_chart_is_the_chart_s_own(page: Markup, drawn: dict[str, Card]) -> None:
    tables = {table.holds: table for table in page.tables if table.id.startswith("table-")}
    assert set(tables) == set(drawn)
    for name, table in tables.items():
        own = drawn[name].table
        assert table.headings == [str(heading) for heading in own.columns]
        assert len(table.rows) == len(own)
        for row, line in zip(table.rows, own.to_numpy(dtype=object).tolist(), strict=True):
            for cell, value in zip(row, line, strict=True):
                if isinstance(value, str):
                    assert cell.text == value
                elif np.isnan(value):
                    assert (cell.value, cell.text) == (None, "–")
                else:
                    assert cell.value == value
                    assert cell.text == plain(value, 2)


def numbers_of(result: Result, drawn: dict[str, Card]) -> Iterator[float]:
    """Yield every number the page may tell in words, from tables alone."""
    places = budgets_of(result)
    yield from places.to_numpy().ravel()
    yield from (-places["dft"]).to_numpy()
    yield from (places["budget"] / places["budget"].sum()).to_numpy()
    people = places["budget"] / places["per_head"]
    yield places["budget"].sum() / people.sum()
    # of places and bodies the first six stand on the first screen
    yield from (len(places) - 6, result.data.sizes["organisation"] - 6)
    yield from (places[["budget", "target"]].sum()).to_numpy()
    for card in drawn.values():
        numbers = card.table.select_dtypes("number")
        yield from numbers.to_numpy().ravel()
        yield from numbers.sum().to_numpy()
    plan, limits = result.table("plan"), result.table("limits")
    counts = plan["status"].value_counts()
    yield from [float(value) for value in counts]
    yield from (len(plan), float((plan["status"] != "not funded").sum()))
    used, spend = plan["cdel_gbp_m"].sum(), plan["spend_gbp_m"].sum()
    yield from (used, spend, spend - used, limits["limit_gbp_m"].sum())
    yield limits["limit_gbp_m"].sum() / limits["year"].nunique()
    sources = result.table("sources")
    apart = sources["where"].where(sources["where"].isin(["projects", "initiatives"]), "")
    for _, rows in sources.groupby(apart):
        yield from rows["status"].value_counts()
    projects = result.table("projects").set_index("project_id")
    asked = projects[[name for name in projects if name.startswith("spend_")]].sum(axis="columns")
    yield from asked
    yield asked.sum()
    bridge = result.table("recovery_bridge")
    one_off = bridge[bridge["step"] == "non-recurrent efficiency"]
    yield from one_off.groupby("year")["value"].sum()
    for name in ("system_position", "prevention", "place_budgets", "budget_change"):
        yield from result.table(name)["value"]
    yield float(result.data.attrs["prevention_npv_gbp_m"])
    for name in ("odds", "tornado"):
        yield from result.table(name)["value"]
    odds = result.table("odds")
    dear = odds[odds["measure"] == "capital_used_p90"].set_index("year")["value"]
    yield from dear - result.table("spend").groupby("year")["cdel_gbp_m"].sum()
    moves = result.table("sensitivity")
    yield from moves[moves["measure"] == "budget_move"]["value"].dropna()


def test_every_marked_number_is_a_table_s_to_the_last_digit(
    page: Markup, result: Result, drawn: dict[str, Card]
) -> None:
    known = np.sort(np.array([float(value) for value in numbers_of(result, drawn)]))
    assert len(page.data) > 60
    for datum in page.data:
        near = known[np.abs(known - datum.value) <= 1e-9 * max(1.0, abs(datum.value))]
        assert len(near), f"{datum.text} ({datum.value}) is in no table"
        shapes = [
            plain(datum.value, 1), f"{plain(100 * datum.value, 1)}\u00a0%",
            f"{plain(100 * datum.value, 0)}\u00a0%",
            f"£{plain(datum.value, 0)}", f"{datum.value:,.0f}",
            # whole pounds add up as printed: a part may give or take one
            *(plain(round(datum.value * 1e6) + one, 0) for one in (0, -1, 1)),
        ]  # fmt: skip
        if 0 < min(datum.value, 1 - datum.value) < 0.01:  # neither never nor always
            shapes += ["under 1\u00a0%", "over 99\u00a0%"]
        assert datum.text in shapes
