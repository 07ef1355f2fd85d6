"""The poll: a number, a text or an object that a web server is asked for again and again."""

import json
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from django.core.checks import CheckMessage, Error
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from producers.auto import AutoProducer
from producers.base import Produced
from producers.json_pointer import JsonPointer, value_at
from producers.prometheus_text import measures_in
from producers.reading_body import MOST_MEASURES
from producers.web_address import WebAddress

if TYPE_CHECKING:
    from producers.fetching import Answer

INSTALL: Final = "pip install 'eventwall[http]'"
MISSING: Final = f"aiohttp is not installed: {INSTALL}"


class NoValue(Exception):
    """What was sent holds no value where one is to be; the text says what it holds."""


class PollProducer(AutoProducer):
    """Asks a web server for JSON, a text or Prometheus's lines, and tells what it says."""

    class Options(AutoProducer.Options):
        url: Annotated[str, AfterValidator(WebAddress.of)] = Field(
            description="an http or https URL"
        )
        interval: float = Field(60.0, ge=0.5, le=86_400, description="seconds between two requests")
        format: Literal["json", "text", "prometheus"] | None = Field(
            None, description="'json', 'text' or 'prometheus'; None: by its media type"
        )
        pointer: JsonPointer = Field(
            "", description="JSON pointer to the value, such as '/main/temp'; empty: the whole"
        )
        metrics: tuple[str, ...] = Field(
            (),
            max_length=MOST_MEASURES,
            description="Prometheus's samples to tell, such as 'up' or 'up{job=\"a\"}'; empty: all",
        )
        unit: str = Field("", max_length=12, description="unit of a value that is one number")
        changes_only: bool = Field(
            False, description="whether only what is not as before is told; else each answer is"
        )
        headers: dict[str, str] = Field(
            {}, repr=False, description="request headers, such as Authorization"
        )
        timeout: float = Field(10.0, ge=0.1, le=300, description="seconds for the whole answer")
        max_bytes: int = Field(
            1_048_576, ge=1, le=16_777_216, description="bytes of the answer, unpacked"
        )
        redirects: int = Field(3, ge=0, le=10, description="redirects that are followed")

        @field_validator("pointer", "metrics")
        @classmethod
        def _of_one_format(cls, value: Any, field: ValidationInfo) -> Any:
            legal = "json" if field.field_name == "pointer" else "prometheus"
            others = field.data.get("format") or (field.data.get("pointer") and "json")
            if value and others not in (None, "", legal):
                raise ValueError(f"it goes with {legal!r}, and the format is {others!r}")
            return value

    _pause = 0.0
    """Seconds for which the server asked to be left alone when it was last asked."""

    @property
    def expect_every(self) -> float | None:
        """Seconds of silence after which its tile is stale: two answers may be missing."""
        if self.options.changes_only:
            return super().expect_every
        return super().expect_every or 3 * float(self.options.interval)

    def check(self) -> list[CheckMessage]:
        return http_checks(self.alias)

    async def events(self) -> AsyncIterator[Produced]:
        if find_spec("aiohttp") is None:
            raise NoValue(MISSING)
        from producers.fetching import Fetcher, FetchFailed, http_session

        pause, self._pause = self._pause, 0.0
        await self.sleep(pause)
        options, value, told = self.options, None, None
        async with http_session() as session:
            fetcher = Fetcher(
                session,
                options.url,
                options.headers,
                timeout=options.timeout,
                most_bytes=options.max_bytes,
                redirects=options.redirects,
            )
            while True:
                try:
                    answer = await fetcher.fetch()
                except FetchFailed as failed:
                    self._pause = failed.pause
                    raise
                if answer is not None:
                    value = self._value(answer)
                if not options.changes_only or value != told:
                    for event in self.take(value).events:
                        yield event
                    told = value
                await self.sleep(options.interval)

    def _value(self, answer: "Answer") -> Any:
        """Return what the answer says. Raises NoValue."""
        try:
            match self._format(answer):
                case "json":
                    value = value_at(json.loads(answer.body), self.options.pointer)
                case "prometheus":
                    value = measures_in(answer.text, self.options.metrics)
                    if len(value) == 1:
                        (value,) = value.values()
                case _:
                    value = answer.text.strip()
        except (ValueError, LookupError, RecursionError) as error:
            why = error.args[0] if error.args else type(error).__name__
            raise NoValue(f"{why} ({self.options.url.shown})") from None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and self.options.unit:
            return {"value": value, "unit": self.options.unit}
        return value

    def _format(self, answer: "Answer") -> str:
        if self.options.format is not None:
            return str(self.options.format)
        if self.options.pointer or _is_json(answer):
            return "json"
        is_prometheus = answer.media_type == "application/openmetrics-text" or (
            answer.media_type == "text/plain" and "version" in answer.parameters
        )
        return "prometheus" if self.options.metrics or is_prometheus else "text"


def http_checks(alias: str) -> list[CheckMessage]:
    """Return what `check` says of a producer that asks other servers."""
    if find_spec("aiohttp") is not None:
        return []
    return [
        Error(
            "it needs aiohttp, which is not installed.",
            hint=f"Run: {INSTALL}",
            obj=f"producer {alias!r}",
            id="producers.E040",
        )
    ]


def _is_json(answer: "Answer") -> bool:
    return answer.media_type.endswith(("/json", "+json"))
