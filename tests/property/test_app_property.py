"""Hostile and hurried use of the app: never a traceback, a wrong figure or a file outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from app_case import ADDRESS, Browser, seen_by
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from nelfin.app.desk import Desk
from nelfin.app.moves import pairs_of, read_moves
from nelfin.errors import InputError
from nelfin.report.text.numbers import money
from nelfin.scenario import load_scenario

pytestmark = pytest.mark.property

KEYS = ["recovery.efficiency_pct", "recovery.support_gbp_m", "envelope.growth_pct.core",
        "prevention.share_end_pct", "capital.price_growth_pct", "capital.max_changes"]  # fmt: skip
WORDS = ["0", "3", "5.5", "-1", "1e3", "nan", "inf", "-inf", "1e999", "", " ", "yes", "£5m", "5%",
         "(3)", "2027/28", "../../etc/passwd", "'; drop", "<script>", "{{7*7}}", "%00", "\x00",
         "é" * 50, "9" * 500, "0x10", "1_000", "None", "[1]", "core; other"]  # fmt: skip
PATHS = ["/", "/place", "/capital", "/settings", "/schemes", "/part/cfo", "/part/place",
         "/part/capital", "/part/nothing", "/kept/x", "/kept/..", "/run/x", "/scenario",
         "/keep", "/run", "/static/app.css", "/static/..%2fdesk.py", "/%2e%2e/", "//x"]  # fmt: skip
NAMES = ["place", "year", "find", "with", "name", "token", "a.b", "data.projects", "years.last",
         "recovery", "recovery.", ".", '"x', "capital.must_start.P001", "x" * 300]  # fmt: skip
HEADERS = [{}, {"Origin": "http://evil.example"}, {"Origin": ADDRESS}, {"Origin": "null"},
           {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"},
           {"X-Nelfin-Page": "p" * 5_000}, {"Content-Type": "application/json"},
           {"Content-Type": "multipart/form-data; boundary=x"}]  # fmt: skip
FEW = 250
"""Requests; they were 5,000 when the app was made."""


@pytest.fixture(scope="module")
def browser(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(desk, tmp_path_factory.mktemp("app") / "kept")
    yield made
    made.app.extensions["nelfin"].close()


class Dice:
    """Draws from lists, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def choice(self, items: Sequence[Any]) -> Any:
        return items[self.below(len(items))]

    def below(self, end: int) -> int:
        return int(self._rng.integers(end))


def asked(browser: Browser, dice: Dice, token: str) -> TestResponse:
    """Ask something that may be wrong in any way."""
    names = [dice.choice(KEYS + NAMES) for _ in range(dice.below(4))]
    pairs = [(name, dice.choice(WORDS)) for name in names]
    method = dice.choice(["GET", "GET", "GET", "POST", "HEAD", "PUT"])
    form = {"token": dice.choice([token, "", "x"]), "name": dice.choice([*WORDS, "Good"]),
            "who": dice.choice(WORDS), "why": dice.choice([*WORDS, "x" * 30_000])}  # fmt: skip
    body = (
        dice.choice([form, b"\xff" * dice.choice([10, 30_000]), ""]) if method == "POST" else None
    )
    headers = dict(dice.choice(HEADERS))
    path = dice.choice([p for p in PATHS if p != "/run"])  # which starts a process
    return browser.client.open(
        path, method=method, query_string=pairs, data=body, base_url=ADDRESS, headers=headers,
        buffered=True,
    )  # fmt: skip


def harmless(answer: TestResponse, browser: Browser) -> None:
    assert answer.status_code in {200, 302, 303, 308, 400, 403, 404, 405, 413, 414, 415, 503}
    if "text" in answer.content_type:
        assert "Traceback" not in answer.text
        assert "<script>" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    outside = [path for path in browser.folder.parent.rglob("*") if path.is_file()
               and path.parent != browser.folder]  # fmt: skip
    assert outside == []


def test_whatever_is_asked_is_answered_in_words_and_writes_nothing_outside(
    browser: Browser,
) -> None:
    token = browser.token
    for seed in range(FEW):
        harmless(asked(browser, Dice(seed), token), browser)
    for file in browser.folder.glob("*.toml"):  # what was kept is right
        load_scenario(file)


def test_many_at_once_are_answered_each_with_its_own_figures(browser: Browser, desk: Desk) -> None:
    """Eight ask at once, some for plans that are drawn up meanwhile, some for nonsense."""
    values = [round(1 + 0.25 * number, 2) for number in range(12)]
    seen = {value: seen_by(desk, {KEYS[0]: str(value)}) for value in values}
    wanted = {value: money(float(each.reported.iloc[-1])) for value, each in seen.items()}
    token = browser.token

    def ask(number: int) -> None:
        dice = Dice(10_000 + number)
        if number % 3 == 0:
            harmless(asked(browser, dice, token), browser)
            return
        value = dice.choice(values)
        moves = {KEYS[0]: str(value)}
        if number % 5 == 0:
            moves[KEYS[4]] = str(dice.choice([3, 4, 5]))
        answer = browser.client.get("/part/cfo", query_string=moves, base_url=ADDRESS)
        assert answer.status_code in {200, 503}
        if KEYS[4] not in moves:
            row = answer.text.partition("Now, reported")[2].partition("</tr>")[0]
            assert row.rpartition("</td>")[0].endswith(f">{wanted[value]}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(90)))


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(KEYS), st.one_of(st.text(max_size=30), st.floats().map(str),
       st.integers().map(str), st.sampled_from(WORDS)), max_size=4))  # fmt: skip
def test_what_is_read_is_said_again_and_read_as_the_same(
    desk: Desk, given_: dict[str, str]
) -> None:
    try:
        moves = read_moves(desk.scenario, given_.items())
    except InputError:
        return
    assert read_moves(desk.scenario, pairs_of(moves).items()) == moves


def test_what_is_kept_by_any_name_stands_in_the_folder(desk: Desk, tmp_path: Path) -> None:
    browser, dice = Browser(desk, tmp_path / "kept"), Dice(1)
    letters = "aZ9 ./\\:~-_%é\u202e\x00\n'\"<>|*?"
    for _ in range(60):
        name = "".join(dice.choice(letters) for _ in range(1 + dice.below(11)))
        browser.post("/keep", {"name": name}, {KEYS[0]: "3"})
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(made) > 5
    assert {path.parent for path in made} == {tmp_path / "kept"}
    assert all(load_scenario(path).recovery.efficiency_pct == 3.0 for path in made)
