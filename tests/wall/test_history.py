"""A chart survives: a reload, a restart, kill -9, and another process draw the same line."""

import re
from collections.abc import Callable

from tests.support.wall import Wall

SETTINGS = {
    "PRODUCERS": {"kitchen": {"BACKEND": "producers.readings.ReadingsProducer"}},
    "DASHBOARDS": {
        "main": {
            "title": "Kitchen",
            "tiles": [{"producer": "kitchen", "widget": "chart", "options": {"span": "7d"}}],
        }
    },
}
COUNT = (
    "from django.db.models import Sum\n"
    "from dashboard.models import Rollup, LogEntry\n"
    "rows = Rollup.objects.filter(step=60, measure='value')\n"
    "print('rolled', rows.aggregate(n=Sum('count'))['n'], "
    "'of', LogEntry.objects.filter(producer='kitchen').count())"
)


def value(wall: Wall) -> str | None:
    """Return the newest value in the chart's legend; None while there is no line."""
    page = wall.request("GET", "/")[2].decode()
    if "<polyline" not in page:
        return None
    found = re.search(r'class="legend".*?class="value">([^<]+)<', page)
    return found and found[1]


def test_a_chart_is_there_after_a_restart_and_after_kill_9(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(**SETTINGS)
    for number in range(200):
        assert wall.post("kitchen", 20 + number % 5)[0] == 201
    assert wall.until(lambda: value(wall)) == "24"

    wall.kill()  # wherever the follower stood
    wall.start()
    assert wall.until(lambda: value(wall)) == "24"
    wall.post("kitchen", 31)
    assert wall.until(lambda: value(wall) == "31" or None)

    wall.stop()
    wall.start()
    assert wall.until(lambda: value(wall)) == "31"
    assert wall.until(
        lambda: "rolled 201 of 201" in wall.manage("shell", "--no-imports", "-c", COUNT) or None
    )
