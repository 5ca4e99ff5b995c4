"""The app served: on this machine alone, at a port that is free, until it is stopped."""

from __future__ import annotations

import gc
import http.client
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from scenario_files import problems_of

from nelfin.app import serve as serve_file
from nelfin.app.desk import Desk
from nelfin.app.serve import HOST, Served, serve

pytestmark = pytest.mark.unit


@pytest.fixture
def served(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """An app that listens at a free port, on a desk that has its plan already."""
    monkeypatch.setattr(serve_file, "PORT", free_port())
    monkeypatch.setattr("nelfin.app.desk.outcome_of", lambda _: desk.base.outcome)
    made = serve(desk.scenario, tmp_path / "kept")
    yield made
    made.close()


def free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


def test_it_answers_until_it_is_stopped(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    said: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    threading.Thread(target=served.until_stopped, args=(True, said.append), daemon=True).start()
    port = served.server.effective_port
    asking = http.client.HTTPConnection(HOST, port, timeout=20)
    asking.request("GET", "/")
    answer = asking.getresponse()
    text = answer.read().decode()
    asking.close()
    assert answer.status == 200
    assert "A small plan" in text
    assert answer.getheader("Server") is None
    assert opened == [served.address] == [f"http://127.0.0.1:{port}/"]
    assert said == [f"A small plan is open at {served.address} on this machine. Ctrl-C stops it."]


def test_it_listens_on_this_machine_alone(served: Served) -> None:
    assert served.server.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_refused_where_it_was_asked_for(
    served: Served, desk: Desk, tmp_path: Path
) -> None:
    port = served.server.effective_port
    (said,) = problems_of(lambda: serve(desk.scenario, tmp_path, port))
    assert said == f"--port {port}: cannot be used: another program answers there. Name another."
    another = serve(desk.scenario, tmp_path)
    assert another.server.effective_port != port
    another.close()
    gc.collect()  # nothing is left open, which would be warned of


def test_a_folder_that_is_a_file_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (said,) = problems_of(lambda: serve(desk.scenario, tmp_path / "file"))
    assert said.endswith("file: is a file. Name a folder: --folder DIR.")
