"""What tests of producers work with: time that they turn themselves, and a log made of a list."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from producers.events import Event
from producers.names import CONTROL
from producers.state import ProducerState


class FakeTime:
    """A wall clock that only moves when somebody sleeps."""

    def __init__(self, now: datetime) -> None:
        self.at = now
        self.slept: list[float] = []
        self.short_by = 0.0
        """Seconds by which the next sleep wakes too early."""

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds - self.short_by)
        self.short_by = 0.0


class ListLog:
    """Takes events as a log does; `refuse` decides what to raise instead."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.refuse: Callable[[Event], Exception | None] = lambda event: None

    async def append(self, events: Sequence[Event]) -> int:
        await asyncio.sleep(0)
        for event in events:
            error = self.refuse(event)
            if error is not None:
                raise error
        self.events.extend(events)
        return len(self.events)

    def of(self, alias: str) -> list[Event]:
        return [event for event in self.events if event.producer == alias]

    def states(self, alias: str) -> list[ProducerState]:
        told = [ProducerState.of(event) for event in self.of(CONTROL)]
        return [state for state in told if state.alias == alias]


Until: TypeAlias = Callable[[Callable[[], object]], Awaitable[None]]
"""Waits until a condition holds, and fails when it never does."""
