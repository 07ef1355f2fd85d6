"""The examples that post what a detector sees: run as a reader would, against a real wall.

They are post_ultralytics.py, post_azure_vision.py and post_custom_vision.py.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.support.wall import ROOT, Wall

EXAMPLES = ROOT / "examples"
PHOTO = EXAMPLES / "recorded" / "astronaut.jpg"
SIDE = 512
"""Pixels of the photo, both ways."""

Place = tuple[float, float, float, float]

SEEN: dict[str, dict[str, Place]] = {
    "ultralytics": {
        "person": (18.41, 15.62, 349.42, 495.58),
        "airplane": (353.94, 0.3, 119.18, 291.45),
    },
    "azure_vision": {
        "person": (18, 15, 350, 496),
        "helmet": (277, 343, 234, 168),
        "toy": (353, 0, 120, 292),
    },
    "custom_vision": {
        "face": (177, 66, 95, 95),
        "mission patch": (133, 348, 74, 75),
        "helmet": (277, 343, 234, 168),
    },
}
"""What is on the photo, in pixels: left, top, width, height."""


@pytest.fixture(scope="module")
def camera(share_wall: Callable[..., Wall]) -> Wall:
    return share_wall(PRODUCERS={"camera": {"BACKEND": "producers.detections.DetectionProducer"}})


@pytest.fixture
def vendor() -> Iterator[ThreadingHTTPServer]:
    """Return a server that answers what `answer` holds, and keeps what it was sent in `asked`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    server.asked = []  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Vendor(BaseHTTPRequestHandler):
    """Takes pictures as a vendor's service does."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        answer = self.server.answer  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def run(
    name: str, wall: Wall, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run an example as its reader would."""
    told = {"EVENTWALL_URL": wall.url, "EVENTWALL_TOKEN": wall.token}
    return subprocess.run(
        [sys.executable, str(EXAMPLES / f"post_{name}.py"), *arguments],
        env=os.environ | told | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def stored(wall: Wall, answer: str) -> dict[str, Any]:
    """Return the data of the event that the wall's answer to a POST names."""
    (entry_id,) = json.loads(answer)["ids"]
    with wall.events("/events/?producer=camera&since=all") as stream:
        while not (found := [m for m in stream.messages if m.last_event_id == entry_id]):
            assert stream.read()
    data: dict[str, Any] = json.loads(found[0].data)["data"]
    return data


def boxes(data: dict[str, Any]) -> dict[str, Place]:
    """Return where each thing is, in pixels of the photo."""
    return {
        seen["label"]: tuple(seen["box"][side] * SIDE for side in ("x", "y", "w", "h"))
        for seen in data["detections"]
    }


def assert_photo_is_kept(wall: Wall, data: dict[str, Any]) -> None:
    status, headers, _ = wall.request("GET", f"/pictures/camera/{data['picture']}")
    assert (status, headers["content-type"]) == (200, "image/jpeg")
    assert data["size"] == {"width": SIDE, "height": SIDE}


@pytest.mark.parametrize("arguments", [[], ["--recorded"]])
@pytest.mark.parametrize("name", SEEN)
def test_a_recorded_result_is_posted_with_its_picture(
    name: str, arguments: list[str], camera: Wall
) -> None:
    done = run(name, camera, *arguments)

    assert done.returncode == 0, done
    assert json.loads(done.stdout)["format"] == name.replace("_", "-")
    data = stored(camera, done.stdout)
    found = boxes(data)
    assert found.keys() == SEEN[name].keys()
    for label, place in SEEN[name].items():
        assert found[label] == pytest.approx(place, abs=0.6), label
    assert_photo_is_kept(camera, data)


@pytest.mark.parametrize(
    ("name", "path", "header", "variables"),
    [
        (
            "azure_vision",
            "/computervision/imageanalysis:analyze?api-version=2023-10-01&features=objects,people",
            "Ocp-Apim-Subscription-Key",
            ("AZURE_VISION_ENDPOINT", "AZURE_VISION_KEY"),
        ),
        ("custom_vision", "/", "Prediction-Key", ("CUSTOM_VISION_URL", "CUSTOM_VISION_KEY")),
    ],
)
def test_a_picture_of_ones_own_is_shown_to_the_service(
    name: str,
    path: str,
    header: str,
    variables: tuple[str, str],
    camera: Wall,
    vendor: ThreadingHTTPServer,
) -> None:
    vendor.answer = (EXAMPLES / "recorded" / f"{name}.json").read_bytes()  # type: ignore[attr-defined]
    own = {variables[0]: f"http://127.0.0.1:{vendor.server_port}/", variables[1]: "secret"}

    done = run(name, camera, str(PHOTO), **own)

    assert done.returncode == 0, done
    ((asked, headers, body),) = vendor.asked  # type: ignore[attr-defined]
    assert asked == path
    assert {name.lower(): value for name, value in headers.items()}[header.lower()] == "secret"
    assert headers["Content-Type"] == "application/octet-stream"
    assert body == PHOTO.read_bytes()
    assert boxes(stored(camera, done.stdout)).keys() == SEEN[name].keys()


def test_a_picture_of_ones_own_is_shown_to_ultralytics(camera: Wall, tmp_path: Path) -> None:
    recorded = json.loads((EXAMPLES / "recorded" / "ultralytics.json").read_text())
    (tmp_path / "ultralytics.py").write_text(
        "class YOLO:\n"
        "    def __init__(self, model): pass\n"
        "    def __call__(self, picture):\n"
        f"        assert str(picture) == {str(PHOTO)!r}\n"
        "        return [self]\n"
        "    def summary(self):\n"
        f"        return {recorded!r}\n"
    )

    done = run("ultralytics", camera, str(PHOTO), PYTHONPATH=str(tmp_path))

    assert done.returncode == 0, done
    assert boxes(stored(camera, done.stdout)).keys() == SEEN["ultralytics"].keys()


@pytest.mark.parametrize("name", SEEN)
def test_a_refusal_says_why(name: str, camera: Wall) -> None:
    done = run(name, camera, EVENTWALL_TOKEN="ew_wrong")

    assert done.returncode == 1
    assert "token" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", SEEN)
def test_an_example_is_short(name: str) -> None:
    assert len((EXAMPLES / f"post_{name}.py").read_text().splitlines()) <= 40
