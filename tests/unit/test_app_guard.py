"""Who may ask the app what: other hosts, origins, sites, forms without a token, and sizes."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_case import ADDRESS, PORT, Browser, words_of

from nelfin.app.desk import Desk

pytestmark = pytest.mark.unit

NAME = {"name": "Mine"}


@pytest.fixture
def browser(desk: Desk, tmp_path: Path) -> Browser:
    return Browser(desk, tmp_path / "kept")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8350", "127.0.0.1", f"127.0.0.1:{PORT + 1}",
             "localhost.evil.example:8350", f"0.0.0.0:{PORT}", f"[::1]:{PORT}", ""],
)  # fmt: skip
def test_another_host_is_refused(browser: Browser, host: str) -> None:
    answer = browser.client.get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert "on this machine alone" in words_of(answer)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_its_own_address_is_answered(browser: Browser, host: str) -> None:
    assert browser.client.get("/", base_url=f"http://{host}:{PORT}").status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:8350", "http://127.0.0.1",
               f"http://127.0.0.1:{PORT + 1}", "file://", ""],
)  # fmt: skip
def test_another_origin_is_refused(browser: Browser, origin: str) -> None:
    assert browser.post("/keep", NAME, Origin=origin).status_code == 403
    assert browser.get("/", Origin=origin).status_code == 403
    assert not browser.folder.exists()


def test_its_own_origin_may_keep(browser: Browser) -> None:
    assert browser.post("/keep", NAME, Origin=ADDRESS).status_code == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_what_another_site_sends_is_refused_but_a_link_that_opens_the_page(
    browser: Browser, site: str
) -> None:
    sent = {"Sec_Fetch_Site": site}
    assert browser.post("/keep", NAME, **sent).status_code == 403
    assert browser.get("/part/cfo", **sent).status_code == 403
    opens = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert browser.get("/", **sent, **opens).status_code == 200
    assert browser.get("/", **sent, **{**opens, "Sec_Fetch_Dest": "iframe"}).status_code == 403
    assert browser.post("/keep", NAME, **sent, **opens).status_code == 403
    assert not browser.folder.exists()


@pytest.mark.parametrize("token", ["", "x", "é" * 43])
@pytest.mark.parametrize("path", ["/keep", "/run"])
def test_a_form_without_the_token_is_refused(browser: Browser, path: str, token: str) -> None:
    answer = browser.post(path, NAME, token=token)
    assert answer.status_code == 403
    assert "Open the page again" in words_of(answer)


def test_each_start_has_a_token_of_its_own(desk: Desk, tmp_path: Path) -> None:
    one, other = (Browser(desk, tmp_path) for _ in range(2))
    assert one.token != other.token
    assert one.post("/keep", NAME, token=other.token).status_code == 403


def test_large_forms_and_addresses_are_refused(browser: Browser) -> None:
    assert browser.post("/keep", NAME | {"why": "x" * 21_000}).status_code == 413
    assert browser.get("/", {"find": "x" * 9_000}).status_code == 414
    assert not browser.folder.exists()


@pytest.mark.parametrize("path", ["/", "/place", "/settings", "/nothing", "/static/app.js"])
def test_every_answer_forbids_the_browser_all_else(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in headers


def test_no_page_holds_a_script_or_a_style_of_its_own(browser: Browser) -> None:
    for path in ("/", "/place", "/capital", "/schemes", "/settings"):
        text = browser.until_there(path).text
        assert " style=" not in text
        assert " onclick=" not in text
        assert "<style" not in text
        assert text.count("<script") == text.count("<script src=") == 1
        assert "http://" not in text.replace(ADDRESS, "").replace("http://www.w3.org", "")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/", 405), ("GET", "/keep", 405), ("DELETE", "/kept/x", 405),
     ("GET", "/static/../desk.py", 404), ("GET", "/static/%2e%2e/desk.py", 404),
     ("GET", "/run/x", 404), ("GET", "/run/x/page", 404), ("GET", "/kept/none", 400),
     ("GET", "/kept/..%2f..%2fetc%2fpasswd", 404), ("GET", "/part/x", 404)],
)  # fmt: skip
def test_what_is_not_there_is_told_in_plain_words(
    browser: Browser, method: str, path: str, status: int
) -> None:
    form = {"token": browser.token} if method == "POST" else None
    answer = browser.client.open(path, method=method, base_url=ADDRESS, data=form)
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert "requested URL" not in answer.text


def test_a_fault_of_ours_shows_no_traceback(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nelfin.app import pages

    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(pages, "cfo_screen", broken)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "A fault of ours" in words_of(answer)
    assert "secret" not in answer.text
