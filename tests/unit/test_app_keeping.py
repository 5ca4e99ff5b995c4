"""Scenarios that the app keeps: read by the command line, whole, never over another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xarray as xr
from app_case import CAPITAL, QUICK, Browser, seen_by, words_of
from scenario_files import problems_of

import nelfin
from nelfin.app.desk import Desk
from nelfin.app.keeping import Said, extends_of, file_of, keep, kept_in, slug_of
from nelfin.app.moves import read_moves
from nelfin.scenario import load_scenario
from nelfin.scenario.change import differences
from nelfin.store.writing import write_new
from nelfin.system.recompute import outcome_of

pytestmark = pytest.mark.unit


@pytest.fixture
def browser(desk: Desk, tmp_path: Path) -> Browser:
    return Browser(desk, tmp_path / "kept")


@pytest.mark.parametrize("moves", [QUICK, CAPITAL, QUICK | CAPITAL], ids=["quick", "plan", "both"])
def test_a_kept_scenario_comes_to_what_the_app_showed_to_the_bit(
    browser: Browser, desk: Desk, moves: dict[str, str]
) -> None:
    form = {"name": "Mine", "who": "A. Person", "why": "board paper 7"}
    assert browser.post("/keep", form, moves).status_code == 303
    made = load_scenario(browser.folder / "mine.toml")
    shown, anew = seen_by(desk, moves).outcome, outcome_of(made)
    xr.testing.assert_identical(shown.joint.recovery, anew.joint.recovery)
    xr.testing.assert_identical(shown.joint.budgets, anew.joint.budgets)
    pd.testing.assert_frame_equal(shown.joint.plan.plan, anew.joint.plan.plan)


def test_a_kept_scenario_runs_as_any_other_and_another_may_be_a_change_of_the_run(
    browser: Browser, desk: Desk, tmp_path: Path
) -> None:
    browser.post("/keep", {"name": "Mine"}, QUICK)
    result = nelfin.run(load_scenario(browser.folder / "mine.toml"))
    shown = seen_by(desk, QUICK)
    assert result.data["system_reported"].to_series().equals(shown.reported)
    assert result.table("changes")["figure"].tolist() != []
    run = load_scenario(result.save(tmp_path / "run", report=False))
    file = tmp_path / "other.toml"
    extends = extends_of(run, tmp_path)
    file.write_text(f'extends = "{extends}"\nname = "Other"\n[recovery]\nefficiency_pct = 3.0\n')
    assert list(differences(load_scenario(file), run)) == ["recovery.efficiency_pct"]


def test_it_says_value_unit_status_who_when_and_why(browser: Browser, desk: Desk) -> None:
    form = {"name": "Mine", "who": "A. Person", "why": "board paper 7",
            "why:recovery.efficiency_pct": "option B"}  # fmt: skip
    browser.post("/keep", form, QUICK)
    made = load_scenario(browser.folder / "mine.toml")
    assert set(differences(made, desk.scenario)) == set(QUICK)
    assert made.name == "Mine"
    figure = made.evidence["recovery.efficiency_pct"]
    assert (figure.value, figure.status) == (5.0, "given")
    assert figure.unit == desk.scenario.evidence["recovery.efficiency_pct"].unit
    assert figure.source.startswith("A. Person, ")
    assert ": option B." in figure.source
    assert ": board paper 7" in made.evidence["envelope.growth_pct.core"].source
    # the range moves along, as with --set
    assert (figure.low, figure.high) == (4.0, 6.0)
    text = (browser.folder / "mine.toml").read_text(encoding="utf-8")
    assert text.startswith("# Kept by A. Person on ")
    assert "\nextends = " in text


def test_a_plan_that_it_keeps_to_stands_beside_it(browser: Browser) -> None:
    browser.post("/keep", {"name": "Mine"}, CAPITAL)
    assert sorted(path.name for path in browser.folder.iterdir()) == ["mine-plan.csv", "mine.toml"]
    browser.post("/keep", {"name": "Other"}, QUICK)
    assert not (browser.folder / "other-plan.csv").exists()


def test_nothing_is_kept_over_another(browser: Browser) -> None:
    browser.post("/keep", {"name": "Mine"}, QUICK)
    before = (browser.folder / "mine.toml").read_bytes()
    answer = browser.post("/keep", {"name": "mine!"}, {"recovery.efficiency_pct": "2"})
    assert answer.status_code == 400
    assert 'The name "mine!": is taken: mine.toml is there.' in words_of(answer)
    assert (browser.folder / "mine.toml").read_bytes() == before


def test_of_two_who_keep_at_once_one_is_told(desk: Desk, tmp_path: Path) -> None:
    start = threading.Barrier(6)

    def save(number: int) -> str:
        moves = read_moves(desk.scenario, [("capital.price_growth_pct", str(number))])
        start.wait()
        try:
            keep(desk, moves, Said("Same", str(number)), tmp_path / "kept")
        except nelfin.InputError:
            return ""
        return str(number)

    with ThreadPoolExecutor(6) as pool:
        won = [number for number in pool.map(save, range(6)) if number]
    assert len(won) == 1
    made = load_scenario(tmp_path / "kept" / "same.toml")
    assert made.capital.price_growth_pct == float(won[0])
    assert sorted(p.name for p in (tmp_path / "kept").iterdir()) == ["same-plan.csv", "same.toml"]


@pytest.mark.parametrize(
    "name",
    ["../../outside", "/etc/cron.d/x", "C:\\x", "..", "a/b", "~root", "CON", "x.toml", "é; rm -rf"],
)
def test_a_name_is_no_path(browser: Browser, tmp_path: Path, name: str) -> None:
    browser.post("/keep", {"name": name}, QUICK)
    made = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.parent == Path("kept") and path.suffix == ".toml" for path in made)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": ""}, "Name: is missing or has no plain letter or figure."),
        ({"name": "…"}, "Name: is missing or has no plain letter or figure."),
        ({"name": "x" * 61}, "Name: has 61 letters. Use at most 60."),
        ({"name": "Mine", "who": "x" * 61}, "Who: has 61 letters."),
        ({"name": "Mine", "why": "x" * 501}, "Why: has 501 letters."),
        ({"name": "Mine", "why": "two\nlines"}, "Why: has letters that cannot be shown."),
        ({"name": "Mine", "why:recovery.efficiency_pct": "x" * 501}, "Why: has 501 letters."),
    ],
)
def test_what_cannot_be_said_is_refused(browser: Browser, form: dict[str, str], says: str) -> None:
    answer = browser.post("/keep", form, QUICK)
    assert answer.status_code == 400
    assert says in words_of(answer)
    assert not browser.folder.exists()


def test_what_is_said_cannot_leave_its_line(browser: Browser) -> None:
    said = '"]\\nname = "x" # [data]'
    browser.post("/keep", {"name": 'M"i\\n', "who": '"', "why": said}, QUICK)
    (file,) = browser.folder.iterdir()
    made = load_scenario(file)
    assert made.name == 'M"i\\n'
    assert said in made.evidence["recovery.efficiency_pct"].source


def test_the_folder_is_where_it_was_when_a_name_is_a_link(browser: Browser, tmp_path: Path) -> None:
    browser.folder.mkdir()
    (browser.folder / "mine.toml").symlink_to(tmp_path / "elsewhere.toml")
    assert browser.post("/keep", {"name": "Mine"}, QUICK).status_code == 400
    assert not (tmp_path / "elsewhere.toml").exists()
    (tmp_path / "secret.toml").write_text('name = "secret"')
    (browser.folder / "link.toml").symlink_to(tmp_path / "secret.toml")
    assert kept_in(browser.folder) == []
    assert "is not there" in problems_of(lambda: file_of(browser.folder, "link"))[0]


def test_slugs_are_letters_figures_and_hyphens() -> None:
    assert slug_of("Board — option B (2027/28)") == "board-option-b-2027-28"
    assert slug_of("com1") == "com1-plan"
    assert len(slug_of("a b " * 100)) <= 60


def test_kept_ones_are_listed_the_newest_first(browser: Browser) -> None:
    for name in ("First", "Second"):
        browser.post("/keep", {"name": name}, QUICK)
    import os

    os.utime(browser.folder / "first.toml", (1e9, 1e9))
    (browser.folder / "broken.toml").write_bytes(b"\xff\x00 = [")
    os.utime(browser.folder / "broken.toml", (1, 1))
    (browser.folder / "Not a slug.toml").write_text("")
    assert [each.name for each in kept_in(browser.folder)] == ["Second", "First", "broken"]


def test_a_kept_one_is_shown_and_downloaded(browser: Browser) -> None:
    browser.post("/keep", {"name": "Mine"}, QUICK)
    shown = browser.get("/kept/mine")
    assert f"nelfin run {browser.folder / 'mine.toml'}" in words_of(shown)
    sent = browser.get("/kept/mine.toml")
    assert sent.data == (browser.folder / "mine.toml").read_bytes()
    assert sent.headers["Content-Disposition"] == 'attachment; filename="mine.toml"'


def test_what_is_moved_is_downloaded_as_a_scenario(browser: Browser, desk: Desk) -> None:
    import io
    import zipfile

    plain = browser.get("/scenario", QUICK)
    assert "efficiency_pct = { value = 5.0" in plain.text
    packed = zipfile.ZipFile(io.BytesIO(browser.get("/scenario", CAPITAL).data))
    assert packed.namelist() == ["a-small-plan-moved.toml", "a-small-plan-moved-plan.csv"]
    folder = desk.scenario.files[-1].parent
    (folder / "down.toml").write_bytes(plain.data)
    assert load_scenario(folder / "down.toml").recovery.efficiency_pct == 5.0
    (folder / "down.toml").unlink()


def test_what_it_extends_is_the_scenario_wherever_that_stands(tmp_path: Path) -> None:
    assert extends_of(load_scenario(), tmp_path) == "nel"
    assert extends_of(load_scenario("nel-2026"), tmp_path) == "nel-2026"
    (tmp_path / "own").mkdir()
    file = tmp_path / "own" / "mine.toml"
    file.write_text('extends = "nel"\n')
    assert extends_of(load_scenario(file), tmp_path / "kept") == "../own/mine.toml"


def test_a_new_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: Any) -> None:
    def breaks(part: Path) -> None:
        part.write_text("half")
        raise OSError(28, "No space left on device")

    file = tmp_path / "a.toml"
    assert "the disk is full" in problems_of(lambda: write_new(file, breaks))[0]
    assert list(tmp_path.iterdir()) == []
    write_new(file, lambda part: part.write_text("first"))
    said = problems_of(lambda: write_new(file, lambda part: part.write_text("second")))
    assert "is there already" in said[0]
    assert file.read_text() == "first"

    def no_links(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)  # as on a disk that knows none
    write_new(tmp_path / "b.toml", lambda part: part.write_text("first"))
    assert (tmp_path / "b.toml").read_text() == "first"
    assert (
        "is there already"
        in problems_of(
            lambda: write_new(tmp_path / "b.toml", lambda part: part.write_text("second"))
        )[0]
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.toml", "b.toml"]
