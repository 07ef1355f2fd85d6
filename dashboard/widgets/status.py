"""StatusWidget: a light for each subject, the worst first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from django.utils import timezone
from pydantic import Field

from dashboard.log.base import Entry
from dashboard.widgets.base import Widget
from dashboard.widgets.compact import clip, compact
from dashboard.widgets.crossings import ALERT, WARN, AnyThresholds, limits_of
from dashboard.widgets.latest import latest_by_subject, natural, rows_for
from dashboard.widgets.levels import WORST_FIRST, Level, level_of
from dashboard.widgets.times import stamp
from producers.events import JSON

FIELDS: Final = ("level", "state", "status", "ok", "value")
"""Where a state is looked for when the options do not name its field."""

ROWS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 30)
"""The counts of rows that the style sheet has a size for (.r1 to .r30)."""
_ONE_COLUMN: Final = 8
_COLUMNS: Final = 2

NOTHING: Final = "no state"
NAME_LENGTH: Final = 40
WORD_LENGTH: Final = 20


class StatusWidget(Widget):
    """Draws what each subject said last: its name, its state in words, and that state's level."""

    class Options(Widget.Options):
        field: str = Field(
            "", description=f"where the state is; empty: the first of {', '.join(FIELDS)}"
        )
        levels: dict[str, Level] = Field(
            default_factory=dict,
            description="word → `ok`, `info`, `warn`, `alert` or `silent`, for words of your own",
        )
        silent_after: float | None = Field(
            None,
            gt=0,
            allow_inf_nan=False,
            description="seconds after which a subject counts as silent; None: never",
        )
        limit: int = Field(20, ge=1, le=60, description="lights shown at most, the worst first")
        warn: AnyThresholds = WARN
        alert: AnyThresholds = ALERT

    template_name = "dashboard/widgets/status.html"
    per_subject: ClassVar[bool] = True

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        own = {word.strip().lower(): level for word, level in self.options.levels.items()}
        now, limits = timezone.now(), limits_of(self.options)
        fields: set[str] = set()
        lights: list[dict[str, Any]] = []
        for entry in latest_by_subject(entries):
            field, word = self._said(entry.event.data)
            name = clip(entry.event.subject or entry.event.producer, NAME_LENGTH)
            level = level_of(word, own)
            fields.add(field)
            said = clip(word, WORD_LENGTH) if isinstance(word, str) else compact(word, WORD_LENGTH)
            crossing = limits and limits.crossing(field, word, name, said)
            if crossing is not None:
                level = min(level, crossing.severity, key=WORST_FIRST.index)
            if word is None:
                word = NOTHING
            since = self.options.silent_after
            if since is not None and now - entry.received > timedelta(seconds=since):
                level, word = "silent", "silent"
            lights.append(
                {
                    "name": name,
                    "word": clip(_text(word, level), WORD_LENGTH),
                    "level": level,
                    "at": stamp(entry.event.time, now),
                    "crossing": crossing,
                }
            )
        lights.sort(key=lambda light: (WORST_FIRST.index(light["level"]), natural(light["name"])))
        shown = lights[: self.options.limit]
        counts = Counter(light["level"] for light in lights)
        columns = 1 if len(shown) <= _ONE_COLUMN else _COLUMNS
        return {
            "lights": shown,
            "more": len(lights) - len(shown),
            "counts": [
                {"level": level, "count": str(counts[level])}
                for level in WORST_FIRST
                if counts[level]
            ],
            "columns": columns,
            "rows": rows_for(-(-len(shown) // columns), ROWS),
            "crossing": limits
            and limits.worst((light["crossing"] for light in lights), fields, entries),
        }

    def _said(self, data: Mapping[str, JSON]) -> tuple[str, JSON]:
        """Return the field that has the state, and the state; None where there is none."""
        if self.options.field:
            return self.options.field, data.get(self.options.field)
        return next(
            ((name, data[name]) for name in FIELDS if data.get(name) is not None), ("", None)
        )


def _text(said: JSON, level: Level) -> str:
    """Return the producer's own word, or the level's name where it has none."""
    return said.strip() if isinstance(said, str) and said.strip() else level
