"""System checks on the dashboard's settings as a whole."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from dashboard.conf import conf
from dashboard.http.origins import BadOrigin, embed_origins, events_origins


def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """dashboard.E001: a setting has a value that is not legal."""
    try:
        conf()
    except ImproperlyConfigured as error:
        return [_illegal(str(error))]
    found = []
    for name, origins in (("EMBED_ORIGINS", embed_origins), ("EVENTS_ORIGINS", events_origins)):
        try:
            origins()
        except BadOrigin as error:
            found.append(_illegal(f"{name} is {getattr(conf(), name)!r:.80}: {error}"))
    return found


def _illegal(fault: str) -> CheckMessage:
    return Error(
        fault,
        hint="docs/settings.md lists each setting with its default and what is legal.",
        id="dashboard.E001",
    )


def stops_the_wall(message: CheckMessage) -> bool:
    """Whether the wall cannot be right with it: a wrong row of PRODUCERS keeps no other dark."""
    rows_alone = (message.id or "").startswith("producers.")
    return message.is_serious() and not message.is_silenced() and not rows_alone
