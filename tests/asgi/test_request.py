"""LaneRequest is to Django's views what ASGIRequest is."""

import io
from typing import Any

import django
import pytest
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.asgi.request import LaneRequest

NAMES = [b"host", b"content-type", b"content-length", b"x-a", b"x_a", b"authorization"]
if django.VERSION >= (6, 1):
    # Before, a second header with cookies hid those of the first.
    NAMES.append(b"cookie")
names = st.sampled_from(NAMES)
values = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([b"text/plain; charset=utf-8", b"a/b; charset=nonsense", b"multipart/x; a=b"]),
)


def scope(**given: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": "/ingest/notes",
        "query_string": b"a=1&b=%C3%A9",
        "headers": [(b"host", b"localhost:8000")],
        "client": ("127.0.0.1", 1234),
        "server": ("127.0.0.1", 8000),
        "scheme": "http",
    } | given


def made(make: Any, asked: dict[str, Any]) -> Any:
    """Return the request, or the kind of error that making it is."""
    try:
        return make()
    except ValueError as error:
        return type(error)


@given(headers=st.lists(st.tuples(names, values), max_size=8))
def test_it_says_what_asgirequest_says(headers: list[tuple[bytes, bytes]]) -> None:
    asked = scope(headers=headers)

    theirs = made(lambda: ASGIRequest(asked, io.BytesIO(b"body")), asked)
    ours = made(lambda: LaneRequest(asked, b"body"), asked)

    if isinstance(theirs, type):
        assert ours is theirs
        return
    assert ours.META == theirs.META
    assert ours.body == b"body"
    for name in ("path", "path_info", "method", "content_type", "content_params", "encoding"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert ours.GET == theirs.GET
    assert ours.headers == theirs.headers
    assert ours.COOKIES == theirs.COOKIES
    assert ours.scheme == theirs.scheme


def test_cookies_may_come_in_a_header_each() -> None:
    asked = scope(headers=[(b"cookie", b"a=1;"), (b"cookie", b"b=2")])

    assert LaneRequest(asked, b"").COOKIES == {"a": "1", "b": "2"}


@pytest.mark.parametrize("without", ["client", "server", "query_string", "headers"])
def test_what_a_scope_may_lack_is_made_up_as_django_does(without: str) -> None:
    asked = scope()
    del asked[without]

    assert LaneRequest(asked, b"").META == ASGIRequest(asked, io.BytesIO(b"")).META


def test_a_host_is_judged_again_when_the_settings_change(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    assert LaneRequest(scope(), b"").get_host() == "localhost:8000"

    settings.ALLOWED_HOSTS = ["elsewhere"]
    with pytest.raises(DisallowedHost):
        LaneRequest(scope(), b"").get_host()


def test_a_form_can_be_read() -> None:
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]

    request = LaneRequest(scope(headers=headers), b"a=1&b=2")

    assert request.POST.dict() == {"a": "1", "b": "2"}
