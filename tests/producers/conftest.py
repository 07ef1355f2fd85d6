"""Fixtures for the tests of producers."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from producers.backoff import Backoff
from producers.policy import Policy
from tests.support.producing import FakeTime, ListLog, Until


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime(datetime(2030, 1, 2, 3, 4, 2, 500_000, tzinfo=UTC))


@pytest.fixture
def log() -> ListLog:
    return ListLog()


@pytest.fixture
def hasty() -> Policy:
    """The supervisor's patience, a hundred times shorter."""
    return Policy(
        restart=Backoff(0.01, 0.05),
        retry=Backoff(0.005, 0.02),
        watch_every=0.05,
        block_limit=0.04,
        stop_within=1.0,
    )


@pytest.fixture
def until() -> Until:
    async def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, "it did not happen within 20 s"
            await asyncio.sleep(0.005)

    return wait
