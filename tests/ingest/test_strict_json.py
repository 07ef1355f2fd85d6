"""Strict JSON: what it takes json.loads takes alike; what parsers read differently it refuses."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ingest.json_values import SAFE_INTEGER, BadJSON, Limits, check
from dashboard.ingest.strict_json import (
    TooManyItems,
    decode,
    line_number,
    load,
    load_items,
    load_lines,
)

LIMITS = Limits(depth=4, members=6)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-SAFE_INTEGER, SAFE_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)


@given(value=values, ascii_only=st.booleans(), indent=st.sampled_from([None, 1]))
def test_load_returns_what_was_encoded(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)

    assert load(text, Limits()) == value
    check(value, Limits())


@given(items=st.lists(values, max_size=5))
def test_batches_return_what_was_encoded(items: list[Any]) -> None:
    lines = "\n".join(json.dumps(item, ensure_ascii=False) for item in items)

    assert load_items(json.dumps(items, indent=1), Limits(), 5).items == items
    assert load_lines(lines, Limits(), 5).items == items


@given(text=st.text(st.sampled_from('{}[]",:\\ud80aeE+-.019 tfn\n\x00'), max_size=30))
def test_load_takes_nothing_that_json_loads_refuses(text: str) -> None:
    try:
        value = load(text, Limits())
    except BadJSON:
        return

    assert json.loads(text) == value


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param(" ", (), id="space"),
        pytest.param("{} x", (), id="trailing garbage"),
        pytest.param("{}{}", (), id="two values"),
        pytest.param('{"a": 1,}', (), id="trailing comma"),
        pytest.param("{'a': 1}", (), id="single quotes"),
        pytest.param('"a\tb"', (), id="raw control character"),
        pytest.param("NaN", (), id="NaN"),
        pytest.param('{"a": [0, {"b": -Infinity}]}', ("a", 1, "b"), id="Infinity inside"),
        pytest.param("[1e400]", (0,), id="1e400"),
        pytest.param("[-1e400]", (0,), id="-1e400"),
        pytest.param('{"a": 9007199254740992}', ("a",), id="2^53"),
        pytest.param('{"a": -9007199254740993}', ("a",), id="-2^53-1"),
        pytest.param('{"a": 9223372036854775808}', ("a",), id="2^63"),
        pytest.param('{"a": [' + "9" * 4301 + "]}", ("a", 0), id="4301 digits"),
        pytest.param('{"a": 1, "a": 1}', ("a",), id="the same name twice"),
        pytest.param('{"a": [{"b": 1, "c": 2, "\\u0062": 3}]}', ("a", 0, "b"), id="twice, escaped"),
        pytest.param('{"a": "\\ud800"}', ("a",), id="lone high surrogate"),
        pytest.param('{"a": "\\udc00\\ud800"}', ("a",), id="pair the wrong way round"),
        pytest.param('{"a": "x\\u0000"}', ("a",), id="NUL"),
        pytest.param('{"a": {"\\u0000": 1}}', ("a",), id="NUL in a name"),
        pytest.param('{"a": {"' + "k" * 257 + '": 1}}', ("a",), id="long name"),
        pytest.param("[[[[[]]]]]", (0, 0, 0, 0), id="five deep"),
        pytest.param('{"a":' * 5 + "1" + "}" * 5, ("a",) * 4, id="five objects deep"),
        pytest.param("[" * 100_000, (), id="100,000 deep"),
        pytest.param('{"a":{"b":1,"c":1,"d":1},"e":{"f":1,"g":1}}', (), id="seven members in all"),
        pytest.param('[{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1}]', (0,), id="seven in one"),
    ],
)
def test_load_refuses(text: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(BadJSON) as caught:
        load(text, LIMITS)

    assert caught.value.path == path
    assert len(caught.value.detail) < 250


@pytest.mark.parametrize(
    "text",
    [
        "9007199254740991",
        "-9007199254740991",
        '"\\ud83d\\ude00"',
        "[[[[]]]]",
        '{"a":{"b":1,"c":1,"d":1},"e":{"f":1}}',
        '{"' + "k" * 256 + '": 1}',
        '{"": -0.0}',
        " \t\r\n[1e308, 5e-324]\n",
        "1e-400",
        '"\\u0001\\u007f"',
        '{"text": "9007199254740993 NaN 1e400 \\\\ud800 \\\\u0000"}',
    ],
)
def test_load_takes_what_is_just_legal(text: str) -> None:
    assert load(text, LIMITS) == json.loads(text)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b'"\xc0\x80"', "not UTF-8"),
        ("{}".encode("utf-16"), "not UTF-8"),
        ("{}".encode("utf-16-le"), "UTF-16"),
        ("{}".encode("utf-32-be"), "UTF-16 or UTF-32"),
    ],
)
def test_decode_refuses_what_is_not_plain_utf_8(body: bytes, said: str) -> None:
    with pytest.raises(BadJSON, match=said):
        decode(body)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[1, 2,]", (2,)),
        ("[1 2]", (0,)),
        ("[1, [2}]", (1,)),
        ("[1, 2", (1,)),
        ("[1] 2", ()),
        ("[] 2", ()),
        ("{}", ()),
        ('[1, {"a": NaN}]', (1, "a")),
        ("[0, " + "[" * 100_000, (1,)),
    ],
)
def test_items_are_refused_with_their_index(text: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(BadJSON) as caught:
        load_items(text, LIMITS, 10)

    assert caught.value.path == path


def test_lines_are_refused_with_their_index_and_line() -> None:
    text = '\r\n1\r\n\n{"a": 2}\n3 4\n'

    with pytest.raises(BadJSON) as caught:
        load_lines(text, LIMITS, 10)

    assert caught.value.path == (2,)
    assert line_number(text, 2) == 5


def test_lines_may_end_in_any_newline_and_be_blank() -> None:
    assert load_lines('1\r\n\n  \n{"a": 2}\n\n', LIMITS, 2) == ([1, {"a": 2}], 8)


@pytest.mark.parametrize(("load_many", "text"), [(load_items, "[1,2,3]"), (load_lines, "1\n2\n3")])
def test_too_many_items_stop_the_reading(load_many: Callable[..., Any], text: str) -> None:
    assert load_many(text, LIMITS, 3).items == [1, 2, 3]

    with pytest.raises(TooManyItems):
        load_many(text + "garbage that is not read", LIMITS, 2)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        2**53,
        pytest.param(10**5000, id="5,001 digits"),
        "\ud800",
        {"a\0": 1},
        dict.fromkeys("abcdefg"),
        [{"a": 1, "b": 1, "c": 1, "d": 1}, {"a": 1, "b": 1, "c": 1}],
    ],
)
def test_check_refuses_what_no_text_was_needed_for(value: Any) -> None:
    with pytest.raises(BadJSON):
        check(value, LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 100_000, id="100,000 arrays"),
        pytest.param('{"a":' * 100_000, id="100,000 objects"),
        pytest.param("{" + ",".join(f'"k{i}":1' for i in range(90_000)) + "}", id="90,000 members"),
        pytest.param('{"' + "k" * 1_000_000 + '":1}', id="a name of 1 MB"),
        pytest.param("9" * 1_000_000, id="a million digits"),
        pytest.param(" " * 1_000_000, id="1 MB of space"),
        pytest.param('"' + "\\u0000" * 160_000 + '"', id="1 MB of NUL"),
    ],
)
def test_hostile_texts_are_refused_quickly(text: str) -> None:
    def seconds(read: Callable[[], object]) -> float:
        started = time.process_time()
        read()
        return time.process_time() - started

    def refused() -> None:
        with pytest.raises(BadJSON):
            load(text, Limits())

    # Against what this machine, busy or not, takes for a legal text of a megabyte; the best of
    # three each.
    legal = json.dumps([{"value": 1.5}] * 70_000)
    usual = min(seconds(lambda: json.loads(legal)) for _ in range(3))
    assert min(seconds(refused) for _ in range(3)) < 3 * usual
