"""An entry as the CloudEvents 1.0 JSON that /events/ speaks.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

import json

from dashboard.live.sse import Frame
from dashboard.log.base import Entry

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def cloudevent(entry: Entry) -> str:
    """Return the attributes and data; `id` is the entry's, `source` the producer's page."""
    event = entry.event
    attributes = {
        "specversion": "1.0",
        "id": str(entry.id),
        "source": f"/producers/{event.producer}/",
        "type": event.type,
        "time": event.time.isoformat(),
        "datacontenttype": "application/json",
    }
    # The data is JSON already; to make it again would take most of the time.
    data = _encode(event.data) if entry.text is None else entry.text
    subject = "" if event.subject is None else f',"subject":{_encode(event.subject)}'
    return f'{_encode(attributes)[:-1]},"data":{data}{subject}}}'


def encode(entry: Entry) -> bytes:
    """Return the entry as one frame of /events/, named by its producer."""
    return Frame(entry.event.producer, cloudevent(entry), str(entry.id)).encode()
