"""Tiles of subjects on a running wall: as they appear, in every process, for who may see them."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

import pytest

from tests.support.drawn import Page
from tests.support.wall import Wall
from tests.wall.test_site import beside

READINGS = {"BACKEND": "producers.readings.ReadingsProducer"}
EACH = {"each": "subject"}


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    """Return a wall with a dashboard for each test."""
    aliases = ("press", "oven", "flood")
    rows = {alias: [{"producer": alias, "widget": "number", "options": EACH}] for alias in aliases}
    vault = {"producer": "vault", "widget": "number", "options": EACH}
    settings = {
        "PRODUCERS": dict.fromkeys(aliases, READINGS)
        | {
            "vault": READINGS | {"READERS": []},
            "clock": {"BACKEND": "producers.clock.ClockProducer"},
        },
        "DASHBOARDS": {alias: {"tiles": tiles} for alias, tiles in rows.items()}
        | {
            "secret": {"tiles": [{"producer": "clock"}, vault]},
            "one": {
                "title": "Machine",
                "tiles": [
                    {"producer": "oven", "widget": "number", "title": "Heat"},
                    {"producer": "oven", "widget": "feed"},
                    {"producer": "clock", "options": {"subject": "*"}},
                ],
            },
        },
        "SUBJECT_TILES": 30,
    }
    wall = Wall(tmp_path_factory.mktemp("subjects") / "wall", settings)
    wall.start()
    yield wall
    wall.stop()


def say(wall: Wall, alias: str, *subjects: str, value: float = 1) -> None:
    lines = "\n".join(json.dumps({"device": name, "value": value}) for name in subjects)
    headers = {"Authorization": f"Bearer {wall.token}", "Content-Type": "application/x-ndjson"}
    assert wall.request("POST", f"/ingest/{alias}", lines, headers)[0] == 201


def tiles(wall: Wall, slug: str) -> list[str]:
    """Return the ids of a dashboard's tiles, in order."""
    page = wall.request("GET", f"/d/{slug}/")[2].decode()
    return re.findall(r'<article id="tile-([^"]+)"', page)


def until_tiles(wall: Wall, slug: str, count: int) -> list[str]:
    def found() -> list[str] | None:
        ids = tiles(wall, slug)
        return ids if len(ids) == count else None

    return wall.until(found)


def test_a_tile_for_each_appears_and_hears_what_is_its_own(wall: Wall) -> None:
    hostile = ["press-10", "press-2", "Press-2", "../<b>x</b>", "プレス😀"]
    with wall.events("/stream/?dashboard=press") as stream:
        stream.until(1, "press")
        say(wall, "press", *hostile)
        stream.until(1, "layout")
        ids = until_tiles(wall, "press", 5)
        stream.until(1, ids[-1])
        stream.messages.clear()

        say(wall, "press", "press-2", value=77)

        assert "77" in stream.until_text("77", ids[2]).data
    heard = {message.type for message in stream.messages if message.type in ids}
    titles = Page(wall.request("GET", "/d/press/")[2].decode())

    assert heard == {ids[2]}
    assert [id_.split(".")[1] for id_ in ids[1:4]] == ["press-2", "press-2", "press-10"]
    assert "../<b>x</b>" in titles.text
    assert titles.all("b") == []
    second = beside(wall)
    try:
        assert until_tiles(second, "press", 5) == ids
    finally:
        second.stop()


def test_a_page_of_one_subject_has_a_stream_of_it(wall: Wall) -> None:
    say(wall, "oven", "oven-4", "oven-5", value=20)
    say(wall, "oven", "oven-4", value=4141)
    say(wall, "oven", "oven-5", value=5555)

    page = Page(wall.request("GET", "/d/one/?subject=oven-4")[2].decode())
    unknown = Page(wall.request("GET", "/d/one/?subject=oven%209")[2].decode())

    assert page.all("main")[0]["sse-connect"].startswith("/stream/?dashboard=one&subject=oven-4&")
    assert "&subject=oven-4" in page.with_class("live-page")[0]["sse-connect"]
    assert "Machine · oven-4" in page.text
    assert "4141" in page.text
    assert "5555" not in page.text
    assert "about oven 9" in unknown.text
    path = unknown.all("main")[0]["sse-connect"]
    ids = [tag["id"].removeprefix("tile-") for tag in unknown.all("article")]
    with wall.events(path) as stream:
        stream.until(1, ids[0])
        say(wall, "oven", "oven-4", value=4242)
        say(wall, "oven", "oven 9", value=9999)
        assert "9999" in stream.until_text("9999", ids[0]).data
    assert not any("4242" in message.data for message in stream.messages if message.type == ids[0])
    assert "layout" not in {message.type for message in stream.messages}


def test_what_no_event_can_be_about_is_refused(wall: Wall) -> None:
    def told(path: str) -> str:
        status, _, body = wall.request("GET", path)
        assert status == 400
        return str(json.loads(body)["detail"])

    for path in ("/stream/?dashboard=one&", "/d/one/?"):
        assert "256 characters" in told(f"{path}subject={'x' * 256}")
        assert "U+202E" in told(f"{path}subject={quote(chr(0x202E))}")
    assert "subject goes with dashboard" in told("/stream/?tiles=clock&subject=x")
    assert "subject" in told("/stream/?dashboard=one&sujbect=x")


def test_a_flood_of_subjects_is_bounded_and_says_so(wall: Wall) -> None:
    with wall.events("/stream/?dashboard=flood") as stream:
        stream.until(1, "flood")
        began = time.monotonic()
        for batch in range(5):
            say(wall, "flood", *(f"dev-{number}" for number in range(batch, 5_000, 5)))
        first = [f"dev-{number}" for number in range(30)]

        def says_so() -> bool | None:
            page = wall.request("GET", "/d/flood/")[2].decode()
            names = [id_.split(".")[1] for id_ in tiles(wall, "flood") if "." in id_]
            return (names == first and "<strong>at least 1970 more</strong>" in page) or None

        wall.until(says_so)
        took = time.monotonic() - began
        layouts = len(stream.until(1, "layout"))

    assert layouts <= 2 * took + 2
    assert wall.log.read_text().count("more subjects than SUBJECT_TILES producer=flood") == 1


def test_of_many_pages_not_all_fetch_their_tiles_at_once(wall: Wall) -> None:
    def wait() -> str:
        page = wall.request("GET", "/d/one/")[2].decode()
        (trigger,) = re.findall('hx-trigger="(sse:layout[^"]*)"', page)
        return str(trigger)

    alone = wait()
    with ExitStack() as open_pages:
        for _ in range(25):
            open_pages.enter_context(wall.events("/stream/?dashboard=one")).until(1, "hb")
        waits = [wait() for _ in range(10)]

    assert alone == "sse:layout"
    assert any(re.fullmatch("sse:layout delay:[0-9]+ms", one) for one in waits)
    assert len(set(waits)) > 1


def test_who_may_not_read_a_producer_learns_of_none_of_its_subjects(wall: Wall) -> None:
    say(wall, "vault", "silver", *(f"gold-{number}" for number in range(40)))
    say(wall, "press", "bronze")
    wall.until(lambda: any("bronze" in id_ for id_ in tiles(wall, "press")) or None)

    page = wall.request("GET", "/d/secret/")[2].decode()

    assert tiles(wall, "secret") == ["clock"]
    assert "silver" not in page
    assert "gold" not in page
