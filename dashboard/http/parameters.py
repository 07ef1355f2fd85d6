"""Parameters: a query may have the known ones alone, since what is misspelled would do nothing."""

from collections.abc import Callable, Coroutine, Iterable
from functools import wraps
from typing import Any, TypeAlias

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponseBase

from dashboard.http.problems import LONGEST_DETAIL, Refused, printable, shown

View: TypeAlias = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def with_parameters(*known: str) -> Callable[[View], View]:
    """Return a decorator of an async view that answers 400 to other parameters than `known`."""

    def decorate(view: View) -> View:
        @wraps(view)
        async def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                require_known(request, known)
            except Refused as refused:
                return refused.response()
            return await view(request, *args, **kwargs)

        return checked

    return decorate


def require_known(request: HttpRequest, known: Iterable[str]) -> None:
    """Raise Refused when the query of `request` has a parameter that is not `known`."""
    if not request.META.get("QUERY_STRING"):
        return
    legal = list(known)
    try:
        names = list(request.GET)
    except TooManyFieldsSent:
        raise Refused("bad-request", "the query has too many parameters") from None
    for name in names:
        if name not in legal:
            detail = f"?{shown(name)}= is not known here; legal are {', '.join(legal) or 'none'}"
            raise Refused(
                "unknown-parameter",
                detail,
                errors=[{"parameter": shown(name), "detail": printable(detail, LONGEST_DETAIL)}],
                legal=legal,
            )
