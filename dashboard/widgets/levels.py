"""Levels: how well something is, in one of five words; each has a colour and a shape of its own."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

from producers.events import JSON

Level: TypeAlias = Literal["alert", "warn", "silent", "info", "ok"]

WORST_FIRST: Final[tuple[Level, ...]] = get_args(Level)

_WORDS: Final[dict[Level, str]] = {
    "alert": "alert critical crit dead down emergency err error fail failed failing failure false"
    " fatal panic red severe unhealthy",
    "warn": "amber at_risk degraded late orange pending slow unstable warn warning yellow",
    "silent": "absent disconnected gone lost missing no_data offline silent stale unknown",
    "info": "blue debug idle info maintenance notice off paused skipped standby stopped",
    "ok": "active alive clear closed done fine good green healthy nominal normal ok okay on online"
    " operational pass passed ready resolved running succeeded success true up",
}
_LEVELS: Final[dict[str, Level]] = {
    word: level for level, words in _WORDS.items() for word in words.split()
}


def level_of(said: JSON, own: Mapping[str, Level] | None = None) -> Level:
    """Return what a producer means by `said`: a word, or whether all is well.

    `own` maps words of the site's, in lower case, and goes first; what nobody knows is info.
    """
    if isinstance(said, bool):
        said = "true" if said else "false"
    if not isinstance(said, str):
        said = "" if said is None else str(said)
    word = said.strip().lower()
    if own and word in own:
        return own[word]
    return _LEVELS.get(word.replace(" ", "_").replace("-", "_"), "info")
