"""The doors of embeds over HTTP: headers, origins, oEmbed, stills, the style."""

import json
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from tests.embeds.conftest import FRIEND, LISTED
from tests.support.embedding import Made
from tests.support.wall import Wall


def oembed(wall: Wall, url: str, **more: str) -> tuple[int, dict[str, Any]]:
    status, _, body = wall.request("GET", f"/oembed?{urlencode({'url': url} | more)}")
    return status, json.loads(body)


def path_of(made: Made, wall: Wall) -> str:
    return made.link.removeprefix(wall.url)


def test_an_embed_may_be_framed_by_its_origins_and_nobody_else(public: Wall, made: Made) -> None:
    status, headers, body = public.request("GET", path_of(made, public))

    assert status == 200
    assert headers["content-security-policy"].endswith(f"; frame-ancestors 'self' {FRIEND}")
    assert "x-frame-options" not in headers
    assert "set-cookie" not in headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "private, no-store"
    assert b'<html lang="en" class="dark">' in body


def test_without_a_ticket_the_setting_says_who_may(public: Wall) -> None:
    headers = public.request("GET", "/embed/clock/")[1]

    assert headers["content-security-policy"].endswith(f"; frame-ancestors 'self' {LISTED}")
    assert "x-frame-options" not in headers


@pytest.mark.parametrize(
    "path", ["/embed/nothing/", "/embed/clock+nothing/", "/embed/vault/", "/embed/clock/?t=x"]
)
def test_a_refusal_may_be_framed_by_nobody(public: Wall, path: str) -> None:
    status, headers, body = public.request("GET", path)

    assert status == 403
    assert headers["content-security-policy"].endswith("; frame-ancestors 'none'")
    assert headers["x-frame-options"] == "DENY"
    assert body == public.request("GET", "/embed/no-such-tile/")[2]


@pytest.mark.parametrize("path", ["/embed/clock/", "/embed/clock.svg", "/oembed", "/embed.css"])
def test_nothing_but_reading_is_done_here(public: Wall, path: str) -> None:
    status, headers, _ = public.request("OPTIONS", path)

    assert (status, headers["allow"]) == (405, "GET, HEAD")
    assert public.request("POST", path, "x")[0] == 403


@pytest.mark.parametrize(
    ("theme", "classes"),
    [
        ("", "auto"),
        ("?theme=light", "light"),
        ("?theme=transparent", "transparent light"),
        ("?theme=transparent&scheme=dark", "transparent dark"),
        ('?theme="><b>', "auto"),
    ],
)
def test_a_page_has_the_theme_that_is_asked_for(public: Wall, theme: str, classes: str) -> None:
    body = public.request("GET", f"/embed/clock/{theme.replace('>', '%3E').replace('<', '%3C')}")[2]

    assert f'<html lang="en" class="{classes}">'.encode() in body


def test_a_guest_is_given_no_token_and_led_nowhere(public: Wall) -> None:
    page = public.request("GET", "/embed/notes/")[2].decode()
    with public.events("/stream/?tiles=notes&embed=1") as stream:
        frame = stream.until(1, "notes")[0].data

    for text in (page, frame):
        assert "Waiting for the first" in text
        assert "Bearer" not in text
        assert "/producers/" not in text


ORIGINS = [
    "null", "", "https://evil.example", "https://wiki.example", "https://wiki.example:443",
    "http://wiki.example:8443", "https://WIKI.example:8443", "https://wiki.example:8443/",
    "https://wiki.example:8443.evil.example", "https://evil.example, https://wiki.example:8443",
    "*", LISTED,
]  # fmt: skip


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_page_of_another_origin_reads_nothing(public: Wall, made: Made, origin: str) -> None:
    path = f"/stream/?tiles=clock&t={made.ticket}"

    with public.events(path, Origin=origin) as stream:
        while not stream.ended and stream.read(3):
            pass

    assert [message.type for message in stream.messages] == ["bye"]
    assert not [name for name in stream.headers if name.startswith("access-control")]
    assert "origin" in stream.headers["vary"].lower()
    assert public.request("GET", path, headers={"Origin": origin})[0] == 403


@pytest.mark.parametrize("gzip", ["gzip", "identity"])
def test_a_page_of_an_origin_that_is_named_reads_the_stream(
    public: Wall, made: Made, gzip: str
) -> None:
    path = f"/stream/?tiles=clock&t={made.ticket}"

    with public.events(path, Origin=FRIEND, Accept_Encoding=gzip) as stream:
        assert stream.headers["access-control-allow-origin"] == FRIEND
        assert stream.headers["access-control-allow-credentials"] == "true"
        assert "Origin" in stream.headers["vary"]
        assert ("Accept-Encoding" in stream.headers["vary"]) == (gzip == "gzip")
        assert stream.headers["content-encoding"] == gzip
    with public.events("/stream/?tiles=clock", Origin=LISTED) as stream:
        assert stream.headers["access-control-allow-origin"] == LISTED
    with public.events("/stream/?tiles=clock", Origin="http://127.0.0.1") as stream:
        assert stream.until(1, "clock")


def test_a_foreign_page_hears_that_its_embed_is_over(public: Wall, made: Made) -> None:
    for ticket in (made.ticket, made.ticket[:-1] + "A"):
        with public.events(f"/stream/?tiles=notes&t={ticket}", Origin=FRIEND) as stream:
            while not stream.ended and stream.read(3):
                pass
        assert [message.type for message in stream.messages] == ["bye"]
        assert "no longer shown" in stream.messages[0].data
        assert ("access-control-allow-origin" in stream.headers) == (ticket == made.ticket)


def test_oembed_gives_the_frame(public: Wall, made: Made) -> None:
    status, told = oembed(public, made.link, maxwidth="300", maxheight="4000", format="json")

    assert status == 200
    assert {name: told[name] for name in ("version", "type", "title", "width", "height")} == {
        "version": "1.0",
        "type": "rich",
        "title": "clock",
        "width": 300,
        "height": 300,
    }
    assert f'<iframe src="{made.link}" title="clock" width="300" height="300"' in told["html"]


@pytest.mark.parametrize("path", ["/embed/clock/", "/embed/clock.svg", "/producers/clock/"])
def test_oembed_knows_what_can_be_embedded(public: Wall, path: str) -> None:
    status, told = oembed(public, public.url + path)

    assert status == 200
    assert f'src="{public.url}/embed/clock/"' in told["html"]


@pytest.mark.parametrize(
    ("path", "more", "code", "status"),
    [
        ("/embed/nothing/", {}, "unknown-embed", 404),
        ("/embed/vault/", {}, "unknown-embed", 404),
        ("/producers/vault/", {}, "unknown-embed", 404),
        ("/healthz", {}, "unknown-embed", 404),
        ("/no-such-page", {}, "unknown-embed", 404),
        (".evil.example/embed/clock/", {}, "unknown-embed", 404),
        ("@evil.example/embed/clock/", {}, "unknown-embed", 404),
        ("/embed/clock/?t=x", {}, "invalid-ticket", 401),
        ("/embed/nothing/?t=x", {}, "invalid-ticket", 401),
        ("/embed/clock/", {"format": "xml"}, "format-not-made", 501),
        ("/embed/clock/", {"maxwidth": "0"}, "bad-size", 400),
        ("/embed/clock/", {"maxheight": "tall"}, "bad-size", 400),
    ],
)
def test_oembed_refuses(
    public: Wall, path: str, more: dict[str, str], code: str, status: int
) -> None:
    answer = oembed(public, public.url + path, **more)

    assert answer[0] == status
    assert answer[1]["type"].endswith(f":{code}")


@pytest.mark.parametrize(
    "url", ["", "http://[", "http://evil.example/embed/clock/", "/embed/clock/"]
)
def test_oembed_knows_no_foreign_url(public: Wall, url: str) -> None:
    assert oembed(public, url)[0] == 404


def test_pages_lead_to_their_oembed(public: Wall, made: Made) -> None:
    for path, url in ((path_of(made, public), made.link), ("/producers/clock/", None)):
        body = public.request("GET", path)[2].decode()
        href = f"{public.url}/oembed?" + urlencode(
            {"url": url or public.url + path, "format": "json"}
        )
        link = f'<link rel="alternate" type="application/json+oembed" href="{href}"'
        assert link in body.replace("&amp;", "&")


def test_a_still_is_a_picture_that_may_be_kept_a_minute(public: Wall, made: Made) -> None:
    status, headers, body = public.request("GET", "/embed/clock.svg")
    with_ticket = public.request("GET", f"/embed/clock.svg?t={made.ticket}")

    assert status == with_ticket[0] == 200
    assert headers["content-type"] == "image/svg+xml"
    assert headers["cache-control"] == "public, max-age=60"
    assert with_ticket[1]["cache-control"] == "private, max-age=60"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "unsafe" not in headers["content-security-policy"]
    assert ElementTree.fromstring(body).tag == "{http://www.w3.org/2000/svg}svg"
    assert b'class="dark"' in with_ticket[2]


def test_who_has_the_still_is_told_so(public: Wall) -> None:
    etag = public.request("GET", "/embed/notes.svg")[1]["etag"]

    assert public.request("GET", "/embed/notes.svg", headers={"If-None-Match": etag})[0] == 304
    weak = {"If-None-Match": f'"x", W/{etag}'}
    assert public.request("GET", "/embed/notes.svg", headers=weak)[0] == 304
    assert public.request("GET", "/embed/notes.svg", headers={"If-None-Match": '"x"'})[0] == 200


@pytest.mark.parametrize("name", ["vault", "nothing", "clock+notes"])
def test_a_still_of_what_is_not_to_be_seen_is_refused(public: Wall, name: str) -> None:
    status, _, body = public.request("GET", f"/embed/{name}.svg")

    assert status == 403
    assert name.encode() not in body
