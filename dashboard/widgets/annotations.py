"""Annotations: marks in a chart where another producer said something, and what it said."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from dashboard.history.rollups import time_of
from dashboard.log.base import Entry
from dashboard.widgets.base import Beside
from dashboard.widgets.compact import clip, compact
from dashboard.widgets.geometry import Scale
from dashboard.widgets.span import percent
from dashboard.widgets.times import stamp

MOST_MARKS: Final = 60
"""Marks of one chart: the newest."""
_TEXT: Final = 120
_LABEL: Final = 18
_APART: Final = 150
"""Per mille between two marks of which each can have its label."""


def marks(producers: Sequence[str], others: Mapping[str, Beside], x: Scale) -> list[dict[str, Any]]:
    """Return a mark for each of the producers' entries that is in the chart, oldest first."""
    now = datetime.fromtimestamp(x.end, timezone.get_default_timezone())
    found = sorted(_told(producers, others, x), key=lambda one: one[0])[-MOST_MARKS:]
    made: list[dict[str, Any]] = []
    for at, entry in found:
        text = _said(entry)
        place = x.x(at.timestamp())
        if made and place - made[-1]["place"] < _APART:
            made[-1]["label"] = ""
        made.append(
            {
                "place": place,
                "x": percent(place),
                "text": f"{stamp(at, now).text} {entry.event.producer}: {text}",
                "label": clip(text, _LABEL),
                "is_late": place > 1_000 - _APART,
            }
        )
    return made


def _told(
    producers: Sequence[str], others: Mapping[str, Beside], x: Scale
) -> Iterator[tuple[datetime, Entry]]:
    for alias in producers:
        for entry in others[alias].entries if alias in others else ():
            at = time_of(entry)
            if x.start <= at.timestamp() <= x.end:
                yield at, entry


def _said(entry: Entry) -> str:
    data = entry.event.data
    words = [data[name] for name in ("title", "text") if isinstance(data.get(name), str)]
    said = ": ".join(map(str, words)) or compact(dict(data), _TEXT)
    return clip(" ".join(filter(None, (entry.event.subject, said))), _TEXT)
