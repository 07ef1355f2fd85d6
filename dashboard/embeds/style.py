"""The view of /embed.css: the wall's style for tiles in pages that have a style of their own."""

from functools import cache
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_FOLDER: Final = Path(__file__).parents[1] / "static" / "dashboard"
_SHEETS: Final = ("wall.css", "widgets.css", "pictures.css", "themes.css", "embed.css")


@require_safe
async def style(request: HttpRequest) -> HttpResponse:
    """The sheets that tiles need, which here apply to nothing outside of class="eventwall"."""
    headers = {
        "Cache-Control": "public, max-age=3600",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return HttpResponse(scoped_style(), content_type="text/css; charset=utf-8", headers=headers)


@cache
def scoped_style() -> str:
    """Return the style sheet. What is said of the page, in it is said of the element."""
    text = "\n".join((_FOLDER / name).read_text() for name in _SHEETS)
    for page in (":root {", "\nhtml {"):
        text = text.replace(page, page.replace(page.strip(" {\n"), ":scope"))
    return f"@scope (.eventwall) {{\n{text}}}\n"
