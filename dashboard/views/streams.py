"""The views of the two streams: /stream/ for pages, /events/ for programs."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from dashboard.access.access import Access, renewed
from dashboard.access.refusals import LastWords, is_event_source, refuse
from dashboard.access.table import AccessUnavailable
from dashboard.access.viewer import viewer_of
from dashboard.embeds.cors import allow_events, is_foreign, share_events, share_with_origin
from dashboard.http.browsers import browser_of
from dashboard.http.direct import direct
from dashboard.http.parameters import require_known
from dashboard.http.problems import Refused, problem, shown
from dashboard.live import closing, sse
from dashboard.live.response import HEADERS, EventStreamResponse
from dashboard.live.ring import Wanted
from dashboard.live.stream import BUSY, Busy, Farewell, Stream
from dashboard.live.streams import EntryStream, TileStream
from dashboard.live.subjects import TooManySubjects
from dashboard.live.tile_audience import Shown
from dashboard.log.base import LogUnavailable
from dashboard.tiles.appearance import PLAIN
from dashboard.tiles.site import layout_of
from dashboard.tiles.subjects import about
from dashboard.views.asked_subject import asked_subject
from dashboard.views.authorize import authorize_read
from dashboard.views.start import CURSORS, start_of
from dashboard.wall import current

if TYPE_CHECKING:
    from dashboard.wall.runtime import Runtime

_OF_TILES: Final = ("dashboard", "tiles", "subject", "layout", "embed", "t")
_OF_EVENTS: Final = ("producer", "since", "as", *CURSORS, "t")
_FULL: Final = 30.0
"""Seconds after which one that found no room is to come again."""


@direct
async def stream(request: HttpRequest) -> HttpResponseBase:
    """Tiles as named events of HTML: `?dashboard=<slug>`, which may go on with
    `&subject=<subject>`, or `?tiles=<id>,<id>`."""
    try:
        require_known(request, _OF_TILES)
        wall = await current.started()
        access = await authorize_read(request)
        answer = await _tile_stream(request, wall, access)
    except Refused as refused:
        return refused.response()
    except (LogUnavailable, AccessUnavailable):
        return EventStreamResponse(Busy(1, 5))
    except TooManySubjects:
        return EventStreamResponse(Busy(_FULL, _FULL), close=True)
    return share_with_origin(request, access, answer)


@direct
async def events(request: HttpRequest) -> HttpResponseBase:
    """Events as CloudEvents: `?producer=<alias>,<alias>&since=<id>|10m|all|latest`.

    `Last-Event-ID`, which a client that cannot set headers sends as `?lastEventId=`, wins over
    `since`: a client that resumes asks the URL it began with. `?as=message` is for `onmessage`.
    """
    if (allowed := allow_events(request)) is not None:
        return share_events(request, allowed)
    try:
        require_known(request, _OF_EVENTS)
        wall = await current.started()
        access = await authorize_read(request)
        answer = _event_stream(request, wall, access)
    except Refused as refused:
        answer = refused.response()
    except (LogUnavailable, AccessUnavailable):
        answer = EventStreamResponse(Busy(1, 5, sse.HEARTBEAT))
    return share_events(request, answer)


def _event_stream(request: HttpRequest, wall: "Runtime", access: Access) -> HttpResponseBase:
    if access.denial is not None:
        return refuse(request, access.denial, closing.to_program)
    if access.tiles is not None:
        return _denied(request, closing.to_program) or problem(
            "ticket-for-tiles", detail="the ticket shows tiles and reads no events; ask /stream/"
        )
    asked = None
    if "producer" in request.GET:
        asked = frozenset(request.GET["producer"].split(","))
        known = [alias for alias in wall.producers if access.reads(alias)]
        if unknown := sorted(asked.difference(known)):
            return _not_found(request, access, "producer", unknown[0], known, closing.to_program)
    named = _is_named(request)

    def wanted() -> Wanted:
        readable = renewed(access, wall.access.known).producers
        if asked is None:
            return Wanted(readable, named)
        return Wanted(asked if readable is None else asked & readable, named)

    stream = EntryStream(wall.hub, wall.log, wanted, start_of(request))
    return _turned_away(request, wall, sse.HEARTBEAT) or _opened(request, wall, access, stream)


def _is_named(request: HttpRequest) -> bool:
    said = request.GET.get("as", "named")
    if said not in ("named", "message"):
        raise Refused("bad-request", f"as is {shown(said)}; legal are named and message")
    return said == "named"


async def _tile_stream(request: HttpRequest, wall: "Runtime", access: Access) -> HttpResponseBase:
    # What a ticket in the URL showed is over, whatever the reason: nobody is there to sign in.
    last_words = closing.to_embed if "t" in request.GET else closing.to_page
    if access.denial is not None:
        return refuse(request, access.denial, last_words)
    if is_foreign(request, access):
        return _denied(request, last_words) or problem(
            "foreign-origin", detail="it is none of those that the ticket or the wall names"
        )
    viewer = viewer_of(request, access)
    choose = _tiles(request, access, last_words, is_guest=viewer.is_guest)
    if isinstance(choose, HttpResponseBase):
        return choose

    def chosen() -> Shown | None:
        return choose(renewed(access, wall.access.known))

    if "subject" in request.GET and (shown := chosen()) is not None:
        await wall.hub.subjects.prepare(shown.tiles)
    stream = TileStream(wall.hub, viewer, chosen, page=request.GET.get("layout"))
    return _turned_away(request, wall) or _opened(request, wall, access, stream)


def _tiles(
    request: HttpRequest, access: Access, last_words: LastWords, *, is_guest: bool
) -> Callable[[Access], Shown | None] | HttpResponseBase:
    """Return what is asked for, or the answer when some of it is not to be seen."""
    subject = asked_subject(request)
    if "tiles" in request.GET:
        if subject is not None:
            raise Refused("bad-request", "subject goes with dashboard; a tile has its own subject")
        ids, known = list(dict.fromkeys(request.GET["tiles"].split(","))), access.all_tiles()
        if unknown := [name for name in ids if name not in known]:
            return _not_found(request, access, "tile", unknown[0], known, last_words)
        return partial(_of_ids, ids)
    walls = access.all_dashboards()
    slug = request.GET.get("dashboard") or next(iter(walls), "")
    if slug not in walls:
        return _not_found(request, access, "dashboard", slug, walls, last_words)
    return partial(_of_dashboard, slug, subject, is_guest)


def _of_ids(ids: Sequence[str], access: Access) -> Shown | None:
    known = access.all_tiles()
    tiles = tuple(known[name] for name in ids if name in known)
    return Shown(tiles, refresh=PLAIN.seconds_between) if tiles else None


def _of_dashboard(slug: str, subject: str | None, is_guest: bool, access: Access) -> Shown:
    walls = access.all_dashboards()
    if subject is not None and slug in walls:
        walls = about(walls, slug, subject)
    layout = layout_of(walls, slug)
    if slug not in walls:
        return Shown((), layout)
    # A guest's page has no header, and needs no name of a dashboard.
    shown = walls[slug]
    title = "" if is_guest else shown.title
    return Shown(shown.tiles, layout, title, shown.appearance.seconds_between)


def _opened(
    request: HttpRequest, wall: "Runtime", access: Access, stream: Stream
) -> EventStreamResponse:
    if access.principal is not None or access.until is not None:
        stream.watched(wall.revoker, access)
    return EventStreamResponse(
        stream.counted(wall.admission, _client(request), browser_of(request))
    )


def _turned_away(
    request: HttpRequest, wall: "Runtime", said: bytes = BUSY
) -> HttpResponseBase | None:
    """Return the answer to a request that gets no stream, or None; `said`: as for Busy."""
    if request.method == "HEAD":
        return HttpResponse(content_type="text/event-stream", headers=HEADERS)
    if request.method != "GET":
        return problem(
            "method-not-allowed",
            detail=f"{request.method} cannot open a stream; legal are GET and HEAD",
            headers={"Allow": "GET, HEAD"},
        )
    if wall.hub.draining or not wall.hub.ready:
        return EventStreamResponse(Busy(1, 5, said))
    if not wall.admission.has_room(_client(request)):
        return EventStreamResponse(Busy(_FULL, _FULL, said), close=True)
    return None


def _client(request: HttpRequest) -> str:
    """Return the address that streams are counted by; "" behind a Unix socket."""
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


def _not_found(
    request: HttpRequest,
    access: Access,
    kind: str,
    name: str,
    known: Collection[str],
    last_words: LastWords,
) -> HttpResponseBase:
    """Answer alike whether there is nothing of that name or it is not to be seen."""
    return (access.is_limited and _denied(request, last_words)) or problem(
        f"unknown-{kind}",
        detail=f"there is no {kind} {name!r:.80}; known are {', '.join(known) or 'none'}",
    )


def _denied(request: HttpRequest, last_words: LastWords) -> HttpResponseBase | None:
    """Return the bye for an EventSource; None for another client, which is to get a status."""
    if is_event_source(request):
        return EventStreamResponse(Farewell(last_words("denied")))
    return None
