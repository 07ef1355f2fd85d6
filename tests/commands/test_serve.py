"""`manage.py serve` and `runserver`, as real processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from dashboard.management.commands.serve import Command, answer_to, url_of
from tests.support.wall import ROOT, Wall


@pytest.fixture(scope="module")
def wall(shared_wall: Wall) -> Wall:
    """Return one server for all tests of this file that do not ask for their own."""
    return shared_wall


def test_serve_greets_with_a_curl_that_works(wall: Wall) -> None:
    command = wall.log.read_text().split("any new name makes a tile:")[1].split("Stop with")[0]

    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20)

    assert '"ids"' in done.stdout, done
    assert "21.4" in wall.request("GET", "/")[2].decode()


def test_runserver_starts_anew_when_code_changes(
    make_wall: Callable[..., Wall], tmp_path: Path
) -> None:
    module = tmp_path / "changing.py"
    text = "from producers.base import Producer\nclass P(Producer):\n    widget = 'number'\n"
    text += "    async def sample(self):\n        return {'value': %d}\n"
    module.write_text(text % 111)
    row = {"BACKEND": "changing.P", "OPTIONS": {"interval": 0.2}}
    wall = make_wall(PRODUCERS={"p": row}, command="runserver")
    with wall.events("/stream/") as stream:
        stream.until_text("111", "p")

    module.write_text(text % 222)
    # A watcher that has not had its first look yet sees no change: give it another until it does.
    for attempt in range(1, 7):
        os.utime(module, (time.time() + 5 * attempt,) * 2)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if "222" in page(wall):
                return
            time.sleep(0.05)
    pytest.fail(wall.log.read_text())


def page(wall: Wall) -> str:
    """Return the page's HTML, empty while nobody answers."""
    try:
        return wall.request("GET", "/")[2].decode()
    except OSError:
        return ""


def test_runserver_on_loopback_means_debug_and_serve_does_not(
    make_wall: Callable[..., Wall],
) -> None:
    developing = make_wall(command="runserver", debug=None)
    operating = make_wall(debug=None)

    assert "Authorization: Bearer" in developing.log.read_text()
    assert "Authorization" not in operating.log.read_text()


def test_a_taken_port_is_named_with_another(wall: Wall) -> None:
    said = wall.manage("serve", f"127.0.0.1:{wall.port}", check=False)

    assert f"cannot listen on 127.0.0.1:{wall.port}" in said
    assert f"serve 127.0.0.1:{wall.port + 1}" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("address", ["8000x", "127.0.0.1:", "127.0.0.1:70000"])
def test_a_bad_address_is_told_with_what_is_legal(wall: Wall, address: str) -> None:
    said = wall.manage("serve", address, check=False)

    assert repr(address) in said
    assert "[HOST:]PORT" in said
    assert "Traceback" not in said


def test_a_database_without_tables_is_told_with_the_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "serve", "127.0.0.1:0"],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "site_config.settings", "EVENTWALL_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert "manage.py migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_settings_do_not_start(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall()

    (wall.directory / "wall_settings.py").write_text(
        "from site_config.settings import *\nSTREAM_HEARTBEAT = 'often'\n"
    )
    said = wall.manage("serve", "127.0.0.1:0", check=False)

    assert "STREAM_HEARTBEAT is 'often'" in said
    assert "Traceback" not in said


def test_sigterm_ends_open_streams_with_a_retry_and_exits_cleanly(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall()
    assert wall.process is not None
    with wall.events("/stream/") as tiles, wall.events("/events/") as events:
        tiles.until(1, "hb")
        wall.process.send_signal(signal.SIGTERM)
        while tiles.read(10):
            pass
        while events.read(10):
            pass

    assert tiles.ended
    assert events.ended
    assert tiles.received.endswith(b"\n\n")
    assert wall.process.wait(60) == 0
    assert "Traceback" not in wall.log.read_text()


def test_a_second_signal_stops_at_once(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(STREAM_DRAIN=300)
    assert wall.process is not None
    streams = [wall.events("/stream/") for _ in range(5)]

    wall.process.send_signal(signal.SIGTERM)
    wall.until(lambda: wall.request("GET", "/readyz")[0] == 503)
    wall.process.send_signal(signal.SIGTERM)
    wall.process.wait(60)

    for stream in streams:
        stream.close()


def test_readyz_turns_away_and_healthz_stays_while_draining(
    make_wall: Callable[..., Wall],
) -> None:
    wall = make_wall(STREAM_DRAIN=5)
    assert wall.process is not None
    streams = [wall.events("/stream/") for _ in range(3)]

    wall.process.send_signal(signal.SIGTERM)
    status = wall.until(lambda: wall.request("GET", "/readyz")[0] == 503 and 503)
    healthy = wall.request("GET", "/healthz")[0]
    with wall.events("/stream/") as late:
        while late.read(5):
            pass

    assert (status, healthy) == (503, 200)
    assert late.status == 200
    assert late.ended
    assert late.parser.retry is not None
    for stream in streams:
        stream.close()


def test_it_answers_at_the_address_it_is_told(tmp_path: Path) -> None:
    wall = Wall(tmp_path / "wall", {"ALLOWED_HOSTS": ["localhost"]}, debug=False)
    wall.host = "127.0.0.2"
    try:
        wall.start()
        status, _, page = wall.request("GET", "/")
        other = wall.request("GET", "/", headers={"Host": "127.0.0.3"})[0]
    finally:
        wall.stop()

    assert (status, other) == (200, 400)
    assert b"Eventwall" in page


def test_at_every_address_the_greeting_says_by_which_names(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "wall.example"]
    settings.DEBUG = True
    said = StringIO()

    with socket.create_server(("0.0.0.0", 0)) as listener:
        answer_to("0.0.0.0")
        Command(stdout=said).greet("0.0.0.0", url_of("0.0.0.0", listener))

    assert settings.ALLOWED_HOSTS == ["localhost", "wall.example"]
    assert "live at http://localhost:" in said.getvalue()
    assert "one of these names: localhost, wall.example." in said.getvalue()
    assert "EVENTWALL_ALLOWED_HOSTS=" in said.getvalue()
    # The token of this machine is not shown where others can connect.
    assert "Bearer" not in said.getvalue()


def test_ipv6_loopback_is_served(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6 loopback")
    wall = Wall(tmp_path / "wall", {})
    wall.host = "[::1]"
    wall.start()
    try:
        assert wall.request("GET", "/healthz")[0] == 200
    finally:
        wall.stop()
