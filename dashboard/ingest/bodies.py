"""Bodies: from a request's content type and bytes to the values that were sent."""

import re
from dataclasses import replace
from typing import Final

from django.http import HttpRequest

from dashboard.http.problems import Refused, error_at
from dashboard.ingest import strict_json
from dashboard.ingest.body_limit import BodyLimit
from dashboard.ingest.cloudevents import (
    BATCHED,
    STRUCTURED,
    BadCloudEvent,
    CloudEvent,
    from_headers,
    from_json,
    is_binary,
)
from dashboard.ingest.forms import is_form, lone_json, may_be_text, read_fields, read_multipart
from dashboard.ingest.json_bodies import decoded, read_as_json
from dashboard.ingest.json_values import BadJSON
from dashboard.ingest.media_types import (
    FORM_DATA,
    FORM_TYPE,
    IMAGE_TYPES,
    JSON_TYPE,
    NDJSON_TYPES,
    TEXT_TYPE,
    media_type,
    unsupported,
)
from dashboard.ingest.parsed_body import (
    BatchLimits,
    ParsedBody,
    bad_json,
    empty,
    read_json,
    read_lines,
)
from dashboard.ingest.picture_bodies import MEMBER, is_picture_text, read_form, with_picture
from dashboard.pictures.verifying import looks_like_picture
from producers.base import InvalidEvent, Producer
from producers.events import JSON

_MEANT_AS_JSON: Final = re.compile(r'\s*(?:\{|\[\s*[]\[{"])')
"""No text that people write begins so."""

_LIKE_JSON: Final = re.compile(r'\s*(?:[\[{"\d-]|(?:null|true|false|NaN|Infinity)\s*$)')


def read_body(
    request: HttpRequest, body: bytes, producer: Producer, taken: BatchLimits
) -> ParsedBody:
    """Return the values in `body`, of which `request` says the type. Raises Refused.

    Whether `producer` takes the values is not yet known.
    """
    kind = media_type(request, producer)
    if not producer.takes_pictures:
        if kind == FORM_DATA and not is_binary(request.META):
            return _form_without_picture(request, body, taken)
        return _values(request, body, kind, producer, taken)
    if kind in IMAGE_TYPES or (kind in (FORM_TYPE, "") and looks_like_picture(body)):
        return _picture(request, body, producer, taken)
    if kind == FORM_DATA:
        return _form(request, body, producer, taken)
    return with_picture(_values(request, body, kind, producer, taken))


def _form_without_picture(request: HttpRequest, body: bytes, taken: BatchLimits) -> ParsedBody:
    _require_size(body, taken)
    return read_multipart(body, (request.content_params or {}).get("boundary", ""), taken)


def _picture(
    request: HttpRequest, body: bytes, producer: Producer, taken: BatchLimits
) -> ParsedBody:
    """A picture by itself; a CloudEvent where the headers say so."""
    if not body:
        raise empty("the body is empty; send a picture")
    if not is_binary(request.META):
        return ParsedBody([None], 0, picture=body)
    event = _binary("", "", request, producer, taken).values[0]
    return ParsedBody([replace(event, data=None)], 0, picture=body)  # type: ignore[type-var]


def _form(request: HttpRequest, body: bytes, producer: Producer, taken: BatchLimits) -> ParsedBody:
    """A picture and, it may be, what was seen on it: in JSON, or else in text."""
    if is_binary(request.META):
        raise unsupported(FORM_DATA, producer)
    form = read_form(body, (request.content_params or {}).get("boundary", ""))
    if form.document is None:
        return ParsedBody([None], 0, picture=form.picture)
    kind = form.document.media_type
    kind = kind if kind in NDJSON_TYPES else FORM_TYPE
    posted = _values(request, form.document.content, kind, producer, taken)
    return with_picture(posted._replace(picture=form.picture))


def _values(
    request: HttpRequest, body: bytes, kind: str, producer: Producer, taken: BatchLimits
) -> ParsedBody:
    _require_size(body, taken)
    text = decoded(body, producer)
    if is_binary(request.META) and kind not in (STRUCTURED, BATCHED):
        return _binary(text, kind, request, producer, taken)
    if not text or text.isspace():
        raise empty("the body is empty; send an event")
    if kind == JSON_TYPE:
        return read_as_json(text, producer, taken)
    if producer.takes_pictures and is_picture_text(text):
        return ParsedBody([{MEMBER: text}], len(text))
    if kind in NDJSON_TYPES:
        return read_lines(text, taken)
    if kind == TEXT_TYPE:
        return _text(text, producer, taken)
    if kind in (STRUCTURED, BATCHED):
        return _cloudevents(text, kind, producer, taken)
    return _sniffed(text, kind, producer, taken)


def _text(text: str, producer: Producer, taken: BatchLimits) -> ParsedBody:
    """Text, for a producer that takes it, or the JSON objects that it reads as.

    `fetch` calls a string so. A bare number is not worth being strict about either.
    """
    if _MEANT_AS_JSON.match(text):
        try:
            posted = read_as_json(text, producer, taken)
        except Refused as refused:
            is_text = producer.takes_text and not producer.reads_documents
            if not is_text or refused.code not in ("bad-json", "empty"):
                raise
        else:
            if producer.reads_documents or all(isinstance(value, dict) for value in posted.values):
                return posted
    if producer.takes_text:
        return ParsedBody([text], len(text))
    try:
        value = strict_json.load(text, taken.limits)
    except BadJSON:
        value = None
    if isinstance(value, int | float) and _accepts(producer, value):
        return ParsedBody([value], len(text))
    raise unsupported(TEXT_TYPE, producer)


def _sniffed(text: str, kind: str, producer: Producer, taken: BatchLimits) -> ParsedBody:
    """What came without a type, or under the one that `curl -d` claims by itself.

    Taking it opens no way for other sites' forms: what lets a request in is its bearer token,
    which no form can send.
    """
    if kind == FORM_TYPE and is_form(text):
        posted = read_fields(text, taken)
        if producer.reads_documents and (document := lone_json(posted)) is not None:
            return read_as_json(document, producer, taken)
        if producer.takes_pictures and with_picture(posted).picture is not None:
            return posted
        if not (producer.takes_text and may_be_text(text)) or _accepts(producer, posted.values[0]):
            return posted
    try:
        posted = read_as_json(text, producer, taken)
    except Refused as refused:
        is_text = producer.takes_text and refused.code in ("bad-json", "empty")
        if is_text and not _MEANT_AS_JSON.match(text):
            return ParsedBody([text], len(text))
        if producer.takes_text or _LIKE_JSON.match(text):
            raise
        raise unsupported(kind, producer) from None
    if producer.takes_text and not posted.batch:
        value = posted.values[0]
        if not isinstance(value, str | dict | list) and not _accepts(producer, value):
            return ParsedBody([text], len(text))
    return posted


def _cloudevents(text: str, kind: str, producer: Producer, taken: BatchLimits) -> ParsedBody:
    posted = read_json(text, taken)
    if posted.batch != (kind == BATCHED):
        raise Refused(
            "bad-request",
            f"the Content-Type is {kind}, but one object is sent as {STRUCTURED} "
            f"and an array as {BATCHED}",
            errors=[error_at((), "an array" if posted.batch else "no array")],
        )
    events: list[CloudEvent] = []
    for index, value in enumerate(posted.values):
        try:
            events.append(from_json(value, takes_text=producer.takes_text))
        except BadCloudEvent as error:
            path = (*posted.path(index), *filter(None, [error.attribute]))
            raise _bad_cloudevent(error, error_at(path, error.detail), posted, index) from None
    return posted._replace(values=events, inside=("data",))


def _binary(
    text: str, kind: str, request: HttpRequest, producer: Producer, taken: BatchLimits
) -> ParsedBody:
    """A CloudEvent whose attributes are headers; the body is its data, even when an array."""
    data: JSON = {}
    if kind == TEXT_TYPE and producer.takes_text:
        data = text
    elif kind not in (JSON_TYPE, FORM_TYPE, ""):
        raise unsupported(kind, producer)
    elif text:
        try:
            data = strict_json.load(text, taken.limits)
        except BadJSON as error:
            raise bad_json(error) from None
    try:
        return ParsedBody([from_headers(request.META, data)], len(text))
    except BadCloudEvent as error:
        fault = {"header": f"ce-{error.attribute}", "detail": error.detail}
        if error.attribute == "data":
            fault = error_at((), error.detail)
        raise _bad_cloudevent(error, fault, ParsedBody((), 0), 0) from None


def _bad_cloudevent(
    error: BadCloudEvent, fault: dict[str, str], posted: ParsedBody, index: int
) -> Refused:
    return Refused(
        "unsupported-media-type" if error.unsupported else "bad-attribute",
        f"{error.attribute or 'the CloudEvent'} {error.detail}",
        errors=[fault],
        **posted.place(index),
    )


def _require_size(body: bytes, taken: BatchLimits) -> None:
    """Refuse what may come this large only where it is a picture."""
    if len(body) > taken.size:
        raise BodyLimit(taken.size, "INGEST_MAX_BYTES").too_large()


def _accepts(producer: Producer, value: object) -> bool:
    try:
        producer.event(value)
    except InvalidEvent:
        return False
    return True
