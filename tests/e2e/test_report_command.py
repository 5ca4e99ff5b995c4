"""`nelfin report`: pictures for slides, and a page that compares two runs."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from browsing import opened, violations
from command import run
from markup import Markup
from systems import write_system

import nelfin
from nelfin.report.charts import CHARTS
from nelfin.report.charts.pictures import PIXELS
from nelfin.result import Result

pytestmark = pytest.mark.e2e


def test_each_chart_is_a_wide_png_and_an_svg(
    run_folder: Path, tmp_path: Path, result: Result
) -> None:
    done = run("report", str(run_folder), "--charts", "slides", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    charts = result.charts
    names = {name for name in CHARTS if name in charts}
    files = {file.name for file in (tmp_path / "slides").iterdir()}
    assert files == {f"{name}.{kind}" for name in names for kind in ("png", "svg")}
    for name in names:
        head = (tmp_path / "slides" / f"{name}.png").read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", head[16:24])
        assert width >= PIXELS
        assert height > 400
        drawing = (tmp_path / "slides" / f"{name}.svg").read_text(encoding="utf-8")
        assert drawing.startswith("<svg")
        assert "illustrative" in drawing, "every chart of the embedded system rests on such figures"


def test_a_folder_that_cannot_be_is_refused_and_nothing_is_left(
    run_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    for folder, why in (("there", "already exists"), ("file/slides", "cannot be")):
        done = run("report", str(run_folder), "--charts", folder, cwd=tmp_path)
        assert done.returncode == 2
        assert why in done.stderr
        assert "--force" not in done.stderr
        assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "there"]


def test_a_page_that_compares_three_runs_in_their_order(chromium: str, tmp_path: Path) -> None:
    file = write_system(tmp_path / "system", places=3, schemes=40)
    base, middle, other = (
        nelfin.run(nelfin.load_scenario(file, settings))
        for settings in ({}, {"capital.relax": True}, {"recovery.efficiency_pct": 3.0})
    )
    for name, found in (("base", base), ("relaxed", middle), ("other", other)):
        found.save(tmp_path / name, report=False)
    words = ("report", "other", "--compare", "base", "--compare", "relaxed")
    done = run(*words, "--html", "page.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = nelfin.compare(base, middle, other)
    assert found.names == ["base", "relaxed", "other"]
    page = Markup(tmp_path / "page.html")
    tables = {table.holds: table for table in page.tables if table.id.startswith("compared-")}
    assert {"differs", "headline", "schemes", "results"} <= set(tables)
    assert len(tables["differs"].rows) == len(found.settings) == 2
    changes = [row[-1].value for row in tables["results"].rows]
    assert changes == list(found.results["change"])
    assert [abs(c) for c in changes] == sorted((abs(c) for c in changes), reverse=True)
    moved = [row[-3].text for row in tables["schemes"].rows]
    assert moved == list(found.schemes["moved"])
    behind = next(table for table in page.tables if table.holds == "positions")
    ends = [cell.value for cell in behind.rows[-1][1:4]]
    assert ends == [float(run.data["system_reported"][-1]) for run in (base, middle, other)]
    with opened(chromium, tmp_path / "page.html") as browser:
        assert browser.locator("#chart-positions svg").is_visible()
        legend = browser.locator("#chart-positions svg .role-legend-label").all_text_contents()
        assert legend[:3] == found.names
        browser.locator("nav a", has_text="Compared").click()
        assert violations(browser, within="#comparison") == []


def test_a_comparison_without_a_page_is_refused(run_folder: Path, tmp_path: Path) -> None:
    done = run("report", str(run_folder), "--compare", str(run_folder), cwd=tmp_path)
    assert done.returncode == 2
    assert "Add --html FILE" in done.stderr
