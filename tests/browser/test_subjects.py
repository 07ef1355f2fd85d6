"""Forty subjects are posted to one producer: an open page has a tile for each, while they speak."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

READINGS = {"BACKEND": "producers.readings.ReadingsProducer"}
EACH = {"each": "subject", "forget": "15s"}


def test_forty_subjects_come_in_order_and_go_when_they_are_silent(
    make_wall: Callable[..., Wall], visit: Callable[..., Visit]
) -> None:
    tile = {"producer": "machine", "widget": "number", "options": EACH}
    wall = make_wall(PRODUCERS={"machine": READINGS}, DASHBOARDS={"main": {"tiles": [tile]}})
    opened = visit(wall, viewport={"width": 1440, "height": 900})
    headings = opened.page.locator("article.tile h2")
    expect(headings).to_have_text(["machine"])

    names = [f"press-{number}" for number in range(1, 41)]
    lines = "\n".join(json.dumps({"device": name, "value": 20}) for name in reversed(names))
    headers = {"Authorization": f"Bearer {wall.token}", "Content-Type": "application/x-ndjson"}
    assert wall.request("POST", "/ingest/machine", lines, headers)[0] == 201

    expect(headings).to_have_text(names)
    page = opened.page.viewport_size
    last = opened.page.locator("article.tile").last.bounding_box()
    assert page is not None
    assert last is not None
    assert last["y"] + last["height"] <= page["height"]
    expect(headings).to_have_text(["machine"])
    assert sum("/stream/" in url for url in opened.watched.requests) == 1
    assert opened.watched.complaints == []
