"""Notes: short texts that people and scripts push to the wall."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, TypeGuard

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from producers.base import Producer
from producers.events import Event
from producers.stamps import stamp_in

LONGEST: Final = 2000
"""Characters of a text."""

_PLAIN: Final = frozenset({"text", "level"})
_TEXTS: Final = ("text", "message", "msg", "body", "description", "event", "title")
"""Members that say the text; the first that is there does."""
_LEVELS: Final = ("level", "severity", "priority")

_WORDS: Final = {
    "debug": ("trace", "verbose", "fine", "min", "low"),
    "info": ("information", "informational", "notice", "ok", "okay", "success", "normal",
             "default", "resolved"),
    "warn": ("warning", "minor", "high"),
    "error": ("err", "critical", "crit", "fatal", "alert", "emergency", "emerg", "panic",
              "severe", "major", "max", "urgent", "failure"),
}  # fmt: skip
_BY_WORD: Final = {word: level for level, words in _WORDS.items() for word in (level, *words)}
_SYSLOG: Final = ("error", "error", "error", "error", "warn", "info", "info", "debug")
_NTFY: Final = ("debug", "debug", "debug", "info", "warn", "error")


class NotesProducer(Producer):
    """Takes `{"text": "door open", "level": "warn"}`, or the text alone.

    `message` and other usual names do for `text`; levels go by their usual names and numbers.
    """

    class Data(BaseModel):
        model_config = ConfigDict(extra="forbid")

        text: str = Field(min_length=1, max_length=LONGEST)
        level: Literal["debug", "info", "warn", "error"] = "info"
        title: str | None = Field(None, max_length=200)

        @model_validator(mode="before")
        @classmethod
        def _read(cls, value: Any) -> Any:
            if isinstance(value, str):
                return {"text": value}
            return _read(value)[0] if isinstance(value, Mapping) else value

        @field_validator("text")
        @classmethod
        def _not_blank(cls, text: str) -> str:
            if not text.strip():
                raise ValueError("the text is blank; legal are 1 to 2000 characters")
            return text

    event_type = "note"
    widget = "feed"
    takes_text = True
    example = "door open"

    def event(self, value: object, *, time: datetime | None = None, **said: Any) -> Event:
        if time is None and type(value) is dict and not value.keys() <= _PLAIN:
            stamp = stamp_in(value)
            time = stamp[1] if stamp else None
        return super().event(value, time=time, **said)

    def checked(self, value: object) -> dict[str, Any]:
        if _is_plain(value):
            return {"text": value["text"], "level": value.get("level", "info")}
        told = super().checked(value)
        if told["title"] is None:
            del told["title"]
        return told

    def left_out(self, value: Mapping[str, Any]) -> list[tuple[str, ...]]:
        if value.keys() <= _PLAIN:
            return []
        used = _read(value)[1]
        return [(str(name),) for name in value if name not in used]


def _is_plain(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether the model would tell the same; False may be wrong."""
    if type(value) is not dict or not value.keys() <= _PLAIN:
        return False
    text, level = value.get("text"), value.get("level", "info")
    return (
        type(text) is str
        and 0 < len(text) <= LONGEST
        and not text.isspace()
        and type(level) is str
        and level in _WORDS
    )


def _read(body: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return what is told of the body, and the members that it was read from."""
    told: dict[str, Any] = {}
    used: set[str] = set()
    for name in _TEXTS:
        if body.get(name) is not None:
            told["text"] = body[name]
            used.add(name)
            break
    for name in _LEVELS:
        said = body.get(name)
        level = _level(name, said)
        if level is not None or (name == "level" and said is not None):
            told["level"] = level or said
            used.add(name)
            break
    if "title" in body and "title" not in used and isinstance(body["title"], str | None):
        told["title"] = body["title"] or None
        used.add("title")
    if (stamp := stamp_in(body)) is not None:
        used.add(stamp[0])
    return told, used


def _level(name: str, said: object) -> str | None:
    """Return the level that a member says; None where it says none of those known."""
    if isinstance(said, str):
        word = said.strip().lower()
        if word in _BY_WORD:
            return _BY_WORD[word]
        said = int(word) if word.isascii() and word.isdecimal() and len(word) < 3 else None
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        return None
    if name == "priority":  # ntfy has 1 to 5, Gotify up to 10
        return _NTFY[min(said, 5)] if said <= 10 else None
    return _SYSLOG[said] if said < len(_SYSLOG) else None
