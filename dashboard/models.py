"""What the wall keeps in Django's database: the log's tables and the ingest tokens."""

from django.db import models


class LogHead(models.Model):
    """The one row (id 1) that numbers entries; updating it first puts all writers in line."""

    epoch = models.CharField(max_length=32)
    seq = models.BigIntegerField(default=0)
    received = models.BigIntegerField(
        default=0, help_text="when entry `seq` was received; no later entry has less"
    )

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"


class LogEntry(models.Model):
    """One entry of the log. Written and read by dashboard.log.database alone."""

    # The log gives the numbers. An auto field all the same, because only that is SQLite's own
    # row number; a plain integer key would be kept in a second tree.
    seq = models.BigAutoField(primary_key=True)
    producer = models.CharField(max_length=64)
    type = models.CharField(max_length=255)
    time = models.CharField(max_length=48, help_text="ISO 8601, with the offset it came with")
    received = models.BigIntegerField(help_text="microseconds since 1970, UTC")
    subject = models.CharField(max_length=255, null=True)  # noqa: DJ001 - None is "not said"
    key = models.CharField(max_length=255, null=True)  # noqa: DJ001 - None is "not said"
    data = models.TextField(help_text="a JSON object")

    class Meta:
        indexes = [models.Index(fields=["producer", "seq"], name="log_entry_by_producer")]

    def __str__(self) -> str:
        return f"{self.seq} {self.producer}"


class LogReceipt(models.Model):
    """That an idempotency key was used: which entries it stands for, and a digest of them."""

    producer = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    digest = models.BinaryField(max_length=32)
    first_seq = models.BigIntegerField()
    count = models.PositiveIntegerField()
    received = models.BigIntegerField(db_index=True, help_text="microseconds since 1970, UTC")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["producer", "key"], name="log_receipt_once")]

    def __str__(self) -> str:
        return f"{self.producer} {self.key}"


class IngestToken(models.Model):
    """Permission to POST. Only a digest of the secret is kept; it is shown once, when made."""

    name = models.CharField(max_length=80, unique=True)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the whole token")
    producers = models.JSONField(default=list, help_text="aliases it may post to; empty: all")
    created = models.DateTimeField(auto_now_add=True)
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
