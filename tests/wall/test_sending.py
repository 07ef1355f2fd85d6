"""`send` and `asend` in this process: what is checked, what is returned, and transactions."""

import asyncio
import base64
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured, SynchronousOnlyOperation
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext_lazy
from pytest_django.plugin import DjangoDbBlocker

from dashboard import asend, send
from dashboard.http.problems import Refused
from dashboard.models import LogEntry, StoredProducer
from dashboard.wall import current
from producers.names import CONTROL
from producers.notes import NotesProducer
from tests.support.logs import Database, registered
from tests.support.migrated import migrated_file
from tests.support.pictures import encoded

a_database = pytest.mark.django_db(transaction=True)

MEMORY = {"BACKEND": "dashboard.log.memory.MemoryLog"}


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.PRODUCERS = {
        "orders": {"BACKEND": "producers.base.Producer"},
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
        "camera": {"BACKEND": "producers.detections.DetectionProducer"},
        "broken": {"BACKEND": "no.such.Producer"},
    }


def stored() -> list[dict[str, Any]]:
    """Return the data of what was sent, as this thread sees the log."""
    rows = LogEntry.objects.exclude(producer=CONTROL).order_by("seq")
    return [json.loads(row.data) for row in rows]


@a_database
def test_an_event_is_stored_when_its_id_is_returned() -> None:
    (id_,) = send("orders", {"text": "paid"}, type="paid", subject="7", key="paid-7") or []

    (row,) = LogEntry.objects.all()
    assert (row.producer, row.type, row.subject, row.key) == ("orders", "paid", "7", "paid-7")
    assert json.loads(row.data) == {"text": "paid"}
    assert id_.endswith(f"-{row.seq}")


@a_database
def test_the_same_key_is_stored_once_and_keeps_its_content() -> None:
    first = send("orders", {"text": "paid"}, key="paid-7")
    again = send("orders", {"text": "paid"}, key="paid-7")
    with pytest.raises(Refused, match="'paid-7' was used for other content") as refused:
        send("orders", {"text": "not paid"}, key="paid-7")

    assert first == again
    assert refused.value.code == "key-conflict"
    assert stored() == [{"text": "paid"}]


@a_database
def test_a_list_is_a_batch_and_a_document_is_read() -> None:
    ids = send("notes", ["one", {"text": "two", "level": "warn"}], subject="door")
    nothing = send("notes", "a text alone")
    seen = send("camera", {"detections": [{"label": "cat", "score": 0.9}]}, subject="door")

    assert [len(some or []) for some in (ids, nothing, seen)] == [2, 1, 1]
    texts = [data["text"] for data in stored()]
    assert texts[:3] == ["one", "two", "a text alone"]
    subjects = LogEntry.objects.order_by("seq").values_list("subject", flat=True)
    assert list(subjects) == ["door", "door", None, "door"]


@a_database
def test_a_producer_that_was_added_since_is_sent_to() -> None:
    with pytest.raises(Refused, match="no producer 'later'"):
        send("later", {"n": 1})
    StoredProducer.objects.create(alias="later", backend="producers.notes.NotesProducer")

    send("later", "hello")
    with pytest.raises(Refused, match="known are orders, notes, camera, later"):
        send("nobody", "hello")

    assert stored() == [{"text": "hello", "level": "info"}]


@a_database
def test_a_value_is_what_json_response_takes() -> None:
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    send("orders", {"when": when, "total": Decimal("9.90"), "state": gettext_lazy("paid")})
    send("notes", NotesProducer.Data(text="a model", level="warn"))

    assert stored() == [
        {"when": "2026-01-02T03:04:05Z", "total": "9.90", "state": "paid"},
        {"text": "a model", "level": "warn"},
    ]


@a_database
@pytest.mark.parametrize(
    ("alias", "value", "options", "code", "told"),
    [
        ("order", {}, {}, "unknown-producer", "known are orders, notes, camera"),
        ("broken", {}, {}, "producer-misconfigured", "manage.py check"),
        ("notes", {"text": "x", "level": "loud"}, {}, "invalid-event", "#/level"),
        ("notes", ["fine", {"text": ""}], {}, "invalid-event", "#/1/text"),
        ("notes", [], {}, "empty", "send one event at least"),
        ("notes", None, {}, "empty", "null is no event"),
        ("orders", {"a": {"b": float("nan")}}, {}, "bad-json", "#/a/b"),
        ("orders", {"a": 2**60}, {}, "bad-json", "#/a"),
        ("orders", {"a": "\ud800"}, {}, "bad-json", "#/a"),
        ("orders", {"a": object()}, {}, "bad-json", "legal is what JsonResponse takes"),
        ("orders", {"a": "x" * 300_000}, {}, "too-large", "at most 262,144"),
        ("orders", [{}] * 1001, {}, "too-many-events", "1000"),
        ("orders", {}, {"subject": "a\nb"}, "bad-attribute", "subject holds U+000A at 1"),
        ("orders", {}, {"type": ""}, "bad-attribute", "type has 0 characters"),
        ("orders", {}, {"key": 7}, "bad-attribute", "key is 7; a string is legal"),
        ("camera", {"picture_base64": "AAAA"}, {}, "unsupported-media-type", "PNG"),
        ("camera", {"picture_base64": 7}, {}, "bad-picture", "#/picture_base64"),
    ],
)
def test_what_a_post_would_be_refused_is_refused(
    alias: str, value: object, options: dict[str, Any], code: str, told: str
) -> None:
    with pytest.raises(Refused) as refused:
        send(alias, value, **options)

    assert refused.value.code == code
    assert told in f"{refused.value.detail} {refused.value.extras.get('errors')}"
    assert stored() == []


@a_database
def test_a_picture_goes_with_its_event_or_not_at_all(settings: Any, tmp_path: Path) -> None:
    settings.PICTURES_DIR = tmp_path
    picture = base64.b64encode(encoded()).decode()
    seen = {"label": "cat", "picture_base64": picture}

    with transaction.atomic():
        send("camera", {**seen, "label": "dog"})
        transaction.set_rollback(True)
    send("camera", {"label": "cat"}, key="k")
    with pytest.raises(Refused, match="'k' was used for other content"):
        send("camera", seen, key="k")
    before = list(tmp_path.rglob("*.jpg"))
    send("camera", seen)
    settings.PICTURES_DIR = None
    with pytest.raises(Refused, match="PICTURES_DIR is not set"):
        send("camera", seen)

    kept = [path.name for path in tmp_path.rglob("*.jpg")]
    assert before == []
    assert [data.get("picture") for data in stored()] == [None, *kept]
    assert len(kept) == 1


@a_database
def test_inside_atomic_it_goes_out_with_the_commit() -> None:
    with transaction.atomic():
        before = send("orders", {"n": 1}), send("orders", {"n": 2})
        within = stored()

    assert before == (None, None)
    assert within == []
    assert stored() == [{"n": 1}, {"n": 2}]


@a_database
def test_what_rolls_back_is_not_sent() -> None:
    with transaction.atomic():
        send("orders", {"n": 1})
        transaction.set_rollback(True)
    with transaction.atomic():
        send("orders", {"n": 2})
        with transaction.atomic():
            send("orders", {"n": 3})
            transaction.set_rollback(True)

    assert stored() == [{"n": 2}]


@a_database
def test_inside_atomic_a_fault_is_told_at_once() -> None:
    with transaction.atomic(), pytest.raises(Refused, match="#/level"):
        send("notes", {"text": "x", "level": "loud"})


@a_database
def test_what_the_log_refuses_after_the_commit_is_logged_and_spoils_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    send("orders", {"n": 1}, key="k")

    with caplog.at_level(logging.ERROR), transaction.atomic():
        Group.objects.create(name="committed")
        send("orders", {"n": 2}, key="k")
        send("orders", {"n": 3})

    assert "event lost after commit producer=orders key=k" in caplog.text
    assert Group.objects.filter(name="committed").exists()
    assert stored() == [{"n": 1}, {"n": 3}]


@a_database
def test_one_writer_does_not_wait_for_itself() -> None:
    """SQLite has one at a time: here it is the transaction of the caller."""
    with transaction.atomic():
        Group.objects.create(name="committed")
        with pytest.raises(TransactionManagementError, match="Leave on_commit=False out"):
            send("orders", {"n": 1}, on_commit=False)

    assert Group.objects.filter(name="committed").exists()
    assert stored() == []


@a_database
def test_without_autocommit_nobody_knows_when_it_is_committed() -> None:
    transaction.set_autocommit(False)
    try:
        Group.objects.create(name="not committed")
        for on_commit in (True, False):
            with pytest.raises(TransactionManagementError):
                send("orders", {"n": 1}, on_commit=on_commit)
        transaction.rollback()
    finally:
        transaction.set_autocommit(True)

    assert stored() == []


@pytest.fixture
def shop(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Return the alias of a database that is not the log's."""
    with django_db_blocker.unblock(), registered(tmp_path / "shop" / "shop.sqlite3") as alias:
        (tmp_path / "shop").mkdir()
        yield alias


@pytest.fixture
def log(tmp_path: Path, settings: Any, django_db_blocker: DjangoDbBlocker) -> Iterator[Database]:
    """Have the log in a database of its own."""
    path = tmp_path / "eventwall.sqlite3"
    shutil.copy(migrated_file(), path)
    with django_db_blocker.unblock(), registered(path) as alias:
        settings.EVENT_LOG = {
            "BACKEND": "dashboard.log.database.DatabaseLog",
            "OPTIONS": {"alias": alias},
        }
        yield Database(alias, path)


def numbers(log: Database) -> list[int]:
    """Return what was sent, as another process sees the log."""
    rows = log.rows("SELECT data FROM dashboard_logentry ORDER BY seq")
    return [json.loads(data)["n"] for (data,) in rows]


def test_a_log_of_its_own_follows_the_transaction_of_another_database(
    shop: str, log: Database
) -> None:
    with transaction.atomic(using=shop):
        send("orders", {"n": 1})
        within = numbers(log)
    with transaction.atomic(using=shop):
        send("orders", {"n": 2})
        transaction.set_rollback(True, using=shop)

    assert within == []
    assert numbers(log) == [1]


def test_a_log_of_its_own_takes_what_is_sent_whatever_becomes_of_the_transaction(
    shop: str, log: Database
) -> None:
    with transaction.atomic(using=shop):
        assert send("orders", {"n": 1}, on_commit=False)
        transaction.set_rollback(True, using=shop)

    assert numbers(log) == [1]


def test_of_several_transactions_the_last_decides(shop: str, log: Database) -> None:
    with transaction.atomic(using=log.alias):
        with transaction.atomic(using=shop):
            send("orders", {"n": 1})
        between = numbers(log)
    with transaction.atomic(using=log.alias):
        with transaction.atomic(using=shop):
            send("orders", {"n": 2})
        transaction.set_rollback(True, using=log.alias)

    assert between == []
    assert numbers(log) == [1]


def test_a_file_that_was_replaced_is_not_written_to_in_vain(log: Database, tmp_path: Path) -> None:
    send("orders", {"n": 1})
    connections[log.alias].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log.path.rename(tmp_path / "moved.sqlite3")
    for rest in ("-wal", "-shm"):
        log.path.with_name(log.path.name + rest).unlink()
    shutil.copy(tmp_path / "moved.sqlite3", log.path)
    send("orders", {"n": 2})
    found = numbers(log)
    log.path.unlink()
    with pytest.raises(Refused, match="No such file") as refused:
        send("orders", {"n": 3})

    assert found == [1, 2]
    assert refused.value.code == "log-unavailable"


def test_a_connection_is_used_as_the_log_needs_it_and_left_as_it_was(log: Database) -> None:
    connection = connections[log.alias]
    connection.settings_dict["OPTIONS"] = {"init_command": "PRAGMA synchronous=OFF", "timeout": 3}
    connection.close()
    connection.ensure_connection()
    said: list[str] = []
    connection.connection.set_trace_callback(said.append)

    send("orders", {"n": 1})

    begun = said.index("BEGIN IMMEDIATE")
    assert "PRAGMA synchronous = 2" in said[:begun]
    assert said.index("COMMIT") > begun
    with connection.cursor() as cursor:
        left = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "busy_timeout")
        ]
    assert left == [0, 3000]
    assert numbers(log) == [1]


@pytest.mark.django_db
def test_in_a_test_case_it_goes_out_when_callbacks_are_run(
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    send("orders", {"n": 1})
    before = stored()
    with django_capture_on_commit_callbacks(execute=True):
        send("orders", {"n": 2})
    ids = send("orders", {"n": 3}, on_commit=False)

    assert before == []
    assert ids is not None
    assert stored() == [{"n": 2}, {"n": 3}]


@a_database
async def test_send_on_an_event_loop_says_what_to_call() -> None:
    with pytest.raises(SynchronousOnlyOperation, match=r"await asend\(\.\.\.\)"):
        send("orders", {"n": 1})


@a_database
async def test_asend_stores_where_no_wall_runs() -> None:
    ids = await asend("orders", {"n": 1})
    with pytest.raises(Refused, match="#/level"):
        await asend("notes", {"text": "x", "level": "loud"})

    assert ids
    assert await sync_to_async(stored)() == [{"n": 1}]


def test_a_log_in_memory_is_only_in_the_process_of_the_wall(settings: Any) -> None:
    settings.EVENT_LOG = MEMORY

    with pytest.raises(ImproperlyConfigured, match=r"use dashboard\.log\.database\.DatabaseLog"):
        send("orders", {"n": 1})
    with pytest.raises(CommandError, match="this process runs none"):
        call_command("send", "orders", "n=1")


@a_database
@pytest.mark.parametrize("in_memory", [True, False])
async def test_a_running_wall_hears_its_own_process(settings: Any, in_memory: bool) -> None:
    if in_memory:
        settings.EVENT_LOG = MEMORY
    async with current.running() as wall:
        cursor = (await wall.log.bounds()).newest
        ids = [
            *(await asyncio.to_thread(send, "orders", {"n": 1}) or []),
            *(await asend("orders", {"n": 2}) or []),
        ]
        with pytest.raises(Refused):
            await asend("notes", {"text": ""})
        heard = await wall.log.read(cursor, 10)
    await asyncio.to_thread(connections.close_all)

    heard = [entry for entry in heard if entry.event.producer == "orders"]
    assert [str(entry.id) for entry in heard] == ids
    assert [entry.event.data for entry in heard] == [{"n": 1}, {"n": 2}]


@a_database
async def test_asend_knows_the_transaction_of_a_view_that_it_serves() -> None:
    def view() -> list[dict[str, Any]]:
        with transaction.atomic():
            assert async_to_sync(asend)("orders", {"n": 1}) is None
            before = stored()
        with transaction.atomic():
            async_to_sync(asend)("orders", {"n": 2})
            transaction.set_rollback(True)
        return before

    async with current.running():
        before = await sync_to_async(view)()
        after = await sync_to_async(stored)()

    assert before == []
    assert after == [{"n": 1}]
