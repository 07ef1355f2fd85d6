"""Eventwall as a Django app: `send`, `asend` and `WallHandler` put what happens on the wall."""

from dashboard.wall.log_handler import WallHandler

__all__ = ["WallHandler", "asend", "send"]

# INSTALLED_APPS names this package, so it is imported before there are models: what the two need
# is imported when they are called.


def send(
    alias: str,
    value: object,
    *,
    type: str | None = None,  # noqa: A002 - CloudEvents' name for it
    subject: str | None = None,
    key: str | None = None,
    on_commit: bool = True,
) -> list[str] | None:
    """Put an event of the producer `alias` on the wall, from any thread of any process.

    `value` is what may be POSTed to this producer: anything that JsonResponse takes, and a list
    is a batch, stored whole or not at all. It is checked as a POST is. `type`, `subject` and
    `key` are the event's, as CloudEvents have them; the same key again is stored once.

    Returns the ids of what was stored; it is on the disk then. Inside `atomic()`, of whichever
    database, the event is checked at once, stored when the transaction commits, and not at all
    when it rolls back: then None is returned, and what the log refuses after the commit is
    logged as an error. With `on_commit=False` it is stored at once all the same.

    Raises dashboard.http.problems.Refused, whose `code` is that of a POST's answer: nothing was
    stored. Raises SynchronousOnlyOperation on the thread of an event loop: use `asend` there.
    """
    from dashboard.wall import sending

    return sending.send(alias, value, type=type, subject=subject, key=key, on_commit=on_commit)


async def asend(
    alias: str,
    value: object,
    *,
    type: str | None = None,  # noqa: A002 - as above
    subject: str | None = None,
    key: str | None = None,
    on_commit: bool = True,
) -> list[str] | None:
    """Do as `send` does, without blocking the event loop."""
    from dashboard.wall import sending

    return await sending.asend(
        alias, value, type=type, subject=subject, key=key, on_commit=on_commit
    )
