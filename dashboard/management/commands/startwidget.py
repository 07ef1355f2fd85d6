"""`manage.py startwidget <name>`: a class, its templates and a test to start from."""

from pathlib import Path
from typing import Final

from dashboard.management.scaffold import Scaffold
from dashboard.widgets.registry import WIDGETS

FILES: Final = {
    "widgets/$name.py": '''\
"""$title: say here in one line what it shows."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from dashboard.log.base import Entry
from dashboard.widgets.base import Widget


class $cls(Widget):
    """Draws a value and the mean of the latest ones; put what you want to show into context()."""

    class Options(Widget.Options):
        field: str = Field("value", min_length=1, description="where the number is")

    template_name = "widgets/$name.html"
    depth = 20

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        said = [entry.event.data.get(self.options.field) for entry in entries]
        values = [value for value in said if isinstance(value, int | float)]
        if not values:
            return {"value": ""}
        mean = sum(values) / len(values)
        return {"value": f"{values[-1]:g}", "mean": f"{mean:g}", "count": len(values)}
''',
    "templates/widgets/$name.html": """\
{% if value %}<div class="number ch6"><p class="big"><span class="value">{{ value }}</span></p>
<p class="range"><span>mean of {{ count }}</span><bdi>{{ mean }}</bdi></p></div>\
{% else %}<p class="waiting">No number lately.</p>{% endif %}
""",
    "templates/widgets/$name.svg": """\
<text class="big ch6" y="104">{{ value|default:"–" }}</text>
{% if mean %}<text class="dim" y="150" font-size="19">mean {{ mean }}</text>{% endif %}
""",
    "tests/widgets/test_$name.py": '''\
"""$title shows what it is given."""

from datetime import UTC, datetime
from typing import Any

from django.template.loader import render_to_string

from dashboard.log.base import Entry, EntryId
from producers.events import Event
from widgets.$name import $cls

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def drawn(*rows: dict[str, Any]) -> str:
    widget = $cls()
    events = [Event(producer="p", type="reading", time=NOW, data=row) for row in rows]
    entries = [Entry(EntryId("test", at), event, NOW) for at, event in enumerate(events, 1)]
    return render_to_string(widget.template_name, widget.context(entries))


def test_the_newest_value_is_shown_with_the_mean() -> None:
    html = drawn({"value": 1}, {"value": 2.5})

    assert ">2.5<" in html
    assert "1.75" in html


def test_what_has_no_number_says_so() -> None:
    assert "No number lately" in drawn({"text": "hello"})
''',
}

NEXT: Final = """\
Give it to a tile in DASHBOARDS in your settings, or to a producer as its `widget`:

    {"producer": "…", "widget": "widgets.$name.$cls", "options": {"field": "value"}},

Then `manage.py check` says whether all is well, and the next start shows it.
"""


class Command(Scaffold):
    help = "Write a class, templates for page and still, and a test for a widget of your own."
    noun = "widget"
    files = FILES
    then = NEXT

    def refusal(self, name: str, directory: Path) -> str | None:
        if name in WIDGETS:
            return f"{name!r} is a widget already; choose another name"
        if not directory.is_dir():
            return f"there is no directory {directory}; name the project with --directory"
        return None
