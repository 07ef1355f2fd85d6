"""Making: what may be embedded, by whom, and what is to be copied of it."""

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from dashboard.access.access import Grant, Principal
from dashboard.access.tickets import mint, read
from dashboard.embeds.making import BadEmbed, make, revoke, snippets_of, ticket_of, url_of
from dashboard.embeds.principals import read_embeds
from dashboard.embeds.uses import EmbedUses
from dashboard.models import Embed

pytestmark = pytest.mark.django_db(transaction=True)

BASE = "https://wall.example"
NOTES = "producers.notes.NotesProducer"


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.ACCESS = "login"
    settings.DASHBOARDS = {}
    settings.PRODUCERS = {
        "hall": {"BACKEND": NOTES, "OPTIONS": {"title": "Hall [main] <b>"}},
        "vault": {"BACKEND": NOTES, "READERS": ["user:anna"]},
    }


@pytest.fixture
def anna() -> User:
    return User.objects.create_user("anna")


@pytest.fixture
def ben() -> User:
    return User.objects.create_user("ben")


def seat_of(embed: Embed) -> Principal:
    return Principal(ticket_of(embed).holder)


def grant(embed: Embed) -> Grant | None:
    return read_embeds([seat_of(embed)]).get(seat_of(embed))


def test_a_ticket_says_what_was_chosen_and_is_always_the_same(anna: User) -> None:
    later = timezone.now() + timedelta(days=1)
    made = make(["vault", "hall"], ["HTTPS://Wiki.example"], "dark", later, anna, "Both")

    kept = Embed.objects.get()
    ticket = read(mint(ticket_of(kept)), timezone.now())

    assert ticket.holder == f"embed:{kept.key}"
    assert ticket.tiles == frozenset({"vault", "hall"})
    assert ticket.origins == ("https://wiki.example",)
    assert (ticket.theme, ticket.expires) == ("dark", later.replace(microsecond=0))
    assert url_of(kept, BASE) == url_of(made, BASE)
    assert url_of(kept, BASE).startswith(f"{BASE}/embed/vault+hall/?t=")
    assert ticket_of(make(["hall"], by=anna)).expires.year == 9999


@pytest.mark.parametrize(
    ("field", "told", "given"),
    [
        ("tiles", "there is no tile 'nothing'; legal are hall, vault", {"tiles": ["nothing"]}),
        ("tiles", "0 tiles are chosen", {"tiles": []}),
        ("origins", "origin '\\*' is not legal", {"origins": ["*"]}),
        ("origins", "origin 'null' is not legal", {"origins": ["null"]}),
        ("theme", "legal are auto, light, dark, transparent", {"theme": "pink"}),
        ("expires", "a time to come", {"expires": datetime(2020, 1, 1, tzinfo=UTC)}),
        ("title", "80 printable", {"title": "x" * 81}),
        ("title", "80 printable", {"title": "a\nb"}),
        (
            "tiles",
            "name fewer",
            {"origins": [f"https://{'a' * 200}{n}.example" for n in range(16)]},
        ),
    ],
)
def test_what_is_not_legal_is_named_and_nothing_is_kept(
    anna: User, field: str, told: str, given: dict[str, Any]
) -> None:
    legal: dict[str, Any] = {"tiles": ["hall"], "by": anna}

    with pytest.raises(BadEmbed, match=told) as caught:
        make(**(legal | given))

    assert caught.value.field == field
    assert Embed.objects.count() == 0


@pytest.mark.parametrize("tile", ["vault", "nothing"])
def test_what_the_maker_may_not_see_is_as_if_it_were_not(ben: User, tile: str) -> None:
    with pytest.raises(BadEmbed) as caught:
        make([tile], by=ben)

    assert str(caught.value) == f"there is no tile {tile!r}; legal are hall"


@pytest.mark.parametrize("by", [None, AnonymousUser()])
def test_where_users_sign_in_nobody_else_makes_one(by: Any) -> None:
    with pytest.raises(BadEmbed):
        make(["hall"], by=by)


def test_where_nobody_signs_in_what_has_readers_is_not_embedded(settings: Any) -> None:
    settings.ACCESS = "public"

    embed = make(["hall"])

    assert grant(embed) == Grant(frozenset({"hall"}))
    with pytest.raises(BadEmbed, match="legal are hall"):
        make(["vault"])
    settings.ACCESS = "login"
    assert grant(embed) is None


def test_it_shows_what_its_maker_may_see_now(anna: User, settings: Any) -> None:
    embed = make(["vault"], by=anna)
    before = grant(embed)

    settings.PRODUCERS = settings.PRODUCERS | {"vault": {"BACKEND": NOTES, "READERS": []}}

    assert before == Grant(frozenset({"hall", "vault"}))
    assert grant(embed) == Grant(frozenset({"hall"}))


@pytest.mark.parametrize("end", ["revoked", "over", "maker disabled", "maker deleted"])
def test_it_ends(anna: User, end: str) -> None:
    embed, other = make(["hall"], by=anna), make(["hall"], by=User.objects.create_user("carl"))
    if end == "revoked":
        revoke(embed)
    elif end == "over":
        Embed.objects.filter(pk=embed.pk).update(expires=timezone.now() - timedelta(seconds=1))
    elif end == "maker disabled":
        User.objects.filter(pk=anna.pk).update(is_active=False)
    else:
        anna.delete()

    assert grant(embed) is None
    assert grant(other) is not None


def test_it_stays_revoked_since_it_was(anna: User) -> None:
    embed = make(["hall"], by=anna)
    revoke(embed)
    first = embed.revoked

    revoke(embed)

    assert first is not None
    assert embed.revoked == Embed.objects.get().revoked == first


def test_snippets_are_escaped_and_hold_the_ticket(anna: User) -> None:
    embed = make(["hall", "vault"], ["https://wiki.example"], "transparent", by=anna, title='"><i>')

    snippets = snippets_of(embed, BASE)

    ticket = mint(ticket_of(embed))
    assert "<i>" not in snippets.iframe
    assert "color-scheme: light" in snippets.iframe
    assert url_of(embed, BASE) == snippets.link
    assert f'src="{BASE}/embed/hall+vault/?t={ticket}"' in snippets.iframe
    assert f"{BASE}/stream/?tiles=hall,vault&t={ticket}" in unescape(snippets.htmx)
    assert snippets.oembed.startswith(f"{BASE}/oembed?url=https%3A%2F%2Fwall.example%2Fembed%2F")
    assert snippets.markdown.splitlines() == [
        f"![Hall \\[main\\] \\<b\\>]({BASE}/embed/hall.svg?t={ticket})",
        f"![vault]({BASE}/embed/vault.svg?t={ticket})",
    ]


async def test_uses_are_written_down_once_a_minute(anna: User) -> None:
    now = 1000.0
    uses = EmbedUses(clock=lambda: now)
    embed = await Embed.objects.acreate(tiles=["hall"], created_by=anna)
    uses.note(embed.key)
    uses.note("gone")

    await uses.save()
    await embed.arefresh_from_db()
    first = embed.last_used
    now += 30
    uses.note(embed.key)
    await uses.save()
    await embed.arefresh_from_db()
    early = embed.last_used
    now += 31
    uses.note(embed.key)
    await uses.save()
    await embed.arefresh_from_db()

    assert first is not None
    assert early == first
    assert embed.last_used is not None
    assert embed.last_used != first
