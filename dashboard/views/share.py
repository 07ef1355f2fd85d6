"""The views to make an embed, and to see again what is to be copied."""

from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access.access import Access
from dashboard.access.sharing import Sharer
from dashboard.embeds.listing import embeds_of, row_of, state_of
from dashboard.embeds.making import BadEmbed, make, snippets_of
from dashboard.embeds.sharing_form import ShareForm, like
from dashboard.models import Embed
from dashboard.views.pages import not_found
from dashboard.views.require_sharer import for_sharers, framed, is_htmx
from dashboard.widgets.times import stamp
from producers.base import utc_now


@require_http_methods(["GET", "HEAD", "POST"])
@for_sharers
async def share(request: HttpRequest, access: Access, sharer: Sharer) -> HttpResponse:
    """The form, begun with `?tiles=<id>,<id>` or `?like=<key>`; what it sends makes the embed."""
    known = access.all_tiles()
    if request.method == "POST":
        form = ShareForm(request.POST, known=known)
        embed = await _made(form, sharer)
        if embed is not None:
            if is_htmx(request):
                return render(request, "dashboard/share/panel.html", _shown(request, embed))
            return redirect("dashboard:embed-shown", embed.key)
        form.focus_fault()
    else:
        form = ShareForm(known=known, initial=await _initial(request, sharer))
    heading = f"Share {form.chosen}" if form.chosen else "Make an embed"
    context = framed(access, form=form, heading=heading)
    page = "dashboard/share/panel.html" if is_htmx(request) else "dashboard/share/new.html"
    return render(request, page, context)


@require_safe
@for_sharers
async def shown(request: HttpRequest, access: Access, sharer: Sharer, key: str) -> HttpResponse:
    """What is to be copied of one embed, and how it looks."""
    embed = await embeds_of(sharer).filter(key=key).afirst()
    if embed is None:
        return not_found(request, access, "embed", key)
    return render(request, "dashboard/share/shown.html", framed(access, **_shown(request, embed)))


@require_safe
async def closed(request: HttpRequest) -> HttpResponse:
    """What the panel holds while it is closed: nothing that anybody might not see."""
    return render(request, "dashboard/share/waiting.html")


@require_safe
async def unanswered(request: HttpRequest) -> HttpResponse:
    """What the panel says when its form got no answer: kept by the browser, for want of one."""
    response = render(request, "dashboard/share/unanswered.html")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


async def _made(form: ShareForm, sharer: Sharer) -> Embed | None:
    """Return the embed that the form asks for; None when it says what is not legal."""
    if not form.is_valid():
        return None
    said = form.cleaned_data
    try:
        return await sync_to_async(make)(
            tiles=said["tiles"],
            origins=said["origins"],
            theme=said["theme"],
            expires=form.expires(utc_now()),
            by=sharer.user,
            title=said["title"],
        )
    except BadEmbed as error:
        form.tell(error)
        return None


async def _initial(request: HttpRequest, sharer: Sharer) -> dict[str, Any]:
    if "like" in request.GET:
        model = await embeds_of(sharer).filter(key=request.GET["like"]).afirst()
        return {} if model is None else like(model)
    return {"tiles": request.GET.get("tiles", "").split(",")}


def _shown(request: HttpRequest, embed: Embed) -> dict[str, Any]:
    now, base_url = utc_now(), request.build_absolute_uri("/").rstrip("/")
    return {
        "embed": embed,
        "heading": row_of(embed, now).name,
        "state": state_of(embed, now),
        "origins": embed.origins,
        "expires": stamp(embed.expires, now) if embed.expires else None,
        "snippets": snippets_of(embed, base_url),
    }
