"""Who finds no room is told to come back, and takes none from the others."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from dashboard.conf import Conf
from dashboard.live import descriptors
from dashboard.live.admission import Admission
from tests.support.stalled import QUIET, probe, request, streams
from tests.support.wall import Wall


def admission(most: int = 100, per_client: int | None = 100) -> Admission:
    return Admission(Conf(STREAM_MAX=most, STREAM_MAX_PER_CLIENT=per_client))


def test_a_client_has_room_until_it_has_its_share_and_others_still_have() -> None:
    counted = admission(per_client=2)
    counted.enter("192.0.2.1")
    counted.enter("192.0.2.1")

    assert not counted.has_room("192.0.2.1")
    assert counted.has_room("192.0.2.2")

    counted.leave("192.0.2.1")
    assert counted.has_room("192.0.2.1")


def test_a_full_process_has_room_for_nobody() -> None:
    counted = admission(most=2)
    counted.enter("192.0.2.1")
    counted.enter("192.0.2.2")

    assert not counted.has_room("192.0.2.3")

    counted.leave("192.0.2.2")
    assert counted.has_room("192.0.2.3")


def test_a_browser_has_so_many_seats_and_one_that_is_left_is_free() -> None:
    counted = Admission(Conf(STREAM_MAX_PER_BROWSER=2))

    assert [counted.take_seat("192.0.2.1", "Mozilla/5.0 A") for _ in range(3)] == [
        True,
        True,
        False,
    ]
    assert counted.take_seat("192.0.2.1", "Mozilla/5.0 B")
    assert counted.take_seat("192.0.2.2", "Mozilla/5.0 A")

    counted.leave_seat("192.0.2.1", "Mozilla/5.0 A")
    assert counted.take_seat("192.0.2.1", "Mozilla/5.0 A")


@pytest.mark.parametrize(("address", "browser"), [("192.0.2.1", ""), ("", "Mozilla/5.0")])
def test_who_is_no_browser_or_has_no_address_has_any_number_of_seats(
    address: str, browser: str
) -> None:
    counted = Admission(Conf(STREAM_MAX_PER_BROWSER=1))

    assert all(counted.take_seat(address, browser) for _ in range(10))


def test_none_is_no_limit_for_a_client() -> None:
    counted = admission(most=1_000_000, per_client=None)
    for _ in range(100):
        counted.enter("192.0.2.1")

    assert counted.has_room("192.0.2.1")


def test_clients_that_left_are_not_remembered() -> None:
    counted = admission()
    for number in range(100):
        counted.enter(f"192.0.2.{number}")
        counted.leave(f"192.0.2.{number}")

    assert counted.open == 0
    assert not counted._open_of


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("no:address", "no:other", False),
    ],
)
def test_a_client_is_its_address_and_for_ipv6_its_network(one: str, other: str, same: bool) -> None:
    counted = admission(per_client=1)

    counted.enter(one)

    assert counted.has_room(other) != same


def test_without_an_address_only_all_are_counted() -> None:
    counted = admission(most=3, per_client=1)
    counted.enter("")
    counted.enter("")

    assert counted.has_room("")

    counted.enter("")
    assert not counted.has_room("")
    counted.leave("")
    assert counted.open == 2


def test_descriptors_are_kept_for_others() -> None:
    most = descriptors.limit()
    assert most is not None

    counted = admission(most=most * 2)

    assert counted.most == most - descriptors.RESERVED


def test_being_full_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    counted = admission(per_client=1)
    counted.enter("192.0.2.1")

    with caplog.at_level(logging.WARNING, "dashboard"):
        for _ in range(100):
            counted.has_room("192.0.2.1")

    (record,) = caplog.records
    assert "192.0.2.1" in record.getMessage()


@contextmanager
def told_to_come_back(wall: Wall, path: str, **headers: str) -> Iterator[None]:
    """Check that a stream ends at once, as a stream, with 30 seconds to wait."""
    with wall.events(path, **headers) as late:
        while late.read(5):
            pass
    yield
    assert late.status == 200
    assert late.headers["content-type"] == "text/event-stream"
    assert late.headers["connection"] == "close"
    assert late.ended
    assert late.parser.retry == 30_000
    assert {message.type for message in late.messages} <= {"hb", "message"}


@pytest.mark.parametrize("path", ["/stream/", "/events/", "/events/?since=all"])
@pytest.mark.parametrize("setting", ["STREAM_MAX", "STREAM_MAX_PER_CLIENT"])
def test_the_stream_too_many_is_told_to_come_back(
    share_wall: Callable[..., Wall], setting: str, path: str
) -> None:
    wall = share_wall(PRODUCERS=QUIET, ROOT_URLCONF="tests.support.probe", **{setting: 5})
    wall.until(lambda: probe(wall)["admitted"] == 0)
    with ExitStack() as clients:
        for _ in range(5):
            clients.enter_context(request(wall.port, path))
        wall.until(lambda: streams(wall) == 5)
        with wall.events("/stream/?tiles=notes", X_Forwarded_For="192.0.2.9") as other:
            while other.parser.retry is None:
                assert other.read(5)
            assert (other.parser.retry == 30_000) == (setting == "STREAM_MAX")

        with told_to_come_back(wall, path):
            pass
        assert wall.post("notes", {"text": "others go on"})[0] == 201
        assert wall.request("GET", "/")[0] == 200

    wall.until(lambda: probe(wall)["admitted"] == 0)
    with wall.events("/stream/?tiles=notes") as next_one:
        next_one.until_text("others go on", "notes")
