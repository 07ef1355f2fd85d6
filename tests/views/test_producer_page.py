"""The page of one producer."""

import json
from typing import Any

import pytest
from django.utils.module_loading import import_string
from pydantic import BaseModel, Field

from dashboard.log.base import LogUnavailable
from dashboard.tiles.render import Viewer
from dashboard.views.producer_page import describe
from dashboard.wall import current
from producers.base import Producer, utc_now
from producers.events import JSON, Event
from tests.support.drawn import entries
from tests.views.conftest import Get, Until

pytestmark = pytest.mark.django_db(transaction=True)


class Camera(Producer):
    """Sees <people>, and says `where`.

    The rest is for programmers.
    """

    class Options(Producer.Options):
        password: str = Field("", repr=False, description="of the camera")


@pytest.fixture
async def wall(settings: Any, transactional_db: None) -> Any:
    settings.PRODUCERS = settings.PRODUCERS | {
        "eye": {
            "BACKEND": f"{__name__}.Camera",
            "OPTIONS": {"password": "hunter2", "expect_every": 30, "title": "The eye"},
        }
    }
    async with current.running() as running:
        yield running


async def test_it_says_what_the_producer_is(wall: Any, get: Get) -> None:
    status, page = await get("/producers/eye/")

    assert status == 200
    assert page.text.startswith("The eye")
    assert f"{__name__}.Camera" in page.text
    assert "Sees <people>, and says where." in page.text
    assert "The rest is for programmers" not in page.text
    assert "30.0 s of silence" in page.text
    assert (page.open, page.misnested) == ([], [])


async def test_options_are_listed_but_not_what_is_secret(wall: Any, get: Get) -> None:
    _, page = await get("/producers/eye/")

    for name, field in Camera.Options.model_fields.items():
        assert name in page.text
        assert field.description is not None
        assert field.description in page.text
    assert "hunter2" not in page.text
    assert "(hidden)" in page.text


async def test_events_are_newest_first_and_compact(wall: Any, get: Get) -> None:
    rows: list[dict[str, JSON]] = [{"n": number, "markup": "<b>"} for number in range(60)]
    answer = await wall.log.append(
        [Event(producer="eye", type="seen", time=utc_now(), data=row, subject="s") for row in rows]
    )

    _, page = await get("/producers/eye/")

    assert '{"n": 59, "markup": "<b>"}' in page.text
    assert page.text.index('"n": 59') < page.text.index('"n": 10')
    assert '"n": 9,' not in page.text
    assert str(answer.ids[-1]) in page.text


async def test_it_says_how_to_post(wall: Any, get: Get) -> None:
    _, notes = await get("/producers/notes/")

    assert """-d '{"text": "door open\"""" in notes.text
    assert "-d 'door open'" in notes.text
    assert "application/x-ndjson" in notes.text
    assert "--data-binary @-" in notes.text
    assert "manage.py send notes" in notes.text


@pytest.mark.parametrize(
    ("kind", "text"),
    [("readings.ReadingsProducer", "21.4"), ("notes.NotesProducer", "door open")],
)
def test_the_text_it_offers_is_one_that_the_producer_takes(kind: str, text: str) -> None:
    producer: Producer = import_string(f"producers.{kind}")("p")

    context = describe(producer, None, False, [], Viewer("http://w", None), utc_now())

    (plain,) = (s.command for s in context["snippets"] if s.label == "Plain text")
    assert "text/plain" in plain
    assert plain.endswith((f"-d {text}", f"-d '{text}'"))
    assert producer.event(text).producer == "p"


def test_a_producer_without_an_example_offers_its_last_event() -> None:
    viewer = Viewer("http://w", None)
    producer = Producer("p")

    fresh = describe(producer, None, False, [], viewer, utc_now())
    heard = describe(producer, None, False, entries([{"door": "north"}]), viewer, utc_now())

    assert """-d '{"text": "hello"}'""" in fresh["snippets"][0].command
    assert """-d '{"door": "north"}'""" in heard["snippets"][0].command


def test_a_producer_that_takes_no_such_thing_is_offered_nothing() -> None:
    class Strict(Producer):
        class Data(BaseModel):
            door: str

    context = describe(Strict("p"), None, False, [], Viewer("http://w", None), utc_now())

    assert context["snippets"] == []


async def test_the_event_model_can_be_unfolded(wall: Any, get: Get) -> None:
    _, page = await get("/producers/notes/")

    assert len(page.all("details")) == 1
    assert '"text"' in page.text


async def test_its_tile_is_live_on_it(wall: Any, get: Get) -> None:
    _, page = await get("/producers/notes/")

    assert page.all("main")[0]["sse-connect"] == "/stream/?tiles=notes"
    assert page.with_class("changing")[0]["sse-swap"] == "notes"


async def test_a_failing_producer_says_since_when_and_why(
    wall: Any, get: Get, until: Until
) -> None:
    event = Event(
        producer="_control",
        type="producer.state",
        subject="eye",
        time=utc_now(),
        data={"status": "failed", "error": "OSError: <gone>", "restarts": 4, "retry_at": None},
    )
    await wall.log.append([event])
    await until(lambda: (state := wall.hub.state("eye")) and state.status == "failed")

    _, page = await get("/producers/eye/")

    assert "failed since" in page.text
    assert "OSError: <gone>" in page.text
    assert "Restarts4" in page.text.replace(" ", "")


async def test_a_misconfigured_producer_says_what_is_wrong(wall: Any, get: Get) -> None:
    status, page = await get("/producers/camera/")

    assert status == 200
    assert "misconfigured" in page.text
    assert "no.such.Camera" in page.text
    assert "manage.py check" in page.text


@pytest.mark.parametrize("alias", ["nobody", "%3Cscript%3E", "_control", "Notes"])
async def test_an_unknown_producer_lists_those_there_are(wall: Any, get: Get, alias: str) -> None:
    status, page = await get(f"/producers/{alias}/")

    assert status == 404
    assert "There is no producer" in page.text
    assert {"href": "/producers/notes/"} in page.all("a")
    assert {"href": "/producers/camera/"} in page.all("a")
    assert {tag for tag, _ in page.tags if tag == "script"} <= {"script"}
    assert all(script["src"].startswith("/static/") for script in page.all("script"))


async def test_an_unknown_address_is_in_house_style(wall: Any, get: Get) -> None:
    status, page = await get("/nothing/here")

    assert status == 404
    assert "There is nothing at this address" in page.text
    assert {"href": "/"} in page.all("a")


async def test_a_log_that_is_away_does_not_take_the_page_with_it(
    wall: Any, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> list[object]:
        raise LogUnavailable("gone")

    monkeypatch.setattr(wall.log, "latest", away)

    status, page = await get("/producers/notes/")

    assert status == 200
    assert "The log cannot be read just now" in page.text


def test_schema_is_json() -> None:
    context = describe(Camera("c"), None, False, [], Viewer("http://w", None), utc_now())

    assert json.loads(context["schema"])["type"] == "object"
