"""The app: from a setting that moves to the figures and charts that are sent to the page."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from nelfin.app.desk import Desk
from nelfin.app.web import make_app
from nelfin.scenario import Scenario

PORT = 8350
HEADERS = {"X-Nelfin-Page": "benchmark"}

MOVES = {
    "savings": ("recovery.efficiency_pct", 3.0),
    "growth of the money": ("envelope.growth_pct.core", 2.5),
    "the shift into prevention": ("prevention.share_end_pct", 5.0),
    "growth of building prices, with the plan": ("capital.price_growth_pct", 2.5),
}
"""Settings, and values from which each move goes a little on."""

USERS = 6


@pytest.fixture(scope="module")
def app(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    desk = Desk(scenario)
    yield make_app(desk, tmp_path_factory.mktemp("app"), PORT)
    desk.close()


def asked(app: Flask, path: str) -> None:
    """Ask for figures until they are there."""
    client = app.test_client()
    address = f"http://127.0.0.1:{PORT}"
    while True:
        answer = client.get(path, base_url=address, headers=HEADERS)
        assert answer.status_code == 200
        if "data-waits" not in answer.text:
            return
        time.sleep(0.01)


@pytest.mark.parametrize("what", MOVES)
def test_move(benchmark: Any, app: Flask, what: str, smoke: bool) -> None:
    benchmark.group = "nelfin app: a setting moves, figures and charts are sent"
    key, first = MOVES[what]
    values = (first + 0.01 * step for step in itertools.count(1))
    benchmark.pedantic(
        lambda: asked(app, f"/part/cfo?{key}={next(values):.2f}"),
        rounds=1 if smoke else 15,
        warmup_rounds=1,
    )


def test_six_at_once(benchmark: Any, app: Flask, smoke: bool) -> None:
    """Six move savings at the same moment; all have their figures."""
    benchmark.group = "nelfin app: a setting moves, figures and charts are sent"
    values = (6.0 + 0.01 * step for step in itertools.count(1))

    def all_at_once() -> None:
        paths = [f"/part/cfo?recovery.efficiency_pct={next(values):.2f}" for _ in range(USERS)]
        with ThreadPoolExecutor(USERS) as pool:
            list(pool.map(lambda path: asked(app, path), paths))

    benchmark.pedantic(all_at_once, rounds=1 if smoke else 10, warmup_rounds=1)
