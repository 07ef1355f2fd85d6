"""What the tests of access share: a wall with two users who may see different things."""

from collections.abc import Callable
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


def furnish(wall: Wall) -> None:
    """Make the users, and let each producer say something."""
    do(wall, MAKE_USERS)
    for alias in ("common", "opsroom", "vault"):
        assert wall.post(alias, {"text": f"the word of {alias}"})[0] == 201


@pytest.fixture
def closed(make_wall: Callable[..., Wall]) -> Wall:
    """Return a wall whose users are anna (user), ben (group ops) and root (superuser)."""
    wall = make_wall(**SETTINGS)
    furnish(wall)
    return wall


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
