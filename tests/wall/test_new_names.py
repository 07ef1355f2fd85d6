"""Names on first use: what is posted to a name that nobody configured makes it a producer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from dashboard.ingest import new_names
from dashboard.ingest.handler import handle_post
from dashboard.ingest.rates import Bucket, Rate
from dashboard.ingest.tokens import create_token
from dashboard.log.base import LogUnavailable
from dashboard.models import StoredProducer
from dashboard.tiles.site import current_site
from dashboard.wall import current
from dashboard.wall.runtime import Runtime
from tests.ingest.posting import Answer, make_request, read

pytestmark = pytest.mark.django_db(transaction=True)

NOTES = "producers.notes.NotesProducer"
AUTO = "producers.auto.AutoProducer"
Post = Callable[..., Awaitable[Answer]]


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.EVENT_LOG = {"BACKEND": "dashboard.log.memory.MemoryLog"}
    settings.PRODUCERS = {"notes": {"BACKEND": NOTES}, "broken": {"BACKEND": "no.such.Class"}}
    settings.DASHBOARDS = {
        "hall": {"title": "Hall", "tiles": [{"producer": "notes"}]},
        "lab": {"title": "Lab", "tiles": [{"producer": "notes", "widget": "text"}]},
    }


@pytest.fixture
async def tokens(transactional_db: None) -> dict[str, str]:
    """Return tokens by what they may: any new name, those of the lab, none."""
    make = asyncio.to_thread
    return {
        "any": await make(create_token, "any", new_names="*"),
        "lab": await make(create_token, "lab", ["notes"], new_names="lab-*"),
        "old": await make(create_token, "old"),
    }


@pytest.fixture
async def wall(tokens: dict[str, str], site: None) -> AsyncIterator[Runtime]:
    async with current.running() as wall:
        yield wall


@pytest.fixture
def post(wall: Runtime, tokens: dict[str, str]) -> Post:
    async def post(alias: str, body: str, by: str = "any") -> Answer:
        return read(
            await handle_post(
                make_request(body, None, token=tokens[by]),
                alias,
                producers=wall.producers,
                log=wall.log,
                tokens=wall.tokens,
                pictures=wall.pictures,
                new_names=wall.new_names,
            )
        )

    return post


def tiles(slug: str = "hall") -> list[str]:
    return [tile.id for tile in current_site().dashboards[slug].tiles]


async def rows() -> list[tuple[str, str]]:
    return [row async for row in StoredProducer.objects.values_list("alias", "backend")]


async def test_a_new_name_is_a_producer_with_a_tile_and_its_first_event(
    wall: Runtime, post: Post
) -> None:
    answer = await post("kitchen", "21.4")

    assert answer.status == 201
    assert await rows() == [("kitchen", AUTO)]
    assert tiles() == ["notes", "kitchen"]
    assert tiles("lab") == ["notes-2"]
    (entry,) = await wall.log.latest("kitchen", 10)
    assert (answer.body["ids"], entry.event.data) == ([str(entry.id)], {"value": 21.4})
    assert (await post("kitchen", "21.5")).status == 201
    assert len(await wall.log.latest("kitchen", 10)) == 2


async def test_the_setting_names_the_dashboard_that_tiles_join(settings: Any, post: Post) -> None:
    settings.AUTO_PRODUCERS_DASHBOARD = "lab"

    await post("kitchen", "21.4")

    assert (tiles(), tiles("lab")) == (["notes"], ["notes-2", "kitchen"])


async def test_a_race_for_one_name_makes_one_producer_and_loses_nothing(
    wall: Runtime, post: Post
) -> None:
    answers = await asyncio.gather(*(post("kitchen", str(number)) for number in range(50)))

    assert {answer.status for answer in answers} == {201}
    assert await rows() == [("kitchen", AUTO)]
    kept = {entry.event.data["value"] for entry in await wall.log.latest("kitchen", 100)}
    assert kept == set(range(50))


async def test_several_names_at_once_are_all_made(post: Post) -> None:
    answers = await asyncio.gather(*(post(f"room-{number}", "1") for number in range(20)))

    assert {answer.status for answer in answers} == {201}
    assert len(await rows()) == 20


@pytest.mark.parametrize(
    ("alias", "body", "status", "code", "said"),
    [
        ("küche", "1", 400, "bad-name", "legal: 1 to 64 of A-Z a-z 0-9 . _ -"),
        ("layout", "1", 400, "bad-name", "reserved name"),
        ("_control", "1", 400, "bad-name", "is no legal name"),
        ("Notes", "1", 400, "bad-name", "there is 'notes', whose name differs from it only in"),
        ("broken", "1", 503, "producer-misconfigured", "manage.py check"),
        ("kitchen", '{"a":', 400, "bad-json", "column 6"),
        ("kitchen", "{}", 422, "invalid-event", "the object is empty"),
    ],
)
async def test_what_is_refused_makes_nothing(
    post: Post, alias: str, body: str, status: int, code: str, said: str
) -> None:
    answer = await post(alias, body)

    assert (answer.status, answer.code) == (status, code)
    assert said in answer.body["detail"]
    assert await rows() == []


async def test_names_that_differ_in_case_alone_are_one_whichever_comes_first(post: Post) -> None:
    answers = await asyncio.gather(post("kitchen", "1"), post("Kitchen", "2"))

    assert sorted(answer.status for answer in answers) == [201, 400]
    assert len(await rows()) == 1


async def test_who_lacks_the_right_is_told_how_it_is_got(post: Post) -> None:
    answer = await post("kitchen", "1", by="old")

    assert (answer.status, answer.code) == (404, "unknown-producer")
    assert "manage.py ingest_token create <name> --new-names" in answer.body["detail"]
    assert await rows() == []


async def test_a_beginning_limits_new_names_and_old_ones(post: Post) -> None:
    await post("kitchen", "1")

    assert (await post("lab-1", "1", by="lab")).status == 201
    assert (await post("lab-1", "2", by="lab")).status == 201
    assert (await post("notes", "hello", by="lab")).status == 201
    for other in ("attic", "kitchen"):
        answer = await post(other, "1", by="lab")
        assert (answer.status, answer.code) == (403, "insufficient-scope")
        assert answer.body["legal"] == ["lab-*", "notes"]


async def test_a_full_wall_says_so_until_there_is_room(settings: Any, post: Post) -> None:
    settings.AUTO_PRODUCERS_MAX = 3
    answers = await asyncio.gather(*(post(f"room-{number}", "1") for number in range(5)))
    assert sorted(answer.status for answer in answers) == [201, 201, 201, 409, 409]

    answer = await post("another", "1")

    assert (answer.status, answer.code) == (409, "wall-full")
    assert "AUTO_PRODUCERS_MAX" in answer.body["detail"]
    assert len(await rows()) == 3
    await StoredProducer.objects.filter(alias="room-0").adelete()
    await current.current().new_names._follow()
    assert (await post("another", "1")).status == 201


async def test_none_are_made_where_there_may_be_none(settings: Any, post: Post) -> None:
    settings.AUTO_PRODUCERS_MAX = 0

    answer = await post("kitchen", "1")

    assert (answer.status, answer.code) == (404, "unknown-producer")
    assert "--new-names" not in answer.body["detail"]


async def test_many_new_names_are_held_back_and_known_ones_are_not(
    monkeypatch: pytest.MonkeyPatch, wall: Runtime, post: Post
) -> None:
    wall.new_names._bucket = Bucket(Rate(2, 60), lambda: 0.0)

    for number in range(2):
        assert (await post(f"room-{number}", "1")).status == 201
    answer = await post("room-2", "1")

    assert (answer.status, answer.code) == (429, "rate-limited")
    assert answer.headers["Retry-After"] == "31"
    assert (await post("room-1", "2")).status == 201
    assert len(await rows()) == 2


async def test_while_the_log_is_away_nothing_is_half_made(
    monkeypatch: pytest.MonkeyPatch, wall: Runtime, post: Post
) -> None:
    def away(*_: object) -> None:
        raise LogUnavailable("gone")

    monkeypatch.setattr(new_names, "add_on_first_use", away)
    answers = await asyncio.gather(*(post("kitchen", "1") for _ in range(3)))
    assert {(answer.status, answer.code) for answer in answers} == {(503, "log-unavailable")}
    monkeypatch.undo()

    assert (await post("kitchen", "1")).status == 201
