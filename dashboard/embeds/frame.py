"""Frame: the iframe that shows tiles in another page, and how large it is."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 480, 300
"""Pixels of a frame with one tile."""


def size_of(count: int) -> tuple[int, int]:
    """Return width and height in pixels of a frame that `count` tiles are read in."""
    if count == 1:
        return WIDTH, HEIGHT
    return 2 * WIDTH, HEIGHT * -(-count // 2)


def frame(url: str, title: str, width: int, height: int, theme: str) -> SafeString:
    """Return the HTML. It may take the width that it is given, and no more than there is."""
    scheme = "; color-scheme: light" if theme == "transparent" else ""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" '
        'style="border: 0; max-width: 100%{}" loading="lazy" referrerpolicy="no-referrer">'
        "</iframe>",
        url,
        title,
        width,
        height,
        scheme,
    )
