"""The page in a real browser, opened from a file with the network off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from browsing import ALIKE, COLLIDE, FITTED, faint, faint_in_charts, opened, violations
from playwright.sync_api import Page

import nelfin
from nelfin.report.charts import CHARTS, cards
from nelfin.report.charts.sensitivity import TITLES
from nelfin.report.page.place_leads import place_leads
from nelfin.report.text.sensitivity import case_words
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
    page.wait_for_timeout(200)  # what is drawn again for another room waits a little
    page.wait_for_function(FITTED)
    page.evaluate("for (const list of document.querySelectorAll('select')) list.selectedIndex = 0")
    page.evaluate("""for (const box of document.querySelectorAll('input')) {
        box.value = ''; box.dispatchEvent(new Event('input', {bubbles: true})); }""")
    for name in ("place", "bridge", "organisation"):
        page.locator(f"#choose-{name}").dispatch_event("input")


CHOICES = [("places", "place"), ("recovery", "bridge"), ("capital", "organisation")]
"""Sections with a list of what to show, and the list."""


@pytest.mark.parametrize(("section", "name"), CHOICES)
def test_words_beside_charts_are_those_of_who_is_chosen(
    page: Page, result: Result, section: str, name: str
) -> None:
    shown = """name => [...document.querySelectorAll(`#figure-${name} [data-words]`)]
        .filter(one => one.checkVisibility()).map(one => one.textContent)"""
    drawn = {key: card for key, card in cards(result).items() if CHARTS[key].section == section}
    follows = [card for card in drawn.values() if card.words_of]
    assert follows
    options = page.locator(f"#choose-{name} option").evaluate_all(
        "all => all.map(one => one.value)"
    )
    assert set(options[1:]) == {whose for card in follows for whose in card.words_of}
    for whose in (options[2], options[0]):
        page.select_option(f"#choose-{name}", whose)
        chosen = whose != options[0]
        for key, card in drawn.items():
            words = card.words_of.get(whose, card.words)
            assert page.evaluate(shown, key) == [words], key
            label = page.locator(f"[role=img]:has(#chart-{key})").get_attribute("aria-label")
            assert label == f"{card.title}. {words} The table behind it follows."
            # what shows the same whoever is chosen says of whom it is
            scope = page.locator(f"#figure-{key} [data-scope]:visible").count()
            assert scope == (chosen and not card.words_of)
        assert page.locator(f"#{section} > [data-scope]").is_visible() == chosen
        page.emulate_media(media="print")
        assert page.evaluate(shown, key) == [words], "on paper too"
        told = page.locator(f"#{section} > [data-shown]:visible").all_inner_texts()
        assert told == ([f"Shown: {whose}."] if chosen else [])
        page.emulate_media(media="screen")


def test_a_chart_that_cannot_be_drawn_leaves_the_others(
    page: Page, run_folder: Path, tmp_path: Path
) -> None:
    text = (run_folder / "report.html").read_text(encoding="utf-8")
    for name, broken in (("budgets", '{"mark":NaN}'), ("capital", '{"mark":"no such mark"}')):
        text = re.sub(rf'(data-spec="{name}">)[^<]*', lambda m, broken=broken: m[1] + broken, text)
    file = tmp_path / "broken.html"
    file.write_text(text, encoding="utf-8")
    other = page.context.new_page()
    other.goto(file.as_uri())
    other.wait_for_function("document.body.dataset.charts")
    for name in ("budgets", "capital"):
        assert "could not be drawn" in other.locator(f"#chart-{name}").inner_text()
    whole = page.evaluate("document.body.dataset.charts")
    assert other.evaluate("document.body.dataset.charts") == str(int(whole) - 2)
    other.locator("#find-scheme").fill("whipps cross hospital redevelopment")
    assert other.locator("#scheme-table tbody tr:visible").count() == 1
    tried = """() => new Promise(done => setTimeout(() => {
        try { done(new Function('return 1')()); } catch (error) { done(error.name); } }))"""
    assert other.evaluate(tried) == "EvalError", "what draws the charts evaluates nothing"
    other.close()


def test_the_page_has_no_leave_to_evaluate(page: Page) -> None:
    policy = page.locator("meta[http-equiv]").get_attribute("content")
    assert policy is not None
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.partition("style-src")[0]


def test_texts_of_charts_are_apart_and_large_enough_at_every_width(page: Page) -> None:
    for width in (1440, 768, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(200)
        page.wait_for_function(FITTED)
        assert page.evaluate(COLLIDE) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        inside = """() => [...document.querySelectorAll('.drawing')]
            .filter(one => one.scrollWidth > one.clientWidth + 1).length"""
        assert page.evaluate(inside) == 0, "a chart is as wide as its room"


def test_no_code_word_is_seen(page: Page) -> None:
    texts = page.evaluate("""() => {
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
        while (walk.nextNode()) {
            if (!walk.currentNode.parentElement.closest('script, style')) {
                found.push(walk.currentNode.data);
            }
        }
        return found; }""")
    texts += page.locator("[aria-label]").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert len(texts) > 5_000
    for text in texts:
        known = re.sub(r"https?://\S+|[\w/.-]+\.(?:csv|py|xlsx|html|uk)\b|nel-2026", "", text)
        code = r"\w_\w|\b[a-z]+\.[a-z]{2}|\b[a-z]+(?:-[a-z]+)*-\d\d"
        assert not re.search(code, known), text


def test_contents_say_where_the_long_lists_are(page: Page) -> None:
    for name in ("schemes", "sources"):
        link = page.locator(f'nav a[href="#{name}"]')
        rows = page.locator(f"#{name.removesuffix('s')}-table tbody tr").count()
        assert link.inner_text().startswith(f"{rows:,} ")
        assert page.locator(f"#{name}").count() == 1


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
    moves = table[table["place"] == place]
    moves = moves.sort_values(
        "kind", key=lambda kinds: kinds.map(list(TITLES).index), kind="stable"
    )
    for row, move in zip(rows.all(), moves.itertuples(), strict=True):
        kind, case, shown = row.locator("th, td").evaluate_all(seen)
        assert kind == TITLES[move.kind]
        assert case.startswith(case_words(move.kind, move.case)[1])
        value = move.value
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


def test_a_saved_picture_says_what_it_is_of(page: Page, result: Result) -> None:
    name = str(result.data["organisation"].values[1])
    page.select_option("#choose-bridge", name)
    with page.expect_download() as download:
        page.locator('[data-save="bridge"][data-as="svg"]').click()
    assert download.value.suggested_filename == f"bridge-{name}.svg".replace(" ", "-")
    text = " ".join(re.findall(r">([^<]+)<", download.value.path().read_text(encoding="utf-8")))
    card = cards(result)["bridge"]
    assert card.title in text
    day = datetime.fromisoformat(result.provenance["started"])
    for words in (
        f"“{result.name}”",
        f"{day:%B %Y}",
        f"nelfin {nelfin.__version__}; shown: {name}.",
    ):
        assert words in text
    assert "Rests on illustrative figures" in text
    for word in card.words_of[name].split():
        assert word in text
    # the drawing is of who is chosen, too
    bridge = result.data["recovery_bridge"].isel(year=0).sel(step="opening underlying")
    drawn = f"({abs(float(bridge.sel(organisation=name))):,.1f})"
    assert text.count(drawn) == 1
    assert f"({abs(float(bridge.sum())):,.1f})" not in text


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


def test_axe_finds_nothing_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate(ALIKE)  # rows that are painted alike were all looked at on a wide screen
    assert violations(page) == []
    page.evaluate("putBack()")


def test_every_text_stands_out(unfolded: Page) -> None:
    """All cells of all tables, and all that charts say; not what is dimmed as another is chosen."""
    assert faint_in_charts(unfolded) == []
    assert faint(unfolded) == []


def test_page_is_small_and_names_no_other_host(run_folder: Path) -> None:
    file = run_folder / "report.html"
    assert file.stat().st_size < 3_000_000
    markup = re.sub(r"(?s)<script.*?</script>", "", file.read_text(encoding="utf-8"))
    assert not re.search(r'(?:src|href)="(?!#)', markup)
