"""Make the two pictures of the README, the page and the workbook, of the embedded figures.

    python tools/make_pictures.py

Needs chromium, LibreOffice (soffice) and pdftoppm. A picture that does not show the word
illustrative, or is larger than a README should load, is refused.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import which

from playwright.sync_api import ViewportSize, sync_playwright

import nelfin

PICTURES = Path(__file__).parents[1] / "docs" / "_static"
MOST_BYTES = 150_000
WINDOW: ViewportSize = {"width": 1040, "height": 720}
"""Of the page, in pixels: what a reader sees first."""

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


def _said(*words: object) -> str:
    done = subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True)
    return done.stdout


def main() -> None:
    """Make both pictures."""
    result = nelfin.run(nelfin.load_scenario(), draws=1000)
    with tempfile.TemporaryDirectory() as made:
        folder = result.save(Path(made) / "run")
        for name, take, file in (
            ("page.png", picture_of_page, folder / "report.html"),
            ("workbook.png", picture_of_workbook, folder / "report.xlsx"),
        ):
            words = take(file, PICTURES / name)
            size = (PICTURES / name).stat().st_size
            if "illustrative" not in words or size > MOST_BYTES:
                sys.exit(f"{name}: {size:,} bytes; it shows: {words}")
            print(f"{PICTURES / name}: {size:,} bytes")


if __name__ == "__main__":
    main()
