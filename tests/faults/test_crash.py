"""The server is killed; what it acknowledged is there, exactly once."""

import http.client
import json
import sqlite3
import threading
from contextlib import closing
from functools import partial

import pytest

from tests.support.wall import Wall

pytestmark = pytest.mark.faults

ROUNDS = 20
POSTERS = 4


class Poster(threading.Thread):
    """Posts numbered batches of three on one connection until the server is gone."""

    def __init__(self, wall: Wall, name: str) -> None:
        super().__init__()
        self._wall = wall
        self._token = wall.token
        self.label = name
        self.acknowledged: dict[str, list[str]] = {}

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._wall.port, timeout=10)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            for number in range(100_000):
                texts = [f"{self.label}.{number}.{part}" for part in "abc"]
                body = json.dumps([{"text": text} for text in texts])
                connection.request("POST", "/ingest/notes", body, headers)
                response = connection.getresponse()
                ids = json.loads(response.read())["ids"]
                if response.status == 201:
                    self.acknowledged.update(zip(texts, ([i] for i in ids), strict=True))
        except (OSError, http.client.HTTPException, ValueError):
            pass
        finally:
            connection.close()


def have_had(posters: list[Poster], answers: int) -> bool:
    return sum(len(poster.acknowledged) for poster in posters) > answers


@pytest.mark.timeout(300)
def test_kill_while_posting_loses_and_doubles_nothing(wall: Wall) -> None:
    acknowledged: dict[str, list[str]] = {}

    for round_number in range(ROUNDS):
        posters = [Poster(wall, f"{round_number}.{number}") for number in range(POSTERS)]
        for poster in posters:
            poster.start()
        # Kill at another moment each round: after so many answers.
        wall.until(partial(have_had, posters, 20 * (round_number + 1)))
        wall.kill()
        for poster in posters:
            poster.join()
            acknowledged.update(poster.acknowledged)
        wall.start()

    with closing(sqlite3.connect(wall.database)) as database:
        rows = database.execute(
            "SELECT seq, data FROM dashboard_logentry WHERE producer = 'notes' ORDER BY seq"
        ).fetchall()
        intact = database.execute("PRAGMA integrity_check").fetchone()
    stored = [(json.loads(data)["text"], seq) for seq, data in rows]
    by_text = dict(stored)

    assert intact == ("ok",)
    assert len(acknowledged) > ROUNDS * 20
    assert len(by_text) == len(stored), "something is stored twice"
    for text, (entry_id,) in acknowledged.items():
        assert by_text.get(text) == int(entry_id.rpartition("-")[2]), f"{text} was lost or moved"
    batches: dict[str, set[str]] = {}
    for text in by_text:
        batch, _, part = text.rpartition(".")
        batches.setdefault(batch, set()).add(part)
    assert all(parts == {"a", "b", "c"} for parts in batches.values()), "half a batch is stored"


def test_history_is_on_the_page_after_a_kill(wall: Wall) -> None:
    for value in range(10, 20):
        wall.post("readings", value)
    before = wall.request("GET", "/")[2].decode()
    wall.kill()
    wall.start()

    after = wall.request("GET", "/")[2].decode()

    points = [
        page.split('id="tile-readings"')[1].split("<polyline")[1].split("/>")[0]
        for page in (before, after)
    ]
    assert points[0] == points[1]
