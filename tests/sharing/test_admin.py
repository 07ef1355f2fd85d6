"""The admin of embeds: what it lists, and that it ends but neither makes nor deletes."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.embeds.making import make, revoke
from dashboard.models import Embed

pytestmark = pytest.mark.django_db(transaction=True)

EMBEDS = "/admin/dashboard/embed/"


@pytest.fixture
def admin(users: dict[str, User]) -> Client:
    client = Client()
    client.force_login(users["root"])
    return client


def listed(admin: Client, query: str = "") -> str:
    response = admin.get(EMBEDS + query)
    assert response.status_code == 200
    return str(response.content.decode())


def end(admin: Client, *embeds: Embed) -> str:
    fields: dict[str, Any] = {"action": "end", "_selected_action": [one.pk for one in embeds]}
    return str(admin.post(EMBEDS, fields, follow=True).content.decode())


def test_embeds_are_listed_with_what_they_are(admin: Client, users: dict[str, User]) -> None:
    make(["notes"], origins=["https://wiki.example"], by=users["ben"], title="Front door")

    shown = listed(admin)

    for text in ("Front door", "https://wiki.example", "shows until it is ended", "ben"):
        assert text in shown


def test_the_list_can_be_filtered_by_state(admin: Client, users: dict[str, User]) -> None:
    make(["notes"], by=users["root"], title="alive")
    revoke(make(["notes"], by=users["root"], title="gone"))

    assert "alive" in listed(admin, "?state=shows")
    assert "gone" not in listed(admin, "?state=shows")
    assert "alive" not in listed(admin, "?state=ended")
    assert "gone" in listed(admin, "?state=ended")


def test_embeds_are_ended_once(admin: Client, users: dict[str, User]) -> None:
    embed = make(["notes"], by=users["root"], title="Front door")

    first, second = end(admin, embed), end(admin, embed)

    embed.refresh_from_db()
    assert embed.revoked is not None
    assert "Embed &#x27;Front door&#x27; has ended" in first
    assert "was over already" in second


def test_nothing_is_made_changed_or_deleted_here(admin: Client, users: dict[str, User]) -> None:
    embed = make(["notes"], by=users["root"], title="Front door")

    page = admin.get(f"{EMBEDS}{embed.pk}/change/").content.decode()

    assert admin.get(f"{EMBEDS}add/").status_code == 403
    assert admin.post(f"{EMBEDS}{embed.pk}/delete/").status_code == 403
    assert admin.post(f"{EMBEDS}{embed.pk}/change/", {"title": "x"}).status_code == 403
    assert 'name="_save"' not in page
    assert "delete_selected" not in listed(admin)
    assert f"/embeds/{embed.key}/" in page
