"""`manage.py producers`: what is registered, how it is, who runs it, and when it last spoke."""

import asyncio
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime

from dashboard.log.base import Entry, LogUnavailable
from dashboard.log.factory import make_log
from dashboard.log.lease import Lease
from dashboard.tiles.site import current_site
from producers.base import utc_now
from producers.names import CONTROL
from producers.registry import Registry
from producers.state import STATE_TYPE, ProducerState

_CONTROL_READ = 500


class Command(BaseCommand):
    help = "List the producers, their state, who runs each and when it last spoke, as the log says."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        registry = current_site().producers
        try:
            newest, states, leases = asyncio.run(look(registry))
        except LogUnavailable as error:
            raise CommandError(f"the log cannot be read: {error}") from error
        now = utc_now()
        rows = [("ALIAS", "BACKEND", "STATE", "LAST SPOKE", "RUN BY", "ERROR")]
        for alias, producer in registry.items():
            state = states.get(alias)
            backend = f"{type(producer).__module__}.{type(producer).__qualname__}"
            entry = newest[alias]
            spoke = localtime(entry.received).strftime("%Y-%m-%d %H:%M:%S") if entry else "never"
            status = state.status if state else "not started"
            lease = leases.get(alias)
            holder = lease.holder if lease and not lease.free else ""
            said = state.said(now) if state else ""
            rows.append((alias, backend, status, spoke, holder, said))
        rows += [
            (alias, "", "misconfigured", "", "", str(e)) for alias, e in registry.errors.items()
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


async def look(
    registry: Registry,
) -> tuple[dict[str, Entry | None], dict[str, ProducerState], Mapping[str, Lease]]:
    """Return the newest entry and the last told state of each producer, and the leases."""
    log = make_log()
    try:
        newest: dict[str, Entry | None] = {}
        for alias in registry:
            newest[alias] = next(iter(await log.latest(alias, 1)), None)
        told = await log.latest(CONTROL, _CONTROL_READ)
        leases = await log.leases()
    finally:
        await log.aclose()
    states = [ProducerState.of(entry.event) for entry in told if entry.event.type == STATE_TYPE]
    return newest, {state.alias: state for state in states}, leases
