"""Newest: the newest entry of each subject of one producer, so that none pushes out another."""

from collections.abc import Iterable, Sequence
from typing import Final

from dashboard.log.base import Entry

MOST: Final = 1_000
"""Subjects that are kept at once; of more, those that were heard last."""


class Newest:
    """For tiles that show all subjects at once, each as it was last heard of.

    It has at most `most_bytes` as JSON, but for the newest. `is_primed` says whether it knows
    what was before it began to hear.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._entries: dict[str, Entry] = {}
        self._size = 0
        self.is_primed = False

    @property
    def entries(self) -> Sequence[Entry]:
        """One of each subject, oldest first."""
        return sorted(self._entries.values(), key=lambda entry: entry.id)

    def __contains__(self, subject: str) -> bool:
        return subject in self._entries

    def hear(self, entries: Iterable[Entry]) -> None:
        """Take entries in any order; older ones than are known of their subject change nothing."""
        for entry in entries:
            subject = entry.event.subject or ""
            known = self._entries.get(subject)
            if known is not None:
                if known.id >= entry.id:
                    continue
                self._drop(subject)
            self._entries[subject] = entry
            self._size += entry.size
        if len(self._entries) > MOST or self._size > self._most_bytes:
            for entry in self.entries[:-1]:
                if len(self._entries) <= MOST and self._size <= self._most_bytes:
                    break
                self._drop(entry.event.subject or "")

    def clear(self) -> None:
        """Forget all: the log has become another one."""
        self._entries.clear()
        self._size = 0
        self.is_primed = False

    def _drop(self, subject: str) -> None:
        self._size -= self._entries.pop(subject).size
