"""Full runs that the app is asked for: one at a time, told how far they are, their files sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
from app_case import CAPITAL, QUICK, Browser, seen_by, words_of

import nelfin
from nelfin.app import downloads as downloads_file
from nelfin.app.desk import Desk
from nelfin.app.downloads import DONE, Downloads, work_out
from nelfin.scenario import load_scenario

pytestmark = pytest.mark.unit


class Held:
    """A process that works when it is told to."""

    made: ClassVar[list[Held]] = []

    def __init__(self, work: Callable[..., None], *args: object) -> None:
        self.work, self.args = work, args
        self.goes_on, self.stopped = True, False
        Held.made.append(self)

    def finish(self) -> None:
        self.work(*self.args)
        self.goes_on = False

    def stop(self) -> None:
        self.goes_on, self.stopped = False, True


@pytest.fixture
def browser(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Browser:
    monkeypatch.setattr(Held, "made", [])
    return Browser(desk, tmp_path / "kept", Downloads(desk, Held))  # type: ignore[arg-type]


def start(browser: Browser, moves: dict[str, str]) -> str:
    answer = browser.post("/run", {}, moves)
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["Location"]


def said(folder: Path, words: str) -> None:
    (folder / "progress").write_text(words, encoding="utf-8")


def folder_of(held: Held) -> Path:
    return Path(str(held.args[0])).parent


def test_a_run_says_how_far_it_is_and_then_has_files(browser: Browser) -> None:
    path = start(browser, QUICK)
    (held,) = Held.made
    first = browser.get(path)
    assert "Starting" in words_of(first)
    assert first.headers["X-Nelfin-Again"]
    said(folder_of(held), "Tables, page and workbook")
    assert "Tables, page and workbook …" in words_of(browser.get(path, X_Nelfin_Page="one"))
    assert browser.get(path.partition("?")[0] + "/page").status_code == 404
    (folder_of(held) / "run").mkdir()
    (folder_of(held) / "run" / "report.html").write_text("the page")
    said(folder_of(held), DONE)
    held.goes_on = False
    done = browser.get(path)
    assert "X-Nelfin-Again" not in done.headers
    sent = browser.get(path.partition("?")[0] + "/page")
    assert sent.text == "the page"
    assert sent.headers["Content-Disposition"] == 'attachment; filename="a-small-plan-moved.html"'
    assert browser.get(path.partition("?")[0] + "/../../kept").status_code == 404


def test_what_runs_is_what_is_moved_with_the_plan_it_keeps_to(browser: Browser, desk: Desk) -> None:
    start(browser, CAPITAL)
    (held,) = Held.made
    file, allowed, place = held.args
    made = load_scenario(str(file), allow=allowed)  # type: ignore[arg-type]
    assert made.name == "A small plan, moved"
    seen = seen_by(desk, CAPITAL)
    result = nelfin.run(made)
    assert result.data["system_reported"].to_series().equals(seen.reported)
    assert place == ""


def test_the_same_run_is_not_done_twice_and_another_waits(browser: Browser) -> None:
    path = start(browser, QUICK)
    assert start(browser, QUICK) == path
    assert len(Held.made) == 1
    answer = browser.post("/run", {}, CAPITAL)
    assert answer.status_code == 503
    assert "Another run is under way" in words_of(answer)
    said(folder_of(Held.made[0]), DONE)
    start(browser, CAPITAL)
    assert len(Held.made) == 2


def test_what_goes_wrong_is_told_and_may_be_tried_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = start(browser, QUICK)
    (held,) = Held.made
    held.goes_on = False  # it died
    assert "ended without a word" in words_of(browser.get(path))
    assert start(browser, QUICK) != path

    def fails(*_: object) -> None:
        raise nelfin.InputError.one("table", "is wrong.", "Mend it.")

    monkeypatch.setattr(downloads_file, "_work_out", fails)
    Held.made[1].finish()
    path = start(browser, QUICK)
    monkeypatch.setattr(downloads_file, "_work_out", lambda *_: 1 / 0)
    Held.made[2].finish()
    text = words_of(browser.get(path))
    assert "A fault of ours" in text
    assert "Traceback" not in text


def test_a_run_that_takes_too_long_is_stopped(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = start(browser, QUICK)
    monkeypatch.setattr(downloads_file, "LIMIT_S", -1.0)
    assert "It took longer than" in words_of(browser.get(path))
    assert Held.made[0].stopped


def test_only_the_last_runs_are_kept(browser: Browser) -> None:
    paths = []
    for number in range(downloads_file.MOST_KEPT + 2):
        paths.append(start(browser, {"recovery.support_gbp_m": str(number + 1)}))
        said(folder_of(Held.made[-1]), DONE)
    assert browser.get(paths[0]).status_code == 404
    assert browser.get(paths[-1]).status_code == 200
    assert not folder_of(Held.made[0]).exists()


def test_the_files_of_a_run_are_written(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page and the workbook have tests of their own: here that they are asked for."""
    written = []

    class Ran:
        def save(self, folder: Path) -> None:
            written.append(folder.name)

    monkeypatch.setattr("nelfin.result.run", lambda *args: written.append(args[1:]) or Ran())
    monkeypatch.setattr("nelfin.report.packs.write_place", lambda *args: written.append(args[1:]))
    file = tmp_path / "mine.toml"
    file.write_text('extends = "nel"\n')
    work_out(str(file), [], "Havering")
    assert written == [(1_000, 0), "run", ("Havering", tmp_path / "place.html")]
    assert (tmp_path / "progress").read_text() == DONE
