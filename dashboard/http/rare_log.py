"""RareLog: warnings that anybody can cause again and again, a line a minute."""

import logging
import time
from collections.abc import Callable
from typing import Final

_EVERY: Final = 60.0
"""Seconds between two lines."""


class RareLog:
    """Logs one kind of warning at most once a minute, and how many were left out between."""

    def __init__(
        self, logger: logging.Logger, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._logger = logger
        self._clock = clock
        self._told: float | None = None
        self._left_out = 0

    def warning(self, message: str, *details: object) -> None:
        now = self._clock()
        if self._told is not None and now - self._told < _EVERY:
            self._left_out += 1
            return
        self._told, left_out, self._left_out = now, self._left_out, 0
        if left_out:
            message, details = f"{message}; %s more since the last line", (*details, left_out)
        self._logger.warning(message, *details)
