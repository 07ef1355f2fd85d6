"""Senders that are too large, too slow or too many, against the real server."""

import http.client
import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.support.wall import ROOT, Wall

pytestmark = pytest.mark.faults


def stored(wall: Wall, producer: str = "notes") -> int:
    with closing(sqlite3.connect(wall.database)) as database:
        query = "SELECT count(*) FROM dashboard_logentry WHERE producer = ?"
        return int(database.execute(query, [producer]).fetchone()[0])


def head(wall: Wall, *lines: str) -> bytes:
    fields = [
        "POST /ingest/notes HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {wall.token}",
        "Content-Type: text/plain",
        *lines,
    ]
    return ("\r\n".join(fields) + "\r\n\r\n").encode()


def answer(client: socket.socket) -> bytes:
    data = b""
    client.settimeout(30)
    try:
        while piece := client.recv(65536):
            data += piece
            if b"\r\n\r\n" in data and data.endswith(b"}\n"):
                break
    except (TimeoutError, ConnectionResetError):
        pass
    return data


def rss(wall: Wall) -> int:
    """Resident bytes of the server."""
    assert wall.process is not None
    with open(f"/proc/{wall.process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_declared_200_megabytes_are_refused_before_they_are_sent(shared_wall: Wall) -> None:
    before = stored(shared_wall)
    with socket.create_connection(("127.0.0.1", shared_wall.port)) as client:
        client.sendall(head(shared_wall, "Content-Length: 200000000"))

        said = answer(client)

    assert said.startswith(b"HTTP/1.1 413 ")
    assert stored(shared_wall) == before


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ((), b"401"),
        (("Authorization: Bearer ew_AAAAAAAA_" + "A" * 43,), b"401"),
        (("webhook-id: a", "webhook-timestamp: 1", "webhook-signature: v1,AA=="), b"415"),
    ],
    ids=["no token", "wrong token", "signed"],
)
@pytest.mark.parametrize("length", ["Content-Length: 5000000", "Transfer-Encoding: chunked"])
def test_a_large_body_is_not_waited_for_before_its_sender_is_known(
    shared_wall: Wall, fields: tuple[str, ...], status: bytes, length: str
) -> None:
    lines = ["POST /ingest/notes HTTP/1.1", "Host: 127.0.0.1", "Content-Type: image/jpeg"]

    with socket.create_connection(("127.0.0.1", shared_wall.port)) as client:
        client.sendall("\r\n".join([*lines, length, *fields, "", ""]).encode())
        said = answer(client)

    assert said.split(b" ")[1] == status


def test_chunked_200_megabytes_are_refused_and_fill_no_memory(wall: Wall) -> None:
    before = rss(wall)
    piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"

    with socket.create_connection(("127.0.0.1", wall.port)) as client:
        client.sendall(head(wall, "Transfer-Encoding: chunked"))
        try:
            for _ in range(200_000_000 // 65536):
                client.sendall(piece)
        except OSError:
            pass
        said = answer(client)
        after = rss(wall)

    assert said.startswith(b"HTTP/1.1 413 ") or said == b""
    assert after - before < 20_000_000
    assert stored(wall) == 0


def test_a_body_at_one_byte_a_second_is_cut_off(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(INGEST_TIMEOUT=2)

    with socket.create_connection(("127.0.0.1", wall.port)) as client:
        client.sendall(head(wall, "Content-Length: 100") + b"x")
        said = answer(client)

    assert said.startswith(b"HTTP/1.1 408 ")
    assert stored(wall) == 0


def test_a_post_without_the_last_slash_is_no_redirect(shared_wall: Wall) -> None:
    headers = {"Authorization": f"Bearer {shared_wall.token}", "Content-Type": "text/plain"}

    with_slash = shared_wall.request("POST", "/ingest/notes/", "a", headers)[0]
    without = shared_wall.request("POST", "/ingest/notes", "b", headers)[0]

    assert (with_slash, without) == (201, 201)


def test_one_key_a_thousand_times_is_one_row(wall: Wall) -> None:
    """20 connections of the server and, beside it, 20 appends by another process."""
    answers: list[tuple[int, tuple[str, ...]]] = []

    def post_many() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", wall.port, timeout=30)
        headers = {
            "Authorization": f"Bearer {wall.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": "the-one",
        }
        for _ in range(50):
            connection.request("POST", "/ingest/notes", '{"text": "once"}', headers)
            response = connection.getresponse()
            answers.append((response.status, tuple(json.loads(response.read())["ids"])))
        connection.close()

    threads = [threading.Thread(target=post_many) for _ in range(20)]
    for thread in threads:
        thread.start()
    sends = [
        subprocess.run(
            [sys.executable, "manage.py", "send", "notes", "--key", "the-one", "text=once"],
            env=wall.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for _ in range(3)
    ]
    for thread in threads:
        thread.join()

    assert len(answers) == 1000
    assert {status for status, _ in answers} <= {200, 201}
    assert [status for status, _ in answers].count(201) <= 1
    assert {ids for _, ids in answers} | {(sent,) for sent in sends} == {answers[0][1]}
    assert stored(wall) == 1


def test_while_another_holds_the_database_posts_wait_and_streams_beat(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall(STREAM_HEARTBEAT=0.5)
    with closing(sqlite3.connect(wall.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with wall.events("/stream/?tiles=notes") as stream:
            posting: list[int] = []
            thread = threading.Thread(
                target=lambda: posting.append(wall.post("notes", {"text": "patience"})[0])
            )
            thread.start()
            stream.until(4, "hb")
            assert posting == []
            other.execute("ROLLBACK")
            thread.join(20)
            stream.until_text("patience", "notes")

    assert posting == [201]


def test_a_database_held_too_long_is_503_and_heals(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(STREAM_HEARTBEAT=0.5)
    with closing(sqlite3.connect(wall.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with wall.events("/stream/?tiles=notes") as stream:
            headers = {"Authorization": f"Bearer {wall.token}", "Content-Type": "text/plain"}
            status, fields, body = wall.request("POST", "/ingest/notes", "too late", headers)
            beats = len(stream.of("hb"))
            stream.until(beats + 2, "hb")
        other.execute("ROLLBACK")

    assert status == 503
    assert int(fields["retry-after"]) > 0
    assert json.loads(body)["stored"] == 0
    # Until it has been tried once more, it refuses.
    wall.until(lambda: wall.post("notes", {"text": "again"})[0] == 201)
    assert stored(wall) == 1
