"""Recent: the pictures that were used last, in memory, so that many may fetch a new one at once."""

from collections import OrderedDict
from typing import Final

Name = tuple[str, str]
"""A producer's alias and a picture's id."""

MOST_BYTES: Final = 32 * 2**20
"""Enough for the newest frames of a hundred cameras, and for a few photographs."""


class Recent:
    """Up to `most_bytes` of pictures; those go first that were not asked for longest."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._pictures: OrderedDict[Name, bytes] = OrderedDict()

    def get(self, name: Name) -> bytes | None:
        data = self._pictures.get(name)
        if data is not None:
            self._pictures.move_to_end(name)
        return data

    def put(self, name: Name, data: bytes) -> None:
        self.drop(name)
        if len(data) > self._most_bytes:
            return
        self._pictures[name] = data
        self._bytes += len(data)
        while self._bytes > self._most_bytes:
            _, oldest = self._pictures.popitem(last=False)
            self._bytes -= len(oldest)

    def drop(self, name: Name) -> None:
        data = self._pictures.pop(name, None)
        if data is not None:
            self._bytes -= len(data)
