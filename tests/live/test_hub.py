"""The hub survives what it cannot read, and starts once."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.conf import Conf
from dashboard.live.hub import Hub
from dashboard.log.base import Bounds
from dashboard.log.memory import MemoryLog
from dashboard.tiles.site import Site, make_site
from producers.events import Event
from producers.state import ProducerState
from tests.support.entries import entry

ROWS = {"p": {"BACKEND": "producers.notes.NotesProducer"}}
SINCE = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture
def site(settings: Any) -> Site:
    settings.PRODUCERS = ROWS
    settings.DASHBOARDS = {}
    return make_site()


class FaultyLog(MemoryLog):
    """A log whose bounds cannot be told a few times, for a fault that is none of a database."""

    faults = 0

    async def bounds(self) -> Bounds:
        if self.faults:
            self.faults -= 1
            raise ZeroDivisionError("a fault of its own")
        return await super().bounds()


def state(status: str) -> Event:
    told = ProducerState("p", "running", SINCE).event()
    return replace(told, data={**told.data, "status": status})


async def until(condition: object) -> None:
    async with asyncio.timeout(20):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_a_control_entry_that_is_not_understood_is_passed_over(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    log = MemoryLog({})
    hub = Hub(log, site, Conf())
    await log.append([state("running"), state("as a later version says")])

    await hub.start()
    before = hub.state("p")
    await log.append([state("no word of ours"), state("stopped"), entry(1).event])
    await until(lambda: len(hub.tile_cache.sight(site.tiles["p"]).entries) == 1)
    after = hub.state("p")
    await hub.stop()

    assert before is not None
    assert after is not None
    assert (before.status, after.status) == ("running", "stopped")
    assert caplog.text.count("control entry passed over") == 2


async def test_the_hub_goes_on_after_any_fault_and_starts_once(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("dashboard.live.hub._RESTART_AFTER", 0.01)
    log = FaultyLog({})
    hub = Hub(log, site, Conf())
    await hub.start()
    await hub.start()
    following = [task for task in asyncio.all_tasks() if task.get_name() == "hub"]

    log.faults = 3
    with caplog.at_level(logging.WARNING), monkeypatch.context() as broken:
        broken.setattr(hub.ring, "extend", lambda entries: 1 / 0)
        await log.append([entry(1).event])
        await until(lambda: "hub failed" in caplog.text)
    await until(lambda: hub.ready and hub.head.seq == 1)
    await log.append([entry(2).event])
    await until(lambda: hub.head.seq == 2)
    await hub.stop()

    assert len(following) == 1
    assert caplog.text.count("ZeroDivisionError: a fault of its own") >= 2
