"""Webhooks: requests signed as Standard Webhooks says, the way in for who cannot send a token.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hmac
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from django.http import HttpRequest

from dashboard.conf import conf
from dashboard.http.problems import Refused, shown
from dashboard.ingest.auth import CHALLENGE, shows_own_token
from dashboard.ingest.body_limit import body_limit
from dashboard.ingest.webhook_secrets import WebhookKey, WebhookTable

TOLERANCE: Final = 300
"""Seconds that a timestamp may be away: a signature that was overheard is worth nothing later."""

MOST_BYTES: Final = 65_535
"""Of a signed body; the specification advises 20 kB. What is done for a sender who is not known yet
is little then: ten secrets on a whole INGEST_MAX_BYTES would keep the loop for 20 ms."""

_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_META: Final = {
    name: "HTTP_" + name.upper().replace("-", "_") for name in (_ID, _TIMESTAMP, _SIGNATURE)
}
_SVIX: Final = {name: header.replace("WEBHOOK", "SVIX") for name, header in _META.items()}
"""What the headers were called before there was a standard, and are still by many."""
_NAMED: Final = frozenset((*_META.values(), *_SVIX.values()))
_LEGAL_ID: Final = re.compile(r"[!-\-/-~]{1,128}")
"""Printable ASCII without a dot: dots part what is signed."""
_LEGAL_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_MOST_SIGNATURES: Final = 10
_NOBODY: Final = bytes(32)


class Signed(NamedTuple):
    """Who signed a request, and the idempotency key that its `webhook-id` makes."""

    sender: WebhookKey
    key: str


def is_signed(meta: Mapping[str, str]) -> bool:
    """Whether a request is to be let in by its signature: it has one, and no token of ours."""
    return not meta.keys().isdisjoint(_NAMED) and not shows_own_token(meta)


def must_be_signable(request: HttpRequest) -> None:
    """Raise Refused for a body that is too large to be signed, or of a type that never is.

    It can only be verified when it has been read, and each secret is tried on all of it.
    """
    kind = request.content_type or ""
    if body_limit(kind).most > conf().INGEST_MAX_BYTES:
        raise Refused(
            "unsupported-media-type",
            f"a body of type {shown(kind)} cannot be signed; send a picture with a token",
        )
    declared = request.META.get("CONTENT_LENGTH") or "0"
    _require_size(int(declared[:20]) if declared.isdecimal() else 0)


def verify(
    meta: Mapping[str, str], body: bytes, table: WebhookTable, alias: str, now: float
) -> Signed:
    """Return who signed `body` for `alias`; `now` is in seconds since 1970. Raises Refused.

    A secret for other producers is like none: what is answered says nothing of either.
    """
    said = {name: meta.get(_META[name]) or meta.get(_SVIX[name], "") for name in _META}
    for name, value in said.items():
        if not value:
            raise _unsigned(f"the header {name} is missing; {', '.join(_META)} are sent together")
    if _LEGAL_ID.fullmatch(said[_ID]) is None:
        raise _misshapen(_ID, "1 to 128 printable ASCII characters without a dot are legal")
    if _LEGAL_TIMESTAMP.fullmatch(said[_TIMESTAMP]) is None:
        raise _misshapen(_TIMESTAMP, "whole seconds since 1970 are legal")
    _require_size(len(body))
    late = now - int(said[_TIMESTAMP])
    if abs(late) > TOLERANCE:
        raise _unsigned(
            f"webhook-timestamp is {abs(late):.0f} s in the {'past' if late > 0 else 'future'}; "
            f"{TOLERANCE} s are legal: send again with a new signature, and look at the clocks"
        )
    sender = _signer(said, body, table, alias)
    if sender is None:
        raise _unsigned("no signature in webhook-signature is right for this body and producer")
    table.note_use(sender)
    # Another sender's ids, and the keys of those with a token, are not in the way.
    return Signed(sender, f"webhook:{sender.name}:{said[_ID]}")


def _require_size(size: int) -> None:
    if size > MOST_BYTES:
        raise Refused(
            "too-large",
            f"a signed body may have {MOST_BYTES} bytes, since each secret is tried on it before "
            "its sender is known; send more with a token",
            legal={"bytes": MOST_BYTES},
        )


def _signer(
    said: Mapping[str, str], body: bytes, table: WebhookTable, alias: str
) -> WebhookKey | None:
    signatures = said[_SIGNATURE].encode("latin-1", "replace").split(b" ", _MOST_SIGNATURES)
    signed = f"{said[_ID]}.{int(said[_TIMESTAMP])}.".encode() + body

    def signed_with(secret: bytes) -> bool:
        expected = b"v1," + base64.b64encode(hmac.digest(secret, signed, "sha256"))
        same = [hmac.compare_digest(expected, one) for one in signatures[:_MOST_SIGNATURES]]
        return any(same)

    keys = table.keys_for(alias)
    if not keys:
        # A producer that has no secret, or is not there, takes as long as one that has.
        signed_with(_NOBODY)
    return next((key for key in keys if signed_with(key.secret)), None)


def _unsigned(detail: str) -> Refused:
    return Refused("invalid-signature", detail, headers={"WWW-Authenticate": CHALLENGE})


def _misshapen(name: str, legal: str) -> Refused:
    return Refused(
        "bad-attribute", f"{name} is not legal; {legal}", errors=[{"header": name, "detail": legal}]
    )
