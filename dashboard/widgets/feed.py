"""FeedWidget: the latest texts, newest first, each with its time and its level."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone
from django.utils.safestring import SafeString
from pydantic import Field

from dashboard.log.base import Entry
from dashboard.pictures.names import picture_url
from dashboard.widgets.base import Widget
from dashboard.widgets.compact import clip, compact
from dashboard.widgets.times import stamp

TEXT_LENGTH: Final = 400
"""Characters of one text that a tile shows; the producer's page has the rest."""

_DEBUG, _INFO, _WARN, _ERROR = map(SafeString, ("debug", "info", "warn", "error"))
_NONE: Final = SafeString("")

LEVELS: Final[dict[str, SafeString]] = {
    "debug": _DEBUG,
    "info": _INFO,
    "notice": _INFO,
    "warn": _WARN,
    "warning": _WARN,
    "error": _ERROR,
    "critical": _ERROR,
    "fatal": _ERROR,
}
"""What a producer may call a level → the look it gets; any other word looks like info."""


class FeedWidget(Widget):
    """Draws "text", "title" and "level"; data without a text is shown as compact JSON."""

    class Options(Widget.Options):
        limit: int = Field(20, ge=1, le=20, description="texts shown at most")

    template_name = "dashboard/widgets/feed.html"
    depth = 20
    size = "2x1"

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        now = timezone.now()
        latest = list(entries)[-self.options.limit :]
        return {
            "items": [_item(entry, stamp(entry.event.time, now).text) for entry in reversed(latest)]
        }


def _item(entry: Entry, at: str) -> dict[str, str | None]:
    """Return one line; `level` is the word shown, `look` its CSS class (both may be "").

    A dict, because a template finds a name in it several times faster than an attribute.
    """
    data = entry.event.data
    text, level, title = data.get("text"), data.get("level"), data.get("title")
    word = clip(level, 16) if isinstance(level, str) else ""
    return {
        "time": at,
        "text": clip(f"{title}: {text}" if isinstance(title, str) else text, TEXT_LENGTH)
        if isinstance(text, str)
        else compact(dict(data), TEXT_LENGTH),
        "level": word,
        "look": LEVELS.get(word.lower(), _INFO) if word else _NONE,
        "subject": clip(entry.event.subject or "", 40),
        "picture": picture_url(entry.event.producer, data.get("picture")),
    }
