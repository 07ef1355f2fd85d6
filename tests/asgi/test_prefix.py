"""Below a path of the host: every URL that the wall makes leads to the wall."""

import html
import re
from collections.abc import Callable

from tests.support.wall import Wall

URL = re.compile(r'(?:href|src|action|sse-connect|hx-get|hx-post)="(/[^"]*)"')


def test_all_urls_lead_below_the_path_that_a_proxy_takes_away(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall(FORCE_SCRIPT_NAME="/wall", STATIC_URL="static/")
    greeting = wall.log.read_text()

    page = wall.request("GET", "/")[2].decode()
    with wall.events("/stream/?tiles=clock,readings") as stream:
        tiles = [frame.data for frame in stream.until(1, "clock") + stream.until(1, "readings")]
    refused = wall.request("GET", "/ingest/readings")[2].decode()

    found = {url for text in (page, *tiles) for url in URL.findall(text)}
    assert {url for url in found if not url.startswith("/wall/")} == set()
    assert {"/wall/producers/clock/", "/wall/static/dashboard/wall.css"} <= found
    for told, name in (
        (greeting, "kitchen"),
        (html.unescape(tiles[-1]), "readings"),
        (refused, "readings"),
    ):
        assert re.search(rf"http://127.0.0.1(:\d+)?/wall/ingest/{name}", told)
    assert f"live at {wall.url}/wall/" in greeting

    # As under `uvicorn --root-path`: the path is in front of what the application is asked for.
    with wall.events("/wall/stream/?tiles=readings") as stream:
        assert "/wall/ingest/readings" in stream.until(1, "readings")[0].data


def test_the_way_to_sign_in_leads_back_below_the_path(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(FORCE_SCRIPT_NAME="/wall", ACCESS="login")

    status, headers, _ = wall.request("GET", "/producers/clock/?x=1")

    assert status == 302
    assert headers["location"] == "/wall/login/?next=/wall/producers/clock/%3Fx%3D1"
