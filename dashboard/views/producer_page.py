"""What the page of one producer says."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import BaseModel
from pydantic.errors import PydanticUserError
from pydantic_core import PydanticUndefined

from dashboard.log.base import Entry
from dashboard.tiles import examples
from dashboard.tiles.looks import look_of
from dashboard.tiles.render import Viewer
from dashboard.tiles.status import status_of
from dashboard.widgets.compact import clip, compact
from dashboard.widgets.times import Stamp, stamp
from producers.auto import AutoProducer
from producers.base import Producer
from producers.registry import Misconfigured
from producers.state import ProducerState

DATA_LENGTH: Final = 300
WORDS: Final = {
    "running": "running by itself",
    "listening": "listening for what is POSTed",
    "stopped": "stopped with the wall",
}


class OptionRow(NamedTuple):
    name: str
    value: str
    default: str
    help: str


class EventRow(NamedTuple):
    id: str
    at: Stamp
    type: str
    subject: str
    data: str


class Snippet(NamedTuple):
    """A command to paste, and what it does."""

    label: str
    command: str


def describe(
    producer: Producer,
    state: ProducerState | None,
    stale: bool,
    entries: Sequence[Entry] | None,
    viewer: Viewer,
    now: datetime,
) -> dict[str, Any]:
    """Return the template's context; `entries` are oldest first, None when the log is away."""
    last = entries[-1] if entries else None
    return {
        "alias": producer.alias,
        "title": producer.title,
        "backend": _path(producer),
        "about": (type(producer).__doc__ or "").strip().partition("\n\n")[0].replace("`", ""),
        "word": WORDS.get(state.status, "") if state else "",
        "since": stamp(state.since, now) if state else None,
        "restarts": state.restarts if state else 0,
        "trouble": status_of(last, state, stale, None, now),
        "expect_every": producer.expect_every,
        "options": _options(producer.options),
        "schema": _schema(producer.Data),
        "log_away": entries is None,
        "events": [_event(entry, now) for entry in reversed(entries or ())],
        "snippets": _snippets(producer, viewer, last),
        "look": look_of(producer, entries or ()) if isinstance(producer, AutoProducer) else None,
    }


def first_curl(viewer: Viewer) -> str:
    """Return a command that puts the first tile on a wall, by a name that is new."""
    token = viewer.token
    return examples.curl(AutoProducer("kitchen"), "21.4", base_url=viewer.base_url, token=token)


def describe_misconfigured(error: Misconfigured) -> dict[str, Any]:
    """Return the template's context for a row of PRODUCERS that could not be built."""
    return {"alias": error.alias, "title": error.alias, "misconfigured": error}


def _path(producer: Producer) -> str:
    return f"{type(producer).__module__}.{type(producer).__qualname__}"


def _options(options: BaseModel) -> list[OptionRow]:
    rows = []
    for name, field in type(options).model_fields.items():
        # repr=False is how a model says that a value, such as a password, is not to be shown.
        value = repr(getattr(options, name)) if field.repr else "(hidden)"
        default = field.get_default(call_default_factory=True, validated_data={})
        shown = "required" if default is PydanticUndefined else repr(default)
        rows.append(OptionRow(name, clip(value, 120), clip(shown, 80), field.description or ""))
    return rows


def _schema(model: type[BaseModel]) -> str:
    try:
        return json.dumps(model.model_json_schema(), indent=1, ensure_ascii=False)
    except PydanticUserError as error:
        return f"This model has no JSON Schema: {error.message}"


def _event(entry: Entry, now: datetime) -> EventRow:
    event = entry.event
    return EventRow(
        str(entry.id),
        stamp(event.time, now),
        clip(event.type, 60),
        clip(event.subject or "", 60),
        compact(dict(event.data), DATA_LENGTH),
    )


def _snippets(producer: Producer, viewer: Viewer, last: Entry | None) -> list[Snippet]:
    """Return commands that work: with an example that the producer takes, or none at all."""
    base_url, token = viewer.base_url, viewer.token
    found = []
    if body := _json_body(producer, last):
        found += [
            Snippet("One event", examples.curl(producer, body, base_url=base_url, token=token)),
            Snippet(
                "Several at once: all are stored, or none",
                examples.curl_batch(producer, [body, body], base_url=base_url, token=token),
            ),
            Snippet("On the wall's own machine", examples.manage_send(producer, body)),
        ]
    if text := examples.text_example_of(producer):
        found.insert(
            1,
            Snippet(
                "Plain text",
                examples.curl(
                    producer, text, base_url=base_url, token=token, content_type=examples.TEXT_TYPE
                ),
            ),
        )
    return found


def _json_body(producer: Producer, last: Entry | None) -> str | None:
    """Return an example as JSON: the producer's own, else its last event, else anything."""
    if producer.example is None and last is not None:
        body = json.dumps(dict(last.event.data), ensure_ascii=False)
        if len(body) <= DATA_LENGTH:
            return body
    return examples.json_example_of(producer)
