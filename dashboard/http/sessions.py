"""SessionMiddleware: Django's, for which a database that cannot be used is no fault of ours."""

from collections.abc import Iterator

from django.contrib.sessions import middleware
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse

from dashboard.http.unavailable import AWAY, unavailable


class SessionMiddleware(middleware.SessionMiddleware):
    """Answers with a page, and 503, where the session cannot be saved after the view."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (*AWAY, SessionInterrupted) as error:
            for cause in _causes(error):
                if isinstance(cause, AWAY):
                    return unavailable(request, cause)
            raise


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it: a session says alike that it is gone and is locked."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
