"""Model signals: rows that this process saves and deletes are sent, as PRODUCERS says."""

import logging
from collections.abc import Mapping
from typing import Any

from dashboard.tiles.site import producer_rows
from dashboard.tiles.stored import Stored
from dashboard.wall import sending
from producers.model import Change, ModelProducer
from producers.registry import Registry

logger = logging.getLogger(__name__)


def watch_models() -> None:
    """Watch the models of the settings' producers; to be called once all models are loaded.

    What is wrong with a row is told by the system checks.
    """
    rows = producer_rows(Stored())
    if not isinstance(rows, Mapping):
        return
    watching = {alias: row for alias, row in rows.items() if _may_watch(row)}
    for producer in Registry.build(watching).values():
        if isinstance(producer, ModelProducer) and not producer.check():
            producer.watch(_tell)


def _may_watch(row: Any) -> bool:
    """Whether it has the option that such a producer must have: so no other is imported."""
    options = row.get("OPTIONS") if isinstance(row, Mapping) else None
    return isinstance(options, Mapping) and "model" in options


def _tell(alias: str, data: dict[str, Any], change: Change, subject: str) -> None:
    """Send a change with the transaction that it is in. Who saved hears of no fault."""
    try:
        sending.send(alias, data, type=change, subject=subject, key=None, on_commit=True)
    except Exception:
        logger.exception("change of a row lost producer=%s subject=%s", alias, subject)
