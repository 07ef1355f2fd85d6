"""CountWidget: how many things were seen, or how many events came, over a span of time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from django.utils import timezone
from pydantic import Field

from dashboard.history.past import Kind, Past, Scope
from dashboard.history.rollups import DETECTIONS, EVENTS, LABEL, Rollup, Series, label_name
from dashboard.log.base import Entry
from dashboard.widgets.base import ALONE, Beside, Widget
from dashboard.widgets.compact import clip
from dashboard.widgets.geometry import SIZE, Scale, time_step, value_scale
from dashboard.widgets.measures import NAME_LENGTH, digits
from dashboard.widgets.span import Span, SpanWidget, percent, time_axis

MOST_BARS: Final = 48
_QUARTER: Final = 900
"""Seconds of the steps of long spans: hours and days of every time zone begin there."""
_DAY: Final = 86_400
_NAMES: Final = {EVENTS: ("events", "event"), DETECTIONS: ("detections", "detection")}
"""What many are called, and what one is."""
_LEAN: Final = 0.85
"""Share of its time that a bar is wide."""


class CountWidget(SpanWidget):
    """Counts the detections of a label, or all; where a producer detects nothing, its events."""

    class Options(Widget.Options):
        span: Span = Field(
            "24h", description="over how much of the past, such as 1h, 24h, 7d; at most 30d"
        )
        label: str = Field(
            "",
            description="only detections of this label; empty: all, or events where there are none",
        )
        how: Literal["sum", "most"] = Field(
            "sum", description="'sum': of all events; 'most': the most that one event had"
        )

    template_name = "dashboard/widgets/count.html"
    past_kind: ClassVar[Kind] = "counts"

    @property
    def scope(self) -> Scope:
        return Scope(self.span, "counts", _QUARTER if self.span > _DAY else 0)

    def chart(
        self,
        entries: Sequence[Entry],
        past: Past,
        now: float,
        others: Mapping[str, Beside] = ALONE,
    ) -> dict[str, Any]:
        if not past.is_primed:
            return {"is_waiting": True}
        found = past.lines(now)
        wanted = self._wanted(found)
        x = Scale(now - past.span, now)
        steps = [
            step for series, told in found.items() if series.measure == wanted for step in told
        ]
        bars = self._counted([step for step in steps if step[0] >= x.start], past)
        y, ticks = value_scale(0, max([*bars.values(), 1.0]))
        total = sum(bars.values()) if self.options.how == "sum" else max([*bars.values(), 0.0])
        return {
            "total": digits(total, 0),
            "name": clip(
                self.options.label or _NAMES[wanted][total == 1 and self.options.how == "sum"],
                NAME_LENGTH,
            ),
            "how": self.options.how,
            "span": self.options.span,
            "known": [] if steps else _labels(found),
            "bars": _bars(bars, x, y, self._width(past)),
            "rows": [
                {"y": percent(tick.place), "text": digits(tick.value, 0), "minor": tick.is_minor}
                for tick in ticks
                if tick.value == int(tick.value)
            ],
            "columns": time_axis(x),
        }

    def _wanted(self, found: Mapping[Series, object]) -> str:
        if self.options.label:
            return label_name(self.options.label)
        seen = any(series.measure == DETECTIONS for series in found)
        return DETECTIONS if seen else EVENTS

    def _width(self, past: Past) -> int:
        return max(past.step, time_step(past.span / MOST_BARS))

    def _counted(self, steps: Iterable[tuple[int, Rollup]], past: Past) -> dict[int, float]:
        """Return the count by the start of each bar, which is a round time where the wall hangs."""
        zone, width = timezone.get_default_timezone(), self._width(past)
        counted: dict[int, float] = {}
        for start, one in steps:
            offset = datetime.fromtimestamp(start, zone).utcoffset()
            ahead = int(offset.total_seconds()) if offset else 0
            begin = start - (start + ahead) % width
            known = counted.get(begin, 0.0)
            counted[begin] = known + one.sum if self.options.how == "sum" else max(known, one.high)
        return counted


def _labels(found: Iterable[Series]) -> list[str]:
    return sorted(
        {one.measure.removeprefix(LABEL) for one in found if one.measure.startswith(LABEL)}
    )


def _bars(counted: Mapping[int, float], x: Scale, y: Scale, width: int) -> list[dict[str, str]]:
    bars = []
    for start, count in sorted(counted.items()):
        left = max(0.0, x.x(start))
        right = min(float(SIZE), x.x(start + width * _LEAN))
        top = y.y(count)
        if count and right > left:
            bars.append(
                {
                    "x": f"{left:g}",
                    "y": f"{top:g}",
                    "width": f"{right - left:.1f}",
                    "height": f"{SIZE - top:g}",
                }
            )
    return bars
