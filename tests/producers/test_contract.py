"""The contract suite: what every producer keeps to, run on each, or on that of `--producer`."""

import asyncio
import json
from typing import Any

import pytest
from django.utils.module_loading import import_string

from producers.auto import AutoProducer
from producers.base import Producer
from producers.clock import ClockProducer
from producers.detections import DetectionProducer
from producers.events import Event
from producers.limits import why_unfit
from producers.notes import NotesProducer
from producers.readings import ReadingsProducer
from producers.registry import Registry
from producers.system import SystemProducer

BUILT_IN = [
    ClockProducer,
    SystemProducer,
    ReadingsProducer,
    NotesProducer,
    DetectionProducer,
    AutoProducer,
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        theirs = metafunc.config.getoption("producer")
        metafunc.parametrize("backend", [import_string(theirs)] if theirs else BUILT_IN)


@pytest.fixture
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return OPTIONS without which the producer cannot be made; ours need none."""
    options: dict[str, Any] = json.loads(request.config.getoption("options"))
    return options


@pytest.fixture
def producer(backend: type[Producer], options: dict[str, Any]) -> Producer:
    return backend("it", backend.Options(**options))


async def first_event(producer: Producer) -> Event:
    """Return what a producer says first, or what its example says."""
    if not producer.runs:
        return producer.event(example(producer))
    stream = producer.events()
    async with asyncio.timeout(30):
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


def test_a_row_is_enough(backend: type[Producer], options: dict[str, Any]) -> None:
    path = f"{backend.__module__}.{backend.__qualname__}"

    registry = Registry.build({"it": {"BACKEND": path, "OPTIONS": options}})

    assert not registry.errors
    assert type(registry["it"]) is backend


def test_check_is_clean(producer: Producer) -> None:
    assert producer.check() == []


def test_the_first_line_says_what_it_is_or_takes(backend: type[Producer]) -> None:
    assert (backend.__doc__ or "").splitlines()[0].endswith(".")


def test_options_say_what_they_mean(backend: type[Producer]) -> None:
    assert all(field.description for field in backend.Options.model_fields.values())


async def test_the_first_event_fits_into_any_log(
    backend: type[Producer], producer: Producer
) -> None:
    event = await first_event(producer)

    assert event.type == backend.event_type
    assert json.loads(json.dumps(dict(event.data))) == event.data
    assert why_unfit(event) is None


async def test_its_own_event_is_taken_again_unchanged(producer: Producer) -> None:
    event = await first_event(producer)

    again = producer.event(event)

    assert again == event


def test_a_tile_goes_stale_when_it_is_told_to(
    backend: type[Producer], options: dict[str, Any]
) -> None:
    patient = backend("it", backend.Options(**{**options, "expect_every": 7}))

    assert patient.expect_every == 7


@pytest.mark.parametrize("built_in", BUILT_IN)
def test_ours_name_their_events_and_go_stale_only_where_something_is_expected(
    built_in: type[Producer],
) -> None:
    assert built_in.event_type != "event"
    assert (built_in("it").expect_every is not None) == built_in("it").runs
