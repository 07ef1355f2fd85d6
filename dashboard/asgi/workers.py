"""Workers: several server processes behind one socket, and the parent that keeps them."""

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Final

logger = logging.getLogger(__name__)

FD: Final = "EVENTWALL_WORKER_FDS"
"""The variable in which a worker finds the descriptors that it was given: see `Given`."""
_LOOK_EVERY: Final = 0.5
"""Seconds between two looks at workers, where no signal comes."""
_SHORT_LIFE: Final = 10.0
"""Seconds in which a worker that ends has failed at its start: the next one waits for longer."""
_LONGEST_PAUSE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Given:
    """What a worker was given by its parent, as descriptors: the socket that all listen on, a pipe
    to say there that it is ready, and one that ends when the parent does."""

    listener: int
    ready: int
    lifeline: int

    @classmethod
    def here(cls) -> "Given | None":
        """Return what this process was given; None where it is no worker."""
        told = os.environ.pop(FD, "")
        return cls(*map(int, told.split(","))) if told else None

    def say_ready(self) -> None:
        """Tell the parent that requests are answered."""
        with suppress(OSError):
            os.write(self.ready, b"!")
            os.close(self.ready)


@dataclass(eq=False, slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    ready_pipe: int
    began: float
    ready: bool = False
    replaces: "_Worker | None" = None
    """Who is told to stop once this one is ready."""


class Workers:
    """Keeps `count` workers running `command` on `listener` until SIGINT or SIGTERM.

    A signal is passed on, a second one too. SIGHUP starts a new worker for each, one after the
    other, with the code and the settings as they are by then; an old one is told to stop once its
    successor is ready, and the socket is never closed meanwhile. No worker outlives the parent.
    """

    def __init__(self, listener: socket.socket, command: Sequence[str], count: int) -> None:
        self._listener = listener
        self._command = command
        self._count = count
        self._workers: list[_Worker] = []
        self._leaving: list[_Worker] = []
        self._outdated: list[_Worker] = []
        self._signals: list[int] = []
        self._lifeline, self._end_of_lifeline = os.pipe()
        self._failures = 0
        self._not_before = 0.0
        self._was_ready = False

    def run(self) -> int:
        """Return the exit code, once all workers have ended; 1 where none ever got ready."""
        woken, waker = socket.socketpair()
        for one in (woken, waker):
            one.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, self._note)
        while True:
            while self._signals:
                if not self._obey(self._signals.pop(0)):
                    return self._stop(woken)
            if not self._keep():
                self._stop(woken)
                return 1
            self._wait(woken)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._signals.append(number)

    def _obey(self, number: int) -> bool:
        """Do what a signal asks for; return whether to go on."""
        if number == signal.SIGHUP:
            logger.info("rolling restart workers=%s", len(self._workers))
            self._outdated = [*self._workers]
        return number not in (signal.SIGINT, signal.SIGTERM)

    def _keep(self) -> bool:
        """See that there are as many as there should be; return whether that has any sense."""
        for worker in [*self._workers, *self._leaving]:
            if worker.process.poll() is not None and not self._bury(worker):
                return False
        starting = any(not worker.ready for worker in self._workers)
        if time.monotonic() < self._not_before:
            return True
        while len(self._workers) < self._count:
            self._workers.append(self._start())
            starting = True
        if self._outdated and not starting:
            self._workers.append(self._start(replaces=self._outdated.pop(0)))
        return True

    def _bury(self, worker: _Worker) -> bool:
        """Note that a worker has ended; return whether another one may fare better."""
        if worker in self._leaving:
            self._leaving.remove(worker)
            return True
        self._workers.remove(worker)
        code = worker.process.returncode
        lived = time.monotonic() - worker.began
        if not worker.ready:
            os.close(worker.ready_pipe)
        if worker.replaces is not None and not worker.ready:
            logger.error("new worker failed code=%s; the old ones stay", code)
            self._outdated = []
            return True
        self._outdated = [one for one in self._outdated if one is not worker]
        self._failures = self._failures + 1 if lived < _SHORT_LIFE else 1
        pause = min(_LONGEST_PAUSE, 2.0 ** (self._failures - 1) / 2)
        self._not_before = time.monotonic() + pause
        logger.error(
            "worker ended pid=%s code=%s; another starts in %.1f s", worker.process.pid, code, pause
        )
        return self._was_ready

    def _start(self, replaces: _Worker | None = None) -> _Worker:
        ready, say_ready = os.pipe()
        given = (self._listener.fileno(), say_ready, self._lifeline)
        process = subprocess.Popen(  # noqa: S603 - the command that started this process
            self._command,
            env={**os.environ, FD: ",".join(map(str, given))},
            pass_fds=given,
            # A terminal tells its whole group of CTRL-C, and the parent passes that on.
            process_group=0,
        )
        os.close(say_ready)
        return _Worker(process, ready, time.monotonic(), replaces=replaces)

    def _wait(self, woken: socket.socket) -> None:
        """Wait for a signal, or for a worker to get ready."""
        starting = {worker.ready_pipe: worker for worker in self._workers if not worker.ready}
        found, _, _ = select.select([woken.fileno(), *starting], [], [], _LOOK_EVERY)
        for source in found:
            if source in starting:
                self._heard(starting[source])
            else:
                with suppress(BlockingIOError):
                    woken.recv(4_096)

    def _heard(self, worker: _Worker) -> None:
        if not os.read(worker.ready_pipe, 1):
            return  # it ended instead
        os.close(worker.ready_pipe)
        worker.ready = self._was_ready = True
        self._failures = 0
        old, worker.replaces = worker.replaces, None
        if old is not None and old in self._workers:
            self._workers.remove(old)
            self._leaving.append(old)
            old.process.terminate()

    def _stop(self, woken: socket.socket) -> int:
        """Have all workers stop, and wait for them."""
        self._signals.append(signal.SIGTERM)
        everyone = [*self._workers, *self._leaving]
        while any(worker.process.poll() is None for worker in everyone):
            while self._signals:
                if self._signals.pop(0) in (signal.SIGINT, signal.SIGTERM):
                    for worker in everyone:
                        worker.process.terminate()
            select.select([woken], [], [], _LOOK_EVERY)
            with suppress(BlockingIOError):
                woken.recv(4_096)
        return 0


def same_command() -> list[str]:
    """Return the command with which this process was started."""
    return [sys.executable, *sys.argv]
