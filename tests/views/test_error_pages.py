"""What a browser is shown when there is no page: in the house style, with a next step."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.drawn import Page
from tests.support.wall import Wall

URLS = """
from django.core.exceptions import PermissionDenied
from django.urls import include, path

def broken(request):
    raise RuntimeError("secret")

def denied(request):
    raise PermissionDenied("secret")

urlpatterns = [
    path("broken/", broken),
    path("denied/", denied),
    path("", include("dashboard.urls")),
]
"""
ASKED: dict[int, tuple[str, str, dict[str, str]]] = {
    404: ("GET", "/nowhere/", {}),
    500: ("GET", "/broken/", {}),
    403: ("GET", "/denied/", {}),
}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> "Wall":
    directory = tmp_path_factory.mktemp("bare")
    (directory / "error_urls.py").write_text(URLS)
    wall = Wall(directory / "wall", {"ROOT_URLCONF": "error_urls", "ACCESS": "public"}, debug=False)
    wall.start()
    return wall


@pytest.fixture(autouse=True, scope="module")
def stopped(bare: Wall) -> "object":
    yield
    bare.stop()


def page(answer: tuple[int, dict[str, str], bytes]) -> Page:
    return Page(answer[2].decode())


@pytest.mark.parametrize("status", ASKED)
def test_errors_are_pages_of_the_house(bare: Wall, status: int) -> None:
    method, path, headers = ASKED[status]

    answer = bare.request(method, path, headers=headers)

    assert answer[0] == status
    assert page(answer).with_class("brand")
    assert {"href": "/"} in page(answer).all("a")
    assert any("/dashboard/wall." in link["href"] for link in page(answer).all("link"))
    assert page(answer).open == []
    assert "secret" not in page(answer).text


def test_a_host_that_is_not_ours_is_told_in_the_same_style(bare: Wall) -> None:
    answer = bare.request("GET", "/", headers={"Host": "elsewhere.example"})

    assert answer[0] == 400
    assert "This wall does not answer by the name elsewhere.example" in page(answer).text
    style = next(link["href"] for link in page(answer).all("link") if "wall" in link["href"])
    assert bare.request("GET", style, headers={"Host": "elsewhere.example"})[0] == 200


def test_a_form_with_a_stale_token_leads_back_to_a_fresh_one(bare: Wall) -> None:
    answer = bare.request("POST", "/login/?next=/", "username=anna")

    assert answer[0] == 403
    assert "too old" in page(answer).text
    assert {"href": "/login/?next=/"} in page(answer).all("a")


def test_htmx_gets_the_part_that_says_it_and_no_second_page(bare: Wall) -> None:
    answer = bare.request("GET", "/denied/", headers={"HX-Request": "true"})

    assert answer[0] == 403
    assert "You may not see this" in page(answer).text
    assert not page(answer).all("link")
    assert page(answer).with_class("close")


@pytest.mark.parametrize("debug", [True, False])
def test_a_static_file_that_is_missing_is_not_found(
    make_wall: Callable[..., Wall], bare: Wall, debug: bool, tmp_path: Path
) -> None:
    wall = make_wall(debug=True) if debug else bare

    assert wall.request("GET", "/static/dashboard/none.css")[0] == 404
    assert wall.request("GET", "/static/dashboard/wall.css")[0] == 200
