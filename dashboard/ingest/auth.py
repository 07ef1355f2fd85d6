"""Auth: which token came with a request, and what it may do. Reads no cookie and no database."""

import base64
import math
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from django.http import HttpRequest

from dashboard.access.debug_token import may_use_debug_token
from dashboard.http.problems import Refused
from dashboard.ingest.credential_cache import Sender
from dashboard.ingest.tokens import LEGAL_TOKEN, Token, TokenTable

CHALLENGE: Final = 'Bearer realm="eventwall"'
WAYS: Final = (
    "'Authorization: Bearer <token>' (or Token, or Basic with the token as the password), or "
    "'X-Api-Key: <token>'"
)

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,19})(?: +(.*))?", re.DOTALL)

_SECRET_IN_QUERY: Final = re.compile(
    r"(?:^|&)(?:access_?token|auth_?token|authorization|auth|bearer|token|api_?key|secret"
    r"|password)=|ew_[A-Za-z0-9]{8}_|whsec_",
    re.IGNORECASE,
)


_KEYS: Final = (("X-Api-Key", "HTTP_X_API_KEY"), ("X-Gitlab-Token", "HTTP_X_GITLAB_TOKEN"))
_LIKE_A_KEY: Final = re.compile(
    r"HTTP_(?!AUTHORIZATION$)(.*(?:TOKEN|SIGNATURE.*|KEY|AUTH.*|SECRET))"
)
_MOST_NAMED: Final = 3


class Presented(NamedTuple):
    """What was shown as a token, and the way it came; `why` it is none, where there is none."""

    way: str
    token: str = ""
    why: str = ""


def authorize(request: HttpRequest, tokens: TokenTable, alias: str) -> Token:
    """Return the request's token, which allows posting to `alias`. Raises Refused.

    What is answered depends on the token alone, never on whether there is such a producer.
    """
    said = request.META.get("HTTP_AUTHORIZATION", "")
    debug = may_use_debug_token(request)
    # What nearly all send is looked up before it is asked what else it might be.
    token = tokens.find(said[7:], debug=debug) if said.startswith("Bearer ") else None
    if token is None:
        token = _found(request, tokens, debug)
    if not token.allows(alias):
        raise Refused(
            "insufficient-scope",
            "the token may post to other producers; "
            "`manage.py ingest_token create <name> --producer <alias>` makes one for this",
            headers={"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope"'},
            legal=sorted([*(token.producers or ()), *token.beginnings]),
        )
    tokens.note_use(token)
    return token


def _found(request: HttpRequest, tokens: TokenTable, debug: bool) -> Token:
    """Return the token that is shown in any way. Raises Refused."""
    shown = presented(request.META)
    if shown is None or shown.why:
        raise Refused(
            "no-token",
            f"{_no_way(request.META) if shown is None else shown.why}; send {WAYS}; "
            "`manage.py ingest_token create <name>` makes a token",
            headers={"WWW-Authenticate": CHALLENGE},
        )
    token = tokens.find(shown.token, debug=debug)
    if token is None:
        raise Refused(
            "invalid-token",
            f"{shown.way} was tried: {_why_no_token(shown.token)}; "
            "`manage.py ingest_token list` shows the valid ones",
            headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'},
        )
    return token


def presented(meta: Mapping[str, str]) -> Presented | None:
    """Return what these headers (as in `request.META`) show as a token; None: no header does.

    Other headers are looked at where `Authorization` is another's: a proxy's, or a gateway's.
    """
    said = meta.get("HTTP_AUTHORIZATION")
    first = None if said is None else _of_authorization(said)
    if first is not None and LEGAL_TOKEN.fullmatch(first.token):
        return first
    for name, header in _KEYS:
        if (key := meta.get(header)) is not None:
            return Presented(name, key)
    return first


def shows_own_token(meta: Mapping[str, str]) -> bool:
    """Whether these headers show what could be a token of this wall's."""
    shown = presented(meta)
    return shown is not None and LEGAL_TOKEN.fullmatch(shown.token) is not None


def _of_authorization(said: str) -> Presented:
    match = _SCHEME.fullmatch(said)
    if match is None:
        return Presented("", why="Authorization begins with no scheme")
    scheme, rest = match[1].lower(), match[2] or ""
    if scheme in ("bearer", "token"):
        return Presented(f"Authorization: {scheme.title()}", rest)
    if scheme != "basic":
        # What has no scheme may be a token by itself, which no answer shows.
        name = f"Authorization has the scheme {match[1]!r}, which" if rest else "Authorization"
        return Presented("", why=f"{name} shows no token")
    try:
        user, colon, password = base64.b64decode(rest, validate=True).decode().partition(":")
    except ValueError:
        return Presented("", why="Authorization: Basic was tried: it is no base64 of UTF-8")
    if not colon:
        return Presented("", why="Authorization: Basic was tried: it has no password")
    if not password:  # `curl -u <token>:`
        return Presented("Authorization: Basic (its user name)", user)
    return Presented("Authorization: Basic (its password)", password)


def _no_way(meta: Mapping[str, str]) -> str:
    """Say that nothing is shown, and what came that is shown to others."""
    found = [match[1] for name in meta if (match := _LIKE_A_KEY.fullmatch(name))]
    named = ", ".join(name.replace("_", "-").title() for name in sorted(found)[:_MOST_NAMED])
    are = "are" if "," in named else "is"
    also = f" ({named[:120]} {are} not looked at)" if named else ""
    return f"no header shows a token{also}"


def _why_no_token(said: str) -> str:
    if not said.strip():
        return "it is empty"
    if LEGAL_TOKEN.fullmatch(said) is None:
        return (
            "what came is not shaped as a token is (ew_…); look for quotes, brackets, or a "
            "variable that was not filled in"
        )
    return "the token is unknown, has ended or was revoked"


def refuse_secret_in_url(request: HttpRequest) -> None:
    """Raise Refused when the query holds a secret: URLs are kept in logs and histories."""
    if (query := request.META.get("QUERY_STRING")) and _SECRET_IN_QUERY.search(query):
        raise Refused(
            "bad-request",
            "a token in the URL is not looked at, since URLs are kept in logs; send it in the "
            "header 'Authorization: Bearer <token>', and rotate this one",
        )


def spend(sender: Sender, events: int, paid: int = 0) -> None:
    """Count `events` against the rate of `sender`, which has paid for some of them before.

    Raises Refused; then nothing was counted.
    """
    bucket = sender.bucket
    if bucket is None or not (wait := bucket.take(events - paid)):
        return
    bucket.give_back(paid)
    rate = bucket.rate
    if events > rate.events:
        raise Refused(
            "too-many-events",
            f"these are {events} events, and at a rate of {rate} you may send {rate.events} at "
            "once; send them in parts",
            legal={"events": rate.events},
        )
    raise Refused(
        "rate-limited",
        f"you may send {rate} (events per {rate.unit}); send the same again after Retry-After "
        "seconds",
        headers={"Retry-After": str(math.ceil(wait))},
        legal={"rate": str(rate)},
    )
