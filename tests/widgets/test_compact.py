"""JSON in one short line."""

import json

from hypothesis import given
from hypothesis import strategies as st

from dashboard.widgets.compact import clip, compact
from producers.events import JSON

VALUES: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_compact_is_json_when_there_is_room(value: JSON) -> None:
    assert json.loads(compact(value, 100_000)) == value


@given(VALUES, st.integers(2, 60))
def test_compact_is_the_beginning_of_the_json_when_there_is_not(value: JSON, limit: int) -> None:
    whole, short = compact(value, 100_000), compact(value, limit)

    assert len(short) <= limit
    if short != whole:
        assert short.endswith("…")
        assert len(whole) > limit or whole.startswith(short[:-1])


def test_compact_does_not_walk_what_it_does_not_show() -> None:
    class Counted(list[JSON]):
        seen = 0

        def __iter__(self):  # type: ignore[no-untyped-def]
            for value in super().__iter__():
                Counted.seen += 1
                yield value

    compact({"a": Counted([1] * 1_000_000)}, 100)

    assert Counted.seen < 100


def test_clip_says_that_it_cut() -> None:
    assert clip("abc", 3) == "abc"
    assert clip("abcd", 3) == "ab…"
