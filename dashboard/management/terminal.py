"""Terminal: what is to be pasted, in signs that the terminal has."""

import json
import sys


def typeable(body: str) -> str:
    """Return a JSON body that standard output can show: where a sign is missing, escaped."""
    try:
        body.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        try:
            return json.dumps(json.loads(body))
        except ValueError:
            pass  # a text has no other way to be written
    return body
