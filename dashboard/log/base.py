"""EventLog: the one place where events become entries. The contract that every backend keeps."""

import re
from abc import abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, Literal, NamedTuple, Self

from django.core.checks import CheckMessage

from dashboard.log.clock import UNIX
from dashboard.log.leaps import Leap
from dashboard.log.lease import Fence, Leasing
from producers.base import utc_now
from producers.events import Event

_ENTRY_ID: Final = re.compile(r"([A-Za-z0-9._]{1,32})-(0|[1-9][0-9]{0,18})")

_BESIDE: Final = 500
"""Bytes that an entry takes beside its data."""
_NEVER: Final = datetime.max.replace(tzinfo=UTC)

LostReason = Literal["malformed", "foreign", "future", "trimmed"]


class EntryId(NamedTuple):
    """`<epoch>-<seq>`: which log, and how far into it. Strictly increasing within one log.

    `seq` starts at 1 and has no gaps; seq 0 is the cursor before the first entry. The epoch
    changes when the log is another one (restored, recreated), so that a stale cursor shows.
    """

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str()` wrote; raises ValueError on anything else."""
        match = _ENTRY_ID.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r:.80} is no entry id (legal: <epoch>-<seq>)")
        return cls(match[1], int(match[2]))


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that is in the log, under the id and at the time that the log gave it."""

    id: EntryId
    event: Event
    received: datetime
    text: str | None = field(default=None, compare=False, repr=False)
    """The event's data as the JSON that is stored; None for an entry that was made by hand."""

    @property
    def size(self) -> int:
        """Bytes that the entry takes as JSON, roughly. Parsed, it may be twenty times as many."""
        return _BESIDE + len(self.text or "")


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did: an id for each event, and whether all of them were there already."""

    ids: tuple[EntryId, ...]
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """The entries a log holds now, `oldest` and `newest` included; none when newest < oldest."""

    oldest: EntryId
    newest: EntryId

    @property
    def cursor(self) -> EntryId:
        """The cursor after which everything held is read."""
        return EntryId(self.oldest.epoch, self.oldest.seq - 1)

    def why_lost(self, cursor: EntryId) -> LostReason | None:
        """Return why reading after `cursor` would leave a gap, or None when it would not."""
        if cursor.epoch != self.newest.epoch:
            return "foreign"
        if cursor.seq > self.newest.seq:
            return "future"
        if cursor.seq + 1 < self.oldest.seq:
            return "trimmed"
        return None


class Span(NamedTuple):
    """From when to when, both included, by the clock as it was then."""

    first: datetime
    last: datetime


class LogUnavailable(Exception):
    """The log cannot take or give entries just now; nothing was stored. Try again later."""


class LogBusy(LogUnavailable):
    """Somebody else holds the log just now, and may let it go in a moment."""


class KeyConflict(Exception):
    """An idempotency key came again with other content; nothing was stored."""

    def __init__(self, producer: str, key: str) -> None:
        self.producer = producer
        self.key = key
        super().__init__(f"key {key!r} of producer {producer!r} was used for other content")


class CursorLost(Exception):
    """The entries after this cursor are not, or not all, in this log."""

    def __init__(self, reason: LostReason, cursor: EntryId) -> None:
        self.reason = reason
        self.cursor = cursor
        super().__init__(f"cursor {cursor} is lost: {reason}")


class EventLog(Leasing):
    """An append-only log of events, shared by every process of the wall.

    Made with the OPTIONS of the EVENT_LOG setting; raises ImproperlyConfigured, naming each
    fault, when they are not legal. Making one opens nothing. One instance belongs to one event
    loop, which it never blocks. All methods may raise LogUnavailable, and do so after `aclose`.
    """

    shared: ClassVar[bool] = True
    """Whether other processes may append to it, too."""

    @abstractmethod
    def __init__(self, options: Mapping[str, Any]) -> None: ...

    @abstractmethod
    async def append(self, events: Sequence[Event], fence: Fence | None = None) -> Appended:
        """Store all `events` or none, durably, in order, under increasing ids.

        New events of one append get consecutive ids. A run of consecutive events that share a
        producer and a `key` is stored once: if the same content (type, subject, data; not time)
        came under that key before, its ids are returned and it is not stored again. So a batch
        of which a part came before stores the rest; `duplicate` says that all came before.

        Raises KeyConflict when the content differs, LeaseLost when the lease of `fence` is no
        longer held under it, and ValueError when there are no events or one cannot be kept (data
        that is no JSON, a name that is too long). A caller that is cancelled while it waits cannot
        know whether its events were stored: hence the key.
        """

    @abstractmethod
    def append_sync(self, events: Sequence[Event]) -> Appended:
        """Store `events` as `append` does, for a thread that has no event loop; it blocks.

        Any thread may call it, also on an instance that no loop uses: it needs no `aclose` then.
        Raises what `append` does.
        """

    @abstractmethod
    async def read(self, after: EntryId, limit: int) -> list[Entry]:
        """Return the up to `limit` entries that follow `after`, oldest first.

        Where they are large they are fewer, for they are all in memory. None means that there
        are no more now. Raises CursorLost.
        """

    @abstractmethod
    async def latest(self, producer: str, limit: int) -> list[Entry]:
        """Return a producer's newest `limit` entries, oldest first; fewer where they are large."""

    @abstractmethod
    async def latest_of(self, producer: str, subject: str, limit: int) -> list[Entry]:
        """Return what `latest` does of those entries that are about one subject; "": about none."""

    @abstractmethod
    async def subjects(self, producer: str, since: datetime, limit: int) -> dict[str, datetime]:
        """Return what one producer spoke of at `since` or later, and when each was last received.

        "" stands for what was about nothing. Where there are more than `limit`, those that were
        spoken of last.
        """

    @abstractmethod
    async def bounds(self) -> Bounds:
        """Return which entries are held now."""

    @abstractmethod
    async def seek(self, since: datetime) -> EntryId:
        """Return the cursor after which are all entries received at `since` or later, no other.

        `since` is of the present clock: where the clock leapt, it says when the entries came, not
        what it said then. Raises ValueError when `since` is naive.
        """

    @abstractmethod
    def tail(self, after: EntryId) -> AsyncGenerator[list[Entry], None]:
        """Yield what is appended after `after`, by any process, in batches, for ever.

        What is stored comes first. No batch is empty, no entry comes twice, none is left out.
        While the log is unavailable it waits, and then goes on. It ends (StopAsyncIteration)
        when the log is closed, and raises CursorLost when it cannot go on without a gap: the
        log became another one, or forgot entries before this reader came to them.
        """

    @abstractmethod
    async def trim(self) -> int:
        """Forget what retention no longer keeps; return how many entries went.

        An idempotency key is remembered for as long as retention, and for 24 h at least. Time
        that the clock leapt over counts for neither.
        """

    async def leaps(self) -> Sequence[Leap]:
        """Return where the clock leapt, as far as it matters to what is held; oldest first."""
        return ()

    async def spans(self) -> Sequence[Span]:
        """Return when what is held was received, oldest first: a span for each stretch between
        two leaps of the clock, and what else the clock may have said when an entry came."""
        try:
            entries = await self.read((await self.bounds()).cursor, 1)
        except CursorLost:  # another process has just trimmed it: the next look will tell
            return [Span(UNIX, _NEVER)]
        return [Span(entries[0].received if entries else utc_now(), _NEVER)]

    async def probe(self) -> None:
        """Return if an append would be taken now; stores no entry. Raises LogUnavailable."""
        await self.bounds()

    async def weaknesses(self) -> Sequence[str]:
        """Return what of its server may lose or refuse what it promises to keep, a line each."""
        return ()

    def hasten(self) -> None:
        """Refuse from now on what cannot be stored at once: the process is about to stop."""

    @abstractmethod
    async def aclose(self) -> None:
        """Give back threads and connections. Appends under way are finished first; tails end."""

    def check(self) -> list[CheckMessage]:
        """Return Django check messages on this log's configuration; reads no database."""
        return []
