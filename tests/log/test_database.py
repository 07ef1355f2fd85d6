"""What DatabaseLog promises beyond the contract: durable commits, and life under a bad database."""

import asyncio
import gc
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.test import override_settings

from dashboard.log.base import Entry, KeyConflict, LogUnavailable
from dashboard.log.clock import UNIX
from dashboard.log.encoding import NAME_LENGTH, TEXT_LENGTH
from dashboard.log.hang_guard import ending
from dashboard.log.queries import oldest_seq
from dashboard.log.session import Session
from dashboard.models import LogEntry, LogReceipt
from tests.support.logs import Clock, Collect, Database, MakeEvent, MakeLog, Turns, Until


class CountingClock(Clock):
    """The writer asks for the time once a transaction."""

    asked = 0

    def __call__(self) -> datetime:
        self.asked += 1
        return super().__call__()


# --- commits


async def test_entry_is_committed_when_append_returns(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    log = make_database_log()

    for value in range(20):
        (entry_id,) = (await log.append([make_event(value)])).ids

        assert database.rows("SELECT max(seq) FROM dashboard_logentry") == [(entry_id.seq,)]


async def test_the_first_entries_are_no_gap_though_they_come_while_the_bounds_are_read(
    make_database_log: MakeLog, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, loop = make_database_log(), asyncio.get_running_loop()
    begun = (await log.bounds()).newest

    def oldest_then_append(session: Session) -> int | None:
        oldest = oldest_seq(session)
        if oldest is None:
            appending = log.append([make_event(1), make_event(2)])
            asyncio.run_coroutine_threadsafe(appending, loop).result(10)
        return oldest

    monkeypatch.setattr("dashboard.log.database.oldest_seq", oldest_then_append)
    bounds = await log.bounds()

    assert (bounds.oldest.seq, bounds.newest.seq) == (1, 2)
    assert bounds.why_lost(begun) is None


async def test_appends_of_one_turn_share_a_commit(
    make_database_log: MakeLog, make_event: MakeEvent
) -> None:
    clock = CountingClock()
    log = make_database_log(now=clock)
    await log.append([make_event()])
    clock.asked = 0

    await asyncio.gather(*(log.append([make_event(i)]) for i in range(1_000)))

    assert clock.asked == 1


async def test_group_is_bounded_but_an_append_is_never_split(
    make_database_log: MakeLog, make_event: MakeEvent
) -> None:
    clock = CountingClock()
    log = make_database_log(now=clock)
    await log.append([make_event()])
    clock.asked = 0

    answers = await asyncio.gather(*(log.append([make_event()] * 900) for _ in range(5)))
    (large,) = await asyncio.gather(log.append([make_event()] * 5_000))

    assert clock.asked == 3 + 1
    assert [answer.ids[0].seq for answer in answers] == [2 + 900 * i for i in range(5)]
    assert large.ids[-1].seq == 1 + 5 * 900 + 5_000


async def test_too_many_waiting_events_are_refused(
    make_database_log: MakeLog, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.log.writer.WAITING", 10)
    log = make_database_log()
    waiting = [asyncio.ensure_future(log.append([make_event()] * 5)) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(LogUnavailable, match="10 events wait"):
        await log.append([make_event()])

    await asyncio.gather(*waiting)
    await log.append([make_event()])


async def test_debug_keeps_no_sql_of_appends(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = make_database_log()

    with override_settings(DEBUG=True), caplog.at_level(logging.DEBUG, "django.db.backends"):
        await log.append([make_event("secret-looking-value")])

    assert "secret-looking-value" not in caplog.text


async def test_receipts_and_entries_are_one_transaction(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    log = make_database_log()
    await log.append([make_event(1, key="a")])
    database.run("ALTER TABLE dashboard_logreceipt RENAME COLUMN first_seq TO away")

    with pytest.raises(LogUnavailable):
        await log.append([make_event(2, key="b")])

    assert database.rows("SELECT count(*) FROM dashboard_logentry") == [(1,)]
    assert database.rows("SELECT seq FROM dashboard_loghead") == [(1,)]


async def test_conflict_in_a_group_leaves_no_gap(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    log = make_database_log()
    await log.append([make_event(0, key="a")])

    results = await asyncio.gather(
        log.append([make_event(1)]),
        log.append([make_event(2), make_event("other", key="a"), make_event(3)]),
        log.append([make_event(4)]),
        return_exceptions=True,
    )

    assert isinstance(results[1], KeyConflict)
    assert database.rows("SELECT seq, data FROM dashboard_logentry") == [
        (1, '{"value":0}'),
        (2, '{"value":1}'),
        (3, '{"value":4}'),
    ]
    assert database.rows("SELECT seq FROM dashboard_loghead") == [(3,)]


def test_lengths_are_those_of_the_columns() -> None:
    for model, name, length in [
        (LogEntry, "producer", NAME_LENGTH),
        (LogReceipt, "producer", NAME_LENGTH),
        (LogEntry, "type", TEXT_LENGTH),
        (LogEntry, "subject", TEXT_LENGTH),
        (LogEntry, "key", TEXT_LENGTH),
        (LogReceipt, "key", TEXT_LENGTH),
    ]:
        assert getattr(model._meta.get_field(name), "max_length", None) == length


# --- a database that others hold, or that is broken


async def test_append_waits_while_another_holds_the_database(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    log = make_database_log()
    await log.append([make_event(0)])
    with closing(sqlite3.connect(database.path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        async with Turns() as turns:
            waiting = asyncio.ensure_future(log.append([make_event(1)]))
            done, _ = await asyncio.wait([waiting], timeout=1)
            assert not done

            other.rollback()

            answer = await waiting
    assert answer.ids[0].seq == 2
    assert turns.count > 20


@contextmanager
def held(database: Database) -> Iterator[None]:
    """Another process writes, and does not come to an end."""
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def test_append_fails_after_the_timeout_then_at_once_and_works_again_later(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database, clock: Clock
) -> None:
    log = make_database_log()
    await log.append([make_event(0)])
    with held(database):
        async with Turns() as turns:
            waiting = [asyncio.ensure_future(log.append([make_event(i)])) for i in range(10)]
            done, _ = await asyncio.wait(waiting, timeout=0.6)
            clock.advance(seconds=5)
            results = await asyncio.gather(*waiting, return_exceptions=True)
            # The time stands still: nobody waits for it.
            for _ in range(2):
                with pytest.raises(LogUnavailable, match="locked"):
                    await log.append([make_event()])
            # One of them is tried, and nobody waits for it.
            tried = asyncio.ensure_future(log.append([make_event()]))
            await asyncio.sleep(0)
            with pytest.raises(LogUnavailable, match="locked"):
                await log.append([make_event()])
            refused_at_once = not tried.done()
            await asyncio.gather(tried, return_exceptions=True)
        assert [entry.id.seq for entry in await log.latest("readings", 5)] == [1]

    answer = await log.append([make_event(1)])

    assert not done
    assert all(isinstance(result, LogUnavailable) for result in results)
    assert "locked" in str(results[0])
    assert refused_at_once
    assert answer.ids[0].seq == 2
    assert turns.count > 20


async def test_who_came_later_waits_no_longer_than_who_came_first(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database, clock: Clock
) -> None:
    log = make_database_log()
    await log.append([make_event(0)])
    with held(database):
        probe = asyncio.ensure_future(log.probe())
        await asyncio.sleep(0)
        clock.advance(seconds=4)
        late = asyncio.ensure_future(log.append([make_event(1)]))
        await asyncio.sleep(0)
        clock.advance(seconds=1)

        results = await asyncio.gather(probe, late, return_exceptions=True)

    assert all(isinstance(result, LogUnavailable) for result in results)


async def test_what_waits_is_refused_when_the_process_is_about_to_stop(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    log = make_database_log()
    await log.append([make_event(0)])
    with held(database):
        waiting = [asyncio.ensure_future(log.append([make_event(i)])) for i in range(3)]
        await asyncio.wait(waiting, timeout=0.3)
        log.hasten()
        results = await asyncio.gather(*waiting, return_exceptions=True)

    assert all(isinstance(result, LogUnavailable) for result in results)
    assert (await log.append([make_event(1)])).ids[0].seq == 2


async def test_probe_writes_where_nothing_else_was_written_lately(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database, clock: Clock
) -> None:
    def probed() -> object:
        return database.rows("SELECT probed FROM dashboard_loghead")[0][0]

    log = make_database_log()
    await log.append([make_event()])
    await log.probe()
    just_written = probed()
    clock.advance(seconds=6)
    await log.probe()
    written = probed()
    clock.advance(seconds=1)
    await log.probe()

    assert (just_written, written) == (0, (clock() - UNIX) // timedelta(microseconds=1) - 1_000_000)
    assert probed() == written


async def test_too_many_waiting_bytes_are_refused(
    make_database_log: MakeLog, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.log.writer.WAITING_BYTES", 100_000)
    log = make_database_log()
    large = asyncio.ensure_future(log.append([make_event("x" * 200_000)]))
    await asyncio.sleep(0)

    with pytest.raises(LogUnavailable, match=r"1 events wait .* 0.2 MiB"):
        await log.append([make_event()])

    await large
    await log.append([make_event()])


def test_a_database_elsewhere_is_not_waited_for_for_ever() -> None:
    told = {"connect_timeout": 2, "options": "-c statement_timeout=1000"}

    assert ending({}) == {
        "connect_timeout": 5,
        "tcp_user_timeout": 5000,
        "options": "-c statement_timeout=5000 -c lock_timeout=5000",
    }
    assert ending(told) == {
        "connect_timeout": 2,
        "tcp_user_timeout": 5000,
        "options": "-c statement_timeout=1000 -c lock_timeout=5000",
    }


async def test_log_without_its_tables_says_so_and_recovers(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    log = make_database_log()
    database.run("ALTER TABLE dashboard_loghead RENAME TO away")

    with pytest.raises(LogUnavailable, match="dashboard_loghead"):
        await log.append([make_event()])
    with pytest.raises(LogUnavailable, match="dashboard_loghead"):
        await log.bounds()
    with pytest.raises(LogUnavailable, match="dashboard_loghead"):
        await log.trim()

    database.run("ALTER TABLE away RENAME TO dashboard_loghead")
    assert (await log.append([make_event()])).ids[0].seq == 1
    assert (await log.bounds()).newest.seq == 1


async def test_fault_that_is_none_of_the_database_fails_only_its_group(
    make_database_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    broken = True

    def now() -> datetime:
        if broken:
            raise ZeroDivisionError("clock")
        return clock()

    log = make_database_log(now=now)

    with pytest.raises(LogUnavailable, match="ZeroDivisionError: clock"):
        await log.append([make_event()])

    broken = False
    assert (await log.append([make_event()])).ids[0].seq == 1


async def test_tail_waits_while_the_database_is_away_and_says_it_once(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    database: Database,
    collect: Collect,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    log, other = make_database_log(), make_database_log()
    start = (await log.append([make_event(0)])).ids[0]
    tail = asyncio.create_task(collect(log, start, 2))
    await other.append([make_event(1)])
    with caplog.at_level(logging.WARNING, "dashboard.log"):
        database.run("ALTER TABLE dashboard_loghead RENAME TO away")
        await until(lambda: "waiting" in caplog.text)
        late = asyncio.create_task(collect(log, start, 2))
        await until(lambda: "tail waits" in caplog.text)
        database.run("ALTER TABLE away RENAME TO dashboard_loghead")

    await other.append([make_event(2)])

    assert [entry.event.data["value"] for entry in await tail] == [1, 2]
    assert [entry.event.data["value"] for entry in await late] == [1, 2]
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 2


async def test_tail_waits_at_a_row_that_cannot_be_read(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    database: Database,
    collect: Collect,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = make_database_log()
    start = (await log.append([make_event(0)])).ids[0]
    tail = asyncio.create_task(collect(log, start, 1))
    insert = "INSERT INTO dashboard_logentry (seq, producer, type, time, received, data)"
    row = f"(2, 'p', 't', '2026-01-01T00:00:00+00:00', {2**50}, 'no JSON')"
    await until(lambda: "log-poller" in {thread.name for thread in threading.enumerate()})

    database.run(f"{insert} VALUES {row}")
    database.run("UPDATE dashboard_loghead SET seq = 2")
    await until(lambda: "waiting" in caplog.text)
    database.run("""UPDATE dashboard_logentry SET data = '{"value": 2}' WHERE seq = 2""")

    assert [entry.event.data["value"] for entry in await tail] == [2]
    assert caplog.text.count("Traceback") == 1


# --- readers and retention


async def test_append_past_unread_entries_of_others_has_them_read_at_once(
    make_database_log: MakeLog, make_event: MakeEvent, until: Until
) -> None:
    log, other = make_database_log(poll=10), make_database_log()
    entries: list[Entry] = []

    async def follow() -> None:
        async for batch in log.tail(start):
            entries.extend(batch)

    start = (await log.append([make_event(0)])).ids[0]
    following = asyncio.create_task(follow())
    # The poller looks when somebody begins to listen, and then not for ten seconds.
    await other.append([make_event(1)])
    await log.append([make_event(2)])
    await until(lambda: len(entries) == 2)
    await other.append([make_event(3)])

    await log.append([make_event(4)])

    async with asyncio.timeout(30):
        await until(lambda: len(entries) == 4)
    assert [entry.event.data["value"] for entry in entries] == [1, 2, 3, 4]
    following.cancel()


async def test_slow_tail_does_not_hold_up_the_write_ahead_log(
    make_database_log: MakeLog, make_event: MakeEvent, database: Database
) -> None:
    log = make_database_log()
    start = (await log.bounds()).newest
    await log.append([make_event(i) for i in range(3_000)])
    tail = log.tail(start)
    assert len(await anext(tail)) == 1_000

    for _ in range(500):
        await log.append([make_event("x" * 20_000)])

    assert database.path.with_name(database.path.name + "-wal").stat().st_size < 8_000_000
    assert (await anext(tail))[0].id.seq == 1_001


async def test_appends_get_in_between_the_batches_of_a_trim(
    make_database_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_database_log(max_entries=10)
    await log.append([make_event(i) for i in range(10_000)])
    trimming = asyncio.create_task(log.trim())
    await asyncio.sleep(0)

    for _ in range(3):
        await log.append([make_event()])

    assert not trimming.done()
    assert await trimming in range(9_990, 9_994)


async def test_trim_deletes_receipts_in_batches(
    make_database_log: MakeLog, make_event: MakeEvent, clock: Clock, database: Database
) -> None:
    log = make_database_log(retention="1d")
    await log.append([make_event(i, key=str(i)) for i in range(1_234)])
    clock.advance(hours=25)
    await log.append([make_event("new", key="new")])

    assert await log.trim() == 1_234

    assert database.rows("SELECT key FROM dashboard_logreceipt") == [("new",)]


# --- threads


async def test_threads_and_connections_are_given_back(
    make_database_log: MakeLog,
    make_event: MakeEvent,
    collect: Collect,
    threads: Callable[[], set[str]],
) -> None:
    log = make_database_log()
    assert not threads()
    start = (await log.append([make_event()])).ids[0]
    tail = asyncio.create_task(collect(log, start._replace(seq=0), 1))
    await tail
    assert threads() == {"log-writer", "log-poller", "log-reader_0"}

    await log.aclose()

    assert not threads()


async def test_making_a_log_opens_nothing(make_database_log: MakeLog, database: Database) -> None:
    make_database_log()

    assert connections[database.alias].connection is None


def test_a_connection_that_was_opened_by_half_is_not_held_by_its_error(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors are kept, to be told; SQLite would stay in files that are gone meanwhile."""
    broken = {**connections[database.alias].settings_dict}
    broken["OPTIONS"] = {**broken["OPTIONS"], "init_command": "SELECT no_such_column"}
    monkeypatch.setattr(connections[database.alias], "settings_dict", broken)
    session = Session(database.alias)

    with pytest.raises(LogUnavailable) as kept:
        session.run(lambda _: None)

    assert "no_such_column" in str(kept.value)
    gc.collect()  # as is done before the files are opened anew: each refers to itself
    assert database.path not in open_files()


def open_files() -> set[Path]:
    return {file.resolve() for file in Path("/proc/self/fd").iterdir() if file.is_symlink()}
