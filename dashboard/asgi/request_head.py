"""Request head: what HTTP asks of a request line and of headers, beyond what the parser does.

https://www.rfc-editor.org/rfc/rfc9112
"""

from typing import Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from dashboard.http.problems import Refused, shown

MOST_BYTES: Final = 65_536
"""Bytes of a request line, its headers and its trailers together."""

_UPGRADE: Final = (b"upgrade", b"http2-settings")

Headers = list[tuple[bytes, bytes]]


def check(url: bytes, headers: Headers, version: str) -> None:
    """Raise Refused where the request cannot be understood as its sender means it.

    The host of an absolute target takes the place of that in the Host header, so that a foreign
    one is refused as any other is.
    """
    hosts = 0
    for name, value in headers:
        if name == b"host":
            hosts += 1
        elif name == b"transfer-encoding" and value.lower() != b"chunked":
            raise Refused(
                "unsupported-transfer-coding",
                f"Transfer-Encoding is {shown(value.decode('latin-1'))}; legal is chunked alone",
                legal=["chunked"],
            )
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        raise Refused("bad-request", f"the request has {hosts} Host headers; HTTP/1.1 has one")
    if not url.startswith(b"/") and url != b"*":
        _take_authority(url, headers)


def require_size(size: int) -> None:
    """Raise Refused when a head and its trailers have more bytes than they may."""
    if size > MOST_BYTES:
        raise Refused(
            "headers-too-large",
            f"request line, headers and trailers may have {MOST_BYTES} bytes together",
            legal={"bytes": MOST_BYTES},
        )


def size_of(url: bytes, headers: Headers) -> int:
    """Return the bytes that a head has, about."""
    return len(url) + sum(len(name) + len(value) + 4 for name, value in headers)


def without_upgrade(method: bytes, version: str, url: bytes, headers: Headers) -> bytes:
    """Return the head of a request that asks for another protocol, without its asking so.

    Nothing else than HTTP/1.1 is spoken here, and then the request is an ordinary one (RFC 9110,
    7.8).
    """
    lines = [b"%b %b HTTP/%b" % (method, url, version.encode())]
    for name, value in headers:
        if name == b"connection":
            options = [option.strip() for option in value.split(b",")]
            value = b", ".join(option for option in options if option.lower() not in _UPGRADE)
        if name not in _UPGRADE and value:
            lines.append(b"%b: %b" % (name, value))
    return b"\r\n".join([*lines, b"", b""])


def last_answer(refused: Refused) -> bytes:
    """Return the whole answer to a request that no application sees."""
    response = refused.response()
    response.headers["Connection"] = "close"
    response.headers["Content-Length"] = str(len(response.content))
    headers = [b"%b: %b\r\n" % (name.encode(), said.encode()) for name, said in response.items()]
    return b"".join((STATUS_LINE[response.status_code], *headers, b"\r\n", response.content))


def _take_authority(url: bytes, headers: Headers) -> None:
    try:
        target = httptools.parse_url(url)
    except httptools.HttpParserInvalidURLError:
        target = None
    if target is None or not (target.schema and target.host and target.path):
        raise Refused("bad-request", f"the target {shown(url.decode('latin-1'))} is none")
    host = b"[%b]" % target.host if b":" in target.host else target.host
    if target.port:
        host += b":%d" % target.port
    headers[:] = [(name, value) for name, value in headers if name != b"host"]
    headers.append((b"host", host))
