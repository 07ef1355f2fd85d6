"""Sensors: readings as a real one would give them, without one."""

import math
import random

from pydantic import Field

from producers.base import Produced
from producers.readings import ReadingsProducer


class SensorProducer(ReadingsProducer):
    """Pretends to measure: wanders about `around`, within about `spread`."""

    class Options(ReadingsProducer.Options):
        interval: float = Field(2.0, gt=0, description="seconds between two samples")
        around: float = Field(20.0, description="what it comes back to")
        spread: float = Field(1.0, gt=0, description="how far it mostly wanders")
        unit: str = Field("", description="such as °C")
        digits: int = Field(1, ge=0, le=3, description="after the point")

    _away = 0.0
    _swing = 0.0

    async def sample(self) -> Produced:
        options = self.options
        # A slow swing, as of day and night, and a wandering that is drawn back to it.
        self._swing += options.interval / 60
        self._away += 0.25 * random.gauss(0, 1) - 0.08 * self._away
        value = options.around + options.spread * (math.sin(self._swing) + self._away) / 2
        return {"value": round(value, options.digits or None), "unit": options.unit}
