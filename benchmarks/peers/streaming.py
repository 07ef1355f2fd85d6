"""Django's own StreamingHttpResponse, from an async view.

Events come in by POST to /publish, one a line.
"""

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from benchmarks.peers.chain import Chain

chain = Chain[bytes]()


async def events(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(chain.follow(b": open\n\n"), content_type="text/event-stream")


async def publish(request: HttpRequest) -> HttpResponse:
    for line in request.body.split(b"\n"):
        # Made once for all: a client costs what Django and the server cost.
        chain.publish(b"event: readings\ndata: %b\n\n" % line)
    return HttpResponse()


settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="-", MIDDLEWARE=[])
urlpatterns = [path("events", events), path("publish", publish)]
application = get_asgi_application()
