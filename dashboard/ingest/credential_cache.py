"""Senders: who may post, in the memory of one process: scope, rate, and when each was last seen."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final, Generic, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, transaction
from django.db.models import Q

from dashboard.conf import conf
from dashboard.ingest.credentials import valid
from dashboard.ingest.rates import UNLIMITED, Bucket, rate_of
from dashboard.models import IngestCredential

SAVE_EVERY: Final = 60.0
"""Seconds between two writes of when one credential was last used."""

Credential = TypeVar("Credential", bound=IngestCredential)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What a valid credential allows. `producers` None: all of them; `bucket` None: any rate.

    `new_names` is what names must begin with to be allowed though nobody configured them; None:
    none are.
    """

    name: str
    producers: frozenset[str] | None
    new_names: str | None = None
    row: int | None = None
    """Its primary key; None for one that is not in the database."""
    bucket: Bucket | None = field(default=None, repr=False, compare=False)

    def allows(self, alias: str) -> bool:
        return self.producers is None or alias in self.producers or self.may_name(alias)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What its new names begin with, as people are told it."""
        return () if self.new_names is None else (f"{self.new_names}*",)

    def may_name(self, alias: str) -> bool:
        """Whether a producer may be made of this name."""
        return self.new_names is not None and alias.startswith(self.new_names)


class SenderTable(ABC, Generic[Credential]):
    """The valid credentials of one kind as they were at the last `load`.

    Belongs to one event loop. `clock` gives monotonic seconds.
    """

    model: ClassVar[type[IngestCredential]]

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self._used: dict[int, float] = {}
        self._saved: dict[int, float] = {}

    async def load(self) -> None:
        """Read the credentials anew, in a thread. The old ones stay when the database fails."""
        self.accept(await sync_to_async(self._read)())

    @abstractmethod
    def accept(self, rows: Sequence[Credential]) -> None:
        """Take these for the valid ones from now on."""

    def note_use(self, sender: Sender) -> None:
        if sender.row is not None:
            self._used[sender.row] = self._clock()

    async def save_use(self, every: float = SAVE_EVERY) -> None:
        """Write down when credentials were last used, each once in `every` seconds at most."""
        now = self._clock()
        due = {
            row: at
            for row, at in self._used.items()
            if row not in self._saved or now - self._saved[row] >= every
        }
        if not due:
            return
        today = datetime.now(UTC)
        await sync_to_async(self._write)(
            {row: today - timedelta(seconds=now - at) for row, at in due.items()}
        )
        for row, at in due.items():
            self._saved[row] = now
            if self._used[row] == at:
                del self._used[row]

    def bucket_of(self, name: str, rate: str) -> Bucket | None:
        """Return the bucket of that name, as full as it was; "" is the rate of INGEST_RATE.

        A name has one bucket, so that nobody may send twice as much while a token is rotated.
        """
        legal = rate_of(rate or conf().INGEST_RATE or UNLIMITED)
        if legal is None:
            return None
        known = self._buckets.get(name)
        if known is None or known.rate != legal:
            known = self._buckets[name] = Bucket(legal, self._clock)
        return known

    def _read(self) -> list[Credential]:
        close_old_connections()
        # The newest of a name comes last: its rate is the one that holds.
        return list(valid(self.model, datetime.now(UTC)).order_by("created", "pk"))  # type: ignore[arg-type]

    def _write(self, used: dict[int, datetime]) -> None:
        close_old_connections()
        with transaction.atomic():
            for row, at in used.items():
                # Another process may have seen it later.
                earlier = Q(last_used=None) | Q(last_used__lt=at)
                self.model._default_manager.filter(earlier, pk=row).update(last_used=at)
