"""Azure Computer Vision 3: objects, faces, brands, tags, descriptions; boxes in pixels."""

from typing import Final

from producers.detections.boxes import cornered
from producers.detections.fields import Box, Detection, Tag
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import Payload

_RESULTS: Final = ("objects", "tags", "description", "faces", "brands", "categories", "captions")


class AzureVision3(Format):
    """What `analyze`, `detect` and `tag` of versions 2 and 3 answer."""

    name = "azure-vision-3"
    about = "Azure Computer Vision 2 and 3, analyze and detect"
    only_space = "px"
    leaves_out = frozenset({"landmarks"})  # names of what the picture shows, without a place

    def why_not(self, payload: object) -> str | None:
        why = why_no_object_with(payload, *_RESULTS)
        if why is None:
            why = why_no_object_with(payload, "requestId", "metadata", "modelVersion")
        if why is None and isinstance(payload, dict) and "detections" in payload:
            return "it has detections; here they are called objects"
        return why

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        if not any(payload.get(name) is not None for name in _RESULTS):
            raise payload.fault(f"it has none of {', '.join(_RESULTS)}")
        seen: list[Detection] = []
        for name, read in (("objects", _object), ("brands", _object), ("faces", _face)):
            seen += [read(one) for one in _listed(payload, name)]
        seen += [
            _celebrity(one)
            for category in _listed(payload, "categories")
            if (detail := category.get("detail")) is not None
            for one in _listed(detail, "celebrities")
        ]
        tags = [_tag(one) for one in _listed(payload, "tags")]
        metadata, description = payload.get("metadata"), payload.get("description")
        captions = _listed(description or payload, "captions")
        return [
            Result(
                detections=seen,
                tags=tags,
                caption=captions[0].member("text").text() if captions else None,
                box_space="px",
                size=reading.size if metadata is None else metadata.size(),
            )
        ]


def _listed(said: Payload, name: str) -> list[Payload]:
    found = said.get(name)
    return [] if found is None else found.items()


def _object(said: Payload) -> Detection:
    name = said.get("object") or said.member("name")
    return Detection(
        label=name.label(),
        score=said.member("confidence").score(),
        box=_box(said.member("rectangle"), ("x", "y", "w", "h")),
    )


def _face(said: Payload) -> Detection:
    sides = ("left", "top", "width", "height")
    return Detection(label="face", box=_box(said.member("faceRectangle"), sides))


def _celebrity(said: Payload) -> Detection:
    name, score = said.member("name").label(), said.member("confidence").score()
    return _face(said).model_copy(update={"label": name, "score": score})


def _tag(said: Payload) -> Tag:
    return Tag(label=said.member("name").label(), score=said.member("confidence").score())


def _box(said: Payload, sides: tuple[str, ...]) -> Box:
    return cornered(*(said.member(name) for name in sides), relative=False)
