"""Rights: what beyond looking somebody may do: by permission, or as who tries the wall out."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from dashboard.access.debug_token import may_use_debug_token
from dashboard.access.table import AccessUnavailable
from dashboard.conf import conf


async def user_of(request: HttpRequest) -> Any:
    """Return the user who is signed in, or None. Raises AccessUnavailable.

    A browser without a session's cookie is asked nothing.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not hasattr(request, "auser"):
        return None
    try:
        user: Any = await request.auser()
    except DatabaseError as error:
        raise _unavailable(error) from error
    return user if user.is_authenticated else None


async def is_permitted(user: Any, permission: str) -> bool:
    """Whether this user has a permission. Raises AccessUnavailable."""
    if not hasattr(user, "ahas_perm"):  # a model of users without permissions
        return bool(getattr(user, "is_superuser", False))
    try:
        return bool(await user.ahas_perm(permission))
    except DatabaseError as error:
        raise _unavailable(error) from error


def tries_out(request: HttpRequest) -> bool:
    """Whether nobody has to sign in, and this is somebody on the wall's own machine, with DEBUG."""
    return conf().ACCESS == "public" and may_use_debug_token(request)


def _unavailable(error: DatabaseError) -> AccessUnavailable:
    return AccessUnavailable(f"the database cannot be asked: {error}")
