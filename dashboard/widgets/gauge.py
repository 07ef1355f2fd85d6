"""GaugeWidget: one measure on a scale that has a lowest and a highest value."""

from collections.abc import Sequence
from typing import Any, Final, Self

from pydantic import Field, model_validator

from dashboard.log.base import Entry
from dashboard.widgets.arc import arc
from dashboard.widgets.base import Widget
from dashboard.widgets.crossings import ALERT, WARN, NumberThresholds, limits_of
from dashboard.widgets.limit_bands import limit_bands
from dashboard.widgets.measures import LARGEST, UNIT_LENGTH, decimals_for, digits, show
from dashboard.widgets.number import chosen, crossed, named, width_of

_ALL: Final = arc(0, 1)


class GaugeWidget(Widget):
    """Draws an arc up to the measure's value; what is beyond the scale is told to be so."""

    class Options(Widget.Options):
        measure: str = Field("", description="name of the measure; empty: the first there is")
        min: float = Field(0.0, allow_inf_nan=False, description="where the scale begins")
        max: float = Field(100.0, allow_inf_nan=False, description="where the scale ends")
        unit: str | None = Field(
            None, max_length=UNIT_LENGTH, description="shown instead of the unit that came"
        )
        decimals: int | None = Field(
            None, ge=0, le=9, description="digits after the point; None: what the values need"
        )
        warn: NumberThresholds = WARN
        alert: NumberThresholds = ALERT

        @model_validator(mode="after")
        def _rises(self) -> Self:
            if not 0 < self.max - self.min <= LARGEST:
                raise ValueError(f"min {self.min:g} must be less than max {self.max:g}")
            return self

    template_name = "dashboard/widgets/gauge.html"
    depth = 60

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        history, known = chosen(entries, self.options.measure)
        limits = limits_of(self.options)
        if history is None:
            missing = {"missing": self.options.measure, "known": known}
            return missing | crossed(None, missing, limits, entries)
        low, high = self.options.min, self.options.max
        value = history.values[-1]
        unit = history.unit if self.options.unit is None else self.options.unit
        shown = show(history.values, unit, self.options.decimals)
        places = max(decimals_for([low]), decimals_for([high]))
        drawn = {
            "name": named(history, entries),
            "value": shown.number,
            "unit": shown.unit,
            "width": width_of(shown),
            "scale": _ALL,
            "reached": arc(0, self._share(value)) if value > low else "",
            "low": digits(low, places),
            "high": digits(high, places),
            "beyond": "below" if value < low else "above" if value > high else "",
            "bands": [
                {"level": band.severity, "arc": arc(self._share(band.low), self._share(band.high))}
                for band in limit_bands(limits, [history.name], low, high)
            ],
        }
        return drawn | crossed(history, drawn, limits, entries)

    def _share(self, value: float) -> float:
        """Return where on the scale a value is, 0 to 1 for those that are on it."""
        low, high = self.options.min, self.options.max
        return float((value - low) / (high - low))
