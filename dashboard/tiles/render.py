"""Drawing: a tile's inside as HTML, the same for the page and for the stream."""

import logging
from asyncio import CancelledError
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any, Final, NamedTuple

from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from dashboard.http.prefix import below
from dashboard.pictures.names import fetched_with
from dashboard.tiles import examples
from dashboard.tiles.concern import BROKEN, Concern, concern_of
from dashboard.tiles.config import Tile
from dashboard.tiles.sight import Sight
from dashboard.tiles.status import ERROR_LENGTH
from dashboard.widgets.compact import clip
from dashboard.widgets.crossings import Crossing
from dashboard.widgets.times import stamp
from producers.base import Producer
from producers.registry import Misconfigured

logger = logging.getLogger(__name__)

FRESH: Final = timedelta(seconds=2)
"""An entry this young is what the tile is drawn for, so the tile lights up."""

SLOW: Final = 0.25
"""Seconds that a widget and its template may take: while one is drawn, the whole wall waits."""

LOG_EVERY: Final = 60.0
"""Seconds for which the same fault of the same tile is logged once."""

_logged: dict[tuple[str, str], float] = {}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Everything about who looks that changes the bytes; `base_url` has no slash at its end.

    A guest looks on from another page: is led nowhere and told no details of a fault. With a
    `ticket`, pictures are fetched from `base_url` with that. `revive` is the path that a page of
    ours asks when its stream has gone silent; "": the page around the tiles is not ours. `prefix`
    is SCRIPT_NAME with a slash at its end: all URLs lead below it.
    """

    base_url: str
    token: str | None
    language: str = "en"
    is_guest: bool = False
    ticket: str | None = None
    revive: str = ""
    prefix: str = "/"


class Face(NamedTuple):
    """What is under a tile's heading, and what is the matter with it."""

    html: str
    concern: Concern | None


def draw_face(sight: Sight, viewer: Viewer) -> Face:
    """Return what changes of a tile: what is under its heading.

    Raises nothing but CancelledError: a widget or template that fails, even by SystemExit, gives
    a tile that says so; of one that takes longer than SLOW, tile and log say how long.
    """
    with below(viewer.prefix):
        return _drawn(sight, viewer)


def _drawn(sight: Sight, viewer: Viewer) -> Face:
    try:
        with translation.override(viewer.language), _fetched(viewer):
            return _face(sight, viewer)
    except CancelledError:
        raise
    except BaseException as error:
        name, said = _tell(sight.tile, error, viewer)
    try:
        return Face(_filled(sight.tile, broken=name, message=said), BROKEN)
    except CancelledError:
        raise
    except BaseException:  # the site's own face.html may be what is broken
        told = format_html("<p>This tile cannot be drawn. {}: {}</p>", name, said)
        return Face(told, BROKEN)


def under_heading(face: str, tile: Tile, viewer: Viewer, *, is_live: bool = False) -> str:
    """Return a whole tile. With `is_live` the face is what the stream replaces, and nothing else:
    a heading that is pointed at, or marked, stays. Raises nothing but CancelledError."""
    context = {"tile": tile, "face": mark_safe(face), "is_live": is_live}  # noqa: S308
    try:
        with below(viewer.prefix):
            if not viewer.is_guest:
                context["url"] = reverse("dashboard:producer", args=[tile.producer])
            return get_template("dashboard/tile.html").render(context)
    except CancelledError:
        raise
    except BaseException as error:
        heading = format_html('<h2 id="title-{}">{}</h2>', tile.id, tile.title)
        told = "<p>This tile cannot be drawn. {}: {}</p>"
        return heading + format_html(told, *_tell(tile, error, viewer))


def _fetched(viewer: Viewer) -> AbstractContextManager[None]:
    if viewer.ticket is None:
        return nullcontext()
    return fetched_with(viewer.base_url, viewer.ticket)


def _face(sight: Sight, viewer: Viewer) -> Face:
    tile, last, trouble = sight.tile, sight.last, sight.trouble
    if trouble is not None and viewer.is_guest:
        trouble = trouble._replace(error="")
    began, body, crossing = monotonic(), "", None
    if last is not None:
        body, crossing = _body(sight)
    elif trouble is None and not isinstance(sight.producer, Misconfigured):
        # A producer that cannot speak is not waited for.
        body = _invitation(sight.producer, tile, viewer)
    took = monotonic() - began
    if took > SLOW and _is_news(tile, "slow"):
        logger.warning("tile takes long to draw tile=%s seconds=%.2f", tile.id, took)
    html = _filled(
        tile,
        body=body,
        crossing=crossing,
        trouble=trouble,
        changed=stamp(last.received, sight.now) if last else None,
        fresh=last is not None and sight.now - last.received < FRESH,
        slow=f"{took:.1f}" if took > SLOW and not viewer.is_guest else "",
    )
    return Face(html, concern_of(crossing, trouble))


def _filled(tile: Tile, **context: Any) -> str:
    """Return a tile's face and foot around what `context` holds."""
    return get_template("dashboard/face.html").render({"tile": tile, **context})


def _body(sight: Sight) -> tuple[str, Crossing | None]:
    """Return what the widget draws, and the limit that it says is crossed."""
    context = sight.context()
    template = get_template(sight.tile.widget.template_name)
    crossing = context.get("crossing")
    # A widget of somebody else's may call anything that.
    known = crossing if isinstance(crossing, Crossing) else None
    return template.render({**context, "tile": sight.tile}), known


def _invitation(producer: Producer, tile: Tile, viewer: Viewer) -> str:
    """Return what a tile says before its producer has said anything."""
    command = None
    # What is pasted says nothing of a subject.
    if not (producer.runs or viewer.is_guest or tile.subject):
        example = examples.example_of(producer)
        command = examples.curl(producer, example, base_url=viewer.base_url, token=viewer.token)
    return get_template("dashboard/invitation.html").render(
        {"awaited": producer.event_type, "command": command, "tile": tile}
    )


def _tell(tile: Tile, error: BaseException, viewer: Viewer) -> tuple[str, str]:
    """Log the fault; return its name and what it says, as far as this viewer may know."""
    name, said = type(error).__name__, clip(_said(error), ERROR_LENGTH)
    if _is_news(tile, f"{name}: {said}"):
        logger.error(
            "tile cannot be drawn tile=%s error=%s: %s", tile.id, name, said, exc_info=error
        )
    return ("Error", "its log says why") if viewer.is_guest else (name, said)


def _said(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())
    except BaseException:  # an exception of somebody else's may even fail to say what it is
        return "(says nothing)"


def _is_news(tile: Tile, fault: str) -> bool:
    """Return whether this fault of this tile is to be logged: it was not within LOG_EVERY."""
    at = monotonic()
    for known in [known for known, logged in _logged.items() if at - logged >= LOG_EVERY]:
        del _logged[known]
    if (tile.id, fault) in _logged:
        return False
    _logged[tile.id, fault] = at
    return True
