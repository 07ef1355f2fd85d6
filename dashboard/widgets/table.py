"""TableWidget: what each subject said last, a row each, with its measures as columns."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django.utils import timezone
from pydantic import Field

from dashboard.log.base import Entry
from dashboard.widgets.base import Widget
from dashboard.widgets.compact import clip
from dashboard.widgets.latest import latest_by_subject, rows_for
from dashboard.widgets.measures import NAME_LENGTH, History, decimals_for, histories, show
from dashboard.widgets.times import stamp
from producers.events import JSON

COLUMNS: Final = 6
"""More columns than this cannot be read across a room."""

ROWS: Final = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30)
"""The counts of rows, its head included, that the style sheet has a size for (.r1 to .r30)."""

CELL_LENGTH: Final = 24
NOTHING: Final = "–"


class TableWidget(Widget):
    """Draws the measures its options name, or the first there are, of the latest by subject."""

    class Options(Widget.Options):
        measures: tuple[str, ...] = Field(
            (),
            max_length=COLUMNS,
            description="names of measures or of texts, in order; empty: the first there are",
        )
        sort: str = Field(
            "", description="a measure: rows are sorted by it, the largest first; empty: by subject"
        )
        decimals: int | None = Field(
            None, ge=0, le=9, description="digits after the point; None: what the values need"
        )
        limit: int = Field(8, ge=1, le=29, description="rows shown at most")

    template_name = "dashboard/widgets/table.html"
    size = "2x1"
    per_subject: ClassVar[bool] = True

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        now = timezone.now()
        latest = latest_by_subject(entries)
        numbers = [histories([entry]) for entry in latest]
        if by := self.options.sort:
            order = sorted(
                range(len(latest)),
                key=lambda row: (
                    numbers[row][by].values[-1] if by in numbers[row] else -float("inf")
                ),
                reverse=True,
            )
            latest, numbers = [latest[row] for row in order], [numbers[row] for row in order]
        shown = latest[: self.options.limit]
        names = self._columns(shown, numbers)
        cells = [self._cells(name, shown, numbers) for name in names]
        units = [_common(column) for column in cells]
        return {
            "heads": [
                {"name": clip(name, NAME_LENGTH), "unit": unit}
                for name, unit in zip(names, units, strict=True)
            ],
            "rows": [
                {
                    "subject": clip(entry.event.subject or entry.event.producer, NAME_LENGTH),
                    "cells": [
                        {**column[number], "unit": "" if unit else column[number]["unit"]}
                        for column, unit in zip(cells, units, strict=True)
                    ],
                    "at": stamp(entry.event.time, now),
                }
                for number, entry in enumerate(shown)
            ],
            "more": len(latest) - len(shown),
            "size": rows_for(len(shown) + 1, ROWS),
        }

    def _columns(
        self, shown: Sequence[Entry], numbers: Sequence[Mapping[str, History]]
    ) -> list[str]:
        """Return the names of the columns; where no entry has a number, those of its texts."""
        if self.options.measures:
            return list(self.options.measures)
        there = [name for row, _ in zip(numbers, shown, strict=False) for name in row]
        if not there:
            there = [
                name
                for entry in shown
                for name, said in entry.event.data.items()
                if isinstance(said, str | bool)
            ]
        return list(dict.fromkeys(there))[:COLUMNS]

    def _cells(
        self, name: str, shown: Sequence[Entry], numbers: Sequence[Mapping[str, History]]
    ) -> list[dict[str, str]]:
        """Return a column's cells; its numbers have the same digits after the point."""
        found = [row.get(name) for row, _ in zip(numbers, shown, strict=False)]
        decimals = self.options.decimals
        plain = [one.values[-1] for one in found if one and show(one.values, "").unit == ""]
        if decimals is None and plain:
            decimals = max(decimals_for([value]) for value in plain)
        cells = []
        for entry, one in zip(shown, found, strict=True):
            if one is None:
                cells.append(
                    {"text": _text(entry.event.data.get(name)), "unit": "", "look": "words"}
                )
                continue
            scaled = show(one.values, one.unit)
            told = show(one.values, one.unit, decimals)
            if scaled.unit != one.unit or (float(one.values[-1]) and not told.number.strip("−0.")):
                told = scaled
            cells.append({"text": told.number, "unit": told.unit, "look": "figure"})
        return cells


def _text(said: JSON) -> str:
    if isinstance(said, bool):
        return "yes" if said else "no"
    return clip(said, CELL_LENGTH) if isinstance(said, str) and said else NOTHING


def _common(column: Sequence[Mapping[str, str]]) -> str:
    """Return the unit that all figures of a column have, for its head; "" if they differ."""
    units = {cell["unit"] for cell in column if cell["look"] == "figure"}
    return units.pop() if len(units) == 1 else ""
