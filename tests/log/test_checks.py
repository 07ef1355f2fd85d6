"""What `manage.py check` says of EVENT_LOG, and what make_log makes of it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from dashboard.log.base import EventLog
from dashboard.log.checks import check_event_log
from dashboard.log.database import DatabaseLog
from dashboard.log.factory import make_log
from dashboard.log.memory import MemoryLog
from tests.support.logs import registered

DATABASE = "dashboard.log.database.DatabaseLog"
MEMORY = "dashboard.log.memory.MemoryLog"


def check(backend: object = DATABASE, **options: Any) -> list[CheckMessage]:
    with override_settings(EVENT_LOG={"BACKEND": backend, "OPTIONS": options}):
        return check_event_log(None)


def check_database(path: Path, **options: Any) -> list[tuple[str | None, str]]:
    with registered(path, **options) as alias:
        return [(message.id, message.msg) for message in check(alias=alias)]


@pytest.mark.parametrize("backend", [DATABASE, MEMORY])
@pytest.mark.parametrize(
    "options", [{}, {"retention": "7d", "max_entries": 5}, {"retention": None, "max_entries": None}]
)
def test_legal_options_are_not_told(backend: str, options: dict[str, Any]) -> None:
    assert check(backend, **options) == []


@pytest.mark.parametrize(
    ("option", "value", "legal"),
    [
        ("retention", "7 days", '"7d", "12h", "30m"; None for ever'),
        ("retention", "0d", '"7d", "12h", "30m"; None for ever'),
        ("retention", 7, '"7d", "12h", "30m"; None for ever'),
        ("max_entries", 0, "greater than or equal to 1"),
        ("max_entries", "5", "valid integer"),
        ("max_entries", True, "valid integer"),
        ("poll", 0, "greater than 0"),
        ("poll", float("nan"), "finite"),
        ("poll", "fast", "valid number"),
        ("alias", "nowhere", "legal: default"),
        ("alias", 1, "valid string"),
        ("retain", "7d", "legal: alias, max_entries, poll, retention"),
    ],
)
def test_bad_option_is_told_with_its_value_and_what_is_legal(
    option: str, value: object, legal: str
) -> None:
    (message,) = check(**{option: value})

    assert message.id == "dashboard.E011"
    assert f"EVENT_LOG OPTIONS[{option!r}] is {value!r}: " in message.msg
    assert legal in message.msg
    assert message.hint


def test_each_bad_option_is_told() -> None:
    messages = check(MEMORY, retention="x", max_entries=-1, poll=1)

    assert [message.id for message in messages] == ["dashboard.E011"] * 3


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({}, "EVENT_LOG['BACKEND'] is None"),
        ({"BACKEND": MemoryLog}, "legal is the dotted path"),
        ({"BACKEND": "dashboard.log.nowhere.Log"}, "cannot be imported: No module named"),
        ({"BACKEND": "dashboard.log.database.Nothing"}, "cannot be imported"),
        ({"BACKEND": "nodots"}, "cannot be imported"),
        ({"BACKEND": "producers.events.Event"}, "is no EventLog"),
        ({"BACKEND": MEMORY, "OPTION": {}}, "EVENT_LOG has 'OPTION': legal are"),
        ({"BACKEND": MEMORY, "OPTIONS": ["7d"]}, "EVENT_LOG['OPTIONS'] is ['7d']: legal is a dict"),
    ],
)
def test_bad_setting_is_told_and_makes_no_log(setting: dict[str, Any], told: str) -> None:
    with override_settings(EVENT_LOG=setting):
        (message,) = check_event_log(None)
        with pytest.raises(ImproperlyConfigured) as raised:
            make_log()

    assert message.id == "dashboard.E010"
    assert told in message.msg
    assert str(raised.value) == message.msg


class OtherLog(MemoryLog):
    """A log whose options are refused in its own words."""

    def __init__(self, options: object) -> None:
        raise ImproperlyConfigured("the server must be named")


def test_log_of_another_project_may_refuse_its_options() -> None:
    (message,) = check(f"{OtherLog.__module__}.OtherLog")

    assert (message.id, message.msg) == ("dashboard.E011", "the server must be named")


@pytest.mark.parametrize(("backend", "kind"), [(DATABASE, DatabaseLog), (MEMORY, MemoryLog)])
def test_make_log_follows_the_setting(backend: str, kind: type[EventLog]) -> None:
    with override_settings(EVENT_LOG={"BACKEND": backend, "OPTIONS": {"max_entries": 5}}):
        log = make_log()

    assert type(log) is kind
    with override_settings(EVENT_LOG={"BACKEND": backend}):
        assert type(make_log()) is kind


def test_other_settings_that_are_wrong_are_left_to_their_own_check() -> None:
    with override_settings(EVENT_LOG="memory"):
        assert check_event_log(None) == []


# --- the database


def test_site_database_is_fit(tmp_path: Path) -> None:
    assert check_database(tmp_path / "x.sqlite3") == []


@pytest.mark.parametrize(
    "options",
    [
        {"transaction_mode": None, "init_command": None},
        {"transaction_mode": "DEFERRED", "init_command": "PRAGMA synchronous=OFF"},
        {"init_command": "pragma journal_mode = 'wal'"},
    ],
)
def test_what_the_log_sets_itself_is_not_asked_for(tmp_path: Path, options: dict[str, Any]) -> None:
    assert check_database(tmp_path / "x.sqlite3", **options) == []


def test_a_journal_mode_that_makes_readers_wait_is_a_warning(tmp_path: Path) -> None:
    ((id_, told),) = check_database(
        tmp_path / "x.sqlite3", init_command="pragma synchronous=2; pragma journal_mode = delete"
    )

    assert id_ == "dashboard.W015"
    assert "journal_mode=DELETE" in told


@pytest.mark.parametrize("timeout", [0.1, 600])
def test_timeout_out_of_proportion_is_a_warning(tmp_path: Path, timeout: float) -> None:
    ((id_, told),) = check_database(tmp_path / "x.sqlite3", timeout=timeout)

    assert id_ == "dashboard.W017"
    assert f"is {timeout!r}" in told


@pytest.mark.parametrize("name", [":memory:", "file:x?mode=memory&cache=shared"])
def test_database_in_memory_is_an_error(name: str) -> None:
    ((id_, told),) = check_database(Path(name))

    assert id_ == "dashboard.E013"
    assert repr(name) in told
