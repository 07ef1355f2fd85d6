"""direct: marks the views that the direct lane may call."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., Awaitable[HttpResponseBase]])


def direct(view: View) -> View:
    """Mark an async view as one that needs no middleware, session or database connection.

    Its attribute `direct` is the view itself: what the lane calls, whatever was put around it.
    """
    view.direct = view  # type: ignore[attr-defined]
    return view
