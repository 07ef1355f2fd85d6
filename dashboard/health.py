"""Health: what a load balancer asks. /healthz: alive. /readyz: worth sending people to."""

from django.http import HttpRequest, JsonResponse

from dashboard import runtime
from dashboard.lane import direct
from dashboard.log.base import LogUnavailable


@direct
async def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


@direct
async def readyz(request: HttpRequest) -> JsonResponse:
    """200 "ok", or "degraded" with the producers that are misconfigured; 503 when draining or
    without a log."""
    try:
        wall = await runtime.started()
        await wall.log.bounds()
    except LogUnavailable as error:
        return JsonResponse({"status": "unavailable", "detail": str(error)}, status=503)
    if wall.hub.draining or not wall.hub.ready:
        return JsonResponse({"status": "draining" if wall.hub.draining else "starting"}, status=503)
    broken = sorted(wall.producers.errors)
    return JsonResponse({"status": "degraded" if broken else "ok", "misconfigured": broken})
