"""Sweeping: pictures go when no entry can refer to them any more, or when there are too many."""

from datetime import datetime, timedelta
from typing import Final

from dashboard.pictures.folder import Folder, Stored

MARGIN: Final = timedelta(minutes=10)
"""A picture is put before its entry is appended, and two machines' clocks differ."""


def sweep(folder: Folder, oldest: datetime, most_bytes: int) -> int:
    """Remove pictures that were last kept before `oldest`, the time of the oldest entry held.

    Of the rest the oldest go, until no more than `most_bytes` are left. Returns how many went.
    Blocks, and may raise OSError.
    """
    before = int((oldest - MARGIN).timestamp() * 1e9)
    gone, kept, total = 0, list[Stored](), 0
    for stored in folder.all():
        if stored.used < before:
            gone += folder.remove(stored)
        else:
            kept.append(stored)
            total += stored.size
    if total > most_bytes:
        kept.sort(key=lambda stored: stored.used)
        for stored in kept:
            if total <= most_bytes:
                break
            gone += folder.remove(stored)
            total -= stored.size
    return gone
