"""The door: what a request may see. Every page, stream and picture asks here, and nowhere else."""

import re
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest

from dashboard.access import tickets
from dashboard.access.access import Access, Seat, narrowed, open_producers, refused
from dashboard.access.sessions import expiry_of, session_digest, stamp_of
from dashboard.access.tickets import BadTicket, Ticket
from dashboard.conf import conf
from dashboard.wall import runtime
from producers.base import utc_now

COOKIE: Final = "eventwall_ticket"

_BEARER: Final = re.compile(r"bearer +(.+)", re.IGNORECASE)


async def may_read(request: HttpRequest) -> Access:
    """Return what this request may see; nothing, with a refusal, when it is not let in.

    A ticket in `?t=` counts before all else, and then alone. Without one, where ACCESS is
    "public", everybody sees what names no READERS. Where it is "login", a ticket as a bearer
    token counts, else the session, or in direct views the ticket in the cookie that pages set.
    Raises AccessUnavailable when the database would have to be asked and cannot be.
    """
    if (text := _presented(request)) is not None:
        return await by_ticket(text)
    if conf().ACCESS == "public":
        return everybody()
    if hasattr(request, "auser"):
        return await _by_session(request)
    if (text := request.COOKIES.get(COOKIE)) is not None:
        return await by_ticket(text)
    return refused("signed-out")


async def signed_in(request: HttpRequest) -> Access:
    """Return what a request for a whole page may see: whatever ticket it brings opens none."""
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
        return refused("expired" if error.reason == "expired" else "invalid", error.ticket)
    if ticket.holder == tickets.ANYONE:
        return _access(ticket, None, everybody().producers)
    seat = Seat(ticket.holder, ticket.session, ticket.stamp)
    standing = await runtime.current().access.standing(seat)
    if standing is None:
        return refused("ended", ticket)
    runtime.current().note_use(seat)
    return _access(ticket, seat, standing.producers, standing.name)


async def _by_session(request: HttpRequest) -> Access:
    # Whoever is disabled meanwhile is nobody for Django too.
    user: Any = await request.auser()
    if not user.is_authenticated:
        return refused("signed-out")
    session: Any = request.session
    seat = Seat(f"user:{user.pk}", session_digest(session.session_key), stamp_of(user))
    standing = await runtime.current().access.standing(seat, fresh=True)
    if standing is None:
        return refused("ended")
    return Access(
        producers=standing.producers,
        seat=seat,
        until=await expiry_of(session),
        name=standing.name,
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
    ticket: Ticket, seat: Seat | None, readable: frozenset[str] | None, name: str = ""
) -> Access:
    return Access(
        producers=narrowed(readable, ticket),
        tiles=ticket.tiles,
        seat=seat,
        ticket=ticket,
        until=ticket.expires,
        name=name,
    )
