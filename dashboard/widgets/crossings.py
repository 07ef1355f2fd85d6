"""Crossings: which measures of a tile are beyond the limits that its options set, worst first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias, get_args

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator

from dashboard.log.base import Entry
from dashboard.widgets.compact import clip
from dashboard.widgets.measures import NAME_LENGTH, histories, show
from dashboard.widgets.thresholds import Threshold, read_threshold

Severity: TypeAlias = Literal["alert", "warn"]

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""Worst first."""
MOST_NAMED: Final = 32
"""Measures that one option names at most."""
_TEXT_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What `warn` or `alert` says: of all that the tile shows, or of some measures by name.

    `said` is what was written, as JSON has it.
    """

    said: object
    of_all: Threshold | None = None
    by_name: Mapping[str, Threshold] = field(default_factory=dict)

    def about(self, measure: str) -> "Thresholds":
        """Return the same, of this measure alone where no other is named; "": of all."""
        if self.of_all is None or not measure:
            return self
        return Thresholds(self.said, by_name={measure: self.of_all})

    def of(self, measure: str) -> Threshold | None:
        """Return the threshold of a measure that the tile shows."""
        return self.of_all or self.by_name.get(measure)


def _read(said: Any) -> Thresholds | None:
    if said is None or isinstance(said, Thresholds):
        return said
    if not isinstance(said, Mapping):
        return Thresholds(said, read_threshold(said))
    if not 0 < len(said) <= MOST_NAMED or not all(isinstance(name, str) for name in said):
        raise ValueError(f"legal is a limit, or a dict of 1 to {MOST_NAMED} measures and limits")
    by_name = {}
    for name, one in said.items():
        try:
            by_name[name[:NAME_LENGTH]] = read_threshold(one)
        except ValueError as error:
            raise ValueError(f"for {name!r:.60}, {error}") from error
    return Thresholds(dict(said), by_name=by_name)


def _of_numbers(limits: Thresholds | None) -> Thresholds | None:
    if limits is not None and limits.of_all is not None and not limits.of_all.intervals:
        raise ValueError(
            "this tile shows numbers, of which none is a text;"
            ' of another member of the data a dict may say it: {"state": "down"}'
        )
    return limits


_said = PlainSerializer(lambda limits: limits and limits.said, return_type=Any)

AnyThresholds: TypeAlias = Annotated[Thresholds | None, PlainValidator(_read), _said]
NumberThresholds: TypeAlias = Annotated[
    Thresholds | None, PlainValidator(_read), AfterValidator(_of_numbers), _said
]
WARN: Final[Any] = Field(None, description="when to warn, such as > 26: see Limits")
ALERT: Final[Any] = Field(None, description="when to alert, such as >= 30: see Limits")


class Crossing(NamedTuple):
    """A measure that is beyond a limit: its name, value and limit as people read them."""

    severity: Severity
    name: str
    value: str
    limit: str


class Limits(NamedTuple):
    """The limits of a tile, which each value that it shows is held against."""

    alert: Thresholds | None
    warn: Thresholds | None

    def worst(
        self,
        crossings: Iterable[Crossing | None],
        shown: Collection[str],
        entries: Sequence[Entry],
    ) -> Crossing | None:
        """Return the worst crossing of a tile: of those of the measures that it shows, and of what
        its options name beside them."""
        found = [one for one in (*crossings, *self._unseen(shown, entries)) if one is not None]
        return min(found, key=lambda one: SEVERITIES.index(one.severity), default=None)

    def crossing(self, measure: str, value: object, name: str, said: str) -> Crossing | None:
        """Return the worst limit that `value` of `measure` is beyond, or None.

        `name` and `said` are the two as the tile shows them.
        """
        for severity, limits in zip(SEVERITIES, self, strict=True):
            if limits is not None and (limit := limits.of(measure)) and limit.holds(value):
                return Crossing(severity, name, said, limit.text)
        return None

    def _unseen(self, shown: Collection[str], entries: Sequence[Entry]) -> Iterable[Crossing]:
        """Yield the crossings of what the options name and is none of the measures `shown`.

        It is a measure in `entries` (oldest first), or a text, true or false in the newest of
        them that has it.
        """
        named = [
            (severity, name, limit)
            for severity, limits in zip(SEVERITIES, self, strict=True)
            for name, limit in (limits.by_name.items() if limits is not None else ())
            if name not in shown
        ]
        measures = {one.name: one for one in histories(entries).values()} if named else {}
        for severity, name, limit in named:
            value: object
            if history := measures.get(name):
                value, said = history.values[-1], show(history.values, history.unit).said
            else:
                value, said = _latest_text(name, entries)
            if limit.holds(value):
                yield Crossing(severity, name, said, limit.text)


def _latest_text(name: str, entries: Sequence[Entry]) -> tuple[object, str]:
    for entry in reversed(entries):
        said = entry.event.data.get(name)
        if isinstance(said, bool):
            return said, "true" if said else "false"
        if isinstance(said, str):
            return said, clip(said, _TEXT_LENGTH)
    return None, ""


def limits_of(options: Any) -> Limits | None:
    """Return what a tile's options say, None where they set no limit.

    With a `measure` among them, a limit without a name is of that one.
    """
    if options.alert is None and options.warn is None:
        return None
    measure = getattr(options, "measure", "")[:NAME_LENGTH]
    return Limits(*(limits and limits.about(measure) for limits in (options.alert, options.warn)))
