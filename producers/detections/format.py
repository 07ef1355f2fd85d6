"""Format: the contract of every foreign format. Subclass it, and add it to the list of formats."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from producers.detections.fields import Size
from producers.detections.model import Result
from producers.detections.payload import Payload
from producers.detections.spaces import Space

Boxes = Literal["xyxy", "xywh", "cxcywh"]
"""What four numbers are: two corners, a corner and the size, or the centre and the size."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a format may need to know besides the payload."""

    size: Size | None = None
    """Of the picture, where the payload itself does not say."""
    shown: Size | None = None
    """Of the picture that came along, as it is shown; None: there came none."""
    categories: Mapping[int, str] = field(default_factory=dict)
    """Names of numbered classes."""
    min_score: float | None = None
    """What is less sure will be left out; None: the format may know what is noise."""
    box_space: Space | None = None
    """What coordinates are, where the payload leaves it open; None: what the format's rule is."""
    boxes: Boxes | None = None
    """What four numbers without names are; None: nobody says."""

    def space(self, rule: Space) -> Space:
        """Return what coordinates are in a format whose `rule` that is."""
        return self.box_space or rule

    def name_of(self, number: int, kind: str) -> str:
        """Return the name of a class, such as "category 18" where nobody gave it one."""
        return self.categories.get(number, f"{kind} {number}")


class Format(ABC):
    """A way in which some detector tells its results. It keeps no state."""

    name: ClassVar[str]
    """Lower case, with hyphens: what `?format=` and the option `format` say."""
    about: ClassVar[str]
    """Whose it is, in a few words."""
    media_types: ClassVar[tuple[str, ...]] = ("application/json",)

    takes_lists: ClassVar[bool] = False
    """Whether a list is one payload; of the others, a list holds a payload in each item."""
    general: ClassVar[bool] = False
    """Whether it takes many spellings, and so is asked only where no other has the shape."""
    only_space: ClassVar[Space | None] = None
    """What its coordinates always are; None: the request may say otherwise."""
    reads_all: ClassVar[bool] = False
    """Whether `read` itself refuses what it does not know."""
    not_kept: ClassVar[frozenset[str]] = frozenset()
    """Members that say where a thing is in a way that is not kept, such as masks: the sender is
    told that they were left out."""
    leaves_out: ClassVar[frozenset[str]] = frozenset()
    """Members that look like geometry, and say nothing of where a thing is on this picture."""

    @abstractmethod
    def why_not(self, payload: object) -> str | None:
        """Return why `payload` is plainly no such thing, or None when it has the shape.

        It is a look at the outside: whether all of it is legal, `read` finds out.
        """

    @abstractmethod
    def read(self, payload: Payload, reading: Reading) -> list[Result]:
        """Return what `payload` tells, a result for each picture. Raises Unreadable.

        It may be no result at all: there is nothing in it to keep.
        """


def why_no_object_with(payload: object, *names: str) -> str | None:
    """Return why `payload` is no object that has one of these members, or None when it is."""
    if not isinstance(payload, dict):
        return f"it is {kind_of(payload)}, not an object"
    if names and not any(name in payload for name in names):
        return f"it has none of {', '.join(names)}" if len(names) > 1 else f"it has no {names[0]}"
    return None


def pictures(payload: Payload, most: int) -> list[Payload]:
    """Return the payloads of each picture: the items of a list of lists, else `payload` alone."""
    value = payload.value
    if (
        isinstance(value, list | tuple)
        and value
        and all(isinstance(v, list | tuple) for v in value)
    ):
        return payload.items(most)
    return [payload]


def kind_of(value: object) -> str:
    """Return what JSON calls a value of this kind."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, str):
        return "a text"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return "a number" if isinstance(value, int | float) else f"a {type(value).__name__}"
