"""NumberWidget: one measure, huge, with its change and its history."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import Field

from dashboard.history.past import Past
from dashboard.log.base import Entry
from dashboard.widgets.base import Widget
from dashboard.widgets.crossings import (
    ALERT,
    WARN,
    Crossing,
    Limits,
    NumberThresholds,
    limits_of,
)
from dashboard.widgets.measures import (
    NAME_LENGTH,
    UNIT_LENGTH,
    History,
    Shown,
    change,
    exact,
    histories,
    show,
)
from dashboard.widgets.svg import spark
from dashboard.widgets.times import span

_POINTS: Final = 60
"""Of a line that goes back over a span."""
WIDTHS: Final = (4, 6, 8, 10, 13, 16)
"""The widths in digits that the style sheet has a size for (.ch4 to .ch16)."""


class NumberWidget(Widget):
    """Draws the measure that its options name, or the first one of the newest entry."""

    class Options(Widget.Options):
        measure: str = Field("", description="name of the measure; empty: the first there is")
        unit: str | None = Field(
            None, max_length=UNIT_LENGTH, description="shown instead of the unit that came"
        )
        decimals: int | None = Field(
            None, ge=0, le=9, description="digits after the point; None: what the values need"
        )
        warn: NumberThresholds = WARN
        alert: NumberThresholds = ALERT

    template_name = "dashboard/widgets/number.html"
    depth = 60

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        history, known = chosen(entries, self.options.measure)
        if history is None:
            shown: dict[str, Any] = {"missing": self.options.measure, "known": known}
        else:
            unit = history.unit if self.options.unit is None else self.options.unit
            shown = number(history, unit, self.options.decimals, entries)
        return shown | crossed(history, shown, limits_of(self.options), entries)


def chosen(entries: Sequence[Entry], measure: str) -> tuple[History | None, list[str]]:
    """Return the measure of that name, or for "" the first one of the newest entry; None where
    there is none. And the names of those there are."""
    found = histories(entries)
    wanted = measure or next(iter(histories(entries[-1:]) or found), "")
    return found.get(wanted), [history.name for history in found.values()]


def number(
    history: History, unit: str, decimals: int | None, entries: Sequence[Entry]
) -> dict[str, Any]:
    """Return what widgets/number.html draws; `entries` are those that the history is of."""
    values = history.values
    shown = show(values, unit, decimals)
    return {
        "name": named(history, entries),
        "value": shown.number,
        "unit": shown.unit,
        "width": width_of(shown),
        "exact": "" if decimals is not None else exact(values[-1], unit),
        "change": change(values, unit, decimals),
        "spark": spark(values) if len(values) > 1 else None,
        "range": _range(values, unit, decimals),
        "span": span(entries[0].event.time, entries[-1].event.time),
    }


def of_span(entries: Sequence[Entry], past: Past, now: float) -> dict[str, Any]:
    """Return what of `number` is other where its line goes back over all of `past`, as of `now`
    (seconds since 1970); nothing where `entries` go back as far."""
    history, _ = chosen(entries, "")
    lines = {
        series.subject: steps
        for series, steps in past.lines(now).items()
        if history is not None and series.measure == history.name
    }
    steps = lines.get(subject_of(entries)) or lines.get("")
    if history is None or not steps or steps[0][0] >= entries[0].event.time.timestamp() - past.step:
        return {}
    width = max(past.step, past.span // _POINTS)
    means = {(start - steps[0][0]) // width: one.mean for start, one in steps}
    values: list[float] = []
    for column in range(max(means) + 1):
        values.append(means[column] if column in means else values[-1])
    extremes = min(one.low for _, one in steps), max(one.high for _, one in steps)
    begin, end = (datetime.fromtimestamp(at, UTC) for at in (steps[0][0], now))
    return {
        "spark": spark([*values, history.values[-1]]),
        "range": _range([*extremes, *history.values[-3:]], history.unit, None),
        "span": span(begin, end),
    }


def named(history: History, entries: Sequence[Entry]) -> str:
    """Return what the value is of: its subject and its measure, as far as they have names."""
    name = "" if history.name == "value" else history.name
    return " · ".join(filter(None, (subject_of(entries), name)))[:NAME_LENGTH]


def width_of(shown: Shown) -> int:
    """Return the least of WIDTHS that has room for a value and its unit, else the last one."""
    width = len(shown.number) + (len(shown.unit) + 1) // 2
    return next((fits for fits in WIDTHS if width <= fits), WIDTHS[-1])


def crossed(
    history: History | None,
    shown: Mapping[str, Any],
    limits: Limits | None,
    entries: Sequence[Entry],
) -> dict[str, Crossing | None]:
    """Return what is beyond `limits` in a tile that shows one measure, as `shown`, or none."""
    if limits is None:
        return {}
    if history is None:
        return {"crossing": limits.worst([], [], entries)}
    said = f"{shown['value']} {shown['unit']}".rstrip()
    crossing = limits.crossing(history.name, history.values[-1], shown["name"], said)
    return {"crossing": limits.worst([crossing], [history.name], entries)}


def subject_of(entries: Sequence[Entry]) -> str:
    """Return what the newest of `entries` is about, "" where it does not say."""
    return entries[-1].event.subject or ""


def _range(values: Sequence[float], unit: str, decimals: int | None) -> str:
    """Return lowest – highest, each in the prefix it reads best in."""
    low = show([*values[-3:], min(values)], unit, decimals)
    high = show([*values[-3:], max(values)], unit, decimals)
    if low.unit == high.unit:
        return f"{low.number} – {high.number} {high.unit}".rstrip()
    return f"{low.number} {low.unit} – {high.number} {high.unit}"
