"""Webhook secrets: the keys of Standard Webhooks. Kept sealed, read without the database."""

import base64
import binascii
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from dashboard.ingest import credentials
from dashboard.ingest.credential_cache import Sender, SenderTable
from dashboard.ingest.credentials import BadCredential
from dashboard.ingest.encryption import CannotUnseal, seal, unseal
from dashboard.models import WebhookSecret

logger = logging.getLogger(__name__)

PREFIX: Final = "whsec_"
MOST: Final = 10
"""Valid secrets of one producer: a signature does not say whose it is, so each is tried."""

_FEWEST_BYTES: Final = 24
_MOST_BYTES: Final = 64
_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookKey(Sender):
    """What a valid webhook secret allows, and its bytes, with which signatures are made."""

    secret: bytes = field(repr=False)


class WebhookTable(SenderTable[WebhookSecret]):
    """The valid webhook secrets, by producer, as they were at the last `load`."""

    model = WebhookSecret

    def __init__(
        self, keys: Sequence[WebhookKey] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(clock)
        self._told: set[int] = set()
        self._by_alias: dict[str, list[WebhookKey]] = {}
        self._take(keys)

    def accept(self, rows: Sequence[WebhookSecret]) -> None:
        keys = []
        for row in rows:
            try:
                secret = unseal(bytes(row.sealed))
            except CannotUnseal as error:
                self._tell(row, error)
                continue
            keys.append(
                WebhookKey(
                    name=row.name,
                    producers=frozenset(row.producers),
                    row=row.pk,
                    bucket=self.bucket_of(row.name, row.rate),
                    secret=secret,
                )
            )
        self._take(keys)

    def keys_for(self, alias: str) -> Sequence[WebhookKey]:
        """Return whose signatures let events in to `alias`."""
        return self._by_alias.get(alias, ())

    def _take(self, keys: Sequence[WebhookKey]) -> None:
        by_alias: dict[str, list[WebhookKey]] = {}
        for key in keys:
            for alias in key.producers or ():
                by_alias.setdefault(alias, []).append(key)
        self._by_alias = by_alias

    def _tell(self, row: WebhookSecret, error: CannotUnseal) -> None:
        if row.pk not in self._told:
            self._told.add(row.pk)
            logger.warning("webhook secret %r does not work: %s; rotate it", row.name, error)


def create_webhook_secret(
    name: str, producers: Sequence[str], rate: str = "", given: str | None = None
) -> str:
    """Store a secret for `producers`, at least one, and return it.

    `given`: one that the sender made; None: a new one at random. Raises BadCredential.
    """
    if not producers:
        raise BadCredential(f"webhook secret {name!r:.100} is for no producer; name at least one")
    require_room(producers)
    secret = read_secret(given) if given else secrets.token_bytes(_BYTES)
    credentials.add(WebhookSecret, name, producers, rate, sealed=seal(secret))
    return _shown(secret)


def rotate_webhook_secret(
    name: str, grace: timedelta = credentials.GRACE, given: str | None = None
) -> str:
    """Store another secret of that name and return it. The old one ends after `grace`.

    Raises BadCredential.
    """
    current = credentials.valid(WebhookSecret, datetime.now(UTC)).filter(name=name).first()
    require_room(current.producers if current else ())
    secret = read_secret(given) if given else secrets.token_bytes(_BYTES)
    credentials.replace(WebhookSecret, name, grace, sealed=seal(secret))
    return _shown(secret)


def require_room(producers: Sequence[str]) -> None:
    """Raise BadCredential when one of `producers` has as many valid secrets as it may have."""
    # Not every database can look into JSON, and there are few.
    valid = list(credentials.valid(WebhookSecret, datetime.now(UTC)))
    for alias in producers:
        if sum(alias in row.producers for row in valid) >= MOST:
            raise BadCredential(
                f"producer {alias!r} has {MOST} valid webhook secrets, and may have no more; "
                "revoke one first, or wait until one that was rotated has ended"
            )


def read_secret(given: str) -> bytes:
    """Return the bytes of a secret as the specification writes it. Raises BadCredential.

    The secret is in no message.
    """
    try:
        secret = base64.b64decode(given.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not _FEWEST_BYTES <= len(secret) <= _MOST_BYTES:
        raise BadCredential(
            f"this is no webhook secret (legal: {PREFIX} and then {_FEWEST_BYTES} to "
            f"{_MOST_BYTES} bytes as base64)"
        )
    return secret


def _shown(secret: bytes) -> str:
    return PREFIX + base64.b64encode(secret).decode()
