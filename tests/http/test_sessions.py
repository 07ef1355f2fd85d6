"""SessionMiddleware: a session that cannot be saved when the view is over."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from dashboard.http.sessions import SessionMiddleware


class Locked(SessionStore):
    def save(self, must_create: bool = False) -> None:
        raise OperationalError("database is locked")


class LockedInAnUpdate(SessionStore):
    def save(self, must_create: bool = False) -> None:
        """Fail as Django's store does, which tells only how it was asked."""
        try:
            raise OperationalError("database is locked")
        except OperationalError:
            raise UpdateError  # noqa: B904 - as it is there


class Gone(SessionStore):
    def save(self, must_create: bool = False) -> None:
        raise UpdateError


def answer(store: type[SessionStore]) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        request.session = store()
        request.session["told"] = "added"
        return HttpResponse("done")

    response = SessionMiddleware(view)(RequestFactory().post("/admin/", {"name": "watchers"}))
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.parametrize("store", [Locked, LockedInAnUpdate])
def test_a_locked_database_is_answered_with_the_page(store: type[SessionStore]) -> None:
    response = answer(store)

    assert response.status_code == 503
    assert b'name="name" value="watchers"' in response.content
    assert not response.cookies


def test_a_session_that_was_ended_meanwhile_is_told_as_by_django() -> None:
    with pytest.raises(SessionInterrupted):
        answer(Gone)
