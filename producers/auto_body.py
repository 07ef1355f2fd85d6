"""AutoBody: what an object is that nobody was asked to send: a reading, a note, a state, JSON."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from pydantic import ValidationError

from producers.labels import is_secret, named_subject
from producers.levels import level_of_state
from producers.note_body import TEXTS, NoteBody
from producers.reading_body import ReadingBody

Kind: TypeAlias = Literal["reading", "note", "state", "event"]

_STATES: Final = ("state", "status", "ok", "level")
_WORDS: Final = frozenset(
    {"on", "off", "online", "offline", "open", "closed", "running", "stopped", "idle", "busy"}
)

Path = tuple[str, ...]


class AutoBody:
    """Reads one object: what it is, what of it is kept, when it was so and of what.

    A `note` is only found, for who reads notes. Secrets are left out of everything.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        reading = ReadingBody(body)
        self.at: datetime | None = reading.at
        self.subject = named_subject(reading.labels) or reading.labels.get("name")
        self.kind: Kind = "event"
        self.told: dict[str, Any]
        self.left_out: list[Path] = []
        texts = {name for name in body if name.lower() in TEXTS and isinstance(body[name], str)}
        try:
            measures = reading.told()
        except ValidationError:
            self.told = without_secrets(body, (), self.left_out)
            if texts:
                self.kind = "note"
            elif any(isinstance(body.get(name), str | bool) for name in _STATES):
                self.kind = "state"
            return
        self.kind = "reading"
        switched = {name: said for name, said in body.items() if isinstance(said, bool)}
        self.told = measures | switched
        self.left_out = [path for path in reading.left_out if path[0] not in switched]
        if texts:
            note = NoteBody(body).told
            kept = {name: said for name, said in self.told.items() if name not in texts}
            self.told = kept | {name: note[name] for name in ("text", "level") if name in note}


def word_of_state(text: str) -> str | None:
    """Return the one word that a text is, where it says how something is."""
    word = text.strip()
    known = level_of_state(word) is not None or word.lower() in _WORDS
    return word if known else None


def is_nested(body: Mapping[str, Any]) -> bool:
    """Whether it holds more than numbers, texts, and numbers with their units."""
    return any(
        isinstance(said, list) or (isinstance(said, Mapping) and "value" not in said)
        for said in body.values()
    )


def without_secrets(body: Mapping[str, Any], at: Path, left_out: list[Path]) -> dict[str, Any]:
    """Return `body` without what a sender shows to be let in; `left_out` gets the paths to it."""
    return dict(_shown(body, at, left_out))


def _shown(body: Mapping[str, Any], at: Path, left_out: list[Path]) -> Iterator[tuple[str, Any]]:
    for name, said in body.items():
        path = (*at, name)
        if is_secret(name, said):
            left_out.append(path)
        elif isinstance(said, Mapping):
            yield name, without_secrets(said, path, left_out)
        elif isinstance(said, list):
            yield (
                name,
                [
                    without_secrets(one, (*path, str(index)), left_out)
                    if isinstance(one, Mapping)
                    else one
                    for index, one in enumerate(said)
                ],
            )
        else:
            yield name, said
