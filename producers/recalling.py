"""Recalling: a producer that goes on where it left off, for the log knows what it said last."""

from collections.abc import Awaitable, Callable, Sequence

from producers.events import Event


async def _nothing() -> Sequence[Event]:
    return ()


class Recalling:
    """Part of a Producer that needs to know what it has said, also before a restart."""

    recall: Callable[[], Awaitable[Sequence[Event]]] = staticmethod(_nothing)
    """Gives the newest events that the log has of this producer, oldest first; the wall sets it.

    To be awaited in `events`. Raises what the log raises while it is away.
    """
