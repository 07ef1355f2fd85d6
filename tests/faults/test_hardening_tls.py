"""A wall behind a proxy that speaks TLS, with EVENTWALL_HTTPS=1."""

import re
from collections.abc import Callable, Iterator
from typing import Final

import pytest

from tests.support.visitor import Visitor
from tests.support.wall import Wall

pytestmark = pytest.mark.faults

PASSWORD: Final = "a-long-password-1"
SECURE: Final = {"X-Forwarded-Proto": "https", "Host": "127.0.0.1"}
"""What a proxy that speaks TLS says of a request."""


@pytest.mark.parametrize("trusted", [True, False])
def test_the_scheme_is_believed_of_a_trusted_proxy_alone(
    trusted: bool, make_wall: Callable[..., Wall]
) -> None:
    wall = make_wall(SECURE_SSL_REDIRECT=True)
    wall.stop()
    wall.environment["FORWARDED_ALLOW_IPS"] = "127.0.0.1" if trusted else "192.0.2.1"
    wall.start()

    status, _, _ = wall.request("GET", "/", headers=SECURE)
    others = [
        wall.request("GET", "/", headers={name: value, "Host": "127.0.0.1"})[0]
        for name, value in (
            ("X-Forwarded-Ssl", "on"),
            ("X-Url-Scheme", "https"),
            ("X-Forwarded-Protocol", "https"),
            ("Forwarded", "proto=https"),
            ("Front-End-Https", "on"),
        )
    ]

    assert status == (200 if trusted else 301)
    assert others == [301] * 5


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    """Return a wall with EVENTWALL_HTTPS=1; the test is the proxy that says the scheme."""
    wall = Wall(tmp_path_factory.mktemp("tls") / "wall", {}, debug=False)
    del wall.environment["EVENTWALL_ACCESS"]
    wall.environment |= {"EVENTWALL_HTTPS": "1", "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    wall.manage("createsuperuser", "--noinput", "--username", "r", "--email", "r@example.org")
    try:
        wall.start()
        yield wall
    finally:
        wall.stop()


@pytest.mark.parametrize("path", ["/", "/login/", "/admin/login/", "/embed/clock/"])
def test_a_page_over_plain_http_is_redirected(path: str, secure: Wall) -> None:
    status, headers, _ = secure.request("GET", path, headers={"Host": "127.0.0.1"})

    assert (status, headers["location"]) == (301, f"https://127.0.0.1{path}")
    assert "set-cookie" not in headers


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/ingest/notes", "/events/"])
def test_what_machines_ask_is_not_redirected(path: str, secure: Wall) -> None:
    status, headers, _ = secure.request("HEAD", path)

    assert status in (200, 401, 405)
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/login/", "/healthz", "/stream/", "/ingest/notes"])
def test_over_tls_browsers_are_told_to_stay_there(path: str, secure: Wall) -> None:
    _, headers, _ = secure.request("HEAD", path, headers=SECURE)

    assert headers["strict-transport-security"] == "max-age=2592000"


def test_every_cookie_is_sent_over_tls_alone(secure: Wall) -> None:
    visitor, cookies = Visitor(secure), list[str]()
    _, _, page = secure.request("GET", "/login/", None, SECURE, visitor._keep)
    token = re.search(rb'csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    form = f"csrfmiddlewaretoken={token[1].decode()}&username=r&password={PASSWORD}"
    said = SECURE | {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": "https://127.0.0.1",
    }

    def kept(cookie: str) -> None:
        cookies.append(cookie)
        visitor._keep(cookie)

    def ask(method: str, path: str, body: str | None = None) -> int:
        headers = said | {"Cookie": visitor._cookie}
        return secure.request(method, path, body, headers, kept)[0]

    assert ask("POST", "/login/", form) == 302
    assert ask("GET", "/") == 200
    assert {cookie.partition("=")[0] for cookie in cookies} >= {
        "eventwall_session", "eventwall_csrf", "eventwall_ticket",
    }  # fmt: skip
    assert [cookie for cookie in cookies if "; Secure" not in cookie] == []
    assert [cookie for cookie in cookies if "SameSite=Lax" not in cookie] == []
    assert [c for c in cookies if "HttpOnly" not in c and "_csrf=" not in c] == []


def test_from_elsewhere_the_form_is_refused(secure: Wall) -> None:
    said = SECURE | {"Origin": "https://evil.example"}

    status, headers, _ = secure.request("POST", "/login/", "username=r", said)

    assert status == 403
    assert "default-src 'none'" in headers["content-security-policy"]
