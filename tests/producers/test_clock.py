"""The clock ticks at once and then on the beat, whatever the machine's own clock does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from producers.clock import ClockProducer
from tests.support.producing import FakeTime


async def ticks(time: FakeTime, count: int, **options: Any) -> list[str]:
    """Return the times of the first ticks, as ISO 8601."""
    clock = ClockProducer("clock", ClockProducer.Options(**options), now=time.now, sleep=time.sleep)
    told: list[str] = []
    async for value in clock.events():
        told.append(str(clock.event(value).data["time"]))
        if len(told) == count:
            break
    return told


async def test_the_first_tick_is_at_once_and_the_others_on_the_beat(fake_time: FakeTime) -> None:
    assert await ticks(fake_time, 3, timezone="UTC") == [
        "2030-01-02T03:04:02.500000Z",
        "2030-01-02T03:04:05Z",
        "2030-01-02T03:04:10Z",
    ]


@pytest.mark.parametrize(
    ("interval", "second"),
    [
        (1, "08:34:03+05:30"),
        (0.7, "08:34:02.700000+05:30"),
        (60, "08:35:00+05:30"),
        (3600, "09:00:00+05:30"),
        (86400, "00:00:00+05:30"),
    ],
)
async def test_the_beat_is_that_of_the_zones_own_day(
    interval: float, second: str, fake_time: FakeTime
) -> None:
    told = await ticks(fake_time, 2, timezone="Asia/Kolkata", interval=interval)

    assert told[1].split("T")[1] == second


async def test_waking_too_early_makes_no_early_tick_and_no_second_one(
    fake_time: FakeTime,
) -> None:
    fake_time.short_by = 0.002

    told = await ticks(fake_time, 3, timezone="UTC")

    assert told[1:] == ["2030-01-02T03:04:05Z", "2030-01-02T03:04:10Z"]
    assert fake_time.slept == pytest.approx([2.5, 0.002, 5])


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=3)])
async def test_a_clock_that_is_set_ticks_on_at_the_new_time(
    jump: timedelta, fake_time: FakeTime
) -> None:
    clock = ClockProducer(
        "clock", ClockProducer.Options(timezone="UTC"), now=fake_time.now, sleep=fake_time.sleep
    )
    stream = clock.events()
    await anext(stream)
    fake_time.at += jump

    told = clock.event(await anext(stream)).data["time"]

    assert abs(datetime.fromisoformat(str(told)) - fake_time.at) < timedelta(seconds=5)
    assert sum(fake_time.slept) <= 5


async def test_days_with_a_change_of_hour_keep_ticking() -> None:
    time = FakeTime(datetime(2030, 3, 31, 0, 59, 58, tzinfo=UTC))

    told = await ticks(time, 4, timezone="Europe/Berlin", interval=2)

    assert [text.split("T")[1] for text in told] == [
        "01:59:58+01:00",
        "03:00:00+02:00",
        "03:00:02+02:00",
        "03:00:04+02:00",
    ]


async def test_the_hour_that_comes_twice_ticks_on_the_beat_twice() -> None:
    time = FakeTime(datetime(2030, 10, 27, 1, 10, 2, tzinfo=UTC))

    told = await ticks(time, 3, timezone="Europe/Berlin")

    assert [text.split("T")[1] for text in told] == [
        "02:10:02+01:00",
        "02:10:05+01:00",
        "02:10:10+01:00",
    ]


def test_its_tile_is_stale_after_three_intervals() -> None:
    assert ClockProducer("clock", ClockProducer.Options(interval=20)).expect_every == 60
