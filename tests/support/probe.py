"""The site's URLs, and /probe/: what the process holds. A wall of a test has it as ROOT_URLCONF."""

import asyncio
import os

import psutil
from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from dashboard.http.direct import direct
from dashboard.wall import current


@direct
async def probe(request: HttpRequest) -> JsonResponse:
    """Return the streams admitted and those the hub knows, tasks, descriptors, and costs; of a
    CountingLog also what it was asked."""
    audiences = list(current.current().hub.audiences)
    return JsonResponse(
        {
            "admitted": current.current().admission.open,
            "streams": sum(len(audience.subscribers) for audience in audiences),
            "audiences": len(audiences),
            "tasks": len(asyncio.all_tasks()),
            "descriptors": len(os.listdir("/proc/self/fd")),
            "resident": psutil.Process().memory_info().rss,
            "cpu": sum(os.times()[:2]),
            "asked": getattr(current.current().log, "asked", None),
        }
    )


urlpatterns = [path("probe/", probe), path("", include("dashboard.urls"))]
