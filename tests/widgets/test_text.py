"""The text widget: Markdown that is clean whatever it is made of."""

from time import process_time
from typing import Any

import pytest
from django.template.loader import render_to_string
from pydantic import ValidationError

from dashboard.widgets.markdown import html_of, words_of
from dashboard.widgets.text import TEXT_LENGTH, TextWidget
from tests.support.drawn import Page, entries
from tests.support.hostile import payloads


def context(*rows: dict[str, Any], **options: object) -> dict[str, Any]:
    return TextWidget(TextWidget.Options(**options)).context(entries(rows))


def page(*rows: dict[str, Any], **options: object) -> Page:
    return Page(render_to_string("dashboard/widgets/text.html", context(*rows, **options)))


def test_markdown_becomes_structure() -> None:
    assert html_of("# Rota\n\n- **Ada** *am*\n- Bo\n\n1. one\n\n`x` ~~y~~") == (
        "<h3>Rota</h3>\n<ul>\n<li><strong>Ada</strong> <em>am</em></li>\n<li>Bo</li>\n</ul>\n"
        "<ol>\n<li>one</li>\n</ol>\n<p><code>x</code> <s>y</s></p>\n"
    )
    assert "<th>b</th>" in html_of("|a|b|\n|-|-:|\n|1|2|")


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("[a](https://example.org/?x=1&y=2)", "https://example.org/?x=1&y=2"),
        ("<https://example.org/>", "https://example.org/"),
        ("[a](mailto:a@example.org)", "mailto:a@example.org"),
        ("[a](javascript:alert(1))", None),
        ("[a](JAVASCRIPT&colon;alert(1))", None),
        ("[a](data:text/html,x)", None),
        ("[a](vbscript:x)", None),
        ("[a](//evil.example/)", None),
        ("[a](/logout/)", None),
        ("[a](ftp://example.org/)", None),
    ],
)
def test_links_lead_to_known_kinds_of_places_and_tell_nothing(text: str, href: str | None) -> None:
    links = Page(html_of(text)).all("a")

    assert [link.get("href") for link in links if "href" in link] == ([href] if href else [])
    assert all(link["rel"] == "noopener nofollow noreferrer" for link in links)


def test_a_picture_is_words_and_nothing_is_loaded() -> None:
    assert html_of("see ![the *cat*](https://evil.example/x.png)!") == "<p>see the cat!</p>\n"


@pytest.mark.parametrize("name", payloads("http://evil.example"))
@pytest.mark.parametrize("frame", ["{}", "**{}**", "[{}]({})", "![{}]({})", "> {}", "`{}`", "|{}|"])
def test_hostile_text_stays_text(name: str, frame: str) -> None:
    shown = page({"text": frame.replace("{}", payloads("http://evil.example")[name])})

    loads = {"src", "style", "srcset", "data", "action", "id", "class"}
    for tag, attributes in shown.tags:
        if attributes.get("class", "").startswith("prose"):
            continue
        assert tag not in ("script", "img", "svg", "iframe", "object", "style", "form", "base")
        assert loads.isdisjoint(attributes), (tag, attributes)
        assert not [name for name in attributes if name.startswith(("on", "hx", "data", "sse"))]
    assert shown.misnested == []


@pytest.mark.parametrize("piece", ["[", "*a", "`", "> ", "![](", "<a ", "- ", "|a", "&amp", "_*"])
def test_a_long_text_is_drawn_in_bounded_work(piece: str) -> None:
    before = process_time()

    context({"text": piece * 100_000})

    assert process_time() - before < 2  # of the processor's time, which is not shared


def test_the_newest_text_is_shown_and_a_long_one_is_cut() -> None:
    assert context({"text": "old"}, {"text": "new"}, {"value": 1})["text"] == "new"
    assert len(context({"text": "x" * 9_000})["text"]) == TEXT_LENGTH


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("x" * 38, 1),
        ("x" * 39, 2),
        ("字" * 38, 2),
        ("a\n\nb\n\nc", 3),
        ("- a\n- b", 2),
        ("x" * 999, 10),
    ],
)
def test_a_text_of_few_lines_is_larger(text: str, rows: int) -> None:
    assert context({"text": text})["rows"] == rows


def test_without_markdown_the_text_is_as_it_came() -> None:
    shown = page({"text": "# <b>no</b>\n*two*"}, markdown=False)

    assert shown.text == "# <b>no</b> *two*"
    assert shown.all("b") == []


def test_the_field_may_be_another_and_its_absence_is_told() -> None:
    assert context({"note": "hi", "text": "no"}, field="note")["text"] == "hi"
    assert page({"value": 1}, field="note").text == "No note in the latest events."


def test_a_still_has_lines_without_markup() -> None:
    assert words_of("# A & B\n\n<b>x</b> [y](https://example.org)") == "A & B\n<b>x</b> y"
    assert context({"text": "one\n\n" + "w" * 60})["lines"] == ["one", "w" * 45 + "…"]


def test_bad_options_are_refused() -> None:
    with pytest.raises(ValidationError):
        TextWidget.Options(field="")
