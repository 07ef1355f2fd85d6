"""sse-starlette: an EventSourceResponse under Starlette.

Events come in by POST to /publish, one a line.
"""

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.peers.chain import Chain

chain = Chain[ServerSentEvent]()


async def events(request: Request) -> Response:
    return EventSourceResponse(chain.follow(ServerSentEvent(comment="open")))


async def publish(request: Request) -> Response:
    for line in (await request.body()).decode().split("\n"):
        chain.publish(ServerSentEvent(line, event="readings"))
    return Response()


application = Starlette(
    routes=[Route("/events", events), Route("/publish", publish, methods=["POST"])]
)
