"""Snippets: commands to paste that send an event. Each works as it is shown."""

import json
import shlex
from typing import Final

from django.urls import reverse

from producers.base import InvalidEvent, Producer

ANY_EXAMPLE: Final = '{"text": "hello"}'
TEXTS: Final = ("hello", "21.4")
"""One of these is taken by whoever takes text at all."""
TOKEN_VARIABLE: Final = "$EVENTWALL_TOKEN"  # noqa: S105 - a shell variable's name
JSON_TYPE: Final = "application/json"
NDJSON_TYPE: Final = "application/x-ndjson"
TEXT_TYPE: Final = "text/plain"


def example_of(producer: Producer) -> str:
    """Return a body worth POSTing to `producer`."""
    return producer.example or ANY_EXAMPLE


def json_example_of(producer: Producer) -> str | None:
    """Return a JSON body that `producer` takes; None when its example is none of its events."""
    example = example_of(producer)
    is_json = content_type_of(example) == JSON_TYPE
    try:
        event = producer.event(json.loads(example) if is_json else example)
    except InvalidEvent:
        return None
    return example if is_json else json.dumps(dict(event.data), ensure_ascii=False)


def text_example_of(producer: Producer) -> str | None:
    """Return a text that `producer` takes as text/plain; None when it takes none."""
    for text in (example_of(producer), *TEXTS) if producer.takes_text else ():
        try:
            producer.event(text)
        except InvalidEvent:
            continue
        if content_type_of(text) == TEXT_TYPE or text in TEXTS:
            return text
    return None


def content_type_of(body: str) -> str:
    """Return the media type that `body` is to be POSTed under."""
    try:
        json.loads(body)
    except ValueError:
        return TEXT_TYPE
    return JSON_TYPE


def curl(
    producer: Producer,
    body: str,
    *,
    base_url: str,
    token: str | None,
    content_type: str | None = None,
) -> str:
    """Return a `curl` that POSTs `body` as it is.

    `token` None: out of the shell's environment. `content_type` None: what the body looks like.
    """
    return "\n".join(
        _curl(
            producer,
            content_type or content_type_of(body),
            f"-d {shlex.quote(body)}",
            base_url,
            token,
        )
    )


def curl_batch(producer: Producer, bodies: list[str], *, base_url: str, token: str | None) -> str:
    """Return a `curl` that POSTs JSON `bodies` as one batch, a line each."""
    lines = " ".join(map(shlex.quote, bodies))
    post = _curl(producer, NDJSON_TYPE, "--data-binary @-", base_url, token)
    return "\n".join([f"printf '%s\\n' {lines} |", *post])


def manage_send(producer: Producer, body: str) -> str:
    """Return a shell command that sends `body` on the machine of the wall itself."""
    return f"python manage.py send {producer.alias} {shlex.quote(body)}"


def _curl(
    producer: Producer, content_type: str, data: str, base_url: str, token: str | None
) -> list[str]:
    url = base_url + reverse("dashboard:ingest", args=[producer.alias])
    return [
        f"curl {url} \\",
        f'  -H "Authorization: Bearer {token or TOKEN_VARIABLE}" \\',
        f"  -H 'Content-Type: {content_type}' \\",
        f"  {data}",
    ]
