"""Markdown: a producer's text as HTML that holds words, structure and links, and nothing else."""

from functools import lru_cache
from html import unescape
from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

_TEXT: Final = ("a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong")
_TAGS: Final = frozenset(
    (*_TEXT, "ul", "h3", "h4", "h5", "h6", "table", "tbody", "td", "th", "thead", "tr")
)
_HEADINGS: Final = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}
"""A tile's own heading is an h2."""

_PARSER: Final = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_WRITER: Final = RendererHTML(_PARSER)


@lru_cache(maxsize=256)
def html_of(text: str) -> SafeString:
    """Return `text` as HTML. A picture becomes its description; HTML in it stays text.

    A link leads to an http, https or mailto address, and tells nobody where it was.
    """
    tokens = _PARSER.parse(text)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
        for part in token.children or ():
            if part.type == "image":
                part.type = "text"
                part.content = _WRITER.renderInlineAsText(part.children or [], _PARSER.options, {})
    html = _WRITER.render(tokens, _PARSER.options, {})
    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="noopener nofollow noreferrer",
    )
    return mark_safe(cleaned)  # noqa: S308 - cleaned by nh3


@lru_cache(maxsize=256)
def words_of(text: str) -> str:
    """Return what html_of() says, without any markup; its paragraphs are lines."""
    bare = nh3.clean(str(html_of(text)), tags=set())
    return unescape(bare).strip()
