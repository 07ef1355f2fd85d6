"""Stored: the producers and dashboards that are kept in the database, beside those of settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dashboard.models import StoredDashboard, StoredProducer

Rows = Mapping[str, Mapping[str, Any]]
"""Alias or slug → the row, as PRODUCERS and DASHBOARDS have it."""


SITE_CHANGED: Final = "site.changed"
"""Type of the control event after which every process reads these rows again."""


FIRST_USE: Final = "producers.auto.AutoProducer"
"""What a name becomes when something is first sent to it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Rows as they would stand in PRODUCERS and DASHBOARDS, in their order."""

    producers: Rows = field(default_factory=dict)
    dashboards: Rows = field(default_factory=dict)

    @property
    def first_used(self) -> frozenset[str]:
        """The producers that take what comes, as first use makes them."""
        rows = self.producers.items()
        return frozenset(alias for alias, row in rows if row["BACKEND"] == FIRST_USE)


def read_stored() -> Stored:
    """Return what is stored now. Blocks; raises DatabaseError."""
    return Stored(
        {row.alias: row.as_setting() for row in StoredProducer.objects.order_by("pk")},
        {row.slug: row.as_setting() for row in StoredDashboard.objects.order_by("pk")},
    )
