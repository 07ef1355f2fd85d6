"""Descriptors: how many files and sockets this process may have open."""

import resource
from typing import Final

RESERVED: Final = 64
"""Descriptors that streams leave alone: for POSTs, pages, the database and its log."""


def limit() -> int | None:
    """Return how many this process may have open now; None: any number."""
    return _number(resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def highest_limit() -> int | None:
    """Return the limit that `raise_limit` can reach; None: any number."""
    return _number(resource.getrlimit(resource.RLIMIT_NOFILE)[1])


def raise_limit(wanted: int) -> None:
    """Let this process have `wanted` open, or as many as it may allow itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _number(soft) is not None and soft < wanted:
        most = wanted if _number(hard) is None else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _number(limit: int) -> int | None:
    return None if limit == resource.RLIM_INFINITY else limit
