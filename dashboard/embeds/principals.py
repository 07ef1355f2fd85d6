"""Embeds as holders of tickets: what the database says of them just now."""

from collections.abc import Collection
from typing import Any, Final

from django.utils import timezone

from dashboard.access import users
from dashboard.access.access import Grant, Principal, open_producers
from dashboard.access.users import read_users, readable_by
from dashboard.conf import conf
from dashboard.models import Embed

KIND: Final = "embed"
"""Of holders: embed:<key>."""


def read_embeds(principals: Collection[Principal]) -> dict[Principal, Grant]:
    """Return the grant of each principal that still is one; blocks, a few queries for all.

    None of an embed that is gone, revoked or over, or whose maker is. It shows no more than its
    maker may see now; where nobody has to sign in, no more than everybody may.
    """
    keys = {principal.holder.partition(":")[2]: principal for principal in principals}
    rows = Embed.objects.filter(key__in=keys, revoked=None)
    now = timezone.now()
    valid = [row for row in rows if row.expires is None or row.expires > now]
    makers = {row.key: Principal(f"{users.KIND}:{row.created_by_id}") for row in valid}
    grant = read_users([makers[row.key] for row in valid if row.created_by_id is not None])
    is_public = conf().ACCESS == "public"
    found = {}
    for row in valid:
        if row.created_by_id is None:
            # Made where nobody signed in. Where somebody must, nobody answers for it.
            made_by = Grant(open_producers()) if is_public else None
        else:
            made_by = grant.get(makers[row.key])
        if made_by is not None:
            producers = open_producers() if is_public else made_by.producers
            found[keys[row.key]] = Grant(producers)
    return found


def readable_by_maker(user: Any) -> frozenset[str] | None:
    """Return the producers that `user` (None: nobody known) may show others; None: all. Blocks."""
    if conf().ACCESS == "public":
        return open_producers()
    if not getattr(user, "is_active", False):
        return frozenset()
    return readable_by(user)
