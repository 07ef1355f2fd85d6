"""Frigate: tracked objects, from MQTT `frigate/events` (pixels) or `/api/events` (fractions).

And its reviews, from `frigate/reviews` or `/api/review`, which have no boxes.
"""

from producers.detections.bounds import LONGEST_TEXT, MOST_RESULTS, MOST_TAGS, MOST_ZONES
from producers.detections.boxes import cornered, spanned
from producers.detections.fields import Box, Detection, Tag
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload
from producers.detections.summary import one_line

_STATES = ("new", "update", "end")


class Frigate(Format):
    """One object a result: its id is the result's id and the track's, its camera the source.

    A false positive is no result at all. An MQTT box is in pixels of the detect stream, which no
    message tells: give its size as the option `size`, or with each request.
    """

    name = "frigate"
    about = "Frigate, MQTT frigate/events or /api/events"
    takes_lists = True
    leaves_out = frozenset(
        {"before", "region", "snapshot", "path_data", "attributes", "current_attributes"}
    )

    def why_not(self, payload: object) -> str | None:
        if isinstance(payload, list | tuple):
            if not payload:
                return "it is an empty list, which tells no object"
            payload = payload[0]
        if isinstance(payload, dict) and "after" in payload:
            payload = payload["after"]
        for names in (("camera",), ("label", "severity"), ("start_time",)):
            if (why := why_no_object_with(payload, *names)) is not None:
                return why
        return None

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        if isinstance(payload.value, list | tuple):
            found = payload.each(lambda item: _message(item, reading), MOST_RESULTS)
        else:
            found = [_message(payload, reading)]
        return [result for result in found if result is not None]


def _message(said: Payload, reading: Reading) -> Result | None:
    after, kind = said.get("after"), said.get("type")
    tracked = said if after is None else after
    false_positive, ended = tracked.get("false_positive"), tracked.get("end_time")
    if false_positive is not None and false_positive.value is True:
        _look_at_boxes(tracked)
        return None
    state = "update" if ended is None else "end"
    if after is not None and kind is not None:
        state = kind.text()
        if state not in _STATES:
            raise kind.fault("legal are new, update and end")
    if tracked.get("label") is None and tracked.get("severity") is not None:
        return _review(tracked, state, reading, mqtt=after is not None)
    id_ = tracked.member("id").id()
    time = tracked.get("frame_time") or ended or tracked.member("start_time")
    box, relative = _box(tracked)
    return Result(
        detections=[_detection(tracked, box, id_)],
        box_space="relative" if relative else "px",
        size=reading.size,
        source=tracked.member("camera").id(),
        time=time.epoch(),
        id=id_,
        state=state,
    )


def _review(said: Payload, state: str, reading: Reading, *, mqtt: bool) -> Result:
    """Return a stretch of activity: which kinds of things took part, not how many nor where.

    It has the space of the boxes that come the same way, so that those stay where it is shown.
    """
    data, ended = said.member("data"), said.get("end_time")
    named = [
        label
        for name in ("objects", "sub_labels", "audio")
        if (part := data.get(name)) is not None
        for label in part.each(Payload.label, MOST_TAGS // 3)
    ]
    severity = said.member("severity").label()
    told = f"{severity} over" if state == "end" else severity
    return Result(
        text=one_line(": ".join(filter(None, (told, ", ".join(named)))), LONGEST_TEXT),
        tags=[Tag(label=label) for label in named],
        box_space="px" if mqtt else "relative",
        size=reading.size,
        source=said.member("camera").id(),
        time=(ended or said.member("start_time")).epoch(),
        id=said.member("id").id(),
        state=state,
    )


def _box(tracked: Payload) -> tuple[Box | None, bool]:
    """Return the box, and whether it is in fractions of the picture."""
    fractions, box = _look_at_boxes(tracked)
    if fractions is not None:
        return cornered(*fractions.items(exactly=4), relative=True), True
    if box is None:
        return None, True
    return spanned(*box.items(exactly=4), relative=False), False


def _look_at_boxes(tracked: Payload) -> tuple[Payload | None, Payload | None]:
    """Return the box in fractions and the one in pixels; both are of the same thing."""
    data = tracked.get("data")
    return None if data is None else data.get("box"), tracked.get("box")


def _detection(tracked: Payload, box: Box | None, id_: str) -> Detection:
    zones = tracked.get("current_zones") or tracked.get("zones")
    sub_label = tracked.get("sub_label")
    if sub_label is not None and isinstance(sub_label.value, list | tuple):
        sub_label = sub_label.items(exactly=2)[0]  # with its score
    named = {} if sub_label is None else {"sub_label": sub_label.label()}
    return Detection(
        label=tracked.member("label").label(),
        score=_score(tracked),
        box=box,
        track_id=id_,
        zones=None if zones is None else zones.each(Payload.label, MOST_ZONES) or None,
        extra=named or None,
    )


def _score(tracked: Payload) -> float | None:
    """Return how sure it is now, or was at best: an object that has gone has no score of now."""
    for whole in (tracked, tracked.get("data")):
        for name in ("score", "top_score"):
            if whole is not None and (score := whole.get(name)) is not None:
                return score.score()
    return None
