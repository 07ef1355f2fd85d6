"""Sending: an event of the project's own code goes to the log, now or with its transaction."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial

from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils.asyncio import async_unsafe

from dashboard.http.problems import Refused
from dashboard.log.caller import open_transactions
from dashboard.log.factory import make_log
from dashboard.wall import current
from dashboard.wall.outgoing import Outgoing, find_producer, ids, outgoing

logger = logging.getLogger(__name__)


@async_unsafe("send() would block the event loop: use `await asend(...)`, or call it in a thread")
def send(
    alias: str,
    value: object,
    *,
    type: str | None,  # noqa: A002 - CloudEvents' name for it
    subject: str | None,
    key: str | None,
    on_commit: bool,
) -> list[str] | None:
    """Store an event at once, or when the transactions that are open commit: see dashboard.send."""
    sent = outgoing(find_producer(alias), value, type=type, subject=subject, key=key)
    if on_commit and (begun := open_transactions()):
        _after([connection.alias for connection in begun], partial(_store_committed, sent))
        return None
    return store(sent)


async def asend(
    alias: str,
    value: object,
    *,
    type: str | None,  # noqa: A002 - as above
    subject: str | None,
    key: str | None,
    on_commit: bool,
) -> list[str] | None:
    """Store an event by the log of the wall that this loop runs; else as `send` does."""
    wall = current.made()
    if wall is not None and wall.loop is asyncio.get_running_loop():
        producer = find_producer(alias)
        # A view that is in a transaction may have come here through async_to_sync. And a picture
        # takes long to decode.
        if not (producer.takes_pictures or await sync_to_async(open_transactions)()):
            sent = outgoing(producer, value, type=type, subject=subject, key=key)
            with sent.refusals():
                return ids(await wall.log.append(sent.batch.events)) if sent.batch.events else []
    return await sync_to_async(send)(
        alias, value, type=type, subject=subject, key=key, on_commit=on_commit
    )


def store(sent: Outgoing) -> list[str]:
    """Have the log of this process store it; return the ids. Raises Refused; blocks."""
    wall = current.made()
    # A process without a wall makes a log for each: what one holds would not outlive a fork.
    return sent.append_to(make_log() if wall is None else wall.log)


def _after(begun: Sequence[str], work: Callable[[], None]) -> None:
    """Do `work` once all of `begun` have committed, or never."""
    if begun:
        transaction.on_commit(partial(_after, begun[1:], work), using=begun[0])
    else:
        work()


def _store_committed(sent: Outgoing) -> None:
    """Store what a transaction that is over has sent. It was right: nobody else can be told."""
    try:
        store(sent)
    except Refused as refused:
        logger.exception(
            "event lost after commit producer=%s key=%s error=%s",
            sent.alias,
            sent.batch.events[0].key,
            refused,
        )
