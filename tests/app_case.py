"""A desk with a small plan on it, and a browser that asks its app."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
from werkzeug.test import TestResponse

import nelfin
from nelfin.app.desk import Desk, Pending
from nelfin.app.downloads import Downloads
from nelfin.app.moves import read_moves
from nelfin.app.seen import Seen
from nelfin.app.web import make_app
from nelfin.scenario import Scenario
from nelfin.scenario.load import packaged_folder

PORT = 8350
ADDRESS = f"http://127.0.0.1:{PORT}"
SCHEMES = 12

QUICK = {"recovery.efficiency_pct": "5", "envelope.growth_pct.core": "3.4"}
"""What leaves the capital plan alone."""

CAPITAL = {"capital.price_growth_pct": "6", "recovery.support_gbp_m": "20"}
"""What has it drawn up anew."""


def small_scenario(folder: Path) -> Scenario:
    """The embedded scenario with a dozen schemes, as a file of its own."""
    table = pd.read_csv(packaged_folder() / "projects.csv", dtype=str, keep_default_na=False)
    free = table[(table["requires"] == "") & (table["must_fund"] == "no")].head(SCHEMES)
    free.assign(excludes="", option_of="").to_csv(folder / "projects.csv", index=False)
    file = folder / "small.toml"
    file.write_text(
        'extends = "nel"\nname = "A small plan"\n'
        '[data]\nprojects = "projects.csv"\ncapital_rules = ""\n'
        "[capital]\ngap_pct = 0.0\n",
        encoding="utf-8",
    )
    return nelfin.load_scenario(file)


class Browser:
    """Asks an app as a browser does that has no script."""

    def __init__(self, desk: Desk, folder: Path, works: Downloads | None = None) -> None:
        self.desk, self.folder = desk, folder
        self.app = make_app(desk, folder, PORT, works)
        self.client = self.app.test_client()

    def get(self, path: str, moves: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        return self.client.get(
            path, query_string=moves, base_url=ADDRESS, headers=named(headers), buffered=True
        )

    def post(
        self,
        path: str,
        form: dict[str, Any] | None = None,
        moves: dict[str, Any] | None = None,
        token: str | None = None,
        **headers: str,
    ) -> TestResponse:
        filled = {"token": self.token if token is None else token} | (form or {})
        return self.client.post(
            path, data=filled, query_string=moves, base_url=ADDRESS, headers=named(headers)
        )

    @property
    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.get("/").text)
        assert found is not None
        return found[1]

    def until_there(self, path: str, moves: dict[str, Any] | None = None) -> TestResponse:
        """Ask again until nothing is missing from the answer."""
        for _ in range(600):
            answer = self.get(path, moves)
            if "X-Nelfin-Again" not in answer.headers:
                return answer
            time.sleep(0.02)
        raise AssertionError(f"{path} is never there")


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def words_of(answer: TestResponse) -> str:
    """The words of a page."""
    body = re.sub(r"(?s)<head>.*?</head>", "", answer.text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def seen_by(desk: Desk, moves: dict[str, str]) -> Seen:
    """What the desk makes of some moves, however long it takes."""
    read = read_moves(desk.scenario, moves.items())
    for _ in range(600):
        look = desk.look(read, wait_s=1.0)
        if not isinstance(look, Pending):
            return look
    raise AssertionError("never there")
