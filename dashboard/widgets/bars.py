"""BarsWidget: one measure of many subjects as bars, the greatest first."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from dashboard.log.base import Entry
from dashboard.widgets.base import Widget
from dashboard.widgets.compact import clip
from dashboard.widgets.crossings import ALERT, WARN, Crossing, NumberThresholds, limits_of
from dashboard.widgets.geometry import SIZE
from dashboard.widgets.latest import latest_by_subject, natural, rows_for
from dashboard.widgets.measures import NAME_LENGTH, UNIT_LENGTH, History, Shown, histories, show
from dashboard.widgets.number import crossed
from dashboard.widgets.progress import ROWS

_HAIR: Final = 4
"""Per mille that a bar has at least, so that a zero is seen to be one."""


class BarsWidget(Widget):
    """Draws the newest value of each subject; where there are no subjects, of each measure."""

    class Options(Widget.Options):
        measure: str = Field(
            "", description="name of the measure; empty: the first there is, or all of one subject"
        )
        top: int = Field(8, ge=1, le=20, description="bars shown at most")
        sort: Literal["most", "least", "name"] = Field(
            "most", description="which come first: the greatest, the least, or by their names"
        )
        unit: str | None = Field(
            None, max_length=UNIT_LENGTH, description="shown instead of the unit that came"
        )
        warn: NumberThresholds = WARN
        alert: NumberThresholds = ALERT

    template_name = "dashboard/widgets/bars.html"
    per_subject: ClassVar[bool] = True

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        latest = latest_by_subject(entries)
        found = self._of_subjects(latest) if len(latest) > 1 else self._of_one(latest[0])
        limits = limits_of(self.options)
        if not found:
            missing = {"missing": self.options.measure, "known": list(histories(entries))}
            return missing | crossed(None, missing, limits, entries)
        found.sort(key=lambda one: (self._place(one[1]), natural(one[0])))
        shown = found[: self.options.top]
        values = [history.values[-1] for _, history in shown]
        low, high = min(0.0, *values), max(0.0, *values)
        return {
            "bars": [self._bar(name, history, low, (high - low) or 1.0) for name, history in shown],
            # Also of those that have no room: the worst may be the least.
            "crossing": limits
            and limits.worst(
                (self._crossing(name, history) for name, history in found),
                {history.name for _, history in found},
                entries,
            ),
            "more": len(found) - len(shown),
            "rows": rows_for(len(shown), ROWS),
        }

    def _of_subjects(self, latest: Sequence[Entry]) -> list[tuple[str, History]]:
        told = [
            (entry.event.subject or entry.event.producer, histories([entry])) for entry in latest
        ]
        first = next((name for _, known in told for name in known), "")
        wanted = self.options.measure or first
        return [(name, known[wanted]) for name, known in told if wanted in known]

    def _of_one(self, entry: Entry) -> list[tuple[str, History]]:
        wanted = self.options.measure
        return [
            (name if name != "value" else entry.event.subject or entry.event.producer, history)
            for name, history in histories([entry]).items()
            if not wanted or name == wanted
        ]

    def _place(self, history: History) -> float:
        sort = self.options.sort
        return {"most": -1.0, "least": 1.0, "name": 0.0}[sort] * history.values[-1]

    def _bar(self, name: str, history: History, low: float, size: float) -> dict[str, Any]:
        value = history.values[-1]
        shown = self._shown(history)
        width = max(_HAIR, round(abs(value) / size * SIZE))
        zero = round(-low / size * SIZE)
        begin = zero - width if value < 0 else min(zero, SIZE - width)
        return {
            "name": clip(name, NAME_LENGTH),
            "value": shown.number,
            "unit": shown.unit,
            "x": str(max(0, begin)),
            "width": str(width),
            "crossing": self._crossing(name, history),
        }

    def _shown(self, history: History) -> Shown:
        unit = history.unit if self.options.unit is None else self.options.unit
        return show(history.values, unit)

    def _crossing(self, name: str, history: History) -> Crossing | None:
        limits = limits_of(self.options)
        if limits is None:
            return None
        said = self._shown(history).said
        return limits.crossing(history.name, history.values[-1], clip(name, NAME_LENGTH), said)
