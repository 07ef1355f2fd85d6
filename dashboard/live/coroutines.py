"""resume: go on with a coroutine that was started by hand.

Most of what the hot paths await is there already. Sending None into the coroutine then returns
at once, by StopIteration, and neither a task nor a timeout was made for nothing.
"""

import types
from collections.abc import Coroutine, Generator
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


@types.coroutine
def resume(started: Coroutine[Any, Any, T], waiting_for: object) -> Generator[Any, Any, T]:
    """Await the rest of a coroutine that has yielded `waiting_for`; return what it returns."""
    while True:
        try:
            value = yield waiting_for
        except BaseException as error:
            step = partial(started.throw, error)
        else:
            step = partial(started.send, value)
        try:
            waiting_for = step()
        except StopIteration as finished:
            result: T = finished.value
            return result
