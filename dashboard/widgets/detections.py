"""DetectionsWidget: the latest picture with a box around each thing that was seen on it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.safestring import SafeString
from pydantic import Field

from dashboard.log.base import Entry
from dashboard.pictures.names import picture_url
from dashboard.widgets.base import Widget
from dashboard.widgets.compact import clip
from dashboard.widgets.overlay import LABEL_LENGTH, marks, score_of
from dashboard.widgets.palette import look
from dashboard.widgets.scene import Scene, scene, things_in
from dashboard.widgets.times import stamp
from producers.detections.summary import counted, one_line

MOST_COUNTED: Final = 8
"""Labels in the legend; more cannot be told apart across a room."""

SENTENCE_LENGTH: Final = 200
NOTHING: Final = "nothing detected"

_LONG_SIDE: Final = 8192
"""Pixels, more than any wall has: the style sheet shrinks the picture into its tile."""

_SLIMMEST: Final = 6
"""The longer side of a picture, in shorter ones, beyond which it is drawn as if it were that."""

_SEEN_AFTER: Final = timedelta(milliseconds=100)
"""Of two frames that come faster, browsers may never have got the first."""


class DetectionsWidget(Widget):
    """Draws "detections" on their "picture", or on a plain canvas, and what was seen before."""

    class Options(Widget.Options):
        min_score: float = Field(
            0.0, ge=0, le=1, allow_inf_nan=False, description="what is less sure is not drawn"
        )
        labels: frozenset[str] = Field(
            frozenset(), description="only these are drawn; empty: all there are"
        )
        history: int = Field(
            6, ge=0, le=20, description="sentences shown of what was seen lately; 0: none"
        )

    template_name = "dashboard/widgets/detections.html"
    fills = True
    depth = 60
    size = "2x2"

    def picture(self, entries: Sequence[Entry]) -> str | None:
        said = entries[-1].event.data.get("picture")
        return said if isinstance(said, str) else None

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        now = timezone.now()
        data = entries[-1].event.data
        seen = scene(entries)
        wanted = [thing for thing in seen.things if self._wants(thing)]
        together = things_in(data) != seen.things  # tracked things, each told alone
        picture = _picture_of(entries[-1])
        # On a picture, a guess would put boxes beside what they are around.
        unplaced = seen.guessed and picture is not None
        drawn = [] if unplaced else marks(_with(seen, wanted))
        counts = Counter(thing["label"] for thing in wanted).most_common()
        return {
            "said": counted(thing["label"] for thing in wanted) or NOTHING
            if together and wanted
            else self._sentence(data),
            "at": stamp(entries[-1].event.time, now),
            "picture": picture,
            "before": _before(entries) if picture else None,
            "canvas": _canvas(*seen.shape),
            "marks": drawn,
            "counts": [
                {"look": look(label), "label": _name(label), "count": count}
                for label, count in counts[:MOST_COUNTED]
            ],
            "more": max(0, len(counts) - MOST_COUNTED),
            "undrawn": len(wanted) - len(drawn) if drawn else 0,
            "guessed": bool(drawn) and seen.guessed,
            "unplaced": unplaced and bool(wanted),
            "history": self._history(entries, now) if self.options.history else [],
        }

    def _wants(self, thing: Mapping[str, Any]) -> bool:
        score, labels = score_of(thing), self.options.labels
        sure = score is None or score >= self.options.min_score
        return sure and (not labels or thing["label"] in labels)

    def _sentence(self, data: Mapping[str, Any]) -> str:
        """Return what an event says, of what is wanted."""
        text = data.get("text")
        things = things_in(data)
        wanted = [thing for thing in things if self._wants(thing)]
        if len(wanted) < len(things) or not isinstance(text, str):
            text = counted(thing["label"] for thing in wanted) or NOTHING
        return clip(one_line(text, SENTENCE_LENGTH + 1), SENTENCE_LENGTH)

    def _history(self, entries: Sequence[Entry], now: Any) -> list[dict[str, str | None]]:
        """Return what was said, newest first; what was said again and again is told once, with
        the time when it began and the last picture of it."""
        lines: list[dict[str, str | None]] = []
        last = None
        for entry in reversed(entries):
            said = self._sentence(entry.event.data), entry.event.subject
            if said != last:
                if len(lines) == self.options.history:
                    break
                subject = clip(said[1] or "", 40)
                lines.append({"text": said[0], "subject": subject, "picture": _picture_of(entry)})
            lines[-1]["time"] = stamp(entry.event.time, now).text
            last = said
        return lines


def _with(seen: Scene, things: list[Mapping[str, Any]]) -> Scene:
    return Scene(things, seen.width, seen.height, seen.shape, seen.guessed)


def _name(label: str) -> str:
    return clip(one_line(label, LABEL_LENGTH + 1), LABEL_LENGTH)


def _picture_of(entry: Entry) -> str | None:
    """Return the URL of the picture that an event was seen on; None where it has none."""
    return picture_url(entry.event.producer, entry.event.data.get("picture"))


def _before(entries: Sequence[Entry]) -> str | None:
    """Return the URL of the picture before the newest, of the same source and size.

    Browsers have it already. It lies beneath the newest one until that is there: so there is no
    dark moment between two frames.
    """
    if len(entries) < 2 or entries[-1].received - entries[-2].received < _SEEN_AFTER:
        return None
    newest, before = entries[-1].event, entries[-2].event
    same = newest.subject == before.subject and newest.data.get("size") == before.data.get("size")
    return _picture_of(entries[-2]) if same else None


def _canvas(width: float, height: float) -> dict[str, SafeString]:
    """Return whole numbers in the picture's proportion, with a long side of many pixels.

    As digits: a template would write a number of the viewer's language, with separators.
    """
    longer, shorter = max(width, height), min(width, height)
    shorter = max(shorter, longer / _SLIMMEST)
    long, short = SafeString(_LONG_SIDE), SafeString(round(_LONG_SIDE * shorter / longer))
    wide = width >= height
    return {"width": long if wide else short, "height": short if wide else long}
