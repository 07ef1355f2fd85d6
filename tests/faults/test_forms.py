"""Forms while another process holds the database: 503, nothing half done, and a way to go on."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.support.visitor import Visitor
from tests.support.wall import Wall

pytestmark = pytest.mark.faults

PASSWORD = "seventeen geese"
OTHER = "eighteen swans"


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    """Return a wall whose users sign in, and that does not wait long for its database."""
    wall = Wall(tmp_path_factory.mktemp("forms") / "wall", {"ACCESS": "login"})
    with (wall.directory / "wall_settings.py").open("a") as file:
        file.write('DATABASES["default"]["OPTIONS"]["timeout"] = 0.1\n')
    wall.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    wall.manage("createsuperuser", "--noinput", "--username=root", "--email=root@example.org")
    try:
        wall.start()
        yield wall
    finally:
        wall.stop()


@pytest.fixture
def visitor(wall: Wall) -> Visitor:
    visitor = Visitor(wall)
    visitor.sign_in("root", PASSWORD)
    return visitor


@contextmanager
def locked(wall: Wall) -> Iterator[None]:
    with closing(sqlite3.connect(wall.database, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


SHARED = {"tiles": "clock", "lasts": "month", "origins": "", "theme": "auto", "title": 'a "b" <i>'}


def fields_of(page: str) -> dict[str, str]:
    """Return what the page's button would send."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {
        name: value.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">")
        for name, value in found
    }


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/share/", SHARED),
        ("/admin/auth/group/add/", {"name": "watchers"}),
        ("/logout/", {}),
    ],
)
def test_what_was_sent_can_be_sent_again(
    path: str, sent: dict[str, str], visitor: Visitor, wall: Wall
) -> None:
    with locked(wall):
        status, page = visitor.post(path, **sent)
    again = {name: value for name, value in fields_of(page).items() if "csrf" not in name}
    told = visitor.headers
    stored = visitor.post(path, **again)[0]

    assert status == 503
    assert told["retry-after"] == "5"
    assert told["cache-control"] == "no-store"
    assert "cannot be stored just now" in page
    assert f'<form method="post" action="{path}">' in page
    assert again == sent
    assert stored == 302


def test_an_embed_that_could_not_be_ended_is_ended_by_the_button(
    visitor: Visitor, wall: Wall
) -> None:
    visitor.post("/share/", **SHARED)
    path = f"{visitor.location}end/"

    with locked(wall):
        status, page = visitor.post(path)
    before = visitor.get("/embeds/")[1].count(path)
    ended = visitor.post(path)[0]

    assert (status, ended) == (503, 302)
    assert f'action="{path}"' in page
    assert before == 1
    assert path not in visitor.get("/embeds/")[1]


def test_a_password_is_not_sent_back_and_the_form_is_a_click_away(wall: Wall) -> None:
    visitor = Visitor(wall)

    with locked(wall):
        status, page = visitor.post("/login/?next=/embeds/", username="root", password=PASSWORD)

    assert status == 503
    assert PASSWORD not in page
    assert '<a href="/login/?next=/embeds/">' in page
    assert "sessionid" not in visitor.cookies
    visitor.sign_in("root", PASSWORD)


def test_a_new_password_is_stored_whole_or_not_at_all(visitor: Visitor, wall: Wall) -> None:
    new = {"old_password": PASSWORD, "new_password1": OTHER, "new_password2": OTHER}

    with locked(wall):
        status, page = visitor.post("/password/", **new)

    assert status == 503
    assert OTHER not in page
    assert '<a href="/password/">' in page
    assert visitor.get("/")[0] == 200
    Visitor(wall).sign_in("root", PASSWORD)


def test_a_part_of_a_page_is_answered_with_a_part(visitor: Visitor, wall: Wall) -> None:
    token = fields_of(visitor.get("/share/?tiles=clock")[1])["csrfmiddlewaretoken"]
    body = "&".join(f"{name}={value}" for name, value in SHARED.items() if name != "title")
    form = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}

    with locked(wall):
        status, part = visitor.send("POST", "/share/", f"csrfmiddlewaretoken={token}&{body}", form)

    assert status == 503
    assert "<html" not in part
    assert 'hx-post="/share/" hx-target="#share"' in part
    assert fields_of(part)["tiles"] == "clock"


def test_a_page_whose_viewer_cannot_be_read_looks_again_by_itself(
    visitor: Visitor, wall: Wall
) -> None:
    with closing(sqlite3.connect(wall.database, timeout=30)) as other:
        other.execute("ALTER TABLE django_session RENAME TO elsewhere")
        other.commit()
        status, page = visitor.get("/")
        other.execute("ALTER TABLE elsewhere RENAME TO django_session")
        other.commit()

    assert status == 503
    assert 'http-equiv="refresh"' in page
    assert visitor.get("/")[0] == 200


def test_it_was_all_told_in_a_line_or_two(wall: Wall) -> None:
    log = wall.log.read_text()

    assert "Traceback" not in log
    assert "database unavailable path=" in log
    assert log.count("dashboard.http.unavailable: database unavailable") <= 3
