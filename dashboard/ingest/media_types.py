"""Media types: which kinds of body are taken, and the refusal of all others."""

from collections.abc import Mapping
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

MEDIA_TYPES: Final = (JSON_TYPE, *NDJSON_TYPES, TEXT_TYPE, STRUCTURED, BATCHED)
"""What may be sent, if the producer takes it. What `curl -d` calls a form is taken besides."""

FORM_DATA: Final = "multipart/form-data"
IMAGE_TYPES: Final = ("image/jpeg", "image/png", "image/webp")
PICTURE_TYPES: Final = (FORM_DATA, *IMAGE_TYPES)
"""What may be sent besides, if the producer takes pictures."""

ACCEPT_POST: Final = ", ".join((*MEDIA_TYPES, *PICTURE_TYPES))

_KNOWN: Final = frozenset({*MEDIA_TYPES, FORM_TYPE, ""})


def media_type(request: HttpRequest, producer: Producer) -> str:
    """Return the media type of the body, "" when it came without. Raises Refused."""
    _must_be_plain(request.META)
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8"):
        raise Refused(
            "unsupported-media-type", f"charset is {shown(charset)}; send UTF-8", legal=["utf-8"]
        )
    kind = request.content_type or ""
    if kind not in _KNOWN and not (producer.takes_pictures and kind in PICTURE_TYPES):
        raise unsupported(kind, producer)
    return kind


def unsupported(kind: str, producer: Producer) -> Refused:
    """Return the refusal of a body of type `kind`, which says what `producer` takes."""
    legal = [name for name in MEDIA_TYPES if name != TEXT_TYPE or producer.takes_text]
    legal += PICTURE_TYPES if producer.takes_pictures else ()
    what = f"a body of type {shown(kind)}" if kind else "a body that is no JSON and has no type"
    if kind == FORM_TYPE:
        what = "a form (as curl -d calls its body) that is no JSON"
    example = example_of(producer)
    return Refused(
        "unsupported-media-type",
        f"producer {producer.alias!r} does not take {what}; "
        f"send, for example, {example} as {content_type_of(example)}; "
        f"legal are {', '.join(legal)}",
        headers={"Accept-Post": ", ".join(legal)},
        legal=legal,
    )


def _must_be_plain(headers: Mapping[str, str]) -> None:
    """Refuse compression: a small body could become any number of bytes."""
    encoding = headers.get("HTTP_CONTENT_ENCODING", "")
    if encoding.strip().lower() not in ("", "identity"):
        raise Refused(
            "unsupported-content-encoding",
            f"Content-Encoding is {shown(encoding)}; send the body as it is",
            headers={"Accept-Encoding": "identity"},
            legal=["identity"],
        )
