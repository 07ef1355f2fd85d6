"""The admin: what operators see and change at /admin/ beside Django's users and groups."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from dashboard.admin.credentials import CredentialAdmin, CredentialForm
from dashboard.admin.embeds import EmbedAdmin
from dashboard.ingest.tokens import check_new_names, create_token, rotate_token
from dashboard.ingest.webhook_secrets import (
    create_webhook_secret,
    read_secret,
    require_room,
    rotate_webhook_secret,
)
from dashboard.models import Embed, IngestToken, WebhookSecret

admin.site.register(Embed, EmbedAdmin)


class IngestTokenForm(CredentialForm):
    """Asks for new names too."""

    new_names = forms.CharField(
        required=False,
        max_length=64,
        help_text="Names of which it makes producers: a beginning such as lab-*, or * for any. "
        "With a beginning it is for such names and the producers above alone. Empty: none.",
    )

    def clean(self) -> None:
        super().clean()
        producers = self.cleaned_data.get("producers", [])
        if "new_names" in self.cleaned_data:
            check = partial(check_new_names, producers=producers)
            try:
                self.legal("new_names", check)
            except forms.ValidationError as error:
                self.add_error("new_names", error)


@admin.register(IngestToken)
class IngestTokenAdmin(CredentialAdmin):
    form = IngestTokenForm
    also = ("new_names",)
    list_display = ("name", "shape", *CredentialAdmin.list_display[1:])

    def make(self, obj: Any, cleaned: dict[str, Any]) -> str:
        return create_token(obj.name, **obj.scope())

    def renew(self, name: str) -> str:
        return rotate_token(name)

    @admin.display(description="token")
    def shape(self, obj: IngestToken) -> str:
        return f"ew_{obj.prefix}_…"


class WebhookSecretForm(CredentialForm):
    """Asks for a producer, and takes a secret that the sender's side made."""

    given = forms.CharField(
        required=False,
        label="Secret",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="The one that the sender's side shows (whsec_…). Empty: a new one is made.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["producers"].required = True
        self.fields["producers"].help_text = "What it may post to: at least one."

    def clean_producers(self) -> Any:
        is_new = self.instance.pk is None
        return self.legal("producers", require_room if is_new else list)

    def clean_given(self) -> Any:
        return self.legal("given", lambda given: given and read_secret(given))


@admin.register(WebhookSecret)
class WebhookSecretAdmin(CredentialAdmin):
    form = WebhookSecretForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = super().get_fields(request, obj)
        return fields if obj else (*fields, "given")

    def make(self, obj: Any, cleaned: dict[str, Any]) -> str:
        return create_webhook_secret(obj.name, obj.producers, obj.rate, cleaned["given"] or None)

    def renew(self, name: str) -> str:
        return rotate_webhook_secret(name)
