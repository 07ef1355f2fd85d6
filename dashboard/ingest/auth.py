"""Auth: which token came with a request, and what it may do. Reads no cookie and no database."""

import math
import re
from typing import Final

from django.http import HttpRequest

from dashboard.access.debug_token import may_use_debug_token
from dashboard.http.problems import Refused
from dashboard.ingest.credential_cache import Sender
from dashboard.ingest.tokens import Token, TokenTable

_BEARER: Final = re.compile(r"bearer(?: +(.*))?", re.IGNORECASE | re.DOTALL)
CHALLENGE: Final = 'Bearer realm="eventwall"'

_SECRET_IN_QUERY: Final = re.compile(
    r"(?:^|&)(?:access_token|authorization|bearer|token)=|ew_[A-Za-z0-9]{8}_|whsec_", re.IGNORECASE
)


def authorize(request: HttpRequest, tokens: TokenTable, alias: str) -> Token:
    """Return the request's token, which allows posting to `alias`. Raises Refused.

    What is answered depends on the token alone, never on whether there is such a producer.
    """
    match = _BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    if match is None:
        raise Refused(
            "no-token",
            "send the header 'Authorization: Bearer <token>'; "
            "`manage.py ingest_token create <name>` makes a token",
            headers={"WWW-Authenticate": CHALLENGE},
        )
    token = tokens.find(match[1] or "", debug=may_use_debug_token(request))
    if token is None:
        raise Refused(
            "invalid-token",
            "the token is unknown, has ended or was revoked; "
            "`manage.py ingest_token list` shows the valid ones",
            headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'},
        )
    if not token.allows(alias):
        raise Refused(
            "insufficient-scope",
            "the token may post to other producers; "
            "`manage.py ingest_token create <name> --producer <alias>` makes one for this",
            headers={"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope"'},
            legal=sorted(token.producers or ()),
        )
    tokens.note_use(token)
    return token


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
