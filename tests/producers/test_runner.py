"""How a producer's thread ends, whatever the producer left lying about."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, Self

import pytest
from pydantic import BaseModel, field_validator

from producers.base import Produced, Producer
from producers.events import Event
from producers.policy import Policy
from producers.registry import Registry
from producers.supervisor import Supervisor
from tests.support.producing import ListLog, Until


class LogAwayError(Exception):
    """The log is away."""


def supervise(producer: Producer, log: ListLog, policy: Policy) -> Supervisor:
    return Supervisor(
        Registry({producer.alias: producer}), log.append, retry_on=(LogAwayError,), policy=policy
    )


def gone(alias: str) -> bool:
    return all(thread.name != f"producer-{alias}" for thread in threading.enumerate())


async def test_a_cleanup_that_fails_at_stop_is_logged(
    log: ListLog, hasty: Policy, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    class Clumsy(Producer):
        async def events(self) -> AsyncIterator[Produced]:
            try:
                yield {"n": 1}
                await asyncio.sleep(60)
            finally:
                raise OSError("cannot close")

    supervisor = supervise(Clumsy("clumsy"), log, hasty)

    await supervisor.start()
    await until(lambda: log.of("clumsy"))
    await supervisor.stop()

    assert supervisor.states["clumsy"].status == "stopped"
    assert "OSError: cannot close" in caplog.text
    await until(lambda: gone("clumsy"))


async def test_a_cleanup_that_fails_hides_no_other_error(
    log: ListLog, hasty: Policy, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    class Endless(Producer):
        def events(self) -> AsyncIterator[Produced]:
            return Stream()

    class Stream:
        def __aiter__(self) -> Self:
            return self

        async def __anext__(self) -> Produced:
            raise ValueError("the first error")

        async def aclose(self) -> None:
            raise OSError("cannot close")

    supervisor = supervise(Endless("endless"), log, hasty)

    await supervisor.start()
    await until(lambda: supervisor.states["endless"].error)
    await supervisor.stop()

    assert supervisor.states["endless"].error == "ValueError: the first error"
    assert "producer cleanup failed alias=endless" in caplog.text


async def test_an_iterator_without_aclose_will_do(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    class Plain(Producer):
        def events(self) -> AsyncIterator[Produced]:
            return Stream()

    class Stream:
        def __aiter__(self) -> Self:
            return self

        async def __anext__(self) -> Produced:
            return {"n": 1}

    supervisor = supervise(Plain("plain"), log, hasty)

    await supervisor.start()
    await until(lambda: len(log.of("plain")) > 2)
    await supervisor.stop()

    assert supervisor.states["plain"].restarts == 0


async def test_tasks_that_a_producer_left_running_are_cancelled(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    ended = threading.Event()

    async def helper() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    class Leaves(Producer):
        async def events(self) -> AsyncIterator[Produced]:
            self.task = asyncio.create_task(helper())
            while True:
                yield {"n": 1}
                await self.sleep(0.001)

    supervisor = supervise(Leaves("leaves"), log, hasty)

    await supervisor.start()
    await until(lambda: len(log.of("leaves")) > 1)
    await supervisor.stop()

    assert ended.is_set()


async def test_a_validator_that_fails_in_its_own_way_drops_the_event(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    class Odd(Producer):
        class Data(BaseModel):
            n: int

            @field_validator("n")
            @classmethod
            def _odd(cls, n: int) -> int:
                if n % 2 == 0:
                    raise TypeError("even")
                return n

        async def events(self) -> AsyncIterator[Produced]:
            n = 0
            while True:
                n += 1
                yield {"n": n}

    supervisor = supervise(Odd("odd"), log, hasty)

    await supervisor.start()
    await until(lambda: len(log.of("odd")) > 2)
    await supervisor.stop()

    assert supervisor.states["odd"].error == "dropped an event: TypeError: even"
    assert [event.data["n"] for event in log.of("odd")][:3] == [1, 3, 5]


async def test_threads_give_back_results_and_errors(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    def halve(n: int) -> int:
        if n % 2:
            raise ValueError(f"{n} is odd")
        return n // 2

    class Threaded(Producer):
        async def events(self) -> AsyncIterator[Produced]:
            yield {"half": await asyncio.to_thread(halve, 8)}
            await asyncio.to_thread(halve, 7)

    supervisor = supervise(Threaded("t"), log, hasty)

    await supervisor.start()
    await until(lambda: supervisor.states["t"].error)
    await supervisor.stop()

    assert log.of("t")[0].data == {"half": 4}
    assert supervisor.states["t"].error == "ValueError: 7 is odd"


async def test_a_call_that_finds_no_thread_free_may_be_given_up(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    go = threading.Event()
    called: list[int] = []

    def wait(n: int) -> None:
        called.append(n)
        go.wait(30)

    class Greedy(Producer):
        async def sample(self) -> Produced:
            await asyncio.gather(*(asyncio.to_thread(wait, n) for n in range(40)))
            return {"n": 1}

    supervisor = supervise(Greedy("greedy"), log, hasty)

    await supervisor.start()
    await until(lambda: len(called) == 32)
    await supervisor.stop()
    go.set()
    await until(lambda: all("greedy" not in t.name for t in threading.enumerate()))

    assert len(called) == 32


async def test_an_event_the_log_never_took_is_told_at_stop(
    log: ListLog, hasty: Policy, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    arrived, release = asyncio.Event(), asyncio.Event()

    class Ticks(Producer):
        async def sample(self) -> Produced:
            return {"n": 1}

    async def append(events: Sequence[Event]) -> None:
        if events[0].producer == "ticks":
            arrived.set()
            await release.wait()
        raise LogAwayError("disk full")

    supervisor = Supervisor(
        Registry({"ticks": Ticks("ticks")}), append, retry_on=(LogAwayError,), policy=hasty
    )
    await supervisor.start()
    await arrived.wait()
    stopping = asyncio.create_task(supervisor.stop())
    await asyncio.sleep(0)
    release.set()
    await stopping

    assert "last event lost at stop alias=ticks error=LogAwayError: disk full" in caplog.text
    assert "producer states wait for the log error=LogAwayError" in caplog.text


class Waits(Producer):
    """Waits until it is let go, then yields or falls."""

    def __init__(self, alias: str, *, falls: bool) -> None:
        super().__init__(alias)
        self.falls = falls
        self.here, self.go = threading.Event(), threading.Event()

    async def events(self) -> AsyncIterator[Produced]:
        self.here.set()
        self.go.wait(30)
        if self.falls:
            raise ValueError("late")
        yield {"n": 1}


@pytest.mark.parametrize("falls", [False, True])
def test_a_thread_that_comes_back_after_the_main_loop_ends(
    falls: bool, log: ListLog, hasty: Policy
) -> None:
    producer = Waits("waits", falls=falls)

    async def forget_to_stop() -> None:
        await supervise(producer, log, hasty).start()
        await asyncio.to_thread(producer.here.wait, 30)

    asyncio.run(forget_to_stop())
    producer.go.set()

    assert_ends("waits")
    assert log.of("waits") == []


def test_a_thread_that_is_owed_an_answer_ends_with_the_main_loop(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    arrived = asyncio.Event()

    async def append(events: Sequence[Event]) -> None:
        if events[0].producer == "waits":
            arrived.set()
            await asyncio.Event().wait()

    async def start() -> None:
        producer = Waits("waits", falls=False)
        producer.go.set()
        await Supervisor(Registry({"waits": producer}), append, policy=hasty).start()
        await arrived.wait()

    main = asyncio.new_event_loop()
    main.run_until_complete(start())
    main.close()

    assert_ends("waits")
    # What was pending says so as it goes: here, and not in whichever test is running by then.
    gc.collect()


def assert_ends(alias: str) -> None:
    for thread in threading.enumerate():
        if thread.name == f"producer-{alias}":
            thread.join(20)
            assert not thread.is_alive()


async def test_a_task_of_the_supervisor_that_fails_is_seen(
    log: ListLog, hasty: Policy, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Any:
        raise ArithmeticError("no time")

    class Ticks(Producer):
        async def sample(self) -> Produced:
            return {"n": 1}

    supervisor = supervise(Ticks("ticks"), log, replace(hasty, monotonic=broken))

    await supervisor.start()
    await until(lambda: "supervisor task failed name=producer-watch" in caplog.text)
    await until(lambda: supervisor.states["ticks"].status == "failed")
    await supervisor.stop()

    assert supervisor.states["ticks"].error == "ArithmeticError: no time"
