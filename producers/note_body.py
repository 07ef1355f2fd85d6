"""NoteBody: the text, title, level and time in what services post of an event, and what is left."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from producers.forges import read_forge
from producers.levels import level_of, level_of_state
from producers.log_record import filled_in
from producers.stamps import moment, stamp_in

TEXTS: Final = ("text", "message", "msg", "body", "description", "event", "title")
"""Members that say the text; the first that does is it."""
_ALSO_TEXTS: Final = (*TEXTS[:-1], "content", "short_message", "log", "@m", "@mt",
                      "renderedmessage", "messagetemplate", "check_output", "title", "subject",
                      "summary", "zen")  # fmt: skip
_TITLES: Final = ("title", "subject")
_LEVELS: Final = ("level", "severity", "priority", "levelname", "log.level", "loglevel", "lvl",
                  "@l", "levelno", "alert_type", "event_severity", "impact", "type")  # fmt: skip
_STATES: Final = ("status", "state", "alerttypefriendlyname", "monitorcondition")
_INSIDE: Final = (
    "payload", "data", "event", "notification", "message", "issue", "incident", "alert", "alarm",
    "fields", "essentials", "embeds", "attachments", "blocks", "content", "body", "text",
)  # fmt: skip
"""Members that may be the note itself, with an envelope around it; of a list, its first."""
_BATCHES: Final = ("alerts", "events", "logs", "records", "entries")
"""Lists of which each item is a note."""
_NAMED: Final = ("name", "monitor", "service", "check", "host", "monitorfriendlyname",
                 "alertrule")  # fmt: skip
_UPTIME: Final = ("error", "info", "warn", "info")
"""Of Uptime Kuma: down, up, pending, in maintenance."""
_DEEPEST: Final = 3

Path = tuple[str, ...]


class NoteBody:
    """Reads an object, and keeps which members it was read from."""

    def __init__(self, body: Mapping[str, Any], deep: int = _DEEPEST) -> None:
        self.told: dict[str, Any] = {}
        self.at: datetime | None = None
        self.places: dict[str, Path] = {}
        """Where each of `told` stood."""
        self._body = body
        self._used: set[Path] = set()
        self._names: dict[str, str] = {str(name).lower(): name for name in reversed([*body])}
        self._read_level()
        for read in (self._alert, self._uptime, self._plain, self._forge, self._status):
            if read():
                break
        else:
            self._inside(deep)
        if "text" not in self.told:
            self._tell_odd()
        self._read_time()

    @property
    def left_out(self) -> list[Path]:
        """Return paths to what is told in none of it."""
        return list(_unused(self._body, (), self._used))

    def _read_level(self) -> None:
        for names, level_in in ((_LEVELS, level_of), (_STATES, _level_of_state)):
            for wanted in names:
                if (name := self._names.get(wanted)) is None:
                    continue
                said = self._body[name]
                level = level_in(name, said)
                if level is not None or (wanted == "level" and said):
                    self._tell("level", level or said, (name,))
                    return

    def _read_time(self) -> None:
        if self.at is None and (stamp := stamp_in(self._body)) is not None:
            self.at = stamp.at
            self._used |= {(name,) for name in stamp.names}

    def _plain(self) -> bool:
        text = self._first(_ALSO_TEXTS)
        if text is None:
            return False
        said, args = self._body[text], self._body.get("args")
        if text == "msg" and "levelno" in self._names and isinstance(args, str | list):
            said = filled_in(said, args)
            self._used.add(("args",))
        self._tell("text", said, (text,))
        title = self._first([name for name in _TITLES if name != text.lower()])
        if title is not None and not {("title",), ("subject",)} & self._used:
            self._tell("title", self._body[title], (title,))
        return True

    def _alert(self) -> bool:
        """One alert of Prometheus or Grafana."""
        labels, notes = self._body.get("labels"), self._body.get("annotations")
        if not isinstance(labels, Mapping) or not isinstance(notes, Mapping):
            return False
        name = labels.get("alertname")
        words = [(("annotations", key), notes.get(key))
                 for key in ("summary", "description", "message")]  # fmt: skip
        words.append((("labels", "alertname"), name))
        path, text = next((word for word in words if _is_text(word[1])), ((), None))
        if text is None:
            return False
        over = self._body.get("status") == "resolved"
        if over:
            self._tell("text", f"resolved: {text}", path)
            self._tell("level", "info", ("status",))
        else:
            self._tell("text", text, path)
            level = level_of("severity", labels.get("severity"))
            self._tell("level", level or "error", ("labels", "severity") if level else ("status",))
        if _is_text(name) and name != text:
            where = labels.get("instance")
            self._tell("title", f"{name} ({where})" if _is_text(where) else name,
                       ("labels", "alertname"), ("labels", "instance"))  # fmt: skip
        for member in ("endsAt", "startsAt") if over else ("startsAt",):
            at = moment(self._body.get(member))
            if at is not None and at.year > 1:
                self.at = at
                self._used.add((member,))
                break
        return True

    def _uptime(self) -> bool:
        """Uptime Kuma: a sentence, beside what it is about."""
        beat, monitor = self._body.get("heartbeat"), self._body.get("monitor")
        text = self._body.get("msg")
        if not isinstance(beat, Mapping) or not _is_text(text):
            return False
        self._tell("text", text, ("msg",))
        status = beat.get("status")
        if type(status) is int and 0 <= status < len(_UPTIME):
            self._tell("level", _UPTIME[status], ("heartbeat", "status"))
        if isinstance(monitor, Mapping) and _is_text(monitor.get("name")):
            self._tell("title", monitor["name"], ("monitor", "name"))
        self.at = moment(beat.get("time"))
        if self.at is not None:
            self._used.add(("heartbeat", "time"))
        return True

    def _forge(self) -> bool:
        """What GitHub, Gitea and GitLab post: what was done to what, and where."""
        if (note := read_forge(self._body)) is None:
            return False
        if note.level is not None:
            self.told["level"] = note.level
        self._used |= note.used
        self._tell("text", note.text)
        self._tell("title", note.home, note.home_at)
        return True

    def _status(self) -> bool:
        """Something by its name, and how it is: `{"name": "backup", "status": "down"}`."""
        name, state = self._first(_NAMED), self._first(_STATES)
        if name is None or state is None:
            return False
        self._tell("text", f"{self._body[name]}: {self._body[state]}", (name,), (state,))
        return True

    def _inside(self, deep: int) -> None:
        for wanted in _INSIDE if deep else ():
            name = self._names.get(wanted)
            inner = None if name is None else self._body[name]
            path: Path = (str(name),)
            if isinstance(inner, list) and inner:
                inner, path = inner[0], (*path, "0")
            if isinstance(inner, Mapping):
                read = NoteBody(inner, deep - 1)
                if _is_text(read.told.get("text")):
                    self.told = self.told | read.told
                    self.at = read.at
                    self.places |= {key: (*path, *at) for key, at in read.places.items()}
                    self._used |= {(*path, *at) for at in read._used}
                    return
        name = self._names.get("type")
        said = None if name is None else self._body[name]
        if isinstance(said, str) and "." in said.strip("."):  # of Standard Webhooks, CloudEvents
            self._tell("text", said, (str(name),))

    def _tell_odd(self) -> None:
        """Tell a text that is none as it is, so that the model says what is wrong with it."""
        names = (self._names.get(wanted) for wanted in TEXTS)
        odd = next((name for name in names if name and self._body[name] is not None), None)
        if odd is not None:
            self._tell("text", self._body[odd], (odd,))

    def _first(self, names: Iterable[str]) -> str | None:
        for wanted in names:
            name = self._names.get(wanted)
            if name is not None and _is_text(self._body[name]):
                return name
        return None

    def _tell(self, name: str, said: object, *paths: Path) -> None:
        self.told[name] = said
        self.places[name] = paths[0] if paths else (name,)
        self._used |= set(paths)


def batch_in(body: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]] | None:
    """Return the name and the items of the list of notes that a body without a text of its own
    is; None where it is none."""
    names = {str(name).lower(): name for name in reversed([*body])}
    name = next((names[batch] for batch in _BATCHES if batch in names), None)
    items = None if name is None else body[name]
    if not isinstance(items, list) or not all(isinstance(one, Mapping) for one in items):
        return None
    if not items or any(_is_text(body[names[text]]) for text in _ALSO_TEXTS if text in names):
        return None
    return str(name), items


def _is_text(said: object) -> bool:
    return isinstance(said, str) and bool(said.strip())


def _level_of_state(name: str, said: object) -> str | None:
    return level_of_state(said)


def _unused(body: Any, at: Path, used: set[Path]) -> Iterator[Path]:
    for name, said in body.items() if isinstance(body, Mapping) else enumerate(body):
        path = (*at, str(name))
        if path in used:
            continue
        if isinstance(said, Mapping | list) and any(one[: len(path)] == path for one in used):
            yield from _unused(said, path, used)
        else:
            yield path
