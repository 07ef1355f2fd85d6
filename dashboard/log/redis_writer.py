"""RedisWriter: appends to a log in Redis, together what came while the last ones were stored."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from dashboard.log.base import Appended, Entry, KeyConflict, LogUnavailable
from dashboard.log.clock import Clock, moment
from dashboard.log.encoding import Encoded
from dashboard.log.lease import LeaseLost
from dashboard.log.redis_entries import appended, arguments, text
from dashboard.log.redis_scripts import APPEND
from dashboard.log.redis_sequence import RedisSequence

GROUP: Final = 1_000
"""Events that one script takes, unless a single append has more: Redis does nothing else then."""
GROUP_BYTES: Final = 8 * 2**20
WAITING: Final = 20_000
"""Events that may wait; with more, the log says that it is unavailable."""
WAITING_BYTES: Final = 64 * 2**20


class _Append(NamedTuple):
    prepared: Encoded
    answer: "asyncio.Future[Appended]"


class RedisWriter:
    """Belongs to one event loop. `on_commit` is called with new entries before answers go out."""

    def __init__(
        self,
        sequence: RedisSequence,
        clock: Clock,
        max_entries: int | None,
        on_commit: Callable[[list[Entry]], object],
    ) -> None:
        self._sequence = sequence
        self._clock = clock
        self._kept = "" if max_entries is None else max_entries
        self._on_commit = on_commit
        self._queue: deque[_Append] = deque()
        self._waiting = 0
        self._waiting_bytes = 0
        self._writing: asyncio.Task[None] | None = None

    def append(self, prepared: Encoded) -> "asyncio.Future[Appended]":
        """Queue one append; the future has its answer or its error. Raises LogUnavailable."""
        count, size = len(prepared.events), prepared.size
        if self._waiting and (
            self._waiting + count > WAITING or self._waiting_bytes + size > WAITING_BYTES
        ):
            raise LogUnavailable(f"{self._waiting} events wait for Redis already")
        self._waiting += count
        self._waiting_bytes += size
        answer: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self._queue.append(_Append(prepared, answer))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="log-writer")
        return answer

    async def finish(self) -> None:
        """Wait until all is answered that was queued."""
        while self._writing is not None and not self._writing.done():
            await asyncio.wait([self._writing])

    async def _write(self) -> None:
        while self._queue:
            group = self._next()
            try:
                await self._store(group)
            except LogUnavailable as error:
                for one in group:
                    _fail(one, LogUnavailable(*error.args))
            except BaseException as error:
                for one in group:
                    _fail(one, LogUnavailable(f"{type(error).__name__}: {error}"))
                raise
            finally:
                self._waiting -= sum(len(one.prepared.events) for one in group)
                self._waiting_bytes -= sum(one.prepared.size for one in group)

    def _next(self) -> list[_Append]:
        group = [self._queue.popleft()]
        room = GROUP - len(group[0].prepared.events)
        room_bytes = GROUP_BYTES - group[0].prepared.size
        while self._queue:
            prepared = self._queue[0].prepared
            room -= len(prepared.events)
            room_bytes -= prepared.size
            if room < 0 or room_bytes < 0:
                break
            group.append(self._queue.popleft())
        return group

    async def _store(self, group: list[_Append]) -> None:
        now = self._clock.read()
        args: list[object] = [now.now, now.boot, now.booted, self._kept, len(group)]
        for one in group:
            args.extend(arguments(one.prepared))
        epoch, _, received, answers = await self._sequence.run(APPEND, *args)
        stored: list[Entry] = []
        settled: list[tuple[_Append, Any]] = []
        for one, (status, *told) in zip(group, answers, strict=True):
            if status == b"lost":
                assert one.prepared.fence is not None
                settled.append((one, LeaseLost(one.prepared.fence)))
            elif status == b"conflict":
                name = one.prepared.units[int(told[0]) - 1].name
                assert name is not None
                settled.append((one, KeyConflict(*name)))
            else:
                at = moment(int(received))
                answer, entries = appended(one.prepared, told, text(epoch), at)
                stored += entries
                settled.append((one, answer))
        if stored:
            self._on_commit(stored)
        for one, answer in settled:
            if not isinstance(answer, Appended):
                _fail(one, answer)
            elif not one.answer.done():
                one.answer.set_result(answer)


def _fail(one: _Append, error: Exception) -> None:
    if not one.answer.done():
        one.answer.set_exception(error)
