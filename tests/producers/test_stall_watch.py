"""A block ends with an answer; the more often a loop blocks, the more answers it takes."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from producers.base import Produced, Producer
from producers.policy import Policy
from producers.runner import Runner
from producers.stall_watch import Pulse
from tests.support.producing import ListLog


class Quiet(Producer):
    async def events(self) -> AsyncIterator[Produced]:
        await asyncio.sleep(3600)
        yield {}


@pytest.fixture
def runner(log: ListLog) -> Iterator[Runner]:
    """A runner whose thread never starts: the test turns its loop by hand."""
    main = asyncio.new_event_loop()
    runner = Runner(
        Quiet("quiet"), log.append, policy=Policy(), main=main, report=lambda runner, state: None
    )
    yield runner
    if not runner.loop.is_closed():
        runner.end()
    main.close()


def turn(runner: Runner) -> None:
    runner.loop.call_soon(runner.loop.stop)
    runner.loop.run_forever()


def answers_until_free(pulse: Pulse) -> int:
    """Return how many answers in a row it takes to end a block."""
    pulse.blocked = "blocks its event loop"
    pulse.ask(0.0)
    assert pulse.judge(0.3) is False
    answers = 0
    while pulse.blocked is not None:
        turn(pulse.runner)
        answers += 1
        changed = pulse.judge(float(answers))
        assert changed == (pulse.blocked is None)
        pulse.ask(float(answers))
    turn(pulse.runner)
    return answers


def test_each_block_takes_one_more_answer_to_end_up_to_ten(runner: Runner) -> None:
    pulse = Pulse(runner)

    assert [answers_until_free(pulse) for _ in range(12)] == [*range(1, 11), 10, 10]


def test_a_calm_minute_makes_the_next_block_the_first(runner: Runner) -> None:
    pulse = Pulse(runner)
    assert [answers_until_free(pulse) for _ in range(3)] == [1, 2, 3]

    for second in range(60):
        pulse.ask(float(second))
        turn(runner)
        assert pulse.judge(float(second)) is False

    assert answers_until_free(pulse) == 1


def test_a_thread_that_stands_nowhere_is_not_blamed(runner: Runner) -> None:
    pulse = Pulse(runner)

    pulse.ask(0.0)

    assert pulse.judge(5.0) is False
    assert pulse.blocked is None


def test_a_closed_loop_is_not_asked(runner: Runner) -> None:
    runner.end()
    pulse = Pulse(runner)

    pulse.ask(0.0)

    assert pulse.judge(5.0) is False
