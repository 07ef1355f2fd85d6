"""Still: a tile as one SVG picture, for where there is no stream: a README, a mail, a wiki."""

import re
from asyncio import CancelledError
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any, Final

from django.template.loader import get_template, render_to_string, select_template
from django.utils.safestring import mark_safe

from dashboard.tiles.sight import Sight
from dashboard.widgets.crossings import Crossing
from dashboard.widgets.times import stamp

LARGEST_PICTURE: Final = 262_144
"""Bytes of a picture that is put into the still; of a larger one the boxes are shown alone."""

PLAIN: Final = "dashboard/widgets/plain.svg"
_ROOM: Final = (432.0, 170.0)
"""Width and height that a picture has in widgets/detections.svg."""

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def picture_of(sight: Sight) -> str | None:
    """Return the id of the picture that the tile shows largest; None where it has none."""
    return sight.tile.widget.picture(sight.wanted) if sight.entries else None


def draw_still(
    sight: Sight, *, theme: str = "auto", picture: tuple[str, bytes] | None = None
) -> str:
    """Return the picture; `picture`: type and bytes of the one that the tile shows.

    A widget is drawn by the template beside its own that ends in .svg; one that has none, or
    fails, by widgets/plain.svg.
    """
    last, trouble = sight.last, sight.trouble
    body, crossing = _body(sight, picture)
    context = {
        "tile": sight.tile,
        "theme": theme,
        "style": mark_safe(style()),  # noqa: S308 - a file of ours
        # Of an error it is told that there is one: the details are not for everybody.
        "trouble": trouble and trouble._replace(error="", retry=None),
        "changed": stamp(last.received, sight.now) if last else None,
        "crossing": crossing,
        "body": mark_safe(body),  # noqa: S308 - rendered: escaped
    }
    return _NO_XML.sub(
        "\N{REPLACEMENT CHARACTER}", render_to_string("dashboard/embeds/still.svg", context)
    )


@cache
def style() -> str:
    """Return the style that each of these pictures brings along."""
    return render_to_string("dashboard/embeds/still.css").strip()


@cache
def policy() -> str:
    """Return the content security policy under which such a picture shows, and does no more."""
    digest = b64encode(sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; sandbox"


def _body(sight: Sight, picture: tuple[str, bytes] | None) -> tuple[str, Crossing | None]:
    """Return what the widget draws, and the limit that it says is crossed."""
    tile, last = sight.tile, sight.last
    plain: dict[str, Any] = {"tile": tile, "entry": last}
    if last is not None:
        plain["at"] = stamp(last.event.time, sight.now)
        try:
            said = sight.context()
            name = tile.widget.template_name.rpartition(".")[0] + ".svg"
            template = select_template([name, PLAIN])
            crossing = said.get("crossing")
            known = crossing if isinstance(crossing, Crossing) else None
            return str(template.render(plain | said | _pictured(said, picture))), known
        except CancelledError:
            raise
        except BaseException:
            # What is wrong with the tile is logged where its page is drawn.
            plain["failed"] = True
    return str(get_template(PLAIN).render(plain)), None


def _pictured(said: Mapping[str, Any], picture: tuple[str, bytes] | None) -> dict[str, Any]:
    """Return the picture as data, and where it stands; nothing for widgets that have none."""
    if "canvas" not in said:
        return {}
    width, height = int(said["canvas"]["width"]), int(said["canvas"]["height"])
    scale = min(_ROOM[0] / width, _ROOM[1] / height)
    place = {
        "x": f"{(_ROOM[0] - width * scale) / 2:.1f}",
        "width": f"{width * scale:.1f}",
        "height": f"{height * scale:.1f}",
    }
    data = f"data:{picture[0]};base64,{b64encode(picture[1]).decode()}" if picture else ""
    return {"place": place, "picture": data}
