"""The rows of the history: rollups, runs of states, and how far the log was read for them."""

from django.db import models


class RollupCursor(models.Model):
    """The one row (id 1) that says how far the log was rolled up."""

    epoch = models.CharField(max_length=32, default="")
    seq = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"


class Rollup(models.Model):
    """Many values as one row. Written and read by dashboard.history.store alone."""

    producer = models.CharField(max_length=64)
    subject = models.CharField(max_length=255)
    measure = models.CharField(max_length=64)
    step = models.PositiveIntegerField(help_text="seconds")
    start = models.BigIntegerField(help_text="seconds since 1970, a multiple of step")
    count = models.BigIntegerField()
    low = models.FloatField()
    high = models.FloatField()
    sum = models.FloatField()
    last = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["producer", "subject", "measure", "step", "start"], name="rollup_once"
            )
        ]
        indexes = [
            models.Index(fields=["producer", "step", "start"], name="rollup_by_producer"),
            models.Index(fields=["step", "start"], name="rollup_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.producer} {self.measure} {self.start}"


class StateRun(models.Model):
    """For how long a state held. Written and read by dashboard.history.state_store alone."""

    producer = models.CharField(max_length=64)
    subject = models.CharField(max_length=255)
    measure = models.CharField(max_length=64)
    start = models.BigIntegerField(help_text="seconds since 1970")
    seen = models.BigIntegerField(help_text="when it was last told")
    end = models.BigIntegerField(help_text="when another began; 2**62: it holds still")
    text = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["producer", "subject", "measure", "start"], name="state_run_once"
            )
        ]
        indexes = [
            models.Index(fields=["producer", "end"], name="state_run_by_producer"),
            models.Index(fields=["seen"], name="state_run_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.producer} {self.measure} {self.text}"
