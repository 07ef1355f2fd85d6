"""What a chart draws of a past: lines, bands, gaps, axes, and words where there is nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from dashboard.history.past import Past
from dashboard.history.rollups import Rollup, Series
from dashboard.log.base import Entry, EntryId
from dashboard.tiles.render import Viewer
from dashboard.tiles.site import BadDashboards, make_site
from dashboard.widgets.base import Beside
from dashboard.widgets.chart import ChartWidget
from dashboard.widgets.crossings import Crossing
from producers.events import Event
from tests.support.drawn import Page, inside, sight

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
NOW = NOON.timestamp()


def entry(
    number: int,
    data: dict[str, Any],
    ago: float,
    subject: str | None = None,
    *,
    producer: str = "kitchen",
) -> Entry:
    when = NOON - timedelta(seconds=ago)
    event = Event(producer=producer, type="reading", time=when, data=data, subject=subject)
    return Entry(EntryId("e", number), event, when)


def past_of(entries: list[Entry], span: int = 3_600) -> Past:
    past = Past(span)
    past.prime({}, entries, EntryId("e", len(entries)))
    return past


def readings(*values: float, every: float = 10) -> list[Entry]:
    ago = every * (len(values) - 1)
    return [
        entry(number, {"value": value, "unit": "°C"}, ago - every * (number - 1))
        for number, value in enumerate(values, 1)
    ]


def chart(entries: list[Entry], span: str = "1h", **options: Any) -> dict[str, Any]:
    widget = ChartWidget(ChartWidget.Options(span=span, **options))
    return widget.chart(entries[-1:], past_of(entries, widget.span), NOW)


def test_a_line_ends_at_the_right_with_the_newest_value() -> None:
    context = chart(readings(20, 21, 22))

    (line,) = context["lines"]
    assert (line["value"], line["unit"], line["name"]) == ("22", "°C", "")
    assert line["pieces"] == ["995.8,1000 998.6,500 1000,0"]
    assert line["bands"] == []
    assert line["areas"] == ["995.8,1000 998.6,500 1000,0 1000,1000 995.8,1000"]
    assert line["dot"] == {"x": "100%", "y": "0%"}
    assert line["extremes"] == [
        {"x": "100%", "y": "0%", "text": "22", "is": "highest end"},
        {"x": "99.58%", "y": "100%", "text": "20", "is": "lowest end"},
    ]
    rows = [(row["text"], row["minor"]) for row in context["rows"]]
    assert rows == [
        ("20.0", False),
        ("20.5", True),
        ("21.0", False),
        ("21.5", True),
        ("22.0", False),
    ]


def test_more_values_than_points_have_a_band_and_their_mean() -> None:
    entries = [entry(n, {"value": value}, 9 - n) for n, value in enumerate((20, 24, 22), 1)]

    (line,) = chart(entries)["lines"]

    assert line["pieces"] == ["998.6,500 998.6,500"]
    assert line["bands"] == ["998.6,0 998.6,1000"]


def test_a_gap_is_shown_as_one() -> None:
    entries = [entry(n, {"value": n}, ago) for n, ago in enumerate((900, 890, 880, 20, 10), 1)]

    (line,) = chart(entries)["lines"]

    assert [piece.count(",") for piece in line["pieces"]] == [3, 2]


def test_subjects_and_measures_have_lines_and_names_of_their_own() -> None:
    entries = [
        entry(1, {"cpu": 3, "load": 1}, 30, "press-1"),
        entry(2, {"cpu": 9}, 20, "press-2"),
    ]

    assert [line["name"] for line in chart(entries)["lines"]] == [
        "press-1 · cpu",
        "press-1 · load",
        "press-2 · cpu",
    ]
    assert [line["name"] for line in chart(entries, measures=["load"])["lines"]] == [
        "press-1 · load"
    ]


def test_other_producers_have_lines_with_their_names() -> None:
    outdoor = [entry(1, {"value": 4, "unit": "°C"}, 40, producer="outdoor")]
    widget = ChartWidget(ChartWidget.Options(also=["outdoor", "attic"]))
    entries = readings(20, 21)

    context = widget.chart(
        entries[-1:],
        past_of(entries),
        NOW,
        {"outdoor": Beside(outdoor, past_of(outdoor)), "attic": Beside([], Past(3_600))},
    )

    told = [(line["name"], line["value"], line["unit"]) for line in context["lines"]]
    assert told == [("kitchen", "21", "°C"), ("outdoor", "4", "°C")]
    assert [line["areas"] + line["extremes"] for line in context["lines"]] == [[], []]
    assert context["rows"][0]["text"] == "0"


def test_what_another_producer_said_is_marked() -> None:
    notes = [
        entry(1, {"text": "too old"}, 3_700, producer="deploys"),
        entry(2, {"title": "v1", "text": "rolled out to all of them"}, 1_800, producer="deploys"),
        entry(3, {"text": "<b>v2"}, 1_700, "shop", producer="deploys"),
        entry(4, {"load": 3}, 36, producer="deploys"),
    ]
    widget = ChartWidget(ChartWidget.Options(annotations=["deploys"]))

    context = widget.chart(readings(1), past_of(readings(1)), NOW, {"deploys": Beside(notes)})

    told = [(mark["x"], mark["label"], mark["is_late"]) for mark in context["marks"]]
    assert told == [
        ("50%", "", False),
        ("52.78%", "shop <b>v2", False),
        ("99%", '{"load": 3}', True),
    ]
    texts = [mark["text"].partition(" ")[2] for mark in context["marks"]]
    assert texts == [
        "deploys: v1: rolled out to all of them",
        "deploys: shop <b>v2",
        'deploys: {"load": 3}',
    ]


def test_as_many_points_as_pixels_keep_lowest_mean_and_highest() -> None:
    steps = [(int(NOW) - 86_400 + 60 * n, Rollup(2, n, n + 2, 2 * n + 2, n)) for n in range(1_440)]
    past = Past(86_400)
    past.prime({Series("kitchen", "", "value"): steps}, [], EntryId("e", 1))

    (line,) = ChartWidget(ChartWidget.Options(span="24h")).chart(readings(1), past, NOW)["lines"]

    points = line["pieces"][0].split(" ")
    shape = line["bands"][0].split(" ")
    assert (len(points), len(shape)) == (480, 960)
    # The first three minutes of the day: 0 to 4, and 2 on the average.
    assert (points[0], shape[0], shape[-1]) == ("1,998.7", "1,997.3", "1,1000")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"also": ["a", "a"]}, "named twice"),
        ({"annotations": ["a", "a"]}, "named twice"),
        ({"also": list("abcdef")}, "at most 5"),
        ({"annotations": list("abcde")}, "at most 4"),
        ({"measures": list("abcdefg")}, "at most 6"),
    ],
)
def test_options_that_are_not_legal_are_told(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ChartWidget.Options(**options)


def test_a_producer_that_is_unknown_is_told(settings: Any) -> None:
    settings.PRODUCERS = {"kitchen": {"BACKEND": "producers.readings.ReadingsProducer"}}
    row = {"producer": "kitchen", "widget": "chart", "options": {"also": ["attic"]}}
    settings.DASHBOARDS = {"main": {"tiles": [row]}}

    with pytest.raises(BadDashboards, match=r"'attic' that is unknown \(PRODUCERS has: kitchen\)"):
        make_site()


def test_too_many_lines_are_counted() -> None:
    context = chart([entry(n, {f"m{n}": n}, 30) for n in range(1, 10)])

    assert len(context["lines"]) == 6
    assert context["more"] == 3


@pytest.mark.parametrize(
    ("span", "labels"),
    [
        ("5m", ["11:56:00", "11:57:00", "11:58:00", "11:59:00"]),
        ("1h", ["11:10", "11:20", "11:30", "11:40", "11:50"]),
        ("24h", ["15:00", "18:00", "21:00", "27 Nov", "03:00", "06:00", "09:00"]),
        ("7d", ["21 Nov", "22 Nov", "23 Nov", "24 Nov", "25 Nov", "26 Nov", "27 Nov"]),
    ],
)
def test_times_are_round_and_none_is_cut_off(settings: Any, span: str, labels: list[str]) -> None:
    settings.TIME_ZONE = "UTC"
    told = [column["text"] for column in chart(readings(1, 2), span)["columns"]]

    assert set(told) <= set(labels)
    assert len(told) >= 3


@pytest.mark.parametrize("span", ["", "1", "90s", "31d", "0m", "1 h", "-5m", "1w"])
def test_a_span_that_is_not_legal_is_told(span: str) -> None:
    with pytest.raises(ValidationError, match="from 1m to 30d"):
        ChartWidget.Options(span=span)


def test_the_tile_says_what_is_missing(settings: Any) -> None:
    settings.PRODUCERS = {"kitchen": {"BACKEND": "producers.readings.ReadingsProducer"}}
    settings.DASHBOARDS = {
        "main": {
            "tiles": [
                {"producer": "kitchen", "widget": "chart", "options": {"measures": ["hum"]}},
                {"producer": "kitchen", "widget": "chart", "title": "All"},
            ]
        }
    }
    site, entries = make_site(), readings(20, 21)

    def page(id_: str, past: Past) -> Page:
        tile, viewer = site.tiles[id_], Viewer("http://wall.example", None)
        return Page(inside(sight(tile, entries, past=past, now=NOON), viewer))

    assert "hum" in page("kitchen", past_of(entries)).text
    assert "20.9" not in page("kitchen-2", past_of(entries)).text
    drawn = page("kitchen-2", past_of(entries))
    assert "21" in drawn.text
    assert drawn.all("polyline")
    assert "Reading what was before" in page("kitchen-2", Past(3_600)).text


def test_drawing_what_was_long_ago_forgets_it() -> None:
    past = past_of([entry(1, {"value": 1}, 7_200), entry(2, {"value": 2}, 10)])

    ((_, steps),) = past.lines(NOW).items()

    assert [one.last for _, one in steps] == [2]


def test_a_limit_is_a_band_from_where_it_begins_and_marks_the_line_beyond_it() -> None:
    context = chart(readings(20, 22, 24), warn="> 23", alert=">= 25")

    assert [row["text"] for row in context["rows"]][-1] == "26"
    assert context["limits"] == [
        {"severity": "warn", "y": "0%", "height": "50%", "ends": ["50%"]},
        {"severity": "alert", "y": "0%", "height": "16.67%", "ends": ["16.67%"]},
    ]
    assert context["lines"][0]["crossing"] == context["crossing"]
    assert context["crossing"] == Crossing("warn", "", "24 °C", "> 23")


def test_a_limit_that_is_far_away_leaves_the_line_its_height() -> None:
    context = chart(readings(20, 22, 24), alert="> 90")

    assert (context["limits"], context["crossing"]) == ([], None)


def test_a_chart_without_numbers_may_have_crossed_the_limit_of_a_text() -> None:
    context = chart([entry(1, {"state": "down"}, 5)], alert={"state": "down"})

    assert context["crossing"] == Crossing("alert", "state", "down", "= down")
