"""`manage.py send`: put an event on the wall from a shell, a cron job or a script."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.log.base import Appended, KeyConflict, LogUnavailable
from dashboard.log.factory import make_log
from dashboard.tiles.site import current_site
from producers.base import BadQuery, InvalidEvent, Producer
from producers.events import Event
from producers.limits import why_unfit


class Command(BaseCommand):
    help = (
        "Send an event to a producer, or a document that it reads, through the log: a running "
        "wall shows it at once. Prints the id of each event that was stored."
    )
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("producer", help="its alias in PRODUCERS")
        parser.add_argument(
            "value",
            nargs="+",
            help="JSON, or name=value …, or plain text; @result.json reads it from that file, "
            "- from standard input",
        )
        parser.add_argument("--subject", help="what within the producer it is about")
        parser.add_argument("--key", help="idempotency key: the same again is stored once")
        parser.add_argument(
            "--format", help="what the document is, such as coco; left out: its shape says it"
        )
        parser.add_argument(
            "--size", help="of the picture in pixels, such as 1280x720, where the document has none"
        )

    def handle(
        self,
        *args: Any,
        producer: str,
        value: list[str],
        subject: str | None,
        key: str | None,
        format: str | None,  # noqa: A002 - the option's name
        size: str | None,
        **options: Any,
    ) -> None:
        known = current_site().producers
        if producer not in known:
            raise CommandError(
                f"there is no producer {producer!r}; known are {', '.join(known) or 'none'}"
            )
        taker = known[producer]
        try:
            hints = hints_of(taker, format, size)
            taken = taker.take(parse(words_of(value)), hints, subject=subject, key=key)
            for event in taken.events:
                if (why := why_unfit(event)) is not None:
                    raise CommandError(f"{why}; nothing was stored")
            if not taken.events:
                self.stderr.write(f"{taken.format}: there is nothing in it to keep")
                return
            appended = asyncio.run(append(taken.events))
        except BadQuery as error:
            name = error.name if error.name == "format" else "size"
            raise CommandError(f"--{name}: {error.detail}; nothing was stored") from error
        except (InvalidEvent, KeyConflict) as error:
            raise CommandError(f"{error}; nothing was stored") from error
        except LogUnavailable as error:
            raise CommandError(f"the log cannot take it: {error}; try again") from error
        self.stdout.write("\n".join(map(str, appended.ids)))


def hints_of(
    taker: Producer,
    format: str | None,  # noqa: A002 - as above
    size: str | None,
) -> Any:
    """Return what the options say of the document, for `take`. Raises BadQuery, CommandError."""
    query = {} if format is None else {"format": format}
    if size is not None:
        query["w"], _, query["h"] = size.lower().partition("x")
    if query and not taker.reads_documents:
        raise CommandError(
            f"producer {taker.alias!r} reads no documents: leave --format and --size out"
        )
    return taker.hints(query)


def words_of(value: list[str]) -> list[str] | str:
    """Return what was typed, or what the file or standard input holds that it names."""
    if value == ["-"]:
        return sys.stdin.read()
    if len(value) > 1 or not value[0].startswith("@"):
        return value
    path = Path(value[0].removeprefix("@"))
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CommandError(
            f"{value[0]} names a file that cannot be read ({error}); a text that begins with @ "
            "comes in by standard input, as -"
        ) from error


def parse(words: list[str] | str) -> object:
    """Return the value that was meant: JSON if it is some, name=value pairs, else text."""
    text = words if isinstance(words, str) else " ".join(words)
    try:
        return json.loads(text)
    except ValueError:
        pass
    if isinstance(words, list) and all("=" in word.lstrip("=") for word in words):
        pairs = (word.partition("=") for word in words)
        return {name: _scalar(value) for name, _, value in pairs}
    return text.rstrip("\n")


def _scalar(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


async def append(events: Sequence[Event]) -> Appended:
    log = make_log()
    try:
        return await log.append(events)
    finally:
        await log.aclose()
