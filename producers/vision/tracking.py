"""Tracking: the same thing has the same number from frame to frame, as far as boxes tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_SAME: Final = 0.3
"""Overlap, as a fraction of what two boxes cover together, above which they are of one thing."""
_PATIENCE: Final = 5
"""Frames for which a thing may be missed and still be the same."""


@dataclass(slots=True)
class _Track:
    number: int
    label: str
    box: Mapping[str, float]
    missed: int = 0


class Followed:
    """A detector whose detections get a `track_id`: by label, and by the overlap of boxes."""

    def __init__(self, detect: Callable[[Any], Sequence[Mapping[str, Any]]]) -> None:
        self._detect = detect
        self._tracks: list[_Track] = []
        self._given = 0

    def __call__(self, image: Any) -> list[dict[str, Any]]:
        seen = [dict(thing) for thing in self._detect(image)]
        pairs = [
            (overlap(track.box, thing["box"]), index, track)
            for index, thing in enumerate(seen)
            for track in self._tracks
            if track.label == thing["label"]
        ]
        taken: dict[int, _Track] = {}
        for share, index, track in sorted(pairs, key=lambda pair: -pair[0]):
            free = index not in taken and all(track is not other for other in taken.values())
            if share >= _SAME and free:
                taken[index] = track
        for track in self._tracks:
            track.missed += 1
        for index, thing in enumerate(seen):
            found = taken.get(index) or self._begin(thing)
            found.box, found.missed = thing["box"], 0
            thing["track_id"] = str(found.number)
        self._tracks = [track for track in self._tracks if track.missed <= _PATIENCE]
        return seen

    def _begin(self, thing: Mapping[str, Any]) -> _Track:
        self._given += 1
        self._tracks.append(track := _Track(self._given, thing["label"], thing["box"]))
        return track


def overlap(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return how much two boxes share of what they cover together, 0 to 1."""
    across = min(one["x"] + one["w"], other["x"] + other["w"]) - max(one["x"], other["x"])
    down = min(one["y"] + one["h"], other["y"] + other["h"]) - max(one["y"], other["y"])
    shared = max(0.0, across) * max(0.0, down)
    together = one["w"] * one["h"] + other["w"] * other["h"] - shared
    return shared / together if together > 0 else 0.0
