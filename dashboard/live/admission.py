"""Admission: how many streams may be open, in all and of one client."""

import ipaddress
import logging
import time
from typing import Final

from dashboard.conf import Conf
from dashboard.live import descriptors

logger = logging.getLogger(__name__)

_TELL_EVERY: Final = 60.0
"""Seconds between two log lines about being full."""
_OTHERS: Final = 64
"""Bits of an IPv6 address that one machine may choose at will: RFC 4291, section 2.5.1."""


class Admission:
    """Counts the open streams of a process. Belongs to one event loop.

    A stream is counted from `enter` to `leave`; whether there is room is asked before, and
    nothing holds the place in between. A client is its address, for IPv6 its network; one that
    has none, behind a Unix socket, is counted in all only.
    """

    def __init__(self, conf: Conf) -> None:
        most = descriptors.limit()
        self.most = conf.STREAM_MAX
        if most is not None:
            self.most = max(1, min(self.most, most - descriptors.RESERVED))
        self.most_per_client = conf.STREAM_MAX_PER_CLIENT
        self.open = 0
        self._open_of: dict[str, int] = {}
        self._told = -_TELL_EVERY

    def has_room(self, address: str) -> bool:
        """Return whether a stream may be opened for this client; log once a minute if not."""
        if self.open >= self.most:
            self._tell("streams refused, process is full open=%s", self.open)
            return False
        of_client = self.open_of(address)
        if self.most_per_client is not None and of_client >= self.most_per_client:
            self._tell("streams refused, client has enough client=%s open=%s", address, of_client)
            return False
        return True

    def open_of(self, address: str) -> int:
        """Return how many streams this client has open."""
        return self._open_of.get(_client(address), 0)

    def enter(self, address: str) -> None:
        """Count a stream that opens."""
        self.open += 1
        if client := _client(address):
            self._open_of[client] = self._open_of.get(client, 0) + 1

    def leave(self, address: str) -> None:
        """Count off a stream that was entered."""
        self.open -= 1
        if client := _client(address):
            left = self._open_of[client] - 1
            if left:
                self._open_of[client] = left
            else:
                del self._open_of[client]

    def _tell(self, message: str, *details: object) -> None:
        now = time.monotonic()
        if now - self._told >= _TELL_EVERY:
            self._told = now
            logger.warning(message, *details)


def _client(address: str) -> str:
    """Return what is counted as one client: the address, of IPv6 the network."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> _OTHERS:x}"
