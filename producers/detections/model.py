"""The canonical result: what was seen on one picture, in one shape for all formats."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, PrivateAttr, model_validator

from producers.detections import bounds
from producers.detections.coordinates import from_pixels, must_be_pixels, settled, settled_pixels
from producers.detections.fields import Detection, Id, Part, Size, Tag, Text
from producers.detections.scalars import within_the_calendar


class Result(Part):
    """What was seen on one picture: boxes are fractions of it, from its top left corner."""

    text: Text | None = Field(None, description="a sentence that says it; left out: it is made")
    detections: list[Detection] = Field(
        [], max_length=bounds.MOST_DETECTIONS, description="the things that were seen"
    )
    tags: list[Tag] = Field(
        [], max_length=bounds.MOST_TAGS, description="what the picture as a whole shows"
    )
    caption: Text | None = Field(None, description="the detector's own words for the picture")
    box_space: Literal["relative", "px"] = Field(
        "relative",
        description="relative: 0 to 1 of the picture; px: pixels of a picture whose size is "
        "not known yet (with a size they become relative)",
    )
    size: Size | None = Field(None, description="of the picture, in pixels")
    picture: Id | None = Field(None, description="the stored picture's id")
    source: Id | None = Field(None, description="the camera, or whatever else saw it")
    time: Annotated[AwareDatetime, AfterValidator(within_the_calendar)] | None = Field(
        None, description="when it was seen, with the offset from UTC"
    )
    id: Id | None = Field(
        None, description="what the same source says of the same id replaces what it said before"
    )
    state: Literal["new", "update", "end"] | None = Field(
        None, description="whether the thing of this id has come, is still there, or has gone"
    )
    format: Id | None = Field(None, description="the format that it was sent in")

    _outside: int = PrivateAttr(0)

    def __eq__(self, other: object) -> bool:
        """Whether the other says the same; what it does not say any more is no part of it."""
        return isinstance(other, Result) and self.__dict__ == other.__dict__

    @property
    def outside(self) -> int:
        """How many boxes lay wholly beside the picture, and are kept no more."""
        return self._outside

    @model_validator(mode="after")
    def _place(self) -> Self:
        """Clip and round what is there; make pixels relative where the size is known."""
        detections = self.detections
        if self.box_space == "px":
            must_be_pixels(detections)
        if self.box_space == "relative":
            detections = settled(detections)
        elif self.size is None:
            detections = settled_pixels(detections)
        else:
            detections = from_pixels(detections, self.size)
            object.__setattr__(self, "box_space", "relative")
        pairs = zip(self.detections, detections, strict=True)
        self._outside = sum(one.box is not None and other.box is None for one, other in pairs)
        object.__setattr__(self, "detections", detections)
        return self

    def with_size(self, width: int, height: int) -> "Result":
        """Return it for a picture of that size: pixels become relative, all else stays.

        Raises ValidationError where a side is no whole number from 1 to 100,000.
        """
        return Result.model_validate(dict(self) | {"size": Size(width=width, height=height)})

    def only(self, min_score: float, labels: frozenset[str]) -> "Result":
        """Return it without what is less sure or, where `labels` holds any, called otherwise.

        What has no score stays: nobody says that it is unsure.
        """

        def wanted(thing: Detection | Tag) -> bool:
            sure = thing.score is None or thing.score >= min_score
            return sure and (not labels or thing.label in labels)

        detections = [seen for seen in self.detections if wanted(seen)]
        tags = [tag for tag in self.tags if wanted(tag)]
        return self.model_copy(update={"detections": detections, "tags": tags})
