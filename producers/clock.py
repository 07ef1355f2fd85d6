"""The clock: the time of one zone, on the beat."""

import zoneinfo
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from django.conf import settings
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from producers.base import Produced, Producer


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("no IANA time zone; legal is a name such as 'Asia/Tokyo'") from error
    return name


class ClockProducer(Producer):
    """Ticks at once, then at whole multiples of `interval` by the wall clock (:00, :05, …)."""

    class Options(Producer.Options):
        interval: float = Field(5.0, ge=0.05, le=86_400, description="seconds between two ticks")
        timezone: Annotated[str, AfterValidator(_known_zone)] = Field(
            default_factory=lambda: str(settings.TIME_ZONE),
            description="IANA name such as 'Asia/Tokyo'; default: TIME_ZONE",
        )

    class Data(BaseModel):
        """`time` is ISO 8601 with the zone's offset."""

        time: AwareDatetime
        timezone: str

    event_type = "tick"
    widget = "clock"

    async def events(self) -> AsyncIterator[Produced]:
        zone = ZoneInfo(self.options.timezone)
        while True:
            now = self.now().astimezone(zone)
            yield {"time": now, "timezone": self.options.timezone}
            await self._sleep_until(self._next(now))

    @property
    def expect_every(self) -> float | None:
        """Seconds of silence after which its tile is stale: it may miss two ticks."""
        return super().expect_every or 3 * float(self.options.interval)

    def _next(self, now: datetime) -> datetime:
        """Return the next whole multiple of the interval, counted from local midnight."""
        interval = timedelta(seconds=self.options.interval)
        since_midnight = now - now.replace(hour=0, minute=0, second=0, microsecond=0)
        # In UTC, for in the hour that a change of clocks repeats, local times do not add up.
        return now.astimezone(UTC) + interval - since_midnight % interval

    async def _sleep_until(self, due: datetime) -> None:
        """Return at `due`, not a hair before: a tick of :59.999 would show the wrong second.

        Where the clock was set back by more than an interval, it ticks at once instead.
        """
        left = (due - self.now()).total_seconds()
        while 0 < left <= self.options.interval:
            await self.sleep(left)
            left = (due - self.now()).total_seconds()
