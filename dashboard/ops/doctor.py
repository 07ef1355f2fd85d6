"""Doctor: looks at everything a wall stands on, and says what is wrong and what helps."""

import asyncio
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, TypeAlias

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from dashboard.conf import conf
from dashboard.live import descriptors
from dashboard.log.base import LogUnavailable
from dashboard.log.clock import microseconds
from dashboard.log.factory import make_log
from dashboard.log.leaps import Leap, Leaps
from dashboard.wall.peers import ask
from producers.base import utc_now

Level: TypeAlias = Literal["ok", "warning", "error"]

_LITTLE: Final = 1_000_000_000
"""Bytes of free disk space below which somebody should look."""
_TOO_LITTLE: Final = 100_000_000
"""Bytes below which SQLite's files may not find room to grow, or to shrink."""
_ANSWER_WITHIN: Final = 1.0
"""Seconds for servers to say that they run: they hear of the question within a tenth of one."""
_ONE_STYLE: Final = "dashboard/wall.css"
"""A file that must be among the collected ones."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about `subject`; `remedy` is what to do, empty when all is well."""

    level: Level
    subject: str
    told: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Return what is found, one thing after another. A look that fails is a finding, too."""
    looks: dict[str, Callable[[], Iterator[Finding]]] = {
        "settings": _settings,
        "debug": _debug,
        "database": _database,
        "log": _log,
        "servers": _servers,
        "disk": _disk,
        "descriptors": _descriptors,
        "memory": _memory,
        "static files": _static_files,
    }
    for subject, look in looks.items():
        try:
            yield from look()
        except ImproperlyConfigured:
            pass  # told by the look at the settings, which comes first
        except Exception as error:  # one look that fails must not keep the others from being had
            told = f"cannot be looked at: {type(error).__name__}: {error}"
            yield Finding("error", subject, told, "Mend what is named there, then look again.")


def _settings() -> Iterator[Finding]:
    """What `manage.py check` finds: settings, producers, dashboards, the log's database."""
    found = [message for message in checks.run_checks() if not message.is_silenced()]
    for message in found:
        level: Level = "error" if message.is_serious() else "warning"
        where = f"{message.obj}: " if message.obj is not None else ""
        hint = message.hint or "docs/settings.md says what is legal."
        yield Finding(level, "settings", f"{where}{message.msg} ({message.id})", hint)
    if not found:
        yield Finding("ok", "settings", "`manage.py check` finds nothing wrong")


def _debug() -> Iterator[Finding]:
    if settings.DEBUG:
        told = "DEBUG is on: errors show settings, and whoever is on this machine may post"
        yield Finding("warning", "debug", told, "Set EVENTWALL_DEBUG=0 where others can connect.")
    else:
        yield Finding("ok", "debug", "DEBUG is off")
    if "*" in settings.ALLOWED_HOSTS:
        told = "ALLOWED_HOSTS is '*': a page elsewhere can be made to show this wall as its own"
        remedy = "Set EVENTWALL_ALLOWED_HOSTS to the names by which the wall is asked for."
        yield Finding("warning", "hosts", told, remedy)


def _database() -> Iterator[Finding]:
    alias = _alias()
    connection = connections[alias]
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            told = f"{len(missing)} migrations are missing"
            yield Finding("error", "database", told, "Run: manage.py migrate")
        if connection.vendor == "sqlite":
            yield from _sqlite(alias)
    except DatabaseError as error:
        remedy = f"See that DATABASES[{alias!r}] can be opened and written by this user."
        yield Finding("error", "database", f"cannot be used: {error}", remedy)
    else:
        yield Finding("ok", "database", "can be reached")
    finally:
        connection.close()


def _sqlite(alias: str) -> Iterator[Finding]:
    with connections[alias].cursor() as cursor:

        def pragma(name: str) -> str:
            return str(cursor.execute(f"PRAGMA {name}").fetchone()[0]).upper()

        where = f"DATABASES[{alias!r}]['OPTIONS']['init_command']"
        if (mode := pragma("journal_mode")) != "WAL":
            told = f"journal_mode is {mode}: readers and the writer wait for each other"
            remedy = f"Set PRAGMA journal_mode=WAL in {where}, on a disk that is local."
            yield Finding("warning", "database", told, remedy)
        if pragma("synchronous") not in ("2", "3"):
            told = "synchronous is not FULL: a power cut may take acknowledged events"
            yield Finding("warning", "database", told, f"Set PRAGMA synchronous=FULL in {where}.")
        # Whether it can be written, and whether somebody keeps it locked.
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("ROLLBACK")


def _log() -> Iterator[Finding]:
    async def look() -> tuple[str, list[Leap], Sequence[str]]:
        async with aclosing(make_log()) as log:
            newest = str((await log.bounds()).newest)
            return newest, list(await log.leaps()), await log.weaknesses()

    try:
        newest, leaps, weaknesses = asyncio.run(look())
    except LogUnavailable as error:
        remedy = "Mend the database or the EVENT_LOG setting first; see above."
        yield Finding("error", "log", f"cannot be read: {error}", remedy)
    else:
        yield Finding("ok", "log", f"can be read; its newest entry is {newest}")
        for weakness in weaknesses:
            yield Finding("warning", "log", weakness, "docs/deploy.md says how it is to be set.")
        yield from _clock(leaps)


def _clock(leaps: list[Leap]) -> Iterator[Finding]:
    lately = Leaps(leaps).noticed_since(microseconds(utc_now() - timedelta(days=1)))
    for leap in lately:
        remedy = "See that this machine's time is kept by NTP, and was right when it started."
        yield Finding("warning", "clock", f"leapt {leap} before entry {leap.seq}", remedy)
    if not lately:
        yield Finding("ok", "clock", "has not leapt today")


def _servers() -> Iterator[Finding]:
    """Which servers answer."""

    async def look() -> list[str]:
        async with aclosing(make_log()) as log:
            return [*map(str, (await ask(log, _ANSWER_WITHIN)).values())] if log.shared else []

    with suppress(LogUnavailable):  # told by the look at the log
        running = asyncio.run(look())
        yield Finding("ok", "servers", "; ".join(running) or "none runs just now")


def _disk() -> Iterator[Finding]:
    name = str(connections[_alias()].settings_dict["NAME"])
    if connections[_alias()].vendor != "sqlite" or ":memory:" in name or "mode=memory" in name:
        return
    directory = Path(name).resolve().parent
    if not directory.is_dir():
        remedy = f"Make it, for this user: mkdir -p {directory}"
        yield Finding("error", "disk", f"there is no directory {directory}", remedy)
        return
    yield from _space(directory)
    try:
        # To ask for permissions would not tell of a file system that is mounted read-only.
        probe = directory / ".doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        told = f"nothing can be written in {directory}: {error.strerror}"
        remedy = "SQLite makes files beside its own: let this user write the directory, too."
        yield Finding("error", "disk", told, remedy)


def _space(directory: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(directory).free
    told = f"{free / 1e9:.1f} GB are free in {directory}"
    remedy = "Free some, or keep less: the `retention` of EVENT_LOG's OPTIONS."
    if free < _TOO_LITTLE:
        yield Finding("error", "disk", told, remedy)
    elif free < _LITTLE:
        yield Finding("warning", "disk", told, remedy)
    else:
        yield Finding("ok", "disk", told)


def _descriptors() -> Iterator[Finding]:
    wanted = conf().STREAM_MAX + descriptors.RESERVED
    most = descriptors.highest_limit()
    if most is None or most >= wanted:
        yield Finding("ok", "descriptors", f"enough for {conf().STREAM_MAX} streams")
    else:
        told = (
            f"at most {most} descriptors, so {max(1, most - descriptors.RESERVED)} streams, "
            f"not the {conf().STREAM_MAX} of STREAM_MAX"
        )
        remedy = f"Allow {wanted}: LimitNOFILE= in systemd, `ulimit -n` in a shell."
        yield Finding("warning", "descriptors", told, remedy)


def _memory() -> Iterator[Finding]:
    streams, tiles = conf().STREAM_WINDOW_MIB, conf().TILE_WINDOW_MIB
    yield Finding("ok", "memory", f"{streams} MiB of events; {tiles} MiB for a producer's tiles")


def _static_files() -> Iterator[Finding]:
    if settings.STATIC_ROOT is None:
        if settings.DEBUG:
            yield Finding("ok", "static files", "are read where they lie, for DEBUG is on")
        else:
            remedy = "Set STATIC_ROOT, and bring what is collected there; see docs/django.md"
            yield Finding("warning", "static files", "are nowhere: STATIC_ROOT is not set", remedy)
        return
    source = finders.find(_ONE_STYLE)
    collected = Path(settings.STATIC_ROOT) / _ONE_STYLE
    remedy = "Run: manage.py collectstatic (`serve` does so by itself)"
    if not collected.is_file():
        told = f"are not collected: there is no {collected}"
        yield Finding("warning", "static files", told, remedy)
    elif source and Path(source).read_bytes() != collected.read_bytes():
        yield Finding("warning", "static files", f"are outdated, such as {collected}", remedy)
    else:
        yield Finding("ok", "static files", f"are collected in {settings.STATIC_ROOT}")


def _alias() -> str:
    """Return which of DATABASES the log is in."""
    options = conf().EVENT_LOG.get("OPTIONS") or {}
    return str(options.get("alias", "default"))
