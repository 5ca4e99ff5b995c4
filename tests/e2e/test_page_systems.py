"""The page of systems of other sizes and with hostile names, and the page on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from browsing import faint_in_charts, opened, violations
from playwright.sync_api import Page
from systems import write_system

import nelfin
from nelfin.report.charts import cards
from nelfin.report.charts.pictures import titled_charts
from nelfin.report.page import write_page
from nelfin.result import Result

pytestmark = pytest.mark.e2e

LONG = "W" * 4000
NAMES = {
    "Newham": "<script>document.body.dataset.hit = 1</script><img src=x onerror=alert(2)>",
    "Havering": "=cmd|' /C calc'!A0",
    "Redbridge": LONG,
    "Waltham Forest": "\u202eمستشفى الشمال\u202c",
    "Tower Hamlets": "🏥 {{7*7}} ${1} </table></script>",
    "Barts Health": "<b>Barts</b> & 'x' \"y\" \\",
    "BHRUT": "O" * 4000,
    "Acute reconfiguration": '"><svg onload=alert(3)>',
    "Mental health": "m " * 2000,
    "Whipps Cross Hospital redevelopment": "<script>alert(4)</script>",
    "Coordination centre and hospital flow": "<script>alert(5)</script>",
    "Same-day access and cloud telephony": "t " * 2000,
    "Urgent and emergency care front door redevelopment at Homerton University Hospital": LONG,
}
TITLE = "<script>alert(9)</script> مستشفى 🏥 " + "Z" * 120


@contextmanager
def page_of(chromium: str, result: Result, folder: Path) -> Iterator[Page]:
    file = folder / "report.html"
    write_page(result, file)
    assert file.stat().st_size < 3_000_000
    with opened(chromium, file) as page:
        assert page.evaluate("document.body.dataset.charts") == str(len(cards(result)))
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        yield page


def run(folder: Path, settings: Mapping[str, str] | None = None, **system: object) -> Result:
    file = write_system(folder / "system", **system)
    return nelfin.run(nelfin.load_scenario(file, settings or {}))


def test_a_system_of_3_places_and_40_schemes_without_openings(
    chromium: str, tmp_path: Path
) -> None:
    bare = {"data.openings": "", "allocation.streams.core.opening": "on-target"}
    result = run(tmp_path, bare, places=3, schemes=40)
    assert "Another opening position" not in set(cards(result)["sensitivity"].table["What changes"])
    with page_of(chromium, result, tmp_path) as page:
        assert page.locator("#place-table tbody tr").count() == 3
        assert page.locator("#scheme-table tbody tr").count() == 40
        assert page.locator("[data-lead]").count() == 3
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert violations(page) == []


def test_a_system_of_12_places_and_1200_schemes(chromium: str, tmp_path: Path) -> None:
    result = run(tmp_path, places=12, schemes=1200)
    with page_of(chromium, result, tmp_path) as page:
        assert page.locator("#place-table tbody tr").count() == 12
        assert page.locator("#scheme-table tbody tr").count() == 1200
        # its tables are made as those of the embedded system, whose every cell is looked at
        assert faint_in_charts(page) == [], "with a colour for each of twelve places"
        page.select_option("#choose-category", "Mental health")
        plan = result.table("plan")
        wanted = int((plan["category"] == "Mental health").sum())
        shown = page.locator("output[data-counts=scheme-table]").inner_text()
        assert shown == f"{wanted} of 1,200 schemes"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run(tmp_path_factory.mktemp("hostile"), schemes=60, names=NAMES, title=TITLE)


def test_hostile_names_are_text_everywhere(chromium: str, tmp_path: Path, hostile: Result) -> None:
    with page_of(chromium, hostile, tmp_path) as page:
        assert page.locator("h1").inner_text() == TITLE
        shown = page.locator("#place-table tbody th").all_text_contents()
        assert set(shown) >= {NAMES[name] for name in ("Newham", "Havering", "Tower Hamlets")}
        assert LONG in shown
        schemes = page.locator("#scheme-table tbody tr td:nth-child(2)").all_text_contents()
        assert schemes == list(hostile.table("plan")["name"])
        assert {"<script>alert(4)</script>", LONG} <= set(schemes)
        named = page.locator("#programme-table tbody tr td:nth-child(2)").all_text_contents()
        assert named == list(hostile.table("portfolio_plan")["name"])
        assert "<script>alert(5)</script>" in named
        owners = page.locator("#scheme-table tbody tr td:nth-child(3)").all_text_contents()
        assert {NAMES["Barts Health"], NAMES["BHRUT"]} <= set(owners)
        for place in (NAMES["Newham"], LONG):
            page.select_option("#choose-place", place)
            assert page.locator("[data-lead]:visible").count() == 1
        page.select_option("#choose-bridge", NAMES["BHRUT"])
        page.select_option("#choose-organisation", NAMES["Barts Health"])
        page.locator("#chart-budgets svg").hover(position={"x": 300, "y": 12})
        page.locator("#vg-tooltip-element").wait_for()
        _nothing_made(page)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def _nothing_made(page: Page) -> None:
    """Check that no element came out of a name."""
    assert page.evaluate("document.body.dataset.hit") is None
    assert page.locator("img, b, svg[onload]").count() == 0
    charts = page.locator("[data-chart]").count()
    assert page.locator("script").count() == 2 + charts
    # nothing spills out of its card or its section
    spilt = page.evaluate("""() => [...document.querySelectorAll('.card > *, section > *')]
        .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1
            && getComputedStyle(one).overflowX === 'visible')
        .map(one => one.outerHTML.slice(0, 80))""")
    assert spilt == []


def test_hostile_names_are_text_in_the_pictures(tmp_path: Path, hostile: Result) -> None:
    file = tmp_path / "budgets.svg"
    titled_charts(hostile)["budgets"].save(str(file))
    drawing = file.read_text(encoding="utf-8")
    assert "&lt;script&gt;" in drawing
    assert "<script" not in drawing
    assert LONG not in drawing.partition("<text")[2].partition("</text>")[0]


def test_the_page_on_paper(chromium: str, run_folder: Path, result: Result) -> None:
    """Nothing is wider than A4, no chart is split, and headings come again on each page."""
    with opened(chromium, run_folder / "report.html", width=703) as page:  # A4 less its margins
        page.emulate_media(media="print")
        wide = page.evaluate("""() => [...document.querySelectorAll('body *')]
            .filter(one => one.checkVisibility() && !one.closest('svg')
                && one.getBoundingClientRect().right > innerWidth + 1)
            .map(one => one.outerHTML.slice(0, 100))""")
        assert wide == []
        tall = page.evaluate("""() => [...document.querySelectorAll('.chart')]
            .map(one => one.getBoundingClientRect().height)""")
        assert max(tall) < 1016, "each chart fits a page"
        for selector in (".chart", ".card", "tr"):
            style = page.evaluate(
                f"getComputedStyle(document.querySelector('{selector}')).breakInside"
            )
            assert style == "avoid"
        assert not page.locator("nav").is_visible()
        plan = result.table("plan")
        in_plan = int((plan["status"] != "not funded").sum())
        assert in_plan > 30
        assert page.locator("#scheme-table tbody tr:visible").count() == 30
        assert page.locator("#source-table tbody tr:visible").count() == 0
        assert page.locator("#capital p.print:visible").count() == 1
        programmes = result.table("portfolio_plan")
        inside = int((programmes["status"] != "not chosen").sum())
        assert page.locator("#programme-table tbody tr:visible").count() == inside < len(programmes)
        page.emulate_media(media="screen")
        page.locator("#find-scheme").fill("whipps cross")
        page.emulate_media(media="print")
        chosen = page.locator("#scheme-table tbody tr:visible").count()
        assert chosen == plan["name"].str.contains("whipps cross", case=False).sum() > 1
        assert "chosen" in page.locator("#capital p.print:visible").inner_text()
        page.locator("#capital [data-clear]").evaluate("button => button.click()")
        head = page.evaluate(
            "getComputedStyle(document.querySelector('#scheme-table thead')).display"
        )
        assert head == "table-header-group"
        printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    pages = printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ")
    assert 8 < pages <= 19
    assert io.BytesIO(printed).getbuffer().nbytes < 5_000_000
