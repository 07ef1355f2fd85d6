"""What a page is told of its tiles together: what is wrong as it is, and each change once."""

import asyncio

import pytest

from dashboard.live.notices import Notices
from dashboard.live.tile_audience import Shown, TileAudience
from dashboard.tiles.concern import Concern
from dashboard.tiles.config import Tile
from dashboard.widgets.feed import FeedWidget
from tests.support.client import Client

WELL = b"event: _summary\ndata: <title>Hall</title>\n\n"


def tile(name: str) -> Tile:
    return Tile(id=name, producer=name, widget=FeedWidget(), title=name.title(), columns=1, rows=1)


ALERT, WARN = Concern("alert", "31 °C, limit ≥ 30"), Concern("warn", "27 °C, limit > 26")
SILENT = Concern("stale", "silent")
PRESS, OVEN = tile("press"), tile("oven")


class Page:
    """An audience of a dashboard's page, whose tiles are as the test says."""

    def __init__(
        self,
        title: str = "Hall",
        tiles: tuple[Tile, ...] = (PRESS, OVEN),
        **concerns: Concern | None,
    ) -> None:
        self.concerns = {tile: concerns.get(tile.id) for tile in (PRESS, OVEN)}
        self._drawn = dict(self.concerns)
        shown = Shown(tiles, "1", title)
        self.audience = TileAudience(shown, self._draw, 0, lambda: None, self._drawn.get)

    def _draw(self, drawn: Tile) -> bytes:
        self._drawn[drawn] = self.concerns[drawn]
        return f"{drawn.id};".encode()

    async def becomes(self, drawn: Tile, concern: Concern | None) -> None:
        self.concerns[drawn] = concern
        self.audience.touch([drawn.id])
        self.audience.flush()
        await asyncio.sleep(0)


def summary(text: bytes) -> list[bytes]:
    """Return the titles that a client was sent, in order."""
    return [
        line.partition(b"<title>")[2].partition(b"</title>")[0]
        for line in text.split(b"\n")
        if b"<title>" in line
    ]


def told(text: bytes) -> list[bytes]:
    """Return what a client was told, in order, without its markup."""
    text = text.replace(b"&gt;", b">")
    blocks = [block for block in text.split(b"\n\n") if b"event: _told\n" in block]
    return [
        block.partition(b"data: ")[2]
        .replace(b"</p><p>", b" / ")
        .replace(b"<bdi>", b"")
        .replace(b"</bdi>", b"")
        .removeprefix(b"<p>")
        .removesuffix(b"</p>")
        for block in blocks
    ]


async def test_a_newcomer_gets_what_is_wrong_after_the_tiles_and_is_told_nothing() -> None:
    page = Page()
    assert page.audience.snapshot() == b"press;oven;" + WELL

    page.concerns[PRESS] = ALERT
    snapshot = page.audience.snapshot()

    assert summary(snapshot) == ["■ 1 · Hall".encode()]
    assert b'href="#tile-press"' in snapshot
    assert told(snapshot) == []


async def test_a_change_is_told_to_all_once_and_again_when_it_is_well() -> None:
    page, one, two = Page(), Client(), Client()
    for client in (one, two):
        page.audience.join(client.subscriber, b"")

    await page.becomes(PRESS, ALERT)
    await page.becomes(PRESS, ALERT._replace(said="32 °C, limit ≥ 30"))

    assert summary(one.text) == ["■ 1 · Hall".encode()]
    assert told(one.text) == ["Press: alert, 31 °C, limit ≥ 30".encode()]
    assert one.taken[0] is two.taken[0]

    await asyncio.sleep(0)
    late = Client()
    page.audience.join(late.subscriber, page.audience.snapshot())
    await asyncio.sleep(0)
    assert (summary(late.text), told(late.text)) == (["■ 1 · Hall".encode()], [])


async def test_the_title_has_the_shape_of_the_worst_and_counts_all() -> None:
    page, client = Page(), Client()
    page.audience.join(client.subscriber, b"")

    await page.becomes(OVEN, SILENT)
    await page.becomes(PRESS, WARN)
    await page.becomes(PRESS, None)
    await page.becomes(OVEN, None)

    assert [text.decode() for text in summary(client.text)] == [
        "▨ 1 · Hall",
        "▲ 2 · Hall",
        "▨ 1 · Hall",
        "Hall",
    ]


async def test_several_at_once_are_one_message() -> None:
    page, client = Page(), Client()
    page.audience.join(client.subscriber, b"")

    page.concerns |= {PRESS: WARN, OVEN: SILENT}
    page.audience.touch(["press", "oven"])
    await client.until(b"_told")

    assert told(client.text) == ["Press: warning, 27 °C, limit > 26 / Oven: silent".encode()]


async def test_a_slow_client_is_told_how_it_is_when_it_is_free_again() -> None:
    page, slow = Page(), Client()
    page.audience.join(slow.subscriber, b"")
    slow.free.clear()
    await page.becomes(OVEN, None)
    await page.becomes(PRESS, WARN)
    await page.becomes(OVEN, SILENT)

    slow.free.set()
    await slow.until(b"_told")

    assert [text.decode() for text in summary(slow.text)] == ["▲ 2 · Hall"]
    assert told(slow.text) == ["Press: warning, 27 °C, limit > 26 / Oven: silent".encode()]


async def test_a_page_that_gets_other_tiles_is_told_what_is_new_of_all() -> None:
    before, client = Page(tiles=(PRESS,)), Client()
    before.audience.join(client.subscriber, b"")
    await before.becomes(PRESS, ALERT)
    after = Page(press=ALERT, oven=WARN)

    before.audience.leave(client.subscriber)
    after.audience.take_over(client.subscriber, before.audience)
    await client.until(b"Oven")

    assert b"event: layout\ndata: 1\n\n" in client.text
    assert told(client.text) == [
        "Press: alert, 31 °C, limit ≥ 30".encode(),
        "Oven: warning, 27 °C, limit > 26".encode(),
    ]


async def test_tiles_that_are_on_no_page_of_ours_have_no_notices() -> None:
    page, client = Page(title=""), Client()
    page.audience.join(client.subscriber, page.audience.snapshot())

    await page.becomes(PRESS, ALERT)

    assert client.text == b"press;oven;press;"


class Trembling:
    """Notices of one tile whose value trembles, on a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.concern: Concern | None = None
        self.notices = Notices("Hall", [PRESS], lambda tile: self.concern, lambda: self.now)
        self.mark = 0

    def becomes(self, concern: Concern | None, after: float = 0.1) -> list[bytes]:
        self.now += after
        self.mark += 1
        self.concern = concern
        return told(self.notices.news([PRESS], self.mark))


def test_a_value_that_trembles_is_told_of_now_and_then() -> None:
    tile = Trembling()

    assert tile.becomes(WARN) == ["Press: warning, 27 °C, limit > 26".encode()]
    assert [tile.becomes(None), tile.becomes(WARN), tile.becomes(None)] == [[], [], []]
    assert tile.notices.late == {PRESS}

    assert tile.becomes(None, after=10) == [b"Press: well again"]
    assert tile.notices.late == set()


def test_what_is_as_it_was_told_by_then_is_not_told_again() -> None:
    tile = Trembling()
    tile.becomes(WARN)
    tile.becomes(None)
    tile.becomes(WARN)

    assert tile.notices.late == set()
    assert tile.becomes(WARN, after=10) == []


async def test_with_the_heartbeat_comes_what_could_not_be_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page, client = Page(), Client()
    page.audience.join(client.subscriber, b"")
    await page.becomes(PRESS, WARN)
    await page.becomes(PRESS, None)
    monkeypatch.setattr("dashboard.live.notices._QUIET", 0)

    page.audience.tell_late()
    await client.until(b"well again")

    assert told(client.text)[1:] == [b"Press: well again"]


def test_a_title_is_text_whatever_is_in_it() -> None:
    notices = Notices("</title><b>\nx", [], lambda tile: None)

    assert notices.snapshot() == (
        b"event: _summary\ndata: <title>&lt;/title&gt;&lt;b&gt;\ndata: x</title>\n\n"
    )
