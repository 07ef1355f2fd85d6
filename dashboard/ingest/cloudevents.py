"""CloudEvents 1.0 as they come in: structured (an object) and binary (`ce-` headers).

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote_to_bytes

from dashboard.ingest.attributes import LONGEST, why_illegal
from producers.events import JSON

STRUCTURED: Final = "application/cloudevents+json"
BATCHED: Final = "application/cloudevents-batch+json"

_REQUIRED: Final = ("id", "source", "specversion", "type")
_OPTIONAL: Final = ("subject", "time", "datacontenttype")
_LONGEST_ID: Final = 1024
_HEADERS: Final = {name: f"HTTP_CE_{name.upper()}" for name in (*_REQUIRED, "subject", "time")}
"""Attributes by the name that their header has in `request.META`."""
_SIGNS: Final = tuple(_HEADERS[name] for name in _REQUIRED)

_RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_JSON_TYPE: Final = re.compile(r"[\w.+-]+/(?:[\w.+-]+\+)?json", re.ASCII | re.IGNORECASE)
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')


class BadCloudEvent(ValueError):
    """An attribute is missing or not legal: `attribute` names it, `detail` says what is legal.

    `unsupported` when it is legal, but of a kind that is not taken here.
    """

    def __init__(self, attribute: str, detail: str, *, unsupported: bool = False) -> None:
        self.attribute = attribute
        self.detail = detail
        self.unsupported = unsupported
        super().__init__(f"{attribute}: {detail}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudEvent:
    """What is taken of one: its context and its data. Extension attributes are passed over."""

    key: str
    """From `source` and `id`, which together name an event: the same again is the same event."""
    type: str
    subject: str | None
    time: datetime | None
    data: JSON


def from_json(value: object, *, takes_text: bool) -> CloudEvent:
    """Return the CloudEvent that a structured or batched body holds. Raises BadCloudEvent."""
    if not isinstance(value, dict):
        raise BadCloudEvent("", f"a CloudEvent is a JSON object, not {value!r:.80}")
    if value.get("data_base64") is not None:
        raise BadCloudEvent(
            "data_base64", "binary data is not taken; send JSON as data", unsupported=True
        )
    given = {name: value[name] for name in (*_REQUIRED, *_OPTIONAL) if value.get(name) is not None}
    for name, attribute in given.items():
        if not isinstance(attribute, str):
            raise BadCloudEvent(name, f"is {attribute!r:.80}; a string is legal")
    data = value.get("data", {})
    is_text = takes_text and isinstance(data, str)
    return _made({name: str(attribute) for name, attribute in given.items()}, data, is_text)


def is_binary(headers: Mapping[str, str]) -> bool:
    """Whether these headers (as in `request.META`) say that the body is a CloudEvent's data."""
    return not headers.keys().isdisjoint(_SIGNS)


def from_headers(headers: Mapping[str, str], data: JSON) -> CloudEvent:
    """Return the CloudEvent in binary mode, whose body is `data`. Raises BadCloudEvent."""
    given = {}
    for name, header in _HEADERS.items():
        if (sent := headers.get(header)) is not None:
            given[name] = _unescaped(name, sent)
    return _made(given, data, False)


def _made(given: Mapping[str, str], data: JSON, is_text: bool) -> CloudEvent:
    for name in _REQUIRED:
        if name not in given:
            raise BadCloudEvent(name, "is missing; a CloudEvent has " + ", ".join(_REQUIRED))
    for name, value in given.items():
        longest = _LONGEST_ID if name in ("id", "source") else LONGEST
        if (why := why_illegal(value, longest)) is not None:
            raise BadCloudEvent(name, why)
    if given["specversion"] != "1.0":
        raise BadCloudEvent("specversion", f"is {given['specversion']!r:.80}; '1.0' is legal")
    source = given["source"]
    if any(map(str.isspace, source)):
        raise BadCloudEvent("source", f"is {source!r:.80}; a URI reference without space is legal")
    content_type = given.get("datacontenttype", "application/json").partition(";")[0].strip()
    if not (_JSON_TYPE.fullmatch(content_type) or (is_text and content_type == "text/plain")):
        raise BadCloudEvent(
            "datacontenttype",
            f"is {content_type!r:.80}; 'application/json' is legal",
            unsupported=True,
        )
    if data is None:
        raise BadCloudEvent("data", "is null; send the event's data, or leave it out")
    return CloudEvent(
        # No source holds a space, so that no two pairs read alike.
        key=_short(f"{source} {given['id']}"),
        type=given["type"],
        subject=given.get("subject"),
        time=_time(given["time"]) if "time" in given else None,
        data=data,
    )


def _short(key: str) -> str:
    return key if len(key) <= LONGEST else "sha256:" + hashlib.sha256(key.encode()).hexdigest()


def _time(text: str) -> datetime:
    try:
        if _RFC3339.fullmatch(text):
            time = datetime.fromisoformat(text.upper())
            time.astimezone(UTC)  # overflows within a day of years 1 and 9999
            return time
    except (ValueError, OverflowError):
        pass
    raise BadCloudEvent(
        "time", f"is {text!r:.80}; RFC 3339 is legal, such as 2030-12-31T23:59:59.5+09:00"
    )


def _unescaped(name: str, header: str) -> str:
    """Undo quoting and then percent-encoding, once each (HTTP binding, 3.1.3.2)."""
    if (quoted := _QUOTED.fullmatch(header)) is not None:
        header = re.sub(r"\\(.)", r"\1", quoted[1])
    try:
        return unquote_to_bytes(header.encode("ascii")).decode()
    except UnicodeError:
        raise BadCloudEvent(name, f"is {header!r:.80}; percent-encoded UTF-8 is legal") from None
