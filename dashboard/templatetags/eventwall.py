"""`{% load eventwall %}`: live tiles in any template of the same Django project."""

from typing import Any, Final

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from dashboard.models import Embed
from dashboard.tiles.site import current_site
from dashboard.views.tags import Shown, shown_to

register = template.Library()

_STREAM: Final = "eventwall_stream"
"""The variable in which a block collects what is shown within it."""


@register.inclusion_tag("dashboard/embeds/head.html")
def eventwall_head(htmx: bool = True) -> dict[str, Any]:
    """What belongs into <head>: the style and, unless `htmx` is False, htmx and its extension."""
    return {"htmx": htmx}


@register.simple_tag(takes_context=True)
def eventwall_tile(context: Context, *ids: str, theme: str = "auto") -> str:
    """These tiles, as far as the viewer may see them, on the stream of the block around it.

    Outside of a block they open a stream of their own. `theme` is auto, light, dark or
    transparent. Raises TemplateSyntaxError on a tile or a theme that there is not.
    """
    _check(ids, theme)
    shown = shown_to(context.get("request"), ids)
    html = render_to_string("dashboard/embeds/tiles.html", {"drawn": shown.drawn, "theme": theme})
    around: list[Shown] | None = context.get(_STREAM)
    if around is None:
        return _streamed([shown], html)
    around.append(shown)
    return mark_safe(html)  # noqa: S308 - a rendered template


@register.tag
def eventwall_stream(parser: Parser, token: Token) -> "_StreamNode":
    """`{% eventwall_stream %}…{% endeventwall_stream %}`: one stream for all tiles within."""
    name, *rest = token.split_contents()
    if rest:
        raise template.TemplateSyntaxError(f"{name} takes no arguments; it has {' '.join(rest)!r}")
    nodelist = parser.parse((f"end{name}",))
    parser.delete_first_token()
    return _StreamNode(nodelist)


class _StreamNode(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        collected: list[Shown] = []
        with context.push(**{_STREAM: collected}):
            inside = self.nodelist.render(context)
        return _streamed(collected, inside)


def _streamed(collected: list[Shown], inside: str) -> SafeString:
    context = {"stream": Shown.stream(collected), "inside": inside, "id": Shown.id(collected)}
    return render_to_string("dashboard/embeds/stream.html", context)


def _check(ids: tuple[str, ...], theme: str) -> None:
    if not ids:
        raise template.TemplateSyntaxError("eventwall_tile names no tile; give the id of one")
    for id_ in ids:
        if id_ not in current_site().tiles:
            known = ", ".join(current_site().tiles) or "none"
            raise template.TemplateSyntaxError(f"there is no tile {id_!r:.80}; legal are {known}")
    if theme not in Embed.THEMES:
        legal = ", ".join(Embed.THEMES)
        raise template.TemplateSyntaxError(f"theme is {theme!r:.80}; legal are {legal}")
