"""The views of the list of embeds, and of the end of one."""

from asgiref.sync import sync_to_async
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access.access import Access
from dashboard.access.sharing import Sharer
from dashboard.embeds.listing import PER_PAGE, embeds_of, row_of
from dashboard.embeds.making import revoke
from dashboard.views.pages import not_found
from dashboard.views.require_sharer import for_sharers, framed
from producers.base import utc_now


@require_safe
@for_sharers
async def embeds(request: HttpRequest, access: Access, sharer: Sharer) -> HttpResponse:
    """The embeds that are the viewer's to see, the newest first."""
    context = framed(access, at_embeds=True)
    return await sync_to_async(_list)(request, sharer, context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_sharers
async def end(request: HttpRequest, access: Access, sharer: Sharer, key: str) -> HttpResponse:
    """Ask whether an embed is to end; what the page sends ends it."""
    embed = await embeds_of(sharer).filter(key=key).afirst()
    if embed is None:
        return not_found(request, access, "embed", key)
    if request.method == "POST" or embed.revoked is not None:
        if embed.revoked is None:
            await sync_to_async(revoke)(embed)
        return redirect("dashboard:embeds")
    context = framed(access, row=row_of(embed, utc_now()))
    return render(request, "dashboard/share/end.html", context)


def _list(request: HttpRequest, sharer: Sharer, context: dict[str, object]) -> HttpResponse:
    page = Paginator(embeds_of(sharer), PER_PAGE).get_page(request.GET.get("page"))
    now = utc_now()
    rows = [row_of(embed, now, with_maker=sharer.manages_all) for embed in page]
    return render(request, "dashboard/share/list.html", {"page": page, "rows": rows, **context})
