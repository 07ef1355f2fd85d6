"""The admin of tokens and webhook secrets: what is shown once, what is never shown."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client, override_settings

from dashboard.ingest.credentials import TOKENS_CHANGED
from dashboard.ingest.tokens import TokenTable, create_token, rotate_token
from dashboard.ingest.webhook_secrets import MOST, WebhookTable, create_webhook_secret
from dashboard.log.factory import make_log
from dashboard.models import IngestToken, WebhookSecret
from producers.names import CONTROL

pytestmark = pytest.mark.django_db(transaction=True)

TOKENS = "/admin/dashboard/ingesttoken/"
SECRETS = "/admin/dashboard/webhooksecret/"
TOKEN = re.compile(r"ew_\w{8}_[\w-]{43}")
GIVEN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def _settings() -> Iterator[None]:
    row = {"BACKEND": "producers.notes.NotesProducer"}
    with override_settings(PRODUCERS={"notes": row, "doors": row}, ALLOWED_HOSTS=["testserver"]):
        yield


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("anna"))
    return client


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def send(client: Client, path: str, **fields: Any) -> str:
    response = client.post(path, fields, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def act(client: Client, path: str, action: str, *rows: IngestToken | WebhookSecret) -> str:
    return send(client, path, action=action, _selected_action=[row.pk for row in rows])


def table() -> TokenTable:
    loaded = TokenTable()
    asyncio.run(loaded.load())
    return loaded


def news() -> int:
    async def count() -> int:
        log = make_log()
        try:
            entries = await log.latest(CONTROL, 100)
        finally:
            await log.aclose()
        return sum(entry.event.type == TOKENS_CHANGED for entry in entries)

    return asyncio.run(count())


def test_token_is_made_shown_once_and_works(client: Client) -> None:
    told = news()
    shown = send(client, TOKENS + "add/", name="door", producers=["notes"], rate="5/m")

    [token] = set(TOKEN.findall(shown))
    found = table().find(token)
    assert found is not None
    assert found.producers == frozenset({"notes"})
    assert found.bucket is not None
    assert str(found.bucket.rate) == "5/m"
    assert news() == told + 1
    secret = token[12:]
    pages = [TOKENS, f"{TOKENS}{found.row}/change/", f"{TOKENS}{found.row}/history/", "/admin/"]
    assert [path for path in pages if secret in page(client, path)] == []
    assert secret not in str(client.cookies)
    assert secret not in str(dict(client.session))


def test_digests_are_never_shown(client: Client) -> None:
    create_token("door")
    row = IngestToken.objects.get()

    shown = page(client, TOKENS) + page(client, f"{TOKENS}{row.pk}/change/")

    assert "door" in shown
    assert f"ew_{row.prefix}_…" in shown
    assert bytes(row.digest).hex()[:8] not in shown
    assert "digest" not in shown.lower()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "door"}, "there is a token &#x27;door&#x27; already; choose another name"),
        ({"name": ""}, "This field is required"),
        ({"name": "a\u202eb"}, "legal: 1 to 80 printable characters"),
        ({"name": "x", "rate": "fast"}, "&#x27;fast&#x27; is no rate (legal: 100/s"),
        ({"name": "x", "producers": ["nots"]}, "nots is not one of the available choices"),
    ],
)
def test_mistakes_are_told_beside_their_field(
    fields: dict[str, Any], said: str, client: Client
) -> None:
    create_token("door")

    shown = send(client, TOKENS + "add/", **fields)

    assert said in shown
    assert IngestToken.objects.count() == 1


def test_change_takes_effect_and_tells_the_servers(client: Client) -> None:
    token, told = create_token("door"), news()
    row = IngestToken.objects.get()

    send(client, f"{TOKENS}{row.pk}/change/", name="other", producers=["doors"], rate="7/s")

    found = table().find(token)
    assert found is not None
    assert (found.name, found.producers) == ("door", frozenset({"doors"}))
    assert found.bucket is not None
    assert str(found.bucket.rate) == "7/s"
    assert news() == told + 1


def test_rotate_shows_another_and_keeps_the_old_for_a_day(client: Client) -> None:
    old, told = create_token("door"), news()

    shown = act(client, TOKENS, "rotate", IngestToken.objects.get())

    [new] = set(TOKEN.findall(shown))
    assert new != old
    assert table().find(old) is not None
    assert table().find(new) is not None
    assert "valid until" in page(client, TOKENS)
    assert news() == told + 1


def test_revoke_ends_all_of_the_name(client: Client) -> None:
    old = create_token("door")
    new = rotate_token("door")

    shown = act(client, TOKENS, "revoke", *IngestToken.objects.all())

    assert "Token &#x27;door&#x27; is revoked" in shown
    assert table().find(old) is None
    assert table().find(new) is None


def test_what_is_revoked_can_be_neither_rotated_nor_changed(client: Client) -> None:
    create_token("door")
    row = IngestToken.objects.get()
    act(client, TOKENS, "revoke", row)

    rotated = act(client, TOKENS, "rotate", row)
    changed = client.post(f"{TOKENS}{row.pk}/change/", {"producers": ["notes"]})

    assert "was revoked already" in rotated
    assert TOKEN.search(rotated) is None
    assert changed.status_code == 403
    assert "was revoked already" in act(client, TOKENS, "revoke", row)


def test_nothing_can_be_deleted(client: Client) -> None:
    create_token("door")
    row = IngestToken.objects.get()

    assert "delete_selected" not in page(client, TOKENS)
    assert client.post(f"{TOKENS}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert IngestToken.objects.count() == 1


def test_who_may_only_look_can_neither_rotate_nor_revoke() -> None:
    token = create_token("door")
    user = User.objects.create_user("ben", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_ingesttoken"))
    client = Client()
    client.force_login(user)
    row = IngestToken.objects.get()

    assert "door" in page(client, TOKENS)
    for action in ("rotate", "revoke"):
        act(client, TOKENS, action, row)
    assert client.get(TOKENS + "add/").status_code == 403
    assert table().find(token) is not None
    assert IngestToken.objects.count() == 1


def test_log_that_cannot_take_the_news_is_told(client: Client) -> None:
    with override_settings(EVENT_LOG={"BACKEND": "no.such.Log"}):
        shown = send(client, TOKENS + "add/", name="door")

    assert TOKEN.search(shown)
    assert "running servers follow in seconds" in shown
    assert IngestToken.objects.count() == 1


class TestWebhookSecrets:
    def keys(self) -> list[str]:
        loaded = WebhookTable()
        asyncio.run(loaded.load())
        return [key.name for key in loaded.keys_for("notes")]

    def test_new_one_is_shown_once(self, client: Client) -> None:
        shown = send(client, SECRETS + "add/", name="shop", producers=["notes"])

        assert re.search(r">whsec_[\w+/]{43}=</textarea>", shown)
        assert "whsec_" not in page(client, SECRETS)
        assert self.keys() == ["shop"]

    def test_given_one_is_taken(self, client: Client) -> None:
        send(client, SECRETS + "add/", name="shop", producers=["notes"], given=GIVEN)

        assert self.keys() == ["shop"]

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"producers": ["notes"], "given": "x" * 30}, "this is no webhook secret (legal:"),
            ({"producers": []}, "This field is required"),
            ({"producers": ["doors"]}, "has 10 valid webhook secrets, and may have no more"),
        ],
    )
    def test_mistakes_are_told(self, fields: dict[str, Any], said: str, client: Client) -> None:
        for number in range(MOST):
            create_webhook_secret(f"door{number}", ["doors"])

        shown = send(client, SECRETS + "add/", name="shop", **fields)

        assert said in shown
        assert "x" * 30 not in shown
        assert self.keys() == []

    def test_rotated_one_is_shown(self, client: Client) -> None:
        create_webhook_secret("shop", ["notes"])

        shown = act(client, SECRETS, "rotate", WebhookSecret.objects.get())

        assert re.search(r">whsec_[\w+/]{43}=</textarea>", shown)
        assert self.keys() == ["shop", "shop"]
