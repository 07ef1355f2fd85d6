"""The detections widget: what it makes of results, and the HTML that is drawn of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import get_template

from dashboard.log.base import Entry
from dashboard.widgets.detections import SENTENCE_LENGTH, DetectionsWidget
from dashboard.widgets.overlay import LABEL_LENGTH, MOST_MARKS, MOST_POINTS
from dashboard.widgets.palette import look
from producers.detections import DetectionProducer
from tests.producers.detections import payloads
from tests.support.drawn import NOW, Page, entries

PERSON = {"label": "person", "score": 0.91, "box": {"x": 0.1, "y": 0.2, "w": 0.25, "h": 0.5}}
DOG = {"label": "dog", "score": 0.4, "box": {"x": 0.5, "y": 0.5, "w": 0.2, "h": 0.25}}

FIRST, SECOND = "0" * 32 + ".jpg", "1" * 32 + ".png"


def event(*seen: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"text": "as said", "detections": list(seen)} | more


def context(*rows: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    widget = DetectionsWidget(DetectionsWidget.Options(**options))
    return widget.context(entries(rows, subject="cam"))


def html(*rows: Mapping[str, Any], **options: Any) -> str:
    return get_template("dashboard/widgets/detections.html").render(context(*rows, **options))


def taken(payload: Any, **options: Any) -> dict[str, Any]:
    """Return the data that the producer makes of a payload."""
    producer = DetectionProducer("cam", DetectionProducer.Options(**options))
    return dict(producer.take(payload).events[-1].data)


def images(drawn: str) -> list[str]:
    return [image["href"] for image in Page(drawn).all("image")]


def boxes(drawn: str) -> list[list[str]]:
    return [
        [box[side] for side in ("x", "y", "width", "height")] for box in Page(drawn).all("rect")
    ]


# Places


def pictures(page: Page) -> list[dict[str, str]]:
    """Return the pictures that are shown, without the empty one that gives the frame its shape."""
    return [image for image in page.all("img") if image.get("class") != "shape"]


def test_fractions_are_percent_of_the_picture() -> None:
    assert boxes(html(event(PERSON))) == [["10.00%", "20.00%", "25.00%", "50.00%"]]


@pytest.mark.parametrize(
    ("payload", "options", "places"),
    [
        (payloads.AZURE, {}, [["20.24%", "8.85%", "34.90%", "25.62%"],
                              ["0.00%", "4.84%", "16.58%", "22.31%"]]),
        (payloads.CUSTOM_VISION, {}, [["95.55%", "0.00%", "4.12%", "15.69%"]]),
        (payloads.ULTRALYTICS, {"size": {"width": 1920, "height": 1080}},
         [["52.29%", "8.70%", "2.97%", "14.41%"]]),
        (payloads.FRIGATE, {"size": {"width": 1280, "height": 960}},
         [["33.75%", "51.67%", "8.75%", "37.29%"]]),
    ],
)  # fmt: skip
def test_published_payloads_are_drawn_in_their_places(
    payload: Any, options: dict[str, Any], places: list[list[str]]
) -> None:
    assert boxes(html(taken(payload, **options))) == places


@pytest.mark.parametrize(
    ("size", "canvas"),
    [
        ({"width": 1920, "height": 1080}, (8192, 4608)),
        ({"width": 573, "height": 847}, (5542, 8192)),
        ({"width": 100_000, "height": 1}, (8192, 1365)),
        (None, (8192, 6144)),
    ],
)
def test_the_canvas_has_the_shape_of_the_picture(size: Any, canvas: tuple[int, int]) -> None:
    (drawn,) = Page(html(event(PERSON, **({"size": size} if size else {})))).all("canvas")

    assert (int(drawn["width"]), int(drawn["height"])) == canvas


def test_pixels_of_an_unknown_size_are_scaled_to_the_boxes_and_it_is_said() -> None:
    data = taken(payloads.COCO)

    drawn = html(data)

    (box,) = boxes(drawn)
    left, top, width, height = (float(side[:-1]) for side in box)
    assert data["box_space"] == "px"
    assert (left + width, top + height) == pytest.approx((96.15, 96.15), abs=0.02)
    assert "No picture size" in Page(drawn).text


def test_pixels_of_an_unknown_size_have_no_place_on_a_picture() -> None:
    drawn = html(taken(payloads.COCO) | {"picture": FIRST})

    assert boxes(drawn) == []
    assert "no place" in Page(drawn).text
    assert images(drawn) == [f"/pictures/p/{FIRST}"]


def test_pixels_of_an_unknown_size_are_those_of_the_picture_before() -> None:
    drawn = html(event(picture=FIRST, size={"width": 640, "height": 480}), taken(payloads.COCO))

    (canvas,) = Page(drawn).all("canvas")
    assert boxes(drawn) == [["40.34%", "8.60%", "54.42%", "50.79%"]]
    assert (int(canvas["width"]), int(canvas["height"])) == (8192, 6144)
    assert "No picture size" not in Page(drawn).text


def test_a_picture_lies_beneath_the_boxes() -> None:
    drawn = html(event(PERSON, picture=FIRST))

    assert images(drawn) == [f"/pictures/p/{FIRST}"]
    assert drawn.index("<image") < drawn.index("<rect")


@pytest.mark.parametrize(
    ("before", "beneath"),
    [
        ({"picture": FIRST}, [FIRST]),
        ({"picture": FIRST, "size": {"width": 6, "height": 4}}, []),
        ({}, []),
    ],
)
def test_the_picture_before_lies_beneath_until_the_next_is_there(
    before: dict[str, Any], beneath: list[str]
) -> None:
    drawn = html(event(DOG, **before), event(PERSON, picture=SECOND))

    assert images(drawn) == [f"/pictures/p/{id_}" for id_ in (*beneath, SECOND)]
    assert len(boxes(drawn)) == 1


def test_a_result_without_a_picture_is_not_drawn_on_the_one_before() -> None:
    assert images(html(event(DOG, picture=FIRST), event(PERSON))) == []


@pytest.mark.parametrize(
    "id_",
    ["../admin", "..", "a b", "a?b", "//evil", "javascript:x", "", "é", "abc", FIRST + "/..",
     FIRST.replace("jpg", "svg"), FIRST.upper(), FIRST + "\n"],
)  # fmt: skip
def test_what_is_no_picture_id_draws_no_picture(id_: str) -> None:
    drawn = html(event(PERSON, picture=id_))

    assert images(drawn) == []
    assert pictures(Page(drawn)) == []


def test_lines_of_the_past_have_the_picture_that_was_last_of_them() -> None:
    rows = [
        event(text="a", picture=FIRST),
        event(text="b"),
        event(text="c", picture=FIRST),
        event(text="c", picture=SECOND),
    ]

    thumbs = pictures(Page(html(*rows)))

    assert [line["picture"] for line in context(*rows)["history"]] == [
        f"/pictures/p/{SECOND}",
        None,
        f"/pictures/p/{FIRST}",
    ]
    assert [thumb["src"] for thumb in thumbs] == [f"/pictures/p/{id_}" for id_ in (SECOND, FIRST)]
    assert all(thumb["alt"] == "" and thumb["loading"] == "lazy" for thumb in thumbs)


def test_large_boxes_lie_under_small_ones() -> None:
    marks = context(event(DOG, PERSON))["marks"]

    assert [mark["look"] for mark in marks] == [look("person"), look("dog")]


def test_a_box_that_was_turned_is_drawn_by_its_corners() -> None:
    turned = PERSON | {"polygon": [[0.1, 0.3], [0.2, 0.2], [0.35, 0.6], [0.3, 0.7]]}

    drawn = Page(html(event(turned)))

    assert drawn.all("rect") == []
    assert drawn.all("polygon")[0]["points"] == "100,300 200,200 350,600 300,700"


def test_an_outline_is_thinned_out_and_drawn_with_its_box() -> None:
    round_ = PERSON | {"polygon": [[0.1 + n / 9_000, 0.2] for n in range(1_999)]}

    drawn = Page(html(event(round_)))

    assert len(drawn.all("rect")) == 1
    assert 100 <= len(drawn.all("polygon")[0]["points"].split()) <= MOST_POINTS


def test_keypoints_that_were_seen_are_dots() -> None:
    joints = [[0.5, 0.25, 0.9], [0.0, 0.0, 0.01], [0.5, 0.75, None]]

    dots = Page(html(event(PERSON | {"keypoints": joints}))).all("circle")

    assert [(dot["cx"], dot["cy"]) for dot in dots] == [("50.00%", "25.00%"), ("50.00%", "75.00%")]


# Labels


def test_each_box_has_its_label_and_score() -> None:
    text = Page(html(event(PERSON | {"track_id": "7"}))).text

    assert "person #7 91%" in text


@pytest.mark.parametrize(
    ("box", "side", "room"),
    [
        ((0.1, 0.2, 0.2, 0.5), "above", ("10.00%", "20.00%", "90.00%", "80.00%")),
        ((0.1, 0.0, 0.2, 0.5), "inside", ("10.00%", "0.00%", "90.00%", "100.00%")),
        ((0.1, 0.0, 0.2, 0.1), "below", ("10.00%", "10.00%", "90.00%", "90.00%")),
        ((0.9, 0.2, 0.1, 0.5), "above right", ("0.00%", "20.00%", "100.00%", "80.00%")),
    ],
)
def test_a_plate_stands_where_there_is_room(
    box: tuple[float, ...], side: str, room: tuple[str, ...]
) -> None:
    seen = PERSON | {"box": dict(zip("xywh", box, strict=True))}

    drawn = Page(html(event(seen)))

    (place,) = drawn.all("foreignobject")
    assert tuple(place[name] for name in ("x", "y", "width", "height")) == room
    assert drawn.with_class("plate")[0]["class"] == f"plate {side}"


def test_no_plate_hides_another() -> None:
    marks = context(event(*[PERSON] * 9))["marks"]

    assert [mark["plate"]["side"] for mark in marks if mark["plate"]] == [
        "above", "inside", "below"
    ]  # fmt: skip


def test_a_label_looks_the_same_everywhere_and_not_by_colour_alone() -> None:
    looks = {look(name) for name in ("person", "car", "dog", "cat", "face", "bicycle")}

    assert look("person") == "k0 d0"
    assert len({one.split()[0] for one in looks}) == 6
    assert {look(f"label {n}").split()[1] for n in range(50)} == {"d0", "d1", "d2", "d3"}


def test_labels_are_counted_the_most_frequent_first() -> None:
    shown = context(event(DOG, PERSON, PERSON))

    assert [(row["count"], row["label"]) for row in shown["counts"]] == [(2, "person"), (1, "dog")]


def test_more_than_can_be_seen_is_counted_not_drawn() -> None:
    many = [PERSON | {"label": f"thing {n % 12}", "score": n / 1_000} for n in range(900)]

    shown = context(event(*many))

    assert (len(shown["marks"]), shown["undrawn"]) == (MOST_MARKS, 900 - MOST_MARKS)
    assert (len(shown["counts"]), shown["more"]) == (8, 4)


HOSTILE = [
    "<script>alert(1)</script>",
    "\u202egnp\u2066",
    "a\r\ndata: b",
    "W" * 200,
    '"><img src=x>',
]


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_are_inert_and_clipped(label: str) -> None:
    drawn = html(event(PERSON | {"label": label}, text=label))

    page = Page(drawn)
    assert page.misnested == []
    assert "script" not in {tag for tag, _ in page.tags}
    assert pictures(page) == []
    assert all(character.isprintable() for character in page.text)
    assert "W" * (SENTENCE_LENGTH + 1) not in page.text
    shown = context(event(PERSON | {"label": label}))
    assert len(shown["marks"][0]["plate"]["label"]) <= LABEL_LENGTH
    assert len(shown["counts"][0]["label"]) <= LABEL_LENGTH


# Options


def test_options_leave_out_what_is_unsure_or_called_otherwise() -> None:
    data = event(PERSON, DOG, {"label": "dog"})

    surer = context(data, min_score=0.5)
    dogs = context(data, labels=["dog"])

    assert (surer["said"], len(surer["marks"])) == ("1 person, 1 dog", 1)
    assert (dogs["said"], len(dogs["marks"])) == ("2 dogs", 1)
    assert context(data, labels=["cat"])["said"] == "nothing detected"


def test_history_tells_when_each_sentence_began_newest_first() -> None:
    texts = ["1 dog", "1 cat", "1 cat", "1 cat", "1 dog"]
    rows = [{"text": text, "detections": []} for text in texts]

    shown = context(*rows)["history"]

    assert [line["text"] for line in shown] == ["1 dog", "1 cat", "1 dog"]
    assert [line["time"][-5:] for line in shown] == ["03:07", "02:52", "02:47"]
    assert len(context(*rows, history=2)["history"]) == 2
    assert "<ol" not in html(*rows, history=0)


# What is told


def test_screen_readers_get_the_sentence_and_the_time() -> None:
    drawn = html(event(PERSON, text="2 persons, 1 dog"))

    spoken = drawn[: drawn.index('<div class="view" aria-hidden="true">')]
    assert Page(spoken).text.startswith("2 persons, 1 dog, ")
    assert ":03:07" in Page(spoken).text
    assert '<ul class="legend" aria-hidden="true">' in drawn


@pytest.mark.parametrize(
    "data",
    [
        {"text": "nothing detected", "detections": []},
        {"text": "1 person", "detections": [{"label": "person"}]},
        {"text": "door open"},
        {},
        {"detections": "?", "size": 5, "box_space": "px"},
        {"detections": [5, {}, {"label": 5}], "size": {"width": "1"}},
    ],
)
def test_without_anything_to_place_the_sentence_is_shown(data: dict[str, Any]) -> None:
    drawn = html(data)

    assert Page(drawn).all("canvas") == []
    assert Page(drawn).with_class("quiet")
    assert data.get("text", "nothing detected") in drawn


# Tracked things


def tracked(id_: str, label: str, state: str, at: int, subject: str = "door") -> Entry:
    data = event(PERSON | {"label": label, "track_id": id_}, id=id_, state=state)
    (entry,) = entries([data], until=NOW + timedelta(seconds=at), subject=subject)
    return entry


def said(*seen: Entry) -> str:
    return str(DetectionsWidget().context(seen)["said"])


def test_tracked_things_are_shown_together_as_last_told() -> None:
    a, b = tracked("a", "person", "new", 0), tracked("b", "dog", "new", 1)

    assert said(a, b) == "1 person, 1 dog"
    assert said(a, b, tracked("a", "person", "update", 2)) == "1 person, 1 dog"
    assert said(a, b, tracked("a", "person", "end", 2)) == "1 dog"


def test_a_tracked_thing_is_forgotten_after_a_minute_and_on_another_camera() -> None:
    a = tracked("a", "person", "new", 0)

    assert said(a, tracked("b", "dog", "new", 61)) == "as said"
    assert said(a, tracked("b", "dog", "new", 1, subject="yard")) == "as said"
    assert len(DetectionsWidget().context([a, tracked("b", "dog", "new", 61)])["marks"]) == 1


def test_results_without_a_state_replace_each_other() -> None:
    assert [m["look"] for m in context(event(PERSON, id="1"), event(DOG, id="2"))["marks"]] == [
        look("dog")
    ]
