"""`manage.py send`: put an event on the wall from a shell, a cron job or a script."""

import argparse
import asyncio
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.log.base import Appended, KeyConflict, LogUnavailable
from dashboard.log.factory import make_log
from producers.base import InvalidEvent
from producers.events import Event
from producers.registry import producers


class Command(BaseCommand):
    help = "Send one event to a producer, through the log: a running wall shows it at once."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("producer", help="its alias in PRODUCERS")
        parser.add_argument(
            "value",
            nargs="+",
            help="JSON, or name=value …, or plain text; - reads it from standard input",
        )
        parser.add_argument("--subject", help="what within the producer it is about")
        parser.add_argument("--key", help="idempotency key: the same again is stored once")

    def handle(
        self,
        *args: Any,
        producer: str,
        value: list[str],
        subject: str | None,
        key: str | None,
        **options: Any,
    ) -> None:
        if producer not in producers():
            raise CommandError(
                f"there is no producer {producer!r}; known are {', '.join(producers()) or 'none'}"
            )
        try:
            event = producers()[producer].event(
                parse(sys.stdin.read() if value == ["-"] else value), subject=subject, key=key
            )
            appended = asyncio.run(append(event))
        except (InvalidEvent, KeyConflict) as error:
            raise CommandError(f"{error}; nothing was stored") from error
        except LogUnavailable as error:
            raise CommandError(f"the log cannot take it: {error}; try again") from error
        self.stdout.write(str(appended.ids[0]))


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


async def append(event: Event) -> Appended:
    log = make_log()
    try:
        return await log.append([event])
    finally:
        await log.aclose()
