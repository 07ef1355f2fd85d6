"""Labels: texts beside measures, which of them is the subject, and which are kept from the wall."""

import re
from collections.abc import Mapping
from typing import Final

from producers.measures import number, quantity
from producers.stamps import moment, plain

LONGEST_NAME: Final = 64
LONGEST_LABEL: Final = 255

_NAMES_LABEL: Final = re.compile(
    r"(?:.*[_\W\d])?(?:id|uid|uuid|device|sensor|node|host|hostname|name|mac|ip|ssid|serial|version"
    r"|firmware|model|room|zone|location|station|label|subject|unit)|.*[a-z](?-i:Id|ID|Name)",
    re.IGNORECASE,
)
"""Names of what is a label though it is written in digits."""
_SECRET: Final = re.compile(
    r"(?:.*[_\W])?(?:password|passwd|passkey|secret|api_?key|auth_?token|access_?token)",
    re.IGNORECASE,
)
_SECRET_TEXT: Final = re.compile(
    r"(?:.*[_\W])?(?:pass|token|auth|authorization|credentials?)", re.IGNORECASE
)
"""Names of what a sender shows to be let in, and that a wall must not show to everybody; of the
second kind where they are texts: a number called "pass" counts something."""
_NOTHING: Final = frozenset({"", "nan", "inf", "-inf", "null", "none", "unknown", "unavailable"})
"""What senders write where they have no value."""
_SUBJECTS: Final = (
    "subject", "device", "deviceid", "devicename", "sensor", "sensorid", "sensorname", "entityid",
    "friendlyname", "host", "hostname", "node", "nodeid", "station", "stationid", "room",
    "location", "id", "deveui", "mac", "serial", "serialno", "serialnumber", "topic", "tid",
)  # fmt: skip
"""Labels that say what is measured, as `plain` spells them; the first that is there does."""
_NO_SUBJECTS: Final = re.compile(
    r"units?|unitofmeasurement|uom|uptime|.*(?:version|firmware|model|type|mode|method|action)"
    r"|.*(?:state|status|reason|error|message|text|payload|raw|data|hash|signature|checksum|nonce)"
    r"|(?:.*(?:msg|message|event|duplication|request|correlation|transaction|session|trace))u?u?id"
    r"|u?uid|guid|ssid|bssid|ip|ipaddress|.*url",
)
"""Labels that say how it is measured, or of which message: many things share one, or one thing has
another each time."""
_STATES: Final = frozenset({"on", "off", "true", "false", "yes", "no", "open", "closed", "ok"})
_MOVES: Final = re.compile(r"[\d\s.,:;/+-]+|\d+T[\d:]+|now", re.IGNORECASE)
"""What is another at each reading: numbers, times, spans of time."""


def is_name(name: object) -> bool:
    """Whether a measure or label may be called so."""
    return isinstance(name, str) and 1 <= len(name) <= LONGEST_NAME and name.isprintable()


def is_secret(name: str, said: object) -> bool:
    if isinstance(said, str) and _SECRET_TEXT.fullmatch(name) is not None:
        return True
    return _SECRET.fullmatch(name) is not None


def label_of(name: str, said: object) -> str | None:
    """Return the text that a member is; None where it is a number in digits, or no text."""
    if not isinstance(said, str) or name == "value" or len(said) > LONGEST_LABEL:
        return None
    text = said.strip()
    if text.lower() in _NOTHING or not text.isprintable():
        return None
    try:
        number(text)
    except ValueError:
        is_number = quantity(text) is not None
    else:
        is_number = not (len(text) > 1 and text[0] == "0" and text.isdecimal())
    return None if is_number and not _NAMES_LABEL.fullmatch(name) else text


def named_subject(labels: Mapping[str, str]) -> str | None:
    """Return the label whose name says that it is what is measured."""
    outer = _outer(labels)
    inner: dict[str, set[str]] = {}
    for name, text in labels.items():
        inner.setdefault(plain(name.rpartition(" ")[2]), set()).add(text)
    for name in _SUBJECTS:
        if name in outer:
            return outer[name]
    for name in _SUBJECTS:
        if len(inner.get(name, ())) == 1:  # of two in one body, neither is what it is about
            return inner[name].pop()
    return None


def subject_of(labels: Mapping[str, str]) -> str | None:
    """Return the label that says what is measured, else the first that may be one.

    Within objects, whose labels are called `outer inner`, only the first kind is looked for.
    """
    if (named := named_subject(labels)) is not None:
        return named
    outer = _outer(labels).items()
    return next((text for name, text in outer if _may_be_subject(name, text)), None)


def _outer(labels: Mapping[str, str]) -> dict[str, str]:
    return {plain(name): text for name, text in labels.items() if " " not in name}


def _may_be_subject(name: str, text: str) -> bool:
    if _NO_SUBJECTS.fullmatch(name) is not None or text.lower() in _STATES:
        return False
    return _MOVES.fullmatch(text) is None and moment(text) is None
