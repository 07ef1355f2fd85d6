from dataclasses import replace
from datetime import UTC, datetime

from dashboard.live.window import Window
from producers.state import ProducerState
from tests.support.entries import entry


def test_window_keeps_the_latest_and_counts_changes() -> None:
    window = Window(2, None)

    for seq in (1, 2, 3):
        assert window.hear([entry(seq)], now=float(seq))

    assert [kept.id.seq for kept in window.entries] == [2, 3]
    assert window.version == 3


def test_large_entries_are_fewer_but_the_newest_stays() -> None:
    window = Window(10, None, most_bytes=5_000)

    for seq in range(1, 8):
        window.hear([replace(entry(seq), text="x" * 1_000)], now=0)
    kept = [entry.id.seq for entry in window.entries]
    window.hear([replace(entry(8), text="x" * 9_000)], now=0)

    assert kept == [5, 6, 7]
    assert [entry.id.seq for entry in window.entries] == [8]


def test_an_entry_heard_twice_changes_nothing() -> None:
    window = Window(2, None)
    window.hear([entry(5)], now=0)

    assert not window.hear([entry(5)], now=1)
    assert not window.hear([entry(4)], now=1)
    assert window.version == 1


def test_silence_is_news_once_and_ends_with_an_entry() -> None:
    window = Window(2, 3.0)
    window.hear([entry(1)], now=10)

    assert not window.check_stale(now=13)
    assert window.check_stale(now=13.1)
    assert not window.check_stale(now=14)
    assert window.stale
    window.hear([entry(2)], now=15)

    assert not window.stale
    assert not window.check_stale(now=16)


def test_a_producer_that_has_never_spoken_is_not_stale() -> None:
    window = Window(2, 3.0)

    assert not window.check_stale(now=1000)
    assert not window.stale


def test_a_producer_that_is_held_up_counts_on_each_second() -> None:
    window = Window(5, None)
    blocked = ProducerState("a", "blocked", datetime.now(UTC), "blocks its event loop")

    running = window.check_held(now=9.0)
    window.set_state(blocked)
    counts = [window.check_held(now=now) for now in (10.0, 10.5, 11.0, 11.9, 12.1)]
    window.set_state(replace(blocked, status="running"))

    assert not running
    assert counts == [True, False, True, False, True]
    assert not window.check_held(now=20.0)
