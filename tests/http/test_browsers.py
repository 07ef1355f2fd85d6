"""Which browser asks, as far as its connections are to be spared."""

import pytest
from django.test import RequestFactory

from dashboard.http.browsers import browser_of

CHROMIUM = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0"


@pytest.mark.parametrize("via", [None, "1.1 nginx", "HTTP/1.1 nginx", "1.0 old, 2.0 inner", "20 x"])
def test_a_browser_over_http_1_is_told_by_its_name(via: str | None) -> None:
    said = {} if via is None else {"Via": via}

    assert browser_of(RequestFactory(headers={"User-Agent": CHROMIUM} | said).get("/")) == CHROMIUM


@pytest.mark.parametrize("via", ["2.0 Caddy", "HTTP/2.0 nginx", "2 h2o", "HTTP/3.0 nginx", "3 x"])
def test_over_http_2_and_3_there_is_nothing_to_spare(via: str) -> None:
    request = RequestFactory(headers={"User-Agent": CHROMIUM, "Via": via}).get("/")

    assert browser_of(request) == ""


@pytest.mark.parametrize("name", ["curl/8.5.0", "python-requests/2.32", ""])
def test_a_program_is_no_browser(name: str) -> None:
    assert browser_of(RequestFactory(headers={"User-Agent": name}).get("/")) == ""
