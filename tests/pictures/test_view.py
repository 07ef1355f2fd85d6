"""Pictures over HTTP: for ever the same, inert, and nothing but pictures."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import RequestFactory

from dashboard.views.pictures import picture
from dashboard.wall import current
from tests.support.pictures import decoded, encoded
from tests.support.wall import Wall

PRODUCERS = {"camera": {"BACKEND": "producers.detections.DetectionProducer"}}


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    """Return one server for all that only ask it."""
    wall = Wall(tmp_path_factory.mktemp("pictures") / "wall", {"PRODUCERS": PRODUCERS})
    wall.start()
    yield wall
    wall.stop()


def posted(wall: Wall, body: bytes) -> str:
    """Return the URL of a picture, once it is stored."""
    headers = {"Authorization": f"Bearer {wall.token}", "Content-Type": "image/jpeg"}
    status, _, answer = wall.request("POST", "/ingest/camera", body, headers)
    assert status == 201, answer
    return f"/pictures/camera/{json.loads(answer)['picture']}"


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")],
)
def test_a_picture_is_served_as_what_it_is_and_inert(
    wall: Wall, kind: str, media_type: str
) -> None:
    url = posted(wall, encoded(kind))

    status, headers, body = wall.request("GET", url)

    assert (status, decoded(body).format) == (200, kind)
    assert headers["content-type"] == media_type
    assert headers["content-length"] == str(len(body))
    assert headers["cache-control"] == "private, max-age=31536000, immutable"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["x-content-type-options"] == "nosniff"


def test_who_has_it_is_told_so(wall: Wall) -> None:
    url = posted(wall, encoded())
    etag = wall.request("GET", url)[1]["etag"]

    for offered in (etag, f'"other", W/{etag}', "*"):
        status, headers, body = wall.request("GET", url, headers={"If-None-Match": offered})
        assert (status, body, headers["etag"]) == (304, b"", etag)
        assert "immutable" in headers["cache-control"]
    assert wall.request("GET", url, headers={"If-None-Match": '"other"'})[0] == 200


def test_head_has_no_body_and_other_methods_are_refused(wall: Wall) -> None:
    url = posted(wall, encoded())

    head = wall.request("HEAD", url)
    post = wall.request("POST", url, b"")

    assert (head[0], head[2]) == (200, b"")
    assert int(head[1]["content-length"]) > 100
    assert (post[0], post[1]["allow"]) == (405, "GET, HEAD")


def test_pictures_outlive_a_restart(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(PRODUCERS=PRODUCERS)
    url = posted(wall, encoded())
    before = wall.request("GET", url)[2]

    wall.stop()
    wall.start()

    assert wall.request("GET", url)[2] == before


@pytest.mark.parametrize(
    "path",
    ["camera/" + "0" * 32 + ".jpg", "other/" + "0" * 32 + ".jpg", "camera/x", "camera/x.svg",
     "_control/" + "0" * 32 + ".jpg", "%2e%2e/" + "0" * 32 + ".jpg",
     "camera/" + "0" * 32 + ".jpg%0a"],
)  # fmt: skip
@pytest.mark.django_db(transaction=True)
async def test_what_is_no_stored_picture_is_not_found(path: str, settings: Any) -> None:
    settings.EVENT_LOG = {"BACKEND": "dashboard.log.memory.MemoryLog"}
    alias, _, id_ = path.replace("%2e", ".").replace("%0a", "\n").partition("/")

    async with current.running():
        response = await picture(RequestFactory().get("/"), alias=alias, picture_id=id_)

    assert response.status_code == 404
    assert json.loads(response.content)["type"].endswith(":unknown-picture")
    assert response.headers["Cache-Control"] == "no-store"


def test_no_path_leads_out_of_the_folder(wall: Wall) -> None:
    posted(wall, encoded())

    for path in ("../secret_key", "camera/../../secret_key", "camera/%2e%2e%2f%2e%2e%2fsecret_key"):
        status, _, body = wall.request("GET", f"/pictures/{path}")
        assert (status, len(body) > 50) == (404, True)
        assert (wall.directory / "secret_key").read_bytes() not in body


def test_a_picture_is_larger_than_other_bodies(wall: Wall) -> None:
    padded = encoded() + b"\0" * 2_000_000

    assert wall.request("GET", posted(wall, padded))[0] == 200
    status, _, answer = wall.request(
        "POST", "/ingest/camera", padded, {"Authorization": f"Bearer {wall.token}"}
    )
    assert (status, json.loads(answer)["type"]) == (413, "urn:eventwall:problem:too-large")


def test_pictures_go_with_what_retention_keeps(make_wall: Callable[..., Wall]) -> None:
    """The chore itself runs once a minute; here it is asked to."""
    wall = make_wall(PRODUCERS=PRODUCERS)
    url = posted(wall, encoded())
    wall.stop()
    script = (
        "import asyncio, os, time, pathlib\n"
        "from dashboard.wall import current, runtime\n"
        "async def run(age):\n"
        "    async with current.running() as wall:\n"
        "        for path in pathlib.Path(os.environ['EVENTWALL_DATA_DIR']).glob('pictures/*/*'):\n"
        "            os.utime(path, (time.time() - age,) * 2)\n"
        "        runtime._TRIM = 0\n"
        "        await wall._trim()\n"
        "asyncio.run(run({age}))\n"
    )

    wall.manage("shell", "-c", script.replace("{age}", "300"))
    kept = (wall.directory / url[1:]).exists()
    wall.manage("shell", "-c", script.replace("{age}", "3600"))

    assert kept
    assert not (wall.directory / url[1:]).exists()
