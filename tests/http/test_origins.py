"""Origins: exactly one each, or none."""

import pytest

from dashboard.http.origins import MOST_ORIGINS, BadOrigin, exact_origin, exact_origins


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://wiki.example", "https://wiki.example"),
        ("http://wiki.example:8080", "http://wiki.example:8080"),
        ("HTTPS://Wiki.Example:443", "https://wiki.example"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_taken_as_browsers_send_it(text: str, origin: str) -> None:
    assert exact_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "*", "null", "", "wiki.example", "https://*.example", "https://wiki.example/",
        "https://wiki.example/page", "https://a@wiki.example", "ftp://wiki.example",
        "https://wiki.example:0", "https://wiki.example:65536", "https://wiki.example:",
        "https://wiki.example; script-src *", "https://wiki.example 'self'", "https://bücher.example",
        "https://[::1]:8000", "file://", "https://", "https://a.example\n", "javascript:alert(1)",
        " https://wiki.example", "https://wiki.example, https://b.example", "https://.example",
    ],
)  # fmt: skip
def test_whatever_is_more_or_less_than_an_origin_is_refused(text: str) -> None:
    with pytest.raises(BadOrigin, match="is not legal; legal is scheme and host"):
        exact_origin(text)


def test_origins_are_kept_once_each_and_not_without_end() -> None:
    assert exact_origins(["https://a.example", "HTTPS://A.example:443"]) == ("https://a.example",)
    with pytest.raises(BadOrigin, match="16 at most"):
        exact_origins(f"https://a{number}.example" for number in range(MOST_ORIGINS + 1))
