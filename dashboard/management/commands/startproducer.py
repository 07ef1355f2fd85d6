"""`manage.py startproducer <name>`: a class, a template and a test to start from."""

from pathlib import Path
from typing import Final

from dashboard.management.scaffold import Scaffold
from producers.names import why_illegal

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


class Command(Scaffold):
    help = "Write a class, a template and a test for a producer of your own."
    noun = "producer"
    files = FILES
    then = NEXT

    def refusal(self, name: str, directory: Path) -> str | None:
        reason = why_illegal(name)
        if reason is not None:
            return f"{reason}; choose another name"
        if not (directory / "producers").is_dir():
            return f"there is no producers/ in {directory}; name the project with --directory"
        return None
