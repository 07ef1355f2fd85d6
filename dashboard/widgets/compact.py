"""Compact: JSON in one short line. The work is bounded by the line, not by the data."""

from json import dumps

from producers.events import JSON

ELLIPSIS = "…"


def clip(text: str, limit: int) -> str:
    """Return `text`, cut to `limit` characters, the last one an ellipsis if it was longer."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def compact(value: JSON, limit: int) -> str:
    """Return `value` as JSON of at most `limit` characters; cut where it is longer."""
    parts: list[str] = []
    _write(value, parts, limit)
    return clip("".join(parts), limit)


def _write(value: JSON, parts: list[str], room: int) -> int:
    """Append `value`'s JSON to `parts` until `room` characters are used; return what is left."""
    if isinstance(value, dict):
        opener, closer = "{", "}"
        for name, member in value.items():
            parts.append(f"{opener}{_scalar(name, room)}: ")
            room = _write(member, parts, room - len(parts[-1]))
            if room < 0:
                return room
            opener = ", "
    elif isinstance(value, list):
        opener, closer = "[", "]"
        for member in value:
            parts.append(opener)
            room = _write(member, parts, room - len(opener))
            if room < 0:
                return room
            opener = ", "
    else:
        parts.append(_scalar(value, room))
        return room - len(parts[-1])
    parts.append(closer if value else opener + closer)
    return room - len(parts[-1])


def _scalar(value: JSON, room: int) -> str:
    if isinstance(value, str):
        value = value[: max(room, 0) + 1]
    return dumps(value, ensure_ascii=False)
