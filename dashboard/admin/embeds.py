"""The admin of embeds: list, filter, end. They are made on the wall, where they can be seen."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dashboard.embeds.listing import row_of, state_of
from dashboard.embeds.making import revoke
from dashboard.models import Embed

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Embed]
else:  # Django's own class takes no parameters.
    _ModelAdmin = admin.ModelAdmin


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("shows", "shows its tiles"), ("ended", "ended or expired")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ended = Q(revoked__isnull=False) | Q(expires__lte=timezone.now())
        if self.value() == "ended":
            return queryset.filter(ended)
        return queryset.exclude(ended) if self.value() == "shows" else queryset


class EmbedAdmin(_ModelAdmin):
    """To delete one would lose who showed what to whom: its end is kept instead."""

    list_display: Any = ("name", "may_be_on", "theme", "state", "last_used", "created", "maker")
    list_filter: ClassVar[Any] = (StateFilter, "theme", "created")
    list_select_related = ("created_by",)
    search_fields = ("title", "tiles", "origins")
    ordering = ("-created",)
    actions = ("end",)
    fields = ("name", "tiles", *list_display[1:4], "expires", "revoked", *list_display[4:])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def view_on_site(self, obj: Embed) -> str:
        """Return where it is seen and copied: for its maker and for superusers."""
        return reverse("dashboard:embed-shown", args=[obj.key])

    @admin.action(description="End: show nothing any more, now", permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[Embed]) -> None:
        for embed in queryset:
            state = state_of(embed, timezone.now())
            if state.kind != "ended":
                revoke(embed)
                self.log_change(request, embed, "Ended.")
                self.message_user(request, f"embed {_name(embed)!r} has ended", messages.SUCCESS)
            else:
                said = f"embed {_name(embed)!r} was over already: {state.text}"
                self.message_user(request, said, messages.WARNING)

    @admin.display(description="embed", ordering="title")
    def name(self, obj: Embed) -> str:
        return _name(obj)

    @admin.display(description="may be on")
    def may_be_on(self, obj: Embed) -> str:
        return ", ".join(obj.origins) or "this wall only"

    @admin.display(description="state")
    def state(self, obj: Embed) -> str:
        return state_of(obj, timezone.now()).text

    @admin.display(description="made by", ordering="created_by", empty_value="nobody signed in")
    def maker(self, obj: Embed) -> Any:
        return obj.created_by


def _name(embed: Embed) -> str:
    return row_of(embed, timezone.now()).name
