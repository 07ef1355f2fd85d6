"""HTTP/1.1 on the wire: what is bounded, what is refused, and what is read all the same."""

import contextlib
import http.client
import json
import re
import socket
import sqlite3
from collections.abc import Iterator

import psutil
import pytest

from tests.support.wall import Wall

LIMIT = 65_536


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    wall = Wall(tmp_path_factory.mktemp("protocol") / "wall", {}, debug=True)
    wall.start()
    yield wall
    wall.stop()


def connected(wall: Wall) -> socket.socket:
    return socket.create_connection(("127.0.0.1", wall.port), timeout=20)


def head(wall: Wall, *lines: str, target: str = "/ingest/notes", version: str = "1.1") -> bytes:
    """Return the head of a POST; each of `lines` is a header."""
    said = ["Host: 127.0.0.1", f"Authorization: Bearer {wall.token}", *lines]
    return "\r\n".join([f"POST {target} HTTP/{version}", *said, "", ""]).encode()


def answer_of(connection: socket.socket) -> tuple[int, bytes]:
    """Return status and body of the next answer; 0 when the connection was cut instead."""
    try:
        response = http.client.HTTPResponse(connection)
        response.begin()
        return response.status, response.read()
    except (http.client.HTTPException, OSError):
        return 0, b""


def ask(wall: Wall, request: bytes) -> tuple[int, bytes]:
    with connected(wall) as connection:
        with contextlib.suppress(OSError):  # it may be cut before it has said all
            connection.sendall(request)
        return answer_of(connection)


def stored(wall: Wall) -> int:
    """Return how many notes the log holds."""
    with contextlib.closing(sqlite3.connect(wall.database)) as database:
        counted = database.execute(
            "SELECT COUNT(*) FROM dashboard_logentry WHERE producer = 'notes'"
        )
        return int(counted.fetchone()[0])


def code(body: bytes) -> str:
    return str(json.loads(body)["type"]).removeprefix("urn:eventwall:problem:")


class TestBounds:
    @pytest.mark.parametrize("length", [LIMIT + 1_000, 5_000_000])
    @pytest.mark.parametrize("kind", ["one header", "many headers", "target"])
    def test_a_head_without_end_is_refused_or_cut(self, wall: Wall, length: int, kind: str) -> None:
        many = [f"X-{n}: {'y' * 90}" for n in range(length // 90)]
        request = {
            "one header": lambda: head(wall, "X: " + "y" * length),
            "many headers": lambda: head(wall, *many),
            "target": lambda: head(wall, target="/ingest/notes?" + "y" * length),
        }[kind]()

        status, body = ask(wall, request)

        assert status in (431, 0)
        assert status == 0 or code(body) == "headers-too-large"

    def test_a_head_that_is_never_ended_is_cut_too(self, wall: Wall) -> None:
        with connected(wall) as connection:
            sent = 0
            try:
                while sent < 5_000_000:
                    sent += connection.send(b"GET / HTTP/1.1\r\nX: " + b"y" * 10_000)
                status, _ = answer_of(connection)
            except OSError:
                status = 0

        assert status in (431, 400, 0)
        assert sent < 5_000_000

    def test_a_head_as_large_as_it_may_be_is_read(self, wall: Wall) -> None:
        request = head(wall, "X: " + "y" * (LIMIT - 2_000), "Content-Length: 4")

        assert ask(wall, request + b"door")[0] == 201

    def test_the_body_beside_a_head_does_not_count(self, wall: Wall) -> None:
        text = json.dumps({"text": "x", "data": "y" * 200_000}).encode()
        request = head(wall, "Content-Type: application/json", f"Content-Length: {len(text)}")

        with connected(wall) as connection:
            last = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
            connection.sendall((request + text) * 2 + last + text)
            said = b"".join(iter(lambda: connection.recv(65_536), b""))

        assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"201"] * 3

    @pytest.mark.parametrize("piece", [b"X: " + b"y" * 1_000 + b"\r\n", b"y" * 1_000])
    def test_trailers_without_end_are_cut_and_not_kept(self, wall: Wall, piece: bytes) -> None:
        assert wall.process is not None
        process = psutil.Process(wall.process.pid)
        before = process.memory_info().rss
        with connected(wall) as connection:
            connection.sendall(head(wall, "Transfer-Encoding: chunked") + b"4\r\ndoor\r\n0\r\nY: ")
            sent = 0
            try:
                while sent < 30_000_000:
                    sent += connection.send(piece * 64)
            except OSError:
                pass

        assert sent < 30_000_000
        assert process.memory_info().rss - before < 20_000_000

    def test_words_beside_a_chunk_s_size_are_bounded(self, wall: Wall) -> None:
        with connected(wall) as connection:
            connection.sendall(head(wall, "Transfer-Encoding: chunked") + b"4;x=")
            sent = 0
            try:
                while sent < 30_000_000:
                    sent += connection.send(b"y" * 64_000)
            except OSError:
                pass

        assert sent < 30_000_000

    def test_a_few_trailers_are_passed_over(self, wall: Wall) -> None:
        request = head(wall, "Transfer-Encoding: chunked", "Trailer: X")

        assert ask(wall, request + b"4\r\ndoor\r\n0\r\nX: y\r\nHost: evil\r\n\r\n")[0] == 201

    def test_trailers_behind_an_answer_end_the_connection(self, wall: Wall) -> None:
        request = head(wall, "Transfer-Encoding: chunked").replace(b"Bearer ", b"Bearer x")
        with connected(wall) as connection:
            connection.sendall(request + b"4\r\ndoor\r\n")
            status, _ = answer_of(connection)
            try:
                connection.sendall(b"0\r\nX: y\r\nY: z\r\n")
                rest = connection.recv(1_000)
            except OSError:
                rest = b""

        assert (status, rest) == (401, b"")


class TestWhatIsNoHTTP:
    def test_behind_a_whole_request_does_not_take_its_answer(self, wall: Wall) -> None:
        """Senders that count characters for bytes say too short a length."""
        with connected(wall) as connection:
            connection.sendall(head(wall, "Content-Length: 4") + b"doorJUNK\r\n\r\n")
            status, _ = answer_of(connection)
            rest = connection.recv(1_000)

        assert (status, rest) == (201, b"")

    @pytest.mark.parametrize(
        "body",
        [b"-4\r\ndoor", b"4\ndoor\n0\n\n", b"4\r\ndoor0\r\n\r\n", b"f" * 18 + b"\r\ndoor"],
    )
    def test_in_a_body_is_told_and_nothing_is_stored(self, wall: Wall, body: bytes) -> None:
        before = stored(wall)

        status, said = ask(wall, head(wall, "Transfer-Encoding: chunked") + body)

        assert (status, code(said)) == (400, "bad-request")
        assert stored(wall) == before

    def test_behind_another_request_cuts_only_itself(self, wall: Wall) -> None:
        first = head(wall, "Content-Length: 4") + b"door"
        with connected(wall) as connection:
            connection.sendall(first + head(wall, "Transfer-Encoding: chunked") + b"-4\r\n")
            said = b""
            with contextlib.suppress(OSError):
                said = b"".join(iter(lambda: connection.recv(65_536), b""))

        assert said.count(b"HTTP/1.1 201") <= 1
        assert wall.request("GET", "/healthz")[0] == 200

    def test_an_end_within_a_body_is_told_and_stores_nothing(self, wall: Wall) -> None:
        before = stored(wall)
        with connected(wall) as connection:
            connection.sendall(head(wall, "Content-Length: 9") + b"door")
            connection.shutdown(socket.SHUT_WR)
            status, said = answer_of(connection)

        assert (status, "before its body was whole" in said.decode()) == (400, True)
        assert stored(wall) == before


class TestUpgrade:
    UPGRADE = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")

    def test_a_body_with_a_length_is_read(self, wall: Wall) -> None:
        request = head(wall, *self.UPGRADE, "Content-Length: 4") + b"door"

        assert ask(wall, request)[0] == 201

    def test_a_body_that_comes_later_and_in_chunks_is_read(self, wall: Wall) -> None:
        with connected(wall) as connection:
            said = head(wall, *self.UPGRADE, "Transfer-Encoding: chunked")
            for piece in (said[:50], said[50:-3], said[-3:], b"4\r\ndo", b"or\r\n", b"0\r\n\r\n"):
                connection.sendall(piece)
            status, body = answer_of(connection)

        assert status == 201, body

    @pytest.mark.parametrize("protocol", ["websocket", "TLS/1.2", "h2c, foo"])
    def test_other_protocols_are_not_spoken(self, wall: Wall, protocol: str) -> None:
        upgrade = ("Connection: keep-alive, Upgrade", f"Upgrade: {protocol}", "Content-Length: 4")

        assert ask(wall, head(wall, *upgrade) + b"door")[0] == 201

    def test_the_connection_is_kept_for_the_next(self, wall: Wall) -> None:
        with connected(wall) as connection:
            request = head(wall, *self.UPGRADE, "Content-Length: 4") + b"door"
            last = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            connection.sendall(request + request + last)
            said = b"".join(iter(lambda: connection.recv(65_536), b""))

        assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"201", b"201", b"200"]

    def test_a_get_gets_its_answer(self, wall: Wall) -> None:
        request = "\r\n".join(["GET /healthz HTTP/1.1", "Host: localhost", *self.UPGRADE, "", ""])

        assert ask(wall, request.encode())[0] == 200


class TestRefusals:
    @pytest.mark.parametrize(
        ("lines", "status"),
        [
            (("Transfer-Encoding: gzip, chunked",), 501),
            (("Transfer-Encoding: identity",), 501),
            (("Host: other", "Content-Length: 4"), 400),
        ],
    )
    def test_what_cannot_be_understood(
        self, wall: Wall, lines: tuple[str, ...], status: int
    ) -> None:
        answered, body = ask(wall, head(wall, *lines) + b"4\r\ndoor\r\n0\r\n\r\n")

        assert answered == status
        assert json.loads(body)["status"] == status

    @pytest.mark.parametrize(("version", "status"), [("1.1", 400), ("1.0", 201)])
    def test_a_host_is_needed_in_http_1_1(self, wall: Wall, version: str, status: int) -> None:
        request = head(wall, "Content-Length: 4", version=version).replace(
            b"Host: 127.0.0.1\r\n", b""
        )

        assert ask(wall, request + b"door")[0] == status

    @pytest.mark.parametrize(
        ("target", "status"),
        [
            ("http://127.0.0.1/ingest/notes", 201),
            ("http://localhost:8000/ingest/notes", 201),
            ("http://evil.example/ingest/notes", 400),
            ("//evil.example/ingest/notes", 404),
            ("evil.example:80", 400),
        ],
    )
    def test_the_host_of_an_absolute_target_counts(
        self, wall: Wall, target: str, status: int
    ) -> None:
        request = head(wall, "Content-Length: 4", target=target) + b"door"

        assert ask(wall, request)[0] == status

    def test_no_proxy_is_here(self, wall: Wall) -> None:
        assert ask(wall, b"CONNECT a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\n")[0] == 400

    def test_what_is_no_http(self, wall: Wall) -> None:
        status, body = ask(wall, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")

        assert (status, code(body)) == (400, "bad-request")


def test_who_sends_no_more_gets_the_answer(wall: Wall) -> None:
    with connected(wall) as connection:
        connection.sendall(head(wall, "Content-Length: 4") + b"door")
        connection.shutdown(socket.SHUT_WR)
        status, body = answer_of(connection)
        rest = connection.recv(1)

    assert status == 201, body
    assert rest == b""
