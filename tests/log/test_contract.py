"""The contract suite: what every log does, run on each of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.log.base import CursorLost, Entry, EntryId, KeyConflict, LogUnavailable
from dashboard.log.lease import Fence, Lease, LeaseLost
from tests.support.logs import Clock, Collect, MakeEvent, MakeLog, Until

Result = TypeVar("Result")


async def in_thread(work: Callable[..., Result], *args: object) -> Result:
    """Return what `work` returns in a thread that ends as Django's do: its connections close."""

    def whole() -> Result:
        try:
            return work(*args)
        finally:
            connections.close_all()

    return await asyncio.to_thread(whole)


# --- append and read


async def test_ids_are_consecutive_from_one(make_log: MakeLog, make_event: MakeEvent) -> None:
    log = make_log()

    first = await log.append([make_event(1)])
    batch = await log.append([make_event(2), make_event(3)])

    assert [entry_id.seq for entry_id in first.ids + batch.ids] == [1, 2, 3]
    assert len({entry_id.epoch for entry_id in first.ids + batch.ids}) == 1
    assert not first.duplicate
    assert not batch.duplicate


async def test_ids_are_unique_and_contiguous_when_many_append_at_once(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()

    answers = await asyncio.gather(*(log.append([make_event(i)] * 3) for i in range(200)))

    seqs = [[entry_id.seq for entry_id in answer.ids] for answer in answers]
    assert sorted(seq for some in seqs for seq in some) == list(range(1, 601))
    assert all(some == list(range(some[0], some[0] + 3)) for some in seqs)


async def test_id_survives_its_text(make_log: MakeLog, make_event: MakeEvent) -> None:
    log = make_log()

    (entry_id,) = (await log.append([make_event()])).ids

    assert EntryId.parse(str(entry_id)) == entry_id
    assert len(str(entry_id)) <= 64


async def test_append_of_nothing_is_refused(make_log: MakeLog) -> None:
    log = make_log()

    with pytest.raises(ValueError, match="no events"):
        await log.append([])


async def test_threads_without_a_loop_append_beside_it(
    make_log: MakeLog, make_event: MakeEvent, collect: Collect
) -> None:
    log = make_log()
    start = (await log.bounds()).newest

    def send(sender: int) -> list[int]:
        fields = {"producer": f"sender{sender}"}
        answers = [log.append_sync([make_event(n, **fields)]) for n in range(20)]
        return [id_.seq for answer in answers for id_ in answer.ids]

    following = asyncio.create_task(collect(log, start, 100))
    sent = await asyncio.gather(*(in_thread(send, sender) for sender in range(4)))
    for n in range(20):
        await log.append([make_event(n, producer="sender4")])
    told = await following

    for sender in range(5):
        of_it = [entry for entry in told if entry.event.producer == f"sender{sender}"]
        assert [entry.event.data["value"] for entry in of_it] == list(range(20))
        assert sender == 4 or [entry.id.seq for entry in of_it] == sent[sender]


async def test_a_thread_is_answered_as_the_loop_is(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()
    first = await log.append([make_event(1, key="k")])

    again = await in_thread(log.append_sync, [make_event(1, key="k")])
    with pytest.raises(KeyConflict):
        await in_thread(log.append_sync, [make_event(2, key="k")])
    with pytest.raises(ValueError, match="no events"):
        await in_thread(log.append_sync, [])
    await log.aclose()
    with pytest.raises(LogUnavailable):
        await in_thread(log.append_sync, [make_event(3)])

    assert again.ids == first.ids
    assert again.duplicate


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"data": {"value": float("nan")}}, "no JSON"),
        ({"data": {"value": object()}}, "no JSON"),
        ({"data": {"value": "\ud800"}}, "no JSON"),
        ({"producer": "p" * 65}, "producer is 'ppp"),
        ({"type": "t" * 256}, "type is 'ttt"),
        ({"subject": "nul \0"}, "subject is 'nul"),
        ({"key": "\udfff"}, "key is "),
    ],
)
async def test_event_that_cannot_be_kept_stores_nothing_of_its_append(
    make_log: MakeLog, make_event: MakeEvent, fields: dict[str, Any], told: str
) -> None:
    log = make_log()

    with pytest.raises(ValueError, match=told):
        await log.append([make_event(1), make_event(**{"value": 2, **fields})])

    assert (await log.append([make_event(3)])).ids[0].seq == 1


async def test_read_gives_what_follows_the_cursor_up_to_the_limit(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()
    ids = (await log.append([make_event(i) for i in range(10)])).ids

    page = await log.read(ids[3], 4)

    assert [entry.id for entry in page] == list(ids[4:8])
    assert [entry.event.data["value"] for entry in page] == [4, 5, 6, 7]
    assert await log.read(ids[-1], 4) == []
    assert [entry.id for entry in await log.read(ids[0]._replace(seq=0), 100)] == list(ids)


async def test_read_passes_its_page_size(make_log: MakeLog, make_event: MakeEvent) -> None:
    log = make_log()
    ids = (await log.append([make_event(i) for i in range(2_500)])).ids

    entries = await log.read(ids[0]._replace(seq=0), 2_400)

    assert [entry.id for entry in entries] == list(ids[:2_400])


@pytest.mark.parametrize(
    ("cursor", "reason"),
    [
        (lambda newest: newest._replace(epoch="another"), "foreign"),
        (lambda newest: newest._replace(seq=newest.seq + 1), "future"),
        (lambda newest: newest._replace(seq=9_999_999_999_999_999_999), "future"),
    ],
)
async def test_cursor_of_no_entry_is_lost(
    make_log: MakeLog, make_event: MakeEvent, cursor: Callable[[EntryId], EntryId], reason: str
) -> None:
    log = make_log()
    newest = (await log.append([make_event()])).ids[-1]
    lost = cursor(newest)

    with pytest.raises(CursorLost) as read:
        await log.read(lost, 10)
    with pytest.raises(CursorLost) as tail:
        await anext(log.tail(lost))

    assert (read.value.reason, read.value.cursor) == (reason, lost)
    assert (tail.value.reason, tail.value.cursor) == (reason, lost)


async def test_probe_stores_nothing(make_log: MakeLog, make_event: MakeEvent) -> None:
    log = make_log()
    await log.append([make_event()])
    before = await log.bounds()

    await log.probe()

    assert await log.bounds() == before


async def test_empty_log_has_bounds_to_tail_from(make_log: MakeLog) -> None:
    log = make_log()

    bounds = await log.bounds()

    assert (bounds.oldest.seq, bounds.newest.seq) == (1, 0)
    assert await log.read(bounds.newest, 10) == []
    assert await log.latest("readings", 10) == []


async def test_large_entries_are_read_a_few_at_a_time(
    make_log: MakeLog, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.log.queries.PAGE_BYTES", 50_000)
    log = make_log()
    ids = (await log.append([make_event("x" * 20_000) for _ in range(10)])).ids
    cursor, seen = (await log.bounds()).cursor, list[EntryId]()

    while page := await log.read(cursor, 10):
        seen += [entry.id for entry in page]
        cursor = page[-1].id

    assert seen == list(ids)
    assert (await log.latest("readings", 10))[-1].id == ids[-1]


async def test_latest_is_of_one_producer_oldest_first(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()
    await log.append([make_event(i, producer="readings" if i % 2 else "notes") for i in range(10)])

    latest = await log.latest("readings", 3)

    assert [entry.event.data["value"] for entry in latest] == [5, 7, 9]
    assert len(await log.latest("readings", 100)) == 5
    assert await log.latest("nobody", 3) == []


async def test_latest_of_a_subject_is_found_whoever_else_was_spoken_of(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()
    await log.append([make_event(1, subject="hall"), make_event(2), make_event(3, subject="")])
    await log.append([make_event(n, subject="kitchen") for n in range(4, 100)])
    await log.append([make_event(100, subject="hall"), make_event(101, producer="other")])

    async def found(subject: str, limit: int = 10) -> list[object]:
        entries = await log.latest_of("readings", subject, limit)
        return [entry.event.data["value"] for entry in entries]

    assert await found("hall") == [1, 100]
    assert await found("hall", 1) == [100]
    assert await found("kitchen", 2) == [98, 99]
    assert await found("") == [2, 3]
    assert await found("Hall") == []


async def test_subjects_are_those_that_were_spoken_of_since(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    log = make_log()
    await log.append([make_event(subject="long ago"), make_event(subject="hall")])
    clock.advance(seconds=60)
    since = clock()
    await log.append([make_event(subject="kitchen"), make_event(producer="other", subject="no")])
    clock.advance(seconds=60)
    await log.append([make_event(subject="hall"), make_event(subject=None)])

    spoken = await log.subjects("readings", since, 10)

    assert spoken == {"kitchen": since, "hall": clock(), "": clock()}
    assert set(await log.subjects("readings", since, 2)) == {"hall", ""}


async def test_seek_finds_the_cursor_of_a_time(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    log = make_log()
    ids: list[EntryId] = []
    for i in range(7):
        ids += (await log.append([make_event(i), make_event(i)])).ids
        clock.advance(minutes=1)
    started = clock() - timedelta(minutes=7)

    async def seqs_since(since: datetime) -> list[int]:
        return [entry.id.seq for entry in await log.read(await log.seek(since), 100)]

    assert await seqs_since(started + timedelta(minutes=3)) == list(range(7, 15))
    assert await seqs_since(started + timedelta(minutes=3, microseconds=1)) == list(range(9, 15))
    assert await seqs_since(started - timedelta(days=1)) == list(range(1, 15))
    assert await log.seek(clock()) == ids[-1]


async def test_seek_refuses_a_naive_time(make_log: MakeLog) -> None:
    log = make_log()

    with pytest.raises(ValueError, match="naive"):
        await log.seek(datetime(2026, 1, 1))


# --- round trips


@pytest.mark.parametrize(
    "time",
    [
        datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC),
        datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=9))),
        datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
        datetime(
            9999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-23, seconds=-1))
        ),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
)
async def test_time_keeps_its_offset(
    make_log: MakeLog, make_event: MakeEvent, time: datetime
) -> None:
    log = make_log()
    (entry_id,) = (await log.append([make_event(1, time=time)])).ids

    (entry,) = await log.read(entry_id._replace(seq=0), 1)

    assert entry.event.time.isoformat() == time.isoformat()
    assert entry.event.time.utcoffset() == time.utcoffset()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), json_values))
async def test_data_comes_back_as_it_went(
    make_log: MakeLog, make_event: MakeEvent, data: dict[str, Any]
) -> None:
    log = make_log()
    (entry_id,) = (await log.append([make_event(data=data)])).ids

    (entry,) = await log.read(entry_id._replace(seq=entry_id.seq - 1), 1)

    assert repr(entry.event.data) == repr(data)


async def test_event_comes_back_whole(make_log: MakeLog, make_event: MakeEvent) -> None:
    log = make_log()
    event = make_event(1, subject="部屋 1", key="abc", type="温度")
    (entry_id,) = (await log.append([event])).ids

    (entry,) = await log.read(entry_id._replace(seq=0), 1)

    assert entry.event == event


# --- idempotency keys


async def test_same_key_and_content_is_stored_once(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    log = make_log()
    first = await log.append([make_event(1, key="a")])
    clock.advance(seconds=5)

    again = await log.append([make_event(1, key="a")])

    assert again.ids == first.ids
    assert (first.duplicate, again.duplicate) == (False, True)
    assert (await log.bounds()).newest.seq == 1


async def test_keys_of_two_producers_are_two(make_log: MakeLog, make_event: MakeEvent) -> None:
    log = make_log()

    await log.append([make_event(1, key="a")])
    other = await log.append([make_event(2, key="a", producer="notes")])

    assert not other.duplicate


@pytest.mark.parametrize(
    "fields", [{"data": {"value": 2}}, {"type": "other"}, {"subject": "other"}]
)
async def test_same_key_with_other_content_is_a_conflict(
    make_log: MakeLog, make_event: MakeEvent, fields: dict[str, Any]
) -> None:
    log = make_log()
    await log.append([make_event(1, key="a")])

    with pytest.raises(KeyConflict) as conflict:
        await log.append([make_event("new"), make_event(**{"value": 1, "key": "a", **fields})])

    assert (conflict.value.producer, conflict.value.key) == ("readings", "a")
    assert (await log.bounds()).newest.seq == 1


async def test_same_key_with_fewer_events_is_a_conflict(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()
    await log.append([make_event(1, key="a"), make_event(2, key="a")])

    with pytest.raises(KeyConflict):
        await log.append([make_event(1, key="a")])

    again = await log.append([make_event(1, key="a"), make_event(2, key="a")])
    assert [entry_id.seq for entry_id in again.ids] == [1, 2]


async def test_batch_of_which_a_part_came_before_stores_the_rest(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()
    await log.append([make_event("b", key="b")])

    mixed = await log.append([make_event(name, key=name) for name in "abc"])

    assert [entry_id.seq for entry_id in mixed.ids] == [2, 1, 3]
    assert not mixed.duplicate
    entries = await log.read(mixed.ids[0]._replace(seq=0), 10)
    assert [entry.event.data["value"] for entry in entries] == ["b", "a", "c"]


async def test_key_that_comes_twice_in_one_append_is_stored_once(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()

    answer = await log.append(
        [make_event(1, key="a"), make_event(2), make_event(1, key="a"), make_event(3)]
    )

    assert [entry_id.seq for entry_id in answer.ids] == [1, 2, 1, 3]
    with pytest.raises(KeyConflict):
        await log.append([make_event(1, key="x"), make_event(0), make_event(2, key="x")])
    assert (await log.bounds()).newest.seq == 3


async def test_key_that_comes_a_thousand_times_at_once_is_stored_once(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()

    answers = await asyncio.gather(*(log.append([make_event(1, key="a")]) for _ in range(1_000)))

    assert {answer.ids for answer in answers} == {answers[0].ids}
    assert sum(not answer.duplicate for answer in answers) == 1
    assert (await log.bounds()).newest.seq == 1


async def test_conflict_fails_nobody_else(make_log: MakeLog, make_event: MakeEvent) -> None:
    log = make_log()

    async def append(value: int) -> EntryId | None:
        key = "same" if value in {3, 7} else f"key {value}"
        try:
            return (await log.append([make_event(value, key=key)])).ids[0]
        except KeyConflict:
            return None

    ids = await asyncio.gather(*(append(value) for value in range(10)))

    assert [value for value, entry_id in enumerate(ids) if entry_id is None] == [7]
    assert sorted(entry_id.seq for entry_id in ids if entry_id) == list(range(1, 10))


# --- retention


async def test_trim_by_age_forgets_what_is_older(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    log = make_log(retention="30m")
    await log.append([make_event("old")] * 1_200)
    clock.advance(minutes=20)
    kept = (await log.append([make_event("new")])).ids[0]
    clock.advance(minutes=20)

    trimmed = await log.trim()

    assert trimmed == 1_200
    assert (await log.bounds()).oldest == kept
    assert [entry.id for entry in await log.read(kept._replace(seq=1_200), 10)] == [kept]


async def test_trim_by_count_keeps_the_newest(make_log: MakeLog, make_event: MakeEvent) -> None:
    log = make_log(max_entries=100)
    ids = (await log.append([make_event(i) for i in range(1_300)])).ids

    await log.trim()

    bounds = await log.bounds()
    assert (bounds.oldest, bounds.newest) == (ids[1_200], ids[-1])
    assert await log.trim() == 0


async def test_trim_without_limits_forgets_nothing(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    log = make_log(max_entries=None)
    await log.append([make_event()])
    clock.advance(days=10_000)

    assert await log.trim() == 0


async def test_cursor_before_the_trimmed_is_lost(make_log: MakeLog, make_event: MakeEvent) -> None:
    log = make_log(max_entries=5)
    ids = (await log.append([make_event(i) for i in range(20)])).ids
    await log.trim()

    with pytest.raises(CursorLost, match="trimmed"):
        await log.read(ids[13], 10)
    with pytest.raises(CursorLost, match="trimmed"):
        await anext(log.tail(ids[13]))

    assert [entry.id for entry in await log.read(ids[14], 10)] == list(ids[15:])


async def test_ids_go_on_after_everything_was_trimmed(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    log = make_log(retention="1d")
    last = (await log.append([make_event()] * 3)).ids[-1]
    clock.advance(days=2)
    assert await log.trim() == 3
    bounds = await log.bounds()

    after = (await log.append([make_event()])).ids[0]

    assert (bounds.oldest.seq, bounds.newest) == (4, last)
    assert after == last._replace(seq=4)
    assert await log.seek(clock()) == last


@pytest.mark.parametrize(("retention", "kept"), [("1h", "24h"), ("2d", "48h")])
async def test_key_is_remembered_as_long_as_entries_and_a_day_at_least(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock, retention: str, kept: str
) -> None:
    log = make_log(retention=retention)
    first = await log.append([make_event(1, key="a")])
    clock.advance(hours=int(kept[:-1]), seconds=-1)
    await log.trim()

    within = await log.append([make_event(1, key="a")])
    clock.advance(seconds=2)
    await log.trim()
    after = await log.append([make_event(1, key="a")])

    assert within.duplicate
    assert within.ids == first.ids
    assert not after.duplicate


async def test_key_without_retention_goes_with_its_entries(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    log = make_log(max_entries=2)
    await log.append([make_event(1, key="a")])
    clock.advance(days=30)
    await log.trim()
    while_kept = await log.append([make_event(1, key="a")])
    await log.append([make_event(i) for i in range(5)])
    await log.trim()

    after = await log.append([make_event(1, key="a")])

    assert while_kept.duplicate
    assert not after.duplicate


# --- tail


async def test_tail_gives_what_is_stored_and_then_what_comes(
    make_log: MakeLog, make_event: MakeEvent, collect: Collect
) -> None:
    log = make_log()
    ids = list((await log.append([make_event(i) for i in range(5)])).ids)
    tail = asyncio.create_task(collect(log, ids[1], 6))

    for i in range(3):
        ids += (await log.append([make_event(i)])).ids

    assert [entry.id for entry in await tail] == ids[2:]


async def test_tail_gives_the_very_entry_that_read_gives(
    make_log: MakeLog, make_event: MakeEvent, collect: Collect
) -> None:
    log = make_log()
    start = (await log.bounds()).newest
    tail = asyncio.create_task(collect(log, start, 2))

    await log.append([make_event({"a": [1, 2.5, None]}, key="k", subject="s"), make_event("é")])

    assert await tail == await log.read(start, 2)


async def test_no_tail_has_a_gap_or_a_duplicate_while_two_append(
    make_log: MakeLog, make_event: MakeEvent, collect: Collect
) -> None:
    log = make_log()
    start = (await log.bounds()).newest

    async def hammer(who: int) -> None:
        for i in range(300):
            await log.append([make_event(i, subject=str(who))] * (1 + i % 3))

    async def tail_later(turn: int) -> list[Entry]:
        while (await log.bounds()).newest.seq < turn * 50:
            await asyncio.sleep(0)
        return await collect(log, start, 1_200)

    tails = [asyncio.create_task(tail_later(turn)) for turn in range(12)]
    await asyncio.gather(hammer(1), hammer(2))

    for entries in await asyncio.gather(*tails):
        assert [entry.id.seq for entry in entries] == list(range(1, 1_201))


async def test_tail_that_is_slow_reads_what_it_could_not_hold(
    make_log: MakeLog, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.log.fanout.HELD", 20)
    log = make_log()
    tail = log.tail((await log.bounds()).newest)
    await log.append([make_event(0)])
    entries = await anext(tail)
    while len(entries) < 2:
        await log.append([make_event(1)])
        entries += await anext(tail)

    for i in range(100):
        await log.append([make_event(i)])
    while len(entries) < 102:
        entries += await anext(tail)

    assert [entry.id.seq for entry in entries] == list(range(1, 103))


async def test_slow_tail_is_told_when_what_it_wants_was_trimmed(
    make_log: MakeLog, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.log.fanout.HELD", 20)
    log = make_log(max_entries=5)
    tail = log.tail((await log.bounds()).newest)
    await log.append([make_event(0)])
    seen = (await anext(tail))[-1].id
    waiting = asyncio.ensure_future(anext(tail))
    for _ in range(3):
        await asyncio.sleep(0)
    for i in range(100):
        await log.append([make_event(i)])
    await log.trim()

    async def follow() -> None:
        nonlocal seen
        seen = (await waiting)[-1].id
        async for batch in tail:
            seen = batch[-1].id

    with pytest.raises(CursorLost) as lost:
        await follow()

    assert (lost.value.reason, lost.value.cursor) == ("trimmed", seen)


async def test_tail_ends_when_the_log_is_closed(
    make_log: MakeLog, make_event: MakeEvent, until: Until
) -> None:
    log = make_log()
    entries: list[Entry] = []

    async def follow(batches: AsyncIterator[list[Entry]]) -> None:
        async for batch in batches:
            entries.extend(batch)

    tails = [asyncio.create_task(follow(log.tail((await log.bounds()).newest))) for _ in range(3)]
    await log.append([make_event()])
    await until(lambda: len(entries) == 3)

    await log.aclose()

    async with asyncio.timeout(30):
        await asyncio.gather(*tails)


async def test_closed_log_finishes_what_was_appended_and_takes_no_more(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()
    under_way = [asyncio.ensure_future(log.append([make_event(i)])) for i in range(50)]
    await asyncio.sleep(0)

    await log.aclose()
    await log.aclose()

    answers = await asyncio.gather(*under_way)
    assert sorted(answer.ids[0].seq for answer in answers) == list(range(1, 51))
    calls: list[Any] = [
        log.append([make_event()]),
        log.read(answers[0].ids[0], 1),
        log.latest("readings", 1),
        log.bounds(),
        log.probe(),
        log.seek(datetime(2026, 1, 1, tzinfo=UTC)),
        log.trim(),
        log.lease(["a"], "one", 6),
        log.release([Fence("a", 1)]),
        log.leases(),
    ]
    for call in calls:
        with pytest.raises(LogUnavailable, match="closed"):
            await call


async def test_new_log_that_was_never_used_closes(make_log: MakeLog) -> None:
    log = make_log()

    await log.aclose()

    assert [batch async for batch in log.tail(EntryId("e", 0))] == []


async def test_append_whose_caller_is_cancelled_harms_nobody(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()
    cancelled = asyncio.ensure_future(log.append([make_event(1)]))
    other = asyncio.ensure_future(log.append([make_event(2)]))
    await asyncio.sleep(0)

    cancelled.cancel()

    assert (await other).ids[0].seq in {1, 2}


# --- leases


async def test_a_lease_has_one_holder_who_renews_it(make_log: MakeLog, clock: Clock) -> None:
    log = make_log()

    first = await log.lease(["a", "b"], "one", 6)
    second = await log.lease(["a", "b", "c"], "two", 6)
    clock.advance(seconds=5)
    renewed = await log.lease(["a"], "one", 6)
    clock.advance(seconds=5)

    assert first == {"a": Fence("a", first["a"].number), "b": Fence("b", first["b"].number)}
    assert set(second) == {"c"}
    assert renewed == {"a": first["a"]}
    held = await log.leases()
    assert {name: (lease.holder, lease.free) for name, lease in held.items()} == {
        "a": ("one", False),
        "b": ("one", True),
        "c": ("two", True),
    }


async def test_a_lease_that_ran_out_is_taken_and_its_fence_refused(
    make_log: MakeLog, make_event: MakeEvent, clock: Clock
) -> None:
    log = make_log()
    stalled = (await log.lease(["a"], "one", 6))["a"]
    await log.append([make_event("held")], stalled)
    clock.advance(seconds=7)
    late_but_first = await log.append([make_event("late, and nobody else's")], stalled)

    taken = (await log.lease(["a"], "two", 6))["a"]
    answers = await asyncio.gather(
        log.append([make_event("too late")], stalled),
        log.append([make_event("of the holder")], taken),
        log.append([make_event("of nobody")]),
        return_exceptions=True,
    )

    assert taken.number > stalled.number
    assert isinstance(answers[0], LeaseLost)
    assert not isinstance(answers[1], BaseException)
    assert not isinstance(answers[2], BaseException)
    stored = await log.read((await log.bounds()).cursor, 10)
    values = [entry.event.data["value"] for entry in stored]
    assert values == ["held", "late, and nobody else's", "of the holder", "of nobody"]
    assert [entry.id.seq for entry in stored] == [1, 2, 3, 4]
    assert late_but_first.ids[0].seq == 2
    assert await log.lease(["a"], "one", 6) == {}


async def test_a_lease_that_is_given_up_is_free_at_once(
    make_log: MakeLog, make_event: MakeEvent
) -> None:
    log = make_log()
    held = (await log.lease(["a"], "one", 600))["a"]

    await log.release([held])
    with pytest.raises(LeaseLost):
        await log.append([make_event()], held)
    free = (await log.leases())["a"].free
    taken = (await log.lease(["a"], "two", 600))["a"]
    await log.release([held])

    assert free
    assert taken.number > held.number
    assert (await log.leases())["a"] == Lease("two", taken.number, free=False)
    with pytest.raises(LeaseLost):
        await log.append([make_event()], Fence("never", 1))
    assert (await log.bounds()).newest.seq == 0


async def test_leases_run_out_by_no_clock_that_leaps(make_log: MakeLog, clock: Clock) -> None:
    log = make_log()
    held = await log.lease(["a"], "one", 6)

    clock.leap(days=90)
    taken = await log.lease(["a"], "two", 6)
    clock.leap(days=-900)
    clock.advance(seconds=7)

    assert taken == {}
    assert (await log.lease(["a"], "two", 6))["a"].number > held["a"].number


async def test_a_lease_of_another_machine_runs_out_under_ones_eyes(
    make_log: MakeLog, clock: Clock
) -> None:
    log = make_log()
    await log.lease(["a"], "one", 6)
    clock.advance(seconds=60)
    clock.boot()

    first_look = await log.lease(["a"], "two", 6)
    clock.advance(seconds=7)

    assert first_look == {}
    assert set(await log.lease(["a"], "two", 6)) == {"a"}


async def test_of_all_who_ask_at_once_one_gets_the_lease(make_log: MakeLog) -> None:
    log = make_log()

    answers = await asyncio.gather(*(log.lease(["a"], f"{n}", 600) for n in range(20)))

    assert sum(map(bool, answers)) == 1


@pytest.mark.parametrize(("names", "holder"), [([""], "one"), (["n" * 65], "one"), (["a"], "")])
async def test_a_lease_that_no_log_could_hold_is_refused(
    make_log: MakeLog, names: list[str], holder: str
) -> None:
    log = make_log()

    with pytest.raises(ValueError, match="legal are 1 to"):
        await log.lease(names, holder, 6)
