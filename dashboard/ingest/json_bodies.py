"""JSON bodies: the values of a text that is JSON, whole or a line each; other bytes are named."""

import re
from typing import Final

from dashboard.http.problems import Refused, error_at
from dashboard.ingest import strict_json
from dashboard.ingest.json_values import BadJSON
from dashboard.ingest.media_types import IMAGE_TYPES
from dashboard.ingest.parsed_body import (
    BatchLimits,
    ParsedBody,
    read_document,
    read_json,
    read_lines,
)
from dashboard.pictures.file_kind import file_kind
from producers.base import Producer

_LINES: Final = re.compile(r"\s*\{[^\n]*\}\s*\n\s*\{")
"""NDJSON, which log shippers send as application/json."""


def decoded(body: bytes, producer: Producer) -> str:
    """Return `body` as text. Raises Refused, saying what it is instead."""
    try:
        return strict_json.decode(body)
    except BadJSON as error:
        said, code = error.detail, "bad-encoding"
        if (kind := file_kind(body)) == "gzip":
            said = "the body is gzip, and no Content-Encoding says so; send Content-Encoding: gzip"
        elif kind is not None and kind != "UTF-16":
            types = f"{', '.join(IMAGE_TYPES)}, as which it is sent" * producer.takes_pictures
            said = f"the body is {kind}, and no text; legal are {types or 'JSON or text'}"
            code = "unsupported-media-type"
        raise Refused(code, said, errors=[error_at(error.path, said)]) from None


def read_as_json(text: str, producer: Producer, taken: BatchLimits) -> ParsedBody:
    """Return the values of JSON, as `producer` takes an array: a batch, or a document.

    Raises Refused.
    """
    read = read_document if producer.reads_documents else read_json
    try:
        posted = read(text, taken)
    except Refused as refused:
        if refused.code != "bad-json" or _LINES.match(text) is None:
            raise
        return read_lines(text, taken)
    if not posted.batch and isinstance(posted.values[0], str):
        return _twice_encoded(posted, producer, taken)
    return posted


def _twice_encoded(posted: ParsedBody, producer: Producer, taken: BatchLimits) -> ParsedBody:
    """What became a text and then JSON: `requests.post(json=result.to_json())`."""
    text = str(posted.values[0])
    if text.lstrip()[:1] not in (("[", "{") if producer.reads_documents else ("{",)):
        return posted
    try:
        return read_document(text, taken)
    except Refused:
        return posted
