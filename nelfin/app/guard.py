"""Who may ask what: hosts, origins, tokens and sizes, and what every answer forbids a browser.

The page belongs to one machine. What another site's page sends to it from the same browser is
refused, and so is a name of a host that leads here from outside.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, request

MOST_BYTES = 20 * 1024
"""Bytes of a form at the most."""

MOST_LETTERS = 8_000
"""Letters of an address at the most."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Content-Security-Policy: nothing but the app's own files, and no page about it."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # "no-referrer" would have browsers send the app's own forms with the origin "null"
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

TOKEN = "token"  # noqa: S105 -- the name of the field
"""Field of a form that holds the token of this process."""


def guard(app: Flask, port: int) -> str:
    """Have an app refuse what does not come from its own pages.

    Parameters
    ----------
    app
        The app.
    port
        At which it answers.

    Returns
    -------
    str
        The token that its forms must send along.
    """
    token = secrets.token_urlsafe(32)
    hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
    hosts |= {"127.0.0.1", "localhost"} if port == 80 else set()
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BYTES
    app.config["MAX_FORM_PARTS"] = 400

    @app.before_request
    def refuse() -> None:
        _refuse_strangers(hosts)
        if len(request.full_path) > MOST_LETTERS:
            abort(414, "The address is too long.")
        if (request.content_length or 0) > MOST_BYTES:
            abort(413, "The form is too large.")
        if request.method == "POST":
            sent = request.form.get(TOKEN, "")
            if not secrets.compare_digest(sent.encode(), token.encode()):
                abort(403, "The form is of another start of the app. Open the page again.")

    @app.after_request
    def close(answer: Response) -> Response:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer

    return token


def _refuse_strangers(hosts: set[str]) -> None:
    """Refuse other hosts and origins, and what another site has a browser send."""
    if request.host not in hosts:
        abort(403, "The app answers on this machine alone, by its own address.")
    origin = request.headers.get("Origin")
    if origin is not None and origin not in {f"http://{host}" for host in hosts}:
        abort(403, "Another page has sent this.")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site in {"none", "same-origin"}:
        return
    # a link in a mail that is read in a browser opens the page, and does nothing else
    opens = (
        request.method == "GET"
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-Dest") == "document"
    )
    if not opens:
        abort(403, "Another page has sent this.")
