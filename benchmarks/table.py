"""Table: the figures of all runs, their medians, and how they are shown."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Measure:
    """A row: what is measured, how its figure is written, and what Eventwall is to reach.

    Titles differ: two measures with the same one would be one row.
    """

    title: str
    form: str
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one run gave for a measure; `saturated`: the load could have given no more."""

    measure: Measure
    values: tuple[float, ...]
    saturated: bool = False


@dataclass(slots=True)
class _Cell:
    runs: list[tuple[float, ...]] = field(default_factory=list)
    saturated: bool = False

    def text(self, form: str) -> str:
        if not self.runs:
            return "–"
        medians = [statistics.median(values) for values in zip(*self.runs, strict=True)]
        return form.format(*medians) + (" †" if self.saturated else "")


class Table:
    """Rows are measures, columns are servers, in the order they were first seen."""

    def __init__(self, servers: Sequence[str]) -> None:
        self._servers = list(servers)
        self._missing: set[str] = set()
        self._rows: dict[Measure, dict[str, _Cell]] = {}
        self.notes: list[str] = []

    def add(self, server: str, figure: Figure) -> None:
        cell = self._rows.setdefault(figure.measure, {}).setdefault(server, _Cell())
        cell.runs.append(figure.values)
        cell.saturated |= figure.saturated

    def miss(self, server: str, why: str) -> None:
        """Show that this server could not run here; `why` says what it needs."""
        self._missing.add(server)
        self.note(f"{server} is missing: {why}")

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def markdown(self) -> str:
        """Return the measures that servers share as one table, those of one alone as another."""
        shared = [measure for measure, row in self._rows.items() if len(row) > 1]
        alone = [measure for measure, row in self._rows.items() if len(row) == 1]
        tables = []
        if shared:
            heads = ["", *self._servers, "goal"]
            tables.append(_table(heads, (self._row(measure) for measure in shared)))
        if alone:
            rows = ([m.title, self._only(m), m.goal] for m in alone)
            tables.append(_table(["Eventwall alone", "", "goal"], rows))
        return "\n".join(tables)

    def _row(self, measure: Measure) -> list[str]:
        row = self._rows[measure]
        cells = [
            "missing" if server in self._missing else row.get(server, _Cell()).text(measure.form)
            for server in self._servers
        ]
        return [measure.title, *cells, measure.goal]

    def _only(self, measure: Measure) -> str:
        (cell,) = self._rows[measure].values()
        return cell.text(measure.form)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the percentile; of fewer than two values the one there is, or 0."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def spread(seconds: Sequence[float]) -> tuple[float, float]:
    """Return median and 99th percentile, in ms."""
    return percentile(seconds, 50) * 1e3, percentile(seconds, 99) * 1e3


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(heads), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    rule = ["-" * width + ("" if first else ":") for first, width in _first(widths)]

    def show(line: Sequence[str]) -> str:
        cells = [
            text.ljust(width) if first else text.rjust(width + 1)
            for (first, width), text in zip(_first(widths), line, strict=True)
        ]
        return f"| {' | '.join(cells)} |\n"

    return "".join([show(lines[0]), f"| {' | '.join(rule)} |\n", *map(show, lines[1:])])


def _first(widths: Sequence[int]) -> list[tuple[bool, int]]:
    return [(number == 0, width) for number, width in enumerate(widths)]
