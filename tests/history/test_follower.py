"""Rollups are kept in the database: each entry once, whoever follows and whenever it is killed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import timedelta
from itertools import count

import pytest

from dashboard.history import store
from dashboard.history.fold import Fold
from dashboard.history.follower import Follower
from dashboard.history.past import Past, StatePast
from dashboard.history.rollups import STEPS, Rollup, Series
from dashboard.history.states import OPEN, Run
from dashboard.log.base import Bounds, Entry, EntryId, EventLog
from dashboard.log.session import Reader, Session
from dashboard.models import Rollup as Row
from dashboard.models import StateRun
from tests.support.counting_log import CountingLog
from tests.support.logs import Clock, Database, MakeEvent, MakeLog
from tests.support.recount import held, rolled_up

KEPT = dict.fromkeys(STEPS, None)
Make = Callable[..., Follower]


@pytest.fixture
async def follow(
    make_database_log: MakeLog, database: Database, clock: Clock
) -> AsyncIterator[Make]:
    """Make followers of one database, as several processes would."""
    made: list[Follower] = []

    def make(kept: dict[int, float | None] | None = None) -> Follower:
        made.append(
            Follower(
                make_database_log(),
                database.alias,
                kept or dict(KEPT),
                clock=lambda: clock().timestamp(),
            )
        )
        return made[-1]

    yield make
    for follower in made:
        await follower.aclose()


def rows(database: Database) -> dict[tuple[object, ...], tuple[object, ...]]:
    found = Row.objects.using(database.alias).values_list(
        "producer", "subject", "measure", "step", "start", "count", "low", "high", "sum", "last"
    )
    return {row[:5]: row[5:] for row in found}


async def recounted(make_log: MakeLog) -> dict[tuple[object, ...], tuple[object, ...]]:
    log = make_log()
    entries = await log.read((await log.bounds()).cursor, 100_000)
    return {(*p.series, p.step, p.start): tuple(one) for p, one in rolled_up(entries).items()}


class Growing:
    """A log to which something is appended whenever something is heard of it."""

    def __init__(self, log: EventLog, make_event: MakeEvent) -> None:
        self._log, self._make_event = log, make_event

    async def bounds(self) -> Bounds:
        return await self._log.bounds()

    async def tail(self, after: EntryId) -> AsyncGenerator[list[Entry], None]:
        async for entries in self._log.tail(after):
            await self._log.append([self._make_event(1)])
            yield entries


async def test_rollups_equal_a_recount_of_the_log(
    make_database_log: MakeLog, make_event: MakeEvent, follow: Make, database: Database
) -> None:
    log, follower = make_database_log(), follow()
    for size in (1, 700, 1_300):
        await log.append([make_event(n % 17, subject=f"s{n % 3}") for n in range(size)])
        assert await follower.catch_up() == size

    assert await asyncio.to_thread(rows, database) == await recounted(make_database_log)
    assert await follower.catch_up() == 0


async def test_runs_of_states_equal_a_recount_of_the_log(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    follow: Make,
    clock: Clock,
    database: Database,
) -> None:
    log, follower = make_database_log(), follow()
    for number in range(40):
        # On and off again within a step, for a step, and for several.
        text = "on" if number % 7 < 3 else "off"
        await log.append([make_event(data={"state": text}, subject=f"s{number % 2}")])
        clock.advance(seconds=(1, 4, 9, 30)[number % 4])
        if number % 5 == 0:
            await follower.catch_up()
    await follow().catch_up()

    entries = await log.read((await log.bounds()).cursor, 1_000)
    wanted = held(entries)
    assert len(wanted) == 2
    past = StatePast(3_600)
    await follow().prime(past, "readings")
    assert past.runs(clock().timestamp()) == wanted


async def test_states_are_there_after_a_restart_and_go_when_they_are_old(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    follow: Make,
    clock: Clock,
    database: Database,
) -> None:
    log, follower = make_database_log(), follow({60: 3_600.0})
    start = int(clock().timestamp()) // 10 * 10
    await log.append([make_event(data={"state": "on"})])
    await follower.catch_up()
    clock.advance(minutes=50)
    await log.append([make_event(data={"state": "off"})])  # not rolled up yet

    past = StatePast(7_200)
    await follow().prime(past, "readings")
    assert past.runs(clock().timestamp()) == {
        Series("readings", "", "state"): [
            Run(start, start, start + 3_000, "on"),
            Run(start + 3_000, start + 3_000, OPEN, "off"),
        ]
    }
    await follower.catch_up()
    clock.advance(minutes=30)
    await follower.forget()
    left = StateRun.objects.using(database.alias).values_list("text", flat=True)
    assert await asyncio.to_thread(list, left) == ["off"]


async def test_what_comes_while_a_past_is_primed_is_in_it(
    make_database_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    log = make_database_log()
    await log.append([make_event(1)])
    past = Past(3_600)
    await log.append([make_event(n) for n in range(200)])
    past.hear((await log.latest("readings", 200))[100:])
    newest = (await log.bounds()).newest

    past.prime({}, (await log.read((await log.bounds()).cursor, 101)), EntryId(newest.epoch, 101))

    ((_, steps),) = past.lines(clock().timestamp()).items()
    assert [one.size for _, one in steps] == [201]


async def test_it_stops_at_what_was_there_when_it_began(
    make_database_log: MakeLog, make_event: MakeEvent, follow: Make
) -> None:
    log = make_database_log()
    await log.append([make_event(1), make_event(1)])
    follower = follow()
    follower._log = Growing(log, make_event)  # type: ignore[assignment]

    assert await follower.catch_up() == 2


@pytest.mark.parametrize(("appended", "rests"), [(0, [1, 1]), (249, [1, 1]), (250, [1, 19])])
async def test_it_rests_as_long_as_it_works_and_longer_while_much_comes(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    database: Database,
    appended: int,
    rests: list[float],
) -> None:
    log, reader, rested, now = make_database_log(), make_database_log(), [], count()
    await log.append([make_event(n) for n in range(3_000)])

    async def rest(seconds: float) -> None:
        rested.append(seconds)
        if appended:
            await log.append([make_event(n) for n in range(appended)])

    # Looked at before and after each page, it is a second later each time.
    follower = Follower(reader, database.alias, {}, sleep=rest, timer=lambda: float(next(now)))
    assert await follower.catch_up() == 3_000
    await follower.aclose()

    assert rested == rests


async def test_several_followers_count_each_entry_once(
    make_database_log: MakeLog, make_event: MakeEvent, follow: Make, database: Database
) -> None:
    log = make_database_log()
    await log.append([make_event(n) for n in range(3_000)])

    await asyncio.gather(*(follow().catch_up() for _ in range(4)))

    assert await asyncio.to_thread(rows, database) == await recounted(make_database_log)


async def test_what_this_process_heard_is_not_read_again(
    database: Database, clock: Clock, make_event: MakeEvent
) -> None:
    log = CountingLog({"alias": database.alias}, now=clock, uptime=clock.uptime)
    follower, asked = Follower(log, database.alias, {}), []
    await follower.catch_up()

    for size in (1, 1, 3_000):
        before = log.asked
        await log.append([make_event(n) for n in range(size)])
        assert await follower.catch_up() == size
        asked.append(log.asked - before)

    assert asked[1] == asked[2]
    await follower.aclose()
    await log.aclose()


@pytest.mark.parametrize("sizes", [[3, 50, 50, 60, 90, 120], [1] * 50])
async def test_who_is_behind_or_beside_another_follower_counts_each_entry_once(
    make_database_log: MakeLog,
    database: Database,
    make_event: MakeEvent,
    monkeypatch: pytest.MonkeyPatch,
    sizes: list[int],
) -> None:
    monkeypatch.setattr("dashboard.log.fanout.HELD", 100)
    monkeypatch.setattr("dashboard.history.follower._SERIES", 30)
    log = make_database_log()
    one, two = (Follower(log, database.alias, {}) for _ in range(2))
    for turn, size in enumerate(sizes):
        # So many series that a part of what was heard waits for the next transaction.
        await log.append([make_event(n, subject=f"s{n % 20}") for n in range(size)])
        if turn % 4 == 0:
            await one.catch_up()
        if turn % 3 == 0:
            await two.catch_up()
    await one.catch_up()

    assert await two.catch_up() == 0
    assert await asyncio.to_thread(rows, database) == await recounted(make_database_log)
    await one.aclose()
    await two.aclose()


async def test_when_older_rollups_came_back_what_they_lack_is_counted_again(
    make_database_log: MakeLog, make_event: MakeEvent, follow: Make, database: Database
) -> None:
    log, follower = make_database_log(), follow()
    await log.append([make_event(n) for n in range(20)])
    await follower.catch_up()
    database.run("DELETE FROM dashboard_rollup")
    database.run("UPDATE dashboard_rollupcursor SET seq = 0")
    await log.append([make_event(20)])

    assert await follower.catch_up() == 21
    assert await asyncio.to_thread(rows, database) == await recounted(make_database_log)


async def test_a_page_that_another_has_stored_is_not_stored_again(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    log, reader = make_database_log(), Reader(database.alias)
    await log.append([make_event(5)])
    after = await reader.run(store.read_cursor)
    (one,) = await log.read(EntryId((await log.bounds()).newest.epoch, 0), 10)

    def add(session: Session) -> bool:
        fold = Fold()
        fold.add([one])
        return store.add(session, fold, after, one.id)

    assert await reader.run(add)
    assert not await reader.run(add)
    await reader.aclose()
    assert {row[0] for row in (await asyncio.to_thread(rows, database)).values()} == {1}


async def test_another_process_draws_the_same_past(
    make_database_log: MakeLog, make_event: MakeEvent, follow: Make, clock: Clock
) -> None:
    log = make_database_log()
    await log.append([make_event(21.5), make_event(22.5)])
    await follow().catch_up()
    await log.append([make_event(30), make_event(7, producer="other")])  # not rolled up yet

    past = Past(3_600)
    await follow().prime(past, "readings")

    start = int(clock().timestamp()) // 10 * 10
    lines = past.lines(clock().timestamp())
    assert lines == {Series("readings", "", "value"): [(start, Rollup(3, 21.5, 30, 74, 30))]}


@pytest.mark.parametrize("span", [600, 3_600, 86_400])
async def test_what_is_heard_after_priming_counts_once(
    make_database_log: MakeLog, make_event: MakeEvent, follow: Make, clock: Clock, span: int
) -> None:
    log, follower = make_database_log(), follow()
    for value in range(5):
        await log.append([make_event(value)])
    await follower.catch_up()
    past = Past(span)
    past.hear(await log.latest("readings", 60))  # deaf until it is primed
    await follower.prime(past, "readings")
    await log.append([make_event(9)])

    past.hear(await log.latest("readings", 60))
    past.hear(await log.latest("readings", 60))

    ((_, steps),) = past.lines(clock().timestamp()).items()
    assert [(one.size, one.high, one.last) for _, one in steps] == [(6, 9, 9)]


async def test_old_rollups_go_and_others_stay(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    follow: Make,
    clock: Clock,
    database: Database,
) -> None:
    follower = follow({10: 3_600.0, 60: None, 900: None, 21_600: None})
    await make_database_log().append([make_event(1)])
    await follower.catch_up()
    clock.advance(hours=2)

    assert await follower.forget() == 2  # the measure, and the count of events
    assert {key[3] for key in await asyncio.to_thread(rows, database)} == {60, 900, 21_600}


async def test_what_is_too_old_to_be_kept_is_not_written(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    follow: Make,
    clock: Clock,
    database: Database,
) -> None:
    await make_database_log().append([make_event(1, time=clock() - timedelta(hours=2))])
    follower = follow({10: 3_600.0, 60: 10_800.0, 900: None, 21_600: None})

    await follower.catch_up()

    assert {key[3] for key in await asyncio.to_thread(rows, database)} == {60, 900, 21_600}


async def test_a_log_that_was_trimmed_meanwhile_is_read_from_what_is_left(
    make_database_log: MakeLog, make_event: MakeEvent, follow: Make
) -> None:
    log = make_database_log(max_entries=2)
    await log.append([make_event(n) for n in range(10)])
    await log.trim()

    assert await follow().catch_up() == 2
