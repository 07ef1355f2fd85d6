"""Who may share: make embeds, see them listed and end them."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from dashboard.access.rights import is_permitted, tries_out, user_of

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

    Who is signed in needs the permission. Raises AccessUnavailable when the database would have to
    be asked and cannot be.
    """
    user = await user_of(request)
    if user is not None and await is_permitted(user, PERMISSION):
        return Sharer(user)
    return Sharer() if tries_out(request) else None
