"""Which values a limit holds for, as it is written; and what is said of one that is wrong."""

import math
import operator
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.widgets.thresholds import LEGAL, Interval, read_threshold

numbers = st.floats(-1e6, 1e6) | st.integers(-1_000, 1_000)
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def holds(said: object, *values: object) -> list[bool]:
    threshold = read_threshold(said)
    return [threshold.holds(value) for value in values]


@pytest.mark.parametrize(
    ("said", "held", "spared"),
    [
        ("> 26", [26.1, 27, 1e300], [26, 26.0, -3]),
        (">=26", [26, 26.0], [25.999]),
        ("< -1.5e1", [-15.1], [-15, 0]),
        ("<= −3", [-3, -4], [-2.9]),
        ("== 5", [5, 5.0], [5.1, -5]),
        ("!= 5", [4.9, 5.1], [5, 5.0]),
        ("5", [5], [4, 6]),
        (5, [5], [4, 6]),
        ("in 18..26", [18, 20, 26], [17.9, 26.1]),
        ("in -5 .. -1.5", [-5, -1.5], [-5.1, -1]),
        ("not in 18..26", [17.9, 26.1], [18, 20, 26]),
        ("in 1, 2", [1, 2], [1.5, 0, 3]),
        ("not in 1, 2", [1.5, 0, 3], [1, 2]),
        ("not  in 2, 1", [1.5, 0, 3], [1, 2]),
    ],
)
def test_numbers_are_compared(said: object, held: list[float], spared: list[float]) -> None:
    assert holds(said, *held) == [True] * len(held)
    assert holds(said, *spared) == [False] * len(spared)


@pytest.mark.parametrize(
    ("said", "held", "spared"),
    [
        ("down", ["down", "DOWN", " Down "], ["up", "downed", ""]),
        ("== in progress", ["in progress"], ["progress"]),
        ("== a, b", ["a, b"], ["a"]),
        ("inside", ["inside"], ["side"]),
        ("!= ok", ["down", ""], ["ok", "OK"]),
        ("in error, critical", ["Error", "critical"], ["warn", "error, critical"]),
        (["error", "critical"], ["Error", "critical"], ["warn"]),
        ("not in ok, info", ["error"], ["ok", "Info"]),
        ("true", [True, "true"], [False, "false", 1]),
        (True, [True, "TRUE"], [False, 1]),
        ("== 停止", ["停止"], ["止"]),
    ],
)
def test_texts_are_compared_whatever_their_case(
    said: object, held: list[object], spared: list[object]
) -> None:
    assert holds(said, *held) == [True] * len(held)
    assert holds(said, *spared) == [False] * len(spared)


@pytest.mark.parametrize("said", ["> 26", "!= 5", "in 18..26", "not in 1, 2", 5])
@pytest.mark.parametrize("value", [None, "27", "down", True, math.nan, [27], {"value": 27}])
def test_what_is_no_number_is_never_beyond_one(said: object, value: object) -> None:
    assert holds(said, value) == [False]


@pytest.mark.parametrize("said", ["down", "!= ok", "in a, b", "not in a, b", "true"])
@pytest.mark.parametrize("value", [None, 5, 0.0, math.nan, ["down"], {}])
def test_what_is_no_text_is_never_one(said: object, value: object) -> None:
    assert holds(said, value) == [False]


def test_numbers_and_texts_may_stand_together() -> None:
    assert holds("in 3, down", 3, "down", 4, "up") == [True, True, False, False]
    assert holds("not in 3, ok", 3, "ok", 4, "down") == [False, False, True, True]


@pytest.mark.parametrize(
    ("said", "text", "intervals"),
    [
        (">= 30", "≥ 30", [Interval(30, math.inf)]),
        ("< 18", "< 18", [Interval(-math.inf, 18, high_closed=False)]),
        ("in 18..26", "in 18 to 26", [Interval(18, 26)]),
        (
            "not in 18..26",
            "not in 18 to 26",
            [
                Interval(-math.inf, 18, high_closed=False),
                Interval(26, math.inf, low_closed=False),
            ],
        ),
        ("!= ok", "≠ ok", []),
        (2.5, "= 2.5", [Interval(2.5, 2.5)]),
    ],
)
def test_a_limit_is_shown_in_signs_and_drawn_as_intervals(
    said: object, text: str, intervals: list[Interval]
) -> None:
    threshold = read_threshold(said)

    assert (threshold.text, list(threshold.intervals)) == (text, intervals)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("> 26 °C", "'26 °C' is no number (write it without its unit)"),
        ("> ", "something is missing after '>'"),
        ("in", "something is missing after 'in'"),
        ("in a,,b", "something is missing after 'in'"),
        ("not in ", "something is missing after 'not in'"),
        ([], "something is missing after 'in'"),
        ("= 5", "it begins with no operator"),
        ("=> 5", "it begins with no operator"),
        ("≥ 30", "it begins with no operator"),
        ("18..26", "a range is 'in 18..26' or 'not in 18..26'"),
        ("in 26..18", "the range 26..18 does not rise"),
        ("in 18..", "a range has two numbers, without their unit"),
        ("in 18..26 °C", "a range has two numbers, without their unit"),
        ("a, b", "several are 'in a, b', one text is '== a, b'"),
        ("> 1e999", "1e999 is too large"),
        (10**400, "that number is too large"),
        (math.nan, "nan is no number to compare with"),
        ("", "a limit has 1 to 200 characters"),
        ("x" * 201, "a limit has 1 to 200 characters"),
        (["a", None], "None is neither number nor text"),
        (None, "that is no limit"),
    ],
)
def test_a_wrong_limit_is_told_with_what_is_legal(said: object, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(f'{why}; {LEGAL}')}$"):
        read_threshold(said)


@given(st.sampled_from(sorted(COMPARISONS)), numbers, numbers)
def test_an_operator_is_that_of_arithmetic(sign: str, limit: float, value: float) -> None:
    assert holds(f"{sign} {limit!r}", value, limit) == [
        COMPARISONS[sign](value, limit),
        COMPARISONS[sign](limit, limit),
    ]


@given(numbers, numbers, numbers)
def test_of_in_and_not_in_one_holds(one: float, other: float, value: float) -> None:
    low, high = sorted((one, other))
    inside = low <= value <= high

    assert holds(f"in {low!r}..{high!r}", value) == [inside]
    assert holds(f"not in {low!r}..{high!r}", value) == [not inside]


@given(st.lists(numbers, min_size=1, max_size=5), numbers)
def test_a_list_holds_for_its_members(members: list[float], value: float) -> None:
    said = ", ".join(map(repr, members))

    assert holds(f"in {said}", *members) == [True] * len(members)
    assert holds(f"not in {said}", *members) == [False] * len(members)
    assert holds(f"in {said}", value) != holds(f"not in {said}", value)


@given(st.text() | st.floats() | st.integers() | st.booleans() | st.lists(st.text()))
def test_whatever_is_written_is_a_limit_or_an_error_that_says_what_is_legal(said: object) -> None:
    faults = []
    try:
        read_threshold(said)
    except ValueError as error:
        faults.append(str(error))

    assert [fault for fault in faults if not fault.endswith(LEGAL)] == []


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(["> 26", "!= 5", "not in a, 2", "in 1..2", "down"]), json)
def test_any_value_is_held_against_a_limit(said: str, value: object) -> None:
    assert holds(said, value)[0] in (True, False)
