"""The style that a page was drawn with is there as long as the page is: names have a digest."""

import re
from collections.abc import Callable

from tests.support.wall import Wall


def test_styles_are_named_by_what_is_in_them(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(debug=False, ACCESS="public")
    page = wall.request("GET", "/")[2].decode()

    styles = re.findall(r'href="(/static/dashboard/[^"]+\.css)"', page)

    assert styles
    for path in styles:
        assert re.fullmatch(r"/static/dashboard/\w+\.[0-9a-f]{12}\.css", path)
        status, headers, _ = wall.request("GET", path)
        assert status == 200
        assert "immutable" in headers["cache-control"]
