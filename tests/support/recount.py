"""Recount: what the history keeps of entries, counted entry by entry, as slowly as that is."""

from collections.abc import Iterable
from itertools import chain

from dashboard.history.rollups import (
    STEPS,
    Place,
    Rollup,
    Series,
    counts_of,
    measures_of,
    time_of,
)
from dashboard.history.states import STATE_STEP, Run, extend, states_of
from dashboard.log.base import Entry


def rolled_up(entries: Iterable[Entry]) -> dict[Place, Rollup]:
    """Return the rollups of these entries alone, in every step."""
    found: dict[Place, Rollup] = {}
    for entry in entries:
        event = entry.event
        if event.producer.startswith("_"):
            continue
        at = int(time_of(entry).timestamp())
        for name, value in chain(measures_of(event.data), counts_of(event.data)):
            series = Series(event.producer, event.subject or "", name)
            one = Rollup(1, value, value, value, value)
            for step in STEPS:
                place = Place(series, step, at - at % step)
                found[place] = found[place] + one if place in found else one
    return found


def runs_of(states: Iterable[tuple[Series, int, str]]) -> dict[Series, list[Run]]:
    """Return the runs that these states become, one after the other."""
    runs: dict[Series, list[Run]] = {}
    for series, at, text in states:
        extend(runs.setdefault(series, []), at, text)
    return runs


def held(entries: Iterable[Entry]) -> dict[Series, list[Run]]:
    """Return the runs of states of these entries alone."""
    return runs_of(states_of(entries, STATE_STEP))
