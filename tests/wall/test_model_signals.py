"""ModelProducer: rows that are saved and deleted are told once their transaction commits."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.db.models.signals import post_delete, post_save

from dashboard.models import LogEntry, StoredProducer
from dashboard.wall.model_signals import watch_models
from producers.checks import check_producers
from producers.model import ModelProducer

pytestmark = pytest.mark.django_db(transaction=True)

BACKEND = "producers.model.ModelProducer"


@pytest.fixture(autouse=True)
def watched(settings: Any) -> Iterator[None]:
    settings.PRODUCERS = {
        "users": {
            "BACKEND": BACKEND,
            "OPTIONS": {"model": "auth.User", "fields": ["username", "is_staff", "last_login"]},
        },
        "groups": {
            "BACKEND": BACKEND,
            "OPTIONS": {"model": "auth.Group", "changes": ["created", "deleted"]},
        },
        "orders": {"BACKEND": "producers.base.Producer"},
    }
    watch_models()
    yield
    for alias, model in (("users", User), ("groups", Group)):
        for signal in (post_save, post_delete):
            signal.disconnect(sender=model, dispatch_uid=f"eventwall {alias}")


def told(alias: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Return type, subject and data of what was told."""
    rows = LogEntry.objects.filter(producer=alias).order_by("seq")
    return [(row.type, row.subject, json.loads(row.data)) for row in rows]


def test_a_row_is_told_with_the_chosen_fields_and_no_others() -> None:
    user = User.objects.create_user("anna", "anna@example.org", "hunter22")
    key = str(user.pk)
    User.objects.filter(pk=user.pk).first().save()  # type: ignore[union-attr]
    user.delete()

    rest = {"username": "anna", "is_staff": False, "last_login": None}
    assert told("users") == [
        (change, key, {"text": f"user {key} {change}", **rest})
        for change in ("created", "changed", "deleted")
    ]


def test_what_is_rolled_back_is_not_told() -> None:
    with transaction.atomic():
        Group.objects.create(name="kept")
        before = told("groups")
    with transaction.atomic():
        Group.objects.create(name="gone")
        transaction.set_rollback(True)
    with transaction.atomic():
        with transaction.atomic():
            Group.objects.create(name="gone too")
        transaction.set_rollback(True)

    assert before == []
    assert [change for change, _, _ in told("groups")] == ["created"]


def test_only_what_was_asked_for_is_told() -> None:
    group = Group.objects.create(name="night")
    group.save()
    user = User.objects.create(username="ben")
    user.save(update_fields=["email"])
    user.save(update_fields=["is_staff"])
    group.delete()

    assert [change for change, _, _ in told("groups")] == ["created", "deleted"]
    assert [change for change, _, _ in told("users")] == ["created", "changed"]


def test_what_the_database_alone_knows_is_left_out() -> None:
    user = User.objects.create(username="cleo")
    user.is_staff = ~F("is_staff")  # type: ignore[assignment]
    user.save(update_fields=["is_staff"])
    User.objects.defer("username").get(pk=user.pk).save()

    assert "is_staff" not in told("users")[1][2]
    assert "username" not in told("users")[2][2]


def test_a_save_succeeds_though_it_cannot_be_told(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PRODUCERS = {"orders": settings.PRODUCERS["orders"]}

    with caplog.at_level(logging.ERROR, "dashboard"):
        Group.objects.create(name="night")

    assert Group.objects.count() == 1
    assert "change of a row lost producer=groups" in caplog.text


def test_a_row_that_cannot_be_says_what_is_legal(settings: Any) -> None:
    settings.PRODUCERS = {
        alias: {"BACKEND": BACKEND, "OPTIONS": options}
        for alias, options in (
            ("a", {"model": "User"}),
            ("b", {"model": "shop.Order"}),
            ("c", {"model": "auth.User", "fields": ["name", "groups"]}),
        )
    }
    watch_models()

    said = [f"{message.id} {message.msg} {message.hint}" for message in check_producers()]
    assert len(said) == 4
    assert "legal is '<app label>.<Model>'" in said[0]
    assert "E041" in said[1]
    assert "No installed app with label 'shop'" in said[1]
    assert "'name'" in said[2]
    assert "'groups'" in said[3]
    assert "username" in said[2]


def test_it_stands_in_the_settings_for_stored_rows_are_not_read_everywhere() -> None:
    with pytest.raises(
        CommandError, match=r"does not stand in PRODUCERS. Write it in the settings"
    ):
        call_command("producer", "add", "rows", BACKEND, "model=auth.Group")

    assert not StoredProducer.objects.exists()
    assert not ModelProducer("rows", ModelProducer.Options(model="auth.Group")).runs
