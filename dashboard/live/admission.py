"""Admission: how many streams may be open: in all, of one client, of one browser."""

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
        self.most_per_browser = conf.STREAM_MAX_PER_BROWSER
        self.open = 0
        self._seats_of: dict[tuple[str, str], int] = {}
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

    def take_seat(self, address: str, browser: str) -> bool:
        """Count one of the connections of a browser, if it has one to spare; return whether.

        A browser is its client and what it calls itself, `browser`; "": it is none, or has any
        number of streams on one connection. Two behind one address that call themselves alike
        are taken for one: some of their tiles come seconds late, and none is missing.
        """
        if self.most_per_browser is None or not browser or not _client(address):
            return True
        seat = (_client(address), browser)
        taken = self._seats_of.get(seat, 0)
        if taken >= self.most_per_browser:
            return False
        self._seats_of[seat] = taken + 1
        return True

    def leave_seat(self, address: str, browser: str) -> None:
        """Count off a seat that was taken."""
        seat = (_client(address), browser)
        left = self._seats_of.get(seat, 0) - 1
        if left > 0:
            self._seats_of[seat] = left
        else:
            self._seats_of.pop(seat, None)

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
