"""The page in a real browser, opened from a file with the network off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import faint, faint_in_charts, opened, violations
from playwright.sync_api import Page

from nelfin.report.page.place_leads import place_leads
from nelfin.result import Result

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def page(chromium: str, run_folder: Path) -> Iterator[Page]:
    with opened(chromium, run_folder / "report.html") as page:
        yield page


@pytest.fixture(autouse=True)
def _as_opened(page: Page) -> Iterator[None]:
    """Leave the page as it was found."""
    yield
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("for (const list of document.querySelectorAll('select')) list.selectedIndex = 0")
    page.evaluate("""for (const box of document.querySelectorAll('input')) {
        box.value = ''; box.dispatchEvent(new Event('input', {bubbles: true})); }""")
    for name in ("place", "bridge"):
        page.locator(f"#choose-{name}").dispatch_event("input")


def test_every_chart_is_drawn(page: Page, result: Result) -> None:
    assert page.evaluate("document.body.dataset.charts") == str(len(result.charts))
    for name in result.charts:
        assert page.locator(f"#chart-{name} svg.marks path").count() > 5, name
        box = page.locator(f"#chart-{name} svg.marks").bounding_box()
        assert box is not None
        assert box["width"] > 300, name
        assert box["height"] > 100, name


def test_charts_have_words_and_a_table(page: Page, result: Result) -> None:
    for name in result.charts:
        label = page.locator(f"[role=img]:has(#chart-{name})").get_attribute("aria-label")
        assert label
        assert len(label) > 40
        assert page.locator(f"figure:has(#chart-{name}) + details table tbody tr").count() > 2


def test_headline_answers_the_four_questions(page: Page) -> None:
    text = page.locator("#headline").inner_text()
    assert re.search(r"(from|not by) 20\d\d/\d\d", text)
    assert "Who is under target" in text
    assert re.search(r"What £87m a year of capital buys", text)
    assert re.search(r"What it leaves out\s+£[\d,.]+m", text)
    assert re.search(r"\d+ assumptions", text)
    assert "illustrative" in text
    assert page.locator("h2").first.inner_text() == "In half a minute"


def test_a_place_lead_sees_the_place_and_what_moved_its_budget(page: Page, result: Result) -> None:
    assert page.locator("[data-lead]:visible").count() == 0
    lead = place_leads(result)[2]
    page.select_option("#choose-place", lead.place)
    assert page.locator("[data-lead]:visible").count() == 1
    rows = page.locator("[data-lead]:visible table tbody tr td").all_inner_texts()
    pounds = [-1 * int(t[1:-1].replace(",", "")) if t.startswith("(") else int(t.replace(",", ""))
              for t in rows]  # fmt: skip
    assert sum(pounds[:-1]) == pounds[-1], "to the pound, as printed"
    assert pounds[-1] == round(lead.budget * 1e6)
    assert page.locator("#place-table tbody tr:visible th").all_inner_texts() == [lead.place]
    # the waterfall now shows the place's own change
    change = f"{lead.moves[-1][1] - lead.moves[0][1]:,.1f}"
    page.wait_for_function(
        "text => document.getElementById('chart-what_moved').textContent.includes(text)",
        arg=change,
    )


def test_the_grid_of_what_budgets_rest_on_shows_the_place_chosen(
    page: Page, result: Result
) -> None:
    table = result.table("sensitivity").dropna(subset="value")
    table = table[table["measure"] == "budget_move"]
    places, cases = set(table["place"]), len(table[["kind", "case"]].drop_duplicates())
    headings = page.locator("#table-sensitivity thead th")
    texts = """() => [...document.querySelectorAll('#chart-sensitivity .mark-text.role-mark text')]
        .filter(text => text.getAttribute('opacity') === '1')"""
    assert set(headings.all_text_contents()) > places
    assert len(page.evaluate(texts)) == cases * len(places)
    place = place_leads(result)[1].place
    page.select_option("#choose-place", place)
    page.locator("article:has(#chart-sensitivity) > details > summary").click()
    seen = "cells => cells.filter(one => one.checkVisibility()).map(one => one.textContent)"
    assert headings.evaluate_all(seen) == ["What changes", "How", place]
    rows = page.locator("#table-sensitivity tbody tr")
    assert rows.count() == cases
    moves = table[table["place"] == place].set_index(["kind", "case"])["value"]
    for row in rows.all():
        kind, case, shown = row.locator("th, td").evaluate_all(seen)
        value = moves[kind, case]
        text = f"{abs(value):,.2f}"
        assert shown == (f"({text})" if value < 0 and float(text) else text)
    page.wait_for_function(f"n => ({texts})().length === n", arg=cases)
    page.select_option("#choose-place", "All places")
    assert set(headings.evaluate_all(seen)) > places
    page.locator("article:has(#chart-sensitivity) > details > summary").click()


def test_a_bridge_for_an_organisation(page: Page, result: Result) -> None:
    bridge = result.data["recovery_bridge"].sel(step="opening underlying").isel(year=0)
    name = str(bridge["organisation"].values[1])
    page.select_option("#choose-bridge", name)
    shown = f"({abs(float(bridge.sel(organisation=name))):,.1f})"
    page.wait_for_function(
        "text => document.getElementById('chart-bridge').textContent.includes(text)", arg=shown
    )
    rows = page.locator("#table-bridge tbody tr")
    left = rows.evaluate_all(
        "rows => rows.filter(row => !row.hidden).map(row => row.cells[0].textContent)"
    )
    assert left == [name]


def test_search_and_filters_leave_only_the_schemes_that_match(page: Page, result: Result) -> None:
    plan = result.table("plan")
    rows = page.locator("#scheme-table tbody tr")
    assert rows.count() == len(plan)
    page.locator("#find-scheme").fill("whipps cross hospital redevelopment")
    assert page.locator("#scheme-table tbody tr:visible").count() == 1
    page.locator("#find-scheme").fill("")
    page.select_option("#choose-organisation", "Homerton")
    page.select_option("#choose-status", "not funded")
    out = plan[(plan["organisation"] == "Homerton") & (plan["status"] == "not funded")]
    shown = page.locator("#scheme-table tbody tr:visible th").all_inner_texts()
    assert shown == list(out["project_id"])
    count = page.locator("output[data-counts=scheme-table]")
    assert count.inner_text() == f"{len(out)} of {len(plan)} schemes"
    page.locator("#capital [data-clear]").click()
    assert page.locator("#scheme-table tbody tr:visible").count() == len(plan)


def test_a_heading_sorts_by_the_exact_value(page: Page, result: Result) -> None:
    button = page.locator("#scheme-table thead th", has_text="Spend").locator("button")
    for direction in ("ascending", "descending"):
        button.press("Enter")
        assert page.locator("#scheme-table th[aria-sort]").get_attribute("aria-sort") == direction
        shown = page.locator("#scheme-table tbody td[data-value]:nth-child(8)").evaluate_all(
            "cells => cells.map(cell => Number(cell.dataset.value))"
        )
        assert shown == sorted(shown, reverse=direction == "descending")
        assert sorted(shown) == sorted(result.table("plan")["spend_gbp_m"])


def test_a_figure_leads_to_its_source_even_when_a_search_hid_it(page: Page) -> None:
    page.locator("#find-source").fill("no such figure")
    assert page.locator("#source-table tbody tr:visible").count() == 0
    scheme = page.locator("#scheme-table tbody a").nth(4)
    scheme.click()
    target = page.locator("tr:target")
    assert target.is_visible()
    assert target.locator("td").first.inner_text() == scheme.inner_text()
    page.locator("article:has(#chart-budgets) .rests summary").click()
    page.locator("article:has(#chart-budgets) .rests a", has_text="openings").click()
    assert page.locator("tr:target th").inner_text() == "openings"


def test_hover_tells_the_values(page: Page, result: Result) -> None:
    page.locator("#chart-budgets svg").hover(position={"x": 250, "y": 12})
    told = page.locator("#vg-tooltip-element").inner_text()
    lead = place_leads(result)[0]
    assert lead.place in told
    assert f"{lead.budget:,.1f}" in told


@pytest.mark.parametrize(("kind", "begin"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_a_chart_is_saved_for_a_slide(page: Page, kind: str, begin: bytes) -> None:
    with page.expect_download() as download:
        page.locator(f'[data-save="budgets"][data-as="{kind}"]').click()
    assert download.value.suggested_filename == f"budgets.{kind}"
    assert download.value.path().read_bytes().startswith(begin)


def test_everything_is_reached_by_keyboard(page: Page) -> None:
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    wanted = page.evaluate("""() => [...document.querySelectorAll(
        'nav a, select, input, #place-table thead button, .drawing, summary, [data-save]')]
        .filter(one => one.checkVisibility()).map((one, at) => one.dataset.at = String(at)).length
    """)
    reached = set()
    page.evaluate("document.querySelector('.skip').focus()")
    for _ in range(1200):
        page.keyboard.press("Tab")
        at = page.evaluate("""() => document.activeElement.closest('#scheme-table tbody tr')
            ? 'scheme' : document.activeElement.dataset.at""")
        if at == "scheme":  # hundreds of links, one a scheme: enough to have seen one
            page.evaluate("document.querySelector('#scheme-table tbody').inert = true")
        elif at:
            reached.add(at)
        if len(reached) == wanted:
            break
    page.evaluate("document.querySelector('#scheme-table tbody').inert = false")
    assert len(reached) == wanted


def test_a_narrow_screen_scrolls_only_down(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture
def unfolded(page: Page) -> Iterator[Page]:
    """The page with every table and every place lead open, and every row there."""
    page.evaluate("""for (const one of document.querySelectorAll('details')) one.open = true;
        for (const lead of document.querySelectorAll('[data-lead]')) lead.hidden = false;""")
    assert page.locator("tr[hidden], td[hidden], th[hidden]").count() == 0
    yield page
    page.evaluate("""for (const one of document.querySelectorAll('details')) one.open = false;
        for (const lead of document.querySelectorAll('[data-lead]')) lead.hidden = true;""")


def test_axe_finds_nothing(unfolded: Page) -> None:
    assert violations(unfolded) == []


def test_every_text_stands_out(unfolded: Page) -> None:
    """All cells of all tables, and all that charts say; not what is dimmed as another is chosen."""
    assert faint_in_charts(unfolded) == []
    assert faint(unfolded) == []


def test_page_is_small_and_names_no_other_host(run_folder: Path) -> None:
    file = run_folder / "report.html"
    assert file.stat().st_size < 3_000_000
    markup = re.sub(r"(?s)<script.*?</script>", "", file.read_text(encoding="utf-8"))
    assert not re.search(r'(?:src|href)="(?!#)', markup)
