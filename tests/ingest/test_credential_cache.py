"""Credentials in the database: rotated, ended, sealed; and when each was last used."""

from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.core import serializers
from django.test import override_settings

from dashboard.ingest.credentials import (
    BadCredential,
    change,
    listed,
    replace,
    revoke,
    state_of,
)
from dashboard.ingest.tokens import TokenTable, create_token, rotate_token
from dashboard.ingest.webhook_secrets import (
    MOST,
    WebhookTable,
    create_webhook_secret,
    rotate_webhook_secret,
)
from dashboard.models import IngestToken, WebhookSecret

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2030, 1, 1, tzinfo=UTC)
GIVEN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def found(token: str) -> bool:
    table = TokenTable()
    await table.load()
    return table.find(token) is not None


async def test_rotated_token_works_beside_the_new_one_until_its_end() -> None:
    old = await sync_to_async(create_token)("cam", ["notes"], "5/s")

    new = await sync_to_async(rotate_token)("cam", timedelta(hours=1))

    assert await found(old)
    assert await found(new)
    table = TokenTable()
    await table.load()
    token = table.find(new)
    assert token is not None
    assert token.producers == frozenset({"notes"})
    assert str(token.bucket and token.bucket.rate) == "5/s"
    await IngestToken.objects.filter(until__isnull=False).aupdate(until=datetime.now(UTC))
    assert not await found(old)
    assert await found(new)


async def test_without_grace_the_old_one_ends_at_once() -> None:
    old = await sync_to_async(create_token)("cam")

    new = await sync_to_async(rotate_token)("cam", timedelta(0))

    assert not await found(old)
    assert await found(new)


async def test_revoking_ends_all_of_that_name() -> None:
    old = await sync_to_async(create_token)("cam")
    new = await sync_to_async(rotate_token)("cam")

    await sync_to_async(revoke)(IngestToken, "cam")

    assert not await found(old)
    assert not await found(new)


def test_rotating_again_does_not_put_off_the_end() -> None:
    create_token("cam")
    replace(IngestToken, "cam", timedelta(hours=1), NOW, prefix="a", digest=b"")
    replace(IngestToken, "cam", timedelta(hours=9), NOW, prefix="b", digest=b"")

    ends = [token.until for token in listed(IngestToken)]

    assert ends == [NOW + timedelta(hours=1), NOW + timedelta(hours=9), None]


def test_states_are_told() -> None:
    create_token("cam")
    replace(IngestToken, "cam", timedelta(hours=1), NOW, prefix="a", digest=b"")
    old, new = listed(IngestToken)

    assert state_of(new, NOW) == "valid"
    assert state_of(old, NOW) == "valid until 2030-01-01 10:00"  # in Tokyo
    assert state_of(old, NOW + timedelta(hours=1)) == "ended 2030-01-01 10:00"
    revoke(IngestToken, "cam")
    assert state_of(listed(IngestToken)[1], NOW).startswith("revoked 2")


@pytest.mark.parametrize("work", [rotate_token, lambda name: change(IngestToken, name, [], "")])
def test_what_is_not_valid_cannot_be_changed(work: object) -> None:
    create_token("door")
    create_token("cam")
    revoke(IngestToken, "cam")

    assert callable(work)
    with pytest.raises(BadCredential, match="token 'cam' was revoked already, at 2"):
        work("cam")
    with pytest.raises(BadCredential, match="there is no token 'dor'; valid ones are: door"):
        work("dor")


def test_rate_that_is_none_is_refused() -> None:
    with pytest.raises(BadCredential, match=r"'fast' is no rate .legal: 100/s"):
        create_token("cam", rate="fast")
    assert listed(IngestToken) == []


async def test_change_holds_for_all_of_a_name() -> None:
    old = await sync_to_async(create_token)("cam")
    new = await sync_to_async(rotate_token)("cam")

    await sync_to_async(change)(IngestToken, "cam", ["notes"], "5/m")

    table = TokenTable()
    await table.load()
    tokens = [table.find(old), table.find(new)]
    assert [token and token.producers for token in tokens] == [frozenset({"notes"})] * 2
    assert [str(token and token.bucket and token.bucket.rate) for token in tokens] == ["5/m"] * 2


class TestLastUsed:
    async def used(self) -> datetime | None:
        return (await IngestToken.objects.aget(name="cam")).last_used

    async def test_first_use_is_saved_and_the_next_a_minute_later(self) -> None:
        clock, token = Clock(), await sync_to_async(create_token)("cam")
        table = TokenTable(clock=clock)
        await table.load()

        async def post_and_save() -> datetime | None:
            sender = table.find(token)
            assert sender is not None
            table.note_use(sender)
            await table.save_use()
            return await self.used()

        first = await post_and_save()
        clock.now += 59
        soon = await post_and_save()
        clock.now += 1
        later = await post_and_save()

        assert first is not None
        assert abs(datetime.now(UTC) - first) < timedelta(seconds=10)
        assert soon == first
        assert later is not None
        assert later > first

    async def test_use_is_dated_when_it_was_and_not_when_it_is_saved(self) -> None:
        clock, token = Clock(), await sync_to_async(create_token)("cam")
        table = TokenTable(clock=clock)
        await table.load()
        sender = table.find(token)
        assert sender is not None
        table.note_use(sender)

        clock.now += 3600
        await table.save_use()

        used = await self.used()
        assert used is not None
        assert timedelta(seconds=3590) < datetime.now(UTC) - used < timedelta(seconds=3610)

    async def test_a_later_use_in_another_process_stays(self) -> None:
        token = await sync_to_async(create_token)("cam")
        table = TokenTable()
        await table.load()
        sender = table.find(token)
        assert sender is not None
        table.note_use(sender)
        await IngestToken.objects.aupdate(last_used=NOW + timedelta(days=36500))

        await table.save_use()

        assert await self.used() == NOW + timedelta(days=36500)

    async def test_who_was_not_there_was_not_used(self) -> None:
        await sync_to_async(create_token)("cam")
        table = TokenTable()
        await table.load()

        await table.save_use()

        assert await self.used() is None


class TestWebhookSecrets:
    async def keys(self, alias: str = "notes") -> list[str]:
        table = WebhookTable()
        await table.load()
        return [key.name for key in table.keys_for(alias)]

    async def test_made_and_rotated_ones_are_both_tried(self) -> None:
        first = await sync_to_async(create_webhook_secret)("shop", ["notes"])
        second = await sync_to_async(rotate_webhook_secret)("shop")

        assert first != second
        assert first.startswith("whsec_")
        assert await self.keys() == ["shop", "shop"]
        assert await self.keys("clock") == []

    def test_database_does_not_hold_the_secret(self) -> None:
        secret = create_webhook_secret("shop", ["notes"], given=GIVEN)

        [row] = WebhookSecret.objects.all()
        assert secret == GIVEN
        assert GIVEN[6:] not in serializers.serialize("json", [row])
        assert b"1\xf2\x90" not in bytes(row.sealed)

    async def test_secret_of_another_secret_key_is_told_once(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        await sync_to_async(create_webhook_secret)("shop", ["notes"], given=GIVEN)
        table = WebhookTable()

        with override_settings(SECRET_KEY="b" * 50):
            await table.load()
            await table.load()

        assert list(table.keys_for("notes")) == []
        assert caplog.text.count("webhook secret 'shop' does not work") == 1
        assert "rotate it" in caplog.text

    @pytest.mark.parametrize(
        "given", ["x", "whsec_", "whsec_%%%", "whsec_AAAA", "whsec_" + "A" * 100, GIVEN[:-2] + "é"]
    )
    def test_given_one_that_is_none_is_refused_and_not_shown(self, given: str) -> None:
        with pytest.raises(BadCredential, match="legal: whsec_ and then 24 to 64") as refused:
            create_webhook_secret("shop", ["notes"], given=given)

        assert given == "x" or given not in str(refused.value) or given == "whsec_"
        assert WebhookSecret.objects.count() == 0

    def test_one_for_no_producer_is_refused(self) -> None:
        with pytest.raises(BadCredential, match="is for no producer; name at least one"):
            create_webhook_secret("shop", [])

    def test_a_producer_has_room_for_a_few(self) -> None:
        for number in range(MOST):
            create_webhook_secret(f"shop{number}", ["notes"])

        with pytest.raises(BadCredential, match="'notes' has 10 valid webhook secrets"):
            create_webhook_secret("shop", ["clock", "notes"])
        with pytest.raises(BadCredential, match="'notes' has 10 valid webhook secrets"):
            rotate_webhook_secret("shop1")
        revoke(WebhookSecret, "shop0")
        create_webhook_secret("shop", ["notes"])

    def test_one_that_is_not_there_cannot_be_rotated(self) -> None:
        with pytest.raises(
            BadCredential, match="there is no webhook secret 'x'; valid ones are: n"
        ):
            rotate_webhook_secret("x")
