"""LogRecord: the message of a record of Python's logging, whose `%s` are filled in later."""

import ast
import re
from typing import Final

_BLANK: Final = re.compile(r"%[sdirfx]|%%")
_LONGEST: Final = 2_000


def filled_in(message: str, args: str | list[object]) -> str:
    """Return `message` with its arguments, which a form writes as Python does: `('eth0', 3)`.

    As it is where they do not fit it. Widths are not heeded: `%999999999d` is no message.
    """
    if isinstance(args, str):
        try:
            args = list(ast.literal_eval(args[:_LONGEST]))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return message
    blanks = [blank for blank in _BLANK.findall(message) if blank != "%%"]
    if len(blanks) != len(args) or not args:
        return message
    rest = iter(args)
    return _BLANK.sub(lambda blank: "%" if blank[0] == "%%" else str(next(rest)), message)
