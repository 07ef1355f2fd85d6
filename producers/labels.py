"""Labels: texts beside measures, which of them is the subject, and which are kept from the wall."""

import re
from collections.abc import Mapping
from typing import Final

from producers.measures import number, quantity
from producers.stamps import moment

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
    "subject", "device", "device_id", "device_name", "sensor", "sensor_id", "entity_id", "host",
    "hostname", "node", "station", "room", "location", "id",
)  # fmt: skip
_MOVES: Final = re.compile(r"[\d\s.,:;/+-]+|now", re.IGNORECASE)
"""What is another at each reading: numbers, times."""


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


def subject_of(labels: Mapping[str, str]) -> str | None:
    """Return the label that says what is measured, else the first that may be one.

    That is no unit, no time, and none of those inside of an object.
    """
    by_name = {name.lower(): text for name, text in labels.items()}
    for name in _SUBJECTS:
        if name in by_name:
            return by_name[name]
    for name, text in by_name.items():
        changes = _MOVES.fullmatch(text) or moment(text) is not None
        if not (changes or name.endswith("unit") or " " in name):
            return text
    return None
