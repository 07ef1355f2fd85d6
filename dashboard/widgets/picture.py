"""PictureWidget: the latest picture of a producer, whole, without anything drawn on it."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from django.utils import timezone
from pydantic import Field

from dashboard.log.base import Entry
from dashboard.pictures.names import is_picture_id, picture_url
from dashboard.widgets.base import Widget
from dashboard.widgets.compact import clip
from dashboard.widgets.times import stamp
from producers.detections.summary import one_line

CAPTION_LENGTH: Final = 120


class PictureWidget(Widget):
    """Draws the newest picture there is; the one before it stays until that one has come."""

    class Options(Widget.Options):
        fit: Literal["contain", "cover"] = Field(
            "contain", description="`contain`: the whole picture; `cover`: it fills the tile, cut"
        )
        caption: bool = Field(True, description="whether the event's text and time stand below")

    template_name = "dashboard/widgets/picture.html"
    fills = True
    depth = 60
    size = "2x2"

    def picture(self, entries: Sequence[Entry]) -> str | None:
        entry = next(iter(_pictured(entries)), None)
        return None if entry is None else str(entry.event.data["picture"])

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        found = _pictured(entries)
        if not found:
            return {"picture": None}
        event = found[0].event
        text = event.data.get("text")
        said = one_line(text, CAPTION_LENGTH + 1) if isinstance(text, str) else ""
        alike = len(found) > 1 and _source(found[1]) == _source(found[0])
        return {
            "picture": picture_url(event.producer, event.data["picture"]),
            "before": picture_url(event.producer, found[1].event.data["picture"]) if alike else "",
            "said": clip(said, CAPTION_LENGTH),
            "subject": clip(event.subject or "", 40),
            "at": stamp(event.time, timezone.now()),
            "fit": self.options.fit,
            "caption": self.options.caption,
            "canvas": CANVAS,
        }


CANVAS: Final = {"width": "432", "height": "170"}
"""What a still gives a picture; in it the picture keeps its own proportion."""


def _source(entry: Entry) -> tuple[object, object]:
    """Return what two pictures have in common where the later one hides the other."""
    return entry.event.subject, entry.event.data.get("size")


def _pictured(entries: Sequence[Entry]) -> list[Entry]:
    """Return the two newest entries that have a picture, the newest first."""
    there = (entry for entry in reversed(entries) if is_picture_id(entry.event.data.get("picture")))
    return [entry for entry, _ in zip(there, range(2), strict=False)]
