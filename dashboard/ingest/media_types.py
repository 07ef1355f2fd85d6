"""Media types: which kinds of body are taken, and the refusal of all others."""

import re
from typing import Final

from django.http import HttpRequest

from dashboard.http.problems import Refused, shown
from dashboard.ingest.cloudevents import BATCHED, STRUCTURED
from dashboard.tiles.examples import content_type_of, example_of
from producers.base import Producer

JSON_TYPE: Final = "application/json"
TEXT_TYPE: Final = "text/plain"
NDJSON_TYPES: Final = ("application/x-ndjson", "application/ndjson", "application/jsonl")
FORM_TYPE: Final = "application/x-www-form-urlencoded"

FORM_DATA: Final = "multipart/form-data"

MEDIA_TYPES: Final = (
    *(JSON_TYPE, *NDJSON_TYPES, TEXT_TYPE, STRUCTURED, BATCHED),
    *(FORM_TYPE, FORM_DATA),
)
"""What may be sent, if the producer takes it."""

IMAGE_TYPES: Final = ("image/jpeg", "image/png", "image/webp")
"""What may be sent besides, if the producer takes pictures."""

ACCEPT_POST: Final = ", ".join((*MEDIA_TYPES, *IMAGE_TYPES))

_KNOWN: Final = frozenset({*MEDIA_TYPES, ""})
_ALSO_JSON: Final = re.compile(
    r"(?:application|text)/(?:x-)?json|application/(?!cloudevents)[\w.-]+\+json", re.ASCII
)
_NO_IMAGE: Final = frozenset({"image/svg+xml"})
"""Called an image, and is text. Of all others the content says what they are."""
_UNTYPED: Final = "application/octet-stream"
_UTF_8: Final = frozenset(
    ("utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968", "ansi_x3.4-1986", "iso646-us",
     "iso-ir-6", "csascii", "us", "cp367", "ibm367")
)  # fmt: skip
"""Its names, and those of ASCII, which is a part of it."""


def media_type(request: HttpRequest, producer: Producer) -> str:
    """Return the media type of the body, as it is called here. Raises Refused.

    "" when it came without one, or without one that says anything: then its content counts.
    """
    charset = (request.content_params or {}).get("charset", "").strip("'\" ").lower() or "utf-8"
    if charset not in _UTF_8:
        raise Refused(
            "unsupported-media-type", f"charset is {shown(charset)}; send UTF-8", legal=["utf-8"]
        )
    kind = request.content_type or ""
    if kind in _KNOWN:
        return kind
    if kind == _UNTYPED:
        return ""
    if _ALSO_JSON.fullmatch(kind):
        return JSON_TYPE
    if producer.takes_pictures and kind.startswith("image/") and kind not in _NO_IMAGE:
        return IMAGE_TYPES[0]
    raise unsupported(kind, producer)


def unsupported(kind: str, producer: Producer) -> Refused:
    """Return the refusal of a body of type `kind`, which says what `producer` takes."""
    legal = [name for name in MEDIA_TYPES if name != TEXT_TYPE or producer.takes_text]
    legal += IMAGE_TYPES if producer.takes_pictures else ()
    what = f"a body of type {shown(kind)}" if kind else "a body that is no JSON and has no type"
    if kind == FORM_TYPE:
        what = "a form (as curl -d calls its body) that is neither JSON nor fields"
    example = example_of(producer)
    return Refused(
        "unsupported-media-type",
        f"producer {producer.alias!r} does not take {what}; "
        f"send, for example, {example} as {content_type_of(example)}; "
        f"legal are {', '.join(legal)}",
        headers={"Accept-Post": ", ".join(legal)},
        legal=legal,
    )
