"""Sealing: a short secret as the database keeps it: unreadable without SECRET_KEY."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class CannotUnseal(ValueError):
    """What was kept was sealed with another SECRET_KEY, or was changed."""


def seal(secret: bytes) -> bytes:
    """Return what may be kept of `secret`."""
    return _fernet().encrypt(secret)


def unseal(sealed: bytes) -> bytes:
    """Return the secret that `seal` was given, under SECRET_KEY or one of SECRET_KEY_FALLBACKS.

    Raises CannotUnseal.
    """
    try:
        return _fernet().decrypt(sealed)
    except InvalidToken:
        raise CannotUnseal("it was sealed with another SECRET_KEY, or changed") from None


def _fernet() -> MultiFernet:
    """Return what seals with the first key, and unseals with each."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str | bytes) -> bytes:
    """Return 32 bytes that serve this purpose alone."""
    return salted_hmac("eventwall.ingest.sealing", b"fernet", key, algorithm="sha256").digest()
