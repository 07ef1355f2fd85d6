"""Our own format: the canonical result as it is, or one detection by itself."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from producers.detections.fields import Detection
from producers.detections.format import Format, Reading, why_no_object_with
from producers.detections.model import Result
from producers.detections.payload import MOST_PROBLEMS, Payload, Unreadable, shown, token

_OF_A_DETECTION = frozenset(Detection.model_fields)


class Canonical(Format):
    """`{"label": "person", "score": 0.9}` is the whole of a result with one detection; `source`,
    `time` and the like may stand beside the label."""

    name = "eventwall"
    about = "Eventwall's own"

    def why_not(self, payload: object) -> str | None:
        why = why_no_object_with(payload, "detections", "tags", "caption", "picture", "label")
        if why is None and isinstance(payload, dict) and "camera" in payload:
            return "it has a camera; here it is called source"
        return why

    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        value = payload.value
        if not isinstance(value, dict):
            raise payload.fault("legal is an object")
        alone = "label" in value and "detections" not in value
        if alone:
            beside = {name: said for name, said in value.items() if name not in _OF_A_DETECTION}
            one = {name: said for name, said in value.items() if name in _OF_A_DETECTION}
            value = beside | {"detections": [one]}
        if reading.size is not None and value.get("size") is None:
            value = value | {"size": reading.size}
        try:
            return [Result.model_validate(value)]
        except ValidationError as error:
            raise Unreadable(
                [
                    (payload.pointer + where, said)
                    for where, said in (
                        _problem(fault, alone) for fault in error.errors()[:MOST_PROBLEMS]
                    )
                ]
            ) from None


def _problem(fault: ErrorDetails, alone: bool) -> tuple[str, str]:
    place = fault["loc"][2:] if alone and fault["loc"][:1] == ("detections",) else fault["loc"]
    said = fault["msg"].removeprefix("Value error, ")
    pointer = "".join(token(step) for step in place if step != "[key]")
    return pointer, f"{said}, not {shown(fault['input'])}"
