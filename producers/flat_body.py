"""FlatBody: what sensors post as one level of members, and where each of them stood."""

from collections.abc import Mapping
from typing import Any, Final

from producers.parts import Parts
from producers.stamps import Stamp, inner_moment, stamp_in

_OF_COLLECTD: Final = ("values", "dsnames", "dstypes", "interval")
_WHAT: Final = ("name", "measurement", "metric")
_NAMES_VALUE: Final = ("value_type", "name", "key", "type", "label", "sensor", "metric", "id")
"""What an item of a list of values calls itself by."""
_DEEPEST: Final = 5

Path = tuple[str, ...]


class FlatBody:
    """Objects that are no measure are read member by member, as `outer inner`."""

    def __init__(self, body: Mapping[Any, Any]) -> None:
        self.members: dict[Any, Any] = {}
        self._places: dict[Any, Path] = {}
        state = _state_of(body)
        if state is not None:
            self._take(body, (), skip=("state", "attributes"))
            for name, said, path in state:
                self._put(name, said, path)
        elif _is_of_collectd(body):
            # Its values are named beside them.
            self._take(body, (), skip=_OF_COLLECTD)
            for index, (name, value) in enumerate(
                zip(body["dsnames"], body["values"], strict=True)
            ):
                self._put(_named(body, name), value, ("values", str(index)))
        elif (what := _point_of(body)) is not None:
            # Telegraf, InfluxDB: tags say what is measured, fields how much.
            self._take(body, (), skip=("fields", "tags"))
            tags = body.get("tags")
            if isinstance(tags, Mapping):
                self._take(tags, ("tags",))
            elif "tags" in body:
                self._put("tags", tags, ("tags",))
            for name, said in body["fields"].items():
                self._put(f"{what} {name}", said, ("fields", str(name)))
        else:
            self._take(body, ())

    def place(self, name: Any) -> Path:
        """Return the path to a member."""
        return self._places.get(name, (str(name),))

    def stamp(self) -> Stamp | None:
        """Return the time that the body says, or else the first that an object in it does."""
        if (found := stamp_in(self.members)) is not None:
            return found
        for name, path in self._places.items():
            if (at := inner_moment(path[-1], self.members[name])) is not None:
                return Stamp(at, frozenset({name}))
        return None

    def _take(self, body: Mapping[Any, Any], at: Path, prefix: str = "", skip: Any = ()) -> None:
        for name, said in body.items():
            path, called = (*at, str(name)), f"{prefix}{name}" if prefix else name
            if name in skip:
                continue
            if (state := _state_of(said)) is not None:
                self._put(called, {key: value for key, value, _ in state if key != "name"}, path)
            elif _is_group(said) and len(path) < _DEEPEST:
                self._take(said, path, f"{called} ")
            elif (values := _named_values(said)) is not None:
                for index, (inner, value) in enumerate(values):
                    self._put(inner, value, (*path, str(index)))
            else:
                self._put(called, said, path)

    def _put(self, name: Any, said: object, path: Path) -> None:
        if name in self.members:  # of two that are called alike, each is found by its whole path
            name = " ".join(path)
        self.members[name] = said
        if path != (name,):
            self._places[name] = path


def parts_of(body: Mapping[str, Any]) -> Parts | None:
    """Return the readings of which `body` holds a list and beside it no measure; None: it is one.

    Texts beside the list are labels of each.
    """
    lists = [name for name, said in body.items() if _is_objects(said)]
    if len(lists) != 1 or _named_values(body[lists[0]]) is not None:
        return None
    beside = {name: said for name, said in body.items() if name != lists[0]}
    if any(
        isinstance(said, int | float) and not isinstance(said, bool) for said in beside.values()
    ):
        return None
    shared = {name: said for name, said in beside.items() if isinstance(said, str)}
    items = [((lists[0], str(n)), shared | item) for n, item in enumerate(body[lists[0]])]
    return Parts(items, [(name,) for name in beside if name not in shared])


def _state_of(body: object) -> list[tuple[str, Any, Path]] | None:
    """Return what Home Assistant tells of one state as a value with its unit and name."""
    if not isinstance(body, Mapping) or "state" not in body or "value" in body:
        return None
    attributes = body.get("attributes")
    if not isinstance(attributes, Mapping):
        return None
    told: list[tuple[str, Any, Path]] = [("value", body["state"], ("state",))]
    for name, wanted in (("unit", "unit_of_measurement"), ("name", "friendly_name")):
        if isinstance(attributes.get(wanted), str):
            told.append((name, attributes[wanted], ("attributes", wanted)))
    return told


def _is_of_collectd(body: Mapping[Any, Any]) -> bool:
    values, names = body.get("values"), body.get("dsnames")
    return isinstance(values, list) and isinstance(names, list) and len(values) == len(names)


def _named(body: Mapping[Any, Any], name: object) -> str:
    """Return what collectd measures: its type's instance or type, and the part, if it has any."""
    what = body.get("type_instance") or body.get("type") or "value"
    return str(what) if name == "value" else f"{what} {name}"


def _point_of(body: Mapping[Any, Any]) -> str | None:
    """Return what a point of Telegraf or InfluxDB measures; None where `body` is none."""
    if not isinstance(body.get("fields"), Mapping):
        return None
    return next((body[name] for name in _WHAT if isinstance(body.get(name), str)), None)


def _is_group(said: object) -> bool:
    return isinstance(said, Mapping) and bool(said) and said.keys().isdisjoint(("value", "unit"))


def _is_objects(said: object) -> bool:
    return isinstance(said, list) and bool(said) and all(isinstance(one, Mapping) for one in said)


def _named_values(said: object) -> list[tuple[str, Any]] | None:
    """Return the values of a list such as `[{"name": "co2", "value": 600}]`, by their names."""
    if not _is_objects(said):
        return None
    told = []
    for item in said:  # type: ignore[attr-defined]
        name = next((item[key] for key in _NAMES_VALUE if isinstance(item.get(key), str)), None)
        if name is None or "value" not in item:
            return None
        told.append((name, {key: item[key] for key in ("value", "unit") if key in item}))
    return told
