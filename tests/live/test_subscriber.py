import asyncio

from dashboard.live.subscriber import Message, Subscriber, chunk
from tests.support.client import Client


async def test_write_to_a_free_client_is_done_when_it_returns() -> None:
    client = Client()
    subscriber = client.subscriber

    subscriber.write(chunk(b"one"))

    assert client.taken == [b"one"]
    assert not subscriber.busy


async def test_write_to_a_slow_client_goes_on_by_itself_and_tells_when_done() -> None:
    client = Client()
    subscriber = client.subscriber
    idle: list[Subscriber] = []
    subscriber.on_idle = idle.append
    client.free.clear()

    subscriber.write(chunk(b"one"))
    assert subscriber.busy
    assert client.taken == []
    client.free.set()
    async with asyncio.timeout(5):
        while not idle:
            await asyncio.sleep(0)

    assert client.taken == [b"one"]
    assert not subscriber.busy
    assert idle == [subscriber]


async def test_write_to_a_broken_connection_cuts_it() -> None:
    async def broken(message: Message) -> None:
        raise ConnectionResetError

    client = Client()
    subscriber = Subscriber(broken, cut=client.subscriber.cut)

    subscriber.write(chunk(b"one"))

    assert client.cuts == 1
    assert subscriber.ended


async def test_a_connection_that_breaks_while_slow_is_cut() -> None:
    client = Client()

    async def breaks_late(message: Message) -> None:
        await client.free.wait()
        raise ConnectionResetError

    subscriber = Subscriber(breaks_late, cut=client.subscriber.cut)
    client.free.clear()
    subscriber.write(chunk(b"one"))

    client.free.set()
    async with asyncio.timeout(5):
        while client.cuts == 0:
            await asyncio.sleep(0)

    assert not subscriber.busy


async def test_end_of_a_busy_client_cuts_it_and_of_a_free_one_says_the_last() -> None:
    busy, free = Client(), Client()
    slow, quick = busy.subscriber, free.subscriber
    busy.free.clear()
    slow.write(chunk(b"one"))

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
    subscriber.write(chunk(b"one"))

    subscriber.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    client.free.set()
    await asyncio.sleep(0)

    assert client.taken == []
