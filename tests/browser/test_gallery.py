"""The gallery in a real Chromium: nothing leaves its tile, and nobody complains."""

from collections.abc import Callable
from typing import Final

import pytest

from dashboard.gallery.cases import cases
from dashboard.widgets.registry import WIDGETS
from tests.browser.conftest import Visit
from tests.support.drawn import NOW
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

LEAVING: Final = """() => {
    const told = [];
    for (const body of document.querySelectorAll(".gallery .body")) {
        const room = body.getBoundingClientRect();
        for (const element of body.querySelectorAll("*:not(svg *, .sr, .sort)")) {
            if (getComputedStyle(element).display === "inline") continue;
            let {left, top, right, bottom} = element.getBoundingClientRect();
            for (let around = element.parentElement; around !== body; around = around.parentElement)
                if (getComputedStyle(around).overflow !== "visible") {
                    const cut = around.getBoundingClientRect();
                    left = Math.max(left, cut.left); right = Math.min(right, cut.right);
                    top = Math.max(top, cut.top); bottom = Math.min(bottom, cut.bottom);
                }
            if (right <= left || bottom <= top) {
                if (getComputedStyle(element).width === "0px" && element.innerText.trim())
                    told.push(`${body.closest("article").id} has no room for ${element.innerText}`);
                continue;
            }
            const beyond = [room.left - left, room.top - top, right - room.right,
                            bottom - room.bottom].map(Math.round);
            if (Math.max(...beyond) > 1) {
                const name = `${element.localName}.${element.getAttribute("class")}`;
                told.push(`${body.closest("article").id} ${name} ${beyond}`);
                break;
            }
        }
    }
    if (document.documentElement.scrollWidth > innerWidth) told.push("the page is too wide");
    return told;
}"""
"""Of each tile, the first element that stands out of the body, and by how many pixels: left, top,
right, bottom. What an element around it cuts off stands out of nothing."""


WIDTHS: Final = (390, 1440, 1920)


def test_nothing_leaves_its_tile(shared_wall: Wall, visit: Callable[..., Visit]) -> None:
    opened = visit(shared_wall, "/gallery/")
    page = opened.page

    assert page.locator(".gallery .tile").count() == sum(len([*cases(n, NOW)]) for n in WIDGETS)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": width * 9 // 16})
        assert page.evaluate(LEAVING) == [], width
    assert opened.watched.complaints == []
