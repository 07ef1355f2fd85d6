"""Readers: who may read a producer's events, as its row of PRODUCERS names them."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

EXAMPLE: Final = '["group:ops", "user:anna", "perm:app.view_door"]'

_READER: Final = re.compile(r"(group|user|perm):(\S(?:.*\S)?)")
_PERMISSION: Final = re.compile(r"[^.]+\.[^.]+")


class BadReaders(ValueError):
    """READERS cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Names of users, names of groups and permissions; each of them is enough."""

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()

    def admit(self, user: str, groups: Set[str], permissions: Set[str]) -> bool:
        """Return whether one who has this name, these groups and permissions may read."""
        return (
            user in self.users
            or not self.groups.isdisjoint(groups)
            or not self.permissions.isdisjoint(permissions)
        )


NOBODY: Final = Readers()


def read_readers(value: object) -> Readers:
    """Return who READERS names; an empty list is nobody. Raises BadReaders."""
    if not isinstance(value, list | tuple | set | frozenset):
        raise BadReaders(f"is {value!r:.80}, no list")
    found: dict[str, set[str]] = {"user": set(), "group": set(), "perm": set()}
    for item in value:
        match = _READER.fullmatch(item) if isinstance(item, str) else None
        if match is None:
            raise BadReaders(f"has {item!r:.80}, which is none of group:, user: and perm:")
        if match[1] == "perm" and not _PERMISSION.fullmatch(match[2]):
            raise BadReaders(f"has {item!r:.80}, which is no <app label>.<codename>")
        found[match[1]].add(match[2])
    return Readers(*(frozenset(found[kind]) for kind in ("user", "group", "perm")))


def readers_of(setting: Mapping[str, object]) -> dict[str, Readers]:
    """Return alias → readers, for the rows of PRODUCERS that name any.

    READERS that cannot be read, or are misspelt, are nobody: what was meant to be kept back
    stays so.
    """
    found = {}
    for alias, row in setting.items():
        keys = row if isinstance(row, Mapping) else ()
        if any(isinstance(key, str) and key.casefold().startswith("read") for key in keys):
            found[str(alias)] = _or_nobody(row)
    return found


def _or_nobody(row: Any) -> Readers:
    try:
        return read_readers(row.get("READERS"))
    except BadReaders:
        return NOBODY
