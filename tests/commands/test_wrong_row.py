"""A row of PRODUCERS that is wrong keeps no command from its work; `check` alone fails of it."""

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.test import override_settings

from dashboard.models import IngestToken, WebhookSecret
from site_config.command_line import CommandLine

pytestmark = pytest.mark.django_db(transaction=True)

PRODUCERS = {
    "notes": {"BACKEND": "producers.notes.NotesProducer"},
    "camera": {"BACKEND": "no.such.Camera"},
}


@pytest.fixture(autouse=True)
def _a_wrong_row() -> Iterator[None]:
    with override_settings(PRODUCERS=PRODUCERS):
        yield


def manage(*words: str) -> None:
    """Run a command as at a shell; raises SystemExit when it fails."""
    CommandLine(["manage.py", *words]).execute()


@pytest.mark.parametrize(
    "words",
    [
        ("send", "notes", "door open"),
        ("renew_log",),
        ("producers",),
        ("ingest_token", "list"),
        ("ingest_token", "create", "door"),
        ("webhook_secret", "create", "door", "--producer", "notes"),
        ("migrate", "--verbosity", "0"),
        ("showmigrations", "--plan"),
    ],
    ids=" ".join,
)
def test_a_command_works(words: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> None:
    manage(*words)

    assert "Traceback" not in capfd.readouterr().err


def test_what_is_known_to_others_can_be_revoked() -> None:
    manage("ingest_token", "create", "door")
    manage("webhook_secret", "create", "door", "--producer", "notes")

    manage("ingest_token", "revoke", "door")
    manage("webhook_secret", "revoke", "door")

    assert IngestToken.objects.get(name="door").revoked is not None
    assert WebhookSecret.objects.get(name="door").revoked is not None


def test_an_account_can_be_made_and_the_row_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "seventeen geese")

    manage("createsuperuser", "--noinput", "--username=anna", "--email=anna@example.org")

    assert get_user_model().objects.get(username="anna").is_superuser
    assert "(producers.E005)" in capfd.readouterr().err


def test_check_fails_of_it(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        manage("check")

    assert "(producers.E005)" in capfd.readouterr().err


@override_settings(STREAM_HEARTBEAT="often")
def test_a_setting_that_is_wrong_still_stops_them(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        manage("createsuperuser", "--noinput", "--username=anna", "--email=anna@example.org")

    assert "STREAM_HEARTBEAT" in capfd.readouterr().err
