"""The feed: each entry once, in order, to everyone who listens, and to nobody with a gap."""

import asyncio

import pytest

from dashboard.log.base import Entry, EntryId
from dashboard.log.fanout import Fanout
from tests.support.entries import entry


@pytest.fixture
def feed() -> Fanout:
    return Fanout(on_subscribe=lambda: None)


def entries(*seqs: int, epoch: str = "e") -> list[Entry]:
    return [entry(seq, epoch=epoch) for seq in seqs]


async def test_published_entries_are_taken_in_order(feed: Fanout) -> None:
    subscription = feed.subscribe(EntryId("e", 5))

    assert feed.publish(entries(6, 7))
    assert feed.publish(entries(8))

    await asyncio.sleep(0)
    assert await subscription.take() == entries(6, 7, 8)
    assert feed.position == EntryId("e", 8)


async def test_entries_after_a_gap_are_refused(feed: Fanout) -> None:
    subscription = feed.subscribe(EntryId("e", 5))

    assert not feed.publish(entries(7, 8))
    assert feed.publish(entries(6, 7, 8))

    await asyncio.sleep(0)
    assert await subscription.take() == entries(6, 7, 8)


async def test_entries_that_were_handed_out_are_left_out(feed: Fanout) -> None:
    subscription = feed.subscribe(EntryId("e", 5))

    assert feed.publish(entries(4, 5, 6))
    assert feed.publish(entries(5, 6))
    assert feed.publish(entries(5, 6, 7))

    await asyncio.sleep(0)
    assert await subscription.take() == entries(6, 7)


async def test_entries_of_another_epoch_are_refused(feed: Fanout) -> None:
    feed.subscribe(EntryId("e", 5))

    assert not feed.publish(entries(6, epoch="f"))
    assert feed.position == EntryId("e", 5)


async def test_second_listener_starts_where_the_feed_is(feed: Fanout) -> None:
    feed.subscribe(EntryId("e", 5))
    feed.publish(entries(6))

    second = feed.subscribe(EntryId("e", 9))

    assert second.start == EntryId("e", 6)


async def test_move_puts_every_listener_behind(feed: Fanout) -> None:
    subscription = feed.subscribe(EntryId("e", 5))
    feed.publish(entries(6))

    feed.move(EntryId("f", 1))

    assert feed.publish(entries(2, epoch="f"))
    await asyncio.sleep(0)
    assert subscription.state == "behind"
    assert await subscription.take() == []


async def test_listener_past_its_bound_is_behind_and_holds_nothing(
    feed: Fanout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.log.fanout.HELD", 3)
    subscription = feed.subscribe(EntryId("e", 5))

    feed.publish(entries(6, 7, 8))
    feed.publish(entries(9))

    await asyncio.sleep(0)
    assert subscription.state == "behind"
    assert await subscription.take() == []


async def test_listener_past_its_bytes_is_behind_and_one_batch_may_have_any(
    feed: Fanout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.log.fanout.HELD_BYTES", 1_000)
    subscription = feed.subscribe(EntryId("e", 5))
    feed.publish(entries(6, 7, 8))
    await asyncio.sleep(0)
    assert await subscription.take() == entries(6, 7, 8)

    feed.publish(entries(9))
    feed.publish(entries(10, 11))
    await asyncio.sleep(0)

    assert subscription.state == "behind"


async def test_nothing_is_kept_while_nobody_listens(feed: Fanout) -> None:
    feed.unsubscribe(feed.subscribe(EntryId("e", 5)))

    assert feed.publish(entries(9))

    assert feed.position is None
