"""Several workers behind one socket: one wall, whichever of them dies or is replaced."""

import http.client
import json
import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.event_source import EventSource
from tests.support.wall import Wall

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

SETTINGS = {
    "PRODUCERS": {
        "tick": {"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 0.2}},
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
    },
    "STREAM_DRAIN": 0.5,
}


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[Wall]:
    wall = Wall(tmp_path / "wall", SETTINGS)
    wall.start("serve", "--workers", "2")
    wall.until(lambda: len(ready(wall)) == 2)
    yield wall
    wall.stop()


def workers(wall: Wall) -> set[int]:
    """Return the processes that the parent started."""
    assert wall.process is not None
    children = Path(f"/proc/{wall.process.pid}/task/{wall.process.pid}/children")
    return {int(pid) for pid in children.read_text().split()}


def ready(wall: Wall) -> set[int]:
    """Return those of them that answered lately: each says in the log that it is there."""
    told = wall.manage("doctor", check=False)
    return {pid for pid in workers(wall) if f"process {pid} of" in told}


def runs(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class Poster(threading.Thread):
    """Posts note after note, each on a connection of its own, until it is told to stop."""

    def __init__(self, wall: Wall) -> None:
        super().__init__()
        self._wall = wall
        self._headers = {"Authorization": f"Bearer {wall.token}"}
        self._stopping = threading.Event()
        self.ids: list[str] = []
        self.refused: list[str] = []

    def run(self) -> None:
        while not self._stopping.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self._wall.port, timeout=30)
            try:
                connection.request(
                    "POST",
                    "/ingest/notes",
                    json.dumps(f"note {len(self.ids)}"),
                    {**self._headers, "Content-Type": "application/json", "Connection": "close"},
                )
                answer = connection.getresponse()
                body = answer.read()
                if answer.status == 201:
                    self.ids += json.loads(body)["ids"]
                else:
                    self.refused.append(f"{answer.status} {body[:200]!r}")
            except OSError as error:
                self.refused.append(repr(error))
            finally:
                connection.close()

    def stop(self) -> None:
        self._stopping.set()
        self.join()


def test_they_are_one_wall_and_are_replaced_without_a_refusal(wall: Wall) -> None:
    streams = [wall.events("/events/?producer=notes,tick") for _ in range(8)]
    assert wall.post("notes", "for all")[0] == 201
    for stream in streams:
        stream.until_text("for all", "notes")
        stream.until(1, "tick")
        stream.close()

    # One that dies is followed by another.
    before = workers(wall)
    os.kill(min(before), signal.SIGKILL)
    wall.until(lambda: len(ready(wall) - {min(before)}) == 2)

    # All are replaced: nobody is refused, and who comes back with its id misses nothing.
    before = workers(wall)
    first = wall.events("/events/?producer=notes")
    first.until(1)
    poster = Poster(wall)
    poster.start()
    assert wall.process is not None
    wall.process.send_signal(signal.SIGHUP)
    wall.until(lambda: len(ready(wall) - before) == 2 and not workers(wall) & before)
    poster.stop()
    heard = follow(wall, first, poster.ids[-1])
    assert poster.refused == []
    assert len(poster.ids) > 20
    assert set(poster.ids) <= set(heard)
    assert len(heard) == len(set(heard))

    # No worker outlives a parent that was killed.
    orphans = [os.pidfd_open(pid) for pid in workers(wall)]
    wall.process.send_signal(signal.SIGKILL)
    wall.process.wait()
    for orphan in orphans:
        assert select.select([orphan], [], [], 30)[0], "a worker still runs"
        os.close(orphan)


def follow(wall: Wall, stream: EventSource, last: str) -> list[str]:
    """Read on from a stream as a browser does, until the entry `last`; return the ids of notes."""
    heard: list[str] = []
    cursor = ""
    while last not in heard:
        while stream.read(5):
            pass
        heard += [message.last_event_id for message in stream.of("notes")]
        if stream.messages:
            cursor = stream.messages[-1].last_event_id
        stream.close()
        stream = wall.events("/events/?producer=notes", Last_Event_ID=cursor)
    stream.close()
    return heard


def test_a_stop_ends_all_with_0_and_what_is_no_wall_does_not_begin(wall: Wall) -> None:
    pids = workers(wall)
    told = wall.manage("serve", "0", "--workers", "0", check=False)

    assert wall.stop() == 0
    assert not [pid for pid in pids if runs(pid)]
    assert "legal are 1 to 64" in told
