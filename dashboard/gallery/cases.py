"""Cases: a widget in each state that a tile can be in, each as what a tile is drawn from."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from dashboard.gallery.flavours import FLAVOURS, PLAIN
from dashboard.gallery.specimens import OPTIONS, SPECIMENS, Row, readings
from dashboard.history.past import AnyPast, Scope, past_of
from dashboard.log.base import Entry, EntryId
from dashboard.tiles.config import Tile
from dashboard.tiles.sight import Sight
from dashboard.widgets.base import Widget
from dashboard.widgets.registry import WIDGETS
from producers.base import Producer
from producers.events import Event
from producers.state import ProducerState

ALIAS: Final = "made-up"
LIMITS: Final[dict[str, dict[str, str]]] = {
    "warn": {"warn": "> 21"},
    "alert": {"warn": "> 21", "alert": "> 22"},
}
"""State → options that have a widget of numbers be beyond its limits."""
STATES: Final = ("plain", "fresh", "stale", "trouble", "empty", "no match", *LIMITS, *FLAVOURS)

_EVERY: Final = 5.0
_AGO: Final = timedelta(seconds=8)
_ERROR: Final = "ConnectionRefusedError: [Errno 111] nobody listens at 192.0.2.7:502 (unit 4)"
_OF_STATES: Final = {"warn": {"warn": "degraded"}, "alert": {"alert": "down"}}
_UNFIT: Final[list[Row]] = [(None, {"door": "open", "since": None})]


def cases(name: str, now: datetime) -> Iterator[tuple[str, Sight]]:
    """Yield (state, what its tile is drawn from) for the widget of that name, as of `now`.

    Only one that has limits may be beyond them.
    """
    kind = WIDGETS[name]
    limits = _OF_STATES if name == "status" else LIMITS
    for state in STATES:
        if state in limits and state not in kind.Options.model_fields:
            continue
        options = OPTIONS.get(name, {}) | limits.get(state, {})
        yield state, _sight(name, kind(kind.Options.model_validate(options)), state, now)


def _sight(name: str, widget: Widget, state: str, now: datetime) -> Sight:
    columns, rows = map(int, widget.size.split("x"))
    title = name if state == "plain" else state
    tile = Tile(f"{name}-{STATES.index(state)}", ALIAS, widget, title, columns, rows)
    said = SPECIMENS.get(name, readings)(FLAVOURS.get(state, PLAIN))
    made = entries(
        {"empty": [], "no match": _UNFIT}.get(state, said),
        until=now if state == "fresh" else now - _AGO,
        every=_EVERY if widget.span is None else widget.span / len(said),
    )
    trouble = ProducerState(
        ALIAS, "restarting", now - timedelta(minutes=3), _ERROR, 4, now + timedelta(seconds=20)
    )
    return Sight(
        tile,
        Producer(ALIAS),
        tuple(made),
        now,
        state=trouble if state == "trouble" else None,
        stale=state == "stale",
        past=None if widget.scope is None else _past(widget.scope, made),
    )


def entries(rows: Sequence[Row], *, until: datetime, every: float) -> list[Entry]:
    """Return an entry for each row, `every` seconds apart, the newest at `until`."""
    made = []
    for number, (subject, data) in enumerate(rows):
        at = until - timedelta(seconds=every * (len(rows) - 1 - number))
        event = Event(producer=ALIAS, type="made-up", time=at, data=data, subject=subject)
        made.append(Entry(EntryId("made-up", number + 1), event, at))
    return made


def _past(scope: Scope, made: Sequence[Entry]) -> AnyPast:
    past = past_of(scope)
    past.prime({}, made, EntryId("made-up", len(made)))
    return past
