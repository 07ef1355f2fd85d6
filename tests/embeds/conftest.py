"""What the tests of embeds share: one public wall that they only ask."""

from collections.abc import Iterator

import pytest

from tests.support.embedding import Made, make_embed
from tests.support.wall import Wall

FRIEND = "https://wiki.example:8443"
LISTED = "https://other.example"
PRODUCERS = {
    "clock": {"BACKEND": "producers.clock.ClockProducer"},
    "notes": {"BACKEND": "producers.notes.NotesProducer"},
    "vault": {"BACKEND": "producers.notes.NotesProducer", "READERS": ["user:anna"]},
}


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    settings = {"PRODUCERS": PRODUCERS, "EMBED_ORIGINS": [LISTED]}
    wall = Wall(tmp_path_factory.mktemp("embeds") / "wall", settings)
    wall.start()
    yield wall
    wall.stop()


@pytest.fixture(scope="module")
def made(public: Wall) -> Made:
    """Return an embed of the clock that FRIEND may show."""
    return make_embed(public, "clock", origins=(FRIEND,), theme="dark")
