"""Pages for who may look: a viewer who is not signed in is sent to do so."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeAlias

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from dashboard.access.access import Access
from dashboard.access.tickets import BadTicket, Ticket, mint, read
from dashboard.conf import conf
from dashboard.http.prefix import here
from dashboard.http.redirects import somewhere
from dashboard.views.authorize import signed_in
from producers.base import utc_now

View: TypeAlias = Callable[..., Coroutine[Any, Any, HttpResponse]]


def for_viewers(view: View) -> Callable[..., Coroutine[Any, Any, HttpResponseBase]]:
    """Call the view as `view(request, access, …)` for who may look, and nobody else.

    What it returns brings the viewer's ticket in a cookie, for the streams and pictures of the
    page: it is sent by the browser alone, to this site alone, and is in no URL or log. Where
    everybody may look, no session is read and no cookie set.
    """

    @wraps(view)
    async def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        access = await signed_in(request)
        if access.denial is not None:
            return redirect_to_login(here(request), sign_in_url())
        response = await view(request, access, *args, **kwargs)
        if access.principal is not None:
            _give_ticket(request, response, access)
            # What was to be seen is not to be found with the Back button after a logout.
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return answer


def sign_in_url() -> str:
    """Return where a viewer signs in: at the project's own page, where it has one."""
    return somewhere(settings.LOGIN_URL, "dashboard:login")


def forget_ticket(response: HttpResponseBase) -> None:
    """Take the ticket's cookie away from the browser."""
    response.delete_cookie(
        conf().TICKET_COOKIE_NAME,
        domain=settings.SESSION_COOKIE_DOMAIN,
        path=settings.SESSION_COOKIE_PATH,
    )


def _give_ticket(request: HttpRequest, response: HttpResponse, access: Access) -> None:
    if access.principal is None or access.until is None:
        return
    ticket = Ticket(
        holder=access.principal.holder,
        session=access.principal.session,
        stamp=access.principal.stamp,
        expires=access.until.replace(microsecond=0),
    )
    if _given(request) == ticket:
        return
    response.set_cookie(
        conf().TICKET_COOKIE_NAME,
        mint(ticket),
        domain=settings.SESSION_COOKIE_DOMAIN,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _given(request: HttpRequest) -> Ticket | None:
    """Return the ticket that the browser has already."""
    try:
        return read(request.COOKIES.get(conf().TICKET_COOKIE_NAME, ""), utc_now())
    except BadTicket:
        return None
