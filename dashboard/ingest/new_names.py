"""NewNames: a name that nobody configured becomes a producer when something is first sent to it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Final

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from dashboard.conf import conf
from dashboard.http.problems import Refused, shown
from dashboard.ingest import answers
from dashboard.ingest.credential_cache import Sender
from dashboard.ingest.rates import Bucket, Rate
from dashboard.log.base import Appended, EventLog, LogUnavailable
from dashboard.tiles.changes import add_on_first_use, site_changed
from dashboard.tiles.site import current_site
from producers.auto import AutoProducer
from producers.base import Producer
from producers.events import Event
from producers.names import why_illegal
from producers.registry import Registry

_RATE: Final = Rate(60, 60)
"""New names of one process: each has every open page fetch its tiles anew."""


class NewNames:
    """Makes producers on first use, bounded in number and in rate. Belongs to one event loop.

    `follow` has this process show what is stored.
    """

    def __init__(self, log: EventLog, follow: Callable[[], Awaitable[None]]) -> None:
        self._log = log
        self._follow = follow
        self._bucket = Bucket(_RATE)
        self._made: dict[str, asyncio.Future[None]] = {}
        self._waiting: list[str] = []
        self._task: asyncio.Task[None] | None = None

    def producer(self, alias: str, known: Registry, sender: Sender) -> Producer:
        """Return what would read the events of this name; it is not stored yet. Raises Refused."""
        most = conf().AUTO_PRODUCERS_MAX
        if alias in known.errors or not (most and sender.may_name(alias)):
            raise answers.no_producer(alias, known, sender, new_names=bool(most))
        if (why := why_illegal(alias)) is not None:
            raise Refused("bad-name", f"no producer can be made of it: {why}")
        if _alike(alias, known) is not None:
            raise _taken(alias)
        if len(current_site().stored.first_used) >= most:
            raise _full(most)
        return AutoProducer(alias)

    async def append(self, alias: str, events: Sequence[Event]) -> Appended:
        """Make the producer, show its tile and store its first events.

        Raises Refused and what the log's `append` raises; of many at once for one name, each
        waits for the same producer.
        """
        waiting = self._made.get(alias.lower())
        await asyncio.shield(self._ask_for(alias) if waiting is None else waiting)
        if alias not in current_site().producers:  # it was made of another one meanwhile
            raise _taken(alias)
        return await self._log.append(events)

    def _ask_for(self, alias: str) -> asyncio.Future[None]:
        if wait := self._bucket.take(1):
            raise Refused(
                "rate-limited",
                f"of new names, {_RATE.events} are taken at once, then one a second; send the same "
                "again after Retry-After seconds",
                headers={"Retry-After": str(int(wait) + 1)},
            )
        made = self._made[alias.lower()] = asyncio.get_running_loop().create_future()
        self._waiting.append(alias)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._make(), name="new names")
        return made

    async def _make(self) -> None:
        """Store all that wait, together, until none does."""
        while self._waiting:
            aliases, self._waiting = self._waiting, []
            faults = await self._stored(aliases)
            for alias in aliases:
                made = self._made.pop(alias.lower())
                if alias in faults:
                    made.set_exception(faults[alias])
                else:
                    made.set_result(None)

    async def _stored(self, aliases: Sequence[str]) -> Mapping[str, Exception]:
        """Store these and have every process show them; return why some could not be."""
        most = conf().AUTO_PRODUCERS_MAX
        try:
            left = await sync_to_async(partial(_store, aliases, most))()
            if len(left) < len(aliases):
                new = [alias for alias in aliases if alias not in left]
                await self._log.append([site_changed("producer added", alias) for alias in new])
                await self._follow()
        except (LogUnavailable, DatabaseError):
            return dict.fromkeys(aliases, answers.log_unavailable())
        except Exception as error:
            return dict.fromkeys(aliases, error)
        shown = current_site().producers
        return {
            alias: _full(most) if alias in left else _taken(alias)
            for alias in aliases
            if alias not in shown
        }


def _store(aliases: Sequence[str], most: int) -> Sequence[str]:
    close_old_connections()
    return add_on_first_use(aliases, most)


def _alike(alias: str, known: Registry) -> str | None:
    """Return the name that differs from `alias` in upper and lower case alone."""
    folded = alias.lower()
    return next((name for name in (*known, *known.errors) if name.lower() == folded), None)


def _taken(alias: str) -> Refused:
    other = _alike(alias, current_site().producers)
    there = "one whose name" if other is None else f"{shown(other)}, whose name"
    return Refused(
        "bad-name",
        f"no producer can be made of {shown(alias)}: there is {there} differs from it only in "
        "upper and lower case; send to that, or choose another name",
    )


def _full(most: int) -> Refused:
    return Refused(
        "wall-full",
        f"the wall is full: {most} producers were made of new names (AUTO_PRODUCERS_MAX); remove "
        "one on its page or with `manage.py producer remove <alias>`, or raise the setting",
        legal={"producers": most},
    )
