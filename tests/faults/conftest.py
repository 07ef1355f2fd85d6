"""What tests of clients in great numbers begin with."""

from collections.abc import Callable

import pytest

from tests.support.stalled import AT_ONCE, QUIET
from tests.support.swarm import allow_descriptors
from tests.support.wall import Wall

_DESCRIPTORS = 4_096
"""Enough for a thousand clients, here and in the server that inherits the limit."""


@pytest.fixture
def quiet_wall(make_wall: Callable[..., Wall]) -> Callable[..., Wall]:
    """Return a function that starts a wall on which nothing happens by itself."""

    def make(**settings: object) -> Wall:
        allow_descriptors(_DESCRIPTORS)
        quiet = {"PRODUCERS": QUIET, "DASHBOARDS": AT_ONCE, "ROOT_URLCONF": "tests.support.probe"}
        return make_wall(**quiet | settings)

    return make
