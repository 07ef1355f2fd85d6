"""An entry as the CloudEvents 1.0 JSON that /events/ speaks.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

import json
from typing import Any

from dashboard.live.sse import Frame
from dashboard.log.base import Entry

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def cloudevent(entry: Entry) -> dict[str, Any]:
    """Return the attributes and data; `id` is the entry's, `source` the producer's page."""
    event = entry.event
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(entry.id),
        "source": f"/producers/{event.producer}/",
        "type": event.type,
        "time": event.time.isoformat(),
        "datacontenttype": "application/json",
        "data": event.data,
    }
    if event.subject is not None:
        attributes["subject"] = event.subject
    return attributes


def encode(entry: Entry) -> bytes:
    """Return the entry as one frame of /events/, named by its producer."""
    return Frame(entry.event.producer, _encode(cloudevent(entry)), str(entry.id)).encode()
