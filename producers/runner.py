"""Runner: one producer in a thread of its own, started again whenever it falls."""

import asyncio
import logging
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Future
from contextvars import Context
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, TypeAlias

from producers.base import InvalidEvent, Produced, Producer
from producers.events import Event
from producers.limits import why_unfit
from producers.policy import Policy
from producers.state import DROPPED, WAITS, ProducerState, one_line, origin, told
from producers.threads import DaemonExecutor, wind_up

logger = logging.getLogger(__name__)

Append: TypeAlias = Callable[[Sequence[Event]], Awaitable[object]]
"""Stores events in the log; awaited on the wall's main loop only."""

_MAIN_SEEN_EVERY: Final = 1.0
"""Seconds between two looks at whether the main loop, which owes an answer, still exists."""


class Runner:
    """Runs `producer` in a daemon thread with an event loop of its own.

    Every event is appended on the loop `main` and awaited here, so that a producer is never
    ahead of the log. `report` is called on `main` with each new state. Made on `main`; what
    touches the producer happens in the thread.
    """

    def __init__(
        self,
        producer: Producer,
        append: Append,
        *,
        policy: Policy,
        main: asyncio.AbstractEventLoop,
        report: Callable[["Runner", ProducerState], None],
    ) -> None:
        self.alias = producer.alias
        self.state = ProducerState(producer.alias, "running", policy.now())
        self.source = getattr(sys.modules.get(type(producer).__module__), "__file__", None)
        self.finished: Future[None] = Future()
        self.finished.set_running_or_notify_cancel()  # from here on nobody can cancel it
        self._producer = producer
        self._append = append
        self._policy = policy
        self._main = main
        self._report = report
        self._stopping = False
        self._fallen: set[tuple[object, ...]] = set()
        self._dropped = 0
        self._complained = float("-inf")
        self._complaint: str | None = None
        self.loop = asyncio.new_event_loop()
        self.loop.set_default_executor(DaemonExecutor(32, f"producer-{self.alias}-call"))
        self._task = self.loop.create_task(self._run(), context=Context())
        self.thread = threading.Thread(
            target=self._work, name=f"producer-{self.alias}", daemon=True
        )

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        """Cancel the producer where it stands; `finished` is done when it has cleaned up."""
        self._stopping = True
        try:
            self.loop.call_soon_threadsafe(self._task.cancel)
        except RuntimeError:  # its loop is closed: it has ended already
            return

    def _work(self) -> None:
        try:
            self.loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            logger.debug("producer stopped alias=%s", self.alias)
        except BaseException as error:
            logger.exception("producer thread failed alias=%s", self.alias)
            self._tell(status="failed", since=self._policy.now(), error=told(error))
        finally:
            self.end()

    def end(self) -> None:
        """Cancel what is left in the loop and close it, in the thread that runs it."""
        try:
            wind_up(self.loop)
        finally:
            self.finished.set_result(None)

    async def _run(self) -> None:
        failures = 0
        while True:
            started = self._policy.monotonic()
            try:
                await self._produce()
                error: BaseException = RuntimeError("events() ended; it should yield for ever")
            except BaseException as raised:  # a producer's sys.exit() is a fall like any other
                if self._is_over():
                    raise
                error = raised
            if self._policy.monotonic() - started >= self._policy.healthy:
                failures = 0
            failures += 1
            await self._fall(error, self._policy.restart.delay(failures))

    def _is_over(self) -> bool:
        return self._stopping or self._main.is_closed() or self._task.cancelling() > 0

    async def _produce(self) -> None:
        stream = self._producer.events()
        try:
            async for value in stream:
                await self._deliver(value)
        finally:
            await self._close(stream)

    async def _close(self, stream: AsyncIterator[Produced]) -> None:
        aclose: Callable[[], Awaitable[None]] | None = getattr(stream, "aclose", None)
        if aclose is None:
            return
        try:
            await aclose()
        except Exception:  # must not hide why the run ended
            logger.exception("producer cleanup failed alias=%s", self.alias)

    async def _fall(self, error: BaseException, delay: float) -> None:
        line = told(error)
        where = origin(error)
        logger.error(
            "producer fell alias=%s error=%s restart_in=%.1fs",
            self.alias,
            line,
            delay,
            exc_info=None if where in self._fallen else error,
        )
        self._fallen.add(where)
        now = self._policy.now()
        self._tell(
            status="restarting", since=now, error=line, retry_at=now + timedelta(seconds=delay)
        )
        await asyncio.sleep(delay)
        # The error stays in sight until the producer has said something again.
        self._tell(
            status="running",
            since=self._policy.now(),
            retry_at=None,
            restarts=self.state.restarts + 1,
        )

    async def _deliver(self, value: Produced) -> None:
        try:
            event = self._producer.event(value)
        except InvalidEvent as error:
            return self._drop(str(error))
        except Exception as error:
            return self._drop(told(error))
        unfit = why_unfit(event)
        if unfit is not None:
            return self._drop(unfit)
        failures = 0
        while True:
            try:
                await self._append_on_main(event)
            except self._policy.retry_on as error:
                failures += 1
                self._wait_for_log(told(error))
                await asyncio.sleep(self._policy.retry.delay(failures))
            except self._policy.ends_on as error:
                logger.info("producer ends here alias=%s why=%s", self.alias, told(error))
                self._stopping = True
                raise asyncio.CancelledError from error
            except Exception as error:  # the log is there, but will not have this event
                return self._drop(told(error))
            else:
                return self._delivered()

    async def _append_on_main(self, event: Event) -> None:
        async def append() -> None:
            await self._append([event])

        if self._stopping:  # left behind, and back too late: the wall has closed its books
            raise asyncio.CancelledError
        coroutine = append()
        try:
            pending = asyncio.run_coroutine_threadsafe(coroutine, self._main)
        except RuntimeError as closed:  # the main loop has just been closed
            coroutine.close()
            raise asyncio.CancelledError from closed
        answer = asyncio.wrap_future(pending)
        try:
            await self._settle(answer)
        except asyncio.CancelledError:
            # Stopped half-way: what has been produced still goes into the log.
            await self._settle(answer)
            if not answer.cancelled() and (error := answer.exception()) is not None:
                logger.warning(
                    "producer's last event lost at stop alias=%s error=%s", self.alias, told(error)
                )
            raise
        answer.result()

    async def _settle(self, answer: asyncio.Future[None]) -> None:
        """Wait until the main loop has answered, as long as there is one."""
        while not answer.done():
            if self._main.is_closed():
                raise asyncio.CancelledError
            await asyncio.wait([answer], timeout=_MAIN_SEEN_EVERY)

    def _drop(self, why: str) -> None:
        self._dropped += 1
        now = self._policy.monotonic()
        if now - self._complained < self._policy.complain_every:
            return
        self._complained = now
        count = "an event" if self._dropped == 1 else f"{self._dropped} events, the last"
        self._dropped = 0
        self._complaint = line = one_line(f"{DROPPED}{count}: {why}")
        logger.warning("producer's event dropped alias=%s error=%s", self.alias, line)
        self._tell(error=line)

    def _wait_for_log(self, why: str) -> None:
        line = one_line(f"{WAITS}: {why}")
        if self.state.error != line:
            logger.warning("producer waits for the log alias=%s error=%s", self.alias, why)
            self._tell(error=line)

    def _delivered(self) -> None:
        if self.state.error is None:
            return
        since_complaint = self._policy.monotonic() - self._complained
        if self.state.error != self._complaint or since_complaint >= self._policy.complain_every:
            self._tell(error=None)

    def _tell(self, **changes: Any) -> None:
        self.state = state = replace(self.state, **changes)
        try:
            self._main.call_soon_threadsafe(self._report, self, state)
        except RuntimeError:  # the main loop is closed: nobody is left to be told
            self._stopping = True
