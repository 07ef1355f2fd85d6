"""The supervisor runs what runs, says how all fare, and stops them cleanly."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import pytest

from producers.base import Produced, Producer
from producers.events import Event
from producers.names import CONTROL
from producers.policy import Policy
from producers.registry import Registry
from producers.state import ProducerState
from producers.supervisor import Supervisor
from tests.support.producing import ListLog, Until


class LogAwayError(Exception):
    """The log is away."""


class Ticker(Producer):
    """Yields 1, 2, 3 … as fast as the log takes them."""

    cleaned = False

    async def events(self) -> AsyncIterator[Produced]:
        n = 0
        try:
            while True:
                n += 1
                yield {"n": n}
                await self.sleep(0.002)
        finally:
            self.cleaned = True


class Pushed(Producer):
    """Is pushed by others."""


class Falling(Producer):
    async def events(self) -> AsyncIterator[Produced]:
        yield {"n": 1}
        raise ValueError("no camera")


class Once(Producer):
    async def events(self) -> AsyncIterator[Produced]:
        yield {"n": 1}


class Sleeper(Producer):
    """Holds up its own loop until it is let go."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.go = threading.Event()

    async def events(self) -> AsyncIterator[Produced]:
        yield {"n": 1}
        self.go.wait(30)
        n = 1
        while True:
            n += 1
            yield {"n": n}
            await self.sleep(0.005)


def registry(*producers: Producer) -> Registry:
    return Registry({producer.alias: producer for producer in producers})


async def test_events_and_states_reach_the_log_in_order(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    supervisor = Supervisor(registry(Ticker("tick"), Pushed("door")), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: len(log.of("tick")) >= 5)
    await supervisor.stop()

    numbers = [event.data["n"] for event in log.of("tick")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [state.status for state in log.states("tick")] == ["running", "stopped"]
    assert [state.status for state in log.states("door")] == ["listening", "stopped"]
    assert {alias: state.status for alias, state in supervisor.states.items()} == {
        "tick": "stopped",
        "door": "stopped",
    }


async def test_append_is_awaited_on_the_loop_that_started(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    loops: set[object] = set()
    running = 0
    most = 0

    async def append(events: Sequence[Event]) -> None:
        nonlocal running, most
        loops.add(asyncio.get_running_loop())
        if events[0].producer != CONTROL:
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.002)
            running -= 1
        await log.append(events)

    supervisor = Supervisor(registry(Ticker("tick")), append, policy=hasty)
    await supervisor.start()
    await until(lambda: len(log.of("tick")) >= 5)
    await supervisor.stop()

    assert loops == {asyncio.get_running_loop()}
    assert most == 1


async def test_stop_runs_the_producers_finally_and_ends_its_thread(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    ticker = Ticker("tick")
    supervisor = Supervisor(registry(ticker), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: log.of("tick"))
    await supervisor.stop()

    assert ticker.cleaned
    await until(lambda: all(t.name != "producer-tick" for t in threading.enumerate()))


async def test_start_after_stop_runs_again_and_start_twice_runs_once(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    supervisor = Supervisor(registry(Ticker("tick")), log.append, policy=hasty)

    for _ in range(2):
        log.events.clear()
        await supervisor.start()
        await supervisor.start()
        await until(lambda: len(log.of("tick")) >= 3)
        await supervisor.stop()
        await supervisor.stop()

        assert [event.data["n"] for event in log.of("tick")][:3] == [1, 2, 3]
        assert supervisor.states["tick"].status == "stopped"


async def test_the_starters_context_does_not_live_on(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    request: ContextVar[str] = ContextVar("request", default="none")
    seen: set[str] = set()

    class Looks(Producer):
        async def sample(self) -> Produced:
            seen.add(request.get())
            return {"n": 1}

    async def append(events: Sequence[Event]) -> None:
        seen.add(request.get())
        await log.append(events)

    request.set("of the first browser")
    supervisor = Supervisor(registry(Looks("looks")), append, policy=hasty)
    await supervisor.start()
    await until(lambda: log.of("looks") and log.states("looks"))
    request.set("none")
    await supervisor.stop()

    assert seen == {"none"}


async def test_a_falling_producer_restarts_and_others_go_on(
    log: ListLog, hasty: Policy, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = Supervisor(registry(Falling("camera"), Ticker("tick")), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: supervisor.states["camera"].restarts >= 3 and len(log.of("tick")) > 20)
    await supervisor.stop()

    fallen = [state for state in log.states("camera") if state.status == "restarting"]
    assert fallen[0].error == "ValueError: no camera"
    assert fallen[0].retry_at is not None
    assert fallen[0].retry_at > fallen[0].since
    assert len(log.of("camera")) >= 3
    lines = [r for r in caplog.records if r.getMessage().startswith("producer fell alias=camera")]
    assert len(lines) >= 3
    assert [r.exc_info is not None for r in lines] == [True] + [False] * (len(lines) - 1)
    assert {state.status for state in log.states("tick")} == {"running", "stopped"}


@pytest.mark.parametrize("error", [SystemExit(3), asyncio.CancelledError(), KeyboardInterrupt()])
async def test_whatever_a_producer_raises_is_a_fall(
    error: BaseException, log: ListLog, hasty: Policy, until: Until
) -> None:
    class Rude(Producer):
        async def sample(self) -> Produced:
            raise error

    supervisor = Supervisor(registry(Rude("rude")), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: supervisor.states["rude"].restarts >= 2)
    await supervisor.stop()

    assert type(error).__name__ in str(log.states("rude")[1].error)


async def test_events_that_end_count_as_a_fall(log: ListLog, hasty: Policy, until: Until) -> None:
    supervisor = Supervisor(registry(Once("once")), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: len(log.of("once")) >= 2)
    await supervisor.stop()

    assert "events() ended" in str(log.states("once")[1].error)


async def test_pauses_grow_and_a_healthy_stretch_starts_them_anew(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    clock = [0.0]
    falls = 0

    class Patient(Producer):
        async def events(self) -> AsyncIterator[Produced]:
            nonlocal falls
            falls += 1
            yield {"n": falls}
            if falls == 4:
                clock[0] += 61
            raise ValueError("again")

    class Told:
        failures: list[int] = []

        def delay(self, failures: int) -> float:
            self.failures.append(failures)
            return 0.001

    told: Any = Told()
    policy = replace(hasty, restart=told, healthy=60.0, monotonic=lambda: clock[0])
    supervisor = Supervisor(registry(Patient("p")), log.append, policy=policy)

    await supervisor.start()
    await until(lambda: falls >= 6)
    await supervisor.stop()

    assert told.failures[:5] == [1, 2, 3, 1, 2]


async def test_the_error_goes_once_the_producer_speaks_again(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    class Recovers(Producer):
        tries = 0

        async def events(self) -> AsyncIterator[Produced]:
            self.tries += 1
            if self.tries == 1:
                raise OSError("unplugged")
            while True:
                yield {"n": self.tries}
                await self.sleep(0.01)

    supervisor = Supervisor(registry(Recovers("usb")), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: supervisor.states["usb"].restarts and not supervisor.states["usb"].error)
    state = supervisor.states["usb"]
    await supervisor.stop()

    assert (state.status, state.restarts, state.retry_at) == ("running", 1, None)


async def test_a_blocking_producer_is_named_while_another_keeps_ticking(
    log: ListLog, hasty: Policy, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    sleeper = Sleeper("slow")
    supervisor = Supervisor(registry(sleeper, Ticker("tick")), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: supervisor.states["slow"].status == "blocked")
    blocked, before = supervisor.states["slow"], len(log.of("tick"))
    await until(lambda: len(log.of("tick")) > before + 20)
    still = supervisor.states["slow"]
    sleeper.go.set()
    await until(lambda: supervisor.states["slow"].status == "running")
    await until(lambda: len(log.of("slow")) >= 3)
    await supervisor.stop()

    assert blocked.error is not None
    assert blocked.error.startswith("blocks its event loop at producers/test_supervisor.py:")
    assert blocked.error.endswith(" in events")
    assert still == blocked
    assert [state.status for state in log.states("slow")][:3] == ["running", "blocked", "running"]
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len([w for w in warnings if "blocks its event loop alias=slow" in w]) == 1
    assert {state.status for state in log.states("tick")} == {"running", "stopped"}


async def test_a_busy_python_loop_is_seen_as_blocked(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    over = threading.Event()

    class Busy(Producer):
        async def sample(self) -> Produced:
            while not over.is_set():
                pass
            return {"n": 1}

    supervisor = Supervisor(registry(Busy("busy"), Ticker("tick")), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: supervisor.states["busy"].status == "blocked")
    before = len(log.of("tick"))
    await until(lambda: len(log.of("tick")) > before + 3)
    over.set()
    await supervisor.stop()

    assert supervisor.states["busy"].status == "stopped"


async def test_stop_leaves_a_blocked_producer_behind_without_blocking(
    log: ListLog, hasty: Policy, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    sleeper = Sleeper("slow")
    policy = replace(hasty, stop_within=0.1)
    supervisor = Supervisor(registry(sleeper), log.append, policy=policy)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    await supervisor.start()
    await until(lambda: supervisor.states["slow"].status == "blocked")
    counter = asyncio.create_task(count())
    await supervisor.stop()
    counter.cancel()

    assert not sleeper.go.is_set()
    assert turns > 3
    assert "left behind" in str(supervisor.states["slow"].error)
    assert any("producer left behind alias=slow" in r.getMessage() for r in caplog.records)
    sleeper.go.set()
    await until(lambda: all(t.name != "producer-slow" for t in threading.enumerate()))
    assert len(log.of("slow")) == 1
    assert supervisor.states["slow"].status == "stopped"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"text": "x" * 10_000_000}, "10,000,012 bytes of JSON (legal: at most 262,144)"),
        ({"value": float("nan")}, "no JSON"),
        ({"value": object()}, "object"),
        ({"value": {1, 2}.__iter__}, "Unable to serialize"),
        ({"text": "a\0b"}, "NUL"),
        ({"text": "\ud800"}, "surrogates"),
        ([1, 2], "does not take this data"),
        (None, "does not take this data"),
    ],
)
async def test_a_bad_event_is_dropped_shown_and_logged_once(
    bad: Any, why: str, log: ListLog, hasty: Policy, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    class Careless(Producer):
        async def events(self) -> AsyncIterator[Produced]:
            while True:
                yield {"n": 1}
                yield bad
                await self.sleep(0.005)

    supervisor = Supervisor(registry(Careless("ai")), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: len(log.of("ai")) >= 4)
    state = supervisor.states["ai"]
    await supervisor.stop()

    assert (state.status, state.restarts) == ("running", 0)
    assert state.error is not None
    assert state.error.startswith("dropped an event: ")
    assert why in state.error
    assert all(event.data == {"n": 1} for event in log.of("ai"))
    assert len([r for r in caplog.records if "event dropped alias=ai" in r.getMessage()]) == 1


async def test_dropped_events_are_told_again_after_a_minute_and_then_forgotten(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    clock = [0.0]
    bad = True

    class Careless(Producer):
        yielded = 0

        async def events(self) -> AsyncIterator[Produced]:
            while True:
                self.yielded += 1
                yield [] if bad else {"n": 1}  # type: ignore[misc]
                await self.sleep(0.002)

    careless = Careless("ai")
    policy = replace(hasty, monotonic=lambda: clock[0], watch_every=9.0)
    supervisor = Supervisor(registry(careless), log.append, policy=policy)

    await supervisor.start()
    await until(lambda: supervisor.states["ai"].error)
    first = supervisor.states["ai"].error

    def a_minute_later() -> None:
        clock[0] += 61

    def several_are_told() -> bool:
        a_minute_later()
        return "events, the last: " in str(supervisor.states["ai"].error)

    await until(lambda: careless.yielded > 5)
    await until(several_are_told)
    bad = False
    a_minute_later()
    await until(lambda: supervisor.states["ai"].error is None)
    await supervisor.stop()

    assert str(first).startswith("dropped an event: ")


async def test_nothing_is_lost_while_the_log_is_away(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    untold: list[ProducerState] = []
    supervisor = Supervisor(
        registry(Ticker("tick"), Pushed("door")),
        log.append,
        retry_on=(LogAwayError,),
        policy=hasty,
        untold=untold.append,
    )

    await supervisor.start()
    await until(lambda: len(log.of("tick")) >= 3)
    log.refuse = lambda event: LogAwayError("disk full")
    await until(
        lambda: supervisor.states["tick"].error == "waits for the log: LogAwayError: disk full"
    )
    await until(lambda: supervisor.states["tick"] in untold)
    log.refuse = lambda event: None
    await until(lambda: len(log.of("tick")) >= 10)
    await until(lambda: supervisor.states["tick"].error is None)
    await supervisor.stop()

    numbers = [event.data["n"] for event in log.of("tick")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert log.states("tick")[-1].status == "stopped"


async def test_an_event_the_log_refuses_is_dropped(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    log.refuse = lambda event: ValueError("used key") if event.data.get("n") == 2 else None
    supervisor = Supervisor(
        registry(Ticker("tick")), log.append, retry_on=(LogAwayError,), policy=hasty
    )

    await supervisor.start()
    await until(lambda: len(log.of("tick")) >= 3)
    state = supervisor.states["tick"]
    await supervisor.stop()

    assert [event.data["n"] for event in log.of("tick")][:3] == [1, 3, 4]
    assert state.error == "dropped an event: ValueError: used key"


async def test_states_wait_for_the_log_and_only_the_latest_is_told(
    log: ListLog, hasty: Policy, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    log.refuse = lambda event: LogAwayError() if event.producer == CONTROL else None
    supervisor = Supervisor(
        registry(Falling("camera")), log.append, retry_on=(LogAwayError,), policy=hasty
    )

    await supervisor.start()
    await until(lambda: supervisor.states["camera"].restarts >= 2)
    assert log.states("camera") == []
    log.refuse = lambda event: None
    await until(lambda: log.states("camera"))
    first: ProducerState = log.states("camera")[0]
    await supervisor.stop()

    assert first.restarts >= 2
    waiting = [r for r in caplog.records if "states wait for the log" in r.getMessage()]
    assert len(waiting) == 1


async def test_states_the_log_refuses_stop_nobody(
    log: ListLog, hasty: Policy, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    log.refuse = lambda event: ValueError("no") if event.producer == CONTROL else None
    supervisor = Supervisor(registry(Falling("camera")), log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: supervisor.states["camera"].restarts >= 3)
    await supervisor.stop()

    assert len(log.of("camera")) >= 3
    assert any("states not stored error=ValueError: no" in r.getMessage() for r in caplog.records)


async def test_an_event_on_its_way_at_stop_is_still_stored(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    arrived = asyncio.Event()
    release = asyncio.Event()

    async def append(events: Sequence[Event]) -> None:
        if events[0].producer != CONTROL:
            arrived.set()
            await release.wait()
        await log.append(events)

    supervisor = Supervisor(registry(Ticker("tick")), append, policy=hasty)
    await supervisor.start()
    await arrived.wait()
    stopping = asyncio.create_task(supervisor.stop())
    await asyncio.sleep(0)
    release.set()
    await stopping

    assert [event.data["n"] for event in log.of("tick")] == [1]


async def test_broken_rows_are_failed_and_the_others_run(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    rows = Registry.build(
        {
            "gone": {"BACKEND": "producers.gone.GoneProducer"},
            "not legal": {"BACKEND": "producers.clock.ClockProducer"},
            "clock": {"BACKEND": "producers.clock.ClockProducer"},
        }
    )
    supervisor = Supervisor(rows, log.append, policy=hasty)

    await supervisor.start()
    await until(lambda: log.of("clock"))
    await supervisor.stop()

    assert sorted(supervisor.states) == ["clock", "gone"]
    assert supervisor.states["gone"].status == "failed"
    assert "producers.gone" in str(supervisor.states["gone"].error)
    assert log.states("gone")[0].status == "failed"


async def test_what_a_producer_gave_to_threads_never_holds_up_a_stop(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    go, busy = threading.Event(), threading.Event()

    def wait() -> None:
        busy.set()
        go.wait(30)

    class Hands(Producer):
        async def sample(self) -> Produced:
            await asyncio.to_thread(wait)
            return {"n": 1}

    supervisor = Supervisor(registry(Hands("hands")), log.append, policy=hasty)

    await supervisor.start()
    await until(busy.is_set)
    caller = next(t for t in threading.enumerate() if t.name == "producer-hands-call")
    await supervisor.stop()

    assert caller.daemon
    assert supervisor.states["hands"].error is None
    go.set()
    await until(lambda: not caller.is_alive())


async def test_a_change_touches_only_what_differs(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    kept, gone, new = Ticker("kept"), Ticker("gone"), Ticker("new")
    supervisor = Supervisor(registry(kept, gone, Pushed("door")), log.append, policy=hasty)
    await supervisor.start()
    await until(lambda: log.of("kept") and log.of("gone"))
    thread = next(t for t in threading.enumerate() if t.name == "producer-kept")

    await supervisor.change(registry(kept, new))

    await until(lambda: log.of("new"))
    assert set(supervisor.states) == {"kept", "new"}
    names = {t.name for t in threading.enumerate()}
    assert "producer-gone" not in names
    assert thread.is_alive()
    seen = len(log.of("gone"))
    await until(lambda: len(log.of("kept")) > 5)
    assert len(log.of("gone")) == seen
    await supervisor.stop()


async def test_a_producer_that_was_broken_and_is_mended_starts(
    log: ListLog, hasty: Policy, until: Until
) -> None:
    broken = Registry.build({"tick": {"BACKEND": "no.such.Thing"}})
    supervisor = Supervisor(broken, log.append, policy=hasty)
    await supervisor.start()
    await until(lambda: log.states("tick"))

    await supervisor.change(registry(Ticker("tick")))

    await until(lambda: log.of("tick"))
    await supervisor.stop()
    assert [state.status for state in log.states("tick")] == ["failed", "running", "stopped"]
