"""The page in a real browser, opened from a file with the network off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from nelfin.report.charts import CHARTS
from nelfin.result import Result

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def page(chromium: str, run_folder: Path) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = browser.new_context(offline=True, viewport={"width": 1200, "height": 900})
        page = context.new_page()
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((run_folder / "report.html").as_uri())
        page.wait_for_function("document.body.dataset.charts", timeout=30_000)
        assert said == [], "the page says nothing on the console"
        assert len(asked) == 1, "the page asks for nothing but itself"
        yield page
        browser.close()


def test_every_chart_is_drawn(page: Page) -> None:
    assert page.evaluate("document.body.dataset.charts") == str(len(CHARTS))
    for name in CHARTS:
        marks = page.locator(f"#chart-{name} svg.marks path").count()
        assert marks > 5, name
        box = page.locator(f"#chart-{name} svg.marks").bounding_box()
        assert box is not None
        assert box["width"] > 300, name
        assert box["height"] > 100, name


def test_charts_have_words_and_a_table(page: Page) -> None:
    for name in CHARTS:
        label = page.locator(f"#chart-{name}").get_attribute("aria-label")
        assert label
        assert len(label) > 40
        assert page.locator(f"figure:has(#chart-{name}) + details table tbody tr").count() > 2


def test_place_table_shows_the_budgets_of_the_result(page: Page, result: Result) -> None:
    year = result.data.attrs["last_published_year"]
    budget = result.data["budget"].sum("stream").sel(year=year)
    rows = page.locator("#places table").first.locator("tbody tr")
    assert rows.count() == budget.sizes["place"]
    for row in rows.all():
        place = row.locator("th").inner_text()
        shown = float(row.locator("td").nth(1).inner_text().replace(",", ""))
        assert shown == pytest.approx(float(budget.sel(place=place)), abs=0.05)


def test_search_leaves_only_the_schemes_that_match(page: Page) -> None:
    rows = page.locator("#scheme-table tbody tr")
    assert rows.count() == 332
    page.locator("#find-scheme").fill("whipps cross hospital redevelopment")
    visible = [row for row in rows.all() if row.is_visible()]
    assert len(visible) == 1
    page.locator("#find-scheme").fill("")


def test_headline_and_illustrative_mark_are_there(page: Page) -> None:
    text = page.locator("section[aria-label=Headline]").inner_text()
    assert re.search(r"Reported balance\s+(from|not by) 20\d\d/\d\d", text)
    assert "illustrative" in text


def test_page_is_small_and_names_no_other_host(run_folder: Path) -> None:
    file = run_folder / "report.html"
    assert file.stat().st_size < 3_000_000
    markup = re.sub(r"(?s)<script.*?</script>", "", file.read_text(encoding="utf-8"))
    assert not re.search(r'(?:src|href)="(?!#)', markup)
