"""What the wall keeps in Django's database: log, credentials, sessions, embeds, stored rows."""

import secrets
import string
from typing import Any, Final

from django.conf import settings
from django.db import models

from dashboard.models.history import Rollup, RollupCursor, StateRun
from dashboard.models.log import LogEntry, LogHead, LogLeap, LogLease, LogReceipt

__all__ = [
    "Embed",
    "EndedSession",
    "IngestCredential",
    "IngestToken",
    "LogEntry",
    "LogHead",
    "LogLeap",
    "LogLease",
    "LogReceipt",
    "Rollup",
    "RollupCursor",
    "StateRun",
    "StoredDashboard",
    "StoredProducer",
    "WebhookSecret",
]

_KEY_ALPHABET: Final = string.ascii_lowercase + string.digits


class EndedSession(models.Model):
    """A session that was ended before its time; what was let in on it ends too."""

    digest = models.CharField(max_length=16, primary_key=True)
    until = models.DateTimeField(db_index=True, help_text="when its tickets have run out")

    def __str__(self) -> str:
        return self.digest


class IngestCredential(models.Model):
    """One secret that lets a sender POST. While one is rotated, a name has two of them."""

    name = models.CharField(max_length=80)
    producers = models.JSONField(default=list, help_text="aliases it may post to; empty: all")
    rate = models.CharField(
        max_length=16,
        blank=True,
        default="",
        help_text="100/s, 6000/m or 1000/h; none: any; empty: INGEST_RATE",
    )
    created = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, help_text="when it ends, since it was rotated")
    revoked = models.DateTimeField(null=True)
    last_used = models.DateTimeField(null=True, help_text="to about a minute")

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(until=None, revoked=None),
                name="%(class)s_one_current",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> dict[str, Any]:
        """Return the columns that say what it allows: they stay when it is rotated."""
        return {"producers": self.producers, "rate": self.rate}


class IngestToken(IngestCredential):
    """A bearer token. Only a digest of it is kept; it is shown once, when made."""

    prefix = models.CharField(max_length=16, unique=True)
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the whole token")
    new_names = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="names of which it makes producers: `lab-*`, or `*` for any; empty: none",
    )

    def scope(self) -> dict[str, Any]:
        return {**super().scope(), "new_names": self.new_names}


class WebhookSecret(IngestCredential):
    """A key of Standard Webhooks. It checks signatures, so it is kept: sealed with SECRET_KEY."""

    sealed = models.BinaryField(max_length=256)


def make_embed_key() -> str:
    """Return 16 random characters: 82 bits, so that nobody meets an embed by chance."""
    return "".join(secrets.choice(_KEY_ALPHABET) for _ in range(16))


class Embed(models.Model):
    """Tiles that may be shown in other pages. Its ticket is made of it, and counts as it does."""

    THEMES: Final = ("auto", "light", "dark", "transparent")

    key = models.CharField(max_length=16, unique=True, default=make_embed_key, editable=False)
    title = models.CharField(max_length=80, blank=True, default="")
    tiles = models.JSONField(help_text="ids of 1 to 16 tiles")
    origins = models.JSONField(
        default=list, blank=True, help_text="who may frame it beside this wall: exact origins"
    )
    theme = models.CharField(
        max_length=16, default="auto", choices=[(theme, theme) for theme in THEMES]
    )
    expires = models.DateTimeField(null=True, blank=True, help_text="empty: never")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        # What nobody answers for is not shown.
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="shows what this user may see; empty: what everybody may",
    )
    revoked = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True, help_text="to about a minute")

    def __str__(self) -> str:
        return self.title or ", ".join(self.tiles)


class StoredProducer(models.Model):
    """A producer that was added while the wall ran: a row as PRODUCERS has it."""

    alias = models.CharField(max_length=64, unique=True)
    backend = models.CharField(max_length=255, help_text="dotted path of its class")
    options = models.JSONField(default=dict, blank=True)
    readers = models.JSONField(null=True, blank=True, help_text="null: whoever may see the wall")
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.alias

    def as_setting(self) -> dict[str, Any]:
        """Return it as it would stand in PRODUCERS."""
        row = {"BACKEND": self.backend, "OPTIONS": self.options}
        return row if self.readers is None else {**row, "READERS": self.readers}


class StoredDashboard(models.Model):
    """A dashboard that was made while the wall ran: a row as DASHBOARDS has it."""

    slug = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=80)
    tiles = models.JSONField(null=True, blank=True, help_text="null: a tile per producer")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("change_dashboard", "Can arrange what hangs on the wall")]

    def __str__(self) -> str:
        return self.title

    def as_setting(self) -> dict[str, Any]:
        """Return it as it would stand in DASHBOARDS."""
        row: dict[str, Any] = {"title": self.title}
        return row if self.tiles is None else {**row, "tiles": self.tiles}
