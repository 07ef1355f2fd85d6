"""Appearance: what a dashboard says of all its tiles together: its colours, its gaps, its pace."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from dashboard.tiles.choice import legal_refresh, seconds_of

Theme = Literal["auto", "light", "dark"]
THEMES: Final[tuple[str, ...]] = get_args(Theme)


class Appearance(BaseModel):
    """The keys of a dashboard beside its title and tiles."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    theme: Theme = Field("auto", description="its colours; `auto`: those of who looks")
    density: Literal["roomy", "compact"] = Field(
        "roomy", description="`compact`: smaller text and gaps, so that more is in each tile"
    )
    refresh: Annotated[float | str, AfterValidator(legal_refresh)] = Field(
        0.25,
        description="seconds between two drawings of a tile at least, such as 0.5, or 5s, 10m; "
        "the option `refresh` of a tile goes before it",
    )

    @property
    def seconds_between(self) -> float:
        """Seconds between two drawings of a tile at least."""
        return seconds_of(self.refresh) if isinstance(self.refresh, str) else self.refresh


PLAIN: Final = Appearance()
"""That of a dashboard that says nothing of it, and of a page of tiles that is no dashboard."""


def read_appearance(row: Mapping[Any, Any]) -> tuple[Appearance, list[str]]:
    """Return what a row of DASHBOARDS says, or PLAIN and what is wrong with it."""
    try:
        return Appearance.model_validate(
            {key: row[key] for key in Appearance.model_fields if key in row}
        ), []
    except ValidationError as error:
        return PLAIN, [
            f"{fault['loc'][0]!r} is {fault['input']!r:.80}: {fault['msg']}"
            for fault in error.errors()
        ]
