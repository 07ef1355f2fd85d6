"""The documents say what is so: their code is run, their tables are compared with the code."""

import ast
import json
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import annotated_types
import numpy as np
import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string
from playwright.sync_api import Browser, expect
from pydantic.fields import FieldInfo

from dashboard.conf import Conf
from dashboard.live.response import HEADERS
from dashboard.log.database import DatabaseLogOptions
from dashboard.log.memory import MemoryLogOptions
from dashboard.problems import PROBLEMS
from dashboard.widgets.registry import WIDGETS
from producers.base import Producer
from producers.camera import CameraProducer
from producers.clock import ClockProducer
from producers.detections import DetectionProducer
from producers.detections.sniff import FORMATS
from producers.notes import NotesProducer
from producers.readings import ReadingsProducer
from producers.registry import Registry
from producers.rows import legal_options
from producers.state import Status
from producers.system import SystemProducer
from site_config.env import BASE_DIR, Env
from tests.support.wall import Wall

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DETECTIONS = ROOT / "docs" / "detections.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
EXAMPLES = ROOT / "examples"
TREE = ("manage.py", "producers", "dashboard", "site_config", "templates")

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"^\| *`([^`]+)` *\|", re.MULTILINE)

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def blocks(document: Path, language: str) -> list[str]:
    """Return the fenced blocks of `language`."""
    return [text for name, text in _FENCE.findall(document.read_text()) if name == language]


def block(document: Path, language: str, holding: str) -> str:
    """Return the one block of `language` that holds `holding`."""
    (found,) = [text for text in blocks(document, language) if holding in text]
    return found


def section(document: str, heading: str) -> str:
    """Return what stands under a heading, up to the next heading of any level."""
    text = _FENCE.sub("", (ROOT / document).read_text())
    parts = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert heading in found, f"{document} has no heading {heading!r}; it has {list(found)}"
    return found[heading]


def rows(document: str, heading: str) -> list[str]:
    """Return the rows of the tables under a heading whose first cell is code."""
    return [line for line in section(document, heading).splitlines() if _CELL.match(line)]


# README: the very text is run


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


def named_in(text: str) -> str:
    """Return the path that the first line of a block names."""
    found = re.match(r"(?:\{# |# )(\S+)", text)
    assert found is not None, f"this block does not say which file it is: {text[:80]!r}"
    return found[1]


def run(script: str, wall: Wall, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a bash block as its reader would, against the wall of this test."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", for_here(script, wall)],
        env=wall.environment | {"EVENTWALL_TOKEN": wall.token} | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def for_here(script: str, wall: Wall) -> str:
    there = {"http://127.0.0.1:8000": wall.url, ".venv/bin/python": sys.executable}
    for theirs, ours in there.items():
        script = script.replace(theirs, ours)
    return script


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


def test_curls_of_pictures_are_taken(make_wall: Callable[..., Wall]) -> None:
    document = ROOT / "docs" / "detections.md"
    row = block(document, "python", '"producers.detections.DetectionProducer"')
    wall = make_wall(PRODUCERS=ast.literal_eval("{" + row + "}"))
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
    "custom-vision": ["95.55 0.00 4.12 15.69"],
    "ultralytics": ["52.29 8.70 2.97 14.41"],
    "coco": ["40.34 8.60 54.42 50.79"],
    "frigate": ["33.75 51.67 8.75 37.29"],
    "roboflow": ["5.27 0.51 7.96 13.57"],
    "rekognition": ["7.92 40.37 19.90 31.30"],
    "yolo-txt": ["35.17 39.10 25.56 59.55", "54.00 62.76 19.41 21.06"],
}
"""By the format: what its curl draws, as left, top, width and height in percent of the picture."""


def test_the_curl_of_each_format_is_short_and_draws_the_right_boxes(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall(PRODUCERS={"camera": {"BACKEND": "producers.detections.DetectionProducer"}})
    _, *parts = re.split(r"^### `([\w-]+)`$", DETECTIONS.read_text(), flags=re.MULTILINE)
    told = dict(zip(parts[::2], parts[1::2], strict=True))
    scripts = {name: _FENCE.findall(text)[0][1] for name, text in told.items()}

    for name, script in scripts.items():
        answer = run(script, wall)
        assert json.loads(answer.stdout)["format"] == name, answer
        assert len(script.splitlines()) <= 3
        page = wall.request("GET", "/")[2].decode()
        drawn = re.findall(r'<rect x="(.+?)%" y="(.+?)%" width="(.+?)%" height="(.+?)%"', page)
        assert [" ".join(sides) for sides in drawn] == DRAWN[name], name
    table = [_cell(row) for row in rows("docs/detections.md", "Where a box is")]
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


def test_readme_send_lines_are_taken(wall: Wall) -> None:
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


# Examples


def test_example_post_sh_posts_one_of_each_kind(wall: Wall) -> None:
    done = run("bash examples/post.sh", wall, EVENTWALL_URL=wall.url)

    assert done.returncode == 0, done
    assert done.stdout.count('"ids"') == (EXAMPLES / "post.sh").read_text().count("\npost ")
    assert "problem" not in done.stdout


def test_example_send_reading_stores_a_reading_once(wall: Wall) -> None:
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


def test_example_follow_goes_on_after_a_restart(wall: Wall) -> None:
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
    tests = [Path(__file__), *(ROOT / "tests" / "examples").glob("test_*.py")]
    here = "".join(path.read_text() for path in tests)

    assert [path.name for path in EXAMPLES.iterdir() if path.is_file()] != []
    assert [p.name for p in EXAMPLES.iterdir() if p.is_file() and p.name not in here] == []


# docs/settings.md


def setting_rows(fields: Mapping[str, FieldInfo], prefix: str = "") -> list[str]:
    """Return the rows that a table of these fields has."""
    return [
        f"| `{(prefix + name).upper() if prefix else name}` | {default_of(field)} "
        f"| {legal_of(field)} | {field.description} |"
        for name, field in fields.items()
    ]


COMPUTED = {
    Env.model_fields["time_zone"].default_factory: "this machine's",
    ClockProducer.Options.model_fields["timezone"].default_factory: "`TIME_ZONE`",
    Conf.model_fields["ACCESS"].default_factory: '`"public"` with DEBUG, else `"login"`',
}


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default_factory in COMPUTED:
        return COMPUTED[field.default_factory]
    default: Any = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, Path):
        default = str(default.relative_to(BASE_DIR))
    told = json.dumps(default) if isinstance(default, str | dict | list) else repr(default)
    return f"`{told}`"


def legal_of(field: FieldInfo) -> str:
    told = []
    for limit in field.metadata:
        match limit:
            case annotated_types.Gt(gt=bound):
                told.append(f"> {number(bound)}")
            case annotated_types.Ge(ge=bound):
                told.append(f"≥ {number(bound)}")
            case annotated_types.Le(le=bound):
                told.append(f"≤ {number(bound)}")
            case annotated_types.MinLen(min_length=bound):
                told.append(f"≥ {bound} characters")
            case annotated_types.MaxLen(max_length=bound):
                told.append(f"≤ {bound} characters")
    return ", ".join(told)


def number(bound: Any) -> str:
    return str(int(bound)) if float(bound).is_integer() else str(bound)


SETTINGS_TABLES: dict[str, list[str]] = {
    "Environment": setting_rows(Env.model_fields, prefix="eventwall_"),
    "Dashboard settings": setting_rows(Conf.model_fields),
    "Options of DatabaseLog": setting_rows(DatabaseLogOptions.model_fields),
    "Options of MemoryLog": setting_rows(MemoryLogOptions.model_fields),
    **{
        f"Options of {producer.__name__}": setting_rows(legal_options(producer))
        for producer in (
            ClockProducer,
            SystemProducer,
            ReadingsProducer,
            NotesProducer,
            DetectionProducer,
            CameraProducer,
        )
    },
    **{
        f"Options of widget {name}": setting_rows(widget.Options.model_fields)
        for name, widget in WIDGETS.items()
    },
}


@pytest.mark.parametrize("heading", SETTINGS_TABLES)
def test_settings_are_documented_as_they_are(heading: str) -> None:
    assert rows("docs/settings.md", heading) == SETTINGS_TABLES[heading]


def subclasses_of(cls: type[Producer]) -> Iterator[type[Producer]]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from subclasses_of(subclass)


def test_every_built_in_producer_is_documented() -> None:
    documented = (ROOT / "docs" / "producers.md").read_text()
    backends = {
        # A package of several files lends its producer a shorter path.
        f"{cls.__module__.removesuffix('.producer')}.{cls.__qualname__}"
        for cls in subclasses_of(Producer)
        if cls.__module__.startswith("producers.")
    }

    assert {name for name in backends if name not in documented} == set()
    assert {f"Options of {name.rpartition('.')[2]}" for name in backends} <= set(SETTINGS_TABLES)


# The other tables


def test_problems_are_documented_as_they_are() -> None:
    told = [f"| `{code}` | {row.status.value} | {row.title} |" for code, row in PROBLEMS.items()]
    documented = rows("docs/ingest.md", "Problems")

    assert [" |".join(row.split(" |")[:3]) + " |" for row in documented] == told


def test_states_are_documented() -> None:
    documented = [_cell(row) for row in rows("docs/producers.md", "States")]

    assert documented == list(get_args(Status))


def test_stream_headers_are_documented() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()

    for name, value in HEADERS.items():
        assert f"`{name}: {value}`" in text


def sources() -> Iterator[Path]:
    for package in ("producers", "dashboard", "site_config"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.read_text().strip():  # an empty __init__.py has no job
                yield path.relative_to(ROOT)


def test_architecture_names_every_file_once() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = [cell for cell in _CELL.findall(text) if cell.endswith(".py")]
    there = [path.as_posix() for path in sources()]

    assert sorted(set(there) - set(named)) == [], "add these to a room of docs/architecture.md"
    assert sorted(set(named) - set(there)) == [], "these are gone; remove them from the document"
    assert [name for name in there if named.count(name) != 1] == []


FAULTS = [
    *("K1", "K6", "K7", "C8", "C9", "C10", "R2", "D1", "D5"),
    *("P1", "P2", "P6", "S1", "S6", "W1", "W2", "W6", "W8", "W9", "W10"),
    *("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I12", "I13", "I16", "I17"),
    *(f"A{number}" for number in range(1, 16)),
]


def test_faults_name_tests_that_exist() -> None:
    text = (ROOT / "docs" / "faults.md").read_text()
    references = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    table = rows("docs/faults.md", "The faults")

    assert [_cell(row) for row in table] == FAULTS
    assert [row for row in table if "::test_" not in row] == []
    assert [f"{file}::{name}" for file, name in references if name not in functions_of(file)] == []


def functions_of(file: str) -> set[str]:
    path = ROOT / file
    if not path.exists():
        return set()
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _cell(row: str) -> str:
    found = _CELL.match(row)
    assert found is not None
    return found[1]


# All documents


@every_document
def test_links_lead_somewhere(document: Path) -> None:
    text = _FENCE.sub("", document.read_text())
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (document.parent / path) if path else document
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            broken.append(target)

    assert broken == []


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_document
def test_commands_exist_and_take_their_options(document: Path) -> None:
    for script in [*blocks(document, "bash"), *blocks(document, "ini")]:
        for name, rest in re.findall(r"manage\.py (\w+)([^\n]*)", script):
            app = get_commands().get(name)
            assert app is not None, f"{document.name}: there is no command {name!r}"
            known = help_of(load_command_class(app, name), name)
            for option in re.findall(r"(?<=\s)--[\w-]+", rest):
                assert option in known, f"{document.name}: {name} has no {option}"


def help_of(command: BaseCommand, name: str) -> str:
    """Return the help of a command, and of its actions if it has some."""
    parser = command.create_parser("manage.py", name)
    nested = [action.choices for action in parser._actions if isinstance(action.choices, dict)]
    return parser.format_help() + "".join(
        inner.format_help() for choices in nested for inner in choices.values()
    )


@every_document
def test_makefile_targets_exist(document: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    text = document.read_text()
    used = re.findall(r"^make ([a-z-]+)", "\n".join(blocks(document, "bash")), re.MULTILINE)
    used += re.findall(r"`make ([a-z-]+)`", text)

    assert [target for target in used if target not in targets] == []


@every_document
def test_files_named_in_words_exist(document: Path) -> None:
    """A path in backquotes is one of ours, or one that the reader is told to make."""
    made = {"producers/dice.py", "templates/producers/dice.html", "producers/door.py"}
    text = _FENCE.sub("", document.read_text())
    named = re.findall(
        r"`((?:producers|dashboard|site_config|templates|tests|docs|examples|benchmarks)"
        r"/[\w./-]+\.(?:py|html|md|css|sh|png))`",
        text,
    )

    assert [path for path in named if not (ROOT / path).exists() and path not in made] == []


@every_document
def test_nothing_in_it_is_of_this_machine_or_unfinished(document: Path) -> None:
    text = document.read_text()

    # Split, so that this file does not find itself when it is searched for the same.
    machine = re.findall(r"(?:/ro" r"ot/|/ho" r"me/|/t" r"mp/|/Us" r"ers/|index" r"-url)", text)
    unfinished = re.findall(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|T" r"BD|coming" r" soon)\b", text)

    assert machine + unfinished == []


@every_document
def test_python_in_it_can_be_read(document: Path) -> None:
    for source in blocks(document, "python"):
        # A row of a dict begins with spaces; anything else may yield or await.
        row = "{\n" + source + "}"
        body = "async def read():\n" + textwrap.indent(source, "    ")
        compile(row if source.startswith(" ") else body, document.name, "exec")


@every_document
def test_json_in_it_can_be_read(document: Path) -> None:
    for source in blocks(document, "json"):
        json.loads(source)


def test_make_wall_here_runs_the_copy(project: Path, make_wall: Callable[..., Wall]) -> None:
    (project / "templates" / "heartbeat.html").write_text("<p>of the copy</p>")

    wall = make_wall()

    with wall.events("/stream/") as stream:
        assert stream.until(1, "hb")[0].data == "<p>of the copy</p>"
