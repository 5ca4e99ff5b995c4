"""The app served on this machine alone, until it is stopped."""

from __future__ import annotations

import errno
import gc
import logging
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nelfin.errors import InputError, reason
from nelfin.scenario import Scenario

if TYPE_CHECKING:
    from nelfin.app.desk import Desk
    from nelfin.app.downloads import Downloads

PORT = 8350
"""Port of the app where none is asked for: always the same, so that a bookmark stays right."""

THREADS = 8
"""Requests that are answered at once."""

HOST = "127.0.0.1"


def serve(scenario: Scenario, folder: Path, port: int | None = None) -> Served:
    """Return the app of a scenario, ready to be served.

    Parameters
    ----------
    scenario
        From `load_scenario`.
    folder
        Where scenarios are kept; made when the first one is.
    port
        At which it answers; by default `PORT`, or any that is free where that is taken.

    Returns
    -------
    Served
        It listens, and answers once it goes on.

    Raises
    ------
    InputError
        If the port is taken or may not be used, or the folder is a file; or as for `outcome_of`.
    NoAnswerError
        As for `outcome_of`.
    """
    from nelfin.app.desk import Desk
    from nelfin.app.web import make_app

    if folder.exists() and not folder.is_dir():
        raise InputError.one(str(folder), "is a file.", "Name a folder: --folder DIR.")
    late = _Late()
    server = _listening(late, port)
    try:
        desk = Desk(scenario)
    except BaseException:
        server.close()
        raise
    late.app = app = make_app(desk, folder.absolute(), server.effective_port)
    return Served(server, desk, app.extensions["nelfin"])


@dataclass
class Served:
    """An app that listens on this machine.

    Parameters
    ----------
    server, desk, works
        What answers, what it answers from, and the full runs of it.
    """

    server: Any
    desk: Desk
    works: Downloads

    @property
    def address(self) -> str:
        """Where it is open."""
        return f"http://{HOST}:{self.server.effective_port}/"

    def until_stopped(self, browser: bool, say: Callable[[str], object]) -> None:
        """Answer until Ctrl-C is pressed.

        Parameters
        ----------
        browser
            Open the page in the browser.
        say
            Takes a line for the reader of the terminal.
        """
        name = self.desk.scenario.name
        say(f"{name} is open at {self.address} on this machine. Ctrl-C stops it.")
        if browser:
            webbrowser.open(self.address)
        gc.freeze()  # what is there stays: it need not be looked through while somebody waits
        try:
            self.server.run()
        finally:
            gc.unfreeze()
            self.close()

    def close(self) -> None:
        """Stop what is worked on, and answer no more."""
        self.server.close()
        self.works.close()
        self.desk.close()


def _listening(app: _Late, port: int | None) -> Any:
    """Return a server that listens on this machine."""
    logging.getLogger("waitress").setLevel(logging.ERROR)
    wanted = PORT if port is None else port
    try:
        return _server(app, wanted)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        if port is None and taken:
            return _server(app, 0)
        why = "another program answers there" if taken else reason(error)
        raise InputError.one(
            f"--port {wanted}", f"cannot be used: {why}.", "Name another."
        ) from None


def _server(app: _Late, port: int) -> Any:
    """Return a server at a port; one that cannot be had leaves nothing open."""
    from waitress import wasyncore
    from waitress.server import create_server

    from nelfin.app.guard import MOST_BYTES

    opened: dict[int, Any] = {}
    try:
        return create_server(
            app, opened, host=HOST, port=port, threads=THREADS, ident=None,
            max_request_body_size=MOST_BYTES, max_request_header_size=MOST_BYTES,
        )  # fmt: skip
    except OSError:
        wasyncore.close_all(opened)
        raise


class _Late:
    """An app that comes once the port is known."""

    app: Callable[..., object] | None = None

    def __call__(self, environ: object, start: object) -> object:
        if self.app is None:
            raise RuntimeError("asked before the app was there")
        return self.app(environ, start)
