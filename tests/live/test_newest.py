"""Tiles that show all subjects at once have the newest of each, however chatty one of them is."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from dashboard.conf import Conf
from dashboard.live import newest
from dashboard.live.hub import Hub
from dashboard.live.newest import Newest
from dashboard.log.base import Entry
from dashboard.log.memory import MemoryLog
from dashboard.tiles.site import Site, make_site, show
from producers.base import utc_now
from producers.events import Event
from tests.support.drawn import told


def kept(newest: Newest) -> list[tuple[str | None, object]]:
    return [(entry.event.subject, entry.event.data["v"]) for entry in newest.entries]


def rows(*subjects: str | None) -> Sequence[Entry]:
    return told(*((subject, {"v": number}) for number, subject in enumerate(subjects)))


def test_it_keeps_the_newest_of_each_oldest_first() -> None:
    made = Newest(10_000)

    made.hear(rows("hall", None, "attic", "hall", None))

    assert kept(made) == [("attic", 2), ("hall", 3), (None, 4)]
    assert "hall" in made
    assert "cellar" not in made


def test_what_is_older_changes_nothing() -> None:
    made, said = Newest(10_000), rows("hall", "attic", "hall")

    made.hear(said[1:])
    made.hear(said[:2])

    assert kept(made) == [("attic", 1), ("hall", 2)]


def test_those_that_were_heard_first_go_where_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(newest, "MOST", 2)
    made = Newest(10_000)

    made.hear(rows("a", "b", "c", "a"))

    assert kept(made) == [("c", 2), ("a", 3)]


def test_it_has_no_more_bytes_than_it_may_but_for_the_newest() -> None:
    said = rows("a", "b", "c")

    two, none = Newest(2 * said[0].size), Newest(0)
    two.hear(said)
    none.hear(said)

    assert kept(two) == [("b", 1), ("c", 2)]
    assert kept(none) == [("c", 2)]


def test_all_is_forgotten() -> None:
    made = Newest(10_000)
    made.hear(rows("a"))
    made.is_primed = True

    made.clear()

    assert kept(made) == []
    assert not made.is_primed


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    settings.PRODUCERS = {"machine": {"BACKEND": "producers.notes.NotesProducer"}}
    settings.DASHBOARDS = {"main": {"tiles": [{"producer": "machine", "widget": "status"}]}}
    site = make_site()
    show(site)
    yield site
    show(None)


def said(subject: str, state: str, times: int = 1) -> list[Event]:
    data = {"state": state, "text": state}
    return [
        Event(producer="machine", type="t", time=utc_now(), data=data, subject=subject)
        for _ in range(times)
    ]


def lights(hub: Hub, site: Site) -> list[tuple[str, str]]:
    """Return each light of the board, as its widget is given it."""
    lights = hub.tile_cache.sight(site.tiles["machine"]).context()["lights"]
    return [(light["name"], light["word"]) for light in lights]


async def test_a_chatty_subject_pushes_nobody_off_the_board_and_a_restart_forgets_none(
    site: Site,
) -> None:
    log = MemoryLog({})
    first = Hub(log, site, Conf())
    await first.start()

    await log.append(said("mill", "down"))
    for _ in range(4):
        await log.append(said("saw", "up", 500))
    await log.append(said("lathe", "down"))
    async with asyncio.timeout(20):
        while first.head.seq < 2_002:
            await asyncio.sleep(0.01)
    second = Hub(log, site, Conf())
    await second.start()
    await asyncio.gather(first.stop(), second.stop())

    assert lights(first, site) == [("lathe", "down"), ("mill", "down"), ("saw", "up")]
    assert lights(second, site) == lights(first, site)


async def test_a_board_that_comes_while_the_wall_runs_knows_what_was_said(
    site: Site, settings: Any
) -> None:
    settings.DASHBOARDS = {"main": {"tiles": [{"producer": "machine", "widget": "feed"}]}}
    log = MemoryLog({})
    await log.append(said("mill", "down"))
    await log.append(said("saw", "up", 500))
    hub = Hub(log, make_site(), Conf())
    await hub.start()

    await hub.widen(site)
    hub.follow(site)
    await hub.stop()

    assert lights(hub, site) == [("mill", "down"), ("saw", "up")]
