"""The contract's own part: values become events, or say what is wrong with them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, Field

from producers.base import InvalidEvent, Produced, Producer
from producers.events import Event
from producers.limits import MAX_EVENT_BYTES, why_unfit
from tests.support.producing import FakeTime

WHEN = datetime(2030, 1, 2, tzinfo=UTC)


class Door(Producer):
    class Data(BaseModel):
        open: bool
        name: str = "front"

    event_type = "door"


class Counter(Producer):
    count = 0

    async def sample(self) -> Produced:
        self.count += 1
        return {"n": self.count}


@pytest.mark.parametrize("value", [{"open": True}, Door.Data(open=True)])
def test_a_value_becomes_an_event_with_its_defaults(value: object, fake_time: FakeTime) -> None:
    event = Door("d", now=fake_time.now).event(value, key="k", subject="s")

    assert event == Event(
        producer="d",
        type="door",
        time=fake_time.at,
        data={"open": True, "name": "front"},
        key="k",
        subject="s",
    )


def test_an_event_keeps_what_it_says_under_this_alias() -> None:
    said = Event(producer="x", type="t", time=WHEN, data={"open": False}, key="k", subject="s")

    event = Door("d").event(said)

    assert (event.producer, event.type, event.time) == ("d", "t", WHEN)
    assert (event.key, event.subject) == ("k", "s")


def test_what_the_caller_says_goes_before_what_the_event_says() -> None:
    said = Event(producer="x", type="t", time=WHEN, data={"open": False})

    event = Door("d").event(said, type="u", key="k", subject="s")

    assert (event.type, event.time, event.key, event.subject) == ("u", WHEN, "k", "s")


def test_problems_are_told_with_json_pointers() -> None:
    class Deep(Producer):
        class Data(BaseModel):
            rows: list[dict[str, int]]

    with pytest.raises(InvalidEvent) as caught:
        Deep("d").event({"rows": [{"a/b~c": "x"}]})

    assert caught.value.problems[0][0] == "/rows/0/a~1b~0c"
    assert "not 'x'" in caught.value.problems[0][1]
    assert str(caught.value).startswith("producer 'd' does not take this data: /rows/0/a~1b~0c: ")


def test_what_json_cannot_say_is_an_invalid_event() -> None:
    with pytest.raises(InvalidEvent, match=r"the whole: .*object"):
        Producer("any").event({"x": object()})


async def test_a_sampler_samples_at_once_and_then_every_interval(fake_time: FakeTime) -> None:
    counter = Counter("c", Counter.Options(interval=7), sleep=fake_time.sleep)
    stream = counter.events()

    told = [await anext(stream) for _ in range(3)]

    assert told == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert fake_time.slept == [7, 7]


def test_who_runs_and_who_is_stale_when() -> None:
    assert (Counter("c").runs, Counter("c").expect_every) == (True, 15)
    assert (Door("d").runs, Door("d").expect_every) == (False, None)
    assert Counter("c", Counter.Options(expect_every=1)).expect_every == 1


async def test_a_pushed_producer_has_nothing_to_sample() -> None:
    with pytest.raises(TypeError, match="Door overrides neither"):
        await Door("d").sample()


def test_an_event_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="is naive; give it a time zone"):
        Event(producer="p", type="t", time=datetime(2030, 1, 2), data={})


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"t": "x"}, None),
        ({"t": "a \\u0000 in words"}, None),
        ({"t": "x" * (MAX_EVENT_BYTES - 9)}, None),
        ({"t": "x" * (MAX_EVENT_BYTES - 8)}, "262,145 bytes"),
        ({"t": "ü" * 200_000}, "400,009 bytes"),
        ({"t": ["\\\\", {"a": "\0"}]}, "NUL"),
        ({"\0": 1}, "NUL"),
        ({"t": float("inf")}, "no JSON"),
        ({"t": "\udfff"}, "surrogates"),
        ({"t": b"x"}, "bytes is not JSON"),
    ],
)
def test_what_no_log_can_hold_is_unfit(data: Any, why: str | None) -> None:
    told = why_unfit(Event(producer="p", type="t", time=WHEN, data=data))

    assert (told is None) == (why is None)
    assert (why or "") in (told or "")


def test_a_number_of_too_many_digits_is_refused_like_others() -> None:
    class Narrow(Producer):
        class Data(BaseModel):
            level: float = Field(lt=5)

    with pytest.raises(InvalidEvent, match="too many digits"):
        Narrow("n").event({"level": 10**5_000})
