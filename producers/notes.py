"""Notes: short texts that people and scripts push to the wall."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, TypeGuard

from pydantic import BaseModel, ConfigDict, Field, field_validator

from producers.base import InvalidEvent, Producer
from producers.events import Event
from producers.levels import LEVELS
from producers.note_body import TEXTS, NoteBody, batch_in
from producers.parts import Parts
from producers.wording import pointer

LONGEST: Final = 2000
"""Characters of a text."""

_PLAIN: Final = frozenset({"text", "level"})
_NO_TEXT: Final = (
    f'there is no text in it; legal is {{"text": "door open"}}, or one of {", ".join(TEXTS[1:])}'
)


class NotesProducer(Producer):
    """Takes `{"text": "door open", "level": "warn"}`, or the text alone.

    `message` and other usual names do for `text`; levels go by their usual names and numbers.
    """

    class Data(BaseModel):
        model_config = ConfigDict(extra="forbid")

        text: str = Field(min_length=1, max_length=LONGEST)
        level: Literal["debug", "info", "warn", "error"] = "info"
        title: str | None = Field(None, max_length=200)

        @field_validator("text")
        @classmethod
        def _not_blank(cls, text: str) -> str:
            if not any(sign.isprintable() and not sign.isspace() for sign in text):
                raise ValueError("the text is blank; legal are 1 to 2000 characters")
            return text

    event_type = "note"
    widget = "feed"
    takes_text = True
    example = "door open"

    def event(self, value: object, *, time: datetime | None = None, **said: Any) -> Event:
        if time is None and type(value) is dict and not value.keys() <= _PLAIN:
            time = NoteBody(value).at
        return super().event(value, time=time, **said)

    def checked(self, value: object) -> dict[str, Any]:
        if is_plain(value):
            return {"text": value["text"], "level": value.get("level", "info")}
        told, places = self._read(value)
        try:
            kept = super().checked(told)
        except InvalidEvent as error:
            named = {f"/{name}": path for name, path in places.items()}
            problems = [
                (pointer(named.get(where, (where[1:],))), what) for where, what in error.problems
            ]
            raise InvalidEvent(self.alias, problems) from None
        if kept["title"] is None:
            del kept["title"]
        return kept

    def _read(self, value: object) -> tuple[dict[str, Any], Mapping[str, tuple[str, ...]]]:
        if isinstance(value, str):
            return {"text": value}, {"text": ()}
        if not isinstance(value, Mapping):
            what = f"legal is a text, or an object with one, not {value!r:.80}"
            raise InvalidEvent(self.alias, [("", what)])
        body = NoteBody(value)
        if "text" not in body.told:
            has = ", ".join(sorted(map(str, value))[:8]) or "nothing"
            raise InvalidEvent(self.alias, [("", f"{_NO_TEXT}; it has {has:.200}")])
        return body.told, body.places

    def parts(self, value: Mapping[str, Any]) -> Parts | None:
        """Each alert of Alertmanager is a note, where the whole has no words of its own."""
        if (batch := batch_in(value)) is None:
            return None
        name, items = batch
        rest = [(str(other),) for other in value if other != name]
        return Parts([((name, str(n)), item) for n, item in enumerate(items)], rest)

    def left_out(self, value: Mapping[str, Any]) -> Sequence[Sequence[str]]:
        return [] if value.keys() <= _PLAIN else NoteBody(value).left_out


def is_plain(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether the model would tell the same; False may be wrong."""
    if type(value) is not dict or not value.keys() <= _PLAIN:
        return False
    text, level = value.get("text"), value.get("level", "info")
    return (
        type(text) is str
        and 0 < len(text) <= LONGEST
        and not text.isspace()
        and type(level) is str
        and level in LEVELS
    )
