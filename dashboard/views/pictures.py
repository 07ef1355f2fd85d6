"""The view of /pictures/<alias>/<id>: a stored picture, to whoever may see its producer."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from dashboard.access.access import Access
from dashboard.access.table import AccessUnavailable
from dashboard.http.direct import direct
from dashboard.http.problems import Refused, problem
from dashboard.pictures.names import is_stored_name, media_type_of
from dashboard.views.authorize import authorize_read
from dashboard.wall import current

ALLOW: Final = "GET, HEAD"

_HEADERS: Final = {
    # An id never names another picture. Not for shared caches: not everybody may see it.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@direct
async def picture(request: HttpRequest, alias: str, picture_id: str) -> HttpResponse:
    """Return the picture; 304 to who has it; 404 also where it may not be seen."""
    if request.method not in ("GET", "HEAD"):
        return problem(
            "method-not-allowed",
            f"{request.method} does nothing here; legal are {ALLOW}",
            headers={"Allow": ALLOW},
        )
    try:
        access = await authorize_read(request)
        data = await _data(access, alias, picture_id)
    except Refused as refused:
        return refused.response()
    except AccessUnavailable:
        # What the database said of its fault is not for everybody.
        return problem(
            "pictures-unavailable",
            "nobody can say just now who may see it; ask again later",
            headers={"Retry-After": "5"},
        )
    headers = _HEADERS | {"ETag": f'"{picture_id}"'}
    if access.principal is not None:
        # What was taken from a viewer does not stay in the cache for long. But a tile that is drawn
        # again, several times a second, must not ask again for each picture on it.
        headers["Cache-Control"] = "private, max-age=60"
    response = HttpResponse(data, content_type=media_type_of(picture_id), headers=headers)
    return get_conditional_response(request, etag=headers["ETag"], response=response) or response


async def _data(access: Access, alias: str, picture_id: str) -> bytes:
    data = None
    if is_stored_name(alias, picture_id) and access.reads(alias):
        store = current.current().pictures
        data = None if store is None else await store.read(alias, picture_id)
    if data is None:
        raise Refused(
            "unknown-picture",
            "there is no such picture; pictures go with the entries that showed them",
            headers={"Cache-Control": "no-store"},
        )
    return data
