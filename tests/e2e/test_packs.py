"""Packs as a person sends them: one command each, a small page, a few printed ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import violations
from command import run
from playwright.sync_api import Browser, sync_playwright

pytestmark = pytest.mark.e2e

PACKS = {
    "place.html": (("--place", "havering"), range(2, 5)),
    "body.html": (("--body", "BHRUT"), range(2, 6)),
    "board.html": (("--board", "--slides", "deck.pptx"), range(2, 5)),
}
"""File: the options it takes, and how many pages of A4 it prints."""


@pytest.fixture(scope="module")
def folder(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs")
    for name, (options, _) in PACKS.items():
        done = run("report", str(run_folder), *options, "--html", name, cwd=folder)
        assert done.returncode == 0, done.stderr
        assert f"Written: {name}" in done.stderr
    return folder


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all packs, without a network."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_is_small_asks_for_nothing_and_prints_on_a_few_pages(
    browser: Browser, folder: Path, name: str
) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert len(text) < 400_000, "it goes by e-mail"
    assert "<script" not in text
    assert "default-src 'none'" in text
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert violations(page) == []
    drawn = page.evaluate("[...document.images].map(one => one.naturalWidth > 100 && one.alt)")
    assert len(drawn) > 2
    assert all(drawn), "each picture is drawn, and has words for who does not see it"
    sheets = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) in PACKS[name][1]
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "it fits a phone"
    assert said == []
    assert [url for url in asked if not url.startswith("data:image")] == [file.as_uri()]
    context.close()


def test_slides_can_come_with_the_boards_pages(folder: Path) -> None:
    assert (folder / "deck.pptx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--place", "Havering"), "--place: has no page to be. Add --html FILE."),
        (("--board", "--compare", "other", "--html", "a.html"), "--board and --compare: do not go"),
        (("--place", "Havering", "--body", "BHRUT", "--html", "a.html"), "one at a time"),
        (("--body", "BHRUT", "--html", "a.html", "--xlsx", "a.xlsx"), "--xlsx of the whole run"),
        (("--place", "Havring", "--html", "a.html"), 'Did you mean "Havering"?'),
        (("--body", "Guys", "--html", "a.html"), "Known here: BHRUT"),
        (("--slides", "deck.ppt"), "Name it deck.pptx."),
        (("--place", "Havering", "--place", "Newham", "--html", "a.html"), "--place: is given 2"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_left(
    run_folder: Path, tmp_path: Path, options: tuple[str, ...], why: str
) -> None:
    done = run("report", str(run_folder), *options, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert why in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
