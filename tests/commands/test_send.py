"""`manage.py send` and `producers`, beside a running wall."""

import json

import pytest

from dashboard.management.commands.send import parse
from tests.support.wall import Wall


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["21.4"], 21.4),
        (['{"value": 21.4}'], {"value": 21.4}),
        (["value=21.4", "unit=°C"], {"value": 21.4, "unit": "°C"}),
        (["text=door open", "level=warn"], {"text": "door open", "level": "warn"}),
        (["the", "door", "is", "open"], "the door is open"),
        (["=odd"], "=odd"),
        ("from standard input\n", "from standard input"),
    ],
)
def test_words_are_read_as_they_were_meant(words: list[str] | str, meant: object) -> None:
    assert parse(words) == meant


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody", "1"], "known are clock, host, readings, notes"),
        (["readings", "warm"], "readings"),
        (["notes", "level=loud", "text=x"], "level"),
    ],
)
def test_what_does_not_fit_is_told_and_not_stored(
    wall: Wall, arguments: list[str], said: str
) -> None:
    told = wall.manage("send", *arguments, check=False)

    assert said in told
    assert "Traceback" not in told
    with wall.events("/events/?producer=readings,notes&since=all") as stream:
        wall.post("notes", {"text": "the only one"})
        (event,) = stream.until(1)
    assert json.loads(event.data)["data"]["text"] == "the only one"


def test_a_key_is_stored_once(wall: Wall) -> None:
    first = wall.manage("send", "notes", "--key", "k", "text=once")
    second = wall.manage("send", "notes", "--key", "k", "text=once")
    other = wall.manage("send", "notes", "--key", "k", "text=twice", check=False)

    assert first == second
    assert "'k'" in other
    assert "nothing was stored" in other


def test_producers_tells_state_and_when_each_last_spoke(wall: Wall) -> None:
    wall.post("notes", {"text": "hello"})
    with wall.events("/events/?since=all&producer=clock") as stream:
        stream.until(1, "clock")

    rows = {line.split()[0]: line for line in wall.manage("producers").splitlines()}

    assert "producers.clock.ClockProducer" in rows["clock"]
    assert "running" in rows["clock"]
    assert "listening" in rows["notes"]
    assert "never" in rows["readings"]
    assert "never" not in rows["notes"]
