"""Commands as they are typed at a terminal: first starts, CTRL-C, and what cannot be used."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.typed import CTRL_C, Typed
from tests.support.wall import ROOT, Wall, free_port

Type = Callable[..., Typed]


@pytest.fixture
def fresh(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a fresh clone: nothing is set but where its data are."""
    inherited = {key: value for key, value in os.environ.items() if "EVENTWALL" not in key}
    for ours in ("DJANGO_SETTINGS_MODULE", "PYTHONDEVMODE"):
        inherited.pop(ours, None)
    return inherited | {"EVENTWALL_DATA_DIR": str(tmp_path / "var"), "TZ": "Asia/Tokyo"}


@pytest.fixture
def typed() -> Iterator[Type]:
    """Return a function that types a command; what has not ended by itself is killed."""
    all_typed: list[Typed] = []

    def type_it(*words: str, environment: dict[str, str]) -> Typed:
        all_typed.append(Typed(*words, environment=environment))
        return all_typed[-1]

    yield type_it

    for one in all_typed:
        one.close()


def here() -> str:
    return f"127.0.0.1:{free_port('127.0.0.1')}"


def manage(*words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_runserver_of_a_fresh_clone_serves_and_ends_quietly(
    fresh: dict[str, str], typed: Type
) -> None:
    wall = typed("runserver", here(), environment=fresh)

    wall.until("Stop with CTRL-C")
    wall.press(CTRL_C)

    assert wall.end() == 0
    assert "Eventwall is live at" in wall.said
    assert "any new name makes a tile" in wall.said
    assert "Traceback" not in wall.said
    assert wall.said.rstrip().endswith("^C")


def test_runserver_without_debug_waits_for_the_tables_and_wakes(
    fresh: dict[str, str], typed: Type
) -> None:
    environment = fresh | {"EVENTWALL_DEBUG": "0"}
    wall = typed("runserver", here(), environment=environment)

    wall.until("the database lacks tables; make them with: python manage.py migrate")
    assert manage("migrate", "--verbosity", "0", environment=environment).returncode == 0
    wall.until("Stop with CTRL-C")
    wall.signal(signal.SIGTERM)

    assert wall.end() == 0
    assert wall.said.count("lacks tables") == 1
    assert "Traceback" not in wall.said


STAYS = """
import threading, time
from producers.base import Producer

class Stays(Producer):
    widget = "number"

    async def sample(self):
        if not any(thread.name == "stays" for thread in threading.enumerate()):
            threading.Thread(target=time.sleep, args=(600,), name="stays", daemon=False).start()
        return {"value": 1}
"""


@pytest.mark.parametrize(
    ("command", "key"),
    [("serve", CTRL_C), ("runserver", None)],
    ids=["serve-CTRL-C", "runserver-SIGTERM"],
)
def test_a_stop_ends_with_0_whatever_a_thread_does(
    command: str, key: bytes | None, tmp_path: Path, typed: Type
) -> None:
    (tmp_path / "staying.py").write_text(STAYS)
    rows = {
        "stays": {"BACKEND": "staying.Stays"},
        "readings": {"BACKEND": "producers.readings.ReadingsProducer"},
    }
    # Without new names, the greeting shows a reading with its unit.
    wall = Wall(tmp_path / "wall", {"PRODUCERS": rows, "AUTO_PRODUCERS_MAX": 0})
    # And on a terminal that has no degree sign.
    environment = wall.environment | {"PYTHONIOENCODING": "ascii"}
    wall.port = free_port(wall.host)
    running = typed(command, f"{wall.host}:{wall.port}", environment=environment)
    running.until("Stop with CTRL-C")
    with wall.events("/events/?since=all&producer=stays") as events:
        events.until(1, "stays")

    if key is None:
        running.signal(signal.SIGTERM)
    else:
        running.press(key)

    assert running.end() == 0
    assert '"unit": "\\u00b0C"' in running.said
    assert "Traceback" not in running.said
    assert "KeyboardInterrupt" not in running.said
    # Where autoreload stops the process from outside, the last line may be lost with it.
    assert command == "runserver" or "threads=stays" in running.said


@pytest.mark.parametrize(
    ("command", "variable", "value", "told"),
    [
        ("runserver", "TZ", "JST-9", "TZ is 'JST-9', which is the name of no IANA time zone"),
        ("migrate", "EVENTWALL_DATA_DIR", "/proc/nowhere", "EVENTWALL_DATA_DIR is '/proc/nowhere'"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    command: str, variable: str, value: str, told: str, fresh: dict[str, str]
) -> None:
    done = manage(command, environment=fresh | {variable: value})

    assert done.returncode == 1
    assert told in done.stderr
    assert "; set EVENTWALL_TIME_ZONE" in done.stderr or "may write" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_database_that_cannot_be_used_is_one_line(
    command: str, fresh: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "var" / "eventwall.sqlite3").mkdir(parents=True)

    done = manage(command, environment=fresh)

    assert done.returncode == 1
    assert "database cannot be used: unable to open database file" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_account_before_the_tables_is_told_what_makes_them(fresh: dict[str, str]) -> None:
    asked = ("createsuperuser", "--noinput", "--username=anna", "--email=anna@example.org")

    done = manage(*asked, environment=fresh | {"DJANGO_SUPERUSER_PASSWORD": "seventeen geese"})

    assert done.returncode == 1
    assert "no such table: auth_user. Make its tables with: python manage.py migrate" in done.stderr
    assert "Traceback" not in done.stderr
