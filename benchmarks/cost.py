"""Cost: what a process and its children use, read from /proc."""

import time
from dataclasses import dataclass
from typing import Self

import psutil


def _tree(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def cpu(pid: int) -> float:
    """Return the CPU seconds that the tree has spent so far."""
    return sum(sum(process.cpu_times()[:2]) for process in _tree(pid))


def pss(pid: int) -> float:
    """Return the KiB that the tree holds, shared pages counted by share."""
    return sum(process.memory_full_info().pss for process in _tree(pid)) / 1024


def threads(pid: int) -> int:
    return sum(process.num_threads() for process in _tree(pid))


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of a process tree since a moment, and how long ago that was."""

    cpu: float
    seconds: float

    @property
    def share(self) -> float:
        """Of one core."""
        return self.cpu / self.seconds

    @classmethod
    def so_far(cls, pid: int) -> Self:
        return cls(cpu(pid), time.monotonic())

    def until(self, later: "Spent") -> "Spent":
        return Spent(later.cpu - self.cpu, later.seconds - self.seconds)
