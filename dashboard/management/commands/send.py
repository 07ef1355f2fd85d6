"""`manage.py send`: put an event on the wall from a shell, a cron job or a script."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from dashboard.http.problems import Refused
from dashboard.wall.outgoing import find_producer, outgoing
from dashboard.wall.sending import store
from producers.base import BadQuery, Producer


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
        try:
            taker = find_producer(producer)
            hints = hints_of(taker, format, size)
            sent = outgoing(taker, parse(words_of(value)), subject=subject, key=key, hints=hints)
            ids = store(sent)
        except BadQuery as error:
            name = error.name if error.name == "format" else "size"
            raise CommandError(f"--{name}: {error.detail}; nothing was stored") from error
        except Refused as refused:
            more = refused.extras.get("errors", [])[1:]
            said = [refused.detail, *(f"{one['pointer']}: {one['detail']}" for one in more)]
            raise CommandError("; ".join([*said, "nothing was stored"])) from refused
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if not ids:
            self.stderr.write(f"{sent.batch.formats[0]}: there is nothing in it to keep")
            return
        self.stdout.write("\n".join(ids))


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
