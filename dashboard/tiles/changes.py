"""Changes: rows are stored and removed while the wall runs, if the site that they make is whole."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from dashboard.log.control import control_event, tell_servers
from dashboard.models import StoredDashboard, StoredProducer
from dashboard.tiles.looks import FIXED
from dashboard.tiles.site import BadDashboards, Site, make_site, producer_rows
from dashboard.tiles.stored import FIRST_USE, SITE_CHANGED, read_stored
from producers.events import Event


class BadChange(ValueError):
    """The change cannot be made; the message says why, and what is legal. Nothing was stored."""


def add_producer(
    alias: str, backend: str, options: dict[str, Any], readers: list[str] | None = None
) -> str | None:
    """Store a producer and have every server run it. Blocks; raises BadChange.

    Returns why running servers could not be told at once, or None.
    """
    with transaction.atomic():
        site = make_site(read_stored())
        if alias in site.aliases:
            raise BadChange(f"there is a producer {alias!r} already; choose another alias")
        try:
            with transaction.atomic():
                StoredProducer.objects.create(
                    alias=alias, backend=backend, options=options, readers=readers
                )
        except IntegrityError as error:
            raise BadChange(f"a producer {alias!r} was added at this moment") from error
        producers = make_site(read_stored()).producers
        if (fault := producers.errors.get(alias)) is not None:
            raise BadChange(str(fault))
        for found in producers[alias].check():
            if found.is_serious():
                raise BadChange(f"producer {alias!r}: {found.msg} {found.hint or ''}".rstrip())
    return _tell("producer added", alias)


def add_on_first_use(aliases: Sequence[str], most: int) -> Sequence[str]:
    """Store a producer that takes what comes for each of `aliases` that has none.

    Returns those for which there is no room: there may be `most` such producers. One that differs
    from another only in upper and lower case is not stored. Blocks; raises DatabaseError. Running
    servers are the caller's to tell.
    """
    with transaction.atomic():
        known = {str(alias).lower() for alias in producer_rows(read_stored())}
        new = [alias for alias in aliases if alias.lower() not in known]
        room = max(0, most - StoredProducer.objects.filter(backend=FIRST_USE).count())
        StoredProducer.objects.bulk_create(
            [StoredProducer(alias=alias, backend=FIRST_USE) for alias in new[:room]],
            ignore_conflicts=True,
        )
    return new[room:]


def fix_widget(alias: str, widget: str) -> str | None:
    """Have a producer of first use drawn as `widget`, or as suits what comes: `auto`.

    Returns as `add_producer` does. Blocks; raises BadChange.
    """
    with transaction.atomic():
        row = StoredProducer.objects.filter(alias=alias, backend=FIRST_USE).first()
        if row is None:
            raise BadChange(f"producer {alias!r:.100} was not made on first use")
        if widget not in FIXED:
            raise BadChange(f"{widget!r:.40} is no widget for it; legal are {', '.join(FIXED)}")
        row.options = {**row.options, "widget": widget}
        row.save()
        try:
            _site()
        except BadDashboards as error:
            raise BadChange(str(error)) from error
    return _tell("producer changed", alias)


def remove_producer(alias: str) -> str | None:
    """Remove a stored producer; its events stay in the log. Blocks; raises BadChange."""
    with transaction.atomic():
        if not StoredProducer.objects.filter(alias=alias).delete()[0]:
            raise _not_stored("producer", alias, list(read_stored().producers), _site().aliases)
        try:
            _site()
        except BadDashboards as error:
            raise BadChange(f"a dashboard of the settings shows it: {error}") from error
    return _tell("producer removed", alias)


def add_dashboard(slug: str, title: str, tiles: list[Any] | None) -> str | None:
    """Store a dashboard; `tiles` as in DASHBOARDS, None: one per producer. Raises BadChange."""
    with transaction.atomic():
        if slug in make_site(read_stored()).dashboards:
            raise BadChange(f"there is a dashboard {slug!r} already; choose another slug")
        try:
            with transaction.atomic():
                StoredDashboard.objects.create(slug=slug, title=title, tiles=tiles)
        except IntegrityError as error:
            raise BadChange(f"a dashboard {slug!r} was added at this moment") from error
        where = f"DASHBOARDS[{slug!r}]"
        faults = [
            str(one) for one in make_site(read_stored()).faults if one.where.startswith(where)
        ]
        if faults:
            raise BadChange("; ".join(faults))
    return _tell("dashboard added", slug)


def remove_dashboard(slug: str) -> str | None:
    """Remove a stored dashboard. Blocks; raises BadChange."""
    if not StoredDashboard.objects.filter(slug=slug).delete()[0]:
        raise _not_stored("dashboard", slug, list(read_stored().dashboards), _site().dashboards)
    return _tell("dashboard removed", slug)


def _site() -> Site:
    return make_site(read_stored())


def _not_stored(kind: str, name: str, stored: list[str], known: Any) -> BadChange:
    legal = ", ".join(stored) or "none"
    if name in known:
        setting = f"{kind}s".upper()
        return BadChange(
            f"{kind} {name!r} stands in {setting} in the settings: remove it there. "
            f"Stored ones are: {legal}"
        )
    return BadChange(f"there is no {kind} {name!r:.100}; stored ones are: {legal}")


def site_changed(what: str, name: str) -> Event:
    """Return the control event after which every process reads the stored rows again."""
    return control_event(SITE_CHANGED, {"what": what, "name": name})


def _tell(what: str, name: str) -> str | None:
    return tell_servers(site_changed(what, name))
