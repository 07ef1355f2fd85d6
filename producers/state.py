"""ProducerState: how a producer fares, and how the processes of one wall tell each other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Self, TypeAlias, cast, get_args

from producers.events import Event
from producers.names import CONTROL

Status: TypeAlias = Literal["running", "listening", "blocked", "restarting", "failed", "stopped"]

STATE_TYPE: Final = "producer.state"
"""The type of the control event that carries a state."""

DROPPED: Final = "dropped "
WAITS: Final = "waits for the log"
"""How an error begins that a running producer has: its events are not taken, or not yet."""

_LONGEST_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class ProducerState:
    """What is known of one producer at one moment.

    `running`: makes events by itself. `listening`: pushed by others. `blocked`: holds up its
    own event loop. `restarting`: fell, and starts again at `retry_at`. `failed`: will not run
    until someone mends it. `stopped`: the wall stopped it. `since` is when `status` began, and
    `error` the last thing that went wrong and still matters, in one line.
    """

    alias: str
    status: Status
    since: datetime
    error: str | None = None
    restarts: int = 0
    retry_at: datetime | None = None

    def said(self, now: datetime) -> str:
        """Return the error as it is at `now`: of a producer that is held up, with the seconds."""
        if self.error is None or self.status != "blocked":
            return self.error or ""
        return f"{self.error} ({max(0.0, (now - self.since).total_seconds()):.0f} s)"

    def event(self) -> Event:
        """Return this state as the control event that tells it to every process."""
        return Event(
            producer=CONTROL,
            type=STATE_TYPE,
            time=self.since,
            subject=self.alias,
            data={
                "status": self.status,
                "error": self.error,
                "restarts": self.restarts,
                "retry_at": None if self.retry_at is None else self.retry_at.isoformat(),
            },
        )

    @classmethod
    def of(cls, event: Event) -> Self:
        """Read what `event()` made; raises ValueError on anything else."""
        if event.producer != CONTROL or event.type != STATE_TYPE or event.subject is None:
            raise ValueError(
                f"event {event.type!r} of {event.producer!r} tells no state"
                f" (legal: {STATE_TYPE!r} of {CONTROL!r}, with the alias as subject)"
            )
        match dict(event.data):
            case {
                "status": str(status),
                "error": str() | None as error,
                "restarts": int(restarts),
                "retry_at": str() | None as retry_at,
            } if status in get_args(Status):
                return cls(
                    alias=event.subject,
                    status=cast(Status, status),
                    since=event.time,
                    error=error,
                    restarts=restarts,
                    retry_at=None if retry_at is None else datetime.fromisoformat(retry_at),
                )
        raise ValueError(f"{dict(event.data)!r:.200} is no producer's state")


def told(error: BaseException) -> str:
    """Return `error` as one line: `ValueError: no camera`."""
    try:
        said = str(error)
    except Exception:  # an exception of somebody else's may even fail to say what it is
        said = "(says nothing)"
    return one_line(f"{type(error).__name__}: {said}" if said else type(error).__name__)


def one_line(text: str) -> str:
    """Return `text` as one line of at most 500 characters that any log and page can hold."""
    line = " ".join(text.split()).replace("\0", "\\0")
    line = line.encode("utf-8", "backslashreplace").decode()
    return line if len(line) <= _LONGEST_ERROR else line[: _LONGEST_ERROR - 1] + "…"


def origin(error: BaseException) -> tuple[object, ...]:
    """Return what makes two errors the same: their type and the line that raised them.

    The message would not do: one that holds a time or a count is new each time.
    """
    traceback = error.__traceback__
    if traceback is None:
        return (type(error),)
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return (type(error), traceback.tb_frame.f_code.co_filename, traceback.tb_lineno)
