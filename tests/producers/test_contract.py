"""What every built-in producer keeps to; a producer of your own can be added to the list."""

import asyncio
import json
from typing import Any

import pytest

from producers.base import Producer
from producers.clock import ClockProducer
from producers.detections import DetectionProducer
from producers.events import Event
from producers.limits import why_unfit
from producers.notes import NotesProducer
from producers.readings import ReadingsProducer
from producers.registry import Registry
from producers.system import SystemProducer

ALL = [ClockProducer, SystemProducer, ReadingsProducer, NotesProducer, DetectionProducer]
pytestmark = pytest.mark.parametrize("backend", ALL)


async def first_event(producer: Producer) -> Event:
    """Return what a producer says first, or what its example says."""
    if not producer.runs:
        return producer.event(example(producer))
    stream = producer.events()
    async with asyncio.timeout(10):
        value = await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    return producer.event(value)


def example(producer: Producer) -> Any:
    body = producer.example if producer.example is not None else '{"text": "hello"}'
    try:
        return json.loads(body)
    except ValueError:
        assert producer.takes_text
        return body


def test_a_row_with_only_the_backend_is_enough(backend: type[Producer]) -> None:
    path = f"{backend.__module__}.{backend.__qualname__}"

    registry = Registry.build({"it": {"BACKEND": path}})

    assert not registry.errors
    assert type(registry["it"]) is backend


def test_check_is_clean(backend: type[Producer]) -> None:
    assert backend("it").check() == []


def test_the_first_line_says_what_it_is_or_takes(backend: type[Producer]) -> None:
    assert (backend.__doc__ or "").splitlines()[0].endswith(".")


def test_options_say_what_they_mean(backend: type[Producer]) -> None:
    assert all(field.description for field in backend.Options.model_fields.values())


async def test_the_first_event_fits_into_any_log(backend: type[Producer]) -> None:
    event = await first_event(backend("it"))

    assert event.type == backend.event_type != "event"
    assert json.loads(json.dumps(dict(event.data))) == event.data
    assert why_unfit(event) is None


async def test_its_own_event_is_taken_again_unchanged(backend: type[Producer]) -> None:
    producer = backend("it")
    event = await first_event(producer)

    again = producer.event(event)

    assert again == event


def test_a_tile_goes_stale_only_where_something_is_expected(backend: type[Producer]) -> None:
    assert (backend("it").expect_every is not None) == backend("it").runs
    assert backend("it", backend.Options(expect_every=7)).expect_every == 7
