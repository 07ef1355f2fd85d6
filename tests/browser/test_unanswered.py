"""A request of htmx that fails says so where it was made, with a next step. In a real Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

NOTES = {"BACKEND": "producers.notes.NotesProducer"}


@pytest.fixture
def opened(make_wall: Callable[..., Wall], visit: Callable[..., Visit]) -> Visit:
    return visit(make_wall(PRODUCERS={"notes": NOTES}))


def open_panel(opened: Visit) -> Locator:
    opened.page.get_by_role("button", name="Share notes").click()
    panel = opened.page.get_by_role("dialog")
    expect(panel.get_by_role("heading", name="Share notes")).to_be_visible()
    return panel


def test_a_form_that_is_not_answered_says_so_and_is_kept(opened: Visit) -> None:
    with opened.page.expect_response("**/share/unanswered/"):
        panel = open_panel(opened)
    panel.get_by_label("Pages that may frame it").fill("https://wiki.example")

    opened.page.context.set_offline(True)
    panel.get_by_role("button", name="Make the embed").click()

    expect(panel.get_by_role("alert")).to_contain_text("There was no answer")
    expect(panel.get_by_label("Pages that may frame it")).to_have_value("https://wiki.example")
    opened.page.context.set_offline(False)
    panel.get_by_role("button", name="Make the embed").click()
    expect(panel).to_contain_text("May be framed by https://wiki.example")


def test_a_form_that_is_too_old_says_so_and_leads_to_a_new_one(opened: Visit) -> None:
    panel = open_panel(opened)

    opened.page.context.clear_cookies()
    panel.get_by_role("button", name="Make the embed").click()

    expect(panel).to_contain_text("This form is too old")
    panel.get_by_role("link", name="Load it again").click()
    opened.page.get_by_role("checkbox", name="notes").check(force=True)
    opened.page.get_by_role("button", name="Make the embed").click()
    expect(opened.page.locator("body")).to_contain_text("To open it alone")


@pytest.mark.parametrize(("status", "told"), [(500, "a mistake"), (403, "may not see")])
def test_an_error_of_the_server_is_told_in_the_panel(opened: Visit, status: int, told: str) -> None:
    page = (
        "<header>Eventwall</header><main id='problem'><h2>The wall has made a mistake.</h2></main>"
        if status == 500
        else "<h2>You may not see this.</h2>"
    )
    panel = open_panel(opened)
    opened.page.route(
        "**/share/", lambda route: route.fulfill(status=status, body=page, content_type="text/html")
    )

    panel.get_by_role("button", name="Make the embed").click()

    expect(panel).to_contain_text(told)
    expect(panel).not_to_contain_text("Eventwall")


def test_a_panel_that_is_not_filled_says_what_to_do(opened: Visit) -> None:
    opened.page.route("**/share/?tiles=notes", lambda route: route.abort())

    opened.page.get_by_role("button", name="Share notes").click()

    late = opened.page.locator("#share .late")
    expect(late).to_be_visible(timeout=10_000)
    expect(late).to_contain_text("press the button again")
