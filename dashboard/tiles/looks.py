"""Looks: how a producer that takes what comes is drawn, why so, and how it may be drawn instead."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from dashboard.log.base import Entry
from dashboard.widgets.auto_choice import chosen
from dashboard.widgets.registry import WIDGETS
from producers.auto import SHOWN, AutoProducer

FIXED: Final = (SHOWN, *(name for name in WIDGETS if name not in (SHOWN, "clock", "template")))
"""What it may be fixed to: each widget that needs no options and draws what is posted."""


class Look(NamedTuple):
    """The widget that is asked for, the one that is drawn, and why; "" before anything came."""

    asked: str
    drawn: str
    why: str


def look_of(producer: AutoProducer, entries: Sequence[Entry]) -> Look:
    """Return how the producer is drawn, of which `entries` are the latest, oldest first."""
    asked = producer.widget
    if asked != SHOWN:
        return Look(asked, asked, "it was fixed to that")
    if not entries:
        return Look(asked, "", "")
    return Look(asked, *chosen(entries))
