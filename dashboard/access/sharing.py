"""Who may share: make embeds, see them listed and end them."""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from dashboard.access.debug_token import may_use_debug_token
from dashboard.access.table import AccessUnavailable
from dashboard.conf import conf

PERMISSION: Final = "dashboard.add_embed"


@dataclass(frozen=True, slots=True)
class Sharer:
    """Somebody who may share. `user` None: whoever sits at this machine while the wall is tried."""

    user: Any = None

    @property
    def manages_all(self) -> bool:
        """Whether the embeds of everybody are theirs to see and to end."""
        return bool(getattr(self.user, "is_superuser", False))


async def sharer_of(request: HttpRequest) -> Sharer | None:
    """Return who shares, if whoever makes this request may; else None.

    Who is signed in needs the permission. Where nobody has to sign in, anybody may who is on this
    machine, with DEBUG. A browser without a session's cookie is asked nothing. Raises
    AccessUnavailable when the database would have to be asked and cannot be.
    """
    user = await user_of(request)
    if user is not None and await _may(user):
        return Sharer(user)
    if conf().ACCESS == "public" and may_use_debug_token(request):
        return Sharer()
    return None


async def user_of(request: HttpRequest) -> Any:
    """Return the user who is signed in, or None. Raises AccessUnavailable."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not hasattr(request, "auser"):
        return None
    try:
        user: Any = await request.auser()
    except DatabaseError as error:
        raise _unavailable(error) from error
    return user if user.is_authenticated else None


async def _may(user: Any) -> bool:
    if not hasattr(user, "ahas_perm"):  # a model of users without permissions
        return bool(getattr(user, "is_superuser", False))
    try:
        return bool(await user.ahas_perm(PERMISSION))
    except DatabaseError as error:
        raise _unavailable(error) from error


def _unavailable(error: DatabaseError) -> AccessUnavailable:
    return AccessUnavailable(f"the database cannot be asked: {error}")
