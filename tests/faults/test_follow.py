"""A wall that follows another: either is killed, and nothing is missing and nothing comes twice."""

import json
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.support.wall import Wall

pytestmark = pytest.mark.faults

NOTES = {"BACKEND": "producers.notes.NotesProducer"}


class Poster:
    """Posts one note after the other, each until it is taken: again by the same key."""

    def __init__(self, wall: Wall) -> None:
        self.taken = 0
        self._wall = wall
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._post)
        self._thread.start()

    def _post(self) -> None:
        while not self._over.is_set():
            with suppress(OSError, ValueError):
                key = {"Idempotency_Key": f"note-{self.taken}"}
                status, _ = self._wall.post("notes", f"note {self.taken}", **key)
                self.taken += status in (200, 201)

    def stop(self) -> int:
        self._over.set()
        self._thread.join()
        return self.taken


def test_either_is_killed_and_each_event_is_told_once_in_order(
    make_wall: Callable[..., Wall],
) -> None:
    plant = make_wall(PRODUCERS={"notes": NOTES, "clock": {"BACKEND": "producers.base.Producer"}})
    options = {"url": f"{plant.url}/events/", "producers": ["notes"]}
    central = make_wall(
        PRODUCERS={"plant": {"BACKEND": "producers.follow.FollowProducer", "OPTIONS": options}}
    )
    with central.events("/events/?since=all") as events:
        (begun,) = events.until(1, "plant")
    poster = Poster(plant)

    def more(count: int) -> None:
        there = poster.taken
        plant.until(lambda: poster.taken >= there + count)

    try:
        more(20)
        plant.kill()
        plant.start()
        more(20)
        central.kill()
        more(20)
        central.start()
        more(20)
    finally:
        count = poster.stop()
    plant.post("notes", "the last one")

    with central.events("/events/?since=all") as events:
        events.until_text("the last one", "plant")
        told = [json.loads(message.data)["data"]["text"] for message in events.of("plant")]
    assert json.loads(begun.data)["type"] == "follow.begun"
    assert told == [
        f"follows {plant.url}/events/",
        *(f"note {number}" for number in range(count)),
        "the last one",
    ]
