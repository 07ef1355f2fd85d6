"""Sealing: a short secret as the database keeps it: unreadable without SECRET_KEY.

A fresh nonce and SECRET_KEY make a pad as long as the secret (HMAC-SHA512), used once; a tag
(HMAC-SHA256) shows another key and any change.
"""

import hmac
import secrets
from typing import Final

from django.conf import settings
from django.utils.crypto import salted_hmac

LONGEST: Final = 64
"""Bytes of a secret; those of one pad."""

_NONCE: Final = 16
_TAG: Final = 32


class CannotUnseal(ValueError):
    """What was kept was sealed with another SECRET_KEY, or was changed."""


def seal(secret: bytes) -> bytes:
    """Return what may be kept of `secret`. Raises ValueError when it is too long."""
    if len(secret) > LONGEST:
        raise ValueError(f"a secret of {len(secret)} bytes cannot be sealed; {LONGEST} are legal")
    nonce = secrets.token_bytes(_NONCE)
    hidden = _padded(secret, nonce, settings.SECRET_KEY)
    return nonce + _tag(nonce + hidden, settings.SECRET_KEY) + hidden


def unseal(sealed: bytes) -> bytes:
    """Return the secret that `seal` was given, under SECRET_KEY or one of SECRET_KEY_FALLBACKS.

    Raises CannotUnseal.
    """
    nonce, tag, hidden = sealed[:_NONCE], sealed[_NONCE : _NONCE + _TAG], sealed[_NONCE + _TAG :]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(tag, _tag(nonce + hidden, key)):
            return _padded(hidden, nonce, key)
    raise CannotUnseal("it was sealed with another SECRET_KEY, or changed")


def _padded(text: bytes, nonce: bytes, key: str | bytes) -> bytes:
    made = salted_hmac("eventwall.ingest.sealing.pad", nonce, key, algorithm="sha512")
    return bytes(one ^ other for one, other in zip(text, made.digest(), strict=False))


def _tag(text: bytes, key: str | bytes) -> bytes:
    return salted_hmac("eventwall.ingest.sealing.tag", text, key, algorithm="sha256").digest()
