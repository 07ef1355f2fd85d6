"""Tickets: what goes in comes out, and nothing else does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

import pytest
from django.core.signing import Signer

from dashboard.access import tickets
from dashboard.access.tickets import LONGEST, BadTicket, Ticket, mint, read

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
PLAIN = Ticket(holder="user:7", expires=NOW + timedelta(hours=1))
FULL = Ticket(
    holder="embed:a_b-1",
    expires=NOW + timedelta(days=400),
    session="0123456789abcdef",
    stamp="fedcba98",
    tiles=frozenset({"clock", "door.2"}),
    producers=frozenset({"clock"}),
    origins=("https://a.example", "http://b.example:8080"),
    theme="dark",
    language="de",
)


def reason_of(text: str, now: datetime = NOW) -> str:
    with pytest.raises(BadTicket) as caught:
        read(text, now)
    return caught.value.reason


@pytest.mark.parametrize("ticket", [PLAIN, FULL], ids=["plain", "full"])
def test_what_is_minted_is_read(ticket: Ticket) -> None:
    text = mint(ticket)

    assert read(text, NOW) == ticket
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.")


def test_no_limit_and_a_limit_to_nothing_are_told_apart() -> None:
    nothing = replace(PLAIN, tiles=frozenset(), producers=frozenset())

    assert read(mint(nothing), NOW) == nothing
    assert read(mint(PLAIN), NOW).tiles is None


def test_the_ticket_ends_at_its_second() -> None:
    text = mint(PLAIN)

    assert read(text, PLAIN.expires - timedelta(microseconds=1)) == PLAIN
    assert reason_of(text, PLAIN.expires) == "expired"


def test_every_edited_character_is_refused() -> None:
    text = mint(FULL)
    signed = len(text) - 1  # the last character has bits that mean nothing

    for place in range(signed):
        other = "A" if text[place] != "A" else "B"
        assert reason_of(text[:place] + other + text[place + 1 :]) in ("forged", "malformed")


@pytest.mark.parametrize(
    "text",
    ["", ".", "a", "a.b", "é.", "a." + "b" * 42, "a.b." + "c" * 43, "a" * LONGEST + "." + "b" * 43],
)
def test_what_has_not_the_shape_of_a_ticket_is_malformed(text: str) -> None:
    assert reason_of(text) == "malformed"


def test_what_was_signed_for_something_else_is_forged() -> None:
    payload = mint(PLAIN).partition(".")[0]

    assert reason_of(Signer(salt="other", sep=".").sign(payload)) == "forged"


@pytest.mark.parametrize("payload", ["bm8", "e30", "eyJ2IjoyfQ", "eyJ2IjoxfQ", "W10"])
def test_what_is_signed_but_is_no_ticket_is_malformed(payload: str) -> None:
    text = Signer(salt="eventwall.tickets", sep=".").sign(payload)

    assert reason_of(text) == "malformed"


def test_an_older_key_counts_while_it_is_a_fallback(settings: Any) -> None:
    text = mint(PLAIN)
    old = settings.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [old]
    assert read(text, NOW) == PLAIN
    settings.SECRET_KEY_FALLBACKS = []
    assert reason_of(text) == "forged"


@pytest.mark.parametrize("holder", ["", "user:", "user:a b", "root", "embed:é", "user:1\n"])
def test_a_holder_that_cannot_be_is_refused(holder: str) -> None:
    with pytest.raises(ValueError, match="legal are user:<pk>"):
        replace(PLAIN, holder=holder)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        replace(PLAIN, expires=datetime(2030, 1, 1))


def test_a_ticket_too_long_for_a_url_is_not_minted() -> None:
    with pytest.raises(ValueError, match="fewer tiles"):
        mint(replace(PLAIN, tiles=frozenset(f"tile-number-{n}" for n in range(200))))


def test_reading_is_cheap_the_first_time_and_the_next() -> None:
    texts = [mint(replace(PLAIN, holder=f"user:{number}")) for number in range(500)]
    tickets._opened.cache_clear()

    def seconds_each() -> float:
        begun = process_time()
        for text in texts:
            read(text, NOW)
        return (process_time() - begun) / len(texts)

    first, again = seconds_each(), seconds_each()

    # Measured: 20 and 2 microseconds. What is caught here is a mistake by a power of ten.
    assert first < 400e-6
    assert again < 60e-6
