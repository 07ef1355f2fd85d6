"""Start: where a stream of /events/ is to begin, as its request says."""

import re
from datetime import timedelta
from typing import Final

from django.http import HttpRequest

from dashboard.http.problems import Refused
from dashboard.live.streams import Start
from dashboard.log.base import EntryId
from producers.base import utc_now

CURSORS: Final = ("lastEventId", "lastEventID", "last_event_id")
"""What Last-Event-ID is called in the queries of clients that cannot set a header."""

_AGO: Final = re.compile(r"(\d{1,9})([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def start_of(request: HttpRequest) -> Start:
    """Return where to begin. Raises Refused."""
    last = request.META.get("HTTP_LAST_EVENT_ID")
    if last is None:
        last = next((said for name in CURSORS if (said := request.GET.get(name))), None)
    if last is not None:
        return _resumed(last)
    since = request.GET.get("since", "latest")
    if (start := _since(since)) is None:
        raise Refused(
            "bad-since",
            f"since is {since!r:.80}; legal are an entry id, a span such as "
            "10m (s, m, h, d), all and latest",
        )
    return start


def _resumed(last_event_id: str) -> Start:
    try:
        return EntryId.parse(last_event_id)
    except ValueError:
        return "malformed"


def _since(text: str) -> Start | None:
    if text == "all":
        return "all"
    if text == "latest":
        return "latest"
    if span := _AGO.fullmatch(text):
        return utc_now() - timedelta(seconds=min(int(span[1]) * _SECONDS[span[2]], 10**9))
    try:
        return EntryId.parse(text)
    except ValueError:
        return None
