"""Make the pictures of the README and the guides, of the embedded figures.

The README shows the page and the workbook of a run; the guide to the app shows its three screens.

    python tools/make_pictures.py

Needs chromium, LibreOffice (soffice) and pdftoppm. A picture that does not show the word
illustrative, or is larger than a README should load, is refused.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import which

from playwright.sync_api import ViewportSize, sync_playwright

import nelfin
from nelfin.scenario.load import packaged_folder

PICTURES = Path(__file__).parents[1] / "docs" / "_static"
MOST_BYTES = 150_000
WINDOW: ViewportSize = {"width": 1040, "height": 720}
"""Of the page, in pixels: what a reader sees first."""

APP_WINDOW: ViewportSize = {"width": 1200, "height": 600}
"""Of a screen of the app."""

SHEET = "System"
"""Sheet of the workbook that is shown, by the words at the end of its printed head."""

DOTS_AN_INCH = 90
TOP_AND_LEFT = 30
"""Pixels of the margin of a printed sheet that are cut off."""


def picture_of_page(html: Path, picture: Path) -> str:
    """Take a picture of the top of a page; return the words in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(offline=True, viewport=WINDOW).new_page()
        page.goto(html.as_uri())
        page.wait_for_function("document.body.dataset.charts", timeout=60_000)
        page.screenshot(path=picture)
        seen = page.evaluate(
            "h => [...document.querySelectorAll('main *')].filter(e => !e.children.length && "
            "e.getBoundingClientRect().bottom < h).map(e => e.textContent).join(' ')",
            WINDOW["height"],
        )
        browser.close()
    return str(seen)


def picture_of_workbook(book: Path, picture: Path) -> str:
    """Take a picture of a printed sheet of a workbook; return the words in it."""
    folder = book.parent
    pdf = book.with_suffix(".pdf")
    _said("soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, book)
    pages = _said("pdftotext", "-layout", pdf, "-").split("\f")
    heads = [text.strip().partition("\n")[0] for text in pages]
    shown = [at for at, head in enumerate(heads, start=1) if head.endswith(f" {SHEET}")]
    if not shown:
        sys.exit(f'No page has the head "{SHEET}".')
    at = shown[0]
    cut = ("-x", TOP_AND_LEFT, "-y", TOP_AND_LEFT, "-W", 700, "-H", 560)
    _said("pdftoppm", "-png", "-singlefile", "-r", DOTS_AN_INCH, "-f", at, "-l", at, *cut,
          pdf, picture.with_suffix(""))  # fmt: skip
    return pages[at - 1]


SCREENS = {
    "app-system.png": "/?recovery.efficiency_pct=5.5&activity.extra_pct=2",
    "app-places.png": "/place?place=Newham&envelope.growth_pct.core=4",
    "app-capital.png": "/capital?capital.price_growth_pct=3",
}
"""Pictures of the app, each of an address on which something is moved."""


def pictures_of_app(folder: Path) -> Iterator[tuple[str, str]]:
    """Take a picture of each screen of the app; give its name, and the words in it."""
    scenario = packaged_folder() / "scenario.toml"
    words = [sys.executable, "-m", "nelfin", "app", str(scenario), "--folder", str(folder),
             "--no-browser"]  # fmt: skip
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as app:
        said = app.stderr.readline() if app.stderr else ""
        address = said.partition(" open at ")[2].partition("/ on ")[0]
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=which("chromium"), args=["--no-sandbox", "--disable-gpu"]
                )
                page = browser.new_page(viewport=APP_WINDOW)
                for name, path in SCREENS.items():
                    page.goto(address + path)
                    page.wait_for_selector("body:not(.waiting) #tiles .tile", timeout=120_000)
                    page.locator("#tiles", has_text="being drawn").wait_for(state="detached")
                    page.screenshot(path=PICTURES / name)
                    yield name, page.inner_text("body")
                browser.close()
        finally:
            app.terminate()


def _said(*words: object) -> str:
    done = subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True)
    return done.stdout


def main() -> None:
    """Make all pictures."""
    result = nelfin.run(nelfin.load_scenario(), draws=1000)
    with tempfile.TemporaryDirectory() as made:
        folder = result.save(Path(made) / "run")
        for name, take, file in (
            ("page.png", picture_of_page, folder / "report.html"),
            ("workbook.png", picture_of_workbook, folder / "report.xlsx"),
        ):
            _check(name, take(file, PICTURES / name))
        for name, words in pictures_of_app(Path(made) / "kept"):
            _check(name, words)


def _check(name: str, words: str) -> None:
    """Refuse a picture that does not say what is illustrative, or is slow to load."""
    size = (PICTURES / name).stat().st_size
    if "illustrative" not in words.casefold() or size > MOST_BYTES:
        sys.exit(f"{name}: {size:,} bytes; it shows: {words}")
    print(f"{PICTURES / name}: {size:,} bytes")


if __name__ == "__main__":
    main()
