import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.live import sse
from dashboard.live.sse import Frame
from tests.support.sse_parser import Message, Parser

names = st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True)


def test_frame_with_all_fields_is_exactly_these_bytes() -> None:
    frame = Frame("clock", "<b>14:03</b>", "18f-42")

    assert frame.encode() == b"id: 18f-42\nevent: clock\ndata: <b>14:03</b>\n\n"


def test_frame_without_id_has_no_id_line() -> None:
    assert Frame("hb", "<i></i>").encode() == b"event: hb\ndata: <i></i>\n\n"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_each_kind_of_line_end_starts_a_data_line(end: str) -> None:
    assert Frame("a", f"x{end}y").encode() == b"event: a\ndata: x\ndata: y\n\n"


@pytest.mark.parametrize("char", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_what_only_python_calls_a_line_end_is_kept(char: str) -> None:
    assert Frame("a", f"x{char}y").encode() == f"event: a\ndata: x{char}y\n\n".encode()


@pytest.mark.parametrize("data", ["", "\n", " leading", ":colon", "a\n\nb", "trailing\n"])
def test_odd_data_arrives_as_it_was_sent(data: str) -> None:
    parser = Parser()

    messages = parser.feed(Frame("a", data).encode())

    assert messages == ([Message("a", data, "")] if data else [])
    assert parser.unknown_fields == []


@pytest.mark.parametrize(
    "name", ["", "a b", "a\nb", "a\rdata: x", "é", "a:b", "x" * 65, "a\0", "\u202e"]
)
def test_illegal_names_and_ids_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no legal SSE event name"):
        Frame(name, "x").encode()
    with pytest.raises(ValueError, match="no legal SSE id"):
        Frame("a", "x", name).encode()
    with pytest.raises(ValueError, match="no legal SSE id"):
        sse.cursor(name)


@given(event=names, entry_id=names, data=st.text())
def test_every_frame_round_trips_and_forges_nothing(event: str, entry_id: str, data: str) -> None:
    parser = Parser()
    lines = data.replace("\r\n", "\n").replace("\r", "\n")
    expected = lines.encode("utf-8", "replace").decode()

    messages = parser.feed(b"event: before\ndata: 1\n\n" + Frame(event, data, entry_id).encode())

    assert parser.last_event_id == entry_id
    assert parser.retry is None
    assert parser.unknown_fields == []
    told = [Message(event, expected, entry_id)] if expected else []
    assert messages == [Message("before", "1", ""), *told]


def test_cursor_is_a_heartbeat_that_moves_the_id() -> None:
    parser = Parser()

    messages = parser.feed(sse.cursor("18f-7"))

    assert messages == [Message("hb", "{}", "18f-7")]


def test_unnamed_frame_is_a_message_with_the_same_id_and_data() -> None:
    parser = Parser()

    messages = parser.feed(sse.unnamed(Frame("clock", "event: x\nevent: y", "18f-7").encode()))

    assert messages == [Message("message", "event: x\nevent: y", "18f-7")]


def test_retry_is_digits_and_spread() -> None:
    blocks = {sse.retry(1, 5) for _ in range(200)}

    waits = [int(block.removeprefix(b"retry: ").removesuffix(b"\n\n")) for block in blocks]
    assert min(waits) >= 1000
    assert max(waits) <= 5000
    assert len(blocks) > 100
