"""DASHBOARDS into dashboards and tiles, and what is said when it is wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from dashboard.tiles.checks import check_dashboards
from dashboard.tiles.site import BadDashboards, make_site
from dashboard.widgets.clock import ClockWidget
from dashboard.widgets.feed import FeedWidget
from dashboard.widgets.metrics import MetricsWidget
from dashboard.widgets.number import NumberWidget
from dashboard.widgets.template import TemplateWidget
from producers.base import Producer


class OwnLook(Producer):
    widget = "number"
    template_name = "producers/own.html"


class BadLook(Producer):
    widget = "clok"


PRODUCERS = {
    "clock": {"BACKEND": "producers.clock.ClockProducer"},
    "notes": {"BACKEND": "producers.notes.NotesProducer", "OPTIONS": {"title": "Front desk"}},
    "readings": {"BACKEND": "producers.readings.ReadingsProducer"},
}

Setting = Callable[..., None]


@pytest.fixture(autouse=True)
def wall(settings: Any) -> Setting:
    """Return a function that sets DASHBOARDS, and more producers by alias."""

    def wall(rows: Any = None, **more: type[Producer] | str) -> None:
        added = {
            alias: {"BACKEND": kind if isinstance(kind, str) else f"{__name__}.{kind.__name__}"}
            for alias, kind in more.items()
        }
        settings.PRODUCERS = PRODUCERS | added
        settings.DASHBOARDS = rows or {}

    wall()
    return wall


def one(**tile: Any) -> dict[str, Any]:
    return {"main": {"tiles": [tile]}}


def test_without_dashboards_each_producer_has_a_tile() -> None:
    (shown,) = make_site().dashboards.values()

    assert (shown.slug, shown.title) == ("main", "Eventwall")
    assert [(t.id, t.producer, t.title, t.columns, t.rows) for t in shown.tiles] == [
        ("clock", "clock", "clock", 2, 1),
        ("notes", "notes", "Front desk", 2, 1),
        ("readings", "readings", "readings", 1, 1),
    ]
    kinds = [type(tile.widget) for tile in shown.tiles]
    assert kinds == [ClockWidget, FeedWidget, MetricsWidget]


def test_a_dashboard_without_tiles_has_one_per_producer(wall: Setting) -> None:
    wall({"lab": {"title": "Lab"}})

    assert make_site().dashboards["lab"].title == "Lab"
    assert [tile.id for tile in make_site().dashboards["lab"].tiles] == [
        "clock",
        "notes",
        "readings",
    ]


def test_a_spec_chooses_widget_title_size_options_and_id(wall: Setting) -> None:
    wall(
        one(
            producer="readings",
            widget="number",
            title="Attic",
            size="2x3",
            options={"measure": "attic", "decimals": 2},
            id="attic",
        )
    )

    (tile,) = make_site().tiles.values()
    assert (tile.id, tile.title, tile.columns, tile.rows) == ("attic", "Attic", 2, 3)
    assert isinstance(tile.widget, NumberWidget)
    assert tile.widget.options.measure == "attic"


@pytest.mark.parametrize(("said", "seconds"), [(0.5, 0.5), (5, 5), ("5s", 5), ("1h", 3600)])
def test_a_tile_may_ask_to_be_drawn_seldom(wall: Setting, said: object, seconds: float) -> None:
    wall(one(producer="clock", options={"refresh": said}))

    assert make_site().tiles["clock"].refresh == seconds


def test_a_widget_may_be_named_by_its_dotted_path(wall: Setting) -> None:
    wall(one(producer="clock", widget="dashboard.widgets.feed.FeedWidget"))

    assert isinstance(make_site().tiles["clock"].widget, FeedWidget)


def test_the_first_dashboard_is_first(wall: Setting) -> None:
    wall({"z": {"tiles": []}, "a": {"tiles": []}})

    assert list(make_site().dashboards) == ["z", "a"]


def test_ids_are_counted_when_a_producer_has_several_tiles(wall: Setting) -> None:
    wall(
        {
            "main": {
                "tiles": [
                    {"producer": "readings"},
                    {"producer": "readings", "widget": "number"},
                    {"producer": "notes", "id": "Readings-3"},
                    {"producer": "readings", "widget": "feed"},
                ]
            }
        }
    )

    assert list(make_site().tiles) == ["readings", "readings-2", "Readings-3", "readings-4"]


def test_the_same_spec_on_two_dashboards_is_one_tile(wall: Setting) -> None:
    clock = {"producer": "clock"}
    wall({"a": {"tiles": [clock, clock]}, "b": {"tiles": [{"producer": "notes"}, clock]}})

    assert list(make_site().tiles) == ["clock", "clock-2", "notes"]
    dashboards = make_site().dashboards
    assert dashboards["b"].tiles[1] is dashboards["a"].tiles[0]


def test_the_same_named_tile_on_two_dashboards_is_one(wall: Setting) -> None:
    attic = {"producer": "readings", "widget": "number", "id": "attic"}
    wall({"a": {"tiles": [attic]}, "b": {"tiles": [attic]}})

    assert list(make_site().tiles) == ["attic"]
    dashboards = make_site().dashboards
    assert dashboards["b"].tiles[0] is dashboards["a"].tiles[0]


def test_a_long_alias_leaves_room_for_its_number(wall: Setting) -> None:
    alias = "a" * 64
    row = {"producer": alias}
    wall({"main": {"tiles": [row, row]}}, **{alias: "producers.notes.NotesProducer"})

    assert list(make_site().tiles) == [alias, "a" * 62 + "-2"]


def test_a_producers_template_wins_over_its_widget(wall: Setting) -> None:
    wall(None, own=OwnLook)

    widget = make_site().tiles["own"].widget
    assert isinstance(widget, TemplateWidget)
    assert widget.template_name == "producers/own.html"


def test_a_tiles_own_widget_wins_over_the_producers_template(wall: Setting) -> None:
    wall(one(producer="own", widget="feed"), own=OwnLook)

    assert isinstance(make_site().tiles["own"].widget, FeedWidget)


def test_a_broken_producer_has_a_tile_too(wall: Setting) -> None:
    wall(None, camera="no.such.Camera")

    assert isinstance(make_site().tiles["camera"].widget, FeedWidget)
    assert check_dashboards(None) == []


def test_dashboards_follow_the_settings(wall: Setting) -> None:
    before = make_site()

    wall({"other": {"tiles": []}})

    assert list(make_site().dashboards) == ["other"]
    assert list(before.dashboards) == ["main"]


WRONG: list[tuple[str, dict[Any, Any], list[str]]] = [
    ("E020", {"a b": {}}, ["'a b'", "A-Z"]),
    ("E020", {"main": []}, ["DASHBOARDS['main']", "[]", "dict"]),
    ("E020", {"main": {"tile": []}}, ["'tile'", "title, tiles, theme"]),
    ("E020", {"main": {"tiles": {"producer": "clock"}}}, ["'tiles'", "list"]),
    ("E020", {"main": {"tiles": ["clock"]}}, ["['tiles'][0]", "'clock'", "producer"]),
    ("E020", one(producer="clock", colour="red"), ["['tiles'][0]", "'colour'", "size, options"]),
    ("E028", {"main": {"theme": "pink"}}, ["'theme' is 'pink'", "'auto', 'light' or 'dark'"]),
    ("E028", {"main": {"refresh": "0.01 s"}}, ["'refresh'", "such as 90s"]),
    ("E021", one(producer="clok"), ["'clok'", "clock, notes, readings"]),
    ("E021", one(), ["None", "clock, notes, readings"]),
    ("E021", one(producer=["clock"]), ["['clock']", "clock, notes"]),
    (
        "E022",
        one(producer="clock", widget="clok"),
        ["'clok'", "clock, ", "the dotted path of a Widget"],
    ),
    ("E022", one(producer="clock", widget=5), ["5", "short name"]),
    ("E023", one(producer="clock", size="5x1"), ["'5x1'", "1x1 to 4x4"]),
    ("E023", one(producer="clock", size=2), ["2", "1x1 to 4x4"]),
    (
        "E024",
        one(producer="readings", widget="number", options={"decimals": "x"}),
        ["'options'['decimals']", "'x'", "measure, unit, decimals"],
    ),
    (
        "E024",
        one(producer="readings", widget="number", options={"alert": ">> 30"}),
        ["'options'['alert']", "'>> 30'", "legal are > 26", "in 18..26"],
    ),
    (
        "E024",
        one(producer="clock", options={"warn": "> 26"}),
        ["'options'['warn']", "'> 26'", "seconds, date"],
    ),
    (
        "E024",
        one(producer="clock", options={"secs": True}),
        ["'options'['secs']", "seconds, date"],
    ),
    (
        "E024",
        one(producer="clock", options={"refresh": "5 s"}),
        ["'options'['refresh']", "'5 s'", "such as 90s", "subject, each, forget, refresh"],
    ),
    (
        "E024",
        one(producer="clock", options={"refresh": 0}),
        ["'options'['refresh']", "0", "from 0.1 to 3600"],
    ),
    ("E024", one(producer="clock", options=[]), ["'options'", "[]"]),
    ("E024", one(producer="clock", widget="template"), ["'template_name'", "missing"]),
    ("E025", one(producer="clock", id="hb"), ["'hb'", "reserved"]),
    ("E025", one(producer="clock", id="a b"), ["'a b'", "legal"]),
    ("E025", one(producer="clock", id=5), ["5", "string"]),
    (
        "E025",
        {"m": {"tiles": [{"producer": "clock", "id": "X"}, {"producer": "notes", "id": "x"}]}},
        ["DASHBOARDS['m']['tiles'][1]", "'x'", "DASHBOARDS['m']['tiles'][0]", "'X'"],
    ),
    (
        "E025",
        {"m": {"tiles": [{"producer": "clock", "id": "x"}, {"producer": "clock", "id": "x"}]}},
        ["['tiles'][1]", "taken"],
    ),
    (
        "E025",
        {
            "m": {"tiles": [{"producer": "clock", "id": "X"}]},
            "n": {"tiles": [{"producer": "clock", "id": "x"}]},
        },
        ["DASHBOARDS['n']['tiles'][0]", "taken", "whatever their case"],
    ),
    ("E026", {"main": {"title": "", "tiles": []}}, ["'title'", "''", "1 to 80"]),
    ("E026", one(producer="clock", title="x" * 81), ["'title'", "1 to 80"]),
]


@pytest.mark.parametrize(("number", "rows", "told"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_setting_is_told_with_what_is_legal(
    wall: Setting, number: str, rows: dict[Any, Any], told: list[str]
) -> None:
    wall(rows)

    with pytest.raises(BadDashboards) as raised:
        make_site()

    (check,) = check_dashboards(None)
    assert check.id == f"dashboard.{number}"
    for words in told:
        assert words in str(raised.value)
        assert words in f"{check.msg} {check.hint}"


def test_every_fault_is_told_at_once(wall: Setting) -> None:
    wall({"m": {"tiles": [{"producer": "x"}, {"producer": "clock", "size": "0x0"}], "no": 1}})

    assert [check.id for check in check_dashboards(None)] == [
        "dashboard.E020",
        "dashboard.E021",
        "dashboard.E023",
    ]


def test_a_producer_that_asks_for_an_unknown_widget_is_named(wall: Setting) -> None:
    wall(None, bad=BadLook)

    (check,) = check_dashboards(None)
    assert check.id == "dashboard.E022"
    assert "'clok'" in check.msg
    assert "'bad'" in check.msg


def test_a_template_that_is_missing_is_found_by_the_checks(wall: Setting) -> None:
    wall(None, own=OwnLook)

    (check,) = check_dashboards(None)
    assert check.id == "dashboard.E027"
    assert "producers/own.html" in check.msg


def test_bad_dashboards_is_improperly_configured(wall: Setting) -> None:
    wall(one(producer="x"))

    with pytest.raises(ImproperlyConfigured):
        make_site()


def test_another_settings_fault_is_left_to_its_own_check(settings: Any) -> None:
    settings.STREAM_HEARTBEAT = "soon"

    assert check_dashboards(None) == []
