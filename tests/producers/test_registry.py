"""PRODUCERS: what it makes, and what it says about rows it cannot use."""

import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings
from pydantic import BaseModel

from producers.base import Produced, Producer
from producers.clock import ClockProducer
from producers.registry import Registry

CLOCK = "producers.clock.ClockProducer"
NOTES = "producers.notes.NotesProducer"


class Sampler(Producer):
    async def sample(self) -> Produced:
        return {"n": 1}


class Pushed(Producer):
    """Is pushed, and has an option without words."""

    class Options(Producer.Options):
        depth: int = 3


class Redeclares(Producer):
    class Options(Producer.Options):
        interval: float = 60.0


class Deaf(Producer):
    async def events(self) -> None:  # type: ignore[override]
        return None


class Sync(Producer):
    def events(self) -> Any:
        yield {"n": 1}


class SyncSample(Producer):
    def sample(self) -> Any:
        return {"n": 1}


class OddOptions(Producer):
    class Options(BaseModel):
        pass


class OddData(Producer):
    Data = dict  # type: ignore[assignment]


class Stillborn(Producer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise OSError("no /dev/video0")


def own(cls: type) -> str:
    """Return a dotted path to a class of this file."""
    sys.modules["producer_samples"] = sys.modules[__name__]
    return f"producer_samples.{cls.__qualname__}"


def fault(row: Any, alias: Any = "cam") -> tuple[str, str]:
    """Return problem and hint of the one broken row, having seen that the others work."""
    registry = Registry.build({"first": {"BACKEND": CLOCK}, alias: row, "last": {"BACKEND": NOTES}})

    assert list(registry) == ["first", "last"]
    assert list(registry.errors) == [str(alias)]
    error = registry.errors[str(alias)]
    assert error.alias == str(alias)
    assert str(error) == f"{error.problem}. {error.hint}"
    return error.problem, error.hint


def test_rows_become_producers_with_their_options() -> None:
    registry = Registry.build(
        {
            "tokyo": {"BACKEND": CLOCK, "OPTIONS": {"timezone": "Asia/Tokyo", "interval": "2"}},
            "utc": {"BACKEND": CLOCK, "OPTIONS": {"timezone": "UTC", "title": "UTC"}},
        }
    )

    assert [type(producer) for producer in registry.values()] == [ClockProducer, ClockProducer]
    assert (registry["tokyo"].options.interval, registry["tokyo"].title) == (2.0, "tokyo")
    assert (registry["utc"].options.timezone, registry["utc"].title) == ("UTC", "UTC")
    assert not registry.errors


@pytest.mark.parametrize(
    ("row", "problem", "hint"),
    [
        (
            {"BACKEND": "producers.clok.ClockProducer"},
            "PRODUCERS['cam']['BACKEND'] is 'producers.clok.ClockProducer', which cannot be",
            "There is no module 'producers.clok'",
        ),
        (
            {"BACKEND": "producers.clock.Clock"},
            'does not define a "Clock" attribute',
            "Producers in producers.clock: ClockProducer.",
        ),
        ({"BACKEND": "clock"}, "'clock', which cannot be imported", "python -c 'import clock'"),
        ({"BACKEND": ClockProducer}, "no string", "'producers.clock.ClockProducer'"),
        ({"BACKEND": "pathlib.Path"}, "is no subclass of producers.base.Producer", "subclasses"),
        ({"BACKEND": "json.decoder"}, "is no subclass of producers.base.Producer", "subclasses"),
        ({"BACKEND": own(Deaf)}, "events() that yields nothing", "override sample()"),
        ({"BACKEND": own(Sync)}, "events() that is not async", "async def events(self)"),
        ({"BACKEND": own(SyncSample)}, "sample() that is not async", "async def sample(self)"),
        ({"BACKEND": own(OddOptions)}, "Options of its own kind", "Producer.Options"),
        ({"BACKEND": own(OddData)}, "Data that is no pydantic model", "pydantic.BaseModel"),
        ({"BACKEND": own(Stillborn)}, "cannot be made (OSError: no /dev/video0)", "in events()"),
        ({}, "PRODUCERS['cam'] has no 'BACKEND'", '{"BACKEND": "producers.clock'),
        (CLOCK, "PRODUCERS['cam'] is 'producers.clock.ClockProducer', no dict", '{"BACKEND"'),
        (
            {"BACKEND": CLOCK, "INTERVAL": 5},
            "has the unknown key 'INTERVAL'",
            "Legal keys are 'BACKEND', 'OPTIONS' and 'READERS'",
        ),
        ({"BACKEND": CLOCK, "OPTIONS": 5}, "PRODUCERS['cam']['OPTIONS'] is 5, no dict", "dict"),
        (
            {"BACKEND": CLOCK, "OPTIONS": {"interval": "fast"}},
            "PRODUCERS['cam']['OPTIONS']['interval'] is 'fast': Input should be a valid number",
            "interval (seconds between two ticks)",
        ),
        (
            {"BACKEND": CLOCK, "OPTIONS": {"intervall": 5}},
            "['intervall'] is no option of this producer; 'interval' is",
            "Legal options: title (",
        ),
        (
            {"BACKEND": CLOCK, "OPTIONS": {"timezone": "Mars/Olympus", "interval": 0}},
            "['timezone'] is 'Mars/Olympus': Value error, no IANA time zone",
            "'Asia/Tokyo'",
        ),
        ({"BACKEND": CLOCK, "OPTIONS": {"timezone": "../UTC"}}, "no IANA time zone", "timezone"),
        ({"BACKEND": CLOCK, "OPTIONS": {"timezone": "Asia"}}, "no IANA time zone", "timezone"),
        ({"BACKEND": CLOCK, "OPTIONS": {5: 5}}, "['5'] is no option", "Legal options"),
        (
            {"BACKEND": NOTES, "OPTIONS": {"interval": 5}},
            "['interval'] is 5, but NotesProducer has no interval: it does not sample",
            "Leave it out. Legal options: title (shown on the tile; empty: the alias), expect",
        ),
        (
            {"BACKEND": own(Pushed), "OPTIONS": {"depth": []}},
            "['depth'] is []",
            "depth (see its class).",
        ),
    ],
)
def test_a_broken_row_says_what_and_what_is_legal(row: Any, problem: str, hint: str) -> None:
    told = fault(row)

    assert problem in told[0]
    assert hint in told[1]


@pytest.mark.parametrize(
    ("alias", "problem"),
    [
        ("a b", "'a b' is no legal name (legal: 1 to 64 of"),
        ("error", "'error' is a reserved name (reserved: bye, error"),
        ("_control", "no legal name"),
        ("", "no legal name"),
        (7, "PRODUCERS has the key 7, no string"),
        ("FIRST", "PRODUCERS['FIRST'] and PRODUCERS['first'] differ only in upper and lower case"),
    ],
)
def test_a_broken_alias_says_what_is_legal(alias: Any, problem: str) -> None:
    assert problem in fault({"BACKEND": CLOCK}, alias)[0]


def test_all_faults_of_the_options_are_told_at_once() -> None:
    problem, _ = fault({"BACKEND": CLOCK, "OPTIONS": {"timezone": "x", "interval": 0, "a": 1}})

    assert problem.count("PRODUCERS['cam']['OPTIONS']") == 3


def test_interval_is_legal_where_it_means_something() -> None:
    rows = {
        cls.__name__: {"BACKEND": own(cls), "OPTIONS": {"interval": 9}}
        for cls in (Sampler, Redeclares)
    }

    assert list(Registry.build(rows)) == ["Sampler", "Redeclares"]


@pytest.mark.parametrize(
    ("source", "problem", "hint"),
    [
        ("import no_such_driver", "No module named 'no_such_driver'", "Install 'no_such_driver'"),
        ("1 / 0", "ZeroDivisionError: division by zero", "python -c 'import broken_rows'"),
        ("def", "SyntaxError", "python -c"),
    ],
)
def test_a_module_that_fails_on_import_is_told(
    source: str, problem: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_rows.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)

    told = fault({"BACKEND": "broken_rows.BrokenProducer"})

    assert problem in told[0]
    assert hint in told[1]


def test_a_setting_that_is_no_dict_is_told() -> None:
    registry = Registry.build([("clock", CLOCK)])  # type: ignore[arg-type]

    assert not registry
    assert "no dict" in registry.errors["PRODUCERS"].problem


def test_what_is_as_it_was_is_taken_over() -> None:
    before = Registry.build({"a": {"BACKEND": CLOCK}, "b": {"BACKEND": NOTES}})

    changed = {"a": {"BACKEND": CLOCK, "OPTIONS": {"interval": 2}}, "b": {"BACKEND": NOTES}}
    after = Registry.build(changed, before)

    assert after["b"] is before["b"]
    assert after["a"] is not before["a"]
    assert after["a"].options.interval == 2


def test_the_clocks_default_zone_follows_the_site() -> None:
    with override_settings(TIME_ZONE="Asia/Tokyo"):
        made = Registry.build({"a": {"BACKEND": CLOCK}})

    assert made["a"].options.timezone == "Asia/Tokyo"


@override_settings(
    PRODUCERS={
        "error": {"BACKEND": CLOCK},
        "clock": {"BACKEND": CLOCK},
        "Clock": {"BACKEND": CLOCK},
        "row": {},
        "gone": {"BACKEND": "gone.Gone"},
        "class": {"BACKEND": "pathlib.Path"},
        "options": {"BACKEND": CLOCK, "OPTIONS": {"interval": "x"}},
    }
)
@pytest.mark.django_db
def test_manage_check_shows_each_broken_row() -> None:
    messages = [m for m in run_checks() if (m.id or "").startswith("producers.")]

    assert {m.obj: m.id for m in messages} == {
        "producer 'error'": "producers.E002",
        "producer 'Clock'": "producers.E003",
        "producer 'row'": "producers.E004",
        "producer 'gone'": "producers.E005",
        "producer 'class'": "producers.E006",
        "producer 'options'": "producers.E007",
    }
    assert all(m.hint for m in messages)
    with pytest.raises(SystemCheckError, match=r"producer 'options': \(producers\.E007\)"):
        call_command("check")


class Checks(Producer):
    def check(self) -> Any:
        raise KeyError("token")


@override_settings(PRODUCERS={"odd": {"BACKEND": own(Checks)}, "list": 5})
@pytest.mark.django_db
def test_a_check_that_fails_is_told_and_hides_no_other() -> None:
    messages = [m for m in run_checks() if (m.id or "").startswith("producers.")]

    assert [m.id for m in messages] == ["producers.E004", "producers.E008"]
    assert messages[1].msg == "its check() fails: KeyError: 'token'."


@override_settings(PRODUCERS=5)
@pytest.mark.django_db
def test_a_check_of_no_dict() -> None:
    assert "producers.E001" in [m.id for m in run_checks()]
