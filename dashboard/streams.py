"""The views of the two streams: /stream/ for pages, /events/ for programs."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from dashboard import runtime
from dashboard.lane import direct
from dashboard.live.entry_stream import EntryStream, Start
from dashboard.live.response import HEADERS, EventStreamResponse
from dashboard.live.stream import Busy
from dashboard.live.tile_stream import TileStream
from dashboard.log.base import EntryId, LogUnavailable
from dashboard.problems import problem
from dashboard.tiles import dashboards, tiles
from dashboard.viewers import viewer_of
from producers.base import utc_now

_AGO: Final = re.compile(r"(\d{1,9})([smhd])")
_FULL: Final = 30.0
"""Seconds after which one that found no room is to come again."""
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@direct
async def stream(request: HttpRequest) -> HttpResponseBase:
    """Tiles as named events of HTML: `?dashboard=<slug>` or `?tiles=<id>,<id>`."""
    if "tiles" in request.GET:
        ids, known = request.GET["tiles"].split(","), tiles()
        if unknown := [name for name in ids if name not in known]:
            return _not_found("tile", unknown[0], known)
        chosen = tuple(dict.fromkeys(known[name] for name in ids))
    else:
        slug = request.GET.get("dashboard") or next(iter(dashboards()))
        if slug not in dashboards():
            return _not_found("dashboard", slug, dashboards())
        chosen = dashboards()[slug].tiles
    try:
        wall = await runtime.started()
    except LogUnavailable:
        return EventStreamResponse(Busy(1, 5))
    return _refused(request, wall) or EventStreamResponse(
        TileStream(wall.hub, chosen, viewer_of(request)).counted(wall.admission, _client(request))
    )


@direct
async def events(request: HttpRequest) -> HttpResponseBase:
    """Events as CloudEvents: `?producer=<alias>,<alias>&since=<id>|10m|all|latest`.

    `Last-Event-ID` wins over `since`, for a client that resumes asks the URL it began with.
    """
    try:
        wall = await runtime.started()
    except LogUnavailable:
        return EventStreamResponse(Busy(1, 5))
    producers = None
    if "producer" in request.GET:
        producers = frozenset(request.GET["producer"].split(","))
        if unknown := sorted(producers - wall.producers.keys()):
            return _not_found("producer", unknown[0], wall.producers)
    if (last := request.headers.get("Last-Event-ID")) is not None:
        start = _resumed(last)
    elif (since := _since(request.GET.get("since", "latest"))) is not None:
        start = since
    else:
        return problem(
            "bad-since",
            detail=f"since is {request.GET['since']!r:.80}; legal are an entry id, a span such as "
            "10m (s, m, h, d), all and latest",
        )
    return _refused(request, wall) or EventStreamResponse(
        EntryStream(wall.hub, wall.log, producers, start).counted(wall.admission, _client(request))
    )


def _refused(request: HttpRequest, wall: runtime.Runtime) -> HttpResponseBase | None:
    """Return the answer to a request that gets no stream, or None."""
    if request.method == "HEAD":
        return HttpResponse(content_type="text/event-stream", headers=HEADERS)
    if request.method != "GET":
        return problem(
            "method-not-allowed",
            detail=f"{request.method} cannot open a stream; legal are GET and HEAD",
            headers={"Allow": "GET, HEAD"},
        )
    if wall.hub.draining or not wall.hub.ready:
        return EventStreamResponse(Busy(1, 5))
    if not wall.admission.has_room(_client(request)):
        return EventStreamResponse(Busy(_FULL, _FULL), close=True)
    return None


def _client(request: HttpRequest) -> str:
    """Return the address that streams are counted by; "" behind a Unix socket."""
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


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


def _not_found(kind: str, name: str, known: Iterable[str]) -> HttpResponse:
    return problem(
        f"unknown-{kind}",
        detail=f"there is no {kind} {name!r:.80}; known are {', '.join(known) or 'none'}",
    )
