"""A database server that stops answering is left: whoever waits for it is let go."""

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.log.hang_guard import HangGuard


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Give the two ends of a connection, of which the second says nothing."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def connection(raw: socket.socket | None) -> Any:
    """Return what Django's wrapper is of a driver's connection over `raw`."""
    return SimpleNamespace(connection=raw)


def test_who_waits_too_long_finds_the_connection_closed(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    with HangGuard(0.01).watching(connection(ends[0])):
        assert ends[0].recv(1) == b""


def test_who_asks_again_is_given_its_time_anew(ends: tuple[socket.socket, socket.socket]) -> None:
    guard = HangGuard(3600)
    with guard.watching(connection(ends[0])):
        before = guard.deadline
        guard.goes_on()

        assert before is not None
        assert guard.deadline is not None
        assert guard.deadline >= before


def test_who_is_done_in_time_keeps_the_connection(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    guard = HangGuard(3600)
    with guard.watching(connection(ends[0])):
        pass

    guard.goes_on()
    guard.cut()

    ends[1].send(b"x")
    assert ends[0].recv(1) == b"x"


def test_what_is_not_open_is_not_cut() -> None:
    guard = HangGuard(3600)
    with guard.watching(connection(None)):
        guard.cut()
