"""Bodies of services that know nothing of this wall: what they post is told, or is told of."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dashboard.log.base import Entry
from producers.notes import NotesProducer
from producers.readings import ReadingsProducer
from producers.registry import Registry
from tests.ingest.posting import Post

Stored = Callable[[], Awaitable[list[Entry]]]

ALERTS: dict[str, Any] = {
    "receiver": "wall",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "DiskFull", "instance": "db1", "severity": "critical"},
            "annotations": {"summary": "disk is full"},
            "startsAt": "2026-11-27T20:52:23.743058252Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": "e94c744ae3d44df8",
        },
        {
            "status": "resolved",
            "labels": {"alertname": "Slow", "severity": "warning"},
            "annotations": {"description": "p99 is 3 s"},
            "startsAt": "2026-11-27T20:00:00Z",
            "endsAt": "2026-11-27T20:10:00Z",
        },
    ],
    "version": "4",
}

NOTES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Grafana: its own words, not those of each alert
    (
        {"status": "firing", "alerts": [{"status": "firing"}], "title": "[FIRING:1] a",
         "state": "alerting", "message": "**Firing**"},
        {"text": "**Firing**", "level": "error", "title": "[FIRING:1] a"},
    ),
    # Uptime Kuma
    (
        {"heartbeat": {"monitorID": 1, "status": 0, "msg": "timeout"},
         "monitor": {"id": 1, "name": "web"}, "msg": "[web] [Down] timeout"},
        {"text": "[web] [Down] timeout", "level": "error", "title": "web"},
    ),
    # GitHub, GitLab
    (
        {"action": "opened", "number": 1, "pull_request": {"title": "x"},
         "repository": {"full_name": "a/b"}},
        {"text": "pull request opened: x", "level": "info", "title": "a/b"},
    ),
    (
        {"ref": "refs/heads/main", "head_commit": {"message": "Mend it\n\nby kind"},
         "repository": {"full_name": "a/b", "description": "not this"}},
        {"text": "push: Mend it", "level": "info", "title": "a/b"},
    ),
    (
        {"action": "completed", "repository": {"full_name": "a/b"},
         "workflow_run": {"name": "CI", "status": "completed", "conclusion": "failure"}},
        {"text": "workflow run completed failure: CI", "level": "error", "title": "a/b"},
    ),
    (
        {"object_kind": "pipeline", "object_attributes": {"id": 31, "status": "failed"},
         "project": {"path_with_namespace": "a/b"}},
        {"text": "pipeline failed", "level": "error", "title": "a/b"},
    ),
    (
        {"zen": "Keep it simple.", "hook_id": 1, "repository": {"full_name": "a/b"}},
        {"text": "Keep it simple.", "level": "info"},
    ),
    # Azure Monitor, Opsgenie, Statuspage, Google's monitoring
    (
        {"schemaId": "azureMonitorCommonAlertSchema",
         "data": {"essentials": {"alertRule": "CPU", "severity": "Sev1", "description": "",
                                 "monitorCondition": "Fired"}, "alertContext": {}}},
        {"text": "CPU: Fired", "level": "error"},
    ),
    (
        {"action": "Create", "alert": {"message": "disk full", "priority": "P1"}},
        {"text": "disk full", "level": "error"},
    ),
    (
        {"page": {"id": "1"}, "incident": {"name": "API", "status": "investigating",
                                           "impact": "major"}},
        {"text": "API: investigating", "level": "error"},
    ),
    ({"incident": {"summary": "CPU is high"}}, {"text": "CPU is high", "level": "info"}),
    # chats: Slack, Discord, Teams
    (
        {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}]},
        {"text": "hello", "level": "info"},
    ),
    (
        {"embeds": [{"title": "web1", "description": "is gone"}]},
        {"text": "is gone", "level": "info", "title": "web1"},
    ),
    (
        {"attachments": [{"content": {"type": "AdaptiveCard", "body": [{"text": "hello"}]}}]},
        {"text": "hello", "level": "info"},
    ),
    ({"issue": {"key": "P-1", "fields": {"summary": "red"}}}, {"text": "red", "level": "info"}),
    # Standard Webhooks, and what is in an envelope
    (
        {"type": "invoice.paid", "timestamp": "2026-11-27T20:00:00Z", "data": {"id": "in_1"}},
        {"text": "invoice.paid", "level": "info"},
    ),
    (
        {"routing_key": "k", "event_action": "trigger",
         "payload": {"summary": "disk full", "severity": "critical"}},
        {"text": "disk full", "level": "error"},
    ),
    # logs: Fluent Bit, Bunyan, journald, GELF, CLEF, Python
    ({"date": 1795812718.1, "log": "GET / 500"}, {"text": "GET / 500", "level": "info"}),
    ({"level": 50, "msg": "boom", "v": 0}, {"text": "boom", "level": "error"}),
    ({"MESSAGE": "Started", "PRIORITY": "3"}, {"text": "Started", "level": "error"}),
    ({"short_message": "A short", "level": 4}, {"text": "A short", "level": "warn"}),
    ({"@mt": "Hello", "@l": "Warning"}, {"text": "Hello", "level": "warn"}),
    ({"msg": "x", "levelno": 40, "levelname": "ERROR"}, {"text": "x", "level": "error"}),
    ({"msg": "%s is %d%% full", "args": "('sda', 91)", "levelno": "40"},
     {"text": "sda is 91% full", "level": "error"}),
    ({"msg": "%s %s", "args": "('one',)", "levelno": 20}, {"text": "%s %s", "level": "info"}),
    ({"msg": "%999999999d", "args": "(1,)", "levelno": 20},
     {"text": "%999999999d", "level": "info"}),
    # levels in Japanese, and as JSON writers without whole numbers have them
    ({"text": "扉", "level": "警告"}, {"text": "扉", "level": "warn"}),
    ({"text": "x", "level": 3.0}, {"text": "x", "level": "error"}),
    # something and how it is
    ({"name": "backup", "status": "down"}, {"text": "backup: down", "level": "error"}),
    ({"content": "deployed"}, {"text": "deployed", "level": "info"}),
    ({"Subject": "ALARM", "Message": "hey"}, {"text": "hey", "level": "info", "title": "ALARM"}),
    # an empty text does not hide another
    ({"text": "", "message": "b"}, {"text": "b", "level": "info"}),
]  # fmt: skip

READINGS: list[tuple[dict[str, Any], dict[str, Any], str | None]] = [
    # Telegraf and InfluxDB, one point
    (
        {"fields": {"usage_idle": 91.5}, "name": "cpu", "tags": {"host": "box"}},
        {"name": "cpu", "host": "box", "cpu usage_idle": 91.5},
        "box",
    ),
    # The Things Network: objects within objects
    (
        {"end_device_ids": {"device_id": "d1"},
         "uplink_message": {"decoded_payload": {"temperature": 21.4}}},
        {"end_device_ids device_id": "d1", "uplink_message decoded_payload temperature": 21.4},
        "d1",
    ),
    # Home Assistant, inside of an event
    (
        {"event_type": "changed",
         "data": {"new_state": {"state": "21.4", "attributes": {"unit_of_measurement": "°C"}}}},
        {"event_type": "changed", "data new_state": {"value": 21.4, "unit": "°C"}},
        None,
    ),
    (
        {"event_type": "state_changed",
         "data": {"entity_id": "sensor.t",
                  "new_state": {"state": "21.4", "attributes": {"unit_of_measurement": "°C"}}}},
        {"event_type": "state_changed", "data entity_id": "sensor.t",
         "data new_state": {"value": 21.4, "unit": "°C"}},
        "sensor.t",
    ),
    # ChirpStack, Node-RED, Tasmota: the device, and not the message or how it fares
    (
        {"deduplicationId": "3ac7e3c4-4401", "deviceInfo": {"deviceName": "roof"},
         "object": {"temperature": 12.3}},
        {"deduplicationId": "3ac7e3c4-4401", "deviceInfo deviceName": "roof",
         "object temperature": 12.3},
        "roof",
    ),
    (
        {"_msgid": "a1.b2", "topic": "home/roof", "payload": 21.4},
        {"_msgid": "a1.b2", "topic": "home/roof", "payload": 21.4},
        "home/roof",
    ),
    (
        {"Uptime": "1T02:03:04", "SleepMode": "Dynamic", "POWER": "ON", "Heap": 27},
        {"Uptime": "1T02:03:04", "SleepMode": "Dynamic", "POWER": "ON", "Heap": 27},
        None,
    ),
    (
        {"DS18B20-1": {"Id": "011A", "Temperature": 20}, "DS18B20-2": {"Id": "022B"}},
        {"DS18B20-1 Id": "011A", "DS18B20-1 Temperature": 20, "DS18B20-2 Id": "022B"},
        None,
    ),
    # Shelly: its unit is called otherwise
    ({"tmp": {"value": 22.5, "units": "C"}}, {"tmp": {"value": 22.5, "unit": "C"}}, None),
    ({"value": 22.5, "units": "C"}, {"value": 22.5, "unit": "C"}, None),
    # Japanese
    ({"温度": "２１．４℃", "湿度": "40％", "部屋": "居間"},
     {"温度": {"value": 21.4, "unit": "℃"}, "湿度": {"value": 40, "unit": "％"}, "部屋": "居間"},
     "居間"),
    # sensor.community: a list of named values
    (
        {"esp8266id": "123",
         "sensordatavalues": [{"value_type": "SDS_P1", "value": "12.3"},
                              {"value_type": "humidity", "value": "40"}]},
        {"esp8266id": "123", "SDS_P1": {"value": 12.3}, "humidity": {"value": 40}},
        None,
    ),
    # units written behind the number
    ({"t": "21.4 °C", "h": "40%"}, {"t": {"value": 21.4, "unit": "°C"},
                                    "h": {"value": 40, "unit": "%"}}, None),
    ({"floor": "3rd floor", "t": 1}, {"floor": "3rd floor", "t": 1}, "3rd floor"),
    # what is another each time is no subject
    ({"seen": "20:00:01", "t": 1}, {"seen": "20:00:01", "t": 1}, None),
    ({"was": "21,4", "t": 1}, {"was": "21,4", "t": 1}, None),
    ({"chipId": "77", "t": 1}, {"chipId": "77", "t": 1}, None),
    ({"pass": 10, "fail": 2}, {"pass": 10, "fail": 2}, None),
]  # fmt: skip


@pytest.fixture
def registry() -> Registry:
    rows = [NotesProducer("notes"), ReadingsProducer("readings")]
    return Registry({producer.alias: producer for producer in rows})


@pytest.mark.parametrize(("sent", "kept"), NOTES)
async def test_a_note_is_read_out_of_what_a_service_posts(
    sent: dict[str, Any], kept: dict[str, Any], post: Post, stored: Stored
) -> None:
    answer = await post(json.dumps(sent), to="notes")

    assert answer.status == 201, answer.text
    [entry] = await stored()
    assert entry.event.data == kept


@pytest.mark.parametrize(("sent", "kept", "subject"), READINGS)
async def test_a_reading_is_read_out_of_what_a_service_posts(
    sent: dict[str, Any], kept: dict[str, Any], subject: str | None, post: Post, stored: Stored
) -> None:
    answer = await post(json.dumps(sent), to="readings")

    assert answer.status == 201, answer.text
    assert "left_out" not in answer.body
    [entry] = await stored()
    assert (entry.event.data, entry.event.subject) == (kept, subject)


async def test_each_alert_is_a_note_of_its_own(post: Post, stored: Stored) -> None:
    answer = await post(json.dumps(ALERTS), to="notes")

    assert (answer.status, len(answer.body["ids"])) == (201, 2)
    assert answer.body["left_out"] == [
        "#/receiver", "#/status", "#/version", "#/alerts/0/endsAt", "#/alerts/0/fingerprint",
        "#/alerts/1/labels/severity", "#/alerts/1/startsAt",
    ]  # fmt: skip
    firing, resolved = [entry.event for entry in await stored()]
    assert firing.data == {"text": "disk is full", "level": "error", "title": "DiskFull (db1)"}
    assert firing.time.isoformat() == "2026-11-27T20:52:23.743058+00:00"
    assert resolved.data == {"text": "resolved: p99 is 3 s", "level": "info", "title": "Slow"}
    assert resolved.time.isoformat() == "2026-11-27T20:10:00+00:00"


async def test_each_of_a_batch_of_log_lines_is_a_note(post: Post, stored: Stored) -> None:
    """As Serilog and Seq post it."""
    lines = [{"Level": "Error", "MessageTemplate": "{A}", "RenderedMessage": "a"}, {"@mt": "b"}]

    answer = await post(json.dumps({"Events": lines}), to="notes")

    assert answer.body["left_out"] == ["#/Events/0/MessageTemplate"]
    assert [entry.event.data for entry in await stored()] == [
        {"text": "a", "level": "error"},
        {"text": "b", "level": "info"},
    ]


async def test_each_of_a_batch_of_metrics_is_a_reading(post: Post, stored: Stored) -> None:
    metrics = [
        {"fields": {"idle": n}, "name": "cpu", "tags": {"host": "box"}, "timestamp": 1795812718 + n}
        for n in range(500)
    ]

    answer = await post(json.dumps({"metrics": metrics}), to="readings")

    assert (answer.status, len(answer.body["ids"])) == (201, 500)
    entries = await stored()
    assert [entry.event.data["cpu idle"] for entry in entries] == [*range(500)]
    assert entries[3].event.time.timestamp() == 1795812721


@pytest.mark.parametrize(
    ("to", "sent", "code", "where"),
    [
        ("readings", {"metrics": [{"a": 1}, {"a": "wet"}]}, "invalid-event", "#/metrics/1"),
        ("readings", {"metrics": [{"a": 1}] * 1_001}, "too-many-events", None),
        ("readings", {f"m{n}": None for n in range(1_001)}, "bad-json", "#"),
        ("notes", {"data": {f"m{n}": None for n in range(1_001)}}, "bad-json", "#/data"),
        ("readings", {"data": {"a": "\0"}}, "bad-json", "#/data/a"),
        ("notes", {"alerts": [{"labels": {}, "annotations": {}}]}, "invalid-event", "#/alerts/0"),
        ("notes", {"data": {"a": 1}, "message": {"a": 1}}, "invalid-event", "#/message"),
        ("readings", {"a\u202eb": 1}, "invalid-event", None),
    ],
)
async def test_of_what_cannot_be_read_nothing_is_stored_and_the_place_is_told(
    to: str, sent: Any, code: str, where: str | None, post: Post, stored: Stored
) -> None:
    answer = await post(json.dumps(sent), to=to)

    assert answer.code == code, answer.text
    assert where is None or answer.pointer == where
    assert await stored() == []


async def test_what_lets_a_sender_in_elsewhere_is_not_shown_here(
    post: Post, stored: Stored
) -> None:
    sent = {"PASSWORD": "hunter2", "auth_token": "hunter2", "PASSKEY": "hunter2", "tempf": 70.5}

    answer = await post(json.dumps(sent), to="readings")

    assert answer.body["left_out"] == ["#/PASSWORD", "#/auth_token", "#/PASSKEY"]
    [entry] = await stored()
    assert entry.event.data == {"tempf": 70.5}


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ({"date": "2026-11-27", "time": "20:51:58"}, "2026-11-27T20:51:58+00:00"),
        ({"time": "Fri, 27 Nov 2026 21:51:58 +0100"}, "2026-11-27T20:51:58+00:00"),
        ({"dateutc": "2026-11-27 20:51:58"}, "2026-11-27T20:51:58+00:00"),
        ({"time": 1795812718, "timestamp": 1795812718000}, "2026-11-27T20:51:58+00:00"),
        ({"last_seen": "2026-11-27 20:51:58 UTC"}, "2026-11-27T20:51:58+00:00"),
        ({"Time": 1795812718}, "2026-11-27T20:51:58+00:00"),
        ({"eventTime": "2026-11-27T20:51:58Z"}, "2026-11-27T20:51:58+00:00"),
        ({"reported_at": 1795812718000}, "2026-11-27T20:51:58+00:00"),
        ({"params": {"ts": 1795812718.0}}, "2026-11-27T20:51:58+00:00"),
    ],
)
async def test_a_time_in_whichever_form_is_the_event_s(
    stamp: dict[str, Any], at: str, post: Post, stored: Stored
) -> None:
    await post(json.dumps({"t": 1} | stamp), to="readings")

    [entry] = await stored()
    assert (entry.event.time.isoformat(), entry.event.data) == (at, {"t": 1})


async def test_a_time_within_an_object_is_no_measure_either(post: Post, stored: Stored) -> None:
    sent = {"t": 1, "device": {"created_at": 1795812718}, "meter": {"resetTs": 1795812718}}

    answer = await post(json.dumps(sent), to="readings")

    assert answer.body["left_out"] == ["#/device/created_at", "#/meter/resetTs"]
    [entry] = await stored()
    assert entry.event.data == {"t": 1}
    assert entry.event.time.timestamp() != 1795812718
