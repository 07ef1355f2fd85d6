"""One token at full speed against the real server: it is told to wait, and nobody else waits."""

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.support.wall import Wall

pytestmark = pytest.mark.faults

RATE = 50
"""Events per second."""
SENDERS = 8
SPAN = 3.0
"""Seconds of full speed."""


def token_of(printed: str) -> str:
    found = re.search(r"ew_\w{8}_[\w-]{43}", printed)
    assert found is not None
    return found[0]


class Sender:
    """One connection that posts with one token."""

    def __init__(self, wall: Wall, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", wall.port, timeout=30)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, text: str) -> tuple[int, str | None]:
        """Return the status and Retry-After."""
        self.connection.request("POST", "/ingest/notes", f'{{"text": "{text}"}}', self.headers)
        response = self.connection.getresponse()
        response.read()
        return response.status, response.getheader("Retry-After")


def test_one_token_at_full_speed_is_held_back_and_others_are_not(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall(PRODUCERS={"notes": {"BACKEND": "producers.notes.NotesProducer"}})
    greedy = token_of(wall.manage("ingest_token", "create", "greedy", "--rate", f"{RATE}/s"))
    modest = Sender(wall, token_of(wall.manage("ingest_token", "create", "modest")))
    wall.until(lambda: modest.post("ready")[0] == 201)
    statuses: Counter[int] = Counter()
    waits: set[str | None] = set()
    over = threading.Event()

    def hammer() -> None:
        sender = Sender(wall, greedy)
        while not over.is_set():
            status, wait = sender.post("greedy")
            statuses[status] += 1
            if status == 429:
                waits.add(wait)
        sender.connection.close()

    threads = [threading.Thread(target=hammer) for _ in range(SENDERS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    answers = []
    while time.monotonic() - began < SPAN:
        answers.append(modest.post("modest"))
    over.set()
    for thread in threads:
        thread.join()
    span = time.monotonic() - began
    modest.connection.close()

    assert set(statuses) == {201, 429}
    assert statuses[201] <= RATE + RATE * span
    assert waits == {"1"}
    # Nor can it keep the server busy with refusals: each is held back half a second.
    assert statuses[429] <= SENDERS * (span / 0.5 + 1)
    assert {status for status, _ in answers} == {201}
    # Who keeps to its rate is not held back with it: it posts more than one who is refused may.
    assert len(answers) > span / 0.5 + 1


def test_last_use_is_in_the_list_within_seconds(wall: Wall) -> None:
    token = token_of(wall.manage("ingest_token", "create", "door"))
    sender = Sender(wall, token)
    assert wall.manage("ingest_token", "list").splitlines()[1].split()[-2] == "-"

    wall.until(lambda: sender.post("a")[0] == 201)
    sender.connection.close()

    used = r"door .* \d{4}-\d\d-\d\d \d\d:\d\d  valid"
    wall.until(lambda: re.search(used, wall.manage("ingest_token", "list")), within=20)
