"""Static files: servestatic's middleware, for which a missing file in DEBUG is a crash."""

from django.http import HttpRequest, HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware
from servestatic.responders import MissingFileError


class StaticFilesMiddleware(ServeStaticMiddleware):  # type: ignore[misc]
    """Lets a file that is not there be a 404, in DEBUG too: there is no page at its address."""

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            response: HttpResponseBase = await super().__call__(request)
        except MissingFileError:
            response = await self.get_response(request)
        return response
