"""Plates: where the labels of boxes stand so that none hides another."""

from typing import Final, NamedTuple

from django.utils.safestring import SafeString

_TEXT: Final = 7.0
"""Percent of the picture's shorter side that a letter is reckoned to be high. How large it is,
only the browser knows: the style sheet keeps it between bounds."""

_LONGEST: Final = 2.5
"""Widths of its box that a plate may have where there is a crowd, whose boxes it would hide."""

_LINE: Final = 1.3
_LETTER: Final = 0.56
"""Height of a plate, and width of one letter, in heights of a letter."""


class Room(NamedTuple):
    """What a plate may take, in percent of the picture, and the classes that say its corner."""

    side: SafeString
    place: tuple[float, float, float, float]


class Plates:
    """Gives each label a place in turn: the first comes first. `aspect` is width by height."""

    def __init__(self, aspect: float, *, crowd: bool = False) -> None:
        self._crowd = crowd
        text = _TEXT * min(1.0, aspect)
        self._high = _LINE * text
        self._wide = _LETTER * text / aspect
        self._taken: list[tuple[float, float, float, float]] = []

    def place(
        self, left: float, top: float, width: float, height: float, letters: int
    ) -> Room | None:
        """Return room for a plate of so many letters at a box, in percent; None if there is none.

        It is over the box, else in it, else under it, where it can flush with the box's left
        edge, else with its right one. It ends where the picture ends.
        """
        wide = letters * self._wide
        if self._crowd and wide > _LONGEST * width:
            return None
        right, bottom = left + width, top + height
        spans = [
            ("", left, min(100.0, left + wide), (left, 100.0 - left)),
            (" right", max(0.0, right - wide), right, (0.0, right)),
        ]
        if left + wide > 100.0 and right > 100.0 - left:
            spans = spans[1:]
        elif right < wide:
            spans = spans[:1]
        ways = (
            # Begins at the box's top too, and is drawn above it: WebKit ends no line at a bottom.
            ("above", top - self._high, (top, 100.0 - top)),
            ("inside", top, (top, 100.0 - top)),
            ("below", bottom, (bottom, 100.0 - bottom)),
        )
        for side, upper, (y, high) in ways:
            lower = upper + self._high
            # In a small box it would hide what the box is around.
            if upper < 0 or lower > 100 or (side == "inside" and height <= 2 * self._high):
                continue
            for flush, near, far, (x, room) in spans:
                area = (near, upper, far, lower)
                if not any(_meet(area, other) for other in self._taken):
                    self._taken.append(area)
                    return Room(SafeString(side + flush), (x, y, room, high))
        return None


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
