"""A source tells neither its user, nor its password, nor its query."""

from pathlib import Path

import pytest

from producers.vision.source import Source


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (0, "0"),
        ("/dev/video0", "/dev/video0"),
        (Path("/films/a@b?c.avi"), "/films/a@b?c.avi"),
        ("rtsp://10.0.0.5/live", "rtsp://10.0.0.5/live"),
        ("rtsp://admin:hunter22@10.0.0.5:554/live", "rtsp://…@10.0.0.5:554/live"),
        ("rtsp://admin:hun/ter@22@10.0.0.5/live", "rtsp://…@10.0.0.5/live"),
        ("http://cam/snap.jpg?user=admin&pwd=hunter22", "http://cam/snap.jpg?…"),
        ("RTSP://admin@cam/", "RTSP://…@cam/"),
    ],
)
def test_a_source_is_shown_without_secrets(source: int | str | Path, shown: str) -> None:
    found = Source.of(source)

    assert found.shown == shown
    assert repr(found) == repr(shown)
    assert str(found) == str(source)


@pytest.mark.parametrize(
    "said",
    [
        "cannot open rtsp://admin:hunter22@cam/live?token=opensesame now",
        "Connection to rtsp://admin:hunter22@cam:554/live?token=opensesame&x=1 failed",
        "401 for admin:hunter22",
        "wrong password hunter22, token opensesame",
        "GET /live?token=opensesame HTTP/1.1",
    ],
)
def test_what_others_say_of_it_is_told_without_secrets(said: str) -> None:
    source = Source.of("rtsp://admin:hunter22@cam/live?token=opensesame")

    told = source.hide(said)

    assert "hunter22" not in told
    assert "opensesame" not in told
    assert told.split()[0] == said.split()[0]


def test_words_that_are_no_secret_stay() -> None:
    source = Source.of("rtsp://a:b@cam/live?x=1")

    assert source.hide("a bad cable, 1 of 2") == "a bad cable, 1 of 2"
    assert Source.of("film.avi").hide("://a@b?c") == "://a@b?c"


@pytest.mark.parametrize("nothing", ["", " "])
def test_no_source_is_refused(nothing: str) -> None:
    with pytest.raises(ValueError, match="it is empty"):
        Source.of(nothing)


@pytest.mark.parametrize(
    ("source", "device", "scheme"),
    [(0, 0, ""), ("2", 2, ""), ("٣", None, ""), ("a.avi", None, ""), ("RTSP://cam", None, "rtsp")],
)
def test_kinds_of_sources_are_told_apart(
    source: int | str, device: int | None, scheme: str
) -> None:
    assert Source.of(source).device == device
    assert Source.of(source).scheme == scheme
