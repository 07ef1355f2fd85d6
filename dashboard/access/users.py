"""Users as holders of tickets: what the database says of them just now."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.contrib.auth import get_backends, get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from dashboard.access.access import Grant, Principal
from dashboard.access.sessions import stamps_of
from dashboard.models import EndedSession
from dashboard.tiles.site import current_site
from producers.permissions import Readers
from producers.registry import Registry

KIND = "user"


def read_users(principals: Collection[Principal]) -> dict[Principal, Grant]:
    """Return the grant of each principal that still is one; blocks, a few queries for all.

    None of a user who is gone or disabled, whose password is another or whose session ended.
    """
    users = _active(principals)
    sessions = {principal.session for principal in principals if principal.session is not None}
    ended = set(
        EndedSession.objects.filter(digest__in=sessions).values_list("digest", flat=True)
        if sessions
        else ()
    )
    registry = current_site().producers
    holders = _permission_holders(registry, users)
    found = {}
    for principal in principals:
        user = users.get(principal.holder)
        if user is None or principal.session in ended:
            continue
        if principal.stamp is None or principal.stamp in stamps_of(user):
            permissions = {name for name, pks in holders.items() if user.pk in pks}
            found[principal] = Grant(_readable(user, permissions, registry), user.get_username())
    return found


def readable_by(user: AbstractBaseUser) -> frozenset[str] | None:
    """Return the producers that an active user may read; None: all. Blocks."""
    registry = current_site().producers
    holders = _permission_holders(registry, {"": user})
    permissions = {name for name, pks in holders.items() if user.pk in pks}
    return _readable(user, permissions, registry)


def _active(principals: Iterable[Principal]) -> dict[str, Any]:
    """Return the active users among the holders, by holder."""
    model = get_user_model()
    pks = []
    for holder in {principal.holder for principal in principals}:
        try:
            pks.append(model._meta.pk.to_python(holder.partition(":")[2]))
        except ValidationError:  # of another model of users than there is now
            continue
    rows: Any = model._default_manager.filter(pk__in=pks)
    if hasattr(model, "groups"):
        rows = rows.prefetch_related("groups")
    return {f"{KIND}:{user.pk}": user for user in rows if user.is_active}


def _permission_holders(registry: Registry, users: Mapping[str, Any]) -> dict[str, set[Any]]:
    """Return permission → primary keys of those among `users` who have it.

    Only backends that can be asked for all who have a permission are, as Django's own can.
    """
    pks = [user.pk for user in users.values()]
    wanted = {name for readers in registry.readers.values() for name in readers.permissions}
    askable: list[Any] = [one for one in get_backends() if hasattr(one, "with_perm")]
    return {
        name: {
            pk
            for backend in askable
            for pk in backend.with_perm(name).filter(pk__in=pks).values_list("pk", flat=True)
        }
        for name in wanted
    }


def _readable(user: Any, permissions: set[str], registry: Registry) -> frozenset[str] | None:
    if getattr(user, "is_superuser", False):
        return None
    groups = {group.name for group in user.groups.all()} if hasattr(user, "groups") else set()
    name = user.get_username()

    def admitted(readers: Readers | None) -> bool:
        return readers is None or readers.admit(name, groups, permissions)

    aliases = [*registry, *registry.errors]
    return frozenset(alias for alias in aliases if admitted(registry.readers.get(alias)))
