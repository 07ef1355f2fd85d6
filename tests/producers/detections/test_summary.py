"""The sentence that feeds show and screen readers say."""

from typing import Any

import pytest

from producers.detections.model import Result
from producers.detections.summary import sentence


def things(**counts: int) -> list[dict[str, Any]]:
    return [{"label": label.replace("_", " ")} for label, n in counts.items() for _ in range(n)]


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({}, "nothing detected"),
        ({"detections": things(dog=1, person=2)}, "2 persons, 1 dog"),
        ({"detections": things(bus=2, wine_glass=3)}, "3 wine glasses, 2 buses"),
        ({"detections": things(sheep=2, puppy=2, key=2)}, "2 sheep, 2 puppies, 2 keys"),
        ({"detections": [{"label": "人"}] * 2}, "2 × 人"),
        ({"detections": [{"label": "class 7"}] * 2}, "2 × class 7"),
        ({"detections": [{"label": "EXIT"}] * 2}, "2 × EXIT"),
        ({"detections": things(a=1, b=1, c=1, d=1, e=1, f=1, g=1, h=1)},
         "1 a, 1 b, 1 c, 1 d, 1 e, 1 f and 2 more"),
        ({"detections": things(car=1), "state": "end"}, "1 car left"),
        ({"detections": things(car=1), "caption": "a red car"}, "1 car: a red car"),
        ({"caption": "a red car", "tags": [{"label": "car"}]}, "a red car"),
        ({"tags": [{"label": "car", "score": 0.5}, {"label": "road", "score": 0.996}]},
         "road 100%, car 50%"),
        ({"tags": [{"label": "car"}]}, "car"),
        ({"detections": [{"label": "x" * 100}]}, f"1 {'x' * 39}…"),
        ({"detections": [{"label": "a\u202e\nb"}]}, "1 a b"),
        ({"detections": [{"label": "\u200b"}]}, "1 ?"),
    ],
)  # fmt: skip
def test_a_result_is_said_in_one_line(result: Any, text: str) -> None:
    assert sentence(Result.model_validate(result)) == text
