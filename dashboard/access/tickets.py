"""Tickets: signed, expiring statements of what their holder may see; verified without a database.

Who holds a ticket may read; a ticket never lets anybody write. That its holder is still what it
says (not disabled, not signed out, not revoked) is for dashboard.access to look at.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from django.conf import settings
from django.core.signing import BadSignature, Signer

Reason: TypeAlias = Literal["malformed", "forged", "expired"]

ANYONE: Final = "anyone"
LONGEST: Final = 2_048
"""Characters of a ticket: it must fit into a URL and a cookie."""

_SALT: Final = "eventwall.tickets"
_VERSION: Final = 1
_HOLDER: Final = re.compile(r"anyone|(?:user|embed):[A-Za-z0-9_-]{1,64}")
_TEXT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}")
_KEPT: Final = 4_096
"""Tickets whose signature is not checked twice."""


class BadTicket(ValueError):
    """A text is no ticket that counts; `reason` says why: malformed, forged or expired.

    `ticket` is what it was, where it was ours: of an expired one.
    """

    def __init__(self, reason: Reason, ticket: "Ticket | None" = None) -> None:
        self.reason: Reason = reason
        self.ticket = ticket
        super().__init__(f"the ticket is {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What its holder may see, at most: what a limit of None leaves is what the holder may.

    `holder` is user:<pk>, embed:<id> or anyone. `session` and `stamp` are short digests of the
    session and the password it was made under: it ends with them. `origins` are the parents that
    may frame what it shows, `theme` and `language` how it is shown. Raises ValueError.
    """

    holder: str
    expires: datetime
    session: str | None = None
    stamp: str | None = None
    tiles: frozenset[str] | None = None
    producers: frozenset[str] | None = None
    origins: tuple[str, ...] = ()
    theme: str | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        if not _HOLDER.fullmatch(self.holder):
            raise ValueError(
                f"holder is {self.holder!r:.100}; legal are user:<pk>, embed:<id> and {ANYONE}"
            )
        if self.expires.tzinfo is None:
            raise ValueError(f"expires is {self.expires}, without a zone; give an aware datetime")


def mint(ticket: Ticket) -> str:
    """Return the ticket as text: A-Z a-z 0-9 _ - and one dot, to the second.

    Raises ValueError when it holds so much that the text is too long.
    """
    fields = {
        "v": _VERSION,
        "h": ticket.holder,
        "e": int(ticket.expires.timestamp()),
        "s": ticket.session,
        "p": ticket.stamp,
        "ti": _listed(ticket.tiles),
        "pr": _listed(ticket.producers),
        "o": list(ticket.origins) or None,
        "th": ticket.theme,
        "l": ticket.language,
    }
    said = {name: value for name, value in fields.items() if value is not None}
    payload = urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode())
    text = _signer().sign(payload.decode().rstrip("="))
    if len(text) > LONGEST:
        raise ValueError(
            f"the ticket has {len(text)} characters (legal: {LONGEST}); name fewer tiles, "
            "producers or origins"
        )
    return text


def read(text: str, now: datetime) -> Ticket:
    """Return the ticket that `text` is, at `now` (aware). Raises BadTicket."""
    if len(text) > LONGEST or not _TEXT.fullmatch(text):
        raise BadTicket("malformed")
    ticket = _opened(text, settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS))
    if ticket.expires <= now:
        raise BadTicket("expired", ticket)
    return ticket


# The keys are part of what is remembered, so that a key that was given up opens nothing.
@lru_cache(maxsize=_KEPT)
def _opened(text: str, key: str, fallbacks: tuple[str, ...]) -> Ticket:
    try:
        payload = _signer(key, fallbacks).unsign(text)
    except BadSignature:
        raise BadTicket("forged") from None
    try:
        said = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        if said["v"] != _VERSION:
            raise BadTicket("malformed")
        return _ticket(said)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise BadTicket("malformed") from error


def _ticket(said: dict[str, Any]) -> Ticket:
    return Ticket(
        holder=said["h"],
        expires=datetime.fromtimestamp(said["e"], UTC),
        session=said.get("s"),
        stamp=said.get("p"),
        tiles=_set(said.get("ti")),
        producers=_set(said.get("pr")),
        origins=tuple(said.get("o", ())),
        theme=said.get("th"),
        language=said.get("l"),
    )


def _signer(key: str | None = None, fallbacks: tuple[str, ...] | None = None) -> Signer:
    keys: Any = None if fallbacks is None else list(fallbacks)
    return Signer(key=key, sep=".", salt=_SALT, algorithm="sha256", fallback_keys=keys)


def _listed(names: Iterable[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _set(names: list[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)
