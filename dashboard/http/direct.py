"""direct: marks the views that the direct lane may call."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., Awaitable[HttpResponseBase]])


def direct(view: View) -> View:
    """Mark an async view as one that needs no middleware, session or database connection."""
    view.direct = True  # type: ignore[attr-defined]
    return view
