"""Tokens: permission to POST. Made at random, kept as digests, looked up without the database."""

import hashlib
import hmac
import re
import secrets
import string
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from dashboard.access.debug_token import DEBUG_PREFIX, debug_token
from dashboard.ingest import credentials
from dashboard.ingest.credential_cache import Sender, SenderTable
from dashboard.models import IngestToken
from producers.names import LEGAL_NAME_HELP

LEGAL_TOKEN: Final = re.compile(r"ew_([A-Za-z0-9]{8})_[A-Za-z0-9_-]{43}")

_NEW_NAMES: Final = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,62})?\*")
_PREFIX_ALPHABET: Final = string.ascii_letters + string.digits
_PREFIX_LENGTH: Final = 8
_SECRET_BYTES: Final = 32  # 256 bits; they make the 43 characters
_NO_DIGEST: Final = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(Sender):
    """What a valid token allows, and what it is known by."""

    digest: bytes = field(repr=False)


class TokenTable(SenderTable[IngestToken]):
    """The valid tokens, by prefix, as they were at the last `load`. Belongs to one event loop."""

    model = IngestToken

    def __init__(
        self,
        tokens: Mapping[str, Token] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._by_prefix: Mapping[str, Token] = dict(tokens or {})

    def accept(self, rows: Sequence[IngestToken]) -> None:
        self._by_prefix = {
            row.prefix: Token(
                name=row.name,
                digest=bytes(row.digest),
                producers=_producers_of(row),
                new_names=row.new_names.rstrip("*") if row.new_names else None,
                row=row.pk,
                bucket=self.bucket_of(row.name, row.rate),
            )
            for row in rows
        }

    def find(self, presented: str, *, debug: bool = False) -> Token | None:
        """Return the token that `presented` is, or None.

        Unknown, revoked, misshapen and wrong ones take the same steps: nothing tells whether a
        prefix is known. With `debug`, the debug token is one of them.
        """
        match = LEGAL_TOKEN.fullmatch(presented)
        prefix = match[1] if match else ""
        token = self._debug() if debug and prefix == DEBUG_PREFIX else self._by_prefix.get(prefix)
        same = hmac.compare_digest(digest(presented), token.digest if token else _NO_DIGEST)
        return token if same else None

    def _debug(self) -> Token:
        return Token(
            name="debug",
            digest=digest(debug_token()),
            producers=None,
            new_names="",
            bucket=self.bucket_of("", ""),  # no token has this name
        )

    def __len__(self) -> int:
        return len(self._by_prefix)


def digest(token: str) -> bytes:
    """Return what is kept of a token. It is random, so a plain SHA-256 cannot be searched."""
    return hashlib.sha256(token.encode()).digest()


def create_token(
    name: str, producers: Sequence[str] = (), rate: str = "", new_names: str = ""
) -> str:
    """Make and store a token for `producers` (none: all), and return it: this once.

    `rate` is a text of `rates.Rate`, or empty: INGEST_RATE. `new_names` is `lab-*` or `*`: of
    such names it makes producers, and none of others; with `lab-*` it is for these and
    `producers` alone. Raises BadCredential when one of them is not legal, or the name taken.
    Whether the producers exist is the caller's to check.
    """
    check_new_names(new_names, producers)
    token, prefix = _made()
    secret = {"prefix": prefix, "digest": digest(token), "new_names": new_names}
    credentials.add(IngestToken, name, producers, rate, **secret)
    return token


def check_new_names(new_names: str, producers: Sequence[str]) -> None:
    """Raise BadCredential when a token cannot be for such new names."""
    if new_names and _NEW_NAMES.fullmatch(new_names) is None:
        raise credentials.BadCredential(
            f"{new_names!r:.80} is no beginning of new names; legal is one and a star, such as "
            f"'lab-*', or '*' for any name (a name is {LEGAL_NAME_HELP})"
        )
    if new_names == credentials.ANY_NAME and producers:
        raise credentials.BadCredential(
            f"a token that makes producers of any name may post to all, so {producers[0]!r} limits "
            "nothing; name no producer, or a beginning of new names, such as 'lab-*'"
        )


def rotate_token(name: str, grace: timedelta = credentials.GRACE) -> str:
    """Make another token of that name and return it: this once. The old one ends after `grace`.

    Raises BadCredential when there is none that is valid.
    """
    token, prefix = _made()
    credentials.replace(IngestToken, name, grace, prefix=prefix, digest=digest(token))
    return token


def _producers_of(row: IngestToken) -> frozenset[str] | None:
    """Return what the columns name: none is all, but where new names are limited."""
    is_limited = row.producers or row.new_names not in ("", credentials.ANY_NAME)
    return frozenset(row.producers) if is_limited else None


def _made() -> tuple[str, str]:
    """Return a new token and its prefix."""
    prefix = "".join(secrets.choice(_PREFIX_ALPHABET) for _ in range(_PREFIX_LENGTH))
    return f"ew_{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}", prefix
