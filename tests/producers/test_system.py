"""The system producer says what the machine has, and leaves out what it has not."""

import asyncio
import os
from collections import namedtuple
from pathlib import Path
from typing import Any

import psutil
import pytest

from producers.system import SystemProducer
from tests.support.producing import FakeTime

Card = namedtuple("Card", "bytes_recv bytes_sent")


def producer(time: FakeTime | None = None) -> SystemProducer:
    return SystemProducer("host", sleep=asyncio.sleep if time is None else time.sleep)


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> dict[str, Card]:
    """Network counters and the time they are read at, both turned by hand."""
    cards = {"lo": Card(10**9, 10**9), "eth0": Card(1000, 500), "wlan0": Card(0, 0)}
    moments = iter(range(0, 1000, 2))
    monkeypatch.setattr(psutil, "net_io_counters", lambda pernic: dict(cards))
    monkeypatch.setattr("producers.system.time.monotonic", lambda: float(next(moments)))
    return cards


async def test_a_sample_holds_measures_in_their_units(fake_time: FakeTime) -> None:
    host = producer(fake_time)

    data = host.event(await host.sample()).data

    units = {name: measure.get("unit") for name, measure in data.items()}  # type: ignore[union-attr]
    expected = {"cpu": "%", "memory": "%", "load": None, "disk": "%"}
    assert units | expected == units
    for name in ("cpu", "memory", "disk"):
        assert 0 <= data[name]["value"] <= 100  # type: ignore[operator,index,call-overload]


async def test_only_the_first_sample_waits_for_a_second_look(fake_time: FakeTime) -> None:
    host = producer(fake_time)

    await host.sample()
    await host.sample()

    assert fake_time.slept == [0.2]


async def test_rates_are_bytes_a_second_without_the_loopback(
    cards: dict[str, Card], fake_time: FakeTime
) -> None:
    host = producer(fake_time)
    await host.sample()
    cards.update(lo=Card(2 * 10**9, 0), eth0=Card(1300, 501), wlan0=Card(100, 0))

    data: Any = host.event(await host.sample()).data

    assert data["received"] == {"value": 200.0, "unit": "B/s"}
    assert data["sent"] == {"value": 0.5, "unit": "B/s"}


async def test_a_counter_that_went_back_gives_no_rate_once(
    cards: dict[str, Card], fake_time: FakeTime
) -> None:
    host = producer(fake_time)
    await host.sample()
    del cards["eth0"]

    without = host.event(await host.sample()).data
    after = host.event(await host.sample()).data

    assert "received" not in without
    assert "received" in after


async def test_what_the_platform_lacks_is_left_out(
    cards: dict[str, Card], fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(path: str) -> None:
        raise FileNotFoundError(path)

    cards.clear()
    monkeypatch.delattr(os, "getloadavg")
    monkeypatch.setattr(psutil, "disk_usage", gone)

    data = producer(fake_time).event(await producer(fake_time).sample()).data

    assert sorted(data) == ["cpu", "memory"]


async def test_no_network_counters_at_all(
    fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(pernic: bool) -> None:
        raise PermissionError("/proc/net/dev")

    monkeypatch.setattr(psutil, "net_io_counters", gone)

    data = producer(fake_time).event(await producer(fake_time).sample()).data

    assert "received" not in data


def test_a_path_that_is_not_there_is_a_bad_option() -> None:
    with pytest.raises(ValueError, match="there is no such path"):
        SystemProducer.Options(path="/no/such/disk")


def test_another_disk_may_be_watched(tmp_path: Path) -> None:
    assert SystemProducer.Options(path=str(tmp_path)).path == str(tmp_path)


def test_it_samples_every_two_seconds_and_is_stale_after_six() -> None:
    assert producer().options.interval == 2
    assert producer().expect_every == 6
