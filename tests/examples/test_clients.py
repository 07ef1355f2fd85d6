"""The small clients in examples/ are run against a real wall; none is left out."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.documents import ROOT
from tests.support.pasted import run
from tests.support.wall import Wall

EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def wall(shared_wall: Wall) -> Wall:
    """Return one server for all tests of this file that do not ask for their own."""
    return shared_wall


def test_example_post_sh_posts_one_of_each_kind(wall: Wall) -> None:
    done = run("bash examples/post.sh", wall, EVENTWALL_URL=wall.url)

    assert done.returncode == 0, done
    assert done.stdout.count('"ids"') == (EXAMPLES / "post.sh").read_text().count("\npost ")
    assert "problem" not in done.stdout


def test_example_send_reading_stores_a_reading_once(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall()
    done = run(".venv/bin/python examples/send_reading.py 21.4 °C", wall, EVENTWALL_URL=wall.url)

    assert done.returncode == 0, done
    with wall.events("/events/?producer=readings&since=all") as stream:
        (event,) = stream.until(1, "readings")
    assert json.loads(event.data)["data"] == {"value": 21.4, "unit": "°C"}
    assert event.last_event_id in done.stdout


def test_example_send_reading_says_why_it_was_refused(wall: Wall) -> None:
    done = run(".venv/bin/python examples/send_reading.py hot", wall, EVENTWALL_URL=wall.url)

    assert done.returncode == 1
    assert "no number" in done.stderr
    assert "Traceback" not in done.stderr


def test_example_follow_goes_on_after_a_restart(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall()
    wall.post("notes", {"text": "before"})
    following = subprocess.Popen(
        [sys.executable, "-u", "examples/follow.py", "notes"],
        env=wall.environment | {"EVENTWALL_URL": wall.url, "EVENTWALL_SINCE": "all"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert following.stdout is not None
    try:
        first = following.stdout.readline()
        wall.stop()
        wall.start()
        wall.post("notes", {"text": "after"})
        second = following.stdout.readline()
    finally:
        following.terminate()
        following.wait()
        following.stdout.close()

    assert "before" in first
    assert "after" in second


def test_every_example_is_tried_here() -> None:
    here = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))

    assert [path.name for path in EXAMPLES.iterdir() if path.is_file()] != []
    assert [p.name for p in EXAMPLES.iterdir() if p.is_file() and p.name not in here] == []
