"""Health: what a load balancer asks. /healthz: alive. /readyz: worth sending people to."""

from django.http import HttpRequest, JsonResponse

from dashboard.access.table import AccessUnavailable
from dashboard.http.direct import direct
from dashboard.log.base import LogUnavailable
from dashboard.views.authorize import authorize_read
from dashboard.wall import current


@direct
async def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


@direct
async def readyz(request: HttpRequest) -> JsonResponse:
    """200 "ok", or "degraded" with the producers that are misconfigured, as far as who asks may
    see them, with what the clock did that no clock should, and with how the log's server should
    not be set; 503 with the reason when it drains, or for seconds had no log or was behind it."""
    try:
        wall = await current.started()
        trouble = wall.readiness.trouble()
        access = await authorize_read(request)
    except (AccessUnavailable, LogUnavailable) as error:
        return JsonResponse({"status": "unavailable", "detail": str(error)}, status=503)
    if trouble is not None:
        return JsonResponse(trouble._asdict(), status=503)
    leaps = wall.readiness.leaps
    weaknesses = wall.readiness.weaknesses
    status = "degraded" if wall.producers.errors or leaps or weaknesses else "ok"
    told: dict[str, object] = {
        "status": status,
        "misconfigured": sorted(filter(access.reads, wall.producers.errors)),
    }
    if leaps:
        told["clock"] = "; ".join(f"the clock leapt {leap}" for leap in leaps)
    if weaknesses:
        told["log"] = "; ".join(weaknesses)
    return JsonResponse(told)
