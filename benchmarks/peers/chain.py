"""Chain: what was published, link by link; all clients wait at its end together.

The cheapest way of asyncio's to tell many: a queue per client would cost each peer a half more.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")


class _Link(Generic[T]):
    value: T
    next: "_Link[T]"

    def __init__(self) -> None:
        self.filled = asyncio.Event()


class Chain(Generic[T]):
    """Nothing is lost: a client that is slow has its own place in the chain."""

    def __init__(self) -> None:
        self._end = _Link[T]()

    def publish(self, value: T) -> None:
        link, self._end = self._end, _Link()
        link.value, link.next = value, self._end
        link.filled.set()

    async def follow(self, first: T) -> AsyncIterator[T]:
        """Yield `first`, then everything that is published from now on."""
        link = self._end
        yield first
        while True:
            await link.filled.wait()
            yield link.value
            link = link.next
