"""Eventwall: `manage.py serve` with a fresh database, as shipped but for its producers."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence

from benchmarks.connection import Connection, request
from benchmarks.load.crowd import Crowd
from benchmarks.marks import Mark, clock, lines, reading
from benchmarks.servers.base import ROOT, Server

TILES = tuple(f"r{number}" for number in range(10))
SETTINGS = f"""\
from site_config.settings import *
_readings = PRODUCERS["readings"]
PRODUCERS = {{name: _readings for name in ("readings", *{TILES})}}
PRODUCERS["camera"] = {{"BACKEND": "producers.detections.DetectionProducer"}}
DASHBOARDS = {{
    "main": {{"tiles": [{{"producer": "readings"}}]}},
    "wall": {{"tiles": [{{"producer": name, "widget": "number"}} for name in {TILES}]}},
    "camera": {{"tiles": [{{"producer": "camera"}}]}},
}}
STREAM_MAX_PER_CLIENT = None
"""
"""Only pushed producers, so that what is measured is what was sent."""
TICKETS = """\
from datetime import timedelta
from django.contrib.auth.models import User
from dashboard.access.tickets import Ticket, mint
from producers.base import utc_now
users = User.objects.bulk_create(User(username=f"user{{n}}") for n in range({count}))
expires = utc_now() + timedelta(days=1)
for user in users:
    print(mint(Ticket(holder=f"user:{{user.pk}}", expires=expires)))
"""
"""Run by `manage.py shell`."""


class Eventwall(Server):
    """Its events are posted to /ingest/ and stored durably before they are streamed."""

    name = "Eventwall"
    path = "/events/?producer=readings"
    easy = 1_000
    token = b"id: "
    access = "public"

    @classmethod
    def missing(cls) -> str | None:
        return None

    def start(self) -> subprocess.Popen[bytes]:
        (self.directory / "bench_settings.py").write_text(SETTINGS)
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "bench_settings",
            "PYTHONPATH": os.pathsep.join([str(self.directory), str(ROOT)]),
            "EVENTWALL_DATA_DIR": str(self.directory),
            "EVENTWALL_DEBUG": "0",
            "EVENTWALL_ACCESS": self.access,
            "EVENTWALL_COOKIE_PREFIX": "eventwall",
        }
        manage = sys.executable, str(ROOT / "manage.py")

        def output(*words: str) -> str:
            return subprocess.check_output([*manage, *words], env=environment, text=True)

        self._output = output
        output("migrate", "-v0")
        printed = output("ingest_token", "create", "bench", "--rate", "none")
        made = re.search(r"ew_\w{8}_[\w-]{43}", printed)
        assert made is not None
        self.headers = {"Authorization": f"Bearer {made[0]}"}
        self._to_tiles: dict[str, Connection] = {}
        return subprocess.Popen(
            [*manage, "serve", "127.0.0.1:0"], env=environment, stdout=self.log, stderr=self.log
        )

    def answers(self) -> bool:
        found = re.search(r"127\.0\.0\.1:(\d+)", self.said())
        if found is None:
            return False
        self.port = int(found[1])
        return self.gets("/readyz")

    def send(self, marks: Sequence[Mark]) -> None:
        self.connection.send(post(self.headers, "readings", marks))

    def send_to_tiles(self, marks: Sequence[Mark]) -> None:
        """Publish these events to the next of the ten tiles."""
        alias = TILES[marks[0].number // len(marks) % len(TILES)]
        if alias not in self._to_tiles:
            self._to_tiles[alias] = Connection(self.port)
        self._to_tiles[alias].send(post(self.headers, alias, marks))

    def settle(self) -> None:
        super().settle()
        for connection in self._to_tiles.values():
            connection.settle()

    def wall(self, count: int, *, gzip: bool = False, tickets: Sequence[str] = ()) -> Crowd:
        """Return `count` clients of the ten tiles, to be entered."""
        last = b"\ncontent-encoding: gzip" if gzip else f"event: {TILES[-1]}\n".encode()
        path = "/stream/?dashboard=wall"
        return Crowd(self.port, path, count, last, tiles=True, gzip=gzip, tickets=tickets)


class LockedEventwall(Eventwall):
    """The same where only those may look who have signed in."""

    access = "login"

    def tickets(self, count: int) -> list[str]:
        """Return as many tickets, of as many users."""
        return self._output("shell", "-v0", "-c", TICKETS.format(count=count)).split()


def post(headers: Mapping[str, str], alias: str, marks: Sequence[Mark]) -> bytes:
    """Return a request that posts these events: one as it is, several as NDJSON."""
    if len(marks) == 1:
        return request(f"/ingest/{alias}", reading(marks[0]), headers)
    body, kind = lines(marks), "application/x-ndjson"
    return request(f"/ingest/{alias}", body, headers, media_type=kind)


def next_post(headers: Mapping[str, str], aliases: Sequence[str], number: int) -> bytes:
    """Return a request that posts one event, due now, to the next of the producers."""
    return post(headers, aliases[number % len(aliases)], [Mark(number, clock())])
