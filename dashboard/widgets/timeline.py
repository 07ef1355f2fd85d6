"""TimelineWidget: what state things were in, and for how long, as coloured runs on a time axis."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from pydantic import Field

from dashboard.history.past import Kind, StatePast
from dashboard.history.rollups import Series
from dashboard.history.states import Run
from dashboard.log.base import Entry
from dashboard.widgets.base import ALONE, Beside, Widget
from dashboard.widgets.compact import clip
from dashboard.widgets.geometry import Scale
from dashboard.widgets.latest import natural, rows_for
from dashboard.widgets.levels import level_of
from dashboard.widgets.measures import NAME_LENGTH
from dashboard.widgets.palette import look
from dashboard.widgets.progress import ROWS
from dashboard.widgets.span import Span, SpanWidget, percent, seconds_of, time_axis

_LEAST: Final = 4.0
"""Per mille of the width that a run has at least: shorter ones are drawn as one."""
_SIGN: Final = 12.0
"""Per mille of a run that a sign of its state takes."""
_TOUCH: Final = 0.2
"""Per mille that two runs may be apart and still follow each other."""
_MOST_STATES: Final = 6
_USUAL: Final = ("state", "status", "value", "text")
"""Which state is shown of several, where the options do not name one."""


class _Block:
    """What is drawn of one run, or of several that are too short to be told apart."""

    def __init__(self, begin: float, end: float, text: str) -> None:
        self.begin = begin
        self.end = end
        self.shares = {text: end - begin}

    @property
    def text(self) -> str:
        return max(self.shares, key=self.shares.__getitem__)

    def take(self, begin: float, end: float, text: str) -> bool:
        """Grow by a run that follows, if it is the same state, or one of the two is short."""
        if begin - self.end > _TOUCH:
            return False
        is_same = text in self.shares and len(self.shares) == 1
        if not is_same and end - self.begin >= _LEAST and self.end - self.begin >= _LEAST:
            return False
        self.end = end
        self.shares[text] = self.shares.get(text, 0.0) + end - begin
        return True


class TimelineWidget(SpanWidget):
    """Draws a row for each subject; where there are none, for each state that its events name."""

    class Options(Widget.Options):
        span: Span = Field(
            "24h", description="how much of the past is shown, such as 1h, 24h, 7d; at most 30d"
        )
        measure: str = Field(
            "", description=f"name of the state; empty: {', '.join(_USUAL)}, or the first there is"
        )
        limit: int = Field(8, ge=1, le=20, description="rows shown at most")
        hold: Span | None = Field(
            None,
            description="how long a state counts when nothing more is heard, such as 10m; None: "
            "until the next one",
        )

    template_name = "dashboard/widgets/timeline.html"
    past_kind: ClassVar[Kind] = "states"

    def chart(
        self,
        entries: Sequence[Entry],
        past: StatePast,
        now: float,
        others: Mapping[str, Beside] = ALONE,
    ) -> dict[str, Any]:
        found = self._chosen(past.runs(now))
        if not found:
            known = sorted({series.measure for series in past.runs(now)})
            return {"missing": self.options.measure, "known": known, "primed": past.is_primed}
        x = Scale(now - past.span, now)
        hold = None if self.options.hold is None else seconds_of(self.options.hold) + past.step
        blocks = {name: _blocks(runs, x, now, hold) for name, runs in found.items()}
        shown = list(blocks.items())[: self.options.limit]
        return {
            "rows": [
                {"name": clip(name, NAME_LENGTH), "runs": [_run(one) for one in row]}
                for name, row in shown
            ],
            "size": rows_for(len(shown), ROWS),
            "more": len(found) - len(shown),
            "states": _states(one for _, row in shown for one in row),
            "columns": time_axis(x),
        }

    def _chosen(self, found: Mapping[Series, list[Run]]) -> dict[str, list[Run]]:
        """Return the runs of each row, by its name."""
        wanted = self.options.measure
        subjects = any(series.subject for series in found)
        if subjects and not wanted:
            names = {series.measure for series in found}
            wanted = next((name for name in _USUAL if name in names), min(names))
        rows = {
            (series.subject or series.producer) if subjects else series.measure: runs
            for series, runs in found.items()
            if not wanted or series.measure == wanted
        }
        return dict(sorted(rows.items(), key=lambda row: natural(row[0])))


def _blocks(runs: Iterable[Run], x: Scale, now: float, hold: int | None) -> list[_Block]:
    blocks: list[_Block] = []
    for run in runs:
        end = min(run.end, now) if hold is None else min(run.end, now, run.seen + hold)
        if end <= x.start:
            continue
        told = x.x(max(run.start, x.start)), x.x(end), run.text
        if not blocks or not blocks[-1].take(*told):
            blocks.append(_Block(*told))
    return blocks


def _run(block: _Block) -> dict[str, Any]:
    width, length = block.end - block.begin, _SIGN * (len(block.text) + 1)
    return {
        "x": percent(round(block.begin, 1)),
        "width": percent(round(width, 1)),
        "look": _look(block.text),
        "text": block.text if width >= length else "",
        "is_tight": width < 2 * length,
        "title": ", ".join(sorted(block.shares, key=lambda text: -block.shares[text])),
    }


def _look(text: str) -> str:
    """Return the CSS classes of a state: of its level, where its word says one."""
    level = level_of(text)
    return look(text).split(" ")[0] if level == "info" else f"is-{level}"


def _states(blocks: Iterable[_Block]) -> list[dict[str, str]]:
    """Return what share of the time each state held, of all rows together, the longest first."""
    shares: dict[str, float] = {}
    for block in blocks:
        for text, share in block.shares.items():
            shares[text] = shares.get(text, 0.0) + share
    whole = sum(shares.values()) or 1.0
    longest = sorted(shares.items(), key=lambda one: (-one[1], one[0]))[:_MOST_STATES]
    return [
        {"text": text, "look": _look(text), "share": f"{share / whole:.0%}"}
        for text, share in longest
    ]
