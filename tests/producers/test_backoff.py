"""Pauses double up to their limit, and are never the same for two."""

from producers.backoff import Backoff


def test_delays_double_up_to_the_most() -> None:
    backoff = Backoff(1.0, 60.0)

    for failures, whole in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (10_000, 60)]:
        delays = [backoff.delay(failures) for _ in range(200)]

        assert whole / 2 <= min(delays) < max(delays) <= whole


def test_delays_are_spread() -> None:
    assert len({Backoff(1.0, 60.0).delay(3) for _ in range(50)}) > 40
