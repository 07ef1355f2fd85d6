"""local_time_zone: the name of this machine's time zone, for a wall that is not told another."""

import os
import zoneinfo

import tzlocal
from django.core.exceptions import ImproperlyConfigured


def local_time_zone() -> str:
    """Return the IANA name of this machine's zone. Raises ImproperlyConfigured if it has none."""
    said = os.environ.get("TZ", "").removeprefix(":")
    known = zoneinfo.available_timezones()
    if said in known:
        return said
    if said and not said.startswith("/"):
        # The C library reads a rule such as JST-9, too. What is no name would be passed over, and
        # the wall would show the time of another place.
        raise _nameless(f"TZ is {said!r:.80}, which is the name of no IANA time zone")
    try:
        name = tzlocal.get_localzone_name()
    except (LookupError, OSError, ValueError) as error:
        raise _nameless(f"this machine does not tell its time zone ({error})") from error
    if name not in known:
        raise _nameless(f"this machine's time zone is {name!r:.80}, which is the name of none")
    return name


def _nameless(told: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{told}; set EVENTWALL_TIME_ZONE to one, such as Asia/Tokyo")
