"""Rows: one row of PRODUCERS becomes a producer, or says exactly why it cannot."""

import inspect
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final, Literal, TypeAlias

from django.utils.module_loading import import_string
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from producers.base import Producer
from producers.permissions import EXAMPLE as READERS_EXAMPLE
from producers.permissions import BadReaders, read_readers

Kind: TypeAlias = Literal["setting", "alias", "twice", "row", "backend", "class", "options"]

ROW_EXAMPLE: Final = '{"BACKEND": "producers.clock.ClockProducer", "OPTIONS": {"interval": 5}}'
_ROW_KEYS: Final = ("BACKEND", "OPTIONS", "READERS")


class Misconfigured(Exception):
    """A row of PRODUCERS cannot be used: `problem` says what and why, `hint` the next step."""

    def __init__(self, alias: str, problem: str, hint: str, *, kind: Kind = "row") -> None:
        self.alias = alias
        self.problem = problem
        self.hint = hint
        self.kind = kind
        super().__init__(f"{problem}. {hint}")


def make_producer(alias: str, row: object) -> Producer:
    where = f"PRODUCERS[{alias!r}]"
    if not isinstance(row, Mapping):
        raise Misconfigured(
            alias, f"{where} is {row!r:.80}, no dict", f"Write it like {ROW_EXAMPLE}."
        )
    unknown = [key for key in row if key not in _ROW_KEYS]
    if unknown:
        keys = ", ".join(map(repr, unknown))
        hint = (
            "Legal keys are 'BACKEND', 'OPTIONS' and 'READERS'; options go inside 'OPTIONS', "
            f"as in {ROW_EXAMPLE}."
        )
        raise Misconfigured(alias, f"{where} has the unknown key {keys}", hint)
    if "BACKEND" not in row:
        raise Misconfigured(alias, f"{where} has no 'BACKEND'", f"Write it like {ROW_EXAMPLE}.")
    _check_readers(alias, row)
    backend = _backend(alias, row["BACKEND"])
    options = _options(alias, backend, row.get("OPTIONS", {}))
    try:
        return backend(alias, options)
    except Exception as error:
        raise Misconfigured(
            alias,
            f"{where}: {row['BACKEND']} cannot be made ({type(error).__name__}: {error})",
            "Its __init__ should only keep what it is given; open devices in events().",
            kind="class",
        ) from error


def legal_options(backend: type[Producer]) -> dict[str, FieldInfo]:
    """Return the options that mean something to `backend`, by name."""
    legal = dict(backend.Options.model_fields)
    if not _has_interval(backend):
        del legal["interval"]
    return legal


def _check_readers(alias: str, row: Mapping[str, Any]) -> None:
    try:
        read_readers(row.get("READERS", ()))
    except BadReaders as error:
        raise Misconfigured(
            alias,
            f"PRODUCERS[{alias!r}]['READERS'] {error}",
            f"Write it like {READERS_EXAMPLE}; left out, everybody who may see the wall reads it.",
        ) from error


def _backend(alias: str, path: object) -> type[Producer]:
    where = f"PRODUCERS[{alias!r}]['BACKEND'] is {path!r:.200}"
    if not isinstance(path, str):
        hint = "Write the dotted path as a string, such as 'producers.clock.ClockProducer'."
        raise Misconfigured(alias, f"{where}, no string", hint, kind="backend")
    try:
        backend = import_string(path)
    except Exception as error:  # whatever the module does when it is imported
        raise Misconfigured(
            alias,
            f"{where}, which cannot be imported ({type(error).__name__}: {error})",
            _import_hint(path, error),
            kind="backend",
        ) from error
    fault = _class_fault(backend)
    if fault is not None:
        problem, hint = fault
        raise Misconfigured(alias, f"{where}, which {problem}", hint, kind="class")
    return backend  # type: ignore[no-any-return]  # _class_fault has seen that it is one


def _import_hint(path: str, error: Exception) -> str:
    module = path.rpartition(".")[0]
    if isinstance(error, ModuleNotFoundError) and error.name:
        if not f"{path}.".startswith(f"{error.name}."):
            return f"Install {error.name!r} into this environment: {module} needs it."
        return f"There is no module {error.name!r}: correct the path, or make the file."
    if isinstance(error, ImportError) and isinstance(error.__cause__, AttributeError):
        return f"Producers in {module}: {', '.join(_producers_in(module)) or 'none'}."
    return f"Try it by itself: python -c 'import {module or path}'."


def _producers_in(module: str) -> list[str]:
    return [
        name
        for name, value in vars(sys.modules[module]).items()
        if inspect.isclass(value) and issubclass(value, Producer) and value.__module__ == module
    ]


def _class_fault(backend: object) -> tuple[str, str] | None:
    """Return what is wrong with a class as a producer, and what to do; None when it is one."""
    base = "producers.base.Producer"
    if not inspect.isclass(backend) or not issubclass(backend, Producer):
        return f"is no subclass of {base}", f"Name a class that subclasses {base}."
    if not _is_class(backend.Options, Producer.Options):
        return "has Options of its own kind", "Write class Options(Producer.Options)."
    if not _is_class(backend.Data, BaseModel):
        return "has Data that is no pydantic model", "Write class Data(pydantic.BaseModel)."
    if inspect.iscoroutinefunction(backend.events):
        return "has an events() that yields nothing", "Yield in it, or override sample() instead."
    if inspect.isgeneratorfunction(backend.events):
        return "has an events() that is not async", "Write async def events(self)."
    if not inspect.iscoroutinefunction(inspect.unwrap(backend.sample)):
        return "has a sample() that is not async, or yields", "Write async def sample(self)."
    return None


def _is_class(value: object, of: type) -> bool:
    return inspect.isclass(value) and issubclass(value, of)


def _options(alias: str, backend: type[Producer], given: object) -> BaseModel:
    where = f"PRODUCERS[{alias!r}]['OPTIONS']"
    if not isinstance(given, Mapping):
        hint = "Write a dict, such as {'title': 'Door'}, or leave it out."
        raise Misconfigured(alias, f"{where} is {given!r:.80}, no dict", hint, kind="options")
    legal = legal_options(backend)
    if "interval" in given and "interval" not in legal:
        raise Misconfigured(
            alias,
            f"{where}['interval'] is {given['interval']!r:.80}, but {backend.__qualname__}"
            " has no interval: it does not sample",
            f"Leave it out. {_tell_legal(legal)}",
            kind="options",
        )
    try:
        return backend.Options(**{str(name): value for name, value in given.items()})
    except ValidationError as error:
        faults = [_tell_fault(where, fault, legal) for fault in error.errors()]
        hint = _tell_legal(legal)
        raise Misconfigured(alias, "; ".join(faults), hint, kind="options") from error


def _has_interval(backend: type[Producer]) -> bool:
    samples = backend.sample is not Producer.sample
    own = [cls for cls in backend.Options.__mro__ if cls not in Producer.Options.__mro__]
    return samples or any("interval" in vars(cls).get("__annotations__", {}) for cls in own)


def _tell_fault(where: str, fault: Any, legal: Mapping[str, FieldInfo]) -> str:
    place = where + "".join(f"[{part!r}]" for part in fault["loc"])
    if fault["type"] != "extra_forbidden":
        return f"{place} is {fault['input']!r:.80}: {fault['msg']}"
    near = get_close_matches(str(fault["loc"][-1]), legal, n=1)
    return f"{place} is no option of this producer" + (f"; {near[0]!r} is" if near else "")


def _tell_legal(legal: Mapping[str, FieldInfo]) -> str:
    told = [f"{name} ({field.description or 'see its class'})" for name, field in legal.items()]
    return f"Legal options: {', '.join(told)}."
