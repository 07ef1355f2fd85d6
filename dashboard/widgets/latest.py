"""Latest: the newest entry of each subject, in an order that people expect."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from dashboard.log.base import Entry

_NUMBERS: Final = re.compile(r"([0-9]{1,18})")


def latest_by_subject(entries: Sequence[Entry]) -> list[Entry]:
    """Return the newest of each subject's entries (oldest first), by the subjects' names."""
    newest = {entry.event.subject or "": entry for entry in entries}
    return [newest[subject] for subject in sorted(newest, key=natural)]


def natural(name: str) -> list[tuple[int, int, str]]:
    """Return what names are sorted by: press 2 stands before press 10, whatever their case."""
    return [
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in _NUMBERS.split(name.casefold())
        if part
    ]


def rows_for(count: int, steps: Iterable[int]) -> int:
    """Return the least of `steps` (rising) that has room for `count` rows, else the last one."""
    fits = 0
    for fits in steps:
        if count <= fits:
            break
    return fits
