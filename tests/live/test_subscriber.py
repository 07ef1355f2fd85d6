import asyncio

from dashboard.live.chunk import Chunk, Message
from dashboard.live.subscriber import AsgiSubscriber, Subscriber
from tests.support.client import Client


class Listening:
    """Remembers what a subscriber tells its audience."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Subscriber]] = []

    def pause(self, subscriber: Subscriber) -> None:
        self.told.append(("pause", subscriber))

    def resume(self, subscriber: Subscriber) -> None:
        self.told.append(("resume", subscriber))

    def leave(self, subscriber: Subscriber) -> None:
        self.told.append(("leave", subscriber))


async def test_write_to_a_free_client_is_done_when_it_returns() -> None:
    client = Client()
    subscriber = client.subscriber

    subscriber.put(Chunk(b"one"))

    assert client.taken == [b"one"]
    assert subscriber.busy_since is None


async def test_write_to_a_slow_client_goes_on_by_itself_and_tells_when_done() -> None:
    client = Client()
    subscriber = client.subscriber
    audience = Listening()
    subscriber.audience = audience
    client.free.clear()

    subscriber.put(Chunk(b"one"))
    assert subscriber.busy_since is not None
    assert client.taken == []
    client.free.set()
    async with asyncio.timeout(30):
        while not audience.told[1:]:
            await asyncio.sleep(0)

    assert client.taken == [b"one"]
    assert subscriber.busy_since is None
    assert audience.told == [("pause", subscriber), ("resume", subscriber)]


async def test_write_to_a_broken_connection_cuts_it() -> None:
    async def broken(message: Message) -> None:
        raise ConnectionResetError

    client = Client()
    subscriber = AsgiSubscriber(broken, cut=client.subscriber.cut)

    subscriber.put(Chunk(b"one"))

    assert client.cuts == 1
    assert subscriber.ended


async def test_a_connection_that_breaks_while_slow_is_cut() -> None:
    client = Client()

    async def breaks_late(message: Message) -> None:
        await client.free.wait()
        raise ConnectionResetError

    subscriber = AsgiSubscriber(breaks_late, cut=client.subscriber.cut)
    client.free.clear()
    subscriber.put(Chunk(b"one"))

    client.free.set()
    async with asyncio.timeout(30):
        while client.cuts == 0:
            await asyncio.sleep(0)

    assert subscriber.busy_since is None


async def test_end_of_a_busy_client_cuts_it_and_of_a_free_one_says_the_last() -> None:
    busy, free = Client(), Client()
    slow, quick = busy.subscriber, free.subscriber
    busy.free.clear()
    slow.put(Chunk(b"one"))

    slow.end(b"bye")
    quick.end(b"bye")

    assert busy.cuts == 1
    assert free.cuts == 0
    assert free.taken == [b"bye"]
    slow.close()


async def test_close_gives_up_a_write_under_way() -> None:
    client = Client()
    subscriber = client.subscriber
    client.free.clear()
    subscriber.put(Chunk(b"one"))

    subscriber.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    client.free.set()
    await asyncio.sleep(0)

    assert client.taken == []
