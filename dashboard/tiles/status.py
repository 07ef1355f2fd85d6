"""TileStatus: what a tile must shout about its producer, in few words."""

from datetime import datetime
from typing import Final, NamedTuple

from dashboard.log.base import Entry
from dashboard.widgets.compact import clip
from dashboard.widgets.times import Stamp, stamp
from producers.registry import Misconfigured
from producers.state import DROPPED, WAITS, ProducerState

ERROR_LENGTH: Final = 240


class TileStatus(NamedTuple):
    """`kind` is failing or stale; `word` and `since` are read across a room, the rest nearby."""

    kind: str
    word: str
    since: Stamp | None
    error: str
    retry: Stamp | None


_WORDS: Final = {"failed": "failed", "restarting": "restarting", "blocked": "blocked"}
"""The states in which a producer that should speak cannot."""

_TROUBLES: Final = {DROPPED: "drops events", WAITS: "waits for the log"}
"""What may be the matter with one that runs, by how its error begins."""


def status_of(
    last: Entry | None,
    state: ProducerState | None,
    stale: bool,
    misconfigured: Misconfigured | None,
    now: datetime,
) -> TileStatus | None:
    """Return the worst that is the matter at `now`, or None when nothing is."""
    if misconfigured is not None:
        error = " ".join(str(misconfigured).split())
        return TileStatus("failing", "misconfigured", None, clip(error, ERROR_LENGTH), None)
    if state is not None and state.status in _WORDS:
        error = clip(state.said(now), ERROR_LENGTH)
        retry = stamp(state.retry_at, now) if state.retry_at else None
        return TileStatus("failing", _WORDS[state.status], stamp(state.since, now), error, retry)
    if state is not None and state.status == "running" and state.error is not None:
        for beginning, word in _TROUBLES.items():
            if state.error.startswith(beginning):
                error = clip(state.error, ERROR_LENGTH)
                return TileStatus("failing", word, None, error, None)
    if stale:
        return TileStatus("stale", "silent", stamp(last.received, now) if last else None, "", None)
    return None
