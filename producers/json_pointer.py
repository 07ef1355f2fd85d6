"""JSON pointer (RFC 6901): which value within a document is meant."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator

_LEGAL: Final = re.compile(r"(/([^~/]|~[01])*)*")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_MOST_NAMED: Final = 8


def _checked(text: str) -> str:
    if not _LEGAL.fullmatch(text):
        raise ValueError("no JSON pointer; legal is '/main/temp', '/0/price' or '' for the whole")
    return text


JsonPointer = Annotated[str, AfterValidator(_checked)]


def value_at(document: Any, pointer: str) -> Any:
    """Return the value that a legal `pointer` points to; "" is the whole.

    Raises LookupError, saying how far it leads and what is there.
    """
    value, passed = document, ""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and _INDEX.fullmatch(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            raise LookupError(f"nothing is at {pointer!r}: {passed or 'the whole'} {_told(value)}")
        passed += f"/{part}"
    return value


def _told(value: Any) -> str:
    if isinstance(value, dict):
        names = ", ".join(map(repr, [*value][:_MOST_NAMED]))
        return f"has {names:.200}" if names else "is an empty object"
    return f"is a list of {len(value)}" if isinstance(value, list) else f"is {value!r:.80}"
