"""ClockWidget: the time that a tick carries, as large as the tile allows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from pydantic import Field

from dashboard.log.base import Entry
from dashboard.widgets.base import Widget
from dashboard.widgets.times import localtime


class ClockWidget(Widget):
    """Draws {"time": ISO 8601, "timezone": IANA name}; without them, the event's own time."""

    class Options(Widget.Options):
        seconds: bool = Field(True, description="whether the seconds are shown")
        date: bool = Field(True, description="whether the date is shown")

    template_name = "dashboard/widgets/clock.html"
    size = "2x1"

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        event = entries[-1].event
        time, zone = _read(event.data.get("time"), event.data.get("timezone"))
        if time is None:
            time = localtime(event.time)
        return {
            "iso": time.isoformat(timespec="seconds"),
            "minutes": f"{time.hour:02}:{time.minute:02}",
            "seconds": f":{time.second:02}" if self.options.seconds else "",
            "date": format_date(time, "l, j F Y") if self.options.date else "",
            # Which its offset says already.
            "zone": "" if zone.rpartition("/")[2] == "UTC" else zone,
            "offset": _offset(time.utcoffset()),
            # Digits, for an attribute: of a number, a template would make 1.234 in some languages.
            "elapsed": str(time.hour * 60 + time.minute),
        }


def _read(time: object, zone: object) -> tuple[datetime | None, str]:
    """Return the time in its zone, or None when there is no aware ISO time; and the zone's name."""
    try:
        when = datetime.fromisoformat(time)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None, ""
    if when.tzinfo is None:
        return None, ""
    info = _zone(zone) if isinstance(zone, str) else None
    if info is None:
        return when, ""
    try:
        return when.astimezone(info), info.key
    except OverflowError:
        return when, info.key


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _offset(offset: timedelta | None) -> str:
    """Return UTC+9, UTC−3:30 or UTC."""
    minutes = round(offset.total_seconds() / 60) if offset else 0
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")
