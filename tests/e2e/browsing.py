"""A page in a real browser with the network off, which must stay silent and ask for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@contextmanager
def opened(chromium: str, file: Path, width: int = 1280) -> Iterator[Page]:
    """Open a page of a run, wait until its charts are drawn, and look at what it said."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = browser.new_context(offline=True, viewport={"width": width, "height": 900})
        page = context.new_page()
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        page.wait_for_function("document.body.dataset.charts", timeout=60_000)
        yield page
        assert said == [], "the page says nothing on the console"
        assert len(asked) == 1, "the page asks for nothing but itself"
        browser.close()


def violations(page: Page, contrast: bool = True, within: str | None = None) -> list[str]:
    """Return what axe-core finds against WCAG 2.1 A and AA and good practice."""
    options = {
        "runOnly": RULES,
        "rules": {"color-contrast": {"enabled": contrast}},
        "resultTypes": ["violations"],
    }
    found = Axe().run(page, context=within, options=options).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
