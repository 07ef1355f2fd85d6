"""Sentence: what a result shows, in words that a feed and a screen reader can say."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from producers.detections.model import Result

MOST_NAMED: Final = 6
LONGEST_NAME: Final = 40

_SAME: Final = frozenset({"sheep", "scissors", "skis", "fish", "deer", "people"})
_HISSING: Final = ("s", "x", "z", "ch", "sh")


def sentence(result: Result) -> str:
    """Return one printable line, such as "2 persons, 1 dog", the most frequent first."""
    if result.detections:
        said = counted(seen.label for seen in result.detections)
        if result.state == "end":
            said += " left"
    elif result.tags and result.caption is None:
        tags = sorted(result.tags, key=lambda tag: -(tag.score or 0.0))
        said = _listed([_tagged(tag.label, tag.score) for tag in tags])
    else:
        said = "" if result.caption else "nothing detected"
    caption = one_line(result.caption or "", 1_000)
    return f"{said}: {caption}" if said and caption else said or caption or "nothing detected"


def counted(labels: Iterable[str]) -> str:
    """Return how many there are of each, such as "2 persons, 1 dog"; "" where there is none."""
    return _listed([_counted(label, count) for label, count in Counter(labels).most_common()])


def _listed(things: list[str]) -> str:
    rest = len(things) - MOST_NAMED
    return ", ".join(things[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _counted(label: str, count: int) -> str:
    """Return how many; only what may be an English noun gets an English plural."""
    name = one_line(label, LONGEST_NAME)
    last = name[-1:]
    if count == 1 or name in _SAME:
        return f"{count} {name}"
    if not (last.isascii() and last.isalpha() and last.islower()):
        return f"{count} × {name}"
    if name.endswith(_HISSING):
        return f"{count} {name}es"
    if last == "y" and name[-2:-1] not in "aeiou":
        return f"{count} {name[:-1]}ies"
    return f"{count} {name}s"


def _tagged(label: str, score: float | None) -> str:
    name = one_line(label, LONGEST_NAME)
    return name if score is None else f"{name} {score:.0%}"


def one_line(text: str, most: int) -> str:
    """Return `text` without what cannot be seen, such as marks that turn the line around."""
    shown = "".join(c if c.isprintable() else " " for c in text[: 2 * most])
    line = " ".join(shown.split()) or "?"
    if not text:
        return ""
    return line if len(line) <= most else line[: most - 1] + "…"
