"""Watch: sees which producers hold up their own event loop, and where they stand."""

import asyncio
import logging
import selectors
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from producers import runner as runner_module
from producers.policy import Policy
from producers.runner import Runner

logger = logging.getLogger(__name__)

_FRAMES_TOLD = 4
_FRAMES_SEEN = 50
_CALM_ROUNDS = 10
_MACHINERY = (selectors.__file__, runner_module.__file__, str(Path(asyncio.__file__).parent))
"""Where a thread stands whose loop only has nothing to do, or turns but is short of CPU."""


class Pulse:
    """Whether one producer's loop answers, as seen from the wall's main loop."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.blocked: str | None = None
        """Where it is held up, as pages show it; None while it answers."""
        self._answered = True
        self._asked = 0.0
        self._calm = 0
        self._needed = 1
        """Answers in a row that end a block: more each time, so that it does not flicker."""

    def ask(self, at: float) -> None:
        if not self._answered:
            return
        self._asked, self._answered = at, False
        try:
            self.runner.loop.call_soon_threadsafe(self._answer)
        except RuntimeError:  # its loop is closed; what became of it, the runner reports
            self._answered = True

    def _answer(self) -> None:
        self._answered = True

    def judge(self, at: float) -> bool:
        """Look whether the answer has come; return whether `blocked` changed."""
        if not self._answered:
            self._calm = 0
            if self.blocked is not None:
                return False
            self.blocked = self._whereabouts(at - self._asked)
            return self.blocked is not None
        self._calm += 1
        if self.blocked is not None and self._calm >= self._needed:
            self.blocked = None
            self._calm = 0
            self._needed = min(self._needed + 1, _CALM_ROUNDS)
            return True
        if self._calm >= 6 * _CALM_ROUNDS:
            self._needed = 1
        return False

    def _whereabouts(self, seconds: float) -> str | None:
        """Return where the thread stands, or None when its loop is idle and only slow to wake."""
        frame = sys._current_frames().get(self.runner.thread.ident or 0)
        if frame is None or frame.f_code.co_filename.startswith(_MACHINERY):
            return None
        stack = traceback.StackSummary.extract(
            traceback.walk_stack(frame), limit=_FRAMES_SEEN, lookup_lines=False
        )
        logger.warning(
            "producer blocks its event loop alias=%s seconds=%.2f at=%s",
            self.runner.alias,
            seconds,
            " < ".join(map(_place, stack[:_FRAMES_TOLD])),
        )
        own = [step for step in stack if step.filename == self.runner.source]
        return f"blocks its event loop at {_place((own or stack)[0])}"


def _place(step: traceback.FrameSummary) -> str:
    return f"{'/'.join(Path(step.filename).parts[-2:])}:{step.lineno} in {step.name}"


async def watch(
    runners: Callable[[], Iterable[Runner]],
    policy: Policy,
    changed: Callable[[Runner, str | None], None],
) -> None:
    """Ask every loop about once a second; call `changed(runner, where)` when one stops or resumes.

    Never waits for a producer, and never ends.
    """
    pulses: dict[Runner, Pulse] = {}
    while True:
        pulses = {runner: pulses.get(runner) or Pulse(runner) for runner in runners()}
        for pulse in pulses.values():
            pulse.ask(policy.monotonic())
        await asyncio.sleep(policy.block_limit)
        for pulse in pulses.values():
            if pulse.judge(policy.monotonic()):
                changed(pulse.runner, pulse.blocked)
        await asyncio.sleep(max(0.0, policy.watch_every - policy.block_limit))
