"""Supervisor: runs every producer that makes events by itself, and tells how all of them fare."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from contextvars import Context
from dataclasses import replace
from types import MappingProxyType

from producers.events import Event
from producers.names import why_illegal
from producers.policy import Policy
from producers.registry import Registry
from producers.runner import Append, Runner
from producers.stall_watch import watch
from producers.state import ProducerState, one_line, told

logger = logging.getLogger(__name__)


class Supervisor:
    """Starts, watches, restarts and stops the producers of `registry`.

    Each runs in a thread with an event loop of its own, so one that blocks stops nobody else.
    Its events go to `append`, always awaited on the loop that called `start`. Every change of
    a state goes the same way, as a control event: other processes hear only the log.
    """

    def __init__(
        self,
        registry: Registry,
        append: Append,
        *,
        retry_on: tuple[type[Exception], ...] | None = None,
        policy: Policy | None = None,
        shared: bool = False,
        untold: Callable[[ProducerState], None] = lambda state: None,
    ) -> None:
        """`retry_on` is what `append` raises when the log is away (also in `policy`); then
        `untold` is called with each state that waits to be told, for this process to know it.
        `shared`: other processes may run the same producers, so none runs here but those that
        `hold` is told.
        """
        self._registry = registry
        self._append = append
        policy = Policy() if policy is None else policy
        self._policy = policy if retry_on is None else replace(policy, retry_on=retry_on)
        self._held: Mapping[str, Append] | None = {} if shared else None
        self._states: dict[str, ProducerState] = {}
        self._runners: dict[str, Runner] = {}
        self._untold: dict[str, ProducerState] = {}
        self._news = asyncio.Event()
        self._on_untold = untold
        self._closing = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def states(self) -> Mapping[str, ProducerState]:
        """Alias → state; also of rows of PRODUCERS that are broken. Empty before `start`."""
        return MappingProxyType(self._states)

    async def start(self) -> None:
        """Start every producer that runs; the others are listening. Does nothing when started."""
        if self._tasks:
            return
        self._news, self._closing = asyncio.Event(), False
        self._set_misconfigured(Registry({}))
        for alias in self._registry:
            self._bring_up(alias)
        self._tasks = [
            self._spawn(self._tell(), "producer-states"),
            self._spawn(
                watch(lambda: self._runners.values(), self._policy, self._see), "producer-watch"
            ),
        ]

    async def change(self, registry: Registry) -> None:
        """Run the producers of `registry` instead: start, restart and stop only what differs."""
        if not self._tasks:
            self._registry = registry
            return
        before, self._registry = self._registry, registry
        changed = [alias for alias in before if registry.get(alias) is not before[alias]]
        runners = {alias: self._runners.pop(alias) for alias in changed if alias in self._runners}
        for alias in [*changed, *before.errors.keys() - registry.errors.keys()]:
            self._states.pop(alias, None)
            self._untold.pop(alias, None)
        await self._end(runners)
        self._set_misconfigured(before)
        self._bring_up_all()

    async def hold(self, held: Mapping[str, Append]) -> None:
        """Of the producers that run by themselves, run these alone, each with its own `append`.

        One that has another `append` than before is started anew.
        """
        before, self._held = self._held or {}, held
        runners = {}
        for alias in [one for one in before if held.get(one) is not before[one]]:
            self._states.pop(alias, None)
            self._untold.pop(alias, None)
            if (runner := self._runners.pop(alias, None)) is not None:
                runners[alias] = runner
        await self._end(runners)
        if self._tasks:
            self._bring_up_all()

    def _bring_up_all(self) -> None:
        for alias in self._registry:
            if alias not in self._states:
                self._bring_up(alias)

    def _set_misconfigured(self, before: Registry) -> None:
        for alias, fault in self._registry.errors.items():
            known = before.errors.get(alias)
            if why_illegal(alias) is None and str(known) != str(fault):
                now = self._policy.now()
                self._set(ProducerState(alias, "failed", now, error=one_line(str(fault))))

    def _bring_up(self, alias: str) -> None:
        producer = self._registry[alias]
        if not producer.runs:
            self._set(ProducerState(alias, "listening", self._policy.now()))
            return
        append = self._append_of(alias)
        if append is None:
            return
        self._runners[alias] = runner = Runner(
            producer,
            append,
            policy=self._policy,
            main=asyncio.get_running_loop(),
            report=self._hear,
        )
        self._set(runner.state)
        runner.start()

    def _append_of(self, alias: str) -> Append | None:
        """Return what a producer appends with; None where it is not to run in this process."""
        runs = alias in self._registry and self._registry[alias].runs
        return self._held.get(alias) if runs and self._held is not None else self._append

    async def _end(self, runners: Mapping[str, Runner]) -> set[str]:
        """Stop these, and wait a while for them to clean up; return who did not."""
        for runner in runners.values():
            runner.stop()
        endings = [asyncio.wrap_future(runner.finished) for runner in runners.values()]
        if endings:
            _, left = await asyncio.wait(endings, timeout=self._policy.stop_within)
            for ending in left:
                ending.cancel()
        late = {alias for alias, runner in runners.items() if not runner.finished.done()}
        for alias in late:
            logger.warning("producer left behind alias=%s", alias)
        return late

    async def stop(self, *, alone: bool = True) -> None:
        """Stop all producers: each may clean up, for 2 s together, then it is left behind.

        Where it is not `alone`, those that are listening go on doing so in other processes.
        """
        if not self._tasks:
            return
        tasks, self._tasks = self._tasks, []
        runners, self._runners = self._runners, {}
        late = await self._end(runners)
        now = self._policy.now()
        for alias, state in list(self._states.items()):
            error = state.error
            if alias in late:
                error = f"did not stop within {self._policy.stop_within:g} s and was left behind"
            if state.status != "failed" and (alone or state.status != "listening"):
                self._set(replace(state, status="stopped", since=now, error=error, retry_at=None))
        self._closing = True
        self._news.set()
        teller, watcher = tasks
        watcher.cancel()
        await asyncio.wait([teller], timeout=self._policy.stop_within)
        teller.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        # An empty context: the first caller's may be a request's, and must not live on here.
        task = asyncio.get_running_loop().create_task(work, name=name, context=Context())
        task.add_done_callback(_show_failure)
        return task

    def _hear(self, runner: Runner, state: ProducerState) -> None:
        """Take in what a runner says of its own producer."""
        if self._runners.get(state.alias) is runner:
            self._set(state)

    def _see(self, runner: Runner, where: str | None) -> None:
        """Take in what the watch sees: held up at `where`, or moving again."""
        if self._runners.get(runner.alias) is not runner:
            return
        if where is None:
            self._set(runner.state)
        elif runner.state.status == "running":
            now = self._policy.now()
            self._set(replace(runner.state, status="blocked", since=now, error=where))

    def _set(self, state: ProducerState) -> None:
        if self._states.get(state.alias) != state:
            self._states[state.alias] = self._untold[state.alias] = state
            self._news.set()

    async def _tell(self) -> None:
        """Append states as they change; while the log is away, the latest of each waits.

        Ends when the supervisor closes and all is told, or the log is away then.
        """
        failures = 0
        while self._untold or not self._closing:
            await self._news.wait()
            self._news.clear()
            batch, self._untold = self._untold, {}
            try:
                await self._tell_at_once(batch)
                failures = 0
            except self._policy.retry_on as error:
                failures += 1
                if failures == 1 or self._closing:
                    logger.warning("producer states wait for the log error=%s", told(error))
                if self._closing:
                    return
                self._untold = batch | self._untold
                for state in self._untold.values():
                    self._on_untold(state)
                await asyncio.sleep(self._policy.retry.delay(failures))
                self._news.set()
            except Exception as error:  # nothing may keep producers from running, or stopping
                logger.warning("producer states not stored error=%s", told(error))

    async def _tell_at_once(self, batch: Mapping[str, ProducerState]) -> None:
        """Append states, each as its producer appends: only who runs it speaks of it."""
        told: dict[Append, list[Event]] = {}
        for alias, state in batch.items():
            if (append := self._append_of(alias)) is not None:
                told.setdefault(append, []).append(state.event())
        for append, events in told.items():
            with suppress(*self._policy.ends_on):
                await append(events)


def _show_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("supervisor task failed name=%s", task.get_name(), exc_info=error)
