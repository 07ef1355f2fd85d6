"""Source: where a camera's pictures come from, as text that tells no password."""

import re
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

SCHEMES: Final = ("http", "https", "rtsp", "rtsps", "rtmp", "udp", "tcp")

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_USER: Final = re.compile(r"(?<=://)\S*@")
_QUERY: Final = re.compile(r"(://[^\s?]*\?)\S+")
_SHORTEST_SECRET: Final = 4
"""Characters; what is shorter would be found in words that are no secret."""


class Source(str):
    """A device's number or path, a URL, a video file, a picture or a folder of pictures.

    It is the text as it was set. `shown`, and `repr`, are without the user, the password and
    the query of a URL.
    """

    @classmethod
    def of(cls, value: int | str | Path) -> Self:
        """Return `value` as a source. Raises ValueError where it is empty."""
        if not str(value).strip():
            raise ValueError("it is empty; legal is a device's number, a path or a URL")
        return cls(value)

    @property
    def is_url(self) -> bool:
        return _URL.match(self) is not None

    @property
    def scheme(self) -> str:
        return self.partition("://")[0].lower() if self.is_url else ""

    @property
    def device(self) -> int | None:
        """The number of a device; None where it is none."""
        return int(self) if self.isascii() and self.isdecimal() else None

    @property
    def shown(self) -> str:
        if not self.is_url:
            return str(self)
        return _QUERY.sub(r"\1…", _USER.sub("…@", self))

    def __repr__(self) -> str:
        return repr(self.shown)

    def hide(self, text: str) -> str:
        """Return `text` without what is secret in this source, wherever somebody told it."""
        if not self.is_url:
            return text
        text = text.replace(self, self.shown)
        for secret in sorted(self._secrets(), key=len, reverse=True):
            text = text.replace(secret, "…")
        return _QUERY.sub(r"\1…", _USER.sub("…@", text))

    def _secrets(self) -> list[str]:
        found = [match[0].rstrip("@") for match in _USER.finditer(self)]
        found += [part for user in found for part in user.split(":", 1)[1:]]
        try:
            query = urlsplit(self).query
        except ValueError:  # no host that a URL may have
            query = self.partition("?")[2]
        found += [query, *(pair.partition("=")[2] for pair in query.split("&"))]
        return [secret for secret in found if len(secret) >= _SHORTEST_SECRET]
