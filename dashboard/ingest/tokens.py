"""Tokens: permission to POST. Made at random, kept as digests, looked up without the database."""

import hashlib
import hmac
import re
import secrets
import string
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import IntegrityError, close_old_connections, transaction
from django.utils.crypto import salted_hmac

from dashboard.models import IngestToken
from producers.events import Event
from producers.names import CONTROL

TOKENS_CHANGED: Final = "tokens.changed"
"""Type of the control event after which every process loads its tokens again."""

LEGAL_TOKEN: Final = re.compile(r"ew_([A-Za-z0-9]{8})_[A-Za-z0-9_-]{43}")
LONGEST_NAME: Final = 80

_PREFIX_ALPHABET: Final = string.ascii_letters + string.digits
_PREFIX_LENGTH: Final = 8
_SECRET_BYTES: Final = 32  # 256 bits; they make the 43 characters
_DEBUG_PREFIX: Final = "loopback"
_NO_DIGEST: Final = secrets.token_bytes(32)


class BadToken(ValueError):  # noqa: N818 - it names the thing, as Django's BadRequest does
    """A token cannot be made or revoked; the message says why and what is legal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a valid token allows. `producers` None: all of them."""

    name: str
    digest: bytes = field(repr=False)
    producers: frozenset[str] | None

    def allows(self, alias: str) -> bool:
        return self.producers is None or alias in self.producers


class TokenTable:
    """The valid tokens, by prefix, as they were at the last `load`. Belongs to one event loop."""

    def __init__(self, tokens: Mapping[str, Token] | None = None) -> None:
        self._by_prefix: Mapping[str, Token] = dict(tokens or {})

    async def load(self) -> None:
        """Read the tokens anew, in a thread. The old ones stay when the database fails."""
        self._by_prefix = await sync_to_async(_read)()

    def find(self, presented: str, *, debug: bool = False) -> Token | None:
        """Return the token that `presented` is, or None.

        Unknown, revoked, misshapen and wrong ones take the same steps: nothing tells whether a
        prefix is known. With `debug`, the debug token is one of them.
        """
        match = LEGAL_TOKEN.fullmatch(presented)
        prefix = match[1] if match else ""
        token = _debug() if debug and prefix == _DEBUG_PREFIX else self._by_prefix.get(prefix)
        same = hmac.compare_digest(digest(presented), token.digest if token else _NO_DIGEST)
        return token if same else None

    def __len__(self) -> int:
        return len(self._by_prefix)


def digest(token: str) -> bytes:
    """Return what is kept of a token. It is random, so a plain SHA-256 cannot be searched."""
    return hashlib.sha256(token.encode()).digest()


def debug_token() -> str:
    """Return the token for DEBUG and loopback, made from SECRET_KEY; always the same."""
    return _debug_token(settings.SECRET_KEY)


@lru_cache(maxsize=1)
def _debug_token(secret_key: str) -> str:
    made = salted_hmac("eventwall.ingest.debug_token", "1", secret_key, algorithm="sha256")
    return f"ew_{_DEBUG_PREFIX}_{urlsafe_b64encode(made.digest()).decode().rstrip('=')}"


def _debug() -> Token:
    return Token(name="debug", digest=digest(debug_token()), producers=None)


def create_token(name: str, producers: Sequence[str] = ()) -> str:
    """Make and store a token for `producers` (none: all), and return it: this once.

    Raises BadToken when the name is not legal or taken. Whether the producers exist is the
    caller's to check.
    """
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise BadToken(
            f"{name!r:.100} cannot name a token (legal: 1 to {LONGEST_NAME} printable characters)"
        )
    prefix = "".join(secrets.choice(_PREFIX_ALPHABET) for _ in range(_PREFIX_LENGTH))
    token = f"ew_{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    try:
        with transaction.atomic():
            IngestToken.objects.create(
                name=name, prefix=prefix, digest=digest(token), producers=sorted(set(producers))
            )
    except IntegrityError as error:
        known = IngestToken.objects.filter(name=name).first()
        gone = f", revoked {known.revoked:%Y-%m-%d}," if known and known.revoked else ""
        raise BadToken(f"there is a token {name!r}{gone} already; choose another name") from error
    return token


def list_tokens() -> list[IngestToken]:
    """Return all tokens that were ever made, oldest first."""
    return list(IngestToken.objects.order_by("created", "pk"))


def revoke_token(name: str) -> None:
    """Make the token worthless. Raises BadToken when there is none that is valid."""
    if IngestToken.objects.filter(name=name, revoked=None).update(revoked=_now()):
        return
    if (known := IngestToken.objects.filter(name=name).first()) is not None:
        raise BadToken(f"token {name!r} was revoked already, at {known.revoked:%Y-%m-%d %H:%M} UTC")
    valid = ", ".join(token.name for token in list_tokens() if token.revoked is None)
    raise BadToken(f"there is no token {name!r:.100}; valid ones are: {valid or 'none'}")


def tokens_changed() -> Event:
    """Return the control event that makes every process load its tokens again."""
    return Event(producer=CONTROL, type=TOKENS_CHANGED, time=_now(), data={})


def _read() -> dict[str, Token]:
    close_old_connections()
    rows: Iterable[IngestToken] = IngestToken.objects.filter(revoked=None)
    return {
        row.prefix: Token(
            name=row.name,
            digest=bytes(row.digest),
            producers=frozenset(row.producers) if row.producers else None,
        )
        for row in rows
    }


def _now() -> datetime:
    return datetime.now(UTC)
