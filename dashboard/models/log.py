"""The log's tables: entries, their numbers, and which keys were used."""

from django.db import models


class LogHead(models.Model):
    """The one row (id 1) that numbers entries; updating it first puts all writers in line."""

    epoch = models.CharField(max_length=32)
    seq = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0, help_text="when entry `seq` was received")
    boot = models.CharField(
        max_length=64, default="", help_text="which run of which machine gave that time"
    )
    booted = models.BigIntegerField(
        default=0, help_text="when that run began, by the clock as it was at entry `seq`"
    )
    probed = models.BigIntegerField(
        default=0, help_text="when it was last tried whether the log can be written"
    )

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"


class LogLeap(models.Model):
    """That the clock leapt before entry `seq`. In microseconds; see dashboard.log.leaps."""

    seq = models.BigIntegerField(primary_key=True)
    leapt = models.BigIntegerField(help_text="by how much")
    stopped = models.BigIntegerField(help_text="how long nothing ran, or the clock leapt")
    noticed = models.BigIntegerField(help_text="when, by the clock as it was after it")

    def __str__(self) -> str:
        return f"{self.seq} {self.leapt}"


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
        indexes = [
            models.Index(fields=["producer", "seq"], name="log_entry_by_producer"),
            models.Index(
                fields=["producer", "subject", "seq"],
                name="log_entry_by_subject",
                # What has none costs an append nothing.
                condition=models.Q(subject__isnull=False),
            ),
        ]

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


class LogLease(models.Model):
    """Who alone does something. Written by dashboard.log.lease_table, in line with all appends."""

    name = models.CharField(max_length=64, primary_key=True)
    number = models.BigIntegerField(help_text="grows whenever it is taken or given up")
    holder = models.CharField(max_length=200, help_text="empty: nobody holds it")
    boot = models.CharField(max_length=64, help_text="which run of which machine the holder is on")
    until = models.BigIntegerField(
        help_text="microseconds that it will have run when the lease runs out"
    )
    ttl = models.BigIntegerField(help_text="microseconds for which it was taken")

    def __str__(self) -> str:
        return f"{self.name} {self.number} {self.holder}"
