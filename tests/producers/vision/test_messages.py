"""Messages go through a pipe as they are; what is none is noticed."""

import json
import math
from typing import Any

import numpy as np
import pytest

from producers.vision.messages import LENGTHS, MOST_JSON, pack, unpack_lengths


def test_a_message_is_two_lengths_json_and_a_picture() -> None:
    packed = pack({"frame": {"score": np.float32(0.5), "box": np.array([1, 2])}}, b"\xff\xd8")

    text, picture = unpack_lengths(packed[: LENGTHS.size])
    rest = packed[LENGTHS.size :]

    assert json.loads(rest[:text]) == {"frame": {"score": 0.5, "box": [1, 2]}}
    assert rest[text:] == b"\xff\xd8"
    assert picture == 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"score": math.nan}, "not JSON compliant"),
        ({"score": object()}, "object is nothing that JSON can say"),
        ({"label": "x" * MOST_JSON}, "bytes of JSON"),
    ],
)
def test_what_json_cannot_say_is_refused(said: Any, why: str) -> None:
    with pytest.raises((TypeError, ValueError), match=why):
        pack(said)


def test_lengths_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="begins no message"):
        unpack_lengths(b"[ WARN:0")
