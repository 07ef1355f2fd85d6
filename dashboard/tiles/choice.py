"""Choice: what the options of every tile say: of which subjects it is, how often it changes."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from dashboard.widgets.compact import clip

ANY: Final = "*"
"""As a tile's subject: whatever its entries are about, also on a page of one subject."""
LONGEST_SUBJECT: Final = 255
"""Characters; the log keeps no longer ones."""
LONGEST_TITLE: Final = 80
NAMED: Final = "{subject}"
"""What stands for the subject in a title."""

_SPAN: Final = re.compile(r"([1-9][0-9]{0,4})([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_MOST: Final = 30 * 86_400
_BRIEFEST, _RAREST = 0.1, 3_600
"""Seconds that a tile may be asked to wait between two drawings."""


def seconds_of(span: str) -> int:
    """Return a span such as 90s, 10m or 1h in seconds. Raises ValueError, saying what is legal."""
    match = _SPAN.fullmatch(span)
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not 1 <= seconds <= _MOST:
        raise ValueError("legal is a number of s, m, h or d from 1s to 30d, such as 90s, 10m, 1h")
    return seconds


def _legal_span(span: str) -> str:
    seconds_of(span)
    return span


def legal_refresh(refresh: float | str) -> float | str:
    """Return it as it is. Raises ValueError, saying what is legal."""
    seconds = seconds_of(refresh) if isinstance(refresh, str) else refresh
    if not _BRIEFEST <= seconds <= _RAREST:
        raise ValueError("legal are seconds from 0.1 to 3600, or such as 5s, 10m, 1h")
    return refresh


class TileOptions(BaseModel):
    """What every tile's "options" may hold beside those of its widget."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str | None = Field(
        None,
        min_length=1,
        max_length=LONGEST_SUBJECT,
        description="only what is about this subject is shown; `*`: all, also on a page that is "
        "of one subject; None: all",
    )
    each: Literal["subject"] | None = Field(
        None, description="`subject`: a tile for each subject, as they appear; None: one tile"
    )
    forget: Annotated[str, AfterValidator(_legal_span)] = Field(
        "1h",
        description="with `each`: the silence after which the tile of a subject goes, such as "
        "90s, 10m, 1h, 7d; at most 30d",
    )

    refresh: Annotated[float | str, AfterValidator(legal_refresh)] | None = Field(
        None,
        description="seconds between two drawings at least, such as 0.5, or 5s, 10m; None: "
        "the dashboard's `refresh`",
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.subject is not None and self.each is not None:
            raise ValueError("subject and each exclude each other: one subject, or all of them")
        if self.each is None and "forget" in self.model_fields_set:
            raise ValueError("forget goes with each: a tile of its own never goes")
        return self

    @property
    def seconds_between(self) -> float | None:
        """Seconds between two drawings at least; None: it is drawn as it changes."""
        return seconds_of(self.refresh) if isinstance(self.refresh, str) else self.refresh

    def title(self, said: str | None, default: str) -> str:
        """Return the tile's title; `said` is the row's, if it has one, `default` the producer's."""
        if self.subject not in (None, ANY):
            shown = NAMED if said is None else said
            return clip(shown.replace(NAMED, str(self.subject)), LONGEST_TITLE)
        # Until there is a subject, none can be named.
        return default if said is None or (self.each and NAMED in said) else said

    def naming(self, said: str | None) -> str:
        """Return how the tile of a subject is called, with NAMED in it."""
        if said is None or not self.each:
            return NAMED
        return said if NAMED in said else f"{NAMED} · {said}"


def split(options: Any) -> tuple[TileOptions, Any]:
    """Return what `options` say of every tile, and the rest. Raises pydantic's ValidationError."""
    if not isinstance(options, Mapping):
        return TileOptions(), options
    own = {name: said for name, said in options.items() if name in TileOptions.model_fields}
    rest = {name: said for name, said in options.items() if name not in own}
    return TileOptions.model_validate(own), rest
