"""Widget: how a tile's entries become what its template draws."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Final, NamedTuple

from pydantic import BaseModel, ConfigDict

from dashboard.history.past import AnyPast, Kind, Scope
from dashboard.log.base import Entry


class Beside(NamedTuple):
    """What another producer gives to a tile: its latest entries, oldest first, and its past."""

    entries: Sequence[Entry]
    past: AnyPast | None = None


ALONE: Final[Mapping[str, Beside]] = MappingProxyType({})
"""What a tile is given of others where it shows one producer."""


class Widget:
    """One look of a tile. Stateless: the same entries always give the same context.

    `template_name` is drawn with `context()`'s dict, for the page and for the stream alike.
    `depth` is how many of the producer's latest entries it wants.
    """

    class Options(BaseModel):
        """What a tile's "options" may hold."""

        model_config = ConfigDict(extra="forbid", frozen=True)

    template_name: str
    depth: ClassVar[int] = 1
    size: ClassVar[str] = "1x1"
    """Columns x rows it likes to have when the dashboard does not say."""

    fills: ClassVar[bool] = False
    """Whether it is a picture that fills its tile: its title then lies at the tile's foot."""

    span: int | None = None
    """Seconds of the past that it draws, beside the entries; None: it needs no past."""
    past_kind: ClassVar[Kind] = "measures"
    step: ClassVar[int] = 0
    """Seconds of the steps that it needs; 0: what suits its span."""
    also: tuple[str, ...] = ()
    """Other producers whose past it draws, too."""
    marked: tuple[str, ...] = ()
    """Other producers whose entries it marks."""

    per_subject: ClassVar[bool] = False
    """Whether it draws the newest entry of each subject; with a `depth` beyond 1, it gets so many
    of the latest of all too."""

    options: Any

    def __init__(self, options: BaseModel | None = None) -> None:
        self.options = self.Options() if options is None else options

    @property
    def scope(self) -> Scope | None:
        """Which past it draws."""
        return None if self.span is None else Scope(self.span, self.past_kind, self.step)

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        """Return the template's context; `entries` is not empty, oldest first."""
        return {"entries": entries, "entry": entries[-1]}

    def picture(self, entries: Sequence[Entry]) -> str | None:
        """Return the id of the picture that it shows largest; None where it shows none."""
        return None

    def chart(
        self,
        entries: Sequence[Entry],
        past: Any,
        now: float,
        others: Mapping[str, Beside] = ALONE,
    ) -> dict[str, Any]:
        """Return the context of a widget that has a `span`, as of `now` (seconds since 1970).

        `past` is of its `scope`; `others` has each producer that it names in `also` or `marked`.
        """
        return self.context(entries)
