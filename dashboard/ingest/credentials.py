"""Credentials: what tokens and webhook secrets share in the database: names, rotation, end."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from dashboard.ingest.rates import UNLIMITED, BadRate, rate_of
from dashboard.log.control import control_event
from dashboard.models import IngestCredential, IngestToken
from producers.events import Event

TOKENS_CHANGED: Final = "tokens.changed"
"""Type of the control event after which every process loads its credentials again."""

LONGEST_NAME: Final = 80
ANY_NAME: Final = "*"
"""As the new names of a token: all that are legal."""
GRACE: Final = timedelta(hours=24)
"""How long a rotated secret goes on working: its sender need not change in the same second."""

Credential = TypeVar("Credential", bound=IngestCredential)


class BadCredential(ValueError):
    """A credential cannot be made, rotated or revoked; the message says why and what is legal."""


def noun_of(model: type[IngestCredential]) -> str:
    """Return what messages call one: "token" or "webhook secret"."""
    return "token" if model is IngestToken else "webhook secret"


def check_name(model: type[IngestCredential], name: str) -> None:
    """Raise BadCredential when a new one cannot have that name."""
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise BadCredential(
            f"{name!r:.100} cannot name a {noun_of(model)} "
            f"(legal: 1 to {LONGEST_NAME} printable characters)"
        )
    known = model._default_manager.filter(name=name).order_by("-created").first()
    if known is not None:
        gone = f", revoked {minute(known.revoked)}," if known.revoked else ""
        raise BadCredential(
            f"there is a {noun_of(model)} {name!r}{gone} already; choose another name"
        )


def check_rate(rate: str) -> None:
    """Raise BadCredential when `rate` is no text of `rates.Rate`, nor empty."""
    try:
        rate_of(rate or UNLIMITED)
    except BadRate as error:
        raise BadCredential(str(error)) from error


def add(
    model: type[Credential], name: str, producers: Sequence[str], rate: str, **secret: Any
) -> Credential:
    """Store a new credential, of which `secret` are the columns of its own. Raises BadCredential.

    Whether the producers exist is the caller's to check.
    """
    check_name(model, name)
    check_rate(rate)
    return _insert(model, name, dict(producers=sorted(set(producers)), rate=rate, **secret))


def replace(
    model: type[Credential], name: str, grace: timedelta, now: datetime | None = None, **secret: Any
) -> Credential:
    """Store another credential of the same name, scope and rate; the old one ends after `grace`.

    Of one that was rotated before, the end is not put off. Raises BadCredential when there is
    none that is valid.
    """
    now = now or datetime.now(UTC)
    with transaction.atomic():
        current = model._default_manager.filter(name=name, until=None, revoked=None).first()
        if current is None:
            raise _not_valid(model, name)
        model._default_manager.filter(pk=current.pk).update(until=now + grace)
        return _insert(model, name, {**current.scope(), **secret})


def change(
    model: type[IngestCredential], name: str, producers: Sequence[str], rate: str, **scope: Any
) -> None:
    """Give all of that name another scope and rate, as `IngestCredential.scope` has them.

    Raises BadCredential.
    """
    check_rate(rate)
    columns = {"producers": sorted(set(producers)), "rate": rate, **scope}
    if not valid(model, datetime.now(UTC)).filter(name=name).update(**columns):
        raise _not_valid(model, name)


def revoke(model: type[IngestCredential], name: str) -> None:
    """Make all of that name worthless. Raises BadCredential when none is valid."""
    now = datetime.now(UTC)
    if not valid(model, now).filter(name=name).update(revoked=now):
        raise _not_valid(model, name)


def valid(model: type[Credential], now: datetime) -> QuerySet[Credential]:
    """Return those that let a sender in."""
    return model._default_manager.filter(Q(until=None) | Q(until__gt=now), revoked=None)


def listed(model: type[Credential]) -> list[Credential]:
    """Return all that were ever made, oldest first."""
    return list(model._default_manager.order_by("created", "pk"))


def state_of(credential: IngestCredential, now: datetime) -> str:
    """Return in words whether it lets a sender in; times are in TIME_ZONE."""
    if credential.revoked is not None:
        return f"revoked {minute(credential.revoked)}"
    if credential.until is None:
        return "valid"
    return f"{'ended' if credential.until <= now else 'valid until'} {minute(credential.until)}"


def scope_told(credential: IngestCredential) -> str:
    """Return in words what one may post to."""
    return scope_of(credential.producers, getattr(credential, "new_names", ""))


def scope_of(producers: Sequence[str], new_names: str = "") -> str:
    """Return in words what one may post to that names `producers` and `new_names`."""
    if new_names == ANY_NAME:
        return "every producer, and makes new ones"
    told = [*sorted(set(producers)), *([f"{new_names} (makes new ones)"] if new_names else [])]
    return ", ".join(told) or "every producer"


def minute(moment: datetime) -> str:
    """Return a time for people, in TIME_ZONE."""
    return f"{localtime(moment):%Y-%m-%d %H:%M}"


def tokens_changed() -> Event:
    """Return the control event that makes every process load its credentials again."""
    return control_event(TOKENS_CHANGED)


def _insert(model: type[Credential], name: str, columns: Mapping[str, Any]) -> Credential:
    try:
        with transaction.atomic():
            return model._default_manager.create(name=name, **columns)
    except IntegrityError as error:
        raise BadCredential(
            f"another {noun_of(model)} {name!r} was made at this moment; try again"
        ) from error


def _not_valid(model: type[IngestCredential], name: str) -> BadCredential:
    now, noun = datetime.now(UTC), noun_of(model)
    known = model._default_manager.filter(name=name).order_by("-created").first()
    if known is not None and known.revoked is not None:
        return BadCredential(f"{noun} {name!r} was revoked already, at {minute(known.revoked)}")
    names = sorted(set(valid(model, now).values_list("name", flat=True)))
    return BadCredential(
        f"there is no {noun} {name!r:.100}; valid ones are: {', '.join(names) or 'none'}"
    )
