"""What charts draw, when the server is killed, started again, and when there are two of it."""

import asyncio
import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from dashboard.history.rollups import Series
from dashboard.history.states import Run
from dashboard.log.base import Entry, EntryId
from dashboard.log.database import DatabaseLog
from dashboard.models import LogHead, Rollup, RollupCursor, StateRun
from tests.support.logs import registered
from tests.support.recount import held, rolled_up
from tests.support.wall import Wall

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

ROUNDS = 5
BATCH = 50
STATES = ("running", "idle", "failed")
SETTINGS = {
    "PRODUCERS": {
        "presses": {"BACKEND": "producers.base.Producer"},
        "kitchen": {"BACKEND": "producers.readings.ReadingsProducer"},
    },
    "DASHBOARDS": {
        "main": {
            "tiles": [
                {"producer": "kitchen", "widget": "chart", "options": {"span": "7d"}},
                {"producer": "kitchen", "widget": "count", "options": {"span": "7d"}},
                {"producer": "kitchen", "widget": "heat"},
                {"producer": "presses", "widget": "timeline", "options": {"span": "7d"}},
            ]
        }
    },
}


class Poster(threading.Thread):
    """Posts batches of readings and states on one connection until the server is gone."""

    def __init__(self, wall: Wall) -> None:
        super().__init__()
        self._wall = wall
        self._token = wall.token
        self.answers = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._wall.port, timeout=10)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            while True:
                for producer, body in self._bodies():
                    connection.request("POST", f"/ingest/{producer}", json.dumps(body), headers)
                    response = connection.getresponse()
                    response.read()
                    self.answers += response.status == 201
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()

    def _bodies(self) -> Iterator[tuple[str, list[dict[str, object]]]]:
        turn = self.answers
        yield "kitchen", [{"value": (turn + number) % 90} for number in range(BATCH)]
        yield "presses", [{"state": STATES[(turn + n) // 7 % 3], "load": n} for n in range(BATCH)]


def kept(alias: str) -> tuple[int, dict[tuple[object, ...], tuple[object, ...]], object]:
    """Return how far the log was read, the rollups, and the runs of states."""
    columns = ("producer", "subject", "measure", "step", "start")
    values = ("count", "low", "high", "sum", "last")
    rows = Rollup.objects.using(alias).values_list(*columns, *values)
    runs: dict[Series, list[Run]] = {}
    for row in StateRun.objects.using(alias).order_by("start"):
        series = Series(row.producer, row.subject, row.measure)
        runs.setdefault(series, []).append(Run(row.start, row.seen, row.end, row.text))
    return followed(alias), {row[:5]: row[5:] for row in rows}, runs


def followed(alias: str) -> int:
    """Return how far the log was read: not at all by a wall that was killed soon enough."""
    cursor = RollupCursor.objects.using(alias).first()
    return 0 if cursor is None else cursor.seq


async def entries_of(alias: str, count: int) -> list[Entry]:
    log = DatabaseLog({"alias": alias})
    entries: list[Entry] = []
    epoch = (await log.bounds()).newest.epoch
    while len(entries) < count:
        after = entries[-1].id if entries else EntryId(epoch, 0)
        entries += await log.read(after, min(1_000, count - len(entries)))
    await log.aclose()
    return entries


def recounted(entries: list[Entry]) -> tuple[object, object]:
    rollups = rolled_up(entries)
    return {(*p.series, p.step, p.start): tuple(one) for p, one in rollups.items()}, held(entries)


def check(wall: Wall) -> int:
    """Compare what is kept with a recount of what the log held then; return how far it was."""
    with registered(wall.database) as alias:
        seq, rollups, runs = kept(alias)
        entries = asyncio.run(entries_of(alias, seq))
    assert (rollups, runs) == recounted(entries)
    return seq


def has_caught_up(wall: Wall) -> bool:
    with registered(wall.database) as alias:
        return followed(alias) == LogHead.objects.using(alias).get().seq


def test_kill_9_leaves_rollups_that_equal_a_recount_of_the_log(
    make_wall: Callable[..., Wall], django_db_blocker: DjangoDbBlocker
) -> None:
    wall, read = make_wall(**SETTINGS), []
    with django_db_blocker.unblock():
        for number in range(ROUNDS):
            poster = Poster(wall)
            poster.start()
            # Killed at another moment each round: after so many answers.
            wall.until(partial(lambda said, many: said.answers > many, poster, 35 + 17 * number))
            wall.kill()
            poster.join()
            read.append(check(wall))
            wall.start()
        wall.until(partial(has_caught_up, wall))
        wall.kill()
        read.append(check(wall))

    assert read == sorted(read)
    assert read[-1] > ROUNDS * 35 * BATCH


def drawn(wall: Wall) -> list[str] | None:
    """Return the shapes on the page, without what moves with the time; None: not all are there."""
    page = wall.request("GET", "/")[2].decode()
    if "Reading what was before" in page or "<polyline" not in page or "runs" not in page:
        return None
    heights = re.findall(
        r"[\d.]+,([\d.]+)", " ".join(re.findall(r'<polyline points="(.*?)"', page))
    )
    counts = re.findall(r'<rect x="[\d.]+" (y="[\d.]+") width="[\d.]+" (height="[\d.]+")', page)
    fields = re.findall(r'<path class="(q\d)" d="(M\d.*?)"', page)
    states = re.findall(r'<svg class="((?:is-|k)\w+)"', page)
    assert heights
    assert counts
    assert fields
    assert states
    return [*heights, *map(str, counts), *map(str, fields), *states]


def test_all_that_shows_the_past_is_the_same_after_a_restart_and_in_a_second_process(
    make_wall: Callable[..., Wall], tmp_path: Path
) -> None:
    wall = make_wall(**SETTINGS)
    for number in range(30):
        assert wall.post("kitchen", 20 + number * number % 7)[0] == 201
    assert wall.post("presses", [{"state": state} for state in STATES])[0] == 201
    before = wall.until(lambda: drawn(wall))

    second = Wall(tmp_path / "second", SETTINGS)
    second.environment["EVENTWALL_DATA_DIR"] = str(wall.directory)
    try:
        second.start()
        assert second.until(lambda: drawn(second)) == before
    finally:
        second.stop()
    wall.kill()
    wall.start()
    assert wall.until(lambda: drawn(wall)) == before
