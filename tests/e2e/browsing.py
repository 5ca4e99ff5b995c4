"""A page in a real browser with the network off, which must stay silent and ask for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
FLAT = """
    .wide { max-height: none !important; overflow: visible !important; }
    .wide thead th, nav { position: static !important; }
    main { padding: 0 !important; }
"""
DRAWINGS = """
    .wide { display: none !important; }
    nav { position: static !important; }
    [data-chart] svg * { pointer-events: auto !important; }
"""
ALIKE = (Path(__file__).parent / "alike.js").read_text(encoding="utf-8")
COLLIDE = (Path(__file__).parent / "collide.js").read_text(encoding="utf-8")
FITTED = """() => [...document.querySelectorAll('[data-chart]')].every(one =>
    Math.min(Number(one.dataset.room), 850) === Math.min(one.parentElement.clientWidth, 850))"""
"""Every chart is drawn for the room there is."""
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


def violations(page: Page, within: str | None = None) -> list[str]:
    """Return what axe-core finds against WCAG 2.1 A and AA and good practice, but for contrast."""
    options = {
        "runOnly": RULES,
        "rules": {"color-contrast": {"enabled": False}},
        "resultTypes": ["violations"],
    }
    found = Axe().run(page, context=within, options=options).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def faint(page: Page) -> list[str]:
    """Return each text outside the charts that stands out too little, or that cannot be judged.

    axe-core judges no text that is cut off or lies under a heading that stays, so that of a table
    that scrolls most would go unseen. Here all lies open on a wide screen. Of the rows of a table
    that are painted alike, in all that contrast rests on, one is judged for all.
    """
    flat = page.add_style_tag(content=FLAT)
    left, taken, unchanged = page.evaluate(ALIKE)
    assert unchanged
    assert left > 20
    assert taken > 1_000
    page.set_viewport_size({"width": 2200, "height": 900})
    options = {
        "runOnly": {"type": "rule", "values": ["color-contrast"]},
        "resultTypes": ["violations", "incomplete"],
    }
    found = Axe().run(page, context={"exclude": [["[data-chart]"]]}, options=options).response
    flat.evaluate("style => style.remove()")
    page.evaluate("putBack()")
    return [
        f"{kind}: {node['html'][:200]}"
        for kind in ("violations", "incomplete") for one in found[kind] for node in one["nodes"]
    ]  # fmt: skip


def faint_in_charts(page: Page) -> list[str]:
    """Return each text of a chart that stands out too little; axe-core looks at none."""
    alone = page.add_style_tag(content=DRAWINGS)
    texts = page.evaluate(CONTRAST)
    alone.evaluate("style => style.remove()")
    assert len(texts) > 300
    assert sum(text["shapes"] > 0 for text in texts) > 100, "figures stand in bars and in cells"
    return [str(text) for text in texts if text["ratio"] < 4.5]
