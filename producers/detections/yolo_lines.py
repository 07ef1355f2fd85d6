"""YOLO lines: what the numbers of one line can be, for nothing but their count and size says it.

After the class come a box, an outline (also the four corners of an oriented box), or a pose: a box
with keypoints. Behind them may stand a confidence, a track id, or both.
"""

from collections.abc import Iterator, Sequence
from math import dist
from typing import Final, NamedTuple

from producers.detections.bounds import FARTHEST_OUTSIDE, NEAREST_OUTSIDE

Kind = str
"""Of what stands in a line: "box", "outline", "pose", or "pairs": a pose without visibility."""

_ROUNDED: Final = 0.05
_SKEWED: Final = 0.02
"""Of its diagonal: how far the middles of the diagonals of a turned box may lie apart, twice."""
_BESIDE: Final = 0.25
"""Of a box's side: how far outside it a keypoint may lie."""
_LEAST_POINTS: Final = 3
_TELLING: Final = 8
"""Points from which on a line without crossings is no accident."""
_MOST_CROSSED: Final = 16
"""Points up to which crossings are looked for, each with each; more are told by their length."""
_WINDING: Final = 2.0
_ZIGZAG: Final = 0.12
"""How many times around its own box an outline goes at most, in all and for each point. A pose
that is read as one goes to and fro: a quarter around with each point."""
_FAR: Final = 4.0
"""How much farther than between its other points the next one lies where it is none."""


class Line(NamedTuple):
    """One way to read a line: how many numbers after the class are its geometry, and the rest."""

    kind: Kind
    length: int
    has_score: bool
    has_track: bool

    def __str__(self) -> str:
        shape = {
            "box": "a box",
            "outline": f"an outline of {self.length // 2} points",
            "pose": f"a box with {(self.length - 4) // 3} keypoints of x, y and visibility",
            "pairs": f"a box with {(self.length - 4) // 2} keypoints of x and y",
        }[self.kind]
        ends = [*["a confidence"] * self.has_score, *["a track id"] * self.has_track]
        return f"{shape}, then {' and '.join(ends)}" if ends else shape


def readings(words: Sequence[str], numbers: Sequence[float]) -> list[Line]:
    """Return the ways to read what stands behind the class; the best first, if one is better.

    `words` are the same as they were written: an id is digits and nothing else.
    """
    found = [line for line in _candidates(words, numbers) if _is_legal(line, numbers)]
    boxes = [line for line in found if line.kind == "box"]
    if boxes:
        return boxes
    oriented = [line for line in found if _is_oriented(line, numbers)]
    if oriented:
        return oriented
    poses = [line for line in found if line.kind == "pose" and _is_pose(line, numbers)]
    outlines = [line for line in found if line.kind == "outline"]
    plain = [line for line in outlines if _is_plain(line, numbers)]
    sure = [line for line in plain if line.length >= 2 * _TELLING]
    if sure or plain:
        return _ends(sure or [*plain, *poses], numbers)
    pairs = [line._replace(kind="pairs") for line in outlines]
    paired = [line for line in pairs if _is_pose(line, numbers)]
    return _ends([*poses, *paired] if poses else [*outlines, *paired], numbers)


def _candidates(words: Sequence[str], numbers: Sequence[float]) -> Iterator[Line]:
    count = len(numbers)
    for has_score, has_track in ((False, False), (True, False), (False, True), (True, True)):
        rest = count - has_score - has_track
        if rest < 4:
            continue
        if has_track and not _is_id(words[-1]):
            continue
        if has_score and not 0 <= numbers[rest] <= 1:
            continue
        if rest == 4:
            yield Line("box", rest, has_score, has_track)
        if rest % 2 == 0 and rest >= 2 * _LEAST_POINTS:
            yield Line("outline", rest, has_score, has_track)
        if rest > 4 and (rest - 4) % 3 == 0:
            yield Line("pose", rest, has_score, has_track)


def _is_id(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 15


def _is_legal(line: Line, numbers: Sequence[float]) -> bool:
    """Return whether all that should be fractions of the picture are; of boxes, `read` tells."""
    if line.kind == "box":
        return True
    return all(NEAREST_OUTSIDE <= at <= FARTHEST_OUTSIDE for at in numbers[: line.length])


def _points(line: Line, numbers: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip(numbers[0 : line.length : 2], numbers[1 : line.length : 2], strict=True))


def _is_oriented(line: Line, numbers: Sequence[float]) -> bool:
    """Return whether it is four corners whose opposite sides are alike, as of a turned box."""
    if line.kind != "outline" or line.length != 8:
        return False
    a, b, c, d = _points(line, numbers)
    size = max(dist(a, c), dist(b, d))
    apart = dist((a[0] + c[0], a[1] + c[1]), (b[0] + d[0], b[1] + d[1]))
    return bool(size > 0 and apart <= _SKEWED * size)


def _is_pose(line: Line, numbers: Sequence[float]) -> bool:
    """Return whether the box lies in the picture and the keypoints that are seen lie about it."""
    x, y, w, h = numbers[:4]
    edges = (x - w / 2, y - h / 2, 1 - x - w / 2, 1 - y - h / 2)
    if w <= 0 or h <= 0 or min(edges) < -_ROUNDED:
        return False
    across, down = w * (0.5 + _BESIDE), h * (0.5 + _BESIDE)
    step = 2 if line.kind == "pairs" else 3
    for at in range(4, line.length, step):
        px, py, seen = (*numbers[at : at + step], 1.0)[:3]
        if not 0 <= seen <= 2 or (seen > 1 and seen != 2):
            return False
        if seen > 0.5 and (abs(px - x) > across or abs(py - y) > down):
            return False
    return True


def _is_plain(line: Line, numbers: Sequence[float]) -> bool:
    """Return whether the points make an outline that does not cross itself."""
    points = _points(line, numbers)
    pairs = list(zip(points, [*points[1:], points[0]], strict=True))
    if len(points) > _MOST_CROSSED:
        xs, ys = zip(*points, strict=True)
        around = 2 * (max(xs) - min(xs) + max(ys) - min(ys))
        most = max(_WINDING, _ZIGZAG * len(points)) * around
        return bool(sum(dist(a, b) for a, b in pairs) <= most)
    return not any(
        _cross(*pairs[i], *pairs[j])
        for i in range(len(pairs))
        for j in range(i + 2, len(pairs))
        if (i, j) != (0, len(pairs) - 1)
    )


def _cross(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> bool:
    def side(p: tuple[float, float], q: tuple[float, float], r: tuple[float, float]) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    apart = side(a, b, c) * side(a, b, d) < 0, side(c, d, a) * side(c, d, b) < 0
    return all(apart)


def _ends(found: list[Line], numbers: Sequence[float]) -> list[Line]:
    """Leave out outlines whose last point is a confidence and an id, and those without them."""
    whole = [line for line in found if line.kind == "outline" and not line.has_track]
    short = [line for line in found if line.kind == "outline" and line.has_score and line.has_track]
    if not whole or not short or len(found) != 2:
        return found
    *points, before, last = _points(whole[0], numbers)
    steps = [dist(a, b) for a, b in zip([*points, before], [*points[1:], before], strict=False)]
    most, out = max(steps), min(dist(before, last), dist(last, (numbers[0], numbers[1])))
    if out > _FAR * most:
        return short
    return whole if out <= most else found
