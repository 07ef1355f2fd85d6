"""StreamRevoker: the open streams that were let in on somebody's account, and their end."""

import logging
from collections.abc import Callable
from datetime import datetime

from dashboard.access.access import Access, Grant, Principal, narrowed, renewed
from dashboard.access.table import AccessTable, AccessUnavailable
from dashboard.live.closing import Reason
from dashboard.live.stream import Stream
from dashboard.live.subscriber import Subscriber

logger = logging.getLogger(__name__)


class StreamRevoker:
    """Which streams are open on which access. Belongs to one event loop.

    A stream is known from `enter` to `leave`. Streams of an access that never ends and has no
    holder need not be told of.
    """

    def __init__(self) -> None:
        self._open: dict[Access, dict[Subscriber, Stream]] = {}
        self._blind = False

    def enter(self, account: Access, subscriber: Subscriber, stream: Stream) -> None:
        self._open.setdefault(account, {})[subscriber] = stream

    def leave(self, account: Access, subscriber: Subscriber) -> None:
        streams = self._open.get(account, {})
        streams.pop(subscriber, None)
        if not streams:
            self._open.pop(account, None)

    def principals(self) -> set[Principal]:
        """Return the principals that streams are open for."""
        return {access.principal for access in self._open if access.principal is not None}

    def follow(self, known: Callable[[Principal], Grant | None]) -> None:
        """Let each open stream go on with what its viewer may see under another site."""
        before, self._open = self._open, {}
        for access, streams in before.items():
            account = renewed(access, known)
            for subscriber, stream in streams.items():
                stream.watched(self, account)
                self.enter(account, subscriber, stream)

    async def look(self, now: datetime, table: AccessTable) -> None:
        """Read anew what those may see for whom streams are open; end what they no longer may.

        While the database cannot be asked, only what has run out is ended.
        """
        try:
            await table.refresh(self.principals())
        except AccessUnavailable as error:
            if not self._blind:
                logger.warning("access not looked at, streams go on as they are: %s", error)
            self._blind = True
        else:
            self._blind = False
        self.sweep(now, table.known)

    def sweep(self, now: datetime, known: Callable[[Principal], Grant | None]) -> None:
        """Say bye to streams whose time is over, or whose holder's grant is not what it was.

        A client that takes nothing just now is cut instead.
        """
        for access, streams in list(self._open.items()):
            reason = why_over(access, now, known)
            if reason is None:
                continue
            for subscriber, stream in list(streams.items()):
                if not subscriber.ended:
                    subscriber.end(stream.farewell(reason))

    def __len__(self) -> int:
        return sum(map(len, self._open.values()))


def why_over(
    access: Access, now: datetime, known: Callable[[Principal], Grant | None]
) -> Reason | None:
    """Return why a stream that was let in with this access is to end; None: it is not."""
    if access.until is not None and access.until <= now:
        return "expired" if access.is_account else "over"
    if access.principal is None:
        return None
    grant = known(access.principal)
    if grant is None:
        return "ended" if access.is_account else "over"
    if narrowed(grant.producers, access.ticket) != access.producers:
        return "changed" if access.is_account else "over"
    return None
