"""Sealed secrets: unreadable without SECRET_KEY, and no change goes unseen."""

import importlib
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.test import override_settings

from dashboard.ingest.encryption import CannotUnseal, seal, unseal
from dashboard.models import WebhookSecret

SECRET = bytes(range(64))
FORMERLY = bytes.fromhex(
    "4296d51337bafa92284781188b3573f259b101934af37098e09578d01fab0edf2ebb1110acf89ed33df0c0653f79"
    "fdd381993d8f915d38df07e8b4c1b4fff78a09b0cd8a1671e42bf98c582e93a8db32f5ff6484b270838bb9be3d43"
    "2ef415025064a1b16a89a0066de14d192af196d4"
)
"""SECRET, as it was sealed with the SECRET_KEY "aaa…" before Fernet was used."""


@pytest.mark.parametrize("length", [1, 24, 32, 64])
def test_what_was_sealed_is_unsealed(length: int) -> None:
    assert unseal(seal(SECRET[:length])) == SECRET[:length]


def test_sealed_twice_looks_different_and_shows_nothing() -> None:
    first, second = seal(SECRET), seal(SECRET)

    assert first[20:] != second[20:]
    assert SECRET[:8] not in first


def test_another_key_opens_nothing_but_a_former_one_does() -> None:
    with override_settings(SECRET_KEY="a" * 50):
        sealed = seal(SECRET)

    with override_settings(SECRET_KEY="b" * 50), pytest.raises(CannotUnseal):
        unseal(sealed)
    with override_settings(SECRET_KEY="b" * 50, SECRET_KEY_FALLBACKS=["a" * 50]):
        assert unseal(sealed) == SECRET


@pytest.mark.parametrize("place", [0, 16, 48, 111])
def test_a_changed_byte_is_seen(place: int) -> None:
    sealed = bytearray(seal(SECRET))
    sealed[place] ^= 1

    with pytest.raises(CannotUnseal):
        unseal(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"x" * 20, b"x" * 60, FORMERLY])
def test_nonsense_is_refused(sealed: bytes) -> None:
    with pytest.raises(CannotUnseal):
        unseal(sealed)


@pytest.mark.django_db
def test_what_was_sealed_formerly_is_sealed_anew_by_the_migration() -> None:
    for name, sealed in (("shop", FORMERLY), ("lost", FORMERLY[:-1] + b"x")):
        WebhookSecret.objects.create(name=name, sealed=sealed, created=datetime.now(UTC))

    with override_settings(SECRET_KEY="b" * 50, SECRET_KEY_FALLBACKS=["a" * 50]):
        importlib.import_module("dashboard.migrations.0005_fernet").reseal(apps, None)

    with override_settings(SECRET_KEY="b" * 50):
        assert unseal(bytes(WebhookSecret.objects.get(name="shop").sealed)) == SECRET
    assert WebhookSecret.objects.get(name="lost").sealed == FORMERLY[:-1] + b"x"
