"""The system: how this machine fares."""

import os
import time
from pathlib import Path
from typing import Annotated, Any

import psutil
from pydantic import AfterValidator, Field, RootModel

from producers.base import Produced, Producer
from producers.measures import measure

_FIRST_LOOK = 0.2
"""Seconds between the two looks that a first CPU load and a first rate need."""


def _existing(path: str) -> str:
    if not Path(path).exists():
        raise ValueError("there is no such path; legal is any on the disk to watch, such as '/'")
    return path


class SystemProducer(Producer):
    """CPU, memory, load, disk and network of this machine; what it does not have is left out."""

    class Options(Producer.Options):
        interval: float = Field(
            2.0, gt=0, allow_inf_nan=False, description="seconds between two samples"
        )
        path: Annotated[str, AfterValidator(_existing)] = Field(
            "/", description="a path on the disk to watch"
        )

    class Data(RootModel[dict[str, Any]]):
        """Name → `{"value", "unit"}`: cpu, memory, disk in %, load, received and sent in B/s."""

    event_type = "sample"
    widget = "metrics"

    _last: tuple[float, int, int] | None = None
    """When (monotonic) and how many bytes had been received and sent."""

    async def sample(self) -> Produced:
        if self._last is None:
            psutil.cpu_percent(interval=None)
            self._last = _traffic()
            await self.sleep(_FIRST_LOOK)
        data = {
            "cpu": measure(psutil.cpu_percent(interval=None), "%"),
            "memory": measure(psutil.virtual_memory().percent, "%"),
            **_load(),
            **self._disk(),
            **self._rates(),
        }
        return self.Data(data)

    def _disk(self) -> dict[str, Any]:
        try:
            return {"disk": measure(psutil.disk_usage(self.options.path).percent, "%")}
        except OSError:  # unmounted for now
            return {}

    def _rates(self) -> dict[str, Any]:
        before, self._last = self._last, _traffic()
        if before is None or self._last is None:
            return {}
        seconds = self._last[0] - before[0]
        received, sent = self._last[1] - before[1], self._last[2] - before[2]
        if seconds <= 0 or received < 0 or sent < 0:  # an interface went, or its counter wrapped
            return {}
        return {
            "received": measure(round(received / seconds, 1), "B/s"),
            "sent": measure(round(sent / seconds, 1), "B/s"),
        }


def _load() -> dict[str, Any]:
    if not hasattr(os, "getloadavg"):
        return {}
    return {"load": {"value": round(os.getloadavg()[0], 2)}}


def _traffic() -> tuple[float, int, int] | None:
    """Return the time and the bytes received and sent so far, without the loopback."""
    try:
        cards = psutil.net_io_counters(pernic=True)
    except OSError:  # no /proc/net in some containers
        return None
    outside = [
        card for name, card in cards.items() if not name.lower().startswith(("lo", "loopback"))
    ]
    if not outside:
        return None
    return (
        time.monotonic(),
        sum(card.bytes_recv for card in outside),
        sum(card.bytes_sent for card in outside),
    )
