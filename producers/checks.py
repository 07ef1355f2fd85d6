"""System checks of PRODUCERS: what `manage.py check` says about each row."""

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error

from producers.config import Kind, Misconfigured
from producers.registry import Registry
from producers.state import told

IDS: Final[dict[Kind, str]] = {
    "setting": "producers.E001",
    "alias": "producers.E002",
    "twice": "producers.E003",
    "row": "producers.E004",
    "backend": "producers.E005",
    "class": "producers.E006",
    "options": "producers.E007",
}
CHECK_FAILED: Final = "producers.E008"


def check_producers(app_configs: object = None, **_: Any) -> list[CheckMessage]:
    """Return an error per broken row, and what each good producer's own `check()` returns."""
    registry = Registry.build(getattr(settings, "PRODUCERS", {}))
    messages: list[CheckMessage] = [_message(error) for error in registry.errors.values()]
    for alias, producer in registry.items():
        messages.extend(_own(alias, producer.check))
    return messages


def _message(error: Misconfigured) -> CheckMessage:
    obj = f"producer {error.alias!r}"
    return Error(error.problem + ".", hint=error.hint, obj=obj, id=IDS[error.kind])


def _own(alias: str, check: Any) -> Iterable[CheckMessage]:
    try:
        return list(check())
    except Exception as error:  # one producer's faulty check must not hide what others found
        return [
            Error(
                f"its check() fails: {told(error)}.",
                hint="Return a list of django.core.checks messages; [] when all is well.",
                obj=f"producer {alias!r}",
                id=CHECK_FAILED,
            )
        ]
