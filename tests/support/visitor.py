"""Visitor: a browser without a screen: keeps cookies, signs in, opens pages and streams."""

import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.support.event_source import EventSource
from tests.support.wall import Wall

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """Speaks to one wall. Redirects are not followed."""

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return status and text."""
        return self.send("GET", path, None, headers)

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """POST a form with the token of the page at `path`, as a browser would."""
        token = _TOKEN.search(self.get(path if path != "/logout/" else "/")[1])
        assert token is not None, f"{path} has no form"
        body = urlencode({"csrfmiddlewaretoken": token[1], **fields})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, body, headers)

    def sign_in(self, name: str, password: str) -> None:
        status, text = self.post("/login/", username=name, password=password, next="/")
        assert status == 302, text
        assert self.get("/")[0] == 200

    def events(self, path: str) -> EventSource:
        """Open a stream, as EventSource of a page would."""
        return EventSource(self.wall.port, path, {"Cookie": self._cookie})

    @property
    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def send(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, str]:
        """Send a request as it is said, with the cookies; return status and text."""
        said = {"Cookie": self._cookie} | headers if self.cookies else headers
        status, fields, content = self.wall.request(method, path, body, said, self._keep)
        self.location = fields.get("location", "")
        self.headers = fields
        return status, content.decode()

    def _keep(self, header: str) -> None:
        for name, morsel in SimpleCookie(header).items():
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
