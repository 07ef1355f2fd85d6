"""What the tests of access share: a wall with two users who may see different things."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.visitor import Visitor
from tests.support.wall import Wall

NOTES = "producers.notes.NotesProducer"
PRODUCERS = {
    "common": {"BACKEND": NOTES},
    "opsroom": {"BACKEND": NOTES, "READERS": ["group:ops"]},
    "vault": {"BACKEND": NOTES, "READERS": ["user:anna", "perm:auth.view_group"]},
    "wreck": {"BACKEND": "no.such.Thing", "READERS": ["user:anna"]},
}
DASHBOARDS = {
    "main": {"title": "Everything"},
    "deep": {"title": "Deep down", "tiles": [{"producer": "vault", "id": "deep-vault"}]},
}
PASSWORD = "a-long-password-1"

MAKE_USERS = f"""
from django.contrib.auth.models import Group, Permission, User
ops = Group.objects.create(name="ops")
Group.objects.create(name="idle")
User.objects.create_user("anna", password={PASSWORD!r})
User.objects.create_user("ben", password={PASSWORD!r}).groups.add(ops)
User.objects.create_superuser("root", password={PASSWORD!r})
"""


SETTINGS: Final[dict[str, Any]] = {
    "ACCESS": "login",
    "PRODUCERS": PRODUCERS,
    "DASHBOARDS": DASHBOARDS,
    "STREAM_HEARTBEAT": 0.3,
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
}


@pytest.fixture(scope="session")
def with_users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file with the users, to be copied."""
    site = Wall(tmp_path_factory.mktemp("users") / "wall", SETTINGS)
    do(site, MAKE_USERS)
    return site.database


def start(directory: Path, with_users: Path) -> Wall:
    """Start a wall for the users, on which each producer has said something."""
    wall = Wall(directory, SETTINGS)
    shutil.copy(with_users, wall.database)
    wall.start()
    for alias in ("common", "opsroom", "vault"):
        assert wall.post(alias, {"text": f"the word of {alias}"})[0] == 201
    return wall


@pytest.fixture
def closed(tmp_path: Path, with_users: Path) -> Iterator[Wall]:
    """Return a wall whose users are anna (user), ben (group ops) and root (superuser)."""
    wall = start(tmp_path / "closed", with_users)
    yield wall
    wall.stop()


@pytest.fixture
def visitor(closed: Wall) -> Callable[[str], Visitor]:
    """Return a function that returns a user's browser, signed in."""

    def visitor(name: str) -> Visitor:
        made = Visitor(closed)
        made.sign_in(name, PASSWORD)
        return made

    return visitor


def do(wall: Wall, script: str) -> None:
    """Do something in the wall's database, from another process."""
    wall.manage("shell", "--no-imports", "-c", script)
