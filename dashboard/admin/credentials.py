"""CredentialAdmin: what the admin does with tokens and webhook secrets alike. Shows each once."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from dashboard.ingest import credentials
from dashboard.ingest.credentials import (
    BadCredential,
    noun_of,
    scope_told,
    state_of,
    tokens_changed,
)
from dashboard.ingest.rates import LEGAL
from dashboard.log.control import tell_servers
from dashboard.models import IngestCredential
from dashboard.tiles.site import current_site

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[IngestCredential]
    _ModelAdmin = admin.ModelAdmin[IngestCredential]
else:  # Django's own classes take no parameters.
    _ModelForm = forms.ModelForm
    _ModelAdmin = admin.ModelAdmin


class CredentialForm(_ModelForm):
    """Name, scope and rate; the secret is made, not typed."""

    producers = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What it may post to. None chosen: everything.",
    )
    rate = forms.CharField(
        required=False, help_text=f"Events it may send: {LEGAL}. Empty: INGEST_RATE."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        registry = current_site().producers
        # What it has now stays to be chosen, though the producer may be gone.
        known = {*registry, *registry.errors, *(self.instance.producers or ())}
        field = self.fields["producers"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(alias, alias) for alias in sorted(known)]

    def clean_name(self) -> Any:
        return self.legal("name", lambda name: credentials.check_name(self._meta.model, name))

    def clean_rate(self) -> Any:
        return self.legal("rate", credentials.check_rate)

    def legal(self, field: str, check: Callable[[Any], object]) -> Any:
        """Return the field's value; raise ValidationError when `check` raises BadCredential."""
        value = self.cleaned_data[field]
        try:
            check(value)
        except BadCredential as error:
            raise forms.ValidationError(str(error)) from error
        return value


class CredentialAdmin(_ModelAdmin):
    """What the two kinds share. Deleting would lose who could post when: revoking is the end."""

    list_display: Any = ("name", "may_post_to", "at_rate", "created", "last_used", "state")
    list_display_links = ("name",)
    search_fields = ("name",)
    ordering = ("-created",)
    actions = ("rotate", "revoke")
    form = CredentialForm
    told: ClassVar[tuple[str, ...]] = ("created", "last_used", "state")
    also: ClassVar[tuple[str, ...]] = ()
    """What only its kind asks for."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name", "producers", *self.also, "rate", *(self.told if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name", *self.told) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        ended = obj is not None and state_of(obj, datetime.now(UTC)) != "valid"
        return not ended and super().has_change_permission(request, obj)

    @method_decorator(sensitive_post_parameters("given"))
    def changeform_view(self, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(*args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            credentials.change(self.model, obj.name, **obj.scope())
        else:
            # Kept for the answer to this request, and nowhere else.
            request.made = [(obj.name, self.make(obj, form.cleaned_data))]  # type: ignore[attr-defined]
            obj.pk = self.model._default_manager.get(name=obj.name).pk
        self._tell_servers(request)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret now: a message would be kept in a cookie or the session until shown."""
        return self._show(request, request.made, [])  # type: ignore[attr-defined]

    @abstractmethod
    def make(self, obj: Any, cleaned: dict[str, Any]) -> str:
        """Store a new one and return its secret."""

    @abstractmethod
    def renew(self, name: str) -> str:
        """Store another secret of that name and return it. Raises BadCredential."""

    @admin.action(
        description="Rotate: show a new secret; the old one works 24 h more",
        permissions=["change"],
    )
    def rotate(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        made, said = [], []
        for one in _of_each_name(queryset):
            try:
                made.append((one.name, self.renew(one.name)))
                self.log_change(request, one, "Rotated.")
            except BadCredential as error:
                said.append(str(error))
        self._tell_servers(request)
        return self._show(request, made, said)

    @admin.action(description="Revoke: refuse what is sent with it, now", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for one in _of_each_name(queryset):
            try:
                credentials.revoke(self.model, one.name)
                self.log_change(request, one, "Revoked.")
                said = f"{noun_of(self.model)} {one.name!r} is revoked"
                self.message_user(request, said, messages.SUCCESS)
            except BadCredential as error:
                self.message_user(request, str(error), messages.WARNING)
        self._tell_servers(request)

    @admin.display(description="may post to")
    def may_post_to(self, obj: IngestCredential) -> str:
        return scope_told(obj)

    @admin.display(description="rate")
    def at_rate(self, obj: IngestCredential) -> str:
        return obj.rate or "default"

    @admin.display(description="state")
    def state(self, obj: IngestCredential) -> str:
        return state_of(obj, datetime.now(UTC))

    def _show(
        self, request: HttpRequest, made: list[tuple[str, str]], said: list[str]
    ) -> HttpResponse:
        options = self.model._meta
        context = self.admin_site.each_context(request) | {
            "title": "Keep it now",
            "secrets": made,
            "said": said,
            "noun": noun_of(self.model),
            "back": reverse(f"admin:{options.app_label}_{options.model_name}_changelist"),
        }
        return TemplateResponse(request, "dashboard/admin/credential.html", context)

    def _tell_servers(self, request: HttpRequest) -> None:
        def tell() -> None:
            if (trouble := tell_servers(tokens_changed())) is not None:
                self.message_user(request, trouble, messages.WARNING)

        # Afterwards: the log writes through a connection of its own, which this one keeps waiting.
        transaction.on_commit(tell)


def _of_each_name(queryset: QuerySet[Any]) -> list[Any]:
    return list({one.name: one for one in queryset.order_by("created")}.values())
