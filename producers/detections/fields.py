"""The parts of a result: a picture's size, a box, a tag, and one thing that was detected."""

from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from producers.detections import bounds
from producers.detections.scalars import not_blank, plain, sayable, storable

DIGITS: Final = 6
"""Of a score or a relative coordinate: a hundredth of a pixel on the largest screens."""

Coordinate = Annotated[
    float, Field(strict=True, allow_inf_nan=False, ge=-bounds.FARTHEST, le=bounds.FARTHEST)
]
Length = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=bounds.FARTHEST)]
Score = Annotated[
    float,
    Field(strict=True, allow_inf_nan=False, ge=0, le=1),
    AfterValidator(lambda score: round(score, DIGITS)),
]
Side = Annotated[int, Field(strict=True, ge=1, le=bounds.LARGEST_SIDE)]
Label = Annotated[
    str,
    Field(min_length=1, max_length=bounds.LONGEST_LABEL),
    AfterValidator(storable),
    AfterValidator(not_blank),
]
Text = Annotated[str, Field(min_length=1, max_length=bounds.LONGEST_TEXT), AfterValidator(storable)]
Id = Annotated[str, Field(min_length=1, max_length=bounds.LONGEST_ID), AfterValidator(sayable)]
Extra = Annotated[
    Any, AfterValidator(plain), WithJsonSchema({"type": ["string", "number", "boolean", "null"]})
]
Point = tuple[Coordinate, Coordinate]
Keypoint = Annotated[
    tuple[Coordinate, Coordinate, Score | None],
    BeforeValidator(lambda point: [*point, None] if _is_point(point) else point),
]


def _is_point(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2


class Part(BaseModel):
    """Of a result. Unknown members are refused, so that a slip of the pen is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Size(Part):
    """The picture's size in pixels."""

    width: Side = Field(description="from left to right")
    height: Side = Field(description="from top to bottom")


class Box(Part):
    """Left, top, width and height, from the picture's top left corner, in the box_space."""

    x: Coordinate = Field(description="its left edge")
    y: Coordinate = Field(description="its top edge")
    w: Length = Field(description="its width")
    h: Length = Field(description="its height")


class Tag(Part):
    """Said of the picture as a whole."""

    label: Label = Field(description="what it shows, such as outdoor")
    score: Score | None = Field(None, description="how sure, 0 to 1")


class Detection(Part):
    """One thing that was seen."""

    label: Label = Field(description="what it is, such as person")
    score: Score | None = Field(None, description="how sure, 0 to 1")
    box: Box | None = Field(None, description="where, in the result's box_space")
    track_id: Id | None = Field(None, description="the same thing has it on every picture")
    polygon: list[Point] | None = Field(
        None,
        min_length=3,
        max_length=bounds.MOST_POINTS,
        description="its outline as [x, y] points, in the result's box_space",
    )
    keypoints: list[Keypoint] | None = Field(
        None,
        max_length=bounds.MOST_KEYPOINTS,
        description="as [x, y, score or null], in the result's box_space",
    )
    keypoint_names: list[Label] | None = Field(
        None, max_length=bounds.MOST_KEYPOINTS, description="of the keypoints, in their order"
    )
    zones: list[Label] | None = Field(
        None, max_length=bounds.MOST_ZONES, description="named places that it is in"
    )
    extra: dict[Label, Extra] | None = Field(
        None, max_length=bounds.MOST_EXTRAS, description="whatever else the detector says of it"
    )
