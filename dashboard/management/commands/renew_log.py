"""`manage.py renew_log`: after a backup was restored, no id stands for two events."""

import asyncio
from typing import Any, Protocol, runtime_checkable

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from dashboard.log.base import EntryId, LogUnavailable
from dashboard.log.factory import make_log


@runtime_checkable
class Renewable(Protocol):
    """A log of which an older state can be put in place."""

    async def renew(self) -> tuple[EntryId, EntryId]: ...


class Command(BaseCommand):
    help = (
        "Give the event log another epoch: to be run after an older backup was put in its place "
        "while no server ran. All entries stay; clients that resume are told that the log is "
        "another one, and read it from its oldest entry."
    )

    # A log can be renewed whatever is wrong with the producers.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            before, after = asyncio.run(_renew())
        except (ImproperlyConfigured, LogUnavailable) as error:
            raise CommandError(f"the log was not renewed: {error}") from error
        self.stdout.write(f"The newest entry was {before} and is {after} now.")
        self.stdout.write(
            "Clients that resume get `event: reset`, and go on from the oldest entry."
        )


async def _renew() -> tuple[EntryId, EntryId]:
    log = make_log()
    try:
        if not isinstance(log, Renewable):
            raise CommandError(
                f"EVENT_LOG is {type(log).__name__}, of which this command restores nothing "
                "(legal: dashboard.log.database.DatabaseLog, dashboard.log.redis.RedisLog)"
            )
        return await log.renew()
    finally:
        await log.aclose()
