"""LRU: no more bytes than it may hold, and the right ones."""

from dashboard.lru import LRU


def test_what_was_not_asked_for_longest_goes_first() -> None:
    kept: LRU[str, bytes] = LRU(100, len)
    for name in "01234":
        kept.put(name, b"x" * 40)
        kept.get("0")

    assert [name for name in "01234" if kept.get(name) is not None] == ["0", "4"]
    assert kept.held == 80


def test_what_is_too_large_by_itself_displaces_nothing_but_what_had_its_name() -> None:
    kept: LRU[str, bytes] = LRU(100, len)
    kept.put("a", b"x" * 40)
    kept.put("b", b"x" * 40)

    kept.put("b", b"x" * 101)

    assert (kept.get("a"), kept.get("b"), kept.held) == (b"x" * 40, None, 40)


def test_what_is_dropped_or_put_again_is_counted_once() -> None:
    kept: LRU[str, bytes] = LRU(100, len)
    for size in (90, 10, 50):
        kept.put("a", b"x" * size)
    kept.put("b", b"x")
    kept.drop("a")
    kept.drop("never there")

    assert kept.held == 1
    kept.clear()
    assert (kept.held, kept.get("b")) == (0, None)
