"""Producer: the contract of everything that makes events. Subclass it, name it in PRODUCERS."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeAlias

from django.core.checks import CheckMessage
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from producers.events import Event
from producers.parts import Parts
from producers.pictures import Picture
from producers.wording import pointer, told

Produced: TypeAlias = Event | BaseModel | dict[str, Any]
"""What `events` may yield and `sample` may return."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class AnyData(BaseModel):
    """Any JSON object."""

    # Left as they are, NaN and infinities are refused later; pydantic would make them null.
    model_config = ConfigDict(extra="allow", ser_json_inf_nan="constants")


class InvalidEvent(ValueError):
    """A producer's data does not fit its model. `problems` holds (JSON pointer, message) pairs."""

    def __init__(self, alias: str, problems: list[tuple[str, str]]) -> None:
        self.alias = alias
        self.problems = problems
        told = "; ".join(f"{place or 'the whole'}: {message}" for place, message in problems)
        super().__init__(f"producer {alias!r} does not take this data: {told}")


class BadQuery(ValueError):
    """A query parameter is not legal: `name` is its name, `detail` what is."""

    def __init__(self, name: str, detail: str) -> None:
        self.name = name
        self.detail = detail
        super().__init__(f"{name}: {detail}")


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What one document became: any number of events, none where there is nothing to keep."""

    format: str | None
    """What it was taken to be; None where there is only one way to read it."""
    events: list[Event]
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many of what were read in it, for the sender: a part that got lost on its way shows."""
    left_out: Sequence[str] = ()
    """JSON pointers to what was sent and is told in no event."""


class Producer:
    """Something that makes events: by itself (`events` or `sample`), or pushed by others.

    A subclass declares what it takes as `Options`, what its events hold as `Data`, and how its
    tile looks as `widget` (a short name or a dotted path) or `template_name`. A producer that
    overrides neither `events` nor `sample` is pushed: it only names what may be POSTed to it.
    """

    class Options(BaseModel):
        """What PRODUCERS[alias]["OPTIONS"] may hold, for every producer; subclass to add more."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        title: str = Field("", max_length=80, description="shown on the tile; empty: the alias")
        expect_every: float | None = Field(
            None,
            gt=0,
            allow_inf_nan=False,
            description="seconds of silence after which the tile is stale; None: never",
        )
        interval: float = Field(
            5.0, gt=0, allow_inf_nan=False, description="seconds between two samples"
        )

    Data: ClassVar[type[BaseModel]] = AnyData
    event_type: ClassVar[str] = "event"
    widget: str = "feed"
    template_name: ClassVar[str | None] = None
    takes_text: ClassVar[bool] = False
    """Whether `Data` accepts a bare string, so that text/plain may be POSTed."""
    takes_pictures: ClassVar[bool] = False
    """Whether a picture may be POSTed, alone or with a document: `take` then gets it too."""
    example: ClassVar[str | None] = None
    """A body worth POSTing, for the `curl` that pages show; None: `{"text": "hello"}`."""

    options: Any

    def __init__(
        self,
        alias: str,
        options: BaseModel | None = None,
        *,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.alias = alias
        self.options = self.Options() if options is None else options
        self.now = now
        self.sleep = sleep

    async def events(self) -> AsyncIterator[Produced]:
        """Yield events for as long as the wall runs.

        It runs on an event loop of its own, so it may block a while without stopping others;
        what it raises is shown on the tile, and it is started again after a growing pause.
        """
        while True:
            yield await self.sample()
            await self.sleep(self.options.interval)

    async def sample(self) -> Produced:
        """Return one event's data; called every `Options.interval` seconds."""
        raise TypeError(f"{type(self).__qualname__} overrides neither events() nor sample()")

    def check(self) -> list[CheckMessage]:
        """Return Django check messages on what only this producer can know; override freely."""
        return []

    @property
    def runs(self) -> bool:
        """Whether it makes events by itself."""
        return self.samples or type(self).events is not Producer.events

    @property
    def samples(self) -> bool:
        return type(self).sample is not Producer.sample

    @property
    def title(self) -> str:
        return str(self.options.title) or self.alias

    @property
    def expect_every(self) -> float | None:
        """Seconds of silence after which its tile is stale; a sampler may miss two samples."""
        if self.options.expect_every is None and self.samples:
            return 3 * float(self.options.interval)
        return self.options.expect_every  # type: ignore[no-any-return]

    def event(
        self,
        value: object,
        *,
        type: str | None = None,  # noqa: A002 - CloudEvents' name for it
        time: datetime | None = None,
        subject: str | None = None,
        key: str | None = None,
    ) -> Event:
        """Return `value`, checked against `Data`, as an event of this producer.

        `value` is what was yielded or POSTed: an Event (returned under this alias), a model, a
        dict, or whatever `Data` accepts. Fields left to their defaults are told too, so that a
        template finds them. Raises InvalidEvent.
        """
        picture = None
        if isinstance(value, Event):
            picture = value.picture
            type, time = type or value.type, time or value.time  # noqa: A001
            subject, key, value = subject or value.subject, key or value.key, dict(value.data)
        return Event(
            producer=self.alias,
            type=type or self.event_type,
            time=time or self.now(),
            data=self.checked(value),
            key=key,
            subject=subject,
            picture=picture,
        )

    def checked(self, value: object) -> dict[str, Any]:
        """Return `value`, checked against `Data`, as a JSON object. Raises InvalidEvent.

        Override it to spare the common value the model's way round, with the same outcome.
        """
        try:
            model = value if isinstance(value, self.Data) else self.Data.model_validate(value)
        except ValidationError as error:
            raise InvalidEvent(
                self.alias,
                [(pointer(fault["loc"]), told(fault)) for fault in error.errors()],
            ) from error
        try:
            return model.model_dump(mode="json")
        except ValueError as error:  # something inside AnyData that JSON cannot say
            raise InvalidEvent(self.alias, [("", str(error))]) from error

    def left_out(self, value: Mapping[str, Any]) -> Sequence[Sequence[str]]:
        """Return paths to what of `value`, which `event` took, it left out: the sender is told."""
        return ()

    def plain_event(self, value: object, key: str | None) -> Event | None:
        """Return `event` of what is seen at a glance to be kept as posted, else None."""
        return None

    def parts(self, value: Mapping[str, Any]) -> Parts | None:
        """Return the events that an object holds, each for `event`; None: it is one itself."""
        return None

    @property
    def holds_parts(self) -> bool:
        """Whether one object may be many events."""
        return type(self).parts is not Producer.parts

    @property
    def reads_documents(self) -> bool:
        """Whether whole documents are read, by `take`; else an array is a batch of events."""
        return type(self).take is not Producer.take

    parameters: ClassVar[tuple[str, ...]] = ()
    """The names that a query may have, which `hints` reads; any other is refused."""

    def hints(self, query: Mapping[str, str]) -> Any:
        """Return what a query says of the document, for `take`. Raises BadQuery."""
        return None

    def take(
        self,
        value: object,
        hints: Any = None,
        *,
        type: str | None = None,  # noqa: A002 - as above
        time: datetime | None = None,
        subject: str | None = None,
        key: str | None = None,
        picture: Picture | None = None,
    ) -> ReadResult:
        """Return the events that the document `value` tells: here it is one event.

        Override it where one document may tell of many things, or of none; `value` is then
        whatever was POSTed, arrays too. Where `takes_pictures`, `picture` may have come with it
        (`value` is None where it came alone); here its id becomes "picture". Raises InvalidEvent.
        """
        if picture is not None:
            value = {} if value is None else value
            value = {**value, "picture": picture.id} if isinstance(value, dict) else value
        return ReadResult(None, [self.event(value, type=type, time=time, subject=subject, key=key)])
