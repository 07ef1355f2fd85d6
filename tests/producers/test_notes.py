"""Notes take a text with a level, or the text alone."""

from typing import Any

import pytest

from producers.base import InvalidEvent
from producers.notes import NotesProducer


@pytest.mark.parametrize(
    ("posted", "kept"),
    [
        ("door open", {"text": "door open", "level": "info"}),
        ({"text": "door open"}, {"text": "door open", "level": "info"}),
        ({"text": " x\n", "level": "warn"}, {"text": " x\n", "level": "warn"}),
        ("x" * 2000, {"text": "x" * 2000, "level": "info"}),
    ],
)
def test_texts_are_kept_as_posted(posted: Any, kept: dict[str, Any]) -> None:
    assert NotesProducer("notes").event(posted).data == kept


@pytest.mark.parametrize(
    ("posted", "pointer", "says"),
    [
        ("", "", "a text of 1 or more characters"),
        (" \n\t", "", "the text is blank"),
        ("\u200b", "", "the text is blank"),
        ("x" * 2001, "", "at most 2000 characters"),
        ({}, "", "there is no text in it"),
        ({"text": 5}, "/text", "legal is a text, not 5"),
        ({"text": "x", "level": "purple"}, "/level", "'debug', 'info', 'warn' or 'error'"),
        ({"text": "x", "level": 8}, "/level", "'debug', 'info', 'warn' or 'error'"),
        ({"message": 5}, "/message", "legal is a text, not 5"),
        (
            {"colour": "red"},
            "",
            "or one of message, msg, body, description, event, title; it has colour",
        ),
        (5, "", "a text, or an object with one, not 5"),
        (["x"], "", "a text, or an object with one"),
    ],
)
def test_anything_else_says_where_and_what_is_legal(posted: Any, pointer: str, says: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        NotesProducer("notes").event(posted)

    assert caught.value.problems[0][0] == pointer
    assert says in caught.value.problems[0][1]
