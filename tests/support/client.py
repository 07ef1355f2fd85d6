"""Client: an ASGI send that remembers what it took, and can be told to take nothing."""

import asyncio

from dashboard.live.chunk import Message
from dashboard.live.subscriber import AsgiSubscriber


class Client:
    """`free.clear()` makes it stall, `free.set()` lets it go on."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.free = asyncio.Event()
        self.free.set()
        self.cuts = 0
        self.ended = False
        self.subscriber = AsgiSubscriber(self.send, cut=self._cut)

    async def send(self, message: Message) -> None:
        await self.free.wait()
        self.taken.append(message["body"])
        self.ended = not message["more_body"]

    def _cut(self) -> None:
        self.cuts += 1

    @property
    def text(self) -> bytes:
        return b"".join(self.taken)

    async def until(self, text: bytes) -> None:
        """Let the loop run until `text` has come; fail after 30 seconds."""
        async with asyncio.timeout(30):
            while text not in self.text:
                await asyncio.sleep(0.001)
