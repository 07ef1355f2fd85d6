"""/readyz says whether people should be sent here; /healthz only that the process lives."""

import json
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest

from tests.support.stalled import QUIET
from tests.support.wall import Wall

pytestmark = pytest.mark.faults


@contextmanager
def held(wall: Wall) -> Iterator[None]:
    """Another process writes, and does not come to an end."""
    with closing(sqlite3.connect(wall.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(wall: Wall) -> Iterator[None]:
    """No file can grow: the disk is full. Then somebody makes room."""
    assert wall.process is not None
    size = wall.database.with_name(wall.database.name + "-wal").stat().st_size
    _, most = resource.prlimit(wall.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(wall.process.pid, resource.RLIMIT_FSIZE, (size, most))
    yield
    resource.prlimit(wall.process.pid, resource.RLIMIT_FSIZE, (most, most))


@contextmanager
def half_migrated(wall: Wall) -> Iterator[None]:
    """A table of the log is not what it was; then it is."""
    with closing(sqlite3.connect(wall.database, isolation_level=None)) as other:
        other.execute("ALTER TABLE dashboard_logentry RENAME TO elsewhere")
        yield
        other.execute("ALTER TABLE elsewhere RENAME TO dashboard_logentry")


@contextmanager
def spoilt(wall: Wall) -> Iterator[None]:
    """The log has an entry that nobody can read; then somebody mends it."""
    with closing(sqlite3.connect(wall.database, isolation_level=None)) as other:
        other.executescript(
            """
            BEGIN IMMEDIATE;
            UPDATE dashboard_loghead SET seq = seq + 1;
            INSERT INTO dashboard_logentry (seq, producer, type, time, received, data)
            SELECT seq, 'notes', 'note', '2026-01-01T00:00:00+00:00',
            strftime('%s', 'now') * 1000000, '{spoilt'
            FROM dashboard_loghead;
            COMMIT;
            """
        )
        yield
        other.execute("UPDATE dashboard_logentry SET data = '{}' WHERE data = '{spoilt'")


def readyz(wall: Wall) -> tuple[int, str, str]:
    """Return its HTTP status, its own, and the reason."""
    status, _, body = wall.request("GET", "/readyz")
    answer = json.loads(body)
    return status, answer["status"], answer.get("detail", "")


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        (held, "unavailable", "locked"),
        (full, "unavailable", "disk"),
        (half_migrated, "unavailable", "no such table"),
        (spoilt, "behind", "has not heard entry"),
    ],
)
def test_what_lasts_makes_it_unready_and_is_told_until_it_is_over(
    make_wall: Callable[..., Wall],
    fault: Callable[[Wall], AbstractContextManager[None]],
    status: str,
    told: str,
) -> None:
    wall = make_wall(PRODUCERS=QUIET)

    with fault(wall):
        at_once = readyz(wall)
        wall.until(lambda: readyz(wall)[0] == 503)
        wall.until(lambda: told in readyz(wall)[2])
        unready = readyz(wall)
        healthy = wall.request("GET", "/healthz")[0]
    wall.until(lambda: readyz(wall)[0] == 200)
    wall.until(lambda: "ready again" in wall.log.read_text())

    assert at_once == (200, "ok", "")
    assert unready[:2] == (503, status)
    assert healthy == 200
    assert wall.log.read_text().count("not ready: ") == 1
    assert wall.post("notes", {"text": "it took up again"})[0] == 201


def test_a_clock_that_leapt_is_told_and_nobody_is_turned_away(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall()
    with closing(sqlite3.connect(wall.database, isolation_level=None)) as other:
        other.execute(
            "INSERT INTO dashboard_logleap (seq, leapt, stopped, noticed)"
            " VALUES (1, 90 * 86400000000, 0, strftime('%s', 'now') * 1000000)"
        )

    wall.until(lambda: readyz(wall)[1] == "degraded", within=20)
    status, _, body = wall.request("GET", "/readyz")

    assert status == 200
    assert json.loads(body)["clock"].startswith("the clock leapt 90 days ahead (noticed ")
    assert wall.log.read_text().count("the clock leapt 90 days ahead") == 1
    assert "WARNING  clock: leapt 90 days ahead" in wall.manage("doctor", check=False)
