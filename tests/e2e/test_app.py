"""The app in a process of its own, in a browser: with a script and without, by keyboard, reloaded.

The browser has no network but the app, and no websockets.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from app_case import small_scenario
from browsing import violations
from command import NELFIN, run
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

import nelfin
from nelfin.scenario import load_scenario

pytestmark = pytest.mark.e2e

MOVED = "?recovery.efficiency_pct=5"
WAIT_MS = 60_000


class App:
    """`nelfin app` as somebody started it."""

    def __init__(self, process: subprocess.Popen[str], address: str, folder: Path) -> None:
        self.process, self.address, self.folder = process, address, folder


@contextmanager
def started(folder: Path) -> Iterator[App]:
    """Start the app, and stop it as Ctrl-C does; it says one line and ends well."""
    file = small_scenario(folder).files[-1]
    words = ("app", str(file), "--folder", "kept", "--no-browser")
    with subprocess.Popen(
        [*NELFIN, *words], cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:  # fmt: skip
        assert process.stderr is not None
        said = process.stderr.readline()
        found = re.fullmatch(
            r"A small plan is open at (http://127\.0\.0\.1:\d+)/ on this machine\. "
            r"Ctrl-C stops it\.\n",
            said,
        )
        assert found is not None, said + process.stderr.read()
        try:
            yield App(process, found[1], folder / "kept")
        finally:
            process.send_signal(signal.SIGINT)
            try:
                out, err = process.communicate(timeout=60)
            finally:
                process.kill()  # what has not ended by then fails, and is waited for no longer
        assert (out, err) == ("", "")
        assert process.returncode == 0


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with started(tmp_path_factory.mktemp("app")) as made:
        yield made


@contextmanager
def browsing(chromium: str, app: App, **options: object) -> Iterator[BrowserContext]:
    """Open a browser that reaches nothing but the app, and whose console stays silent."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking",
                  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )  # fmt: skip
        context = browser.new_context(**options)  # type: ignore[arg-type]
        said: list[str] = []
        foreign: list[str] = []
        context.on("console", lambda message: said.append(message.text))
        context.on("weberror", lambda error: said.append(str(error.error)))
        context.on("request", lambda request: foreign.append(request.url)
                   if not request.url.startswith(app.address) else None)  # fmt: skip
        context.set_default_timeout(WAIT_MS)
        yield context
        assert (said, foreign) == ([], [])
        browser.close()


def reported(page: Page) -> str:
    return page.locator("#tiles .tile").first.inner_text()


def settled(page: Page) -> str:
    """What the first tile says once nothing is waited for."""
    expect(page.locator("body.waiting")).to_have_count(0, timeout=WAIT_MS)
    expect(page.locator("#tiles .tile")).to_have_count(6, timeout=WAIT_MS)
    return reported(page)


def shows(page: Page, tile: str) -> None:
    """Wait until the first tile says something."""
    first = page.locator("#tiles .tile").first
    expect(first).to_have_text(re.compile(r"\s*".join(map(re.escape, tile.split()))),
                               timeout=WAIT_MS)  # fmt: skip


def test_a_slider_moves_figures_and_address_and_nothing_is_lost(chromium: str, app: App) -> None:
    with browsing(chromium, app) as context:
        page = context.new_page()
        page.goto(f"{app.address}/")
        before = settled(page)
        knob = page.locator('[data-key="recovery.efficiency_pct"]')
        slider = knob.locator(".slider")
        slider.focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        expect(knob.locator(".box")).to_have_value("4.2")
        page.wait_for_url("**/?recovery.efficiency_pct=4.2")
        after = settled(page)
        assert after != before
        assert "As it stands" in after
        expect(page.locator("#status")).to_contain_text("Balance")
        page.reload()
        assert settled(page) == after
        # two tabs do not know of each other
        other = context.new_page()
        other.goto(f"{app.address}/")
        assert settled(other) == before
        # a setting outside its range says so, and back leads back
        knob.locator(".box").fill("6.5")
        knob.locator(".box").press("Enter")
        page.wait_for_url("**/?recovery.efficiency_pct=6.5")
        expect(knob.locator(".warning")).to_be_visible()
        page.go_back()
        page.wait_for_url("**/?recovery.efficiency_pct=4.2")
        shows(page, after)
        expect(knob.locator(".warning")).to_be_hidden()
        # what is moved goes along to the other screens
        page.get_by_role("link", name="Places", exact=True).click()
        page.wait_for_url("**/place?recovery.efficiency_pct=4.2")
        knob.locator(".reset").click()
        page.wait_for_url("**/place")
        shows(page, before)


def test_a_capital_setting_is_marked_while_its_plan_is_drawn_up(chromium: str, app: App) -> None:
    with browsing(chromium, app) as context:
        page = context.new_page()
        page.goto(f"{app.address}/capital")
        settled(page)
        box = page.locator('[data-key="capital.price_growth_pct"] .box')
        box.fill("60")
        page.evaluate("""() => new MutationObserver((_, own) => {
            if (document.body.classList.contains('waiting')) {
              document.body.dataset.said = document.getElementById('status').textContent;
              own.disconnect();
            }}).observe(document.body, { attributes: true, subtree: true, childList: true })""")
        box.press("Enter")
        settled(page)
        assert page.evaluate("document.body.dataset.said").startswith("Drawing up the plan")
        expect(page.locator("#figure-changes")).to_be_visible()


def test_without_a_script_forms_do_all_of_it(chromium: str, app: App) -> None:
    with browsing(chromium, app, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{app.address}/")
        page.get_by_label("Efficiency asked", exact=False).locator("visible=true").first.fill("5")
        page.get_by_role("button", name="Work it out").first.click()
        page.wait_for_url(f"**/{MOVED}")
        assert "As it stands" in reported(page)
        page.get_by_label("Name", exact=True).fill("Without a script")
        page.get_by_label("Why", exact=True).fill("to see")
        page.get_by_role("button", name="Keep as a scenario").click()
        page.wait_for_url("**/kept/without-a-script?*")
        kept = app.folder / "without-a-script.toml"
        assert load_scenario(kept).recovery.efficiency_pct == 5.0
        page.goto(f"{app.address}/")
        page.get_by_label("Without a script").check()
        page.get_by_role("button", name="Compare").click()
        page.wait_for_url("**/?with=without-a-script")
        expect(page.locator(".line.kept1")).to_have_count(1)
    # the command line reads it
    done = run("check", str(kept), cwd=app.folder.parent)
    assert done.returncode == 0, done.stderr
    assert nelfin.load_scenario(kept).name == "Without a script"


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_nothing_sticks_out(chromium: str, app: App, width: int) -> None:
    with browsing(chromium, app, viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        for path in ("/", "/place", "/capital", "/settings", "/schemes"):
            page.goto(f"{app.address}{path}{MOVED}")
            if path in {"/", "/place", "/capital"}:
                settled(page)
                expect(page.locator("#tiles")).not_to_contain_text("being drawn", timeout=WAIT_MS)
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_full_run_is_downloaded(chromium: str, app: App) -> None:
    with browsing(chromium, app) as context:
        page = context.new_page()
        page.goto(f"{app.address}/{MOVED}")
        settled(page)
        page.get_by_role("button", name="Workbook, page").click()
        page.wait_for_url("**/run/*")
        with page.expect_download() as sent:
            page.get_by_role("link", name="The workbook").click()
        assert sent.value.suggested_filename == "a-small-plan-moved.xlsx"
        assert Path(sent.value.path()).read_bytes()[:2] == b"PK"
