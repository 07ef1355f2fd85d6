"""The admin in a real Chromium: under our policy, and with effect on the server that runs."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.support.wall import Wall

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"


def test_token_is_made_and_revoked_by_mouse(wall: Wall, visit: Callable[..., Visit]) -> None:
    wall.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    wall.manage("createsuperuser", "--noinput", "--username", "anna", "--email", "a@example.org")
    opened = visit(wall, "/admin/dashboard/ingesttoken/add/")
    page = opened.page
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    page.get_by_label("Name:", exact=True).fill("door")
    page.get_by_label("notes").check()
    page.get_by_role("button", name="Save", exact=True).click()
    token = page.get_by_label("The token of door").input_value()
    posting = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}

    def answered(status: int) -> bool:
        return wall.request("POST", "/ingest/notes", "open", posting)[0] == status

    assert re.fullmatch(r"ew_\w{8}_[\w-]{43}", token)
    wall.until(lambda: answered(201))
    page.get_by_role("link", name="All tokens").click()
    expect(page.locator("#result_list tbody tr")).to_contain_text("notes")
    assert token not in page.content()

    page.get_by_label("Select this object for an action - door").check()
    page.get_by_label("Action:").select_option("revoke")
    page.get_by_role("button", name="Go").click()
    expect(page.locator(".messagelist")).to_have_text("Token 'door' is revoked")
    wall.until(lambda: answered(401))
    assert opened.watched.complaints == []
