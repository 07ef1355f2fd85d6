"""Ended sessions: kept until their tickets run out, so that these end with them."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete
from django.http import HttpRequest
from django.utils import timezone

from dashboard.models import EndedSession

_KEPT: Final = 10_000
"""Sessions that are remembered whether or not their tickets have run out."""


def session_digest(session_key: str) -> str:
    """Return what a ticket holds of a session. The key is random: it cannot be searched for."""
    return _short(session_key)


def stamp_of(user: AbstractBaseUser) -> str:
    """Return what a ticket holds of the password that its holder signed in with."""
    return _short(user.get_session_auth_hash())


def stamps_of(user: AbstractBaseUser) -> set[str]:
    """Return the stamps that count: made under the secret key, or under one that was it."""
    former = {_short(made) for made in user.get_session_auth_fallback_hash()}
    return former | {stamp_of(user)}


async def expiry_of(session: Any) -> datetime:
    """Return when a session ends if nobody ends it before."""
    if (model := getattr(session, "model", None)) is not None:
        # What the session itself would say counts from now, as if it had just been saved.
        row = await model.objects.filter(session_key=session.session_key).afirst()
        if row is not None:
            ends: datetime = row.expire_date
            return ends
    computed: datetime = await session.aget_expiry_date()
    return computed


def connect() -> None:
    """Hear of sessions that end: by a logout, a new password, another user's login, a deletion."""
    post_delete.connect(_deleted, sender="sessions.Session", dispatch_uid="eventwall.sessions")
    # Where sessions are in no table, a logout is all that is heard of.
    user_logged_out.connect(_logged_out, dispatch_uid="eventwall.sessions")


def _deleted(*, instance: Any, **_: object) -> None:
    _remember(instance.session_key, instance.expire_date)


def _logged_out(*, request: HttpRequest | None, **_: object) -> None:
    session = getattr(request, "session", None)
    if session is not None and session.session_key:
        _remember(session.session_key, session.get_expiry_date())


def _remember(session_key: str, until: datetime) -> None:
    if until <= timezone.now():
        return
    ended = EndedSession(digest=session_digest(session_key), until=until + timedelta(minutes=1))
    EndedSession.objects.bulk_create([ended], ignore_conflicts=True)
    _forget()


def _forget() -> None:
    """Delete what has run out, but for the latest: a clock that is ahead for a while would let in
    again who has signed out."""
    untils = EndedSession.objects.order_by("-until").values_list("until", flat=True)
    if oldest_kept := untils[_KEPT : _KEPT + 1].first():
        EndedSession.objects.filter(until__lt=min(oldest_kept, timezone.now())).delete()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
