"""Names: what a stored picture is called, and the URL that it is fetched from."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from producers.names import why_illegal

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
"""Of a picture's id, by its ending."""

LEGAL: Final = "JPEG, PNG and WebP"

_ID: Final = re.compile(r"[0-9a-f]{32}\.(jpg|png|webp)")


def picture_id(sent: bytes, ending: str) -> str:
    """Return the id of a picture that came as `sent`.

    It is made of what came, not of what is kept, so that a retry has the same content even
    after an upgrade of what encodes pictures.
    """
    return f"{sha256(sent).hexdigest()[:32]}.{ending}"


def is_picture_id(said: object) -> bool:
    return isinstance(said, str) and _ID.fullmatch(said) is not None


def is_stored_name(alias: str, id_: str) -> bool:
    """Whether this may name a picture of a producer: no other name touches the disk."""
    return is_picture_id(id_) and why_illegal(alias) is None


def media_type_of(id_: str) -> str:
    return MEDIA_TYPES[id_.rpartition(".")[2]]


def picture_url(alias: str, said: object) -> str | None:
    """Return the URL of a producer's picture; None where `said` is no picture's id."""
    if not is_picture_id(said):
        return None
    path = reverse("dashboard:picture", args=[alias, said])
    before, after = _fetched_with.get()
    return f"{before}{path}{after}"


_fetched_with: ContextVar[tuple[str, str]] = ContextVar("fetched_with", default=("", ""))


@contextmanager
def fetched_with(base_url: str, ticket: str) -> Iterator[None]:
    """Have picture_url() return whole URLs with the ticket, for who looks on from another site."""
    token = _fetched_with.set((base_url, f"?{urlencode({'t': ticket})}"))
    try:
        yield
    finally:
        _fetched_with.reset(token)
