"""History: what a chart of a day costs and whether it is right, and what a long log costs a start.

`python -m benchmarks.history [entries]` prints it; the log has 1,000,000 entries if not said.
"""

import asyncio
import http.client
import json
import os
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

import django
import psutil
from django.core.management import call_command

from benchmarks.servers.base import ROOT

if TYPE_CHECKING:
    from dashboard.history.past import Past
    from dashboard.history.rollups import Rollup
    from producers.events import Event

DAY: Final = 86_400
DRAWINGS: Final = 51
LOOKS: Final = 20
"""Buckets in which the chart is held against the raw values."""
SUBJECTS: Final = 40
SETTINGS: Final = """\
from site_config.settings import *
PRODUCERS = {"kitchen": {"BACKEND": "producers.readings.ReadingsProducer"}}
_day = {"producer": "kitchen", "widget": "chart", "options": {"span": "24h", "measures": ["value"]}}
DASHBOARDS = {"main": {"tiles": [_day]}}
"""


def main(entries: int) -> None:
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as folder:
        directory = Path(folder)
        (directory / "history_settings.py").write_text(SETTINGS)
        sys.path.insert(0, str(directory))
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "history_settings",
            "PYTHONPATH": os.pathsep.join([str(directory), str(ROOT)]),
            "EVENTWALL_DATA_DIR": str(directory),
            "EVENTWALL_DEBUG": "1",
        }
        # In processes of their own: this one only reads the database, beside the server.
        in_process(draw_a_day)
        in_process(fill, entries)
        start_on_a_long_log(directory, entries)


def in_process(work: Callable[..., None], *arguments: int) -> None:
    """Run it where Django is set up for it alone."""
    process = get_context("spawn").Process(target=set_up, args=(work, *arguments))
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(f"{work.__name__} failed")


def set_up(work: Callable[..., None], *arguments: int) -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    work(*arguments)


def fill(entries: int) -> None:
    append(readings(entries, 0.5, SUBJECTS))


def draw_a_day() -> None:
    asyncio.run(_draw_a_day())


def readings(count: int, every: float, subjects: int) -> Iterator["Event"]:
    """Yield `count` readings up to now, from as many subjects; 0: from none."""
    from producers.events import Event

    now, chance, value = datetime.now(UTC), random.Random(7), 20.0
    for number in range(count):
        value = min(30.0, max(10.0, value + chance.uniform(-0.2, 0.2)))
        yield Event(
            producer="kitchen",
            type="reading",
            time=now - timedelta(seconds=(count - 1 - number) * every),
            data={"value": round(value, 2), "unit": "°C"},
            subject=f"press {number % subjects}" if subjects else None,
        )


def append(events: Iterator["Event"]) -> None:
    from dashboard.log.factory import make_log

    log, page = make_log(), []
    for event in events:
        page.append(event)
        if len(page) == 5_000:
            log.append_sync(page)
            page = []
    if page:
        log.append_sync(page)


async def _draw_a_day() -> None:
    """A reading a second for a day: roll it up, draw it, hold it against the readings."""
    from django.template.loader import get_template

    from dashboard.history.follower import Follower
    from dashboard.history.past import Past
    from dashboard.log.factory import make_log
    from dashboard.widgets.chart import ChartWidget

    raw = list(readings(DAY, 1, 0))
    await asyncio.to_thread(append, iter(raw))
    log = make_log()
    follower = Follower(log, "default", {})
    began = time.process_time()
    count = await follower.catch_up()
    spent = time.process_time() - began
    past = Past(DAY)
    await follower.prime(past, "kitchen")
    newest = await log.latest("kitchen", 1)
    widget, now = ChartWidget(ChartWidget.Options(span="24h")), time.time()
    template, took = get_template(widget.template_name), []
    for _ in range(DRAWINGS):
        began = time.thread_time()
        html = template.render(widget.chart(newest, past, now))
        took.append((time.thread_time() - began) * 1e3)
    print(f"rolled up {count:,} readings: {spent / count * 1e6:.0f} CPU-µs each")
    print(
        f"chart of 24 h of them: {statistics.median(took):.2f} ms of CPU, {len(html) / 1e3:.0f} kB"
    )
    print(f"buckets that differ from the readings: {differing(raw, past, now)} of {LOOKS}")
    await follower.aclose()
    await log.aclose()


def differing(raw: list["Event"], past: "Past", now: float) -> int:
    """Return in how many of some random minutes lowest, highest, mean or last are not those."""
    (steps,) = past.lines(now).values()
    return sum(not is_right(raw, *one, past.step) for one in random.Random(1).sample(steps, LOOKS))


def is_right(raw: list["Event"], start: int, one: "Rollup", step: int) -> bool:
    values = [
        float(event.data["value"])  # type: ignore[arg-type]
        for event in raw
        if start <= int(event.time.timestamp()) < start + step
    ]
    told = (one.size, one.low, one.high, round(one.mean, 9), one.last)
    mean = round(statistics.fmean(values), 9)
    return told == (len(values), min(values), max(values), mean, values[-1])


def start_on_a_long_log(directory: Path, entries: int) -> None:
    """Start on a log of so many entries, none of them rolled up, and post meanwhile."""
    log = directory / "server.log"
    with log.open("wb") as said:
        began = time.monotonic()
        words = [sys.executable, str(ROOT / "manage.py"), "serve", "127.0.0.1:0"]
        server = subprocess.Popen(words, stdout=said, stderr=said)
    try:
        while (port := port_of(log)) is None or not is_ready(port):
            if server.poll() is not None:
                raise RuntimeError(log.read_text())
            time.sleep(0.02)
        print(f"ready on {entries:,} entries after {time.monotonic() - began:.1f} s")
        took = sorted(posts_until_caught_up(directory, port, log))
        print(f"rolled up after {time.monotonic() - began:.0f} s, {cpu(server.pid):.0f} s of CPU")
        middle, late = took[len(took) // 2], took[len(took) * 99 // 100]
        print(f"{len(took)} POSTs meanwhile: p50 / p99 {middle:.1f} / {late:.1f} ms")
        print(f"longest {took[-1]:.1f} ms")
    finally:
        server.terminate()
        server.wait()


def posts_until_caught_up(directory: Path, port: int, log: Path) -> Iterator[float]:
    """Post 20 times a second; yield in how many ms each was answered."""
    found = re.search(r"Bearer (\S+?)'", log.read_text())
    assert found is not None
    headers = {"Authorization": f"Bearer {found[1]}", "Content-Type": "application/json"}
    database = f"file:{directory / 'eventwall.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(database, uri=True)) as kept:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            began = time.perf_counter()
            connection.request("POST", "/ingest/kitchen", json.dumps({"value": 21.5}), headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 201:
                raise RuntimeError(f"a POST was answered with {answer.status}")
            yield (time.perf_counter() - began) * 1e3
            (read,) = kept.execute("SELECT seq FROM dashboard_rollupcursor").fetchone()
            (head,) = kept.execute("SELECT seq FROM dashboard_loghead").fetchone()
            if head - read < 100:
                return
            time.sleep(0.05)


def port_of(log: Path) -> int | None:
    found = re.search(r"127\.0\.0\.1:(\d+)", log.read_text())
    return int(found[1]) if found else None


def is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def cpu(pid: int) -> float:
    return sum(psutil.Process(pid).cpu_times()[:2])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
