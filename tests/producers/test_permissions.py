"""READERS: who may read a producer, and that what cannot be read lets nobody in."""

import pytest

from producers.permissions import NOBODY, BadReaders, Readers, read_readers, readers_of
from producers.registry import Registry

NOTES = "producers.notes.NotesProducer"
NONE: frozenset[str] = frozenset()


def test_each_name_is_enough_by_itself() -> None:
    readers = read_readers(["group:night shift", "user:anna", "perm:wall.view_door"])

    assert readers.admit("anna", NONE, NONE)
    assert readers.admit("ben", {"night shift", "others"}, NONE)
    assert readers.admit("ben", NONE, {"wall.view_door"})
    assert not readers.admit("ben", {"anna"}, {"wall.view_window"})


def test_an_empty_list_is_nobody() -> None:
    assert read_readers([]) == NOBODY == Readers()
    assert not NOBODY.admit("", NONE, NONE)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("group:ops", "no list"),
        (None, "no list"),
        ([7], "none of group:, user: and perm:"),
        (["ops"], "none of group:, user: and perm:"),
        (["group:"], "none of group:, user: and perm:"),
        (["user: anna"], "none of group:, user: and perm:"),
        (["perm:view"], "no <app label>.<codename>"),
    ],
)
def test_what_cannot_be_read_is_told_and_lets_nobody_in(value: object, fault: str) -> None:
    row = {"BACKEND": NOTES, "READERS": value}

    registry = Registry.build({"notes": row})

    with pytest.raises(BadReaders, match=fault):
        read_readers(value)
    assert "PRODUCERS['notes']['READERS']" in str(registry.errors["notes"])
    assert '"group:ops"' in registry.errors["notes"].hint
    assert registry.readers == {"notes": NOBODY}


def test_a_misspelt_key_lets_nobody_in() -> None:
    assert readers_of({"notes": {"BACKEND": NOTES, "Reader": ["user:anna"]}}) == {"notes": NOBODY}


def test_a_row_that_is_broken_elsewhere_keeps_its_readers() -> None:
    registry = Registry.build({"camera": {"BACKEND": "no.such", "READERS": ["user:anna"]}})

    assert "camera" in registry.errors
    assert registry.readers["camera"].admit("anna", NONE, NONE)


def test_a_row_without_readers_has_none() -> None:
    assert Registry.build({"notes": {"BACKEND": NOTES}}).readers == {}
