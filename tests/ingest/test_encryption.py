"""Sealed secrets: unreadable without SECRET_KEY, and no change goes unseen."""

import pytest
from django.test import override_settings

from dashboard.ingest.encryption import CannotUnseal, seal, unseal

SECRET = bytes(range(64))


@pytest.mark.parametrize("length", [1, 24, 32, 64])
def test_what_was_sealed_is_unsealed(length: int) -> None:
    assert unseal(seal(SECRET[:length])) == SECRET[:length]


def test_sealed_twice_looks_different_and_shows_nothing() -> None:
    first, second = seal(SECRET), seal(SECRET)

    assert first[:16] != second[:16]
    assert first[48:] != second[48:]
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


@pytest.mark.parametrize("sealed", [b"", b"x" * 20, b"x" * 60])
def test_nonsense_is_refused(sealed: bytes) -> None:
    with pytest.raises(CannotUnseal):
        unseal(sealed)


def test_longer_than_the_pad_is_refused() -> None:
    with pytest.raises(ValueError, match="65 bytes cannot be sealed; 64 are legal"):
        seal(SECRET + b"x")
