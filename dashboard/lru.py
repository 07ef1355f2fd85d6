"""LRU: values in memory, up to so many bytes; those go first that were not asked for longest."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class LRU(Generic[Key, Value]):
    """Keeps up to `most` bytes, and nothing that is larger by itself. `size` tells a value's."""

    def __init__(self, most: int, size: Callable[[Value], int]) -> None:
        self._most = most
        self._size = size
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self.held = 0
        """Bytes of all that is kept."""

    def get(self, key: Key) -> Value | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: Key, value: Value) -> None:
        self.drop(key)
        if (size := self._size(value)) > self._most:
            return
        self._values[key] = value
        self.held += size
        while self.held > self._most:
            _, oldest = self._values.popitem(last=False)
            self.held -= self._size(oldest)

    def drop(self, key: Key) -> None:
        if (value := self._values.pop(key, None)) is not None:
            self.held -= self._size(value)

    def clear(self) -> None:
        self._values.clear()
        self.held = 0
