"""`manage.py startproducer <name>`: a class, a template and a test to start from."""

import keyword
import re
from pathlib import Path
from string import Template
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from producers.names import why_illegal

LEGAL_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")
LEGAL_NAME_HELP: Final = "1 to 30 of a-z 0-9 _, starting with a letter, and no Python keyword"

FILES: Final = {
    "producers/$name.py": '''\
"""$title: say here in one line what it tells."""

import shutil

from pydantic import BaseModel, Field

from producers.base import Produced, Producer


class $cls(Producer):
    """Tells how much of a disk is free; put what you want to tell into sample()."""

    class Options(Producer.Options):
        path: str = Field("/", description="a path on the disk to look at")

    class Data(BaseModel):
        free: float
        unit: str = "GB"

    event_type = "reading"
    template_name = "producers/$name.html"

    async def sample(self) -> Produced:
        usage = shutil.disk_usage(self.options.path)
        return self.Data(free=usage.free / 10**9)
''',
    "templates/producers/$name.html": """\
<div class="number ch6"><p class="big"><span class="value">\
{{ entry.event.data.free|floatformat:1 }}</span> \
<bdi class="unit">{{ entry.event.data.unit }}</bdi></p></div>
""",
    "tests/producers/test_$name.py": '''\
"""$title tells what its template shows."""

from datetime import UTC, datetime

from django.template.loader import render_to_string

from dashboard.log.base import Entry, EntryId
from producers.$name import $cls


async def test_a_sample_becomes_an_event() -> None:
    producer = $cls("it")

    event = producer.event(await producer.sample())

    assert event.type == "reading"
    assert event.data["unit"] == "GB"


async def test_the_template_shows_the_newest_entry() -> None:
    event = $cls("it").event({"free": 12.34})
    entry = Entry(EntryId("test", 1), event, datetime.now(UTC))
    context = {"entries": [entry], "entry": entry}

    html = render_to_string("producers/$name.html", context)

    assert "12.3" in html
''',
}

NEXT: Final = """\
Put it into PRODUCERS in your settings:

    "$name": {
        "BACKEND": "producers.$name.$cls",
        "OPTIONS": {"interval": 5},
    },

Then `manage.py check` says whether all is well, and the next start shows its tile.
"""


class Command(BaseCommand):
    help = "Write a class, a template and a test for a producer of your own."
    # What is wrong with the settings now must not keep anyone from writing a new producer.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help=f"the producer's alias and module: {LEGAL_NAME_HELP}")
        parser.add_argument(
            "--directory",
            type=Path,
            default=Path(getattr(settings, "BASE_DIR", ".")),
            help="the project that holds producers/ (default: BASE_DIR in the settings)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["name"]
        directory: Path = options["directory"]
        self._refuse(name, directory)
        words = {
            "name": name,
            "cls": "".join(part.capitalize() for part in name.split("_")) + "Producer",
            "title": name.replace("_", " ").strip().capitalize(),
        }
        for path, text in FILES.items():
            file = directory / Template(path).substitute(words)
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as opened:
                opened.write(Template(text).substitute(words))
            self.stdout.write(f"wrote {file.relative_to(directory)}")
        self.stdout.write("\n" + Template(NEXT).substitute(words))

    def _refuse(self, name: str, directory: Path) -> None:
        if not LEGAL_NAME.fullmatch(name) or keyword.iskeyword(name):
            raise CommandError(f"{name!r} cannot name a producer's module ({LEGAL_NAME_HELP})")
        reason = why_illegal(name)
        if reason is not None:
            raise CommandError(f"{reason}; choose another name")
        if not (directory / "producers").is_dir():
            raise CommandError(
                f"there is no producers/ in {directory}; name the project with --directory"
            )
        files = [directory / Template(path).substitute(name=name) for path in FILES]
        there = [str(file.relative_to(directory)) for file in files if file.exists()]
        if there:
            raise CommandError(
                f"{', '.join(there)} is there already, and nothing was written;"
                " choose another name, or remove it first"
            )
