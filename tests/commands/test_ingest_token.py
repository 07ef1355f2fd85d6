"""`manage.py ingest_token`: what it prints, what it refuses, and that servers hear of it."""

import asyncio
import re
import shlex
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from dashboard.ingest.credentials import TOKENS_CHANGED
from dashboard.ingest.tokens import TokenTable
from dashboard.log.base import Entry
from dashboard.log.factory import make_log
from producers.names import CONTROL

pytestmark = pytest.mark.django_db(transaction=True)


PRODUCERS = {
    "clock": {"BACKEND": "producers.clock.ClockProducer"},
    "notes": {"BACKEND": "producers.notes.NotesProducer"},
    "readings": {"BACKEND": "producers.readings.ReadingsProducer"},
    "broken": {"BACKEND": "no.such.Class"},
}


@pytest.fixture(autouse=True)
def _producers() -> Iterator[None]:
    with override_settings(PRODUCERS=PRODUCERS):
        yield


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("ingest_token", *arguments, stdout=out)
    return out.getvalue()


def control_events() -> list[Entry]:
    async def latest() -> list[Entry]:
        log = make_log()
        try:
            return await log.latest(CONTROL, 10)
        finally:
            await log.aclose()

    return asyncio.run(latest())


def valid_tokens() -> TokenTable:
    table = TokenTable()
    asyncio.run(table.load())
    return table


def test_create_prints_a_token_that_works_and_a_curl() -> None:
    out = run("create", "door", "--producer", "notes", "--url", "http://wall.example/")

    [token] = set(re.findall(r"ew_\w{8}_[\w-]{43}", out))
    found = valid_tokens().find(token)
    assert found is not None
    assert found.producers == frozenset({"notes"})
    words = shlex.split(out[out.index("curl ") :].replace("\\\n", " "))
    assert words[1] == "http://wall.example/ingest/notes"
    assert f"Authorization: Bearer {token}" in words
    assert words[-1] == "door open"


def test_create_for_all_shows_a_producer_that_waits_for_posts() -> None:
    out = run("create", "all")

    assert "every producer" in out
    assert "/ingest/notes" in out


def test_create_without_any_producer_shows_no_curl() -> None:
    with override_settings(PRODUCERS={}):
        out = run("create", "all")

    assert re.search(r"ew_\w{8}_", out)
    assert "curl" not in out


def test_new_names_are_of_the_scope_and_stay_when_a_token_is_rotated() -> None:
    any_name = run("create", "any", "--new-names")
    lab = run("create", "lab", "--producer", "notes", "--new-names", "lab-*")
    [token] = set(re.findall(r"ew_\w{8}_[\w-]{43}", run("rotate", "lab", "--grace", "0")))

    found = valid_tokens().find(token)
    assert found is not None
    may = [name for name in ("notes", "readings", "lab-1", "attic") if found.allows(name)]
    assert may == ["notes", "lab-1"]
    assert "/ingest/kitchen" in any_name
    assert "may post to notes, lab-* (makes new ones)." in lab
    assert "every producer, and makes new ones" in run("list")


def test_servers_hear_of_new_and_revoked_tokens() -> None:
    run("create", "door")
    run("revoke", "door")

    assert [entry.event.type for entry in control_events()] == [TOKENS_CHANGED] * 2
    assert len(valid_tokens()) == 0


def test_list_shows_scope_and_time_but_no_secret() -> None:
    assert "There are no tokens" in run("list")

    out = run("create", "door", "--producer", "notes", "--producer", "broken")
    run("create", "all")
    run("revoke", "all")
    [token] = set(re.findall(r"ew_\w{8}_[\w-]{43}", out))
    listed = run("list")

    header, first, second = listed.splitlines()
    assert re.split(r"  +", header) == [
        *("name", "secret", "may post to", "rate", "created", "last used", "state")
    ]
    assert re.fullmatch(
        rf"door  {token[:12]}…  broken, notes +default  \d{{4}}-\d\d-\d\d \d\d:\d\d  - +valid",
        first,
    )
    assert re.fullmatch(
        r"all .* every producer .*:\d\d  -  +revoked \d{4}-\d\d-\d\d \d\d:\d\d", second
    )
    assert token[12:] not in listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["create", "x", "--producer", "nots"], "no producer 'nots'; known are clock, notes, read"),
        (["create", "door"], "there is a token 'door' already; choose another name"),
        (["create", ""], "legal: 1 to 80 printable"),
        (["revoke", "dor"], "there is no token 'dor'; valid ones are: door"),
        (["rotate", "dor"], "there is no token 'dor'; valid ones are: door"),
        (
            ["rotate", "door", "--grace", "soon"],
            "'soon' is no span of time .legal: 30m, 24h, 7d, or 0",
        ),
        (["create", "x", "--rate", "fast"], "'fast' is no rate .legal: 100/s, 6000/m or 1000/h"),
        (["create", "x", "--new-names", "lab-"], "'lab-' is no beginning .*such as 'lab-[*]'"),
        (["create", "x", "--new-names", "küche*"], "'küche[*]' is no beginning"),
        (["create", "x", "--producer", "notes", "--new-names"], "'notes' limits nothing"),
        (["renew", "door"], "create.*list.*rotate.*revoke"),
        ([], "create|list|rotate|revoke"),
    ],
)
def test_mistakes_are_told_with_what_is_legal(arguments: list[str], said: str) -> None:
    run("create", "door")

    with pytest.raises(CommandError, match=said):
        run(*arguments)
    assert len(valid_tokens()) == 1


@pytest.mark.parametrize(
    ("grace", "said", "valid"),
    [
        ([], r"The old one works until \d{4}-\d\d-\d\d \d\d:\d\d\.", 2),
        (["--grace", "7d"], "The old one works until", 2),
        (["--grace", "0"], "The old one is refused now", 1),
        (["--grace", "0h"], "The old one is refused now", 1),
    ],
)
def test_rotate_prints_another_token_and_what_becomes_of_the_old(
    grace: list[str], said: str, valid: int
) -> None:
    old = run("create", "door", "--producer", "notes")

    out = run("rotate", "door", *grace)

    [token] = set(re.findall(r"ew_\w{8}_[\w-]{43}", out))
    assert token not in old
    assert re.search(said, out)
    assert len(valid_tokens()) == valid
    assert valid_tokens().find(token) is not None
    assert len(control_events()) == 2


def test_list_shows_the_rate_and_the_end_of_a_rotated_one() -> None:
    run("create", "door", "--rate", "6000/m")
    run("rotate", "door")

    _, old, new = run("list").splitlines()

    assert re.search(r"  6000/m  .*  valid until \d{4}-\d\d-\d\d \d\d:\d\d$", old)
    assert re.search(r"  6000/m  .*  valid$", new)


def test_log_that_cannot_take_the_news_does_not_hide_the_token() -> None:
    out, err = StringIO(), StringIO()

    with override_settings(EVENT_LOG={"BACKEND": "no.such.Log"}):
        call_command("ingest_token", "create", "door", stdout=out, stderr=err)

    assert re.search(r"ew_\w{8}_[\w-]{43}", out.getvalue())
    assert "running servers follow in seconds" in err.getvalue()
