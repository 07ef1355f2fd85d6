"""Wording: what pydantic finds wrong, in the words of this wall: what is legal, not its types."""

from collections.abc import Mapping
from typing import Any, Final

_LEGAL: Final = {
    "string_type": "legal is a text",
    "float_type": "legal is a number",
    "float_parsing": "legal is a number",
    "finite_number": "legal is a finite number",
    "int_type": "legal is a whole number",
    "int_parsing": "legal is a whole number",
    "int_from_float": "legal is a whole number",
    "bool_type": "legal is true or false",
    "bool_parsing": "legal is true or false",
    "list_type": "legal is a list",
    "tuple_type": "legal is a list",
    "set_type": "legal is a list",
    "dict_type": "legal is an object",
    "model_type": "legal is an object",
    "model_attributes_type": "legal is an object",
    "mapping_type": "legal is an object",
    "none_required": "legal is null",
    "literal_error": "legal is {expected}",
    "enum": "legal is {expected}",
    "string_too_short": "legal is a text of {min_length} or more characters",
    "string_too_long": "legal is a text of at most {max_length} characters",
    "greater_than": "legal is more than {gt}",
    "greater_than_equal": "legal is {ge} or more",
    "less_than": "legal is less than {lt}",
    "less_than_equal": "legal is {le} or less",
    "extra_forbidden": "nothing is called so here",
}


def said(fault: Mapping[str, Any]) -> str:
    """Return what is wrong, of one of the `errors()` of a ValidationError."""
    if fault["type"] == "missing":
        return f"{str(fault['loc'][-1])!r} is missing"
    legal = _LEGAL.get(fault["type"])
    if legal is None:
        return str(fault["msg"]).removeprefix("Value error, ")
    return legal.format_map(fault.get("ctx", {}))


def told(fault: Mapping[str, Any]) -> str:
    """Return what is wrong, and the beginning of what is there, as Python writes it."""
    between = " in" if fault["type"] == "missing" else ", not"
    try:
        return f"{said(fault)}{between} {fault['input']!r:.80}"
    except ValueError:  # a whole number of thousands of digits
        return f"{said(fault)}{between} a number of too many digits"


def pointer(location: tuple[int | str, ...]) -> str:
    """Return a pydantic error location as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)
