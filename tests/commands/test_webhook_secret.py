"""`manage.py webhook_secret`: what it prints, what it takes, what it refuses."""

import asyncio
import io
import re
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from dashboard.ingest.webhook_secrets import WebhookTable

pytestmark = pytest.mark.django_db(transaction=True)

GIVEN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def _producers() -> Iterator[None]:
    with override_settings(PRODUCERS={"notes": {"BACKEND": "producers.notes.NotesProducer"}}):
        yield


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("webhook_secret", *arguments, stdout=out)
    return out.getvalue()


def valid_names() -> list[str]:
    table = WebhookTable()
    asyncio.run(table.load())
    return [key.name for key in table.keys_for("notes")]


def test_create_prints_the_secret_and_where_to_post() -> None:
    out = run("create", "shop", "--producer", "notes", "--url", "http://wall.example/")

    assert re.search(r"^  whsec_[A-Za-z0-9+/]{43}=$", out, re.MULTILINE)
    assert "  http://wall.example/ingest/notes\n" in out
    assert valid_names() == ["shop"]


def test_given_secret_is_read_and_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(GIVEN + "\n"))

    out = run("create", "shop", "--producer", "notes", "--given")

    assert "whsec_" not in out
    assert valid_names() == ["shop"]


def test_rotate_takes_a_given_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    run("create", "shop", "--producer", "notes")
    monkeypatch.setattr("sys.stdin", io.StringIO(GIVEN + "\n"))

    out = run("rotate", "shop", "--given", "--grace", "30m")

    assert "The old one works until" in out
    assert "whsec_" not in out
    assert valid_names() == ["shop", "shop"]


def test_list_and_revoke() -> None:
    assert "There are no webhook secrets; `webhook_secret create" in run("list")
    run("create", "shop", "--producer", "notes", "--rate", "5/m")

    said = run("revoke", "shop")

    assert said.startswith("Webhook secret 'shop' is revoked")
    assert valid_names() == []
    [_, row] = run("list").splitlines()
    assert re.fullmatch(r"shop  whsec_…  notes        5/m .* -  +revoked \d{4}-.*", row)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["create", "x"], "required: --producer"),
        (["create", "x", "--producer", "nots"], "no producer 'nots'; known are notes"),
        (["create", "x", "--producer", "notes", "--given"], "this is no webhook secret .legal"),
        (["rotate", "x"], "there is no webhook secret 'x'; valid ones are: none"),
        (["revoke", "x"], "there is no webhook secret 'x'; valid ones are: none"),
    ],
)
def test_mistakes_are_told_with_what_is_legal(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))

    with pytest.raises(CommandError, match=said):
        run(*arguments)
    assert valid_names() == []
