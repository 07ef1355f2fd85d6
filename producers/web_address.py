"""WebAddress: an http or https URL that an operator wrote, as text that tells no password."""

from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from producers.vision.source import Source

_LEGAL: Final = "legal is an address such as 'https://example.org/data.json'"


class WebAddress(Source):
    """The text as it was set. `shown`, and `repr`, are without user, password and query."""

    @classmethod
    def of(cls, value: int | str | Path) -> Self:
        """Return `value` as an address. Raises ValueError where it is none of http or https."""
        address = cls(value)
        if address.scheme not in ("http", "https"):
            raise ValueError(f"it is no http or https URL; {_LEGAL}")
        try:
            parts = urlsplit(address)
            has_host, _ = bool(parts.hostname), parts.port
        except ValueError as error:
            raise ValueError(f"it is no URL ({error}); {_LEGAL}") from error
        if not has_host:
            raise ValueError(f"it names no host; {_LEGAL}")
        return address
