"""What EVENT_LOG["OPTIONS"] may hold, and what is said of it when it may not."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final, TypeVar

from django.core.exceptions import ImproperlyConfigured
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

_RETENTION: Final = re.compile(r"([1-9][0-9]{0,4})([dhm])")
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes"}

KEYS_KEPT: Final = timedelta(hours=24)
"""How long an idempotency key is remembered at least: a sender may retry for a day."""

AnyOptions = TypeVar("AnyOptions", bound="LogOptions")


class BadOptions(ImproperlyConfigured):
    """OPTIONS of the event log are not legal. `problems` holds one sentence per fault."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


def _retention(value: object) -> object:
    """Return "7d", "12h" or "30m" as a timedelta."""
    if value is None or isinstance(value, timedelta):
        return value
    match = _RETENTION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError(
            "retention", 'legal: a number of d, h or m such as "7d", "12h", "30m"; None for ever'
        )
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


class LogOptions(BaseModel):
    """Options that every log has."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    retention: Annotated[timedelta | None, BeforeValidator(_retention)] = Field(
        None, description='how long entries are kept: "7d", "12h", "30m"; None: for ever'
    )
    max_entries: int | None = Field(
        1_000_000, ge=1, description="how many entries are kept; None: any number"
    )

    @property
    def keys_kept(self) -> timedelta:
        """How long an idempotency key is remembered."""
        return max(self.retention or KEYS_KEPT, KEYS_KEPT)


def read_options(model: type[AnyOptions], options: Mapping[str, Any]) -> AnyOptions:
    """Return `options` as `model`. Raises BadOptions, naming option, value and what is legal."""
    try:
        return model.model_validate(dict(options))
    except ValidationError as error:
        raise BadOptions([_sentence(model, dict(fault)) for fault in error.errors()]) from error


def option_problem(name: object, value: object, legal: str) -> str:
    """Return the one sentence in which a bad option is told."""
    return f"EVENT_LOG OPTIONS[{name!r}] is {value!r:.80}: {legal}"


def _sentence(model: type[LogOptions], fault: dict[str, Any]) -> str:
    name = fault["loc"][0]
    if fault["type"] == "extra_forbidden":
        return option_problem(name, fault["input"], f"no such option (legal: {_names(model)})")
    # What is not to be shown may hold a password.
    shown = fault["input"] if model.model_fields[name].repr else "(hidden)"
    return option_problem(name, shown, fault["msg"])


def _names(model: type[LogOptions]) -> str:
    return ", ".join(sorted(model.model_fields))
