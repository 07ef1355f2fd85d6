"""current: the wall that this process runs just now. Whoever needs a living part of it asks here.

So nobody but the app imports the runtime, which imports nearly everything.
"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from dashboard.conf import conf
from dashboard.wall.early_drain import draining_early

if TYPE_CHECKING:
    from dashboard.wall.runtime import Runtime

_make: "Callable[[], Runtime] | None" = None
_current: "Runtime | None" = None
_attended = False
"""Whether somebody sees to the end of the wall that runs."""
_until_the_end = ExitStack()
address = ""
"""Where this process serves, such as http://127.0.0.1:8000; empty where the server is not ours."""
produces = True
"""Whether this process may run producers."""


def made_by(make: "Callable[[], Runtime]") -> None:
    """Have the wall of this process made by `make`, when somebody first asks for it."""
    global _make
    _make = make


def served_at(url: str, *, with_producers: bool = True) -> None:
    """Note where this process serves, and whether it may run producers; to be told before the
    wall is made."""
    global address, produces
    address, produces = url, with_producers


def current() -> "Runtime":
    """Return this process's wall, started or not."""
    global _current
    if _current is None:
        if _make is None:
            raise RuntimeError("'dashboard' is not in INSTALLED_APPS, or django.setup() not called")
        _current = _make()
    return _current


def made() -> "Runtime | None":
    """Return this process's wall, where somebody asked for it before."""
    return _current


async def started() -> "Runtime":
    """Return this process's wall, started: under a server without lifespan, by who asks first.

    Raises LogUnavailable and DatabaseError.
    """
    wall = current()
    await wall.start()
    if not _attended:
        _send_away_at_the_end()
    return wall


@asynccontextmanager
async def running() -> "AsyncIterator[Runtime]":
    """Run a wall of one's own for a while: what lifespan does, and tests."""
    global _current, _attended
    _attended = True
    try:
        yield await started()
    finally:
        wall, _current, _attended = current(), None, False
        await wall.stop()


def _send_away_at_the_end() -> None:
    """Have the streams end when the server is told to stop, once and for as long as it runs.

    Nobody else does without lifespan, and a server would wait for them without an end.
    """
    global _attended
    _attended = True
    _until_the_end.enter_context(draining_early(drain))


async def drain() -> None:
    """Send the open streams away, spread over STREAM_DRAIN seconds."""
    await current().hub.drain(conf().STREAM_DRAIN)


def _forget() -> None:
    global _current, _attended
    _current, _attended = None, False


# A fork has nothing of its parent's wall: neither the threads nor the loop.
os.register_at_fork(after_in_child=_forget)
