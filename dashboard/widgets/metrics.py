"""MetricsWidget: several measures, a row each, with its history; one alone as large as a number."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import Field

from dashboard.log.base import Entry
from dashboard.widgets.base import Widget
from dashboard.widgets.crossings import ALERT, WARN, Limits, NumberThresholds, limits_of
from dashboard.widgets.measures import NAME_LENGTH, History, histories, show
from dashboard.widgets.number import crossed, number, subject_of
from dashboard.widgets.svg import spark, spark_between

ROWS: Final = 8
"""More rows than this cannot be read across a room in a tile of 1x1."""


class MetricsWidget(Widget):
    """Draws the measures its options name, or all there are, newest values, in a steady order."""

    class Options(Widget.Options):
        measures: list[str] = Field(
            default_factory=list, description="names of the measures, in order; empty: all"
        )
        decimals: int | None = Field(
            None, ge=0, le=9, description="digits after the point; None: what the values need"
        )
        measure: str = Field(
            "", description="what a limit without a name is of; empty: each measure that is shown"
        )
        warn: NumberThresholds = WARN
        alert: NumberThresholds = ALERT

    template_name = "dashboard/widgets/metrics.html"
    depth = 60

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        found = histories(entries)
        wanted = self.options.measures
        there = [found[name] for name in wanted if name in found] if wanted else [*found.values()]
        decimals, limits = self.options.decimals, limits_of(self.options)
        if not there:
            shown = {"missing": ", ".join(wanted), "known": [h.name for h in found.values()]}
            return shown | crossed(None, shown, limits, entries)
        if len(there) == 1:
            shown = number(there[0], there[0].unit, decimals, entries)
            return shown | crossed(there[0], shown, limits, entries)
        rows = [_row(history, decimals, limits) for history in there[:ROWS]]
        return {
            "rows": rows,
            "more": max(0, len(there) - ROWS),
            "subject": subject_of(entries)[:NAME_LENGTH],
            "crossing": limits
            and limits.worst(
                (row["crossing"] for row in rows), {row["name"] for row in rows}, entries
            ),
        }


def _row(history: History, decimals: int | None, limits: Limits | None) -> dict[str, Any]:
    """Return one measure as text; `share` is its percentage, cut to 0–100, or "".

    A dict, because a template finds a name in it several times faster than an attribute.
    """
    values, percent = history.values, history.unit == "%"
    shown = show(values, history.unit, decimals)
    line = spark_between(values, 0.0, 100.0) if percent else spark(values)
    return {
        "name": history.name,
        "value": shown.number,
        "unit": shown.unit,
        "line": line.line,
        "dot": line.dot,
        "crossing": limits and limits.crossing(history.name, values[-1], history.name, shown.said),
        "share": f"{min(100.0, max(0.0, values[-1])):.1f}" if percent else "",
    }
