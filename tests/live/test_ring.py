from dataclasses import replace

import pytest

from dashboard.live.cloudevents import encode
from dashboard.live.ring import Ring, Wanted
from dashboard.log.base import Entry, EntryId
from tests.support.entries import entry


@pytest.fixture
def ring() -> Ring:
    ring = Ring(10)
    ring.extend(entry(seq, "ab"[seq % 2]) for seq in range(1, 26))
    return ring


def test_after_returns_what_follows_the_cursor_and_the_cursor_after_it(ring: Ring) -> None:
    data, cursor = ring.after(EntryId("e", 22), 100, Wanted())

    assert data == b"".join(encode(entry(seq, "ab"[seq % 2])) for seq in (23, 24, 25))
    assert cursor == EntryId("e", 25)


@pytest.mark.parametrize("start", range(15, 26))
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_after_page_by_page_misses_nothing(ring: Ring, start: int, limit: int) -> None:
    cursor, data = EntryId("e", start), b""

    while cursor.seq < 25:
        page, cursor = ring.after(cursor, limit, Wanted())
        data += page

    assert data == b"".join(encode(entry(seq, "ab"[seq % 2])) for seq in range(start + 1, 26))


def test_after_moves_the_cursor_past_entries_that_are_not_wanted(ring: Ring) -> None:
    data, cursor = ring.after(EntryId("e", 23), 100, Wanted(frozenset({"b"})))

    assert data == encode(entry(25, "b"))
    assert cursor == EntryId("e", 25)


def test_control_entries_are_nobodys() -> None:
    ring = Ring(10)
    ring.extend([entry(1, "_control"), entry(2)])

    assert ring.after(EntryId("e", 0), 10, Wanted())[0] == encode(entry(2))


@pytest.mark.parametrize(
    ("cursor", "held"),
    [("e-14", False), ("e-15", True), ("e-25", True), ("other-20", False)],
)
def test_holds_only_what_leaves_no_gap(ring: Ring, cursor: str, held: bool) -> None:
    assert ring.holds(EntryId.parse(cursor)) is held


def test_large_entries_are_fewer_but_what_came_just_now_stays() -> None:
    def large(seq: int) -> Entry:
        return replace(entry(seq), text='{"text":"%s"}' % ("x" * 3_000))

    ring = Ring(100, most_bytes=40_000)
    for seq in range(1, 21):
        ring.extend([large(seq)])
    first = next(seq for seq in range(21) if ring.holds(EntryId("e", seq)))
    ring.extend(large(seq) for seq in range(21, 41))

    assert 5 < first < 12
    assert ring.holds(EntryId("e", 20))
    assert not ring.holds(EntryId("e", 10))
    assert len(ring.after(EntryId("e", 20), 100, Wanted())[0]) > 20 * 3_000


def test_empty_ring_holds_nothing() -> None:
    assert not Ring(10).holds(EntryId("e", 0))
