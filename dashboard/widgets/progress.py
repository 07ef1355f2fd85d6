"""ProgressWidget: how far something has come, a bar for each subject."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from pydantic import Field

from dashboard.log.base import Entry
from dashboard.widgets.base import Widget
from dashboard.widgets.compact import clip
from dashboard.widgets.latest import latest_by_subject, rows_for
from dashboard.widgets.measures import NAME_LENGTH, History, histories, show
from producers.events import JSON

FIELDS: Final = ("progress", "percent", "done", "value")
"""Where progress is looked for when the options do not name its measure."""

ROWS: Final = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20)
"""The counts of rows that the style sheet has a size for (.r1 to .r20)."""

NOTE_LENGTH: Final = 60


class ProgressWidget(Widget):
    """Draws a share of 1, a percentage, or a value of its "total", as a bar and in words."""

    class Options(Widget.Options):
        measure: str = Field(
            "", description=f"name of the measure; empty: the first of {', '.join(FIELDS)}"
        )
        total: float | None = Field(
            None,
            gt=0,
            le=1e15,
            allow_inf_nan=False,
            description='what is whole; None: the event\'s "total", else 1, or 100 for percent',
        )
        limit: int = Field(6, ge=1, le=20, description="bars shown at most")

    template_name = "dashboard/widgets/progress.html"
    per_subject: ClassVar[bool] = True

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        latest = latest_by_subject(entries)
        told = [(entry, self._of(histories([entry]))) for entry in latest]
        bars = [self._bar(entry, found) for entry, found in told if found is not None]
        if not bars:
            known = [history.name for history in histories(entries).values()]
            return {"missing": self.options.measure, "known": known}
        shown = bars[: self.options.limit]
        return {
            "bars": shown,
            "more": len(bars) - len(shown),
            "rows": rows_for(len(shown), ROWS),
        }

    def _of(self, found: Mapping[str, History]) -> History | None:
        if self.options.measure:
            return found.get(self.options.measure)
        return next((found[name] for name in FIELDS if name in found), None)

    def _bar(self, entry: Entry, history: History) -> dict[str, Any]:
        value, data = history.values[-1], entry.event.data
        total, counts = self._total(history, data)
        share = value / total if total else None
        # Told rounded down: what is not finished is never told to be.
        percent = None if share is None else int(max(share, 0.0) * 100 + 1e-9)
        return {
            "name": clip(entry.event.subject or entry.event.producer, NAME_LENGTH),
            "percent": show([value], history.unit).number if percent is None else str(percent),
            "unit": history.unit if percent is None else "%",
            "of": f"{_count(value)} of {_count(total)}" if counts and total else "",
            "width": "" if share is None else f"{min(1.0, max(0.0, share)) * 100:.1f}",
            "done": share is not None and share >= 1,
            "note": clip(note, NOTE_LENGTH) if isinstance(note := data.get("text"), str) else "",
        }

    def _total(self, history: History, data: Mapping[str, JSON]) -> tuple[float | None, bool]:
        """Return what is whole, None where nobody says; and whether value and whole are counts."""
        said = data.get("total")
        if self.options.total is not None:
            return self.options.total, True
        if isinstance(said, int | float) and not isinstance(said, bool) and 0 < said <= 1e15:
            return float(said), True
        if history.unit == "%" or history.name == "percent":
            return 100.0, False
        return (1.0, False) if 0 <= history.values[-1] <= 1 else (None, False)


def _count(value: float) -> str:
    return " ".join(filter(None, show([value], "")))
