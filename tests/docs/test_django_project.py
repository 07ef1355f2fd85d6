"""docs/django.md, walked through: the wheel in a new project, elsewhere, below /wall/."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Response, expect

from tests.support.documents import block
from tests.support.hosted import DOCUMENT, HostProject


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> HostProject:
    return HostProject(tmp_path_factory.mktemp("host"))


@pytest.fixture(scope="module")
def said(project: HostProject) -> str:
    """Return what the commands of the page said, up to the start of the server."""
    return project.follow()


def test_nothing_is_left_to_be_put_right(project: HostProject, said: str) -> None:
    checked = project.run("python manage.py check")
    looked_at = project.run("python manage.py doctor || true")
    changes = project.run("python manage.py makemigrations --check --dry-run")
    where = project.run("python -c 'import dashboard; print(dashboard.__file__)'")

    assert "no issues" in checked
    assert "static files: are read where they lie" in looked_at
    assert "No changes" in changes
    assert "WARNING" not in said
    assert Path(where.strip()).is_relative_to(project.directory.parent / "environment")


@pytest.mark.browser
def test_the_tile_in_the_readers_own_page_is_live(
    project: HostProject, said: str, browser: Browser
) -> None:
    _, serve = block(DOCUMENT, "bash", "manage.py serve").splitlines()
    send = block(DOCUMENT, "bash", "manage.py send")
    context = browser.new_context()
    page, refused = context.new_page(), list[str]()

    def note(response: Response) -> None:
        if response.status >= 400 and "favicon" not in response.url:
            refused.append(response.url)

    context.on("response", note)
    with project.serving(*serve.split()[1:], "127.0.0.1:{port}"):
        page.goto(project.url)
        expect(page.get_by_role("article", name="clock").locator(".big time")).to_be_visible()
        project.run(send)
        expect(page.get_by_role("article", name="orders")).to_contain_text("order 7 paid")

        page.goto(f"{project.url}/wall/")
        expect(page.get_by_role("article", name="orders")).to_contain_text("order 7 paid")
        page.get_by_role("article", name="orders").get_by_role("link").click()
        expect(page).to_have_url(re.compile("/wall/producers/orders/$"))
        expect(page.locator("header.top")).to_have_css("display", "flex")
        page.goto("about:blank")
    context.close()

    assert refused == []


SERVERS = {
    "uvicorn": ("-m", "uvicorn", "--port", "{port}", "mysite.asgi:application"),
    "daphne": ("-m", "daphne", "--port", "{port}", "mysite.asgi:application"),
}


@pytest.mark.parametrize("name", SERVERS)
def test_another_server_takes_the_asgi_py_of_a_new_project(
    project: HostProject, said: str, name: str
) -> None:
    """And ends when it is told to, though a stream is open."""
    with project.serving(*SERVERS[name]), project.events("/wall/stream/?tiles=clock") as stream:
        beat = stream.until(1, "hb")[0]
        told = stream.until(1, "clock")
        while told[-1].data == told[0].data:
            told = stream.until(len(told) + 1, "clock")

    assert 'hx-get="/wall/revive/"' in beat.data


def test_under_wsgi_the_wall_says_what_to_start(project: HostProject, said: str) -> None:
    with project.serving("manage.py", "runserver", "--noreload", "127.0.0.1:{port}"):
        statuses = [project.status(path) for path in ("/", "/wall/", "/wall/stream/")]
    told = (project.directory / "server.log").read_text()

    assert statuses == [200, 503, 503]
    assert "manage.py serve" in told.rpartition("dashboard.W056")[2]


def test_the_asgi_py_of_the_page_is_ours(project: HostProject, said: str) -> None:
    project.write(block(DOCUMENT, "python", "get_asgi_application()"))

    with project.serving(*SERVERS["uvicorn"]), project.events("/wall/stream/") as stream:
        stream.until(1, "clock")
        script = project.status("/static/django_htmx/htmx-2.min.js")

    assert script == 200
    assert "startup complete" in (project.directory / "server.log").read_text()
