"""Leasing: what one process alone is to do, for as long as it says so; every log promises it."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

NAME_LENGTH: Final = 64
"""Characters of a lease's name."""
HOLDER_LENGTH: Final = 200
"""Characters in which its holder is named."""


class Fence(NamedTuple):
    """That a lease was held. `number` grows whenever it is taken or given up."""

    lease: str
    number: int


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as it is now. `free`: nobody holds it, or who did has not renewed it in time, as
    far as this process can tell. `holder` is then who held it last, "" once it was given up."""

    holder: str
    number: int
    free: bool


class LeaseLost(Exception):
    """The lease under which something was to be appended is over; nothing was stored."""

    def __init__(self, fence: Fence) -> None:
        self.fence = fence
        super().__init__(f"lease {fence.lease!r} is not held under number {fence.number} any more")


class Leasing(ABC):
    """Leases that all processes of a log share. All methods may raise LogUnavailable.

    No clock is trusted that anybody can set. Who is late to renew may still be the holder; who has
    lost a lease cannot append under its fence, from the moment on in which another took it.
    """

    @abstractmethod
    async def lease(self, names: Collection[str], holder: str, ttl: float) -> dict[str, Fence]:
        """Take those of the leases that are free and renew those that `holder` has, for `ttl`
        seconds; return the fences of what it holds now, by name.

        `holder` is like no other's, of up to 200 characters; a name has up to 64. Raises ValueError
        for others.
        """

    @abstractmethod
    async def release(self, fences: Collection[Fence]) -> None:
        """Give up what is still held under these: others may take it at once."""

    @abstractmethod
    async def leases(self) -> Mapping[str, Lease]:
        """Return all leases that ever were, by name."""


def must_fit(names: Collection[str], holder: str) -> None:
    """Raise ValueError for what some log could not hold."""
    for what, text, most in (
        *(("a lease's name", name, NAME_LENGTH) for name in names),
        ("a holder", holder, HOLDER_LENGTH),
    ):
        if not (0 < len(text) <= most and text.isprintable()):
            raise ValueError(f"{what} is {text!r:.220}: legal are 1 to {most} characters of print")
