"""What each kind of process of a project sends arrives on the streaming wall: once, in order."""

import http.client
import json
import socket
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import senders
from tests.support.wall import ROOT, Wall, free_port

COUNT = 50
"""Events of each sender. (All is the same with a thousand, and takes longer.)"""


@pytest.fixture
def project(make_wall: Callable[..., Wall], tmp_path: Path) -> Wall:
    database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(tmp_path / "wall0" / "eventwall.sqlite3"),
        # Of six processes that write all the time, on a machine that does much else.
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30},
    }
    return make_wall(
        DATABASES={"default": database},
        PRODUCERS={"orders": {"BACKEND": "producers.base.Producer"}},
        ROOT_URLCONF="tests.support.shop",
    )


@contextmanager
def gunicorn(project: Wall) -> Iterator[int]:
    """Serve the project by WSGI, beside its wall; give the port."""
    port = free_port("127.0.0.1")
    with (project.directory / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}", "--worker-class=gthread",
             "--threads=2", "--preload", "django.core.wsgi:get_wsgi_application()"],
            env=project.environment, cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            project.until(lambda: _answers(port))
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=30).close()
    except OSError:
        return False
    return True


def ask_for_orders(port: int, sender: str) -> None:
    """Have a view send, one request after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for number in range(COUNT):
        connection.request("GET", f"/order/{sender}/{number}/")
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b"sent")
    connection.close()


def start(project: Wall, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, *words],
        env=project.environment,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_every_kind_of_process_is_heard_once_in_order_and_only_when_it_commits(
    project: Wall,
) -> None:
    script = str(Path(senders.__file__))
    shell = f"from tests.support.senders import send_all; send_all('shell', {COUNT})"
    expected = dict.fromkeys(("view", "wall", "thread", "worker", "shell"), COUNT)

    with (
        gunicorn(project) as port,
        project.events("/events/?producer=orders") as events,
        project.events("/stream/") as tiles,
    ):
        processes = [
            start(project, script, "thread", str(COUNT)),
            start(project, script, "worker", str(COUNT)),
            start(project, "manage.py", "shell", "--no-imports", "-c", shell),
        ]
        views = [
            threading.Thread(target=ask_for_orders, args=(port, "view")),
            threading.Thread(target=ask_for_orders, args=(project.port, "wall")),
        ]
        for view in views:
            view.start()
        while any(process.poll() is None for process in processes) or any(
            view.is_alive() for view in views
        ):
            events.read(0.05)
            tiles.read(0.05)
        said = [process.communicate()[1] for process in processes]
        assert said == [""] * 3
        heard = events.until(sum(expected.values()) + 1, "orders")
        project.post("orders", {"text": "the last one"})
        tiles.until_text("the last one", "orders")
        (last,) = events.until(len(heard) + 1, "orders")[len(heard) :]

    told = defaultdict(list)
    for message in heard:
        data = json.loads(message.data)["data"]
        told[data["sender"]].append(data["number"])
    assert json.loads(last.data)["data"] == {"text": "the last one"}
    assert told.pop("parent") == [0]
    assert {name: len(numbers) for name, numbers in told.items()} == expected
    assert all(numbers == list(range(COUNT)) for numbers in told.values())
