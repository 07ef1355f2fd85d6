"""Windows of subjects: filled from the log, in every process, and no more than may be."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from dashboard.conf import Conf
from dashboard.live import subjects
from dashboard.live.hub import Hub
from dashboard.live.subjects import TooManySubjects
from dashboard.log.memory import MemoryLog
from dashboard.tiles.config import Tile
from dashboard.tiles.render import Viewer
from dashboard.tiles.site import Site, current_site, make_site, show
from dashboard.tiles.subjects import about
from dashboard.wall.subject_tiles import SubjectTiles
from producers.base import utc_now
from producers.events import Event

VIEWER = Viewer("http://wall.example", None)


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    settings.PRODUCERS = {"machine": {"BACKEND": "producers.readings.ReadingsProducer"}}
    options = {"each": "subject", "forget": "10m"}
    settings.DASHBOARDS = {
        "main": {"tiles": [{"producer": "machine", "widget": "number", "options": options}]},
        "one": {"tiles": [{"producer": "machine", "widget": "chart"}]},
    }
    site = make_site()
    show(site)
    yield site
    show(None)


def said(subject: str, *values: float) -> list[Event]:
    return [
        Event(producer="machine", type="t", time=utc_now(), data={"value": value}, subject=subject)
        for value in values
    ]


async def started(log: MemoryLog, site: Site) -> tuple[Hub, SubjectTiles]:
    hub = Hub(log, site, Conf())
    await hub.start()
    tiles = SubjectTiles(hub, asyncio.Lock(), lambda: site)
    await tiles.show()
    return hub, tiles


def values(hub: Hub, tile: Tile) -> list[object]:
    return [entry.event.data["value"] for entry in hub.tile_cache.sight(tile).entries]


def shown() -> tuple[Tile, ...]:
    return current_site().dashboards["main"].tiles


async def test_one_that_is_chatty_pushes_nothing_of_another_out(site: Site) -> None:
    log = MemoryLog({})
    await log.append(said("hall", 1))
    await log.append(said("kitchen", *range(500)))
    hub, _ = await started(log, site)

    hall, kitchen = shown()
    before = values(hub, hall), values(hub, kitchen)
    await log.append(said("kitchen", *range(500, 900)))
    async with asyncio.timeout(20):
        while values(hub, kitchen)[-1] != 899:
            await asyncio.sleep(0.01)
    await hub.stop()

    assert (hall.title, kitchen.title) == ("hall", "kitchen")
    assert before == ([1], list(range(440, 500)))
    assert values(hub, hall) == [1]
    assert values(hub, kitchen) == list(range(840, 900))


async def test_a_second_process_and_one_that_starts_again_show_the_same(site: Site) -> None:
    log = MemoryLog({})
    first, tiles = await started(log, site)
    assert [tile.id for tile in shown()] == ["machine"]

    await log.append(said("press-10", 1, 2) + said("press-2", 3) + said("", 4))
    async with asyncio.timeout(20):
        await first.subjects.changed.wait()
    await tiles.show()
    ids, drawn = [tile.id for tile in shown()], [values(first, tile) for tile in shown()]
    show(site)
    second, _ = await started(log, site)
    await asyncio.gather(first.stop(), second.stop())

    assert drawn == [[4], [3], [1, 2]]
    assert [tile.id for tile in shown()] == ids
    assert [values(second, tile) for tile in shown()] == drawn


async def test_who_was_silent_for_long_before_the_start_has_no_tile(site: Site) -> None:
    log = MemoryLog({}, now=lambda: utc_now() - timedelta(minutes=11))
    await log.append(said("long ago", 1))

    hub, _ = await started(log, site)
    await hub.stop()

    assert [tile.id for tile in shown()] == ["machine"]
    assert "Nothing here yet" in hub.draw(shown()[0], VIEWER)


async def test_pages_ask_for_so_many_subjects_and_no_more(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subjects, "MOST_ASKED", 3)
    log = MemoryLog({})
    await log.append(said("press-4", 7))
    hub, _ = await started(log, site)

    async def ask(*names: str) -> list[Tile]:
        pages = [about(current_site().dashboards, "one", name)["one"] for name in names]
        tiles = [tile for page in pages for tile in page.tiles]
        await hub.subjects.prepare(tiles)
        return tiles

    (known,) = await ask("press-4")
    for number in range(20):
        await ask(f"nobody-{number}")
    with pytest.raises(TooManySubjects):
        await ask("a", "b", "c", "d")
    again = await ask("press-4")
    await hub.stop()

    assert values(hub, known) == [7]
    assert again == [known]
