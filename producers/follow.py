"""The follower: what another wall says, or any source of Server-Sent Events, once and in order."""

import json
import re
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import Annotated, Any, Final

from django.core.checks import CheckMessage
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, ValidationError

from producers.auto import AutoProducer
from producers.base import Produced
from producers.events import JSON, Event
from producers.poll import MISSING, NoValue, http_checks
from producers.recalling import Recalling
from producers.server_sent import Message
from producers.web_address import WebAddress

_BEGUN: Final = "/begun"
_RESET: Final = "/reset"
"""What follows the cursor in the keys of events that say where it begins, and begins anew."""
_LEGAL_KEY: Final = re.compile(r"[!-~]{1,200}")
_HEARTBEAT: Final = "hb"


class CloudEvent(BaseModel):
    """What is taken of a CloudEvent as `/events/` has it."""

    specversion: str
    id: str
    source: str
    type: str = Field(min_length=1, max_length=255)
    time: AwareDatetime | None = None
    subject: str | None = None
    data: dict[str, Any]


class FollowProducer(Recalling, AutoProducer):
    """Tells what another wall tells on `/events/`, or any source of Server-Sent Events.

    An event's id there is its key here, so that each is stored once; the newest in the log says
    where to go on.
    """

    class Options(AutoProducer.Options):
        url: Annotated[str, AfterValidator(WebAddress.of)] = Field(
            description="URL of the stream, such as 'https://plant.example.org/events/'"
        )
        token: str = Field("", repr=False, description="ticket of a wall; empty: none is sent")
        producers: tuple[str, ...] = Field(
            (), max_length=100, description="whose events of another wall; empty: all"
        )
        since: str = Field(
            "",
            pattern=r"^(all|latest|[0-9]{1,9}[smhd]|)$",
            description="where to begin on another wall: all, latest, 10m; empty: the source says",
        )
        silence: float = Field(
            30.0, ge=1, le=3_600, description="seconds without a word before it connects again"
        )

    def check(self) -> list[CheckMessage]:
        return http_checks(self.alias)

    async def events(self) -> AsyncIterator[Produced]:
        if find_spec("aiohttp") is None:
            raise NoValue(MISSING)
        from producers.event_stream import EventStream
        from producers.fetching import http_session

        options, cursor = self.options, await self._left_off()
        headers = {"Authorization": f"Bearer {options.token}"} if options.token else {}
        query = {"producer": ",".join(options.producers), "since": options.since}
        query = {name: said for name, said in query.items() if said}
        async with http_session() as session:
            stream = EventStream(session, options.url, headers)
            while True:
                async for message in stream.messages(query, cursor, options.silence):
                    if cursor is None and message.id:
                        yield self._begun(message.id)
                    cursor = message.id or cursor
                    if message.event == "bye":
                        raise NoValue(f"it ends the stream: {message.data} ({options.url.shown})")
                    if message.event == "reset":
                        yield self._reset(message)
                    elif message.event != _HEARTBEAT:
                        yield self._read(message)
                await self.sleep(stream.pause)

    async def _left_off(self) -> str | None:
        """Return the id of the last message that is in the log."""
        keys = [event.key for event in await self.recall() if event.key]
        return keys[-1].removesuffix(_BEGUN).removesuffix(_RESET) if keys else None

    def _begun(self, cursor: str) -> Event:
        """Say that it follows from here: what comes while this wall is away is not missed then."""
        text = f"follows {self.options.url.shown}"
        return self._word("follow.begun", {"text": text, "level": "info"}, cursor + _BEGUN)

    def _reset(self, message: Message) -> Event:
        text = f"events of {self.options.url.shown} may be missing: {message.data}"
        return self._word("follow.reset", {"text": text, "level": "warn"}, message.id + _RESET)

    def _word(self, kind: str, data: dict[str, JSON], key: str) -> Event:
        return Event(
            producer=self.alias,
            type=kind,
            time=self.now(),
            data=data,
            key=key if _LEGAL_KEY.fullmatch(key) else None,
        )

    def _read(self, message: Message) -> Produced:
        key = message.id if _LEGAL_KEY.fullmatch(message.id) else None
        try:
            said = CloudEvent.model_validate_json(message.data)
        except ValidationError:
            subject = None if message.event == "message" else message.event[:255]
            return self._foreign(message.data, subject, key)
        return Event(
            producer=self.alias,
            type=said.type,
            time=said.time or self.now(),
            data={name: value for name, value in said.data.items() if name != "picture"},
            subject=self._subject(said),
            key=key,
        )

    def _foreign(self, text: str, subject: str | None, key: str | None) -> Event:
        """Read what is no CloudEvent as if it had been posted."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = text
        event = self.event(value)
        return self.event(event, subject=event.subject or subject, key=key)

    def _subject(self, said: CloudEvent) -> str | None:
        """Return who it is about: of several producers, whose event it is comes first."""
        if len(self.options.producers) == 1:
            return said.subject
        name = said.source.strip("/").rpartition("/")[2]
        return f"{name}/{said.subject}"[:255] if said.subject else name or None
