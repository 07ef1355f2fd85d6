"""Who may arrange: change what hangs on the wall, from the wall itself."""

from typing import Final

from django.http import HttpRequest

from dashboard.access.rights import is_permitted, tries_out, user_of

PERMISSION: Final = "dashboard.change_dashboard"


async def may_arrange(request: HttpRequest) -> bool:
    """Whether whoever makes this request may: with the permission, or as who tries the wall out.

    Raises AccessUnavailable when the database would have to be asked and cannot be.
    """
    user = await user_of(request)
    return (user is not None and await is_permitted(user, PERMISSION)) or tries_out(request)
