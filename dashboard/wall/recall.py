"""Recall: producers that go on where they left off are told what the log has of them."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from dashboard.log.base import EventLog
from producers.events import Event
from producers.recalling import Recalling
from producers.registry import Registry

_NEWEST: Final = 60
"""Events that a producer is told of; others may have posted to it since."""


def let_recall(producers: Registry, log: EventLog, main: asyncio.AbstractEventLoop) -> None:
    """Let each that recalls ask `log`, which belongs to `main`, from a loop of its own."""
    for alias, producer in producers.items():
        if isinstance(producer, Recalling):
            producer.recall = partial(_recall, log, main, alias)


async def _recall(log: EventLog, main: asyncio.AbstractEventLoop, alias: str) -> Sequence[Event]:
    asked = asyncio.run_coroutine_threadsafe(log.latest(alias, _NEWEST), main)
    return [entry.event for entry in await asyncio.wrap_future(asked)]
