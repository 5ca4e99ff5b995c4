"""The app: which address is answered by what, and errors in words."""

from __future__ import annotations

import logging
from pathlib import Path

from flask import Flask, render_template, request
from werkzeug.exceptions import HTTPException

from nelfin.app.desk import Desk
from nelfin.app.downloads import Downloads
from nelfin.app.guard import guard
from nelfin.app.pages import PAGE, Answer, Pages
from nelfin.app.worker import FAULT, BusyError
from nelfin.errors import InputError, NelfinError


def make_app(desk: Desk, folder: Path, port: int, downloads: Downloads | None = None) -> Flask:
    """Return the app of a desk.

    Parameters
    ----------
    desk
        The scenario on it.
    folder
        Where scenarios are kept.
    port
        At which it answers, on this machine alone.
    downloads
        Does the full runs; of the desk by default.

    Returns
    -------
    flask.Flask
        It has no sessions and sets no cookies.
    """
    app = Flask(__name__)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    token = guard(app, port)
    works = downloads or Downloads(desk)
    pages = Pages(desk, folder, token, works)
    app.add_url_rule("/", "cfo", pages.screen, defaults={"name": "cfo"})
    for name in ("place", "capital"):
        app.add_url_rule(f"/{name}", name, pages.screen, defaults={"name": name})
    app.add_url_rule("/part/<name>", "part", pages.part)
    app.add_url_rule("/schemes", "schemes", pages.schemes)
    app.add_url_rule("/settings", "settings", pages.settings)
    app.add_url_rule("/keep", "keep", pages.keep, methods=["POST"])
    app.add_url_rule("/kept/<slug>", "kept", pages.kept)
    app.add_url_rule("/kept/<slug>.toml", "kept_file", pages.kept_file)
    app.add_url_rule("/scenario", "scenario", pages.scenario_file)
    app.add_url_rule("/run", "run", pages.run, methods=["POST"])
    app.add_url_rule("/run/<name>", "work", pages.work)
    app.add_url_rule("/run/<name>/<what>", "work_file", pages.work_file)
    _answer_errors(app)
    app.extensions["nelfin"] = works
    return app


def _answer_errors(app: Flask) -> None:
    """Have every error answered in words, none with a traceback."""

    def told(status: int, title: str, lines: list[str]) -> Answer:
        bare = bool(request.headers.get(PAGE))
        template = "told_part.html" if bare else "told.html"
        return render_template(template, title=title, lines=lines), status

    @app.errorhandler(InputError)
    def wrong(error: InputError) -> Answer:
        return told(400, "This cannot be done as it is asked.", list(map(str, error.told())))

    @app.errorhandler(BusyError)
    def busy(error: BusyError) -> Answer:
        return told(503, "Not now.", [str(error)])

    @app.errorhandler(NelfinError)
    def no_answer(error: NelfinError) -> Answer:
        return told(409, "There is no answer.", str(error).splitlines())

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Answer:
        words = STATUS_WORDS.get(error.code or 500, "")
        own = error.description or ""
        # the library's own words are not for readers of this page
        lines = [words] if words and not _is_own(error) else [own]
        return told(error.code or 500, "This is refused.", lines)

    @app.errorhandler(Exception)
    def fault(error: Exception) -> Answer:
        logging.getLogger(__name__).exception("An answer of the app failed")
        return told(500, "Something went wrong.", [FAULT.format(type(error).__name__)])


STATUS_WORDS = {
    400: "What was sent cannot be read.",
    404: "There is no such page.",
    405: "This address is not asked in this way.",
    413: "The form is too large.",
    414: "The address is too long.",
}
"""What errors of the library are in plain words."""


def _is_own(error: HTTPException) -> bool:
    """Say whether the words of an error are the app's, not those of its library."""
    return error.description != type(error).description
