"""The door: what a request may see. Every page, stream and picture asks here, and nowhere else."""

import re
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest

from dashboard.access import tickets
from dashboard.access.access import Access, Principal, denied, narrowed, open_producers
from dashboard.access.sessions import expiry_of, session_digest, stamp_of
from dashboard.access.tickets import BadTicket, Ticket
from dashboard.conf import conf
from dashboard.wall import current
from producers.base import utc_now

_BEARER: Final = re.compile(r"bearer +(.+)", re.IGNORECASE)


async def authorize_read(request: HttpRequest) -> Access:
    """Return what this request may see; nothing, with a refusal, when it is not let in.

    A ticket in `?t=` counts before all else, and then alone. Without one, where ACCESS is
    "public", everybody sees what names no READERS. Where it is "login", a ticket as a bearer
    token counts, else the session, or in direct views the ticket in the cookie that pages set.
    Raises AccessUnavailable when the database would have to be asked and cannot be, and what
    `started` raises.
    """
    await current.started()
    if (text := _presented(request)) is not None:
        return await by_ticket(text)
    if conf().ACCESS == "public":
        return everybody()
    if hasattr(request, "auser"):
        return await _by_session(request)
    if (text := request.COOKIES.get(conf().TICKET_COOKIE_NAME)) is not None:
        return await by_ticket(text)
    return denied("signed-out")


async def signed_in(request: HttpRequest) -> Access:
    """Return what a request for a whole page may see: whatever ticket it brings opens none."""
    await current.started()
    return everybody() if conf().ACCESS == "public" else await _by_session(request)


def everybody() -> Access:
    """Return what everybody may see where nobody signs in."""
    return _reading(open_producers())


@lru_cache(maxsize=4)
def _reading(aliases: frozenset[str] | None) -> Access:
    return Access(producers=aliases)


async def by_ticket(text: str) -> Access:
    """Return what the holder of this ticket may see. Raises AccessUnavailable."""
    try:
        ticket = tickets.read(text, utc_now())
    except BadTicket as error:
        return denied("expired" if error.reason == "expired" else "invalid", error.ticket)
    if ticket.holder == tickets.ANYONE:
        return _access(ticket, None, everybody().producers)
    principal = Principal(ticket.holder, ticket.session, ticket.stamp)
    grant = await current.current().access.grant(principal)
    if grant is None:
        return denied("ended", ticket)
    current.current().note_use(principal)
    return _access(ticket, principal, grant.producers, grant.name)


async def _by_session(request: HttpRequest) -> Access:
    # Whoever is disabled meanwhile is nobody for Django too.
    user: Any = await request.auser()
    if not user.is_authenticated:
        return denied("signed-out")
    session: Any = request.session
    principal = Principal(f"user:{user.pk}", session_digest(session.session_key), stamp_of(user))
    grant = await current.current().access.grant(principal, fresh=True)
    if grant is None:
        return denied("ended")
    return Access(
        producers=grant.producers,
        principal=principal,
        until=await expiry_of(session),
        name=grant.name,
    )


def _presented(request: HttpRequest) -> str | None:
    """Return the ticket that was given on purpose, by whoever made the request."""
    if "t" in request.GET:
        return request.GET["t"]
    if conf().ACCESS == "public":
        # A proxy in front may have bearer tokens of its own.
        return None
    bearer = _BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    return bearer[1] if bearer else None


def _access(
    ticket: Ticket, principal: Principal | None, readable: frozenset[str] | None, name: str = ""
) -> Access:
    return Access(
        producers=narrowed(readable, ticket),
        tiles=ticket.tiles,
        principal=principal,
        ticket=ticket,
        until=ticket.expires,
        name=name,
    )
