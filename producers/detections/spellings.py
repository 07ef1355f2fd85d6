"""Spellings: the names that programs give to a label, a score, a track and the sides of a box."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from producers.detections.boxes import TWO_READINGS, centred, cornered, spanned
from producers.detections.fields import Box
from producers.detections.format import Boxes, Reading
from producers.detections.payload import Payload

LABELS: Final = (
    *("label", "classname", "name", "categoryname", "labelname", "displayname", "objectname"),
    *("class", "category", "object", "tag", "tagname", "userid", "cls", "classid"),
    *("labelid", "categoryid", "clsid"),
)
SCORES: Final = ("score", "confidence", "conf", "probability", "prob", "certainty")
TRACKS: Final = ("trackid", "trackerid", "trackingid", "objectid")
HOLDERS: Final = (
    *("box", "bbox", "boundingbox", "bndbox", "rect", "rectangle", "boundingrect", "coordinates"),
    *("coords", "bounds", "relativecoordinates", "facerectangle"),
)
"""Members of an item that hold the sides of its box."""


class Sides(NamedTuple):
    """Where the four numbers of a box stand, and what they are."""

    said: list[Payload]
    boxes: Boxes
    relative: bool | None = None
    """Whether they are fractions; None: it is not said."""

    def box(self, relative: bool) -> Box:
        make = {"xyxy": spanned, "xywh": cornered, "cxcywh": centred}[self.boxes]
        return make(*self.said, relative=relative)


_NAMED: Final[tuple[tuple[tuple[str, str, str, str], Boxes], ...]] = (
    (("x1", "y1", "x2", "y2"), "xyxy"),
    (("x0", "y0", "x1", "y1"), "xyxy"),
    (("xmin", "ymin", "xmax", "ymax"), "xyxy"),
    (("minx", "miny", "maxx", "maxy"), "xyxy"),
    (("left", "top", "right", "bottom"), "xyxy"),
    (("startx", "starty", "endx", "endy"), "xyxy"),
    (("xtl", "ytl", "xbr", "ybr"), "xyxy"),
    (("topleftx", "toplefty", "bottomrightx", "bottomrighty"), "xyxy"),
    (("left", "top", "width", "height"), "xywh"),
    (("xmin", "ymin", "width", "height"), "xywh"),
    (("originx", "originy", "width", "height"), "xywh"),
    (("xcenter", "ycenter", "width", "height"), "cxcywh"),
    (("centerx", "centery", "width", "height"), "cxcywh"),
    (("cx", "cy", "w", "h"), "cxcywh"),
    (("cx", "cy", "width", "height"), "cxcywh"),
)
_LISTED: Final[dict[str, tuple[Boxes, bool | None]]] = {
    "xyxy": ("xyxy", None),
    "bboxxyxy": ("xyxy", None),
    "boxxyxy": ("xyxy", None),
    "xyxyn": ("xyxy", True),
    "ltrb": ("xyxy", None),
    "ltwh": ("xywh", None),
    "tlwh": ("xywh", None),
    "cxcywh": ("cxcywh", None),
}
"""Lists whose name says which four numbers they are."""

_OPEN: Final = (("x", "y", "w", "h"), ("x", "y", "width", "height"))
"""A corner to some programs, the centre to others."""

_MOST_MEMBERS: Final = 1_000
"""Of an object that is looked at by its names; what has more is no thing that was seen."""

CORNER_OR_CENTRE: Final = (
    "x and y can be read in two ways, as the box's left top corner or as its centre; say which "
    "with ?boxes=xywh or ?boxes=cxcywh (or the option boxes)"
)


def plain(name: object) -> str:
    """Return a name without what spellings differ in: `x_min`, `xMin` and `x-min` are `xmin`."""
    return str(name).lower().replace("_", "").replace("-", "").replace(" ", "")


def members(value: object) -> dict[str, str]:
    """Return the names of an object's members by their plain spelling; "" and null are absent.

    Writers of tables say an empty text where they know nothing.
    """
    if not isinstance(value, dict) or len(value) > _MOST_MEMBERS:
        return {}
    return {plain(name): name for name, said in value.items() if said not in ("", None)}


def first(said: Payload, names: Iterable[str]) -> Payload | None:
    """Return the first member that there is of these plain names."""
    there = members(said.value)
    return next((said.member(there[name]) for name in names if name in there), None)


def is_labelled(said: Payload) -> bool:
    return not members(said.value).keys().isdisjoint(LABELS)


def label_of(said: Payload, reading: Reading) -> str:
    """Return what a thing is called; a name goes before a number, which `categories` names."""
    there = members(said.value)
    found = [said.member(there[name]) for name in LABELS if name in there]
    if not found:
        raise said.fault("it has no label, class or name")
    for one in found:
        if isinstance(one.value, str) and one is one.plain():
            return one.label()
    return reading.name_of(found[0].plain().whole(), "class")


def score_of(said: Payload) -> float | None:
    found = first(said, SCORES)
    return None if found is None else found.plain().score()


def track_of(said: Payload) -> str | None:
    found = first(said, TRACKS)
    return None if found is None or found.value == -1 else found.id()


def has_sides(value: object) -> bool:
    """Return whether an item tells a box in any way that is known, even if it leaves it open."""
    there = members(value)
    if any(all(name in there for name in names) for names, _ in _NAMED):
        return True
    if any(all(name in there for name in names) for names in _OPEN):
        return True
    if any(_is_list(value, there.get(name)) for name in (*_LISTED, *HOLDERS)):
        return True
    return isinstance(value, dict) and any(
        name in there and has_sides(value[there[name]]) for name in HOLDERS
    )


def sides_of(said: Payload, reading: Reading) -> Sides | None:
    """Return the sides of the box that an item tells; None where it tells none.

    Raises Unreadable where what it tells can be read in two ways.
    """
    there = members(said.value)
    for names, boxes in _NAMED:
        if all(name in there for name in names):
            return Sides([said.member(there[name]).plain() for name in names], boxes)
    for name, (boxes, relative) in _LISTED.items():
        if _is_list(said.value, there.get(name)):
            return Sides(_four(said.member(there[name])), boxes, relative)
    for names in _OPEN:
        if all(name in there for name in names):
            if reading.boxes not in ("xywh", "cxcywh"):
                raise said.fault(CORNER_OR_CENTRE)
            return Sides([said.member(there[name]).plain() for name in names], reading.boxes)
    for name in HOLDERS:
        if name in there:
            holder = said.member(there[name])
            if isinstance(holder.value, list | tuple):
                if reading.boxes is None:
                    raise holder.fault(TWO_READINGS)
                return Sides(_four(holder), reading.boxes)
            if (found := sides_of(holder, reading)) is not None:
                return found
    return None


def _is_list(value: object, name: str | None) -> bool:
    """Return whether a member is a list of plain values; one of lists is of many boxes."""
    if name is None or not isinstance(value, dict):
        return False
    items = value[name]
    return isinstance(items, list | tuple) and not isinstance(
        next(iter(items), None), list | tuple | dict
    )


def _four(said: Payload) -> list[Payload]:
    return [item.plain() for item in said.items(exactly=4)]
