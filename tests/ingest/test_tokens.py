"""Tokens in the database: made once, kept as digests, loaded into the table."""

import hashlib

import pytest
from asgiref.sync import sync_to_async
from django.core import serializers

from dashboard.ingest.credentials import (
    TOKENS_CHANGED,
    BadCredential,
    listed,
    revoke,
    tokens_changed,
)
from dashboard.ingest.tokens import LEGAL_TOKEN, TokenTable, create_token
from dashboard.models import IngestToken
from producers.names import CONTROL

pytestmark = pytest.mark.django_db


def test_token_is_random_and_kept_as_a_digest() -> None:
    token, other = create_token("cam"), create_token("other")

    match = LEGAL_TOKEN.fullmatch(token)
    row = IngestToken.objects.get(name="cam")
    dump = serializers.serialize("json", IngestToken.objects.all())
    assert match is not None
    assert match[1] == row.prefix
    assert bytes(row.digest) == hashlib.sha256(token.encode()).digest()
    assert token[12:] != other[12:]
    assert token[12:] not in dump


@pytest.mark.parametrize("name", ["", " ", "a\nb", " cam", "x" * 81, "\u202ecam"])
def test_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(BadCredential, match="legal: 1 to 80"):
        create_token(name)


def test_name_is_used_once_even_when_revoked() -> None:
    create_token("cam")
    with pytest.raises(BadCredential, match="already; choose another name"):
        create_token("cam")

    revoke(IngestToken, "cam")
    with pytest.raises(BadCredential, match=r"revoked .* already; choose another name"):
        create_token("cam")


def test_revoking_what_is_not_valid_says_what_is() -> None:
    create_token("cam")
    create_token("door")
    revoke(IngestToken, "cam")

    with pytest.raises(BadCredential, match="revoked already"):
        revoke(IngestToken, "cam")
    with pytest.raises(BadCredential, match="there is no token 'dor'; valid ones are: door"):
        revoke(IngestToken, "dor")


def test_tokens_are_listed_oldest_first() -> None:
    for name in ("b", "a", "c"):
        create_token(name)

    assert [token.name for token in listed(IngestToken)] == ["b", "a", "c"]


def test_news_of_tokens_is_a_control_event() -> None:
    event = tokens_changed()

    assert (event.producer, event.type, event.data) == (CONTROL, TOKENS_CHANGED, {})


@pytest.mark.django_db(transaction=True)
class TestTable:
    async def test_load_sees_what_was_made_and_revoked(self) -> None:
        table = TokenTable()
        token = await sync_to_async(create_token)("cam", ["b", "a", "b"])
        assert table.find(token) is None

        await table.load()
        found = table.find(token)
        assert found is not None
        assert found.name == "cam"
        assert found.allows("a")
        assert not found.allows("c")
        assert len(table) == 1

        await sync_to_async(revoke)(IngestToken, "cam")
        await table.load()
        assert table.find(token) is None

    async def test_token_without_producers_allows_all(self) -> None:
        token = await sync_to_async(create_token)("all")
        table = TokenTable()
        await table.load()

        found = table.find(token)
        assert found is not None
        assert found.allows("anything")
