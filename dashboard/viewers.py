"""viewer_of: who looks, as far as it changes what is drawn."""

from django.http import HttpRequest
from django.utils import translation

from dashboard.drawing import Viewer
from dashboard.ingest.auth import may_use_debug_token
from dashboard.ingest.tokens import debug_token


def viewer_of(request: HttpRequest) -> Viewer:
    """Return the request's Viewer; it holds the debug token only where that token would work."""
    return Viewer(
        base_url=request.build_absolute_uri("/").rstrip("/"),
        token=debug_token() if may_use_debug_token(request) else None,
        language=translation.get_language() or "en",
    )
