"""What the camera sends: real pictures, real inference."""

import time
from pathlib import Path
from typing import Any, cast

from producers.camera import CameraProducer
from producers.limits import why_unfit
from tests.support.cameras import frames_of
from tests.support.film import SIZE, face_on, number_of


async def test_the_face_is_boxed_and_followed(film: Path) -> None:
    hits, tracks, numbers = 0, [], []
    async with frames_of(film, detector="face", rate=15) as following:
        for _ in range(15):
            event = await following()
            assert event.picture is not None
            numbers.append(number_of(event.picture))
            truth = face_on(numbers[-1])
            for seen in cast(list[Any], event.data["detections"]):
                box = [
                    seen["box"][side] * SIZE[index % 2]
                    for index, side in enumerate(("x", "y", "w", "h"))
                ]
                if all(abs(is_ - was) <= 15 for is_, was in zip(box, truth, strict=True)):
                    hits += 1
                    tracks.append(seen["track_id"])
                    assert seen["label"] == "face"
                    assert 0.3 < seen["score"] <= 1

    assert hits >= 12, f"{hits} of 15 on frames {numbers}"
    assert len(set(numbers)) == len(numbers)
    assert tracks.count(tracks[0]) >= 12


async def test_an_event_is_a_picture_with_its_result(picture: Path) -> None:
    before = time.time()
    async with frames_of(picture, detector="face", rate=30) as following:
        event = await following()

    assert event.type == "detection"
    assert event.data["text"] == "1 face"
    assert event.data["size"] == {"width": 320, "height": 240}
    assert before <= event.time.timestamp() <= time.time()
    assert why_unfit(event) is None
    assert event.picture is not None
    assert CameraProducer("camera").event(event) == event


async def test_nobody_is_seen_where_nobody_is(picture: Path) -> None:
    async with frames_of(picture, detector="people", min_score=0.9) as following:
        event = await following()

    assert event.data["detections"] == []
    assert event.data["text"] == "nothing detected"


async def test_without_a_detector_there_are_pictures_only(film: Path) -> None:
    async with frames_of(film, detector="none", width=160, quality=10) as following:
        event = await following()

    assert event.data["text"] == "picture only"
    assert event.data["size"] == {"width": 160, "height": 120}
    assert event.picture is not None
    assert len(event.picture) < 5_000


async def test_what_is_less_sure_is_left_out(picture: Path) -> None:
    options = {"detector": "some_detectors.chatters", "min_score": 0.6}
    async with frames_of(picture, **options) as following:
        assert (await following()).data["detections"] == []


async def test_a_detector_may_print_and_use_numpy(picture: Path) -> None:
    async with frames_of(picture, detector="some_detectors.chatters") as following:
        await following()
        event = await following()

    assert event.data["detections"] == [
        {"label": "thing", "score": 0.5, "box": {"x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4}}
    ]


async def test_a_detector_that_is_a_class_is_made_once(picture: Path) -> None:
    options = {"detector": "some_detectors.Counts", "detector_options": {"start": 40}}
    async with frames_of(picture, **options) as following:
        told = [(await following()).data["detections"] for _ in range(2)]

    assert told == [
        [{"label": "thing 41", "track_id": "7"}],
        [{"label": "thing 42", "track_id": "7"}],
    ]


async def test_what_a_detector_leaves_of_the_picture_is_sent(picture: Path) -> None:
    options = {"detector": "some_detectors.paints", "detector_options": {"shade": 255}}
    async with frames_of(picture, **options) as following:
        event = await following()

    assert event.picture is not None
    assert number_of(event.picture) == 0b11_1111_1111
