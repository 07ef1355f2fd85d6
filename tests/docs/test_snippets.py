"""The code in the documents is run: the very text, as its reader would."""

import ast
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.utils.module_loading import import_string
from playwright.sync_api import Browser, expect

from producers.detections.detect_format import FORMATS
from producers.registry import Registry
from tests.support.documents import DETECTIONS, FENCE, README, ROOT, block, blocks, cell, rows
from tests.support.pasted import for_here, named_in, run
from tests.support.wall import Wall

TREE = ("manage.py", "producers", "dashboard", "site_config", "templates")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the project, in which walls of this test are started."""
    copy = tmp_path / "project"
    copy.mkdir()
    for name in TREE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    monkeypatch.setattr("tests.support.wall.ROOT", copy)
    return copy


def paste_producer(project: Path, *, template: bool = False) -> None:
    """Do with the copy what the README tells its reader to do."""
    source = block(README, "python", "class DiceProducer")
    row = block(README, "python", '"producers.dice.DiceProducer"')
    if template:
        html = block(README, "html", "entry.event.data.value")
        (project / named_in(html)).parent.mkdir(parents=True, exist_ok=True)
        (project / named_in(html)).write_text(html)
        (line,) = re.findall(r"`(template_name = [^`]+)`", README.read_text())
        source = source.replace('widget = "number"', line)
        assert line in source
    (project / named_in(source)).write_text(source)
    settings = project / "site_config" / "settings.py"
    before = settings.read_text()
    settings.write_text(before.replace("PRODUCERS = {\n", "PRODUCERS = {\n" + row, 1))
    assert settings.read_text() != before


def test_readme_producer_fits_its_promise() -> None:
    source = block(README, "python", "class DiceProducer")
    row = block(README, "python", '"producers.dice.DiceProducer"')

    assert len(source.splitlines()) <= 15
    assert len(row.splitlines()) == 4


def test_readme_producer_ticks_on_the_stream(project: Path, make_wall: Callable[..., Wall]) -> None:
    paste_producer(project)

    checked = make_wall()
    with checked.events("/stream/?tiles=dice") as stream:
        frames = stream.until(4, "dice")[1:]  # the first may be from before the first throw
    with checked.events("/events/?producer=dice&since=all") as events:
        thrown = [json.loads(event.data)["data"]["value"] for event in events.until(2, "dice")]

    assert "no issues" in checked.manage("check")
    assert all('class="value"' in frame.data for frame in frames)
    assert set(thrown) <= set(range(1, 7))


@pytest.mark.browser
@pytest.mark.parametrize("template", [False, True], ids=["number", "template"])
def test_readme_producer_ticks_on_the_page(
    project: Path, make_wall: Callable[..., Wall], browser: Browser, template: bool
) -> None:
    paste_producer(project, template=template)
    wall = make_wall()
    page = browser.new_page()

    page.goto(wall.url)
    tile = page.locator("#tile-dice")
    expect(tile.locator(".value")).to_have_text(re.compile(r"[1-6]"))
    changed = tile.locator("footer time").get_attribute("datetime")

    assert changed is not None
    expect(tile.locator("footer time")).not_to_have_attribute("datetime", changed, timeout=10_000)
    assert ("of 6" in tile.inner_text()) == template
    page.close()


@pytest.fixture(scope="module")
def wall(shared_wall: Wall) -> Wall:
    """Return one server for all tests of this file that do not ask for their own."""
    return shared_wall


def test_readme_curls_are_taken(wall: Wall) -> None:
    done = run(block(README, "bash", "/ingest/readings"), wall)

    assert done.returncode == 0, done
    assert done.stdout.count('"ids"') == done.stdout.count("\n") >= 2, done
    assert b"door open" in wall.request("GET", "/")[2]


@pytest.mark.parametrize("document", [README, DETECTIONS], ids=lambda path: path.name)
def test_curls_of_detections_are_taken(document: Path, make_wall: Callable[..., Wall]) -> None:
    row = block(document, "python", '"producers.detections.DetectionProducer"')
    wall = make_wall(PRODUCERS=ast.literal_eval("{" + row + "}"))
    script = next(script for script in blocks(document, "bash") if "/ingest/camera" in script)

    answer = run(script, wall)

    assert json.loads(answer.stdout)["format"] == "ultralytics", answer
    assert b"person" in wall.request("GET", "/")[2]


def test_curls_of_pictures_are_taken(share_wall: Callable[..., Wall]) -> None:
    document = ROOT / "docs" / "detections.md"
    row = block(document, "python", '"producers.detections.DetectionProducer"')
    wall = share_wall(PRODUCERS=ast.literal_eval("{" + row + "}"))
    scripts = [script for script in blocks(document, "bash") if "@docs/" in script]

    answers = [json.loads(run(script, wall).stdout) for script in scripts]

    url = f"/pictures/camera/{answers[0]['picture']}"
    assert [answer["format"] for answer in answers] == ["ultralytics", "eventwall"]
    assert answers[0]["picture"] == answers[1]["picture"]
    assert wall.request("GET", url)[1]["content-type"] == "image/png"
    assert url.encode() in wall.request("GET", "/")[2]


DRAWN = {
    "eventwall": ["10.00 20.00 25.00 60.00"],
    "azure-vision": ["20.24 8.85 34.90 25.62"],
    "azure-vision-3": ["12.50 14.33 86.00 46.67"],
    "custom-vision": ["95.55 0.00 4.12 15.69"],
    "ultralytics": ["52.29 8.70 2.97 14.41"],
    "coco": ["40.34 8.60 54.42 50.79"],
    "coco-ssd": ["10.00 10.00 25.00 50.00"],
    "frigate": ["33.75 51.67 8.75 37.29"],
    "roboflow": ["5.27 0.51 7.96 13.57"],
    "rekognition": ["7.92 40.37 19.90 31.30"],
    "google-vision": ["320,780 440,780 440,970 320,970"],
    "huggingface": ["6.25 15.00 25.00 10.00"],
    "gemini": ["20.00 10.00 20.00 20.00"],
    "mediapipe": ["10.00 20.00 40.00 40.00"],
    "label-studio": ["10.00 20.00 30.00 40.00"],
    "labelme": ["10.00 20.00 40.00 40.00"],
    "cvat": ["10.00 20.00 40.00 40.00"],
    "doods": ["20.00 1.00 30.00 97.00"],
    "yolo-txt": ["35.17 39.10 25.56 59.55", "54.00 62.76 19.41 21.06"],
    "corners": ["10.00 20.00 20.00 50.00"],
    "parallel-lists": ["10.00 10.00 25.00 50.00"],
}
"""By the format: what its curl draws, as left, top, width and height in percent of the picture, or
as corners in thousandths."""

SHAPE = re.compile(
    r'<rect x="(.+?)%" y="(.+?)%" width="(.+?)%" height="(.+?)%"|<polygon points="(.+?)"'
)


def test_the_curl_of_each_format_is_short_and_draws_the_right_boxes(
    share_wall: Callable[..., Wall],
) -> None:
    wall = share_wall(PRODUCERS={"camera": {"BACKEND": "producers.detections.DetectionProducer"}})
    _, *parts = re.split(r"^### `([\w-]+)`$", DETECTIONS.read_text(), flags=re.MULTILINE)
    told = dict(zip(parts[::2], parts[1::2], strict=True))
    scripts = {name: FENCE.findall(text)[0][1] for name, text in told.items()}

    for name, script in scripts.items():
        answer = run(script, wall)
        assert json.loads(answer.stdout)["format"] == name, answer
        assert len(script.splitlines()) <= 3
        page = wall.request("GET", "/")[2].decode()
        drawn = [" ".join(filter(None, sides)) for sides in SHAPE.findall(page)]
        assert drawn == DRAWN[name], name
    table = [cell(row) for row in rows("docs/detections.md", "Where a box is")]
    assert list(scripts) == list(DRAWN) == table == [known.name for known in FORMATS]


def test_the_detector_of_the_camera_page_can_be_named_and_finds_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = ROOT / "docs" / "camera.md"
    (tmp_path / "door.py").write_text(block(document, "python", "def detect"))
    monkeypatch.syspath_prepend(str(tmp_path))
    row = block(document, "python", '"detector_options"')
    camera = Registry.build(ast.literal_eval("{" + row + "}"))["entrance"]
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[:120, 160:] = camera.options.detector_options["level"]

    detect = import_string(camera.options.detector)
    (seen,) = detect(picture, **camera.options.detector_options)

    assert camera.check() == []
    assert camera.event(seen).data["detections"] == [
        {"label": "light", "score": 1.0, "box": {"x": 0.5, "y": 0.0, "w": 0.5, "h": 0.5}}
    ]


def test_examples_and_send_lines_of_detections_are_taken(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(PRODUCERS={"camera": {"BACKEND": "producers.detections.DetectionProducer"}})
    example, send = (
        block(DETECTIONS, "bash", "--recorded"),
        block(DETECTIONS, "bash", "send camera"),
    )

    posted, sent = run(example, wall, EVENTWALL_URL=wall.url), run(send, wall)

    assert (posted.returncode, sent.returncode) == (0, 0), (posted, sent)
    with wall.events("/events/?producer=camera&since=all") as stream:
        told = [json.loads(event.data)["data"] for event in stream.until(3, "camera")]
    assert [data["format"] for data in told] == ["ultralytics", "azure-vision", "ultralytics"]
    assert told[0]["detections"] == told[2]["detections"]
    assert len(sent.stdout.splitlines()) == 2


def test_readme_send_lines_are_taken(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall()
    script = block(README, "bash", "manage.py send")

    done = run(script, wall)

    assert done.returncode == 0, done
    assert len(done.stdout.splitlines()) == len(script.splitlines()) >= 2
    with wall.events("/events/?since=all") as stream:
        assert len(stream.until(2, "notes") + stream.until(1, "readings")) == 3


def test_readme_curl_reads_events(wall: Wall) -> None:
    wall.post("notes", {"text": "to be read"})
    script = block(README, "bash", "curl -N")
    assert len(script.splitlines()) == 1
    # The stream is endless, so curl is ended; what it printed until then counts.
    endless = f"timeout 3 {for_here(script.strip(), wall)} || test $? = 124"

    done = run(endless, wall)

    assert done.returncode == 0, done
    assert "to be read" in done.stdout
    assert "event: notes\n" in done.stdout


def test_readme_first_screen_is_a_sentence_a_picture_and_three_commands() -> None:
    title, sentence, picture, commands = README.read_text().split("\n\n")[:4]

    assert title == "# Eventwall"
    assert len(re.findall(r"[.!?](?:\s|$)", sentence)) == 1
    assert re.fullmatch(r"!\[[^\]]+\]\(docs/demo-dark\.png\)", picture)
    assert re.findall(r"^make \w+", commands, re.MULTILINE) == [
        "make run",
        "make demo",
        "make test",
    ]


def test_make_wall_here_runs_the_copy(project: Path, make_wall: Callable[..., Wall]) -> None:
    heartbeat = project / "templates" / "dashboard" / "heartbeat.html"
    heartbeat.write_text("<p>of the copy</p>")

    wall = make_wall()

    with wall.events("/stream/") as stream:
        assert stream.until(1, "hb")[0].data == "<p>of the copy</p>"
