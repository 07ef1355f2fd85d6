"""Signing in and out, and what a page says when its viewer may look no more, in a real Chromium."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]

PASSWORD = "a-long-password-1"
PRODUCERS = {
    "clock": {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 1}},
    "door": {"BACKEND": "producers.notes.NotesProducer", "READERS": ["user:anna"]},
}
USER = "from django.contrib.auth.models import User\n"


@pytest.fixture(scope="module")
def closed(share_wall: Callable[..., Wall]) -> Wall:
    """Return a wall with users; who a test changes is no other test's."""
    wall = share_wall(ACCESS="login", PRODUCERS=PRODUCERS)
    names = ["anna", "ben", "carl"]
    do(wall, f"for name in {names}: User.objects.create_user(name, password={PASSWORD!r})")
    return wall


def do(wall: Wall, script: str) -> None:
    wall.manage("shell", "--no-imports", "-c", USER + script)


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def ticks(page: Page) -> None:
    tile = page.locator("#tile-clock")
    expect(tile).not_to_have_text(tile.inner_text(), use_inner_text=True)


def test_a_person_signs_in_watches_and_signs_out(closed: Wall, visit: Open) -> None:
    opened = visit(closed, "/producers/door/")
    page = opened.page
    expect(page).to_have_url(re.compile(r"/login/\?next=/producers/door/$"))
    sign_in(page, "anna")
    expect(page).to_have_url(closed.url + "/producers/door/")
    page.goto(closed.url)

    ticks(page)
    expect(page.locator("#tile-door")).to_be_visible()
    expect(page.get_by_role("link", name="anna")).to_be_visible()
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert cookies["eventwall_ticket"]["httpOnly"]
    assert cookies["eventwall_ticket"]["sameSite"] == "Lax"
    assert "eventwall_ticket" not in {cookie["name"] for cookie in page.context.cookies()}
    assert not any(re.search(r"[?&]t=", url) for url in opened.watched.requests)
    assert opened.watched.complaints == []
    page.go_back()
    expect(page.locator("#tile-door")).to_have_count(0)


def test_a_wrong_password_is_told(closed: Wall, visit: Open) -> None:
    page = visit(closed).page
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("correct")
    expect(page.locator(".tile")).to_have_count(0)


def test_who_comes_from_elsewhere_is_not_sent_on_elsewhere(closed: Wall, visit: Open) -> None:
    page = visit(closed, "/login/?next=https://evil.example/").page
    sign_in(page, "anna")

    expect(page).to_have_url(closed.url + "/")


def test_the_page_says_that_the_session_has_ended(closed: Wall, visit: Open) -> None:
    opened = visit(closed)
    page = opened.page
    sign_in(page, "carl")
    ticks(page)
    expect(page.locator("#tile-door")).to_have_count(0)

    do(closed, "User.objects.filter(username='carl').update(is_active=False)")

    expect(page.locator(".bye")).to_contain_text("Your session has ended")
    streams = sum("/stream/" in url for url in opened.watched.requests)
    page.wait_for_timeout(7_000)  # longer than any `retry:` of a stream that goes on
    assert sum("/stream/" in url for url in opened.watched.requests) == streams
    expect(page.locator(".lost")).to_have_count(0)
    page.get_by_role("link", name="Sign in again").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert opened.watched.complaints == []


def test_a_changed_page_shows_more_after_a_reload(closed: Wall, visit: Open) -> None:
    page = visit(closed).page
    sign_in(page, "ben")
    ticks(page)

    do(closed, "User.objects.filter(username='ben').update(is_superuser=True)")

    expect(page.locator(".bye")).to_contain_text("What you may see has changed")
    page.get_by_role("link", name="Load the page again").click()
    expect(page.locator("#tile-door")).to_be_visible()
    expect(page.locator(".bye")).to_have_count(0)
    ticks(page)


def test_a_public_wall_sets_no_cookie_and_asks_nobody(
    make_wall: Callable[..., Wall], visit: Open
) -> None:
    wall = make_wall(PRODUCERS={"clock": PRODUCERS["clock"]})
    page = visit(wall).page

    ticks(page)

    assert page.context.cookies() == []
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
