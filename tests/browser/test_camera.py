"""A camera on the wall: its face is boxed where it is; it goes, and comes back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.film import SIZE, face_on, jpegs, number_of
from tests.support.mjpeg import MjpegServer
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

WHAT_IS_SHOWN = """() => {
  // The last is the newest; beneath it lies the one before.
  const newest = [...document.querySelectorAll('#tile-door .boxes image')].at(-1)
  const image = newest.getBoundingClientRect()
  const box = document.querySelector('#tile-door .boxes rect')?.getBoundingClientRect()
  return {
    href: newest.getAttribute('href'),
    box: box && [(box.x - image.x) / image.width, (box.y - image.y) / image.height,
                 box.width / image.width, box.height / image.height],
  }
}"""


def test_a_face_is_boxed_where_it_is_and_a_lost_camera_comes_back(
    make_wall: Callable[..., Wall], visit: Callable[..., Any]
) -> None:
    with MjpegServer(jpegs(80)) as server:
        options = {"source": server.url, "detector": "face", "rate": 5, "expect_every": 2}
        row = {"BACKEND": "producers.camera.CameraProducer", "OPTIONS": options}
        wall = make_wall(PRODUCERS={"door": row})
        visited = visit(wall)
        tile = visited.page.locator("#tile-door")

        expect(tile.locator(".boxes rect")).to_have_count(1)
        shown = visited.page.evaluate(WHAT_IS_SHOWN)
        status, headers, picture = wall.request("GET", shown["href"])
        server.go()
        expect(tile).to_contain_text("has dropped")
        gone = tile.inner_text()
        last = visited.page.evaluate(WHAT_IS_SHOWN)["href"]
        server.come()
        newest = tile.locator(".boxes image").last
        expect(newest).not_to_have_attribute("href", last)
        expect(tile).not_to_contain_text(re.compile("dropped|refused|opened"))

    assert (status, headers["content-type"]) == (200, "image/jpeg")
    truth = face_on(number_of(picture))
    for index, side in enumerate(shown["box"]):
        assert abs(side * SIZE[index % 2] - truth[index]) <= 15, (shown, truth)
    assert not re.search("hunter22|sesame", gone + wall.log.read_text())
    assert not re.search("hunter22|sesame", wall.request("GET", "/producers/door/")[2].decode())
    assert visited.watched.complaints == []
