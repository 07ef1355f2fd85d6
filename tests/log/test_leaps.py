"""The clock leaps, and is set right again: order, times, retention and pictures are as if not."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dashboard.log.base import Entry, EntryId, EventLog
from dashboard.log.leaps import LEAD
from dashboard.pictures.folder import Folder, sweep
from tests.support.logs import Clock, MakeEvent, MakeLog

LEAPS = [timedelta(days=90), timedelta(days=27_030), timedelta(hours=-2), timedelta(seconds=3)]
MARGIN = timedelta(microseconds=LEAD)


@pytest.fixture(params=LEAPS, ids=["90 days", "74 years", "-2 hours", "3 seconds"])
def leap(request: pytest.FixtureRequest) -> timedelta:
    by: timedelta = request.param
    return by


async def all_of(log: EventLog) -> list[Entry]:
    return await log.read((await log.bounds()).cursor, 1_000)


async def values_since(log: EventLog, since: datetime) -> list[object]:
    return [entry.event.data["value"] for entry in await log.read(await log.seek(since), 1_000)]


async def test_the_time_follows_the_clock_whatever_it_was(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock, leap: timedelta
) -> None:
    log = make_log()
    told = []
    for by in (timedelta(), leap, -leap):
        clock.leap(seconds=by.total_seconds())
        await log.append([make_event()])
        told.append(clock())

    received = [entry.received for entry in await all_of(log)]

    assert received == told
    assert all(time.utcoffset() == timedelta(0) for time in received)


async def test_a_clock_that_is_set_back_by_little_makes_no_entry_older(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    log = make_log()
    noon = clock()
    for _ in range(6):
        await log.append([make_event()])
        clock.leap(seconds=-0.9)

    ahead = [entry.received - (noon - i * timedelta(seconds=0.9))
             for i, entry in enumerate(await all_of(log))]  # fmt: skip

    assert all(timedelta() <= lead <= MARGIN for lead in ahead)
    assert any(ahead)


async def test_since_is_true_on_both_sides_of_leaps(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock, leap: timedelta
) -> None:
    log = make_log()
    for step in range(12):
        if step in (4, 8):
            clock.leap(seconds=leap.total_seconds() * (1 if step == 4 else -1))
        await log.append([make_event(step)])
        clock.advance(minutes=1)

    for minutes in (12, 10, 8, 6, 4, 2, 0):
        since = clock() - timedelta(minutes=minutes)
        assert await values_since(log, since) == list(range(12 - minutes, 12))


async def test_since_is_true_while_the_clock_is_wrong_and_nothing_came(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock, leap: timedelta
) -> None:
    log = make_log()
    await log.append([make_event("long ago")])
    clock.advance(hours=5)
    await log.append([make_event("just now")])
    clock.leap(seconds=leap.total_seconds())

    assert await values_since(log, clock() - timedelta(minutes=1)) == ["just now"]


async def test_nothing_is_forgotten_because_the_clock_leapt(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock, leap: timedelta
) -> None:
    log = make_log(retention="7d")
    first = await log.append([make_event("before", key="a")])
    trimmed = []
    for by in (leap, -leap, -leap, leap):
        clock.leap(seconds=by.total_seconds())
        trimmed.append(await log.trim())
        await log.append([make_event("meanwhile")])
        trimmed.append(await log.trim())

    again = await log.append([make_event("before", key="a")])

    assert trimmed == [0] * 8
    assert again.duplicate
    assert again.ids == first.ids


async def test_retention_goes_on_after_leaps(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock, leap: timedelta
) -> None:
    log = make_log(retention="7d")
    await log.append([make_event("before", key="a")])
    clock.leap(seconds=leap.total_seconds())
    await log.append([make_event("meanwhile", key="b")])
    clock.leap(seconds=-leap.total_seconds())
    clock.advance(days=4)
    await log.append([make_event("after")])
    clock.advance(days=4)

    trimmed = await log.trim()

    assert trimmed == 2
    assert [entry.event.data["value"] for entry in await all_of(log)] == ["after"]
    for key in "ab":
        assert not (await log.append([make_event("before", key=key)])).duplicate
    clock.advance(days=9)
    await log.trim()
    await log.trim()
    assert not [leap for leap in await log.leaps() if leap.by]


async def test_leaps_are_told(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock, leap: timedelta
) -> None:
    log = make_log()
    await log.append([make_event()])
    quiet = list(await log.leaps())
    clock.leap(seconds=leap.total_seconds())
    noticed = [one.by for one in await log.leaps()]
    await log.append([make_event()])
    clock.leap(seconds=-leap.total_seconds())
    await log.append([make_event()])

    micros = leap // timedelta(microseconds=1)
    assert quiet == []
    assert noticed == [micros]
    assert [(one.seq, one.by) for one in await log.leaps()] == [(2, micros), (3, -micros)]


async def test_two_processes_note_a_leap_once(
    make_database_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    logs = [make_database_log() for _ in range(3)]
    for step in range(9):
        if step in (3, 6):
            clock.leap(hours=2 if step == 3 else -2)
        await logs[step % 3].append([make_event(step)])
        clock.advance(minutes=1)

    since = clock() - timedelta(minutes=8)

    assert [one.seq for one in await logs[0].leaps()] == [4, 7]
    assert await values_since(logs[0], since) == list(range(1, 9))


async def test_a_machine_that_starts_with_a_wrong_clock_forgets_nothing(
    make_database_log: MakeLog, make_event: MakeEvent, clock: Clock, leap: timedelta
) -> None:
    log = make_database_log(retention="7d")
    await log.append([make_event("before")])
    trimmed = []
    clock.boot()
    clock.leap(seconds=leap.total_seconds())
    trimmed.append(await log.trim())
    await log.append([make_event("wrong")])
    trimmed.append(await log.trim())
    clock.advance(minutes=1)
    clock.leap(seconds=-leap.total_seconds())
    trimmed.append(await log.trim())
    await log.append([make_event("right")])
    trimmed.append(await log.trim())

    assert trimmed == [0] * 4
    assert await values_since(log, clock() - timedelta(seconds=30)) == ["right"]


async def test_what_was_there_before_a_long_stop_is_kept_as_long_as_what_came_after(
    make_database_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    log = make_database_log(retention="7d")
    await log.append([make_event("before")])
    clock.boot()
    clock.leap(days=30)
    at_once = await log.trim()
    await log.append([make_event("after")])

    since = await values_since(log, clock() - timedelta(days=1))
    clock.advance(days=8)

    assert at_once == 0
    assert since == ["after"]
    assert await log.trim() == 2


# --- pictures


@pytest.fixture
def put(tmp_path: Path, clock: Clock) -> Callable[[int], str]:
    """Return a function that puts a picture, dated by the clock as it is."""
    folder = Folder(tmp_path / "pictures")

    def put(number: int) -> str:
        name = f"{number:032x}.jpg"
        folder.put("cam", name, b"x" * 100)
        path = tmp_path / "pictures" / "cam" / name
        # Years that no file system can date are nothing that a sweep could see.
        os.utime(path, (clock().timestamp(),) * 2)
        return name

    return put


@pytest.mark.parametrize("late", [False, True], ids=["", "appended after the leap"])
async def test_a_picture_that_an_entry_names_is_never_swept(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    clock: Clock,
    leap: timedelta,
    put: Callable[[int], str],
    tmp_path: Path,
    late: bool,
) -> None:
    log = make_database_log(retention="2h")
    folder = Folder(tmp_path / "pictures")
    named: dict[str, EntryId] = {}
    lost: set[str] = set()
    for number in range(24):
        leaps = {8: 1, 12: -1}.get(number, 0) * leap.total_seconds()
        if not late:
            clock.leap(seconds=leaps)
        name = put(number)
        if late:
            clock.leap(seconds=leaps)
        named[name] = (await log.append([make_event(name)])).ids[0]
        clock.advance(minutes=15)
        await log.trim()
        sweep(folder, await log.spans(), 10**9)
        oldest = (await log.bounds()).oldest
        lost |= {
            name for name, id_ in named.items() if id_ >= oldest and folder.get("cam", name) is None
        }

    left = len(list(folder.all()))
    assert lost == set()
    assert left < 12


async def test_the_oldest_pictures_go_first_though_they_are_dated_later(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    clock: Clock,
    put: Callable[[int], str],
    tmp_path: Path,
) -> None:
    log = make_database_log()
    folder = Folder(tmp_path / "pictures")
    for number, by in enumerate([0, 90, 0, -90, 0]):
        clock.leap(days=by)
        await log.append([make_event(put(number))])
        clock.advance(minutes=1)

    sweep(folder, await log.spans(), 200)

    assert sorted(stored.path.name for stored in folder.all()) == [
        f"{number:032x}.jpg" for number in (3, 4)
    ]
