"""The style that a page was drawn with is there as long as the page is: names have a digest."""

import re
from collections.abc import Callable
from pathlib import Path

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


def test_files_are_collected_again_when_a_source_changed(
    make_wall: Callable[..., Wall], tmp_path: Path
) -> None:
    (tmp_path / "more").mkdir()
    source = tmp_path / "more" / "own.css"
    source.write_text("p { color: red }")
    wall = make_wall(STATICFILES_DIRS=[str(tmp_path / "more")])
    collected = wall.directory / "static"
    first = (collected / "staticfiles.json").stat().st_mtime_ns
    assert wall.request("GET", "/static/own.css")[2] == b"p { color: red }"

    wall.stop()
    wall.start()
    assert (collected / "staticfiles.json").stat().st_mtime_ns == first

    source.write_text("p { color: navy }")
    wall.stop()
    wall.start()
    assert (collected / "staticfiles.json").stat().st_mtime_ns != first
    assert wall.request("GET", "/static/own.css")[2] == b"p { color: navy }"
