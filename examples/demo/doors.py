"""Doors: what a doorkeeper might note down, without one."""

import random
from collections.abc import AsyncIterator
from typing import Final

from producers.base import Produced
from producers.notes import NotesProducer

SEEN: Final = [
    ("info", "front door opened"),
    ("info", "front door closed"),
    ("info", "parcel left at the gate"),
    ("info", "cat came in"),
    ("warn", "window open while it is being heated"),
    ("error", "the gate does not close"),
]


class DoorsProducer(NotesProducer):
    """Notes something every few seconds; takes notes as well."""

    async def events(self) -> AsyncIterator[Produced]:
        last = ""
        while True:
            level, text = random.choice([pair for pair in SEEN if pair[1] != last])  # noqa: S311
            yield {"level": level, "text": text}
            last = text
            await self.sleep(random.uniform(4, 12))  # noqa: S311
