"""Leaving: a process that is to end does so, whatever its threads wait for."""

import logging
import os
import sys
import threading
import time

logger = logging.getLogger(__name__)


def leave_within(seconds: float, code: int = 0) -> None:
    """End the process with `code` in `seconds`, if it has not ended by itself until then.

    At its end Python waits for threads: one that asks a disk or a camera which does not answer
    would keep the process, and its port, for ever.
    """
    threading.Thread(target=_leave, args=(seconds, code), name="leaving", daemon=True).start()


def _leave(seconds: float, code: int) -> None:
    time.sleep(seconds)
    left = [
        thread.name
        for thread in threading.enumerate()
        if not thread.daemon and thread is not threading.main_thread()
    ]
    logger.warning("left without waiting any longer threads=%s", ", ".join(left) or "none")
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
