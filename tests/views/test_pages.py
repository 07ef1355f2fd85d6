"""The dashboard's page."""

from typing import Any

import pytest

from dashboard.access.debug_token import debug_token
from dashboard.wall import current
from producers.base import utc_now
from producers.events import JSON, Event
from tests.views.conftest import Get, Until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def wall(transactional_db: None) -> Any:
    async with current.running() as running:
        yield running


async def test_the_wall_opens_one_stream_and_has_an_article_per_tile(wall: Any, get: Get) -> None:
    status, page = await get("/")

    assert status == 200
    (main,) = page.all("main")
    assert main["hx-ext"] == "sse"
    assert main["sse-connect"].startswith("/stream/?dashboard=main&layout=")
    assert main["sse-close"] == "bye"
    articles = {article["id"]: article for article in page.all("article")}
    assert list(articles) == ["tile-readings", "tile-notes", "tile-camera"]
    for article in articles.values():
        name = article["id"].removeprefix("tile-")
        assert "sse-swap" not in article
        assert article["aria-labelledby"] == f"title-{name}"
    swapped = [part["sse-swap"] for part in page.with_class("changing")]
    assert swapped == ["readings", "notes", "camera"]
    assert {"tile", "w1", "h1"} <= set(articles["tile-readings"]["class"].split())
    assert (page.open, page.misnested) == ([], [])


async def test_the_page_is_titled_and_can_be_read_by_machines(wall: Any, get: Get) -> None:
    _, page = await get("/")

    assert page.all("html")[0]["lang"] == "en"
    assert [meta for meta in page.all("meta") if meta.get("name") == "viewport"]
    assert len(page.all("h1")) == 1
    assert len(page.all("h2")) == len(page.all("article"))
    assert page.text.startswith("✕ 1 · Eventwall")


async def test_what_is_in_the_log_is_on_the_page(wall: Any, get: Get, until: Until) -> None:
    data: dict[str, JSON] = {"value": 21.4, "unit": "°C"}
    await wall.log.append([Event(producer="readings", type="t", time=utc_now(), data=data)])
    await until(lambda: wall.hub.tile_cache.sight(wall.site.tiles["readings"]).last)

    _, page = await get("/")

    assert "21.4 °C" in page.text


async def test_a_producer_that_cannot_run_is_seen_on_the_wall(wall: Any, get: Get) -> None:
    _, page = await get("/")

    assert "misconfigured" in page.text
    assert "no.such.Camera" in page.text


async def test_the_heartbeats_place_says_that_the_connection_is_lost(wall: Any, get: Get) -> None:
    _, page = await get("/")

    (pulse,) = page.with_class("pulse")
    assert pulse["sse-swap"] == "hb,bye"
    assert page.with_class("lost")
    assert "Connection lost — trying again" in page.text


async def test_a_token_is_not_shown_to_whom_it_would_not_work_for(wall: Any, get: Get) -> None:
    _, page = await get("/")

    assert "curl http://testserver/ingest/readings" in page.text
    assert "Bearer $EVENTWALL_TOKEN" in page.text


async def test_an_unknown_dashboard_lists_those_there_are(wall: Any, get: Get) -> None:
    status, page = await get("/d/nowhere/")

    assert status == 404
    assert "There is no dashboard “nowhere”" in page.text
    assert {"href": "/d/main/"} in page.all("a")


async def test_the_debug_token_is_shown_on_loopback(
    settings: Any, get: Get, transactional_db: None
) -> None:
    settings.DEBUG = True
    async with current.running():
        _, page = await get("/")

    assert "$EVENTWALL_TOKEN" not in page.text
    assert "Authorization: Bearer " in page.text


async def test_several_dashboards_lead_to_each_other(
    settings: Any, get: Get, transactional_db: None
) -> None:
    settings.DASHBOARDS = {
        "hall": {"title": "Hall <1>", "tiles": [{"producer": "notes", "size": "2x2"}]},
        "lab": {"title": "実験室", "tiles": []},
    }
    async with current.running():
        _, hall = await get("/")
        status, lab = await get("/d/lab/")

    current_of = [a.get("aria-current") for a in hall.all("a") if a["href"].startswith("/d/")]
    assert current_of == ["page", None] * 2  # in a line, and in the menu of a narrow screen
    assert "Hall <1>" in hall.text
    assert hall.all("main")[0]["sse-connect"].startswith("/stream/?dashboard=hall&layout=")
    assert {"w2", "h2"} <= set(hall.all("article")[0]["class"].split())
    assert status == 200
    assert "実験室" in lab.text


async def test_without_producers_the_wall_says_how_to_begin(
    settings: Any, get: Get, transactional_db: None
) -> None:
    settings.PRODUCERS = {}
    async with current.running():
        status, page = await get("/")

    assert status == 200
    assert "An empty wall" in page.text
    assert 'curl http://testserver/ingest/kitchen \\ -H "Authorization: Bearer $EV' in page.text
    assert "ingest_token create me --new-names" in page.text
    assert "manage.py producer add clock producers.clock.ClockProducer" in page.text
    assert "make demo" in page.text
    assert page.with_class("lost")  # it listens: the first tile appears by itself


async def test_who_tries_an_empty_wall_out_gets_a_command_that_works_as_it_is(
    settings: Any, get: Get, transactional_db: None
) -> None:
    settings.PRODUCERS, settings.DEBUG = {}, True
    async with current.running():
        _, page = await get("/")

        assert f"Bearer {debug_token()}" in page.text
        assert "ingest_token" not in page.text

        settings.AUTO_PRODUCERS_MAX = 0
        _, page = await get("/")

    assert "curl" not in page.text
    assert "producer add" in page.text
