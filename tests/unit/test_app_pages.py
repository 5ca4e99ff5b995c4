"""What the pages of the app show: three screens, pending plans, comparisons, lists, no script."""

from __future__ import annotations

import re
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from app_case import CAPITAL, QUICK, Browser, seen_by, small_scenario, words_of

from nelfin.app import desk as desk_file
from nelfin.app.desk import Desk
from nelfin.app.screens.cfo import FROM_BEFORE, difference_by_step
from nelfin.app.screens.parts import Cases
from nelfin.report.text.numbers import millions, money
from nelfin.scenario.change import changed
from nelfin.system.recompute import recompute

pytestmark = pytest.mark.unit

EMPTY = {"data.pressures": None, "data.efficiency_schemes": None}


@pytest.fixture
def browser(desk: Desk, tmp_path: Path) -> Browser:
    return Browser(desk, tmp_path / "kept")


def cells(text: str, caption: str) -> list[list[str]]:
    """The cells of a table of a page."""
    table = re.search(rf'aria-label="{re.escape(caption)}"[^>]*><table>(.*?)</table>', text, re.S)
    assert table is not None, caption
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table[1].split("<tr")[1:]]


@pytest.mark.parametrize("path", ["/", "/place", "/capital"])
def test_a_screen_has_tiles_settings_and_charts_with_their_tables(
    browser: Browser, path: str
) -> None:
    text = browser.until_there(path, QUICK).text
    assert text.count('<div class="tile') == 6
    drawn = re.findall(r'<section class="chart" id="figure-([\w-]+)"', text)
    assert len(drawn) >= 3
    assert text.count('<svg role="img" aria-label=') == text.count("<summary>Table behind")
    assert 'name="recovery.efficiency_pct"' in text
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert "illustrative Made up to show the method: " in words_of(browser.get(path, QUICK))


def test_the_figures_are_those_of_the_models(browser: Browser, desk: Desk) -> None:
    text = browser.until_there("/", QUICK).text
    seen = seen_by(desk, QUICK)
    rows = {row[0]: row[1:] for row in cells(text, "Position by year, £m")}
    assert rows["Now, reported"] == [money(float(v)) for v in seen.reported]
    assert rows["Now, underlying"] == [money(float(v)) for v in seen.underlying]
    assert rows["As it stands, reported"] == [money(float(v)) for v in desk.base.reported]
    assert millions(float(seen.reported.iloc[-1])) in words_of(browser.get("/", QUICK))


def test_the_difference_adds_up_step_by_step_in_every_year(desk: Desk) -> None:
    for moves in (QUICK, CAPITAL, {"recovery.efficiency_recurrent_pct": "60"}):
        seen = seen_by(desk, moves)
        table = difference_by_step(Cases(desk.base, seen, (), True))
        apart = seen.reported - desk.base.reported
        assert (table.sum() - apart).abs().max() < 1e-9
        assert FROM_BEFORE in table.index


def test_who_waits_is_shown_where_it_is_moved_and_moves_the_position(
    browser: Browser, desk: Desk
) -> None:
    assert "figure-waiting" not in browser.until_there("/", QUICK).text
    more = {"activity.extra_pct": "5"}
    text = browser.until_there("/", more).text
    rows = cells(text, "People over 18 weeks at the end of the year")
    seen = seen_by(desk, more)
    assert rows[1][1:] == [f"{people:,.0f}" for people in desk.base.over_18_weeks]
    assert rows[2][1:] == [f"{people:,.0f}" for people in seen.over_18_weeks]
    assert seen.over_18_weeks.iloc[-1] < desk.base.over_18_weeks.iloc[-1]
    assert seen.reported.iloc[-1] != desk.base.reported.iloc[-1]
    steps = [
        row[0] for row in cells(text, "Difference of the reported position by step and year, £m")
    ]
    assert "Planned and urgent activity" in steps


def test_as_printed_it_adds_up_too(browser: Browser) -> None:
    text = browser.until_there("/", QUICK).text
    rows = cells(text, "Difference of the reported position by step and year, £m")

    def number(cell: str) -> float:
        return float(cell.replace(",", "").replace("(", "-").replace(")", ""))

    for column in range(1, len(rows[0])):
        parts = [number(row[column]) for row in rows[1:]]
        assert sum(parts[:-1]) == pytest.approx(parts[-1], abs=1e-9)


def test_a_place_is_shown_as_it_is_chosen(browser: Browser, desk: Desk) -> None:
    place, year = desk.base.places[-1], desk.base.years[-1]
    text = words_of(browser.get("/place", {"place": place, "year": year}))
    assert f"{place}, {year}" in text
    budget = float(desk.base.places_in(year).at[place, "budget_gbp_m"])
    assert f"Budget, {year} {millions(budget)}" in text
    assert browser.get("/place", {"place": "Nowhere"}).status_code == 400


def test_the_place_furthest_under_target_is_that_of_the_places_side_by_side(desk: Desk) -> None:
    seen = seen_by(desk, QUICK)
    for year in seen.years:
        place, distance = seen.furthest_under(year)
        table = seen.places_in(year).drop(index="All places")["dft"]
        assert distance == table.min()
        assert table.idxmin() == place


def test_a_form_without_a_script_leads_to_the_address_that_says_only_what_is_moved(
    browser: Browser, desk: Desk
) -> None:
    boxes = re.findall(
        r'form="settings" name="([^"]+)"[^>]* value="([^"]*)"', browser.get("/").text
    )
    assert len(boxes) > 15
    form = dict(boxes) | {"recovery.efficiency_pct": "5.0", "place": ""}
    answer = browser.get("/", form)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/?recovery.efficiency_pct=5"


def test_the_page_says_what_is_moved_its_range_and_the_way_back(browser: Browser) -> None:
    text = browser.get("/", {"recovery.efficiency_pct": "7.5"}).text
    knob = re.search(r'<div class="knob moved" data-key="recovery.efficiency_pct".*?</details>',
                     text, re.S)  # fmt: skip
    assert knob is not None
    assert "As it stands 4; range 3 to 5" in knob[0]
    assert '<p class="warning">Outside the range 3 to 5' in knob[0]
    assert 'href="/"' in knob[0]
    assert text.count('<div class="knob moved"') == 1


def test_a_setting_that_is_not_listed_is_listed_once_it_is_moved(browser: Browser) -> None:
    moves = {"recovery.pdc_pct": "4"}
    assert 'data-key="recovery.pdc_pct"' not in browser.get("/").text
    text = browser.get("/", moves).text
    assert "<legend>Also moved</legend>" in text
    assert 'data-key="recovery.pdc_pct"' in text


def test_all_settings_are_found_by_words(browser: Browser, desk: Desk) -> None:
    text = browser.get("/settings").text
    assert text.count('<div class="knob') == len(desk.settings)
    found = browser.get("/settings", {"find": "efficiency recurs"}).text
    assert 0 < found.count('<div class="knob') < 5
    none = browser.get("/settings", {"find": "<script>alert(1)</script>"})
    assert "<script>alert" not in none.text
    assert "No setting holds" in none.text


def test_what_is_moved_and_not_listed_goes_along(browser: Browser) -> None:
    text = browser.get("/settings", {"recovery.pdc_pct": "4", "find": "efficiency"}).text
    assert '<input type="hidden" name="recovery.pdc_pct" value="4" data-moved>' in text


def test_while_a_plan_is_drawn_up_the_page_says_so_and_shows_no_figure(
    desk: Desk, tmp_path: Path, monkeypatch: Any
) -> None:
    own = Desk(desk.scenario, desk.base.outcome)
    browser, go_on = Browser(own, tmp_path), threading.Event()

    def slow(*args: Any) -> Any:
        assert len(args) < 3 or go_on.wait(20)
        return recompute(*args)

    monkeypatch.setattr(desk_file, "recompute", slow)
    monkeypatch.setattr(desk_file, "WAIT_S", 0.0)
    answer = browser.get("/capital", CAPITAL)
    assert "Drawing up the plan" in words_of(answer)
    assert answer.headers["X-Nelfin-Again"]
    assert '<noscript><meta http-equiv="refresh"' in answer.text
    assert "<svg" not in answer.text
    assert '<div class="tile' not in answer.text
    part = browser.get("/part/capital", CAPITAL, X_Nelfin_Page="one")
    assert 'data-waits="Drawing up the plan"' in part.text
    go_on.set()
    text = words_of(browser.until_there("/capital", CAPITAL))
    assert "drawn up anew, as near as can be to the one before" in text
    assert "Drawing up the plan" not in text
    own.close()


def test_schemes_that_move_are_told_with_why(browser: Browser, desk: Desk) -> None:
    moves = {"capital.discount_rate_pct": "20", "capital.price_growth_pct": "60"}
    changes = seen_by(desk, moves).plan_changes
    text = browser.until_there("/capital", moves).text
    rows = cells(text, "In, out and moved")[1:]
    assert [row[0].split("(")[-1].rstrip(")") for row in rows] == changes["project_id"].tolist()
    assert all(row[-1] for row in rows)


def test_no_plan_is_told_in_words_and_the_settings_stay(browser: Browser, desk: Desk) -> None:
    ids = "; ".join(desk.base.outcome.inputs.projects["project_id"])
    answer = browser.until_there("/", {"capital.must_in": ids, "capital.price_growth_pct": "100"})
    assert answer.status_code == 200
    assert "There is no plan for what is moved" in words_of(answer)
    assert 'data-key="recovery.efficiency_pct"' in answer.text


def test_kept_ones_are_compared_with_base_and_now(browser: Browser, desk: Desk) -> None:
    browser.post("/keep", {"name": "Low", "why": "test"}, {"recovery.efficiency_pct": "3"})
    browser.post("/keep", {"name": "Dear"}, CAPITAL)
    moves = QUICK | {"with": ["low", "dear"]}
    text = browser.until_there("/", moves).text
    rows = {row[0]: row[1:] for row in cells(text, "Position by year, £m")}
    low = seen_by(desk, {"recovery.efficiency_pct": "3"})
    assert rows["Low, reported"] == [money(float(v)) for v in low.reported]
    names = ["As it stands", "Low", "Dear", "Now"]
    assert [f"{name}, reported" for name in names] == list(rows)[1::2]
    for look in ("base", "kept1", "kept2", "now"):
        assert f'class="line {look}"' in text
    assert "Schemes side by side" in browser.until_there("/capital", moves).text


def test_a_kept_one_that_is_no_more_or_cannot_be_read_is_told(browser: Browser) -> None:
    browser.folder.mkdir()
    (browser.folder / "broken.toml").write_text("x = [")
    (browser.folder / "years.toml").write_text(
        f'extends = "{browser.desk.scenario.files[-1]}"\n[years]\nlast = "2031/32"\n'
    )
    text = words_of(browser.get("/", {"with": ["gone", "broken", "years"]}))
    for says in ('"gone" is not there', "is not valid TOML", "is of other years"):
        assert says in text
    assert "Reported position by year" in text
    too_many = browser.get("/", {"with": ["a", "b", "c", "d"]})
    assert too_many.status_code == 400
    assert "at most 3" in words_of(too_many)


def test_schemes_are_found_by_a_word(browser: Browser, desk: Desk) -> None:
    plan = desk.base.outcome.joint.plan.plan
    whole = browser.until_there("/schemes").text
    assert all(name in whole for name in plan["project_id"])
    found = words_of(browser.until_there("/schemes", {"find": plan["project_id"].iloc[3]}))
    assert plan["reason"].iloc[3] in found
    assert "1 schemes with" not in found
    assert "1 scheme with" in found


def test_names_of_users_are_escaped(desk: Desk, tmp_path: Path) -> None:
    named = changed(desk.scenario, {"name": "<script>alert(1)</script>"})
    with closing(Desk(named, recompute(desk.base.outcome, named))) as own:
        browser = Browser(own, tmp_path)
        for path in ("/", "/place", "/capital", "/settings"):
            assert "<script>alert" not in browser.get(path).text


def test_a_scenario_without_tables_that_may_be_left_out_is_shown(tmp_path: Path) -> None:
    scenario = changed(small_scenario(tmp_path), EMPTY)
    with closing(Desk(scenario)) as own:
        browser = Browser(own, tmp_path)
        for path in ("/", "/place", "/capital", "/schemes", "/settings"):
            assert browser.until_there(path, QUICK).status_code == 200


def test_a_plan_of_known_years_alone_has_no_odds(tmp_path: Path) -> None:
    scenario = changed(small_scenario(tmp_path), {"years.last": "2025/26", "data.backlog": None})
    with closing(Desk(scenario)) as own:
        browser = Browser(own, tmp_path)
        assert "Every year is known" in words_of(browser.until_there("/"))
        assert browser.until_there("/capital").status_code == 200
