"""A tile's inside, as the page and the stream show it."""

import logging
from asyncio import CancelledError
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from dashboard.log.base import Entry
from dashboard.tiles import render
from dashboard.tiles.config import Tile
from dashboard.tiles.render import Viewer, draw_face, under_heading
from dashboard.tiles.site import make_site
from dashboard.widgets.base import Widget
from producers.base import Producer
from producers.state import ProducerState
from tests.support.drawn import NOW, Page, entries, inside, sight

VIEWER = Viewer("http://wall.example:8000", "evw_token")

Draw = Callable[..., Page]


class Doors(Producer):
    """Pushed; drawn by a template of its own."""

    template_name = "doors.html"


class Falling(Widget):
    template_name = "dashboard/widgets/feed.html"
    error: BaseException = RuntimeError("no <b>camera</b>\nhere")

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        raise self.error


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    settings.PRODUCERS = {
        "clock": {"BACKEND": "producers.clock.ClockProducer"},
        "readings": {"BACKEND": "producers.readings.ReadingsProducer"},
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
        "doors": {"BACKEND": f"{__name__}.Doors"},
        "camera": {"BACKEND": "no.such.Camera"},
    }
    settings.DASHBOARDS = {}


@pytest.fixture
def drawn() -> Draw:
    """Return a function that draws a tile by its id, at NOW, and reads the HTML."""

    def drawn(
        tile: str | Tile, shown: Sequence[Entry] = (), viewer: Viewer = VIEWER, **given: Any
    ) -> Page:
        tile = make_site().tiles[tile] if isinstance(tile, str) else tile
        return Page(inside(sight(tile, shown, **given), viewer))

    return drawn


def state(status: Any, error: str | None = None, **more: Any) -> ProducerState:
    return ProducerState("readings", status, NOW - timedelta(minutes=3), error, **more)


def test_a_tile_has_a_heading_that_leads_to_its_producer(drawn: Draw) -> None:
    page = drawn("readings", entries([{"value": 21.4, "unit": "°C"}]))

    assert page.misnested == []
    assert page.open == []
    assert page.all("h2")[0]["id"] == "title-readings"
    assert page.all("a")[0]["href"] == "/producers/readings/"
    assert "readings" in page.text
    assert "21.4 °C" in page.text


def test_a_tile_says_when_it_last_changed(drawn: Draw) -> None:
    page = drawn("readings", entries([{"value": 1}]))
    later = drawn("readings", entries([{"value": 1}]), now=NOW + timedelta(days=1))

    assert "changed 14:03:07" in page.text
    assert {"datetime": "2026-11-22T14:03:07+00:00"} in page.all("time")
    assert "changed 2026-11-22 14:03:07" in later.text


def test_only_a_fresh_entry_lights_the_tile_up(drawn: Draw) -> None:
    shown = entries([{"value": 1}])

    assert drawn("readings", shown).with_class("fresh")
    assert not drawn("readings", shown, now=NOW + timedelta(seconds=5)).with_class("fresh")


def test_number_says_its_change_in_sign_and_shape(drawn: Draw) -> None:
    page = drawn("readings", entries([{"value": 20.4}, {"value": 21.4}]))

    assert "+1.0" in page.text
    assert page.with_class("change")[0]["class"] == "change up"
    assert "since the value before" in page.text
    assert page.all("polyline")[0]["points"] == "0,120 240,0"


def test_several_measures_have_a_row_each(drawn: Draw) -> None:
    data = {"cpu": {"value": 12.5, "unit": "%"}, "load": 0.42}
    page = drawn("readings", entries([data]))

    assert len(page.all("li")) == 2
    assert "cpu12.5 %" in page.text
    assert page.all("rect")[-1]["width"] == "12.5"


def test_feed_says_time_level_and_text(drawn: Draw) -> None:
    page = drawn("notes", entries([{"text": "door open", "level": "warn"}], subject="north"))

    assert page.all("li")[0]["class"] == "warn"
    assert "14:03:07warnnorth door open" in page.text


def limited(widget: str, **options: Any) -> Tile:
    row = {"producer": "readings", "widget": widget, "options": options}
    with override_settings(DASHBOARDS={"main": {"tiles": [row]}}):
        return make_site().tiles["readings"]


def test_a_limit_that_is_crossed_has_an_edge_and_words(drawn: Draw) -> None:
    tile = limited("number", warn="> 26", alert=">= 30")

    well, warm, hot = (
        drawn(tile, entries([{"value": value, "unit": "°C"}])) for value in (26, 27, 30.5)
    )

    assert [page.with_class("face")[0]["class"].split()[2:] for page in (well, warm, hot)] == [
        *([], ["at-warn"], ["at-alert"])
    ]
    assert "imit" not in well.text
    assert "Warning: 27 °C, limit > 26" in warm.text
    assert "limit > 26 changed 14:03:07" in warm.text
    assert "Alert: 30.5 °C, limit ≥ 30" in hot.text


def test_the_measure_that_is_beyond_its_limit_is_marked(drawn: Draw) -> None:
    tile = limited("metrics", warn={"cpu": "> 80"})
    data = {"cpu": {"value": 85, "unit": "%"}, "load": 0.42}

    page = drawn(tile, entries([data]))

    assert [item.get("class", "").split() for item in page.all("li")] == [["share", "at-warn"], []]
    assert "Warning: cpu 85 %, limit > 80" in page.text
    assert "cpu limit > 80 changed" in page.text


def test_a_silent_tile_is_beyond_its_limit_still(drawn: Draw) -> None:
    page = drawn(limited("number", alert="> 26"), entries([{"value": 27}]), stale=True)

    assert page.with_class("face")[0]["class"].split()[2:] == ["at-alert", "stale"]


class Zebra(Widget):
    """Somebody else's, whose template draws crossings of another kind."""

    template_name = "dashboard/widgets/feed.html"

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        return {"crossing": "zebra"}


def test_a_widget_may_call_something_else_a_crossing(drawn: Draw) -> None:
    page = drawn(Tile("a", "readings", Zebra(), "A", 1, 1), entries([{"value": 27}]))

    assert page.with_class("face")[0]["class"] == "face fresh"


def test_clock_shows_the_time_as_one_word(drawn: Draw) -> None:
    tick = {"time": "2026-11-22T14:03:07+00:00", "timezone": "Asia/Tokyo"}
    page = drawn("clock", entries([tick]))

    assert "23:03:07" in page.text
    assert "Asia/Tokyo UTC+9" in page.text
    assert {"datetime": "2026-11-22T23:03:07+09:00"} in page.all("time")


def test_a_stale_tile_says_since_when_it_is_silent(drawn: Draw) -> None:
    page = drawn("readings", entries([{"value": 21.4}]), stale=True, now=NOW + timedelta(hours=1))

    assert page.with_class("stale")
    assert "silent since 14:03:07" in page.text
    assert "21.4" in page.text


def test_a_stale_tile_without_entries_says_so(drawn: Draw) -> None:
    assert "silent" in drawn("readings", stale=True).text


@pytest.mark.parametrize("status", ["failed", "restarting", "blocked"])
def test_a_failing_producer_is_told_with_its_error(drawn: Draw, status: str) -> None:
    page = drawn(
        "readings",
        entries([{"value": 21.4}]),
        state=state(status, "OSError: no <b>sensor</b>", retry_at=NOW + timedelta(seconds=9)),
        stale=True,
    )

    assert page.with_class("failing")
    assert f"{status} since 14:00:07" in page.text
    assert "OSError: no <b>sensor</b>" in page.text
    assert "tries again at 14:03:16" in page.text
    assert "21.4" in page.text


@pytest.mark.parametrize(
    ("error", "word"),
    [
        ("dropped 3 events, the last: value: Field required", "drops events"),
        ("waits for the log: LogUnavailable: disk full", "waits for the log"),
    ],
)
def test_a_running_producer_that_is_not_heard_says_so(drawn: Draw, error: str, word: str) -> None:
    page = drawn("readings", state=state("running", error), stale=True)

    assert page.with_class("failing")
    assert f"{word}{error}" in page.text


def test_the_seconds_of_a_held_producer_count_on(drawn: Draw) -> None:
    held = state("blocked", "blocks its event loop at door.py:7 in events")

    first, later = (drawn("readings", state=held, now=NOW + timedelta(seconds=s)) for s in (0, 20))

    assert "door.py:7 in events (180 s)" in first.text
    assert "door.py:7 in events (200 s)" in later.text


@pytest.mark.parametrize("status", ["running", "listening", "stopped"])
def test_a_state_that_is_well_says_nothing(drawn: Draw, status: str) -> None:
    page = drawn("readings", entries([{"value": 1}]), state=state(status, "an old error"))

    assert not page.with_class("trouble")
    assert "an old error" not in page.text


def test_a_long_error_is_clipped(drawn: Draw) -> None:
    page = drawn("readings", state=state("failed", "x" * 10_000))

    assert len(page.text) < 1000


def test_a_misconfigured_producer_shows_why(drawn: Draw) -> None:
    page = drawn("camera")

    assert page.with_class("failing")
    assert "misconfigured" in page.text
    assert "no.such.Camera" in page.text
    assert not page.all("pre")


def test_an_empty_pushed_tile_shows_its_own_curl(drawn: Draw) -> None:
    page = drawn("readings")

    assert "Nothing here yet" in page.text
    assert "curl http://wall.example:8000/ingest/readings" in page.text
    assert '"Authorization: Bearer evw_token"' in page.text
    assert "'Content-Type: application/json'" in page.text
    assert """-d '{"value": 21.4, "unit": "°C"}'""" in page.text


def test_the_curl_without_a_token_takes_it_from_the_shell(drawn: Draw) -> None:
    page = drawn("notes", viewer=Viewer("http://w", None))

    assert '"Authorization: Bearer $EVENTWALL_TOKEN"' in page.text
    assert "'Content-Type: text/plain'" in page.text
    assert "-d 'door open'" in page.text


def test_an_empty_tile_that_fills_itself_waits(drawn: Draw) -> None:
    page = drawn("clock")

    assert "Waiting for the first tick…" in page.text
    assert not page.all("pre")


def test_a_producers_own_template_gets_tile_entries_and_entry(
    drawn: Draw, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "doors.html").write_text(
        "<p>{{ tile.title }} {{ entries|length }} {{ entry.event.data.door }}</p>"
    )
    settings.TEMPLATES = [
        settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}
    ]

    page = drawn("doors", entries([{"door": "north"}, {"door": "<south>"}]))

    assert "doors 2 <south>" in page.text


def test_a_widget_sees_no_more_entries_than_it_wants(drawn: Draw) -> None:
    class Counting(Widget):
        template_name = "dashboard/widgets/feed.html"
        depth = 3

        def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
            return {"items": [{"text": entry.event.data["text"]} for entry in entries]}

    shown = deque(entries([{"text": f"n{number}"} for number in range(60)]))
    page = drawn(Tile("counting", "notes", Counting(), "C", 1, 1), shown)

    assert len(page.all("li")) == 3
    assert "n57" in page.text
    assert "n59" in page.text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<div hx-get=/healthz hx-trigger=load hx-on:click=alert(1) sse-connect=//evil>",
    "</article></main>",
    "{% include 'dashboard/base.html' %}{{ tile }}",
    "\u202egnp.exe\u2066",
    "a\r\ndata: forged\n\nevent: bye",
    "A" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(
    ("tile", "data"),
    [
        ("notes", lambda text: {"text": text, "level": text}),
        ("notes", lambda text: {text: [text, {text: text}]}),
        ("readings", lambda text: {"name": text, "value": 1, "unit": text}),
        ("readings", lambda text: {text: {"value": 1, "unit": text}, "other": 2}),
        ("clock", lambda text: {"time": text, "timezone": text}),
    ],
    ids=["text", "json", "name", "names", "time"],
)
def test_hostile_data_stays_text(
    drawn: Draw, tile: str, data: Callable[[str], dict[str, Any]], text: str
) -> None:
    calm = drawn(tile, entries([data("calm")], subject="calm"))

    page = drawn(tile, entries([data(text)], subject=text))

    assert "cannot be drawn" not in page.text
    assert (page.open, page.misnested) == ([], [])
    assert {name for name, _ in page.tags} <= {name for name, _ in calm.tags} | {"time"}
    assert not any(name.startswith(("on", "hx-", "sse-")) for _, a in page.tags for name in a)
    assert len(page.text) < 3000


def test_a_widget_that_raises_is_told_on_the_tile_and_logged_once(
    drawn: Draw, caplog: pytest.LogCaptureFixture
) -> None:
    tile = Tile("falling", "notes", Falling(), "Falling", 1, 1)

    with caplog.at_level(logging.ERROR, "dashboard"):
        page = drawn(tile, entries([{}]))
        drawn(tile, entries([{}]))

    assert "This tile cannot be drawn" in page.text
    assert "RuntimeError: no <b>camera</b> here" in page.text
    assert page.with_class("failing")
    (record,) = caplog.records
    assert "tile=falling" in record.getMessage()
    assert record.exc_info is not None


def test_another_fault_or_a_minute_later_is_logged_again(
    drawn: Draw, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = [0.0]
    monkeypatch.setattr(render, "monotonic", lambda: at[0])
    widget = Falling()
    tile = Tile("minute", "notes", widget, "Minute", 1, 1)

    drawn(tile, entries([{}]))
    widget.error = ValueError("another")
    drawn(tile, entries([{}]))
    at[0] = render.LOG_EVERY
    drawn(tile, entries([{}]))

    assert len(caplog.records) == 3


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_a_widget_that_would_end_the_process_spoils_its_tile_and_no_more(
    drawn: Draw, error: BaseException
) -> None:
    widget = Falling()
    widget.error = error

    page = drawn(Tile("exit", "notes", widget, "Exit", 1, 1), entries([{}]))

    assert f"{type(error).__name__}: {error}".strip() in page.text


def test_a_drawing_that_is_cancelled_is_no_fault_of_its_tile(drawn: Draw) -> None:
    widget = Falling()
    widget.error = CancelledError()

    with pytest.raises(CancelledError):
        drawn(Tile("cancelled", "notes", widget, "C", 1, 1), entries([{}]))


def test_a_tile_that_takes_long_says_so_and_is_logged_once_a_minute(
    drawn: Draw, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = [0.0]
    monkeypatch.setattr(render, "monotonic", lambda: at[0])

    class Slow(Widget):
        template_name = "dashboard/widgets/feed.html"

        def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
            at[0] += 2.04
            return {"items": []}

    tile = Tile("slow", "notes", Slow(), "Slow", 1, 1)

    page = drawn(tile, entries([{}]))
    drawn(tile, entries([{}]))
    guest = drawn(tile, entries([{}]), viewer=Viewer("http://w", None, is_guest=True))

    assert "takes 2.0 s to draw" in page.text
    assert "to draw" not in guest.text
    (record,) = caplog.records
    assert record.getMessage() == "tile takes long to draw tile=slow seconds=2.04"


def test_an_error_that_cannot_say_itself_is_still_told(drawn: Draw) -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    widget = Falling()
    widget.error = MuteError()

    assert (
        "MuteError: (says nothing)"
        in drawn(Tile("mute", "notes", widget, "M", 1, 1), entries([{}])).text
    )


def test_a_broken_tile_template_still_gives_a_tile(
    drawn: Draw, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "dashboard").mkdir()
    (tmp_path / "dashboard" / "tile.html").write_text("{% broken %}")
    settings.TEMPLATES = [
        settings.TEMPLATES[0] | {"DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}
    ]

    page = drawn("notes", entries([{"text": "hi"}]))

    assert "This tile cannot be drawn. TemplateSyntaxError" in page.text
    assert page.all("h2")[0]["id"] == "title-notes"


def test_the_heading_is_no_part_of_what_the_stream_replaces(drawn: Draw) -> None:
    tile = make_site().tiles["notes"]
    face = draw_face(sight(tile, entries([{"text": "hi"}])), VIEWER).html

    page = Page(under_heading(face, tile, VIEWER, is_live=True))

    assert page.with_class("changing")[0]["sse-swap"] == "notes"
    assert "hi" in Page(face).text
    assert not Page(face).all("h2")


def test_a_tile_is_drawn_in_the_viewers_language(drawn: Draw) -> None:
    tick = {"time": "2026-11-22T14:03:07+00:00"}
    page = drawn("clock", entries([tick]), viewer=Viewer("http://w", None, "de"))

    assert "Sonntag, 22 November 2026" in page.text
