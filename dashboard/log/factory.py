"""Factory: the EVENT_LOG setting becomes a log."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from dashboard.conf import conf
from dashboard.log.base import EventLog

_KEYS: Final = {"BACKEND", "OPTIONS"}
_KNOWN: Final = (
    "dashboard.log.database.DatabaseLog, dashboard.log.redis.RedisLog, "
    "dashboard.log.memory.MemoryLog"
)


def make_log() -> EventLog:
    """Return a new log as EVENT_LOG says. Raises ImproperlyConfigured; opens nothing."""
    setting = conf().EVENT_LOG
    return backend(setting)(setting.get("OPTIONS") or {})


def backend(setting: Mapping[str, Any]) -> type[EventLog]:
    """Return the class that EVENT_LOG names. Raises ImproperlyConfigured, saying what is legal."""
    unknown = sorted(map(repr, set(setting) - _KEYS))
    if unknown:
        raise ImproperlyConfigured(
            f"EVENT_LOG has {', '.join(unknown)}: legal are 'BACKEND' and 'OPTIONS'"
        )
    path = setting.get("BACKEND")
    if not isinstance(path, str):
        raise ImproperlyConfigured(
            f"EVENT_LOG['BACKEND'] is {path!r}: legal is the dotted path of a class ({_KNOWN})"
        )
    if not isinstance(setting.get("OPTIONS") or {}, dict):
        raise ImproperlyConfigured(
            f"EVENT_LOG['OPTIONS'] is {setting['OPTIONS']!r:.80}: legal is a dict"
        )
    try:
        found = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(
            f"EVENT_LOG['BACKEND'] is {path!r}, which cannot be imported: {error} ({_KNOWN})"
        ) from error
    if not (isinstance(found, type) and issubclass(found, EventLog)):
        raise ImproperlyConfigured(
            f"EVENT_LOG['BACKEND'] is {path!r}, which is no EventLog ({_KNOWN})"
        )
    return found
